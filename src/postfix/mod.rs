//! What Postfix said: one file a daemon, one file a word of the grammar; nothing here has a
//! memory.

pub mod delivery;
pub mod event;

pub(crate) mod kept;

mod cleanup;
mod opening;
mod postscreen;
mod program;
mod qmgr;
mod queue_id;
mod scan;
mod smtpd;
mod tls;
mod untold;
mod verbose;
mod verdict;

pub use event::Event;
pub use opening::Opening;
pub use program::Program;
pub use queue_id::QueueId;
pub use smtpd::contents_taken;

use crate::syslog::Record;
use event::{Decider, Deed, Notification};
use memchr::memmem;

/// What one line of Postfix says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Entry<'a> {
    /// The host that wrote it.
    pub host: &'a [u8],
    /// The process ID, 0 if the line has none.
    pub pid: u32,
    /// How often it was said.
    pub times: u32,
    /// The parts of the tag.
    pub tag: Tag<'a>,
    /// The message it is about.
    pub queue_id: Option<QueueId>,
    /// What it says; `None` for a line that this version does not know.
    pub event: Option<Event<'a>>,
}

impl<'a> Entry<'a> {
    /// It, by reference.
    #[must_use]
    pub fn heard(&self) -> Heard<'_, 'a> {
        let &Entry { host, pid, times, ref tag, queue_id, ref event } = self;
        Heard { host, pid, times, tag, queue_id, event: event.as_ref() }
    }
}

/// An [`Entry`], wherever its parts are kept.
#[derive(Clone, Copy, Debug)]
pub struct Heard<'e, 'a> {
    /// The host that wrote it.
    pub host: &'a [u8],
    /// The process ID, 0 if the line has none.
    pub pid: u32,
    /// How often it was said.
    pub times: u32,
    /// The parts of the tag.
    pub tag: &'e Tag<'a>,
    /// The message it is about.
    pub queue_id: Option<QueueId>,
    /// What it says; `None` for a line that this version does not know.
    pub event: Option<&'e Event<'a>>,
}

/// A tag in its parts: `postfix-out/relay/smtp`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tag<'a> {
    /// First part: the syslog name, by which instances are told apart.
    pub instance: &'a [u8],
    /// The rest: `relay/smtp`, or `smtpd`.
    pub service: &'a [u8],
    /// Last part.
    pub program: Program,
    /// Who wrote it, as [`Record::writer`] says it: a number for host and tag. It is 0 where
    /// the tag alone does not say which service it was.
    pub writer: u32,
}

impl<'a> Tag<'a> {
    /// Splits a tag, or `None` if it is not one of Postfix's.
    ///
    /// ```text
    /// postfix/smtpd  postfix/submission/smtpd  postfix-out/relay/smtp  amavis/smtpd  postfix
    /// ```
    #[must_use]
    pub fn parse(tag: &'a [u8]) -> Option<Tag<'a>> {
        let Some(first) = tag.iter().position(|&b| b == b'/') else {
            let (instance, service, program): (&[u8], &[u8], _) = match tag {
                b"postfix-script" => (b"postfix", tag, Program::Script),
                _ if tag.starts_with(b"postfix") => (tag, b"postfix", Program::Untold),
                _ => return None,
            };
            return Some(Tag { instance, service, program, writer: 0 });
        };
        let last = tag.iter().rposition(|&b| b == b'/')?;
        let (instance, service) = (tag.get(..first)?, tag.get(first + 1..)?);
        let program = match Program::named(tag.get(last + 1..)?) {
            Some(program) => program,
            None if instance.starts_with(b"postfix") => Program::Foreign,
            None => return None,
        };
        Some(Tag { instance, service, program, writer: 0 })
    }
}

/// A parser that remembers the tags it has seen: a mail host has a dozen.
#[derive(Clone, Debug, Default)]
pub struct Parser {
    /// By [`Record::writer`].
    recent: Vec<Recent>,
}

/// A tag that was taken apart: where its first `/` stands, and its program.
#[derive(Clone, Copy, Debug, Default)]
struct Recent {
    writer: u32,
    parts: Option<(usize, Program)>,
}

/// Tags that are remembered.
const PLACES: usize = 256;

impl Parser {
    /// Says what a line says, or `None` if it is another program's.
    #[must_use]
    #[inline(always)]
    pub fn parse<'a>(&mut self, record: &Record<'a>) -> Option<Entry<'a>> {
        let tag = self.tag(record)?;
        Some(said(tag, record))
    }

    /// Takes a record's tag apart, or `None` if it is another program's.
    #[must_use]
    #[inline(always)]
    pub fn tag<'a>(&mut self, record: &Record<'a>) -> Option<Tag<'a>> {
        let recent = self.recent.get(record.writer as usize % PLACES).copied().unwrap_or_default();
        if recent.writer != record.writer || record.writer == 0 {
            return self.take_apart(record);
        }
        let (first, program) = recent.parts?;
        let (instance, service) = record.tag.split_at_checked(first)?;
        Some(Tag { instance, service: service.get(1..)?, program, writer: record.writer })
    }

    #[cold]
    fn take_apart<'a>(&mut self, record: &Record<'a>) -> Option<Tag<'a>> {
        let tag = Tag::parse(record.tag).map(|tag| Tag { writer: record.writer, ..tag });
        let untold = tag
            .is_some_and(|tag| tag.instance.len() == record.tag.len() || tag.service == record.tag);
        if record.writer == 0 || untold {
            return tag.map(|tag| Tag { writer: 0, ..tag });
        }
        self.recent.resize_with(PLACES, Recent::default);
        if let Some(recent) = self.recent.get_mut(record.writer as usize % PLACES) {
            let parts = tag.map(|tag| (tag.instance.len(), tag.program));
            *recent = Recent { writer: record.writer, parts };
        }
        tag
    }
}

