//! Numbers in the columns of the classic report.

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
    let (n, unit) = scaled(n);
    format!("{n:6}{unit}")
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
    let (span, unit) = match span {
        _ if span > 3600.0 => (span / 3600.0, 'h'),
        _ if span > 60.0 => (span / 60.0, 'm'),
        _ => (span, 's'),
    };
    format!("{span:5.1} {unit}")
}

/// Whole seconds as hours, minutes and seconds: ` 0:05:16`.
#[must_use]
pub fn hms(seconds: u64) -> String {
    format!("{:2}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}
