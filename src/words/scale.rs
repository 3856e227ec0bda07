//! Numbers in the columns of the classic report.

use std::io::Write;

/// From here on counts are shown in thousands (of 1024).
const KILO_FROM: u64 = 512 << 10;
/// From here on counts are shown in millions (of 1024²).
const MEGA_FROM: u64 = 512 << 20;

/// A number with its thousands set apart.
///
/// ```
/// use pfsum::words::scale::grouped;
/// let grouped = [0, 999, 1_000, 1_234_567].map(grouped);
/// assert_eq!(grouped, ["0", "999", "1,000", "1,234,567"]);
/// ```
#[must_use]
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() * 4 / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

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
    text(|out| push_count(n, out))
}

/// What is written, as text.
fn text(write: impl FnOnce(&mut Vec<u8>)) -> String {
    let mut out = Vec::new();
    write(&mut out);
    String::from_utf8(out).unwrap_or_default()
}

/// Appends what [`scaled_count`] gives: a report holds many numbers.
///
/// A column of fixed width takes two thirds of what [`push_padded`] does.
pub fn push_count(n: u64, out: &mut Vec<u8>) {
    let (n, unit) = scaled(n);
    let mut column = [b' ', b' ', b' ', b' ', b' ', b' ', unit];
    let mut rest = u32::try_from(n).unwrap_or(u32::MAX);
    for digit in column.iter_mut().rev().skip(1) {
        // A remainder of ten is below ten.
        *digit = b'0' + u8::try_from(rest % 10).unwrap_or_default();
        rest /= 10;
        if rest == 0 {
            return out.extend_from_slice(&column);
        }
    }
    push_padded(n, 6, out); // it is wider
    out.push(unit);
}

/// Appends a number, with blanks before it so that it takes `width` columns.
///
/// As `{n:width$}`, at a third of its cost, which shows in a report of sixty thousand rows.
pub fn push_padded(mut n: u64, width: usize, out: &mut Vec<u8>) {
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
    out.extend_from_slice(digits.get(start..).unwrap_or_default());
}

/// A count with its unit but without columns, as in `(35  deferrals)`.
#[must_use]
pub fn unpadded_count(n: u64) -> String {
    let (n, unit) = scaled(n);
    format!("{n}{}", char::from(unit))
}

fn scaled(n: u64) -> (u64, u8) {
    match n {
        _ if n > MEGA_FROM => (n >> 20, b'm'),
        _ if n > KILO_FROM => (n >> 10, b'k'),
        _ => (n, b' '),
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
    text(|out| push_seconds(span, out))
}

/// Appends what [`seconds`] gives.
pub fn push_seconds(span: f64, out: &mut Vec<u8>) {
    let (span, unit) = match span {
        _ if span > 3600.0 => (span / 3600.0, 'h'),
        _ if span > 60.0 => (span / 60.0, 'm'),
        _ => (span, 's'),
    };
    // Writing to memory cannot fail.
    write!(out, "{span:5.1} {unit}").unwrap_or_default();
}

/// The same, but in days, `d`, from two days on: the classic report's columns know none.
///
/// ```
/// use pfsum::words::scale::age;
/// assert_eq!(age(172_799.0), " 48.0 h");
/// assert_eq!(age(16_102_800.0), "186.4 d");
/// ```
#[must_use]
pub fn age(span: f64) -> String {
    text(|out| push_age(span, out))
}

/// Appends what [`age`] gives.
pub fn push_age(span: f64, out: &mut Vec<u8>) {
    const DAY: f64 = 86_400.0;
    if span < 2.0 * DAY {
        return push_seconds(span, out);
    }
    // Writing to memory cannot fail.
    write!(out, "{:5.1} d", span / DAY).unwrap_or_default();
}

/// Whole seconds as hours, minutes and seconds: ` 0:05:16`.
#[must_use]
pub fn hms(seconds: u64) -> String {
    text(|out| push_hms(seconds, out))
}

/// Appends what [`hms`] gives.
pub fn push_hms(seconds: u64, out: &mut Vec<u8>) {
    let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
    write!(out, "{hours:2}:{minutes:02}:{:02}", seconds % 60).unwrap_or_default();
}
