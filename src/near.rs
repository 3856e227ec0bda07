//! Finding a byte that stands near: most words of a log line are shorter than what a wide
//! search needs to get going.
//!
//! Sixteen bytes are compared at once, as each processor can that runs this program. What
//! `memchr::memchr` gains by asking for a better way, and by larger steps, takes longer texts than
//! a line (4 % of all instructions and 4 % of the time).

use wide::u8x16;

/// Bytes that are compared at once.
const PIECE: usize = 16;

/// Where a byte is in sixteen: a bit for each place, lowest first.
#[inline] // a call costs as much as the search
#[must_use]
pub(crate) fn places_in_piece(piece: &[u8; PIECE], byte: u8) -> u32 {
    u8x16::new(*piece).simd_eq(u8x16::splat(byte)).to_bitmask()
}

/// Where a byte is in sixty-four: a bit for each place, lowest first.
#[inline] // see `places_in_piece`
#[must_use]
pub(crate) fn places(text: &[u8; 64], byte: u8) -> u64 {
    let (pieces, _) = text.as_chunks::<PIECE>();
    pieces.iter().rev().fold(0, |all, piece| all << PIECE | u64::from(places_in_piece(piece, byte)))
}

/// Where either of two bytes is in thirty-two: a bit for each place, lowest first.
#[inline] // see `places_in_piece`
#[must_use]
pub(crate) fn places_of_either(text: &[u8; 32], one: u8, other: u8) -> u32 {
    let in_piece = |piece| places_in_piece(piece, one) | places_in_piece(piece, other);
    let (pieces, _) = text.as_chunks::<PIECE>();
    pieces.iter().rev().fold(0, |all, piece| all << PIECE | in_piece(piece))
}

/// Where digits and consonants are in sixteen bytes, of which names of files are made that spell
/// no word: a bit for each place, lowest first.
#[inline] // see `places_in_piece`
#[must_use]
pub(crate) fn places_of_digits_and_consonants(piece: &[u8; PIECE]) -> u32 {
    let bytes = u8x16::new(*piece);
    let lower = bytes | u8x16::splat(0x20); // `@` and `[` stay apart from letters
    let between = |bytes: u8x16, low: u8, high: u8| {
        bytes.max(u8x16::splat(low)).min(u8x16::splat(high)).simd_eq(bytes)
    };
    let vowel =
        [b'e', b'i', b'o', b'u'].iter().fold(lower.simd_eq(u8x16::splat(b'a')), |all, &one| {
            all | lower.simd_eq(u8x16::splat(one))
        });
    let digit = between(bytes, b'0', b'9').to_bitmask();
    digit | between(lower, b'a', b'z').to_bitmask() & !vowel.to_bitmask()
}

/// Whether two texts are equal in their first bytes, 1 to 32 of them.
#[inline] // see `places_in_piece`
#[must_use]
pub(crate) fn equal_below(one: &[u8; 32], other: &[u8; 32], length: usize) -> bool {
    let (ones, _) = one.as_chunks::<PIECE>();
    let (others, _) = other.as_chunks::<PIECE>();
    let equal = |(one, other): (&[u8; PIECE], &[u8; PIECE])| -> u32 {
        u8x16::new(*one).simd_eq(u8x16::new(*other)).to_bitmask()
    };
    let places = ones.iter().zip(others).rev().fold(0, |all, pair| all << PIECE | equal(pair));
    !places << (32 - length) == 0
}

/// The first of the places that `in_piece` finds in sixteen bytes.
#[inline] // see `places_in_piece`
fn first(text: &[u8], in_piece: impl Fn(&[u8; PIECE]) -> u32) -> Option<usize> {
    let (pieces, _) = text.as_chunks::<PIECE>();
    let mut at = 0;
    for piece in pieces {
        let places = in_piece(piece);
        if places != 0 {
            return Some(at + places.trailing_zeros() as usize);
        }
        at += PIECE;
    }
    // Of a longer text the last sixteen bytes once more: what was looked at has none.
    let (from, places) = match text.last_chunk() {
        Some(end) => (text.len() - PIECE, in_piece(end)),
        None => (0, in_piece(&short(text)) & below(text.len())),
    };
    (places != 0).then(|| from + places.trailing_zeros() as usize)
}

