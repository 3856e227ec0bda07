//! Numbers and texts in the form a page shows: grouped, in human units, cut in the middle.

use std::fmt::Write as _;

use crate::report::Report;

/// `1 234 567`, with narrow no-break spaces.
pub(in crate::render) fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut out = String::with_capacity(digits.len() * 2);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push('\u{202F}');
        }
        out.push(digit);
    }
    out
}

/// `1.3 MiB`: bytes in units of 1024, as in the text, with one decimal below ten.
pub(in crate::render) fn bytes(count: u64) -> String {
    let mut unit = (1u64, "B");
    for larger in [(1 << 10, "KiB"), (1 << 20, "MiB"), (1 << 30, "GiB"), (1 << 40, "TiB")] {
        if count >= larger.0 {
            unit = larger;
        }
    }
    let (size, name) = unit;
    let tenths = (u128::from(count) * 10 + u128::from(size) / 2) / u128::from(size);
    if size > 1 && tenths < 100 {
        return format!("{}.{}\u{A0}{name}", tenths / 10, tenths % 10);
    }
    let whole = (u128::from(count) + u128::from(size) / 2) / u128::from(size);
    format!("{}\u{A0}{name}", grouped(u64::try_from(whole).unwrap_or(u64::MAX)))
}

/// `0.4 s`, `2 min 05 s`, `3 h 10 min`, `4 d 2 h`.
pub(in crate::render) fn span(micros: u64) -> String {
    let tenths = micros.saturating_add(50_000) / 100_000;
    let seconds = tenths / 10;
    let two = |large: u64, large_unit: &str, small: u64, small_unit: &str| {
        format!("{large}\u{A0}{large_unit} {small:02}\u{A0}{small_unit}")
    };
    match seconds {
        0..60 => format!("{seconds}.{}\u{A0}s", tenths % 10),
        60..3600 => two(seconds / 60, "min", seconds % 60, "s"),
        3600..86_400 => two(seconds / 3600, "h", seconds / 60 % 60, "min"),
        _ => two(seconds / 86_400, "d", seconds / 3600 % 24, "h"),
    }
}

/// `08:00–09:00` of `08`.
pub(in crate::render) fn hour(hour: u64) -> String {
    let mut out = String::new();
    // Writing to a string cannot fail.
    let _ = write!(out, "{hour:02}:00–{:02}:00", hour + 1);
    out
}

/// The heading of what happened hour by hour: of several days a page shows sums, where the table
/// of the text has an average day.
pub(in crate::render) fn hours_heading(report: &Report<'_>) -> &'static str {
    if report.days.len() > 1 { "Hour by hour, all days together" } else { "Hour by hour" }
}

/// A text without its middle, if it is longer than a page has room for.
pub(in crate::render) fn cut(text: &str, most: usize) -> Option<String> {
    let length = text.chars().count();
    if length <= most {
        return None;
    }
    let keep = most / 2;
    let head = text.chars().take(keep);
    let tail = text.chars().skip(length - keep);
    Some(head.chain(" … ".chars()).chain(tail).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_as_a_reader_says_them() {
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(1_234_567), "1\u{202F}234\u{202F}567");
        assert_eq!(bytes(999), "999\u{A0}B");
        assert_eq!(bytes(1_300_000), "1.2\u{A0}MiB");
        assert_eq!(bytes(52_400), "51\u{A0}KiB");
        assert_eq!(bytes(1767 << 20), "1.7\u{A0}GiB");
        assert_eq!(span(400_000), "0.4\u{A0}s");
        assert_eq!(span(125_000_000), "2\u{A0}min 05\u{A0}s");
        assert_eq!(span(4 * 86_400_000_000 + 7_200_000_000), "4\u{A0}d 02\u{A0}h");
        assert_eq!(hour(8), "08:00–09:00");
    }

    #[test]
    fn a_long_text_keeps_both_ends() {
        let long = format!("begin{}end", "x".repeat(400));
        let short = cut(&long, 160).unwrap_or_default();
        assert!(short.starts_with("begin") && short.ends_with("end"), "{short}");
        assert!(cut("short", 160).is_none());
    }
}
