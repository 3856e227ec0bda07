//! Writers: host and tag of a line, remembered together and called by a number.

use std::sync::atomic::{AtomicU32, Ordering};

use crate::near::place_in_word;

/// Who wrote the last lines.
#[derive(Clone, Debug, Default)]
pub(super) struct Writers {
    /// A hash table without growth: when there is no room, a new writer takes an old one's.
    seen: Vec<Writer>,
}

/// A host and a tag.
#[derive(Clone, Debug, Default)]
pub(super) struct Writer {
    /// `mx1 postfix/smtpd[`: up to the process ID, eight bytes at a time, but for the last of
    /// these words.
    whole: [u64; WORDS],
    /// The last word, then NULs.
    last: u64,
    /// How long that is.
    pub(super) len: usize,
    /// How long the host is.
    pub(super) host: usize,
    /// What the pair is called; 0 is nobody.
    pub(super) number: u32,
}

/// Words of a writer: whoever has a longer name is not remembered.
const WORDS: usize = 7;

/// Places in the table: a mail host has two dozen writers.
const PLACES: usize = 256;

/// A writer stands in one of so many places from its own on.
const PROBES: usize = 4;

/// The last number given away, in any parser, so that a number means one writer everywhere.
static LAST: AtomicU32 = AtomicU32::new(0);

/// A host and a tag as a line has them, and where they may stand in the table.
#[derive(Clone, Copy)]
struct Look {
    /// Whole words in front of the last one.
    whole: usize,
    last: u64,
    len: usize,
    place: usize,
}

impl Look {
    /// What stands up to the first `[`, which is the place of the process ID; eight bytes at a
    /// time, because a search and a comparison byte by byte cost twice as much.
    #[inline(always)] // once a line
    fn at(chunks: &[[u8; 8]]) -> Option<Look> {
        let mut hash = 0_u64;
        for (whole, chunk) in chunks.iter().take(WORDS).enumerate() {
            let word = u64::from_le_bytes(*chunk);
            let at = place_in_word(word, b'[');
            if at < 8 {
                let last = word & (!0 >> (56 - 8 * at));
                let [place, ..] = mixed(hash, last).to_le_bytes();
                let (len, place) = (whole * 8 + at as usize + 1, usize::from(place));
                return Some(Look { whole, last, len, place });
            }
            hash = mixed(hash, word);
        }
        None
    }

    /// Whether it is this writer that was looked at.
    #[inline(always)] // once a line
    fn is(&self, writer: &Writer, chunks: &[[u8; 8]]) -> bool {
        writer.last == self.last && writer.len == self.len && {
            let same = |(word, chunk): (&u64, &[u8; 8])| *word == u64::from_le_bytes(*chunk);
            writer.whole.iter().zip(chunks).take(self.whole).all(same)
        }
    }
}

/// A step of a hash that needs to be quick and no more.
#[inline(always)]
fn mixed(hash: u64, word: u64) -> u64 {
    (hash ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29)
}

impl Writers {
    /// The writer a header behind its stamp names, and what follows the `[` behind the tag.
    #[inline(always)] // once a line
    pub(super) fn find<'a>(&self, rest: &'a [u8]) -> Option<(&Writer, &'a [u8])> {
        let (chunks, _) = rest.as_chunks::<8>();
        let look = Look::at(chunks)?;
        let mut near_by = self.seen.get(look.place..look.place + PROBES)?.iter();
        // The library's own search would be a call.
        let writer = loop {
            let writer = near_by.next()?;
            if look.is(writer, chunks) {
                break writer;
            }
        };
        Some((writer, rest.get(look.len..)?))
    }

    /// The number of a writer, which is remembered unless a header cannot show it, or its
    /// lines may be about lines that were lost.
    pub(super) fn number(&mut self, host: &[u8], tag: &[u8]) -> u32 {
        if tag.iter().any(|b| matches!(b, b':' | b' ' | b'[')) || super::is_logger(tag) {
            return 0;
        }
        // As it stands in a header; the blanks let the last word be a whole one.
        let text = [host, b" ", tag, b"[       "].concat();
        let (chunks, _) = text.as_chunks::<8>();
        let Some(look) = Look::at(chunks).filter(|look| look.len == host.len() + tag.len() + 2)
        else {
            return 0;
        };
        self.seen.resize_with(PLACES + PROBES, Writer::default);
        let near_by = self.seen.get_mut(look.place..look.place + PROBES).unwrap_or_default();
        let same = |writer: &Writer| look.is(writer, chunks);
        let at = near_by.iter().position(|writer| same(writer) || writer.number == 0).unwrap_or(0);
        let Some(writer) = near_by.get_mut(at) else { return 0 };
        if !same(writer) {
            let number = LAST.fetch_add(1, Ordering::Relaxed).wrapping_add(1);
            let Look { last, len, .. } = look;
            let mut whole = [0; WORDS];
            for (word, chunk) in whole.iter_mut().zip(chunks) {
                *word = u64::from_le_bytes(*chunk);
            }
            *writer = Writer { whole, last, len, host: host.len(), number };
        }
        writer.number
    }
}
