//! The journal as a source: runs journalctl(1) and reads its export.

use std::ffi::OsString;
use std::fmt;
use std::io::{self, Read};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use crate::error::Error;

/// How much of journalctl's complaints is kept.
const MAX_SAID: u64 = 4096;

/// Which part of the journal to read, and with which program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Journal {
    /// The program: `journalctl`, or a path.
    pub command: PathBuf,
    /// No entry before this time, in seconds since 1970.
    pub since: Option<i64>,
    /// No entry after this time, in seconds since 1970.
    pub until: Option<i64>,
    /// Further arguments, such as `--directory=/mnt/var/log/journal`.
    pub arguments: Vec<OsString>,
}

impl Default for Journal {
    fn default() -> Self {
        Self {
            command: PathBuf::from("journalctl"),
            since: None,
            until: None,
            arguments: Vec::new(),
        }
    }
}

impl Journal {
    /// Whether the program can be run at all.
    #[must_use]
    pub fn is_installed(&self) -> bool {
        let mut command = Command::new(&self.command);
        command.arg("--version").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command.status().is_ok_and(|status| status.success())
    }

    /// What journalctl is told: the range is its business, so that it need not
    /// print what nobody wants.
    fn command(&self) -> Command {
        let mut command = Command::new(&self.command);
        command.args(["-o", "export", "-q", "--no-pager", "-a"]);
        if let Some(since) = self.since {
            command.arg(format!("--since=@{since}"));
        }
        if let Some(until) = self.until {
            command.arg(format!("--until=@{until}"));
        }
        command.args(&self.arguments);
        // The mail facility, to which every daemon of Postfix logs, whatever its `syslog_name`.
        command.arg("SYSLOG_FACILITY=2");
        command.env("LC_ALL", "C");
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Starts the program.
    ///
    /// # Errors
    ///
    /// When it is not installed or may not be run. That it failed is known at
    /// the end of its output.
    pub(super) fn start(&self) -> Result<Output, Error> {
        let failed = |said: String| Error::Journal { command: self.command.clone(), said };
        let mut child = self.command().spawn().map_err(|cause| {
            failed(match cause.kind() {
                io::ErrorKind::NotFound => "not found, so there is no journal to read".to_owned(),
                io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
                _ => cause.to_string(),
            })
        })?;
        let (Some(stdout), Some(mut stderr)) = (child.stdout.take(), child.stderr.take()) else {
            return Err(failed("no output to read".to_owned()));
        };
        let said = Arc::new(Mutex::new(Vec::new()));
        let listener = {
            let said = Arc::clone(&said);
            // Complaints are drained beside the output: a full pipe would stop
            // the program.
            thread::Builder::new().name("pfsum-journal".to_owned()).spawn(move || {
                let mut heard = Vec::new();
                let _ = (&mut stderr).take(MAX_SAID).read_to_end(&mut heard);
                *said.lock().unwrap_or_else(PoisonError::into_inner) = heard;
                let _ = io::copy(&mut stderr, &mut io::sink());
            })
        };
        let listener = listener.map_err(|cause| failed(cause.to_string()))?;
        Ok(Output { child, stdout, said, listener: Some(listener) })
    }
}

/// Why journalctl's output ended early.
#[derive(Debug)]
pub(super) struct Failed {
    pub(super) said: String,
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.said)
    }
}

impl std::error::Error for Failed {}

/// The output of a running journalctl; its failure is an error at the end.
pub(super) struct Output {
    child: Child,
    stdout: ChildStdout,
    said: Arc<Mutex<Vec<u8>>>,
    listener: Option<thread::JoinHandle<()>>,
}

impl Output {
    /// Waits for the program that has closed its output.
    fn finish(&mut self) -> io::Result<()> {
        let Some(listener) = self.listener.take() else { return Ok(()) };
        let status = self.child.wait()?;
        let _ = listener.join();
        if status.success() {
            return Ok(());
        }
        let heard = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        let heard = String::from_utf8_lossy(&heard);
        let last = heard.lines().map(str::trim).rfind(|line| !line.is_empty());
        let said = last.map_or_else(|| format!("failed ({status})"), str::to_owned);
        Err(io::Error::other(Failed { said }))
    }
}

impl Read for Output {
    fn read(&mut self, output: &mut [u8]) -> io::Result<usize> {
        let n = self.stdout.read(output)?;
        if n == 0 && !output.is_empty() {
            self.finish()?;
        }
        Ok(n)
    }
}

impl Drop for Output {
    /// Nobody reads on: the program is stopped and not left behind.
    fn drop(&mut self) {
        if self.listener.is_some() {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}
