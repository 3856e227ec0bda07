//! Finding a byte that stands near: most words of a log line are shorter than what a wide
//! search needs to get going.

#[cfg(not(target_arch = "x86_64"))]
use memchr::arch::all::memchr::{One, Two};
#[cfg(target_arch = "x86_64")]
use memchr::arch::x86_64::sse2::memchr::{One, Two};

/// A search for one byte in the way that each processor of its kind knows, so that it becomes
/// part of the code around it. What `memchr::memchr` gains by asking for a better way takes
/// longer texts than a line (4 % of all instructions).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Search(Option<One>);

impl Search {
    /// A search for `byte`.
    #[inline] // a call costs as much as a search
    #[must_use]
    pub(crate) fn of(byte: u8) -> Search {
        #[cfg(target_arch = "x86_64")]
        let one = One::new(byte);
        #[cfg(not(target_arch = "x86_64"))]
        let one = Some(One::new(byte));
        Search(one)
    }

    /// The place of the first one.
    #[inline] // see `of`
    #[must_use]
    pub(crate) fn find(self, text: &[u8]) -> Option<usize> {
        self.0?.find(text)
    }
}

/// A search for either of two bytes.
#[inline] // see `Search::of`
fn either(one: u8, other: u8) -> Option<Two> {
    #[cfg(target_arch = "x86_64")]
    let two = Two::new(one, other);
    #[cfg(not(target_arch = "x86_64"))]
    let two = Some(Two::new(one, other));
    two
}

/// The place of the first `byte` in a line, or in a part of one.
#[must_use]
pub(crate) fn place(text: &[u8], byte: u8) -> Option<usize> {
    Search::of(byte).find(text)
}

/// The place of the last `byte`.
#[must_use]
pub(crate) fn last_place(text: &[u8], byte: u8) -> Option<usize> {
    Search::of(byte).0?.rfind(text)
}

/// The place of the first byte that is `one` or `other`.
#[must_use]
pub(crate) fn place_of_either(text: &[u8], one: u8, other: u8) -> Option<usize> {
    either(one, other)?.find(text)
}

/// The place of the last byte that is `one` or `other`.
#[must_use]
pub(crate) fn last_place_of_either(text: &[u8], one: u8, other: u8) -> Option<usize> {
    either(one, other)?.rfind(text)
}

/// A byte in each place of a word.
pub(crate) const ONES: u64 = 0x0101_0101_0101_0101;
/// The upper bit of each byte.
const UPPER: u64 = 0x8080_8080_8080_8080;

/// The place of the first `byte` in a word of eight, lowest first; 8 if it is not there.
#[inline] // a call costs as much as the search
#[must_use]
pub(crate) fn place_in_word(word: u64, byte: u8) -> u32 {
    let differ = word ^ (ONES * u64::from(byte));
    (differ.wrapping_sub(ONES) & !differ & UPPER).trailing_zeros() / 8
}

/// The number that the first `digits` bytes of a word are in decimal, lowest first; `None` if
/// there are none or more than eight, or if one is no digit. All at once: one after the other,
/// the digits of process IDs took 2 % of all instructions.
#[inline] // a call costs as much as the digits
#[must_use]
pub(crate) fn decimal_in_word(word: u64, digits: u32) -> Option<u32> {
    let shift = 64 - 8 * Some(digits).filter(|digits| (1..=8).contains(digits))?;
    // The last digit stands highest, and noughts stand in front of the first.
    let values = (word << shift) ^ ((ONES * u64::from(b'0')) << shift);
    if (values | values.wrapping_add(ONES * 0x76)) & UPPER != 0 {
        return None;
    }
    let pairs = (values * 10 + (values >> 8)) & 0x00ff_00ff_00ff_00ff;
    let fours = (pairs * 100 + (pairs >> 16)) & 0x0000_ffff_0000_ffff;
    u32::try_from((fours * 10_000 + (fours >> 32)) & 0xffff_ffff).ok()
}

/// The place of the first `word` in a line: by its first byte. What a prepared search saves
/// on long texts, it costs in preparation on a line.
#[must_use]
pub(crate) fn find(text: &[u8], word: &[u8]) -> Option<usize> {
    let first = *word.first()?;
    let mut from = 0;
    loop {
        let at = from + place(text.get(from..)?, first)?;
        if text.get(at..)?.starts_with(word) {
            return Some(at);
        }
        from = at + 1;
    }
}

/// The place of the last `word` in a line.
#[must_use]
pub(crate) fn rfind(text: &[u8], word: &[u8]) -> Option<usize> {
    let first = *word.first()?;
    let mut end = text.len();
    loop {
        let at = last_place(text.get(..end)?, first)?;
        if text.get(at..)?.starts_with(word) {
            return Some(at);
        }
        end = at;
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_is_found_in_texts_of_all_lengths() {
        for length in 0..200 {
            let mut text = vec![b'x'; length];
            assert_eq!((place(&text, b'['), last_place(&text, b'[')), (None, None));
            for at in 0..length {
                // Another one in the middle; the first and the last are to be told apart.
                let (first, last) = (at.min(length / 2), at.max(length / 2));
                (text[at], text[length / 2]) = (b'[', b'[');
                assert_eq!(
                    (place(&text, b'['), last_place(&text, b'[')),
                    (Some(first), Some(last))
                );
                text[at] = b'(';
                let (first, last) = if at == length / 2 { (at, at) } else { (first, last) };
                assert_eq!(place_of_either(&text, b'[', b'('), Some(first));
                assert_eq!(last_place_of_either(&text, b'(', b'['), Some(last));
                text[at] = b'x';
                text[length / 2] = b'x';
            }
        }
    }

    #[test]
    fn the_first_of_several_is_found_at_every_place() {
        for at in 0..8 {
            let mut text = [b'x'; 8];
            text.iter_mut().skip(at as usize).for_each(|b| *b = b'[');
            assert_eq!(place_in_word(u64::from_le_bytes(text), b'['), at);
        }
        assert_eq!(place_in_word(u64::from_le_bytes([b'Z'; 8]), b'['), 8);
    }

    #[test]
    fn numbers_of_all_lengths_are_read_as_the_library_reads_them() {
        for text in ["0", "7", "10", "090", "4711", "65535", "999999", "4194304", "12345678"] {
            let mut bytes = *b"]: xyz[0";
            bytes.get_mut(..text.len()).unwrap().copy_from_slice(text.as_bytes());
            let digits = u32::try_from(text.len()).unwrap();
            let number = decimal_in_word(u64::from_le_bytes(bytes), digits);
            assert_eq!(number, text.parse().ok(), "{text}");
        }
    }

    #[test]
    fn what_is_no_number_is_none() {
        for byte in (0..=u8::MAX).filter(|b| !b.is_ascii_digit()) {
            for at in 0..5 {
                let mut bytes = *b"12345]: ";
                *bytes.get_mut(at).unwrap() = byte;
                assert_eq!(decimal_in_word(u64::from_le_bytes(bytes), 5), None, "{byte}, {at}");
            }
        }
        let digits = u64::from_le_bytes(*b"12345678");
        assert_eq!((decimal_in_word(digits, 0), decimal_in_word(digits, 9)), (None, None));
    }

    #[test]
    fn neighbors_of_the_byte_are_not_taken_for_it() {
        let place = |text: &[u8; 8]| place_in_word(u64::from_le_bytes(*text), b'[');
        assert_eq!(place(b"ZZZ\\\\[ZZ"), 5);
        assert_eq!(place(b"\xdb\x5a\x5c\x00\xff\x5c\x5a\xdb"), 8);
    }
}
