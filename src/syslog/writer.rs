//! Writers: host and tag of a line, remembered together and called by a number.

use std::sync::atomic::{AtomicU32, Ordering};

use crate::near::{equal_below, place_of_either, places_of_either};

/// Who wrote the last lines.
#[derive(Clone, Debug, Default)]
pub(super) struct Writers {
    /// A hash table without growth: when a place is full, a new writer takes an old one's.
    seen: Vec<[Writer; TOGETHER]>,
}

/// A host and a tag, with the head by which they are found.
///
/// A head is what a line has of both, up to the first `[`, which is the place of the process ID, or
/// the first `:`, if the line has none: `mx1 postfix/smtpd[`, `mx1 dovecot:`.
#[derive(Clone, Debug, Default)]
pub(super) struct Writer {
    /// How long the head is.
    pub(super) len: usize,
    /// How long the host is.
    pub(super) host: usize,
    /// Whether a process ID follows the tag.
    pub(super) has_pid: bool,
    /// What the pair is called; 0 is nobody.
    pub(super) number: u32,
    /// The beginning of the head, and blanks: mostly all of it, and compared at once.
    start: [u8; SHORT],
    /// All of it.
    head: Box<[u8]>,
}

/// So long are most heads.
const SHORT: usize = 32;

/// Whoever has a longer head is not remembered.
const LONGEST: usize = 96;

/// Places in the table: a mail host has two dozen writers.
const PLACES: usize = 256;

/// So many writers are remembered in a place.
const TOGETHER: usize = 4;

/// The last number given away, in any parser, so that a number means one writer everywhere.
static LAST: AtomicU32 = AtomicU32::new(0);

/// Where a head may stand in the table, by its two ends: the host, and the daemon.
#[inline(always)] // once a line
fn place(head: &[u8]) -> Option<usize> {
    let first = u64::from_le_bytes(*head.first_chunk()?);
    let last = u64::from_le_bytes(*head.last_chunk()?);
    let both = first ^ last.rotate_left(29);
    let [.., place] = both.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_le_bytes();
    Some(usize::from(place))
}

impl Writers {
    /// The writer a header behind its stamp names, and what follows the `[` or `:` behind the tag.
    #[inline(always)] // once a line
    pub(super) fn find<'a>(&self, rest: &'a [u8]) -> Option<(&Writer, &'a [u8])> {
        let start = rest.first_chunk::<SHORT>()?;
        let ends = places_of_either(start, b'[', b':');
        if ends == 0 {
            return self.find_long(rest);
        }
        let len = ends.trailing_zeros() as usize + 1;
        let (head, behind) = rest.split_at_checked(len)?;
        let mut near_by = self.seen.get(place(head)?)?.iter();
        // The library's own search would be a call.
        loop {
            let writer = near_by.next()?;
            if writer.len == len && equal_below(start, &writer.start, len) {
                return Some((writer, behind));
            }
        }
    }

    /// The same for a head that is longer than most.
    #[inline(never)] // so that the usual way is straight
    fn find_long<'a>(&self, rest: &'a [u8]) -> Option<(&Writer, &'a [u8])> {
        let len = place_of_either(rest.get(..LONGEST).unwrap_or(rest), b'[', b':')? + 1;
        let (head, behind) = rest.split_at_checked(len)?;
        let writer = self.seen.get(place(head)?)?.iter().find(|writer| *writer.head == *head)?;
        Some((writer, behind))
    }

    /// The number of a writer with or without a process ID, which is remembered unless a header
    /// cannot show it, or its lines may be about lines that were lost.
    pub(super) fn number(&mut self, host: &[u8], tag: &[u8], has_pid: bool) -> u32 {
        let written = |text: &[u8]| text.iter().any(|b| matches!(b, b':' | b' ' | b'['));
        if written(host) || written(tag) || super::is_logger(tag) {
            return 0;
        }
        let head = [host, b" ", tag, if has_pid { b"[" } else { b":" }].concat();
        if head.len() > LONGEST {
            return 0;
        }
        self.seen.resize_with(PLACES, Default::default);
        let Some(near_by) = place(&head).and_then(|place| self.seen.get_mut(place)) else {
            return 0;
        };
        let fits = |writer: &Writer| *writer.head == *head || writer.number == 0;
        let at = near_by.iter().position(fits).unwrap_or(0);
        let Some(writer) = near_by.get_mut(at) else { return 0 };
        if *writer.head != *head {
            let number = LAST.fetch_add(1, Ordering::Relaxed).wrapping_add(1);
            let mut start = [b' '; SHORT];
            start.iter_mut().zip(&head).for_each(|(place, byte)| *place = *byte);
            let (len, host, head) = (head.len(), host.len(), head.into());
            *writer = Writer { len, host, has_pid, number, start, head };
        }
        writer.number
    }
}
