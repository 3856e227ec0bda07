//! The small steps through a syslog header: each eats a prefix and hands back the rest.

use crate::near::{decimal_in_word, place_in_word};

/// A word and what follows its one blank.
pub(super) fn word(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = text.iter().position(|&b| b == b' ')?;
    let (word, rest) = text.split_at_checked(end)?;
    Some((word, rest.get(1..)?))
}

/// A decimal number without sign, and the rest.
pub(crate) fn number(text: &[u8]) -> Option<(u64, &[u8])> {
    let mut value = 0u64;
    let mut rest = text;
    while let Some((&digit @ b'0'..=b'9', tail)) = rest.split_first() {
        value = value.checked_mul(10)?.checked_add(u64::from(digit - b'0'))?;
        rest = tail;
    }
    (rest.len() < text.len()).then_some((value, rest))
}

/// A thousand million: a logger drops no more lines at once, whatever it says.
pub(super) const MOST: u64 = 1_000_000_000;

/// A million: a logger that leaves out equal lines says so before there are more.
const MOST_EQUAL: u32 = 1_000_000;

/// How often a line that was left out came again. Sums of what a damaged line says would not fit.
pub(super) fn times(text: &[u8]) -> Option<(u32, &[u8])> {
    let (times, rest) = number(text)?;
    Some((u32::try_from(times).map_or(MOST_EQUAL, |times| times.min(MOST_EQUAL)), rest))
}

/// The number that ends where `at` is: 57 in `imjournal: 57 messages`.
pub(super) fn number_before(text: &[u8], at: usize) -> Option<u64> {
    let before = text.get(..at)?;
    let start = before.iter().rposition(|b| !b.is_ascii_digit()).map_or(0, |i| i + 1);
    number(before.get(start..)?).map(|(n, _)| n)
}

/// Eats `<22>`, and `1 ` behind it if this is RFC 5424; tells which.
pub(super) fn priority(line: &[u8]) -> Option<(&[u8], bool)> {
    let (value, rest) = number(line.get(1..)?)?;
    let rest = rest.strip_prefix(b">")?;
    if value > 999 {
        return None;
    }
    match rest {
        [b'1'..=b'9', b' ', tail @ ..] => Some((tail.trim_ascii_start(), true)),
        _ => Some((rest.trim_ascii_start(), false)),
    }
}

/// Splits `tag[pid]: text`. Tolerates a missing pid, a missing colon, a lone `-` (the
/// structured data of a half-converted RFC 5424 line) and a facility in front of the tag.
pub(super) fn tag(rest: &[u8]) -> (&[u8], u32, &[u8]) {
    let end = memchr::memchr3(b'[', b':', b' ', rest).unwrap_or(rest.len());
    let (tag, after) = rest.split_at_checked(end).unwrap_or((rest, b""));
    match after.split_first() {
        Some((b'[', inner)) => match pid(inner) {
            Some((pid, [b':', b' ', text @ ..])) if !matches!(text.first(), Some(b' ' | b'-')) => {
                (tag, pid, text)
            }
            Some((pid, text)) => (tag, pid, filler(text.strip_prefix(b":").unwrap_or(text))),
            None => (tag, 0, after),
        },
        Some((b':', text)) => {
            if facility(tag) && text.first() != Some(&b' ') {
                let skip = text.iter().position(|&b| b == b' ').map_or(text.len(), |i| i + 1);
                return self::tag(text.get(skip..).unwrap_or_default()); // AIX: `mail:info postfix/…`
            }
            (tag, 0, filler(text))
        }
        Some((_, text)) if tag.starts_with(b"<") || dotted_facility(tag) => self::tag(text),
        Some((_, text)) => (tag, 0, filler(text)),
        None => (tag, 0, b""),
    }
}

/// A process ID of at most seven digits behind its `[`, and the text behind `]: `.
#[inline(always)] // once a line
pub(super) fn process(text: &[u8]) -> Option<(u32, &[u8])> {
    let word = u64::from_le_bytes(*text.first_chunk::<8>()?);
    let digits = place_in_word(word, b']');
    let pid = decimal_in_word(word, digits)?;
    Some((pid, text.get(digits as usize..)?.strip_prefix(b"]: ")?))
}

/// A process ID up to its `]`, and what follows that.
fn pid(text: &[u8]) -> Option<(u32, &[u8])> {
    let mut pid = 0u32;
    let mut rest = text;
    while let Some((&digit @ b'0'..=b'9', tail)) = rest.split_first() {
        pid = pid.wrapping_mul(10).wrapping_add(u32::from(digit - b'0'));
        rest = tail;
    }
    Some((pid, rest.strip_prefix(b"]")?))
}

/// Blanks, and the `- ` that stands for empty structured data.
fn filler(text: &[u8]) -> &[u8] {
    let text = text.strip_prefix(b" ").unwrap_or(text);
    match text.first() {
        Some(b' ') => text.trim_ascii_start(),
        Some(b'-') => text.strip_prefix(b"- ").unwrap_or(text),
        _ => text,
    }
}

fn facility(tag: &[u8]) -> bool {
    matches!(tag, b"mail" | b"daemon" | b"user" | b"syslog" | b"local0")
}

fn dotted_facility(tag: &[u8]) -> bool {
    tag.iter().position(|&b| b == b'.').and_then(|dot| tag.get(..dot)).is_some_and(facility)
}

/// Drops the message ID of Solaris: `[ID 197553 mail.info] `.
pub(super) fn without_solaris_id(text: &[u8]) -> &[u8] {
    let Some(rest) = text.strip_prefix(b"[ID ") else { return text };
    let Some(end) = memchr::memchr(b']', rest) else { return text };
    rest.get(end + 1..).map_or(text, <[u8]>::trim_ascii_start)
}

/// Skips the structured data of RFC 5424: `-`, or elements `[id name="value"]…`.
pub(super) fn behind_structured_data(rest: &[u8]) -> Option<&[u8]> {
    if let Some(text) = rest.strip_prefix(b"-") {
        return Some(text);
    }
    let mut rest = rest;
    while let Some(inner) = rest.strip_prefix(b"[") {
        let (mut quoted, mut escaped) = (false, false);
        let end = inner.iter().position(|&b| {
            let was_escaped = escaped;
            escaped = quoted && b == b'\\' && !was_escaped;
            match b {
                b'"' if !was_escaped => quoted = !quoted,
                b']' if !quoted => return true,
                _ => {}
            }
            false
        })?;
        rest = inner.get(end + 1..)?;
    }
    Some(rest)
}
