//! Queue IDs: the name of a queue file.

use std::fmt;

use crate::near::{
    ONES, UPPER, place, place_in_word, places_in_piece, places_of_digits_and_consonants,
};

/// A queue ID, held in place.
///
/// Twenty-three bytes hold the longest ID Postfix makes: six base-52 digits of seconds
/// (enough until the year 2596), four of microseconds, `z`, and a 64-bit inode in base 51
/// (`mail_queue.h`).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct QueueId {
    bytes: [u8; 24],
}

/// Three words instead of 24 bytes: each line with a queue ID is looked up by it.
impl std::hash::Hash for QueueId {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        let (words, _) = self.bytes.as_chunks::<8>();
        for word in words {
            state.write_u64(u64::from_le_bytes(*word));
        }
    }
}

/// The last byte of the room is the length.
const LENGTH: usize = 23;

/// What a byte may be in a queue ID: a short one's upper-case hexadecimal digit;
const SHORT: u8 = 1;
/// a digit of a long one (digits and consonants);
const LONG: u8 = 2;
/// anything that Postfix's own check lets pass (`mail_queue_id_ok`).
const ANY: u8 = 4;

/// What each byte may be.
#[allow(clippy::indexing_slicing, clippy::cast_possible_truncation)] // at compile time, below 256
const CLASS: [u8; 256] = {
    let mut class = [0; 256];
    let mut at = 0;
    while at < 256 {
        let byte = at as u8;
        if byte.is_ascii_alphanumeric() || byte == b'_' {
            class[at] = ANY;
        }
        if byte.is_ascii_digit() || (byte >= b'A' && byte <= b'F') {
            class[at] |= SHORT;
        }
        let vowel = matches!(byte.to_ascii_uppercase(), b'A' | b'E' | b'I' | b'O' | b'U');
        if byte.is_ascii_alphanumeric() && !vowel {
            class[at] |= LONG;
        }
        at += 1;
    }
    class
};

/// What a look at the start of a text finds.
enum Look<'a> {
    /// A short queue ID, and what follows its `: `.
    Found(QueueId, &'a [u8]),
    /// Perhaps one of another kind or length.
    Other,
    /// None.
    None,
}

/// The bytes of a word in front of a place, 0 to 7.
#[inline] // see `QueueId::short_in_front`
fn below(place: u32) -> u64 {
    (1 << (8 * place)) - 1
}

/// Whether all bytes within a mask are upper-case hexadecimal digits; the others are NUL.
#[inline] // see `QueueId::short_in_front`
fn all_hexadecimal(bytes: u64, within: u64) -> bool {
    // With its upper bit set, a byte keeps it when no more than its own value is taken away.
    let at_least = |low: u8| (bytes | UPPER).wrapping_sub(ONES * u64::from(low));
    let digit = at_least(b'0') & !at_least(b'9' + 1);
    let letter = at_least(b'A') & !at_least(b'F' + 1);
    (digit | letter | !within) & !bytes & UPPER == UPPER
}

fn class(byte: u8) -> u8 {
    CLASS.get(usize::from(byte)).copied().unwrap_or(0)
}

/// What all bytes of a text may be.
fn kind_of(text: &[u8]) -> u8 {
    text.iter().fold(SHORT | LONG | ANY, |kind, &byte| kind & class(byte))
}

impl QueueId {
    /// The queue ID at the start of a text, if `: ` follows it.
    ///
    /// ```text
    /// 7A1E04C21B: removed
    /// 4jXDgg0rVKz6v2L: removed
    /// ```
    #[inline(always)] // once a line
    #[must_use]
    pub fn prefix(text: &[u8]) -> Option<(QueueId, &[u8])> {
        match Self::short_in_front(text) {
            Look::Found(id, rest) => Some((id, rest)),
            Look::Other => Self::long_in_front(text).or_else(|| Self::any_in_front(text)),
            Look::None => None,
        }
    }