/// The last of the places that `in_piece` finds in sixteen bytes.
#[inline] // see `places_in_piece`
fn last(text: &[u8], in_piece: impl Fn(&[u8; PIECE]) -> u32) -> Option<usize> {
    let (_, pieces) = text.as_rchunks::<PIECE>();
    let mut at = text.len();
    for piece in pieces.iter().rev() {
        at -= PIECE;
        if let Some(place) = in_piece(piece).checked_ilog2() {
            return Some(at + place as usize);
        }
    }
    let places = match text.first_chunk() {
        Some(start) => in_piece(start),
        None => in_piece(&short(text)) & below(text.len()),
    };
    places.checked_ilog2().map(|place| place as usize)
}

/// A text of less than sixteen bytes, and NULs: its two halves, which may overlap.
#[inline] // see `places_in_piece`
fn short(text: &[u8]) -> [u8; PIECE] {
    let half = |first: u64, last: u64, length: usize| {
        u128::from(first) | u128::from(last) << (8 * (text.len() - length))
    };
    let piece = if let (Some(first), Some(last)) = (text.first_chunk::<8>(), text.last_chunk()) {
        half(u64::from_le_bytes(*first), u64::from_le_bytes(*last), 8)
    } else if let (Some(first), Some(last)) = (text.first_chunk::<4>(), text.last_chunk()) {
        half(u32::from_le_bytes(*first).into(), u32::from_le_bytes(*last).into(), 4)
    } else {
        text.iter().rev().fold(0, |piece, &byte| piece << 8 | u128::from(byte))
    };
    piece.to_le_bytes()
}

/// The bits of the places in front of one, 0 to 16.
#[inline] // see `places_in_piece`
fn below(place: usize) -> u32 {
    (1 << place) - 1
}

/// The place of the first `byte` in a line, or in a part of one.
#[must_use]
pub(crate) fn place(text: &[u8], byte: u8) -> Option<usize> {
    first(text, |piece| places_in_piece(piece, byte))
}

/// The place of the last `byte`.
#[must_use]
pub(crate) fn last_place(text: &[u8], byte: u8) -> Option<usize> {
    last(text, |piece| places_in_piece(piece, byte))
}

/// The place of the first byte that is `one` or `other`.
#[must_use]
pub(crate) fn place_of_either(text: &[u8], one: u8, other: u8) -> Option<usize> {
    first(text, |piece| places_in_piece(piece, one) | places_in_piece(piece, other))
}

/// The place of the last byte that is `one` or `other`.
#[must_use]
pub(crate) fn last_place_of_either(text: &[u8], one: u8, other: u8) -> Option<usize> {
    last(text, |piece| places_in_piece(piece, one) | places_in_piece(piece, other))
}

/// A byte in each place of a word.
pub(crate) const ONES: u64 = 0x0101_0101_0101_0101;
/// The upper bit of each byte.
pub(crate) const UPPER: u64 = 0x8080_8080_8080_8080;

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

/// How many digits a word of eight begins with, lowest first.
#[inline] // see `decimal_in_word`
#[must_use]
pub(crate) fn digits_in_word(word: u64) -> u32 {
    let values = word ^ (ONES * u64::from(b'0'));
    ((((values & !UPPER) + ONES * 0x76) | values) & UPPER).trailing_zeros() / 8
}

/// The place of the first `word` in a line. What a prepared search saves on long texts, it costs
/// in preparation on a line. Two bytes are compared at once, because the first alone (`:` of `: `)
/// stands in many places (half of a search).
#[must_use]
pub(crate) fn find(text: &[u8], word: &[u8]) -> Option<usize> {
    let [one, other, more @ ..] = word else { return place(text, *word.first()?) };
    let mut from = 0;
    loop {
        let at = from + place_of_pair(text.get(from..)?, *one, *other)?;
        if more.is_empty() || text.get(at + 2..)?.starts_with(more) {
            return Some(at);
        }
        from = at + 1;
    }
}

