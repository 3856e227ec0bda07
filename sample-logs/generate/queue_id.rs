//! Queue IDs as Postfix makes them: from the moment of arrival and the inode of the queue file.

use super::clock::{Micros, SECOND};

const DIGITS: &[u8; 52] = b"0123456789BCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz";

/// Five hexadecimal digits of microseconds, then the inode: `9DF7520804A`.
pub(crate) fn short(arrived: Micros, inode: i64) -> String {
    format!("{:05X}{inode:X}", arrived.rem_euclid(SECOND))
}

/// Seconds and microseconds in base 52, `z`, the inode in base 51: `4jXDgg0rVKz6v2L` (Postfix 2.9).
///
/// `offset` is what the wall clock is ahead of UTC: the ID counts from the epoch.
pub(crate) fn long(arrived: Micros, offset: Micros, inode: i64) -> String {
    let utc = arrived - offset;
    let seconds = digits(utc.div_euclid(SECOND), 52, 6);
    let micros = digits(utc.rem_euclid(SECOND), 52, 4);
    format!("{seconds}{micros}z{}", digits(inode, 51, 1))
}

/// At least `width` digits of a number.
fn digits(mut number: i64, base: i64, width: usize) -> String {
    let mut text = Vec::new();
    while number > 0 || text.len() < width {
        let digit = usize::try_from(number % base).unwrap_or(0);
        text.push(DIGITS.get(digit).copied().unwrap_or(b'0'));
        number /= base;
    }
    text.reverse();
    text.into_iter().map(char::from).collect()
}