    /// A short queue ID, the kind most servers have, eight bytes at a time: half of the steps
    /// that its bytes one by one would take.
    #[inline(always)] // once a line
    fn short_in_front(text: &[u8]) -> Look<'_> {
        let Some((first, rest)) = text.split_first_chunk::<8>() else { return Look::Other };
        let [one, two, ..] = *first;
        if class(one) & class(two) & (SHORT | LONG) == 0 {
            return Look::None; // `connect from`
        }
        if one > b'F' {
            return Look::Other;
        }
        let Some((second, _)) = rest.split_first_chunk::<8>() else { return Look::Other };
        let (first, second) = (u64::from_le_bytes(*first), u64::from_le_bytes(*second));
        let places = (place_in_word(first, b':'), place_in_word(second, b':'));
        let (in_first, in_second, len) = match places {
            (8, 8) => return Look::Other,
            (8, len) => (u64::MAX, below(len), 8 + len),
            (0..3, _) => return Look::None,
            (len, _) => (below(len), 0, len),
        };
        let (first, second) = (first & in_first, second & in_second);
        if !all_hexadecimal(first, in_first) || !all_hexadecimal(second, in_second) {
            return Look::Other;
        }
        let Some(rest) = text.get(len as usize..).and_then(|rest| rest.strip_prefix(b": ")) else {
            return Look::None;
        };
        Look::Found(QueueId::of_words(first, second, len), rest)
    }

    /// A long queue ID of up to sixteen bytes, all of which are compared at once: they are of the
    /// right kind, and `z` stands where it may (3 % of all instructions of a log with long ones).
    ///
    /// ```text
    /// 4jXDgg0rVKz6v2L: removed
    /// ```
    #[inline] // see `short_in_front`
    fn long_in_front(text: &[u8]) -> Option<(QueueId, &[u8])> {
        let piece = text.first_chunk::<16>()?;
        let len = places_in_piece(piece, b':').trailing_zeros().min(16);
        let within = (1 << len) - 1;
        let fits = places_of_digits_and_consonants(piece) & within == within;
        if !fits || (places_in_piece(piece, b'z') & within) >> 10 == 0 {
            return None;
        }
        let rest = text.get(len as usize..)?.strip_prefix(b": ")?;
        let (words, _) = piece.as_chunks::<8>();
        let &[first, second] = words else { return None };
        let second = u64::from_le_bytes(second) & u64::MAX >> (8 * (16 - len));
        Some((QueueId::of_words(u64::from_le_bytes(first), second, len), rest))
    }

    fn any_in_front(text: &[u8]) -> Option<(QueueId, &[u8])> {
        Self::in_front(text, SHORT | LONG)
            .filter(|(id, kind, _)| id.plausible(*kind))
            .map(|(id, _, rest)| (id, rest))
    }

    /// A queue ID of no known kind at the start of a text, if what follows can only follow
    /// a queue ID.
    #[must_use]
    pub fn unusual_prefix(text: &[u8]) -> Option<(QueueId, &[u8])> {
        Self::in_front(text, SHORT | LONG | ANY)
            .filter(|(_, _, rest)| vouched_for(rest))
            .map(|(id, _, rest)| (id, rest))
    }

    /// What stands before `: `, if its bytes are of one of the kinds.
    fn in_front(text: &[u8], kinds: u8) -> Option<(QueueId, u8, &[u8])> {
        let end = place(text.get(..=LENGTH).unwrap_or(text), b':')?;
        let (id, rest) = text.split_at_checked(end)?;
        let kind = kind_of(id) & kinds;
        let rest = rest.strip_prefix(b": ").filter(|_| kind != 0)?;
        Some((QueueId::of(id)?, kind, rest))
    }

    /// A whole text as a queue ID.
    #[must_use]
    pub fn parse(text: &[u8]) -> Option<QueueId> {
        let id = QueueId::of(text)?;
        id.plausible(kind_of(text)).then_some(id)
    }

    /// The first `len` of sixteen bytes, lowest first; the others are NUL.
    #[inline(always)] // see `short_in_front`
    fn of_words(first: u64, second: u64, len: u32) -> QueueId {
        let (mut bytes, length) = ([0; 24], u64::from(len) << 56);
        if let ([a, b, c], _) = bytes.as_chunks_mut::<8>() {
            (*a, *b, *c) = (first.to_le_bytes(), second.to_le_bytes(), length.to_le_bytes());
        }
        QueueId { bytes }
    }

    /// These bytes, if there are not too many.
    fn of(text: &[u8]) -> Option<QueueId> {
        let mut bytes = [0; 24];
        bytes.get_mut(..LENGTH)?.get_mut(..text.len())?.copy_from_slice(text);
        let [.., length] = &mut bytes;
        *length = u8::try_from(text.len()).ok()?;
        Some(QueueId { bytes })
    }

    /// The queue ID in front of a word's end: `9D2F11C0AA)` or `9D2F11C0AA;`.
    #[must_use]
    pub fn leading(text: &[u8]) -> Option<QueueId> {
        let (mut kind, mut end) = (SHORT | LONG | ANY, 0);
        for class in text.iter().map(|&byte| class(byte)).take_while(|class| *class != 0) {
            (kind, end) = (kind & class, end + 1);
        }
        QueueId::of(text.get(..end)?).filter(|id| id.plausible(kind))
    }

    /// Short: hexadecimal. Long: ten or more digits, then `z`, then the inode.
    fn plausible(&self, kind: u8) -> bool {
        let long = || self.as_bytes().iter().rposition(|&b| b == b'z').is_some_and(|z| z >= 10);
        (kind & SHORT != 0 && self.as_bytes().len() >= 3) || (kind & LONG != 0 && long())
    }

    /// The ID as Postfix writes it.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        let [.., len] = self.bytes;
        self.bytes.get(..usize::from(len)).unwrap_or_default()
    }

    /// Seconds since 1970 (UTC) at which the file was made: a long queue ID carries them,
    /// a short one does not.
    #[must_use]
    pub fn arrived(&self) -> Option<i64> {
        let text = self.as_bytes();
        let z = text.iter().rposition(|&b| b == b'z').filter(|&z| z >= 10)?;
        let seconds = text.get(..z.checked_sub(4)?)?;
        seconds.iter().try_fold(0i64, |value, &byte| {
            let digit = DIGITS.iter().position(|&d| d == byte)?;
            value.checked_mul(52)?.checked_add(i64::try_from(digit).ok()?)
        })
    }
}