/// Says what a line says, or `None` if it is another program's.
#[must_use]
pub fn parse<'a>(record: &Record<'a>) -> Option<Entry<'a>> {
    Some(said(Tag::parse(record.tag)?, record))
}

/// What the program of a tag says in a line.
#[must_use]
pub fn said<'a>(tag: Tag<'a>, record: &Record<'a>) -> Entry<'a> {
    let &Record { host, pid, times, text, .. } = record;
    let mut opening = Opening::of(&tag, text);
    let event = opening.event();
    Entry { host, pid, times, tag: *opening.tag(), queue_id: opening.queue_id, event }
}

/// What a program says. The parsers of most lines are part of it, as the way of most events is part
/// of `Tracker::apply`, and looking names up of whoever asks: together 3 % of all instructions, and
/// 2 to 6 % of the time of a mail exchanger's log.
#[inline(never)] // so that the event is written where it stays
fn by_program(program: Program, owned: bool, text: &[u8]) -> Option<Event<'_>> {
    match program {
        Program::Smtpd | Program::Qmqpd if owned => smtpd::message(text),
        Program::Smtpd | Program::Qmqpd => smtpd::line(text),
        Program::Cleanup if owned => cleanup::message(text),
        Program::Qmgr if owned => qmgr::message(text),
        Program::Pickup => pickup(text),
        Program::Smtp | Program::Lmtp | Program::Agent | Program::Discard if owned => agent(text),
        Program::Smtp | Program::Lmtp => client(text),
        Program::Bounce => notification(text),
        Program::Postscreen if owned || text.starts_with(b"reject: ") => {
            verdict::smtpd(text, Decider::Postscreen)
        }
        Program::Postscreen if postscreen::remark(text) => Some(Event::Remark),
        Program::Postscreen => postscreen::line(text),
        Program::Dnsblog => postscreen::listing(text).or(Some(Event::Remark)),
        Program::Postsuper => Some(postsuper(text, owned)),
        Program::Master => Some(Event::Master(text)),
        Program::Tlsproxy => tls::established(text).or(Some(Event::Remark)),
        Program::Script | Program::Helper | Program::Foreign | Program::Untold => {
            Some(Event::Remark)
        }
        _ => table_changed(text),
    }
}

/// Any daemon: `table hash:/etc/aliases(0,lock|fold_fix) has changed -- restarting`.
fn table_changed(text: &[u8]) -> Option<Event<'_>> {
    let known = (text.starts_with(b"table ") && memmem::find(text, b" has changed").is_some())
        || text.starts_with(b"using backwards-compatible default setting ")
        || text.starts_with(b"statistics: ");
    known.then_some(Event::Remark)
}

/// Lines of `pickup(8)`.
///
/// ```text
/// uid=33 from=<www-data>
/// uid=0 from=<root> orig_id=7A1E04C21B
/// ```
fn pickup(text: &[u8]) -> Option<Event<'_>> {
    let rest = text.strip_prefix(b"uid=").or_else(|| text.strip_prefix(b"sender="))?;
    let (_, from) = scan::until_str(rest, b" from=<").unwrap_or((b"", b">"));
    let (sender, orig_id) = match memmem::rfind(from, b"> orig_id=") {
        Some(at) => (from.get(..at)?, QueueId::parse(from.get(at + 10..)?)),
        None => (from.strip_suffix(b">").unwrap_or(from), None),
    };
    Some(Event::Pickup { sender, orig_id })
}

/// Lines of delivery agents that have a queue ID: deliveries, and one host of several
/// failing, which counts as nothing.
///
/// ```text
/// to=<ann@example.org>, relay=mx.example.org[192.0.2.25]:25, …, status=sent (250 2.0.0 Ok)
/// host mx1.example.org[192.0.2.25] said: 451 4.3.2 busy (in reply to MAIL FROM command)
/// ```
#[inline(always)] // see `by_program`
fn agent(text: &[u8]) -> Option<Event<'_>> {
    const STARTS: [&[u8]; 9] = [
        b"host ",
        b"lost connection with ",
        b"conversation with ",
        b"enabling PIX workarounds",
        b"breaking line > ",
        b"Cannot start TLS",
        b"passing <",
        b"SASL authentication failed",
        b"SMTPUTF8 ",
    ];
    if text.starts_with(b"to=") {
        return delivery::event(text);
    }
    let known = STARTS.iter().any(|start| text.starts_with(start))
        || verdict::cleanup(text).is_some()
        || tls::remark(text)
        || memmem::find(text, b"TLS").is_some()
        || memmem::find(text, b"certificate").is_some();
    known.then_some(Event::Remark)
}

