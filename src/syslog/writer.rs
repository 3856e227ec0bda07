//! Writers: host and tag of a line, remembered together and called by a number.

use std::sync::atomic::{AtomicU32, Ordering};

use crate::near::near;

/// Who wrote the last lines.
#[derive(Clone, Debug, Default)]
pub(super) struct Writers {
    /// A hash table without growth: when there is no room, a new writer takes an old one's.
    seen: Vec<Writer>,
}

/// A host and a tag.
#[derive(Clone, Debug, Default)]
pub(super) struct Writer {
    /// `mx1 postfix/smtpd[`: up to the process ID.
    pub(super) text: Vec<u8>,
    /// How long the host is.
    pub(super) host: usize,
    /// What the pair is called; 0 is nobody.
    pub(super) number: u32,
}

/// Places in the table: a mail host has two dozen writers.
const PLACES: usize = 256;

/// A writer stands in one of so many places from its own on.
const PROBES: usize = 4;

/// The last number given away, in any parser, so that a number means one writer everywhere.
static LAST: AtomicU32 = AtomicU32::new(0);

impl Writers {
    /// The writer a header behind its stamp names, and what follows the `[` behind the tag.
    #[inline(always)]
    pub(super) fn find<'a>(&self, rest: &'a [u8]) -> Option<(&Writer, &'a [u8])> {
        let at = near(rest, b'[')?;
        let (text, behind) = rest.split_at_checked(at + 1)?;
        let place = place(rest, 0, at);
        let near_by = self.seen.get(place..place + PROBES)?;
        let writer = near_by.iter().find(|writer| writer.text == text)?;
        Some((writer, behind))
    }

    /// The number of a writer, which is remembered unless a header cannot show it, or its
    /// lines may be about lines that were lost.
    pub(super) fn number(&mut self, host: &[u8], tag: &[u8]) -> u32 {
        if tag.iter().any(|b| matches!(b, b':' | b' ' | b'[')) || super::is_logger(tag) {
            return 0;
        }
        self.seen.resize_with(PLACES + PROBES, Writer::default);
        let place = place(tag, host.len() + 1, tag.len());
        let near_by = self.seen.get_mut(place..place + PROBES).unwrap_or_default();
        let same = |writer: &Writer| writer.is(host, tag);
        let at =
            near_by.iter().position(|writer| same(writer) || writer.text.is_empty()).unwrap_or(0);
        let Some(writer) = near_by.get_mut(at) else { return 0 };
        if !writer.is(host, tag) {
            let number = LAST.fetch_add(1, Ordering::Relaxed).wrapping_add(1);
            *writer = Writer { text: [host, b" ", tag, b"["].concat(), host: host.len(), number };
        }
        writer.number
    }
}

impl Writer {
    fn is(&self, host: &[u8], tag: &[u8]) -> bool {
        let tail = self.text.strip_prefix(host).and_then(|tail| tail.strip_prefix(b" "));
        tail.is_some_and(|tail| tail.strip_suffix(b"[") == Some(tag))
    }
}

/// The place of a writer whose tag ends at `at` in a text that begins `before` bytes behind
/// the host: by the last letters of the tag, which tell daemons apart, and the length.
#[inline] // see `Writers::find`
fn place(text: &[u8], before: usize, at: usize) -> usize {
    let letter = |back: usize| usize::from(text.get(at.wrapping_sub(back)).copied().unwrap_or(0));
    ((before + at) * 37 + letter(1) * 5 + letter(3) * 11) % PLACES
}
