//! How a line of Postfix begins, and the way from there to what it says.

use super::event::{Event, Level};
use super::{Program, QueueId, Tag, by_program, untold, verbose};

/// How a line of Postfix begins: what stands in front of what it says.
#[derive(Clone, Copy, Debug)]
pub struct Opening<'t, 'a> {
    tag: &'t Tag<'a>,
    /// What the line tells of the tag that the tag does not.
    told: Option<Tag<'a>>,
    /// The message it is about.
    pub queue_id: Option<QueueId>,
    /// Whether a queue ID stands in front, or `NOQUEUE` in its place.
    owned: bool,
    /// How bad it is; a queue ID stands behind that, then.
    level: Option<Level>,
    rest: &'a [u8],
}

impl<'t, 'a> Opening<'t, 'a> {
    /// What a text begins with.
    #[inline(always)] // once a line
    #[must_use]
    pub fn of(tag: &'t Tag<'a>, text: &'a [u8]) -> Opening<'t, 'a> {
        if let Some((queue_id, rest)) = QueueId::prefix(text) {
            let queue_id = Some(queue_id);
            return Opening { tag, told: None, queue_id, owned: true, level: None, rest };
        }
        let plain =
            Opening { tag, told: None, queue_id: None, owned: false, level: None, rest: text };
        match text.first() {
            Some(b'N') => match text.strip_prefix(b"NOQUEUE: ") {
                Some(rest) => Opening { owned: true, rest, ..plain },
                None => plain,
            },
            Some(b'w' | b'e' | b'f' | b'p') => match severity(text) {
                Some((level, rest)) => {
                    let queue_id = QueueId::prefix(rest).map(|(id, _)| id);
                    Opening { queue_id, level: Some(level), rest, ..plain }
                }
                None => plain,
            },
            _ => plain,
        }
    }

    /// The parts of the tag.
    #[must_use]
    pub fn tag(&self) -> &Tag<'a> {
        self.told.as_ref().unwrap_or(self.tag)
    }

    /// What it says; `None` for a line that this version does not know. What says it may
    /// correct the opening. The event is 200 bytes long: it is written where the caller
    /// keeps it, and handed on by reference, because each copy took 2 % of the time.
    pub fn event(&mut self) -> Option<Event<'a>> {
        let mut event = match (self.level, self.tag.program) {
            (Some(level), _) => Some(Event::Diagnostic { level, text: self.rest }),
            (None, Program::Untold) => Some(self.untold()),
            (None, program) => by_program(program, self.owned, self.rest),
        };
        if event.is_none() {
            event = self.unusual();
        }
        event
    }

    /// The tag does not say which program wrote it.
    #[cold]
    fn untold(&mut self) -> Event<'a> {
        let noqueue = self.owned && self.queue_id.is_none();
        let (program, service, event) = untold::line(self.queue_id, noqueue, self.rest)
            .unwrap_or((Program::Script, self.tag.service, Event::Remark));
        self.told = Some(Tag { service, program, ..*self.tag });
        event
    }

    /// A line that no daemon's parser knows: its queue ID may be of an unknown kind.
    #[cold]
    fn unusual(&mut self) -> Option<Event<'a>> {
        match (self.queue_id, QueueId::unusual_prefix(self.rest)) {
            (None, Some((id, rest))) => {
                self.queue_id = Some(id);
                by_program(self.tag().program, true, rest)
            }
            (_, None) if verbose::is_verbose(self.rest) => Some(Event::Remark),
            _ => None,
        }
    }
}

/// `warning: `, `error: `, `fatal: `, `panic: `, as `msg_output(3)` puts them.
fn severity(text: &[u8]) -> Option<(Level, &[u8])> {
    let (level, rest) = match text.first()? {
        b'w' => (Level::Warning, text.strip_prefix(b"warning: ")?),
        b'e' => (Level::Error, text.strip_prefix(b"error: ")?),
        b'f' => (Level::Fatal, text.strip_prefix(b"fatal: ")?),
        b'p' => (Level::Panic, text.strip_prefix(b"panic: ")?),
        _ => return None,
    };
    Some((level, rest.trim_ascii_start()))
}