/// Lines of the SMTP client without a queue ID.
///
/// ```text
/// connect to mx2.example.org[2001:db8::25]:25: Network is unreachable
/// connect to mx2.example.org[192.0.2.25]: Connection timed out (port 25)
/// ```
fn client(text: &[u8]) -> Option<Event<'_>> {
    if let Some(rest) = text.strip_prefix(b"connect to ") {
        let (host, text) = scan::until_str(rest, b": ")?;
        let text = match memmem::rfind(text, b" (port ") {
            Some(at) => text.get(..at)?,
            None => text,
        };
        return Some(Event::Unreachable { host, text });
    }
    if let Some(event) = tls::established(text) {
        return Some(event);
    }
    let known = tls::remark(text)
        || text.starts_with(b"Host offered STARTTLS")
        || text.starts_with(b"Name service error")
        || text.starts_with(b"conversation with ")
        || text.starts_with(b"lost connection with ")
        || text.starts_with(b"Trusted: ")
        || text.starts_with(b"Untrusted: ")
        || memmem::find(text, b"TLS").is_some();
    if known { Some(Event::Remark) } else { table_changed(text) }
}

/// Lines of `bounce(8)`.
///
/// ```text
/// sender non-delivery notification: 7A2194C3F0
/// postmaster delay notification: 7A2194C3F0
/// ```
fn notification(text: &[u8]) -> Option<Event<'_>> {
    let (words, id) = scan::until_str(text, b" notification: ").unwrap_or((text, b""));
    let kind = match words {
        b"sender non-delivery" => Notification::NonDelivery,
        b"sender delay" => Notification::Delay,
        b"sender delivery status" => Notification::Success,
        b"postmaster non-delivery" | b"postmaster delay" => Notification::Postmaster,
        _ => {
            let known = text.starts_with(b"not sending trace/success")
                || text.starts_with(b"no trace file");
            return if known { Some(Event::Remark) } else { table_changed(text) };
        }
    };
    Some(Event::Notification { kind, queue_id: QueueId::parse(id)? })
}

/// Lines of `postsuper(1)`: one a message, unless it is about `ALL`, and a total.
///
/// ```text
/// removed · requeued · placed on hold · released from hold · expired
/// Deleted: 1 message
/// Placed on hold: 2 messages
/// ```
fn postsuper(text: &[u8], owned: bool) -> Event<'_> {
    match text {
        _ if !owned => total(text).unwrap_or(Event::Remark),
        b"removed" => Event::Removed,
        b"requeued" => Event::Requeued,
        b"placed on hold" => Event::PlacedOnHold,
        b"released from hold" => Event::Released,
        _ => Event::Remark,
    }
}

/// `Released from hold: 2 messages`.
fn total(text: &[u8]) -> Option<Event<'_>> {
    let (words, count) = scan::until_str(text, b": ")?;
    let deed = match words {
        b"Deleted" => Deed::Deleted,
        b"Placed on hold" => Deed::Held,
        b"Released from hold" => Deed::Released,
        _ => return None,
    };
    let (messages, rest) = scan::number(count)?;
    rest.starts_with(b" message").then_some(Event::Operated { deed, messages })
}

/// The queue ID in a reply that hands a message on: `… queued as 9D2F11C0AA`.
#[must_use]
pub fn queued_as(reply: &[u8]) -> Option<QueueId> {
    let last = crate::near::last_place(reply, b' ')? + 1;
    if reply.get(..last)?.ends_with(b"queued as ") {
        return QueueId::leading(reply.get(last..)?);
    }
    let at = crate::near::rfind(reply, b"queued as ")?;
    QueueId::leading(reply.get(at + 10..)?)
}

/// Whether a mailbox server says that it keeps what it was given, as Dovecot's LMTP does:
/// `250 2.0.0 <bob@example.org> yZCOB8pq Saved`. What its rules send on is new mail.
#[must_use]
pub fn is_saved(reply: &[u8]) -> bool {
    reply.starts_with(b"250 2.") && reply.ends_with(b" Saved")
}

/// The queue ID a recipient was forwarded under: `forwarded as 7A20B4C3E1`.
#[must_use]
pub fn forwarded_as(text: &[u8]) -> Option<QueueId> {
    QueueId::parse(text.strip_prefix(b"forwarded as ")?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_that_is_not_reached_is_told_from_its_port() {
        let old = client(b"connect to mx.example.org[192.0.2.25]: Connection timed out (port 25)");
        let Some(Event::Unreachable { host, text }) = old else { unreachable!("not understood") };
        assert_eq!(
            (host, text),
            (&b"mx.example.org[192.0.2.25]"[..], &b"Connection timed out"[..])
        );
    }
}
