//! Whether text begins like a syslog line: just enough to see through wrappers.
//!
//! What the stamp means is the business of the parser behind; here only its
//! outline matters.

/// Whether `text` begins with a stamp that syslog writes.
///
/// ```text
/// Nov  3 03:14:07 mx1 …
/// 2026-11-22T03:14:07.120345+01:00 mx1 …
/// <22>Nov  3 03:14:07 mx1 …
/// <22>1 2026-11-22T02:14:07.120345Z mx1.example.net …
/// ```
#[must_use]
pub(super) fn starts_with_stamp(text: &[u8]) -> bool {
    stamp_len(text).is_some()
}

/// The length of the stamp, its priority and the space behind it included.
#[must_use]
pub(super) fn stamp_len(text: &[u8]) -> Option<usize> {
    let rest = behind_priority(text);
    let end = bsd_len(rest).or_else(|| iso_len(rest))?;
    (rest.get(end) == Some(&b' ')).then_some(text.len() - rest.len() + end + 1)
}

/// Steps over `<22>` and RFC 5424's version, `<22>1 `.
fn behind_priority(text: &[u8]) -> &[u8] {
    let Some(rest) = text.strip_prefix(b"<") else { return text };
    let digits = rest.iter().take_while(|b| b.is_ascii_digit()).count();
    if !(1..=3).contains(&digits) {
        return text;
    }
    let Some(rest) = rest.get(digits..).and_then(|rest| rest.strip_prefix(b">")) else {
        return text;
    };
    rest.strip_prefix(b"1 ").unwrap_or(rest)
}

/// `Nov  3 03:14:07`, `Nov 03 03:14:07`.
fn bsd_len(text: &[u8]) -> Option<usize> {
    const MONTHS: [&[u8; 3]; 12] = [
        b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov",
        b"Dec",
    ];
    let month = text.get(..3)?;
    MONTHS.iter().any(|known| *known == month).then_some(())?;
    fits(text.get(3..15)?, b" _9 99:99:99").then_some(15)
}

/// `2026-11-22T03:14:07`, then a fraction and an offset of any length.
///
/// The offset may be missing, as in files written by old templates.
pub(super) fn iso_len(text: &[u8]) -> Option<usize> {
    fits(text.get(..19)?, b"9999-99-99T99:99:99").then_some(())?;
    let rest = text.get(19..)?;
    let more = rest
        .iter()
        .take_while(|b| b.is_ascii_digit() || matches!(b, b'.' | b',' | b'+' | b'-' | b':' | b'Z'))
        .count();
    Some(19 + more)
}

/// Whether `text` has the outline: `9` a digit, `_` a digit or a space.
fn fits(text: &[u8], outline: &[u8]) -> bool {
    text.len() == outline.len()
        && text.iter().zip(outline).all(|(b, shape)| match shape {
            b'9' => b.is_ascii_digit(),
            b'_' => b.is_ascii_digit() || *b == b' ',
            other => b == other,
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_stamp_that_syslog_writes_is_seen() {
        for line in [
            &b"Nov  3 03:14:07 mx1 a"[..],
            b"Nov 03 03:14:07 mx1 a",
            b"2026-11-22T03:14:07.120345+01:00 mx1 a",
            b"2026-11-22T03:14:07+0100 mx1 a",
            b"2026-11-22T03:14:07Z mx1 a",
            b"<22>Nov  3 03:14:07 mx1 a",
            b"<22>1 2026-11-22T02:14:07.120345Z mx1.example.net a",
        ] {
            assert!(starts_with_stamp(line), "{}", String::from_utf8_lossy(line));
        }
    }

    #[test]
    fn other_text_is_no_stamp() {
        for line in [
            &b"Nov is cold"[..],
            b"2026-11-22T03:14:07",
            b"connect from unknown",
            b"Nox  3 03:14:07 mx1",
            b"<2222>Nov  3 03:14:07 mx1",
            b"",
        ] {
            assert!(!starts_with_stamp(line), "{}", String::from_utf8_lossy(line));
        }
    }
}
