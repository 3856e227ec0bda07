//! What fuzzing found does not come back: each find that was kept is run again.
//!
//! A folder of `fuzzed/` is a target of `fuzz/`; a file in it is a find, minimised. What the
//! targets begin with, the samples and the words of the golden tests, is run as well.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "../fuzz/src/subject.rs"]
#[allow(unreachable_pub)]
mod subject;

use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The files of a folder of the project, none if there is no such folder.
fn files(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let Ok(entries) = fs::read_dir(&folder) else { return Vec::new() };
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

/// The finds of a target.
fn finds(target: &str) -> Vec<PathBuf> {
    files(&format!("tests/fuzzed/{target}"))
}

/// Gives a target its finds, and the beginning of each sample behind `before`.
fn replay(target: &str, before: &[u8], subject: fn(&[u8])) {
    for find in finds(target) {
        println!("{}", find.display());
        subject(&fs::read(find).unwrap());
    }
    for sample in files("sample-logs").iter().filter(|path| path.is_file()) {
        println!("{}", sample.display());
        let log = fs::read(sample).unwrap();
        subject(&[before, &log[..log.len().min(16 << 10)]].concat());
    }
}

#[test]
fn lines() {
    replay("line", b"", subject::line);
}

#[test]
fn reports() {
    replay("report", b"\0\0", subject::report);
}

#[test]
fn streams() {
    for target in ["codec", "journal"] {
        replay(target, b"", subject::stream);
    }
}

#[test]
fn listings() {
    let listings = ["mailq.txt", "postqueue.json"];
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/logs");
    let listings = listings.iter().map(|name| folder.join(name));
    for find in finds("listing").into_iter().chain(listings) {
        println!("{}", find.display());
        subject::listing(&fs::read(&find).unwrap());
    }
}

#[test]
fn filters() {
    for before in [&b"f@example.net\nkann@example.net\n\n"[..], b"sdeferred\n\n"] {
        replay("filters", before, subject::filters);
    }
}

/// Runs the program, which may refuse what is asked, but by saying so.
fn is_answered(words: &[OsString], find: &Path) {
    let output = Command::new(env!("CARGO_BIN_EXE_pfsum"))
        .arg("--dump-config")
        .args(words)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    let status = output.status.code();
    assert!(matches!(status, Some(0..=3)), "{}: {status:?}: {said}", find.display());
    assert!(status == Some(0) || !said.is_empty(), "{}: nothing is said", find.display());
}

#[test]
fn dates() {
    for find in finds("dates") {
        let date = OsString::from_vec(fs::read(&find).unwrap());
        is_answered(&["--config=/dev/null".into(), "-d".into(), date], &find);
    }
}

#[test]
fn config_files() {
    for find in finds("config") {
        is_answered(&["--config".into(), find.clone().into_os_string()], &find);
    }
}

#[test]
fn command_lines() {
    let golden = files("tests/golden").into_iter().map(|case| case.join("args"));
    for find in finds("words").into_iter().chain(golden.filter(|args| args.is_file())) {
        let bytes = fs::read(&find).unwrap();
        let words: Vec<OsString> = bytes
            .split(|&byte| byte == b'\n')
            .filter(|word| !word.contains(&0))
            .map(|word| OsStr::from_bytes(word).to_owned())
            .collect();
        is_answered(&[vec!["--config=/dev/null".into()], words].concat(), &find);
    }
}
