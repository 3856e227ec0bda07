//! The small steps through a line of Postfix: each eats a prefix and hands back the rest.

use crate::near::{decimal_in_word, digits_in_word, place_of_either};
pub(super) use crate::near::{last_place, place};
pub(super) use crate::syslog::number;

/// Text up to a byte, and what follows the byte.
pub(super) fn until(text: &[u8], byte: u8) -> Option<(&[u8], &[u8])> {
    let at = place(text, byte)?;
    Some((text.get(..at)?, text.get(at + 1..)?))
}

/// The number that a text begins with, as a port; 0 if there is none.
pub(super) fn leading_number(text: &[u8]) -> u32 {
    let Some(word) = text.first_chunk() else { return any_leading_number(text) };
    let word = u64::from_le_bytes(*word);
    match digits_in_word(word) {
        8 => any_leading_number(text),
        digits => decimal_in_word(word, digits).unwrap_or(0),
    }
}

/// The same of any length.
fn any_leading_number(text: &[u8]) -> u32 {
    let digits = text.iter().map_while(|b| b.is_ascii_digit().then(|| u32::from(b - b'0')));
    digits.fold(0, |number, digit| number.wrapping_mul(10).wrapping_add(digit))
}

/// Text up to a separator, and what follows it.
#[inline(always)] // see `by_program`
pub(super) fn until_str<'a>(text: &'a [u8], separator: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let (&first, _) = separator.split_first()?;
    let mut from = 0;
    loop {
        let at = from + place(text.get(from..)?, first)?;
        if let Some(rest) = text.get(at..)?.strip_prefix(separator) {
            return Some((text.get(..at)?, rest));
        }
        from = at + 1;
    }
}

/// An address behind its `<`, up to the `>` that ends it, and the rest.
///
/// A quoted local part may hold `>` and `, ` (`<"odd, name"@example.org>`; external form,
/// Postfix 3.5), and the internal form may hold them unquoted, so a `>` counts only where
/// the line goes on as it must.
#[inline(always)] // see `by_program`
pub(super) fn angle(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut from = if text.first() == Some(&b'"') { closing_quote(text)? } else { 0 };
    loop {
        let at = from + place(text.get(from..)?, b'>')?;
        let rest = text.get(at + 1..)?;
        if matches!(rest, [] | [b',' | b' ', ..]) || rest.starts_with(b";") {
            return Some((text.get(..at)?, rest));
        }
        from = at + 1;
    }
}

/// The place behind the quote that ends a quoted string; backslash escapes (RFC 5321).
fn closing_quote(text: &[u8]) -> Option<usize> {
    let mut from = 1;
    loop {
        let at = from + place_of_either(text.get(from..)?, b'"', b'\\')?;
        if text.get(at) == Some(&b'"') {
            return Some(at + 1);
        }
        from = at + 2;
    }
}

/// Ten years in milliseconds: no mail takes longer, whatever a line says.
const LONGEST: u64 = 10 * 366 * 86_400 * 1000;

/// Seconds with a fraction, in milliseconds: `1.4`, `0.08`, `4127`. Postfix writes two digits
/// that count, and most delays are below ten seconds: those are taken as they stand (1 % of all
/// instructions).
#[inline(always)] // a call costs as much as the digits
pub(super) fn millis(text: &[u8]) -> Option<(u64, &[u8])> {
    if let Some((first, rest)) = text.split_first_chunk()
        && let Some(hundredths) = hundredths(*first)
        && !rest.first().is_some_and(u8::is_ascii_digit)
    {
        return Some((hundredths * 10, rest));
    }
    let value = |digit: &u8| u64::from(digit - b'0');
    match text {
        [a @ b'0'..=b'9', b',' | b'/', ..] => Some((value(a) * 1000, text.get(1..)?)),
        [a @ b'0'..=b'9', b'.', b @ b'0'..=b'9', b',' | b'/', ..] => {
            Some((value(a) * 1000 + value(b) * 100, text.get(3..)?))
        }
        _ => any_millis(text),
    }
}

/// `0.21` in hundredths: all four bytes are compared at once.
#[inline(always)] // see `millis`
fn hundredths(text: [u8; 4]) -> Option<u64> {
    let values = u32::from_le_bytes(text) ^ u32::from_le_bytes(*b"0.00");
    // Upper bits are set by more than 9, and in the place of the point by more than 0.
    if (values | values.wrapping_add(0x7676_7f76)) & 0x8080_8080 != 0 {
        return None;
    }
    let value = |place: u32| u64::from(values >> (8 * place) & 0xff);
    Some(value(0) * 100 + value(2) * 10 + value(3))
}

/// The same of any length.
#[inline(never)] // few
fn any_millis(text: &[u8]) -> Option<(u64, &[u8])> {
    let digit = |text: &[u8]| text.first().filter(|b| b.is_ascii_digit()).map(|b| b - b'0');
    let (mut seconds, mut rest) = (u64::from(digit(text)?), text.get(1..)?);
    while let Some(digit) = digit(rest) {
        seconds = (seconds * 10 + u64::from(digit)).min(LONGEST);
        rest = rest.get(1..)?;
    }
    let mut value = seconds * 1000;
    if let Some(mut fraction) = rest.strip_prefix(b".") {
        let mut worth = 100;
        while let Some(digit) = digit(fraction) {
            value += u64::from(digit) * worth;
            worth /= 10;
            fraction = fraction.get(1..)?;
        }
        rest = fraction;
    }
    Some((value.min(LONGEST), rest))
}

#[cfg(test)]
#[allow(clippy::indexing_slicing)]
mod tests {
    use super::*;

    #[test]
    fn short_delays_are_read_as_any_are() {
        for text in ["0.21/0.01", "1.4/0", "0/12.3", "12", "9.875,", "4127/"] {
            for length in 0..=text.len() {
                for (place, byte) in (0..length).flat_map(|at| (0..=255).map(move |b| (at, b))) {
                    let mut text = text.as_bytes()[..length].to_vec();
                    text[place] = byte;
                    assert_eq!(millis(&text), any_millis(&text), "{}", text.escape_ascii());
                }
            }
        }
        assert_eq!(millis(b""), None);
    }

    #[test]
    fn short_ports_are_read_as_any_number_is() {
        for text in ["51544 to [192.0.2.10]:25", "25: x", "12345678", "123456789"] {
            for length in 0..=text.len() {
                for (place, byte) in (0..length).flat_map(|at| (0..=255).map(move |b| (at, b))) {
                    let mut text = text.as_bytes()[..length].to_vec();
                    text[place] = byte;
                    let any = any_leading_number(&text);
                    assert_eq!(leading_number(&text), any, "{}", text.escape_ascii());
                }
            }
        }
        assert_eq!(leading_number(b""), 0);
    }

    #[test]
    fn a_quote_behind_a_backslash_ends_nothing() {
        assert_eq!(closing_quote(br#""a\"b\\"@example.net"#), Some(8));
        assert_eq!(closing_quote(br#""a\"@example.net"#), None);
    }
}
