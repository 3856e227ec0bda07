//! The small steps through a line of Postfix: each eats a prefix and hands back the rest.

use memchr::memchr;

/// A decimal number without sign, and the rest.
pub(super) fn number(text: &[u8]) -> Option<(u64, &[u8])> {
    let mut value = 0u64;
    let mut rest = text;
    while let Some((&digit @ b'0'..=b'9', tail)) = rest.split_first() {
        value = value.checked_mul(10)?.checked_add(u64::from(digit - b'0'))?;
        rest = tail;
    }
    (rest.len() < text.len()).then_some((value, rest))
}

/// The place of a byte. Most words of a log line are short, and a wide search costs more
/// than they do.
pub(super) fn place(text: &[u8], byte: u8) -> Option<usize> {
    const SHORT: usize = 12;
    let start = text.get(..SHORT).unwrap_or(text);
    match start.iter().position(|&b| b == byte) {
        Some(at) => Some(at),
        None => Some(SHORT + memchr(byte, text.get(SHORT..)?)?),
    }
}

/// Text up to a byte, and what follows the byte.
pub(super) fn until(text: &[u8], byte: u8) -> Option<(&[u8], &[u8])> {
    let at = place(text, byte)?;
    Some((text.get(..at)?, text.get(at + 1..)?))
}

/// Text up to a separator, and what follows it.
pub(super) fn until_str<'a>(text: &'a [u8], separator: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let (&first, _) = separator.split_first()?;
    let mut from = 0;
    loop {
        let at = from + memchr(first, text.get(from..)?)?;
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
pub(super) fn angle(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut from = if text.first() == Some(&b'"') { closing_quote(text)? } else { 0 };
    loop {
        let at = from + memchr(b'>', text.get(from..)?)?;
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
        let at = from + memchr::memchr2(b'"', b'\\', text.get(from..)?)?;
        if text.get(at) == Some(&b'"') {
            return Some(at + 1);
        }
        from = at + 2;
    }
}

/// A century in milliseconds: no mail takes longer, whatever a line says.
const LONGEST: u64 = 100 * 366 * 86_400 * 1000;

/// Seconds with a fraction, in milliseconds: `1.4`, `0.08`, `4127`.
pub(super) fn millis(text: &[u8]) -> Option<(u64, &[u8])> {
    let (seconds, rest) = digits(text);
    if rest.len() == text.len() {
        return None;
    }
    let value = seconds.saturating_mul(1000).min(LONGEST);
    let Some((b'.', fraction)) = rest.split_first() else { return Some((value, rest)) };
    let (part, rest) = digits(fraction);
    let part = match fraction.len() - rest.len() {
        1 => part * 100,
        2 => part * 10,
        3 => part,
        digits => part / 10u64.checked_pow(u32::try_from(digits).ok()?.saturating_sub(3))?,
    };
    Some((value.saturating_add(part).min(LONGEST), rest))
}

/// Decimal digits, which are few, and the rest.
fn digits(text: &[u8]) -> (u64, &[u8]) {
    let (mut value, mut len) = (0u64, 0);
    while let Some(&digit @ b'0'..=b'9') = text.get(len) {
        value = value.wrapping_mul(10).wrapping_add(u64::from(digit - b'0'));
        len += 1;
    }
    let rest = text.get(len..).unwrap_or_default();
    if len < 20 { (value, rest) } else { (u64::MAX, rest) }
}
