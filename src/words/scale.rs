//! Numbers in the columns of the classic report.

use std::fmt::Write;

/// From here on counts are shown in thousands (of 1024).
const KILO_FROM: u64 = 512 << 10;
/// From here on counts are shown in millions (of 1024²).
const MEGA_FROM: u64 = 512 << 20;

/// A count in six columns and a unit: blank, `k` or `m`, of 1024 each.
///
/// Larger numbers are cut, not rounded, and widen the column.
///
/// ```
/// use pfsum::words::scale::scaled_count;
/// assert_eq!(scaled_count(104), "   104 ");
/// assert_eq!(scaled_count(1_293_312), "  1263k");
/// ```
#[must_use]
pub fn scaled_count(n: u64) -> String {
    let mut out = String::new();
    push_count(n, &mut out);
    out
}

/// Appends what [`scaled_count`] gives: a report holds many numbers.
pub fn push_count(n: u64, out: &mut String) {
    let (n, unit) = scaled(n);
    push_padded(n, 6, out);
    out.push(unit);
}

/// Appends a number, with blanks before it so that it takes `width` columns.
///
/// As `{n:width$}`, at a third of its cost, which shows in a report of sixty thousand rows.
pub fn push_padded(mut n: u64, width: usize, out: &mut String) {
    let mut digits = [b' '; 20];
    let mut len = 0;
    for digit in digits.iter_mut().rev() {
        // A remainder of ten is below ten.
        *digit = b'0' + u8::try_from(n % 10).unwrap_or_default();
        n /= 10;
        len += 1;
        if n == 0 {
            break;
        }
    }
    let start = digits.len() - len.max(width.min(digits.len()));
    let shown = digits.get(start..).unwrap_or_default();
    out.push_str(str::from_utf8(shown).unwrap_or_default());
}

/// A count with its unit but without columns, as in `(35  deferrals)`.
#[must_use]
pub fn unpadded_count(n: u64) -> String {
    let (n, unit) = scaled(n);
    format!("{n}{unit}")
}

fn scaled(n: u64) -> (u64, char) {
    match n {
        _ if n > MEGA_FROM => (n >> 20, 'm'),
        _ if n > KILO_FROM => (n >> 10, 'k'),
        _ => (n, ' '),
    }
}

/// A time span in five columns and a unit: `s`, `m` or `h`, with one decimal.
///
/// ```
/// use pfsum::words::scale::seconds;
/// assert_eq!(seconds(60.0), " 60.0 s");
/// assert_eq!(seconds(60.01), "  1.0 m");
/// ```
#[must_use]
pub fn seconds(span: f64) -> String {
    let mut out = String::new();
    push_seconds(span, &mut out);
    out
}

/// Appends what [`seconds`] gives.
pub fn push_seconds(span: f64, out: &mut String) {
    let (span, unit) = match span {
        _ if span > 3600.0 => (span / 3600.0, 'h'),
        _ if span > 60.0 => (span / 60.0, 'm'),
        _ => (span, 's'),
    };
    // Writing to a string cannot fail.
    write!(out, "{span:5.1} {unit}").unwrap_or_default();
}

/// Whole seconds as hours, minutes and seconds: ` 0:05:16`.
#[must_use]
pub fn hms(seconds: u64) -> String {
    let mut out = String::new();
    push_hms(seconds, &mut out);
    out
}

/// Appends what [`hms`] gives.
pub fn push_hms(seconds: u64, out: &mut String) {
    let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
    write!(out, "{hours:2}:{minutes:02}:{:02}", seconds % 60).unwrap_or_default();
}
