//! Cuts of byte strings at a word, the way `str` does it.

use crate::near::{find, rfind};

/// Splits around the first `word`.
pub(super) fn once<'a>(text: &'a [u8], word: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let at = find(text, word)?;
    Some((text.get(..at)?, text.get(at + word.len()..)?))
}

/// Splits around the last `word`.
pub(super) fn last<'a>(text: &'a [u8], word: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let at = rfind(text, word)?;
    Some((text.get(..at)?, text.get(at + word.len()..)?))
}

/// Whether `text` ends with `end`, letter case of ASCII aside.
pub(super) fn ends_with_ignoring_case(text: &[u8], end: &[u8]) -> bool {
    text.len()
        .checked_sub(end.len())
        .and_then(|at| text.get(at..))
        .is_some_and(|tail| tail.eq_ignore_ascii_case(end))
}

/// The text after `start`, letter case of ASCII aside.
pub(super) fn strip_prefix_ignoring_case<'a>(text: &'a [u8], start: &[u8]) -> Option<&'a [u8]> {
    let (head, rest) = text.split_at_checked(start.len())?;
    head.eq_ignore_ascii_case(start).then_some(rest)
}

/// Appends `parts` to `out`, one after the other.
pub(super) fn append(out: &mut Vec<u8>, parts: &[&[u8]]) {
    for part in parts {
        out.extend_from_slice(part);
    }
}

/// How many ASCII digits `text` begins with.
pub(super) fn digits(text: &[u8]) -> usize {
    text.iter().take_while(|byte| byte.is_ascii_digit()).count()
}
