//! Holes: the NULs that a crash leaves in a log, and the lines around them.

use std::iter;

use crate::syslog;

/// Whether a crash may have left NULs in some of these lines.
pub(super) fn has_nuls(block: &[u8]) -> bool {
    memchr::memchr(0, block).is_some()
}

/// Whether a line stands behind NULs within another.
#[cold]
pub(super) fn is_parted(line: &[u8]) -> bool {
    parts(line).nth(1).is_some()
}

/// The lines in a line: behind NULs one begins if it begins as one does.
///
/// ```text
/// Nov 22 03:14:07 mx1 postfix/qmgr[712]: 7A1E04C2␀␀␀␀␀Nov 22 06:30:01 mx1 postfix/master[640]: daemon started
/// ```
pub(super) fn parts(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut next = Some(line.len() - without_nuls(line).len());
    iter::from_fn(move || {
        let start = next?;
        next = next_begin(line, start);
        let part = line.get(start..next.unwrap_or(line.len()))?;
        let end = part.iter().rposition(|&byte| byte != 0).map_or(0, |last| last + 1);
        part.get(..end)
    })
}

/// Where the next line begins in a line, as far as its first bytes tell.
fn next_begin(line: &[u8], start: usize) -> Option<usize> {
    const LOOKED_AT: usize = 512;
    let begins = |at: &usize| {
        let behind = line.get(*at..).unwrap_or_default();
        let head = behind.get(..LOOKED_AT).unwrap_or(behind);
        head.first() != Some(&0) && syslog::parse(head).is_some()
    };
    memchr::memchr_iter(0, line.get(start..)?).map(|nul| start + nul + 1).find(begins)
}

/// What a crash leaves in a file is NULs, and behind them the next line.
pub(super) fn without_nuls(line: &[u8]) -> &[u8] {
    if line.first() != Some(&0) {
        return line;
    }
    let nuls = line.iter().take_while(|&&b| b == 0).count();
    line.get(nuls..).unwrap_or_default()
}
