//! Sending by the local sendmail(1): found where cron does not look, started without a shell.

use std::env;
use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, anyhow, bail};
use pfsum::error::shown;

/// Where sendmail is when `PATH` does not say so; cron's often has neither of the first two.
const FOLDERS: [&str; 6] =
    ["/usr/sbin", "/usr/lib", "/usr/local/sbin", "/usr/local/lib", "/usr/bin", "/usr/local/bin"];

/// Gives sendmail the whole message, or nothing.
pub(super) fn send(from: &str, to: &[String], message: &[u8]) -> Result<()> {
    let program = find(places())?;
    let name = || shown(&program);
    // `-i`: a dot alone on a line does not end it. A pipe wants the line ends of this system.
    let mut child = Command::new(&program)
        .args(["-i", "-f", from, "--"])
        .args(to)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(name)?;
    let lines: Vec<u8> = message.iter().copied().filter(|byte| *byte != b'\r').collect();
    let mut stdin = child.stdin.take().ok_or_else(|| anyhow!("{}: no input", name()))?;
    let given = stdin.write_all(&lines).and_then(|()| stdin.flush());
    if given.is_err() {
        // Half a message must not be taken for a whole one.
        let _ = child.kill();
    }
    drop(stdin);
    let mut said = Vec::new();
    if let Some(stderr) = child.stderr.take() {
        // What it says only explains what its status tells.
        let _ = stderr.take(4096).read_to_end(&mut said);
    }
    let status = child.wait().with_context(name)?;
    if !status.success() {
        bail!("{}: {}, the report is not sent", name(), reason(&said, status));
    }
    given.with_context(name)
}

/// What sendmail says last, or how it ended.
fn reason(said: &[u8], status: std::process::ExitStatus) -> String {
    let said = String::from_utf8_lossy(said);
    match said.lines().map(str::trim).rfind(|line| !line.is_empty()) {
        Some(line) => line.escape_debug().collect(),
        None => status.to_string(),
    }
}

/// The folders where sendmail may be, in the order of trying.
fn places() -> impl Iterator<Item = PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let named: Vec<PathBuf> = env::split_paths(&path).filter(|at| at.is_absolute()).collect();
    named.into_iter().chain(FOLDERS.into_iter().map(PathBuf::from))
}

fn find(mut places: impl Iterator<Item = PathBuf>) -> Result<PathBuf> {
    places
        .find_map(|folder| Some(folder.join("sendmail")).filter(|file| file.is_file()))
        .ok_or_else(|| {
            anyhow!("no sendmail in PATH, {}; --smtp sends without it", FOLDERS.join(", "))
        })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// Asked here, because the host of the tests may have a sendmail that would take the mail.
    #[test]
    fn a_host_without_sendmail_is_told_so() {
        let nowhere = env::temp_dir().join("no-such-folder-of-pfsum");
        let error = find([nowhere].into_iter()).unwrap_err().to_string();
        assert_eq!(
            error,
            "no sendmail in PATH, /usr/sbin, /usr/lib, /usr/local/sbin, /usr/local/lib, /usr/bin, \
             /usr/local/bin; --smtp sends without it"
        );
    }
}
