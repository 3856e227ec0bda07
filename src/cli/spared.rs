//! Files that a run reads or writes otherwise, over which nothing is written.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use pfsum::error::shown;
use pfsum::syslog;

use super::args::Args;

/// Sees that what is written takes the place of nothing that is read: a config file, a template, a
/// key, a listing. Logs are known later, when they are found.
///
/// # Errors
///
/// The file, and what it is read or written for.
pub(super) fn check(args: &Args, config_files: &[PathBuf]) -> Result<()> {
    let output = args.output.output.as_deref();
    let unprocessed = args.input.unprocd_file.as_deref();
    if let (Some(output), Some(unprocessed)) = (output, unprocessed)
        && is_same(output, unprocessed)
    {
        bail!("{}: --output and --unprocd-file would both write it", shown(output));
    }
    let read = config_files.iter().map(|file| ("--config", file));
    let read = read.chain(
        [
            ("--template", args.showing.template.as_ref()),
            ("--anonymize-key", args.showing.anonymize_key.as_ref()),
            ("--queue", args.input.queue.as_ref()),
        ]
        .into_iter()
        .filter_map(|(option, file)| Some((option, file?))),
    );
    for (option, file) in read {
        if let Some(written) =
            [output, unprocessed].into_iter().flatten().find(|to| is_same(to, file))
        {
            bail!("{}: it is read for {option}, and would be overwritten", shown(written));
        }
    }
    Ok(())
}

/// Whether two paths are one file, which may have to be made yet; devices, as `/dev/null`, take
/// what comes.
fn is_same(one: &Path, other: &Path) -> bool {
    let is_special = one.metadata().is_ok_and(|found| !found.is_file());
    !is_special
        && (one == other
            || matches!((one.canonicalize(), other.canonicalize()), (Ok(one), Ok(other)) if one == other))
}

/// Sees that no log is where a report is to be written: its name was typed in the wrong place then.
pub(super) fn begins_like_no_log(path: &Path) -> Result<()> {
    let mut head = Vec::new();
    let is_file = path.metadata().is_ok_and(|found| found.is_file());
    // What cannot be read is told when it cannot be written either.
    if is_file && let Ok(file) = File::open(path) {
        let _ = file.take(4096).read_to_end(&mut head);
    }
    let first = head.split(|&byte| byte == b'\n').next();
    if first.is_some_and(|line| syslog::parse(line).is_some()) {
        bail!("{}: it is a log, and would be overwritten", shown(path));
    }
    Ok(())
}
