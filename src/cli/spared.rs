//! Files that a run reads or writes otherwise, over which nothing is written.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use pfsum::error::shown;
use pfsum::input::{Source, Sources};
use pfsum::syslog;

use super::args::Args;
use super::plan::Plan;

/// Sees that what is written takes the place of nothing that is read: a config file, a template, a
/// key, a listing. Logs are known later, when they are found ([`check_logs`]).
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
    !is_special && (one == other || lead_to_one(one, other))
}

/// Whether two paths lead to one place that is there.
fn lead_to_one(one: &Path, other: &Path) -> bool {
    one.canonicalize().is_ok_and(|one| other.canonicalize().is_ok_and(|other| one == other))
}

/// Sees that what is written takes the place of no log: of none that is read, and a report of none
/// whose name was typed in the wrong place.
///
/// # Errors
///
/// The log.
pub(super) fn check_logs(plan: &Plan, sources: &Sources) -> Result<()> {
    for path in plan.config.reading.unprocessed.iter().chain(&plan.output) {
        let Ok(file) = path.metadata() else { continue };
        let is_target = |source: &Source| source.is(&file) || lead_to_one(source.path(), path);
        if sources.list.iter().any(is_target) {
            bail!("{}: it is a log that is read, and would be overwritten", shown(path));
        }
    }
    plan.output.as_deref().map_or(Ok(()), begins_like_no_log)
}

/// Sees that a file does not begin like a log.
fn begins_like_no_log(path: &Path) -> Result<()> {
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