/// The place of the first `one` that `other` follows.
#[inline] // see `places_in_piece`
fn place_of_pair(text: &[u8], one: u8, other: u8) -> Option<usize> {
    let (mut at, mut rest) = (0, text);
    while let Some(piece) = rest.first_chunk() {
        let places = pairs_in_piece(piece, one, other);
        if places != 0 {
            return Some(at + places.trailing_zeros() as usize);
        }
        (at, rest) = (at + PIECE, rest.get(PIECE..)?);
    }
    let (from, places) = match text.last_chunk() {
        Some(end) => (text.len() - PIECE - 1, pairs_in_piece(end, one, other)), // as in `first`
        None => {
            let piece = text.first_chunk().copied().unwrap_or_else(|| short(text));
            let others = places_in_piece(&piece, other) & below(text.len());
            (0, places_in_piece(&piece, one) & others >> 1)
        }
    };
    (places != 0).then(|| from + places.trailing_zeros() as usize)
}

/// Where `one` is in sixteen bytes that `other` follows.
#[inline] // see `places_in_piece`
fn pairs_in_piece(piece: &[u8; PIECE + 1], one: u8, other: u8) -> u32 {
    match (piece.first_chunk(), piece.last_chunk()) {
        (Some(first), Some(second)) => places_in_piece(first, one) & places_in_piece(second, other),
        _ => 0,
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
    fn a_word_is_found_in_texts_of_all_lengths() {
        fn slow(text: &[u8], word: &[u8]) -> Option<usize> {
            text.windows(word.len()).position(|window| window == word)
        }
        for length in 0..70 {
            for at in 0..length {
                for word in [&b": x"[..], b": ", b":", b"::", b" :", b"\0:", b":\0\0"] {
                    let mut text = vec![b':'; length];
                    let end = (at + word.len()).min(length);
                    text[at..end].copy_from_slice(&word[..end - at]);
                    assert_eq!(find(&text, b": "), slow(&text, b": "));
                    assert_eq!(find(&text, b": x"), slow(&text, b": x"));
                    assert_eq!(find(&text, b":\0"), slow(&text, b":\0"));
                    assert_eq!(find(&text, b":"), slow(&text, b":"));
                    text.iter_mut().take(at / 2).for_each(|byte| *byte = b' ');
                    assert_eq!(find(&text, b" :"), slow(&text, b" :"));
                    assert_eq!(find(&text, b"::"), slow(&text, b"::"));
                    assert_eq!(find(&text, b" : x"), slow(&text, b" : x"));
                }
            }
        }
    }

    #[test]
    fn digits_are_counted_up_to_what_is_none() {
        for byte in 0..=u8::MAX {
            for at in 0..8 {
                let mut bytes = *b"12345678";
                bytes[at as usize] = byte;
                let expected = if byte.is_ascii_digit() { 8 } else { at };
                assert_eq!(digits_in_word(u64::from_le_bytes(bytes)), expected, "{byte}, {at}");
            }
        }
    }

    #[test]
    fn all_places_are_found_in_a_wide_piece() {
        for at in 0..64 {
            let (mut text, mut start) = ([b'x'; 64], [b'x'; 32]);
            (text[at], text[at / 3], start[at / 2], start[31]) = (b'[', b'[', b'[', b':');
            assert_eq!(places(&text, b'['), 1 << at | 1 << (at / 3));
            let first = if at / 2 == 31 { 0 } else { 1 << (at / 2) };
            assert_eq!(places_of_either(&start, b'[', b':'), first | 1 << 31);
        }
    }

    #[test]
    fn digits_and_consonants_are_told_from_all_other_bytes() {
        for byte in 0..=u8::MAX {
            let vowel = b"aeiouAEIOU".contains(&byte);
            let mut piece = [b'a'; 16];
            piece[usize::from(byte % 16)] = byte;
            let expected = u32::from(byte.is_ascii_alphanumeric() && !vowel) << (byte % 16);
            assert_eq!(places_of_digits_and_consonants(&piece), expected, "{byte}");
        }
    }

    #[test]
    fn texts_are_compared_up_to_a_place_and_not_behind_it() {
        let one = *b"mx1 postfix/submission/smtpd[123";
        for differs in 0..32 {
            let mut other = one;
            other[differs] ^= 0x20;
            for length in 1..=32 {
                assert_eq!(equal_below(&one, &other, length), length <= differs, "{length}");
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
