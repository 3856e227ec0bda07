//! Writers: host and tag of a line, remembered together and called by a number.

use std::sync::atomic::{AtomicU32, Ordering};

use crate::near::Search;

/// Who wrote the last lines.
#[derive(Clone, Debug, Default)]
pub(super) struct Writers {
    /// A hash table without growth: when there is no room, a new writer takes an old one's.
    seen: Vec<Writer>,
}

/// A host and a tag.
#[derive(Clone, Debug, Default)]
pub(super) struct Writer {
    head: Head,
    /// What stands between the first 16 bytes of the head and the last.
    middle: Box<[u8]>,
    /// How long the host is.
    pub(super) host: usize,
    /// What the pair is called; 0 is nobody.
    pub(super) number: u32,
}

impl Writer {
    /// How long host and tag are together, with the blank between and the `[` behind.
    pub(super) fn len(&self) -> usize {
        self.head.len
    }
}

/// Whoever has a longer head is not remembered.
const LONGEST: usize = 96;

/// Places in the table: a mail host has two dozen writers.
const PLACES: usize = 256;

/// A writer stands in one of so many places from its own on.
const PROBES: usize = 4;

/// The last number given away, in any parser, so that a number means one writer everywhere.
static LAST: AtomicU32 = AtomicU32::new(0);

/// Host and tag as a line has them, up to the first `[`, which is the place of the process ID:
/// `mx1 postfix/smtpd[`. Its two ends are most of it, or all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Head {
    first: u128,
    last: u128,
    len: usize,
}

impl Head {
    #[inline(always)] // once a line
    fn at(rest: &[u8]) -> Option<Head> {
        let first = u128::from_le_bytes(*rest.first_chunk::<16>()?);
        let len = Search::of(b'[').find(rest.get(..LONGEST).unwrap_or(rest))? + 1;
        if len < 16 {
            let first = first << (128 - 8 * len);
            return Some(Head { first, last: first, len });
        }
        let last = u128::from_le_bytes(*rest.get(len - 16..)?.first_chunk::<16>()?);
        Some(Head { first, last, len })
    }

    /// Whether its two ends are all of it.
    #[inline(always)] // once a line
    fn is_short(self) -> bool {
        self.len <= 32
    }

    /// What its two ends leave between them.
    fn middle(self, rest: &[u8]) -> &[u8] {
        if self.is_short() { &[] } else { rest.get(16..self.len - 16).unwrap_or_default() }
    }

    /// Where it may stand in the table.
    #[inline(always)] // once a line
    #[allow(clippy::cast_possible_truncation)] // that of a hash
    fn place(self) -> usize {
        let both = self.first ^ self.last.rotate_left(56);
        let [.., place] =
            (both as u64 ^ (both >> 64) as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15).to_le_bytes();
        usize::from(place)
    }
}

impl Writers {
    /// The writer a header behind its stamp names, and what follows the `[` behind the tag.
    #[inline(always)] // once a line
    pub(super) fn find<'a>(&self, rest: &'a [u8]) -> Option<(&Writer, &'a [u8])> {
        let head = Head::at(rest)?;
        let place = head.place();
        let mut near_by = self.seen.get(place..place + PROBES)?.iter();
        // The library's own search would be a call.
        let writer = loop {
            let writer = near_by.next()?;
            if writer.head == head && (head.is_short() || *writer.middle == *head.middle(rest)) {
                break writer;
            }
        };
        Some((writer, rest.get(head.len..)?))
    }

    /// The number of a writer, which is remembered unless a header cannot show it, or its
    /// lines may be about lines that were lost.
    pub(super) fn number(&mut self, host: &[u8], tag: &[u8]) -> u32 {
        if tag.iter().any(|b| matches!(b, b':' | b' ' | b'[')) || super::is_logger(tag) {
            return 0;
        }
        // As it stands in a header; the blanks are for a head that is shorter than its end.
        let text = [host, b" ", tag, b"[               "].concat();
        let Some(head) = Head::at(&text).filter(|head| head.len == host.len() + tag.len() + 2)
        else {
            return 0;
        };
        let middle = head.middle(&text);
        self.seen.resize_with(PLACES + PROBES, Writer::default);
        let place = head.place();
        let near_by = self.seen.get_mut(place..place + PROBES).unwrap_or_default();
        let same = |writer: &Writer| writer.head == head && *writer.middle == *middle;
        let at = near_by.iter().position(|writer| same(writer) || writer.number == 0).unwrap_or(0);
        let Some(writer) = near_by.get_mut(at) else { return 0 };
        if !same(writer) {
            let number = LAST.fetch_add(1, Ordering::Relaxed).wrapping_add(1);
            *writer = Writer { head, middle: middle.into(), host: host.len(), number };
        }
        writer.number
    }
}
