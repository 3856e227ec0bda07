//! Names that rotation gives to logs.
//!
//! ```text
//! mail.log.1  mail.log.2.gz                     logrotate(8), newsyslog(8), savelog(8)
//! maillog-20261122  maillog-20261122.xz         dateext
//! maillog-2026112203  maillog-20261122-03.zst   dateext, hourly
//! maillog-2026-11-22  maillog-1795442850        other usual dateformats
//! mail-20261122.log.gz  mail.1.log              `extension .log`
//! ```

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// What the name of a log says of its place in a rotation.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Family {
    /// The folder of the log.
    pub(super) folder: PathBuf,
    /// The name of the log that is being written, as bytes.
    pub(super) base: Vec<u8>,
}

/// The family of a path, and whether the path is a rotated member of it.
pub(super) fn family(path: &Path) -> Option<(Family, bool)> {
    let (base, rotated) = base(path.file_name()?.as_encoded_bytes());
    let folder = path.parent().unwrap_or(Path::new("")).to_owned();
    Some((Family { folder, base }, rotated))
}

/// The name a log had before rotation, and whether it was rotated.
fn base(name: &[u8]) -> (Vec<u8>, bool) {
    let bare = without_codec(name);
    if let Some(base) = without_turn(bare) {
        return (base.to_vec(), true);
    }
    if let Some(base) = bare.strip_suffix(b".log").and_then(without_turn) {
        return ([base, b".log"].concat(), true);
    }
    // A log that was only compressed does not grow either.
    (bare.to_vec(), bare.len() < name.len())
}

fn without_codec(name: &[u8]) -> &[u8] {
    [&b".gz"[..], b".zst", b".xz", b".bz2"]
        .iter()
        .find_map(|suffix| name.strip_suffix(*suffix))
        .unwrap_or(name)
}

/// Takes a number or date off the end; `None` when there is none.
fn without_turn(name: &[u8]) -> Option<&[u8]> {
    let digits = |b: &&u8| b.is_ascii_digit() || matches!(b, b'-' | b'.' | b'_' | b'T');
    let turn = name.iter().rev().take_while(digits).count();
    // The longest tail that is a turn: `-2026-11-22` and not its `-22`.
    (name.len() - turn..name.len()).find_map(|at| {
        let (base, tail) = name.split_at_checked(at)?;
        (!base.is_empty() && is_turn(tail)).then_some(base)
    })
}

/// Whether a tail, its separator included, is a number or date of rotation.
fn is_turn(tail: &[u8]) -> bool {
    let Some((separator, rest)) = tail.split_first() else { return false };
    let digits: Vec<u8> = rest.iter().copied().filter(u8::is_ascii_digit).collect();
    let is_number = rest.len() == digits.len() && !rest.is_empty();
    match separator {
        b'.' if is_number && rest.len() <= 4 => true,
        b'.' | b'-' | b'_' => {
            let seconds = is_number && rest.len() == 10 && rest.starts_with(b"1");
            seconds || (is_date(&digits) && has_date_outline(rest))
        }
        _ => false,
    }
}

/// Whether digits are a date from 1980 on, with hours, minutes and seconds or
/// without.
fn is_date(digits: &[u8]) -> bool {
    let part = |from: usize, to: usize| -> Option<u32> {
        std::str::from_utf8(digits.get(from..to)?).ok()?.parse().ok()
    };
    matches!(digits.len(), 8 | 10 | 12 | 14)
        && part(0, 4).is_some_and(|year| (1980..2200).contains(&year))
        && part(4, 6).is_some_and(|month| (1..=12).contains(&month))
        && part(6, 8).is_some_and(|day| (1..=31).contains(&day))
}

/// `20261122…` or `2026-11-22…`, not `2-0-2-6…`.
fn has_date_outline(rest: &[u8]) -> bool {
    let leading = rest.iter().take_while(|b| b.is_ascii_digit()).count();
    leading >= 8 || (leading == 4 && rest.len() >= 10 && rest.get(4) == rest.get(7))
}

/// The rotated members of a log's family that lie beside it.
///
/// # Errors
///
/// When the folder cannot be listed.
pub(super) fn siblings(path: &Path) -> io::Result<Vec<PathBuf>> {
    let Some((wanted, false)) = family(path) else { return Ok(Vec::new()) };
    Ok(listed(&wanted.folder)?
        .into_iter()
        .filter(|found| family(found).is_some_and(|(family, rotated)| rotated && family == wanted))
        .collect())
}

/// The regular files of a folder, in the order of their names.
pub(super) fn listed(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let place = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let mut found = Vec::new();
    for entry in fs::read_dir(place)? {
        let path = folder.join(entry?.file_name());
        // A pipe or a device in a folder was not asked for.
        if fs::metadata(&path).is_ok_and(|metadata| metadata.is_file()) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// Names under which systems write the mail log; the first group of which a
/// folder has one wins, because the later ones repeat parts of it.
const MAIL_LOGS: [&[&[u8]]; 3] =
    [&[b"mail.log", b"maillog", b"postfix.log"], &[b"mail"], &[b"mail.info"]];

/// Parts of the names that people give to collected mail logs, such as
/// `mx1.mail.log` and `postfix-mx2.log`.
const PARTS: [&[u8]; 3] = [b"mail.log", b"maillog", b"postfix"];

/// The mail logs of a folder, rotated ones included.
pub(super) fn mail_logs(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let files = listed(folder)?;
    let with = |fits: &dyn Fn(&[u8]) -> bool| -> Vec<PathBuf> {
        let fits = |path: &&PathBuf| family(path).is_some_and(|(family, _)| fits(&family.base));
        files.iter().filter(fits).cloned().collect()
    };
    for names in MAIL_LOGS {
        let found = with(&|base| names.contains(&base));
        if !found.is_empty() {
            return Ok(found);
        }
    }
    Ok(with(&|base| PARTS.iter().any(|part| memchr::memmem::find(base, part).is_some())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn of(name: &str, expected: &str, rotated: bool) {
        let (base, is_rotated) = base(name.as_bytes());
        assert_eq!((String::from_utf8_lossy(&base).as_ref(), is_rotated), (expected, rotated));
    }

    #[test]
    fn every_usual_name_of_a_rotated_log_leads_to_its_log() {
        for name in [
            "mail.log.1",
            "mail.log.0.bz2",
            "mail.log.12.gz",
            "mail.log-20261122",
            "mail.log-20261122.xz",
            "mail.log.20261122.zst",
            "mail.log-2026112203",
            "mail.log-20261122-03.gz",
            "mail.log-2026-11-22",
            "mail.log-1795442850.gz",
            "mail-20261122.log.gz",
            "mail.1.log",
            "mail.log.gz",
        ] {
            of(name, "mail.log", true);
        }
        of("maillog-20261122", "maillog", true);
    }

    #[test]
    fn other_names_are_logs_of_their_own() {
        for name in
            ["mail.log", "maillog", "mail.log.old", "mail-1", "mx1.mail", "mail-99999999", "2026"]
        {
            of(name, name, false);
        }
    }
}