/// The base-52 digits in the order of their value (`mail_queue.h`).
const DIGITS: &[u8; 52] = b"0123456789BCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz";

/// Whether what follows can only follow a queue ID, so that an unusual one is believed.
fn vouched_for(rest: &[u8]) -> bool {
    const FORMS: [&[u8]; 6] = [b"client=", b"uid=", b"message-id=", b"from=<", b"to=<", b"removed"];
    FORMS.iter().any(|form| rest.starts_with(form))
}

impl fmt::Display for QueueId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_bytes().iter().try_for_each(|&b| write!(f, "{}", char::from(b)))
    }
}

impl fmt::Debug for QueueId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_long_queue_id_carries_its_second() {
        let id = QueueId::parse(b"4jXDgg0rVKz6v2L").unwrap();
        assert_eq!(id.arrived(), Some(1_795_317_247)); // 2026-11-22 03:14:07 UTC
    }

    #[test]
    fn words_are_not_queue_ids() {
        for text in [
            &b"warning: x"[..],
            b"NOQUEUE: reject",
            b"statistics: max",
            b"connect from x",
            b"fatal: no",
            b"ABCDEF:none, as a blank is missing",
        ] {
            assert_eq!(QueueId::prefix(text), None);
        }
    }

    #[test]
    fn the_quick_way_finds_what_the_slow_one_finds() {
        for length in 3..16 {
            for (place, byte) in (0..length).flat_map(|place| (0..=255).map(move |b| (place, b))) {
                let mut text = b"7A1E04C21B9D2F11".get(..length).unwrap().to_vec();
                *text.get_mut(place).unwrap() = byte;
                text.extend_from_slice(b": removed by nobody");
                let slow = QueueId::any_in_front(&text);
                assert_eq!(QueueId::prefix(&text), slow, "{}", text.escape_ascii());
            }
        }
    }

    #[test]
    fn the_quick_way_finds_long_queue_ids_that_the_slow_one_finds() {
        let ids = [&b"4jXDgg0rVKz6v2LRTw"[..], b"4jXDgg0rVKzz6v2zRTw", b"4jXDzg0rVzK6v2LRTw"];
        for (id, length) in ids.iter().flat_map(|id| (9..=18).map(move |length| (id, length))) {
            for (place, byte) in (0..length).flat_map(|place| (0..=255).map(move |b| (place, b))) {
                let mut text = id.get(..length).unwrap().to_vec();
                *text.get_mut(place).unwrap() = byte;
                text.extend_from_slice(b": removed by nobody");
                let slow = QueueId::any_in_front(&text);
                assert_eq!(QueueId::prefix(&text), slow, "{}", text.escape_ascii());
                for end in length..=length + 2 {
                    let cut = text.get(..end).unwrap();
                    assert_eq!(QueueId::prefix(cut), QueueId::any_in_front(cut));
                }
            }
        }
    }

    #[test]
    fn a_queue_id_in_front_of_a_words_end_is_one_that_stands_alone() {
        for id in [&b"9D2F11C0AA); x"[..], b"4jXDgg0rVKz6v2L", b"7A1E04C21B7A1E04C21B7A1E04C21B"] {
            for (place, byte) in (0..id.len()).flat_map(|at| (0..=255).map(move |b| (at, b))) {
                let mut text = id.to_vec();
                *text.get_mut(place).unwrap() = byte;
                let alone = text.split(|&byte| class(byte) == 0).next().unwrap();
                assert_eq!(QueueId::leading(&text), QueueId::parse(alone));
            }
        }
    }

    #[test]
    fn digits_alone_are_a_short_queue_id() {
        let (id, rest) = QueueId::prefix(b"123456789012: removed").unwrap();
        assert_eq!((id.as_bytes(), rest), (&b"123456789012"[..], &b"removed"[..]));
    }
}
