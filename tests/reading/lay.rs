//! Making logs, laying them out, and running the program over them.

use std::ffi::OsStr;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, UNIX_EPOCH};

use crate::support::Folder;
pub(crate) use crate::tool::tool;

/// 2026-11-23 12:00, which is the present in these tests.
pub(crate) const NOW: &str = "2026-11-23T12:00:00";

/// What a run gave.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) out: String,
    pub(crate) err: String,
    pub(crate) status: i32,
}

impl Ran {
    /// The report of a run with which nothing was wrong.
    #[track_caller]
    pub(crate) fn sound(self) -> String {
        assert_eq!((self.status, self.err.as_str()), (0, ""), "{}", self.out);
        self.out
    }

    /// A run that says one line, with this in it.
    #[track_caller]
    pub(crate) fn says(self, said: &str, status: i32) -> String {
        assert_eq!((self.status, self.err.lines().count()), (status, 1), "{}", self.err);
        assert!(self.err.starts_with("pfsum: ") && self.err.contains(said), "{}", self.err);
        self.out
    }
}

/// The program, in an environment that has nothing but the present.
pub(crate) fn pfsum<W: AsRef<OsStr>>(words: &[W]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pfsum"));
    command.env_clear().env("PFSUM_NOW", NOW).env("TZ", "UTC");
    command.args(words).stdin(Stdio::null());
    command
}

pub(crate) fn ran(command: &mut Command) -> Ran {
    let output = command.output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    Ran { out, err, status: output.status.code().unwrap() }
}

/// Runs the classic report, which does not say how many files there were.
pub(crate) fn run<W: AsRef<OsStr>>(words: &[W]) -> Ran {
    ran(pfsum(words).arg("--classic"))
}

/// Runs it with `input` on a pipe.
pub(crate) fn piped<W: AsRef<OsStr>>(words: &[W], input: &[u8]) -> Ran {
    fed(pfsum(words).arg("--classic"), input)
}

/// Runs a command with `input` on a pipe.
pub(crate) fn fed(command: &mut Command, input: &[u8]) -> Ran {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    let writer = std::thread::spawn(move || {
        // Who has seen enough may go away.
        let _ = stdin.write_all(&input);
    });
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    Ran { out, err, status: output.status.code().unwrap() }
}

/// A log of the project's own.
pub(crate) fn sample(name: &str) -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-logs").join(name)).unwrap()
}

/// Seconds since 1970 at the beginning of a day.
pub(crate) fn seconds(year: i32, month: u8, day: u8) -> u64 {
    let days = pfsum::syslog::days_from_civil(year, month, day).unwrap();
    u64::try_from(days).unwrap() * 86_400
}

/// Puts a file last written then.
pub(crate) fn put(folder: &Folder, name: &str, content: &[u8], written: u64) -> PathBuf {
    let path = folder.put(name, content);
    let file = File::options().write(true).open(&path).unwrap();
    file.set_modified(UNIX_EPOCH + Duration::from_secs(written)).unwrap();
    path
}

/// The life of one message, eight lines within eight seconds.
pub(crate) fn message(log: &mut String, at: u64, number: u64) {
    let stamp = |after: u64| {
        let (_, month, day) =
            pfsum::syslog::civil_from_days(((at + after) / 86_400).try_into().unwrap());
        let month =
            ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
                [usize::from(month) - 1];
        let second = (at + after) % 86_400;
        format!(
            "{month} {day:2} {:02}:{:02}:{:02} mx1",
            second / 3600,
            second / 60 % 60,
            second % 60
        )
    };
    let (id, client) = (format!("{:X}", 0x1_0000_0000 + number), "client.example.net[192.0.2.7]");
    let (size, to) = (1000 + number % 977, number % 13);
    writeln!(log, "{} postfix/smtpd[71]: connect from {client}", stamp(0)).unwrap();
    writeln!(log, "{} postfix/smtpd[71]: {id}: client={client}", stamp(0)).unwrap();
    writeln!(
        log,
        "{} postfix/cleanup[72]: {id}: message-id=<{number}@client.example.net>",
        stamp(1)
    )
    .unwrap();
    writeln!(
        log,
        "{} postfix/qmgr[73]: {id}: from=<ann@example.net>, size={size}, nrcpt=1 (queue active)",
        stamp(1)
    )
    .unwrap();
    writeln!(log, "{} postfix/smtpd[71]: disconnect from {client} ehlo=1 mail=1 rcpt=1 data=1 quit=1 commands=5", stamp(2)).unwrap();
    writeln!(log, "{} postfix/smtp[74]: {id}: to=<u{to}@example.org>, relay=mx.example.org[192.0.2.25]:25, delay=7, delays=1/0/1/5, dsn=2.0.0, status=sent (250 2.0.0 Ok)", stamp(7)).unwrap();
    writeln!(log, "{} postfix/qmgr[73]: {id}: removed", stamp(7)).unwrap();
}

/// A log of messages from one second to another, one every so many seconds.
pub(crate) fn steady(from: u64, to: u64, every: usize) -> String {
    let mut log = String::new();
    for (number, at) in (from..to).step_by(every).enumerate() {
        message(&mut log, at, number as u64);
    }
    log
}

/// Cuts a log into so many pieces of whole lines, of different length.
pub(crate) fn cut(log: &[u8], pieces: usize) -> Vec<&[u8]> {
    let mut rest = log;
    let mut cuts = Vec::new();
    for left in (2..=pieces).rev() {
        let near = rest.len() * (left % 3 + 1) / (left * 2);
        let end = near + rest[near..].iter().position(|&b| b == b'\n').unwrap() + 1;
        let (piece, tail) = rest.split_at(end);
        cuts.push(piece);
        rest = tail;
    }
    cuts.push(rest);
    cuts
}
