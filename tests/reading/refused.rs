//! What the system refuses, room, memory, time, folders and programs, costs no report that is there.

use std::ffi::OsStr;
use std::fs;
use std::io::Write as _;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;

use crate::lay::{pfsum, put, ran, sample, seconds, steady};
use crate::support::{Folder, pack};

use crate::faults::{WRITTEN, good};

/// Runs a shell line in which `$pfsum` and `$log` are what they say.
fn shell(folder: &Folder, line: &str) -> (Option<i32>, String) {
    let log = folder.0.join("good.log");
    let output = std::process::Command::new("/bin/sh")
        .args(["-c", line])
        .current_dir(&folder.0)
        .env("pfsum", env!("CARGO_BIN_EXE_pfsum"))
        .env("log", log)
        .env("TZ", "UTC")
        .env("PFSUM_NOW", "2026-11-23T12:00:00")
        .env("XDG_CONFIG_HOME", "/nonexistent")
        .stdin(std::process::Stdio::null())
        .output()
        .unwrap();
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

/// The files of a folder.
fn names(folder: &Folder) -> Vec<String> {
    let entries = fs::read_dir(&folder.0).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_report_that_finds_no_room_is_an_error_and_leaves_the_last_one_alone() {
    let folder = Folder::new("room");
    good(&folder);
    folder.put("report", b"the last one");
    let full = "no space left on device";
    for (line, said) in [
        ("\"$pfsum\" \"$log\" >/dev/full", full),
        ("\"$pfsum\" --output /dev/full \"$log\"", full),
        ("\"$pfsum\" count received \"$log\" >/dev/full", full),
        ("\"$pfsum\" trace @example.net \"$log\" >/dev/full", full),
        ("\"$pfsum\" --format json \"$log\" >/dev/full", full),
        // As on a disk with a quota: a few blocks, and no more.
        ("trap '' XFSZ; ulimit -f 2; \"$pfsum\" -e --output report \"$log\"", "file too large"),
        ("trap '' XFSZ; ulimit -f 2; \"$pfsum\" -e --output fresh \"$log\"", "file too large"),
    ] {
        let (status, told) = shell(&folder, line);
        assert_eq!(status, Some(2), "{line}: {told}");
        assert!(told.starts_with("pfsum: ") && told.lines().count() == 1, "{line}: {told}");
        assert!(told.to_lowercase().contains(said), "{line}: {told}");
    }
    assert_eq!(fs::read(folder.0.join("report")).unwrap(), b"the last one");
    assert_eq!(names(&folder), ["good.log", "report"]);
}

/// Whether this process, and so what it starts, ignores a signal.
fn is_ignored(signal: u32) -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0);
    mask & 1 << (signal - 1) != 0
}

#[test]
fn a_run_that_is_killed_leaves_nothing_under_the_name_of_the_report() {
    let folder = Folder::new("killed");
    good(&folder);
    folder.put("report", b"the last one");
    for (signal, number) in [("TERM", 15), ("INT", 2), ("HUP", 1), ("KILL", 9)] {
        if is_ignored(number) {
            eprintln!("SKIPPED a signal: {signal} is ignored here, as below nohup");
            continue;
        }
        // It waits for a log that does not come to its end.
        let words = ["--output".into(), folder.0.join("report").into_os_string(), "-".into()];
        let mut command = pfsum(&words);
        let mut child = command.stdin(std::process::Stdio::piped()).spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        stdin.write_all(&sample("quiet-day.log")).unwrap();
        let kill = format!("kill -{signal} {}", child.id());
        assert_eq!(shell(&folder, &kill), (Some(0), String::new()));
        drop(stdin);
        let status = child.wait().unwrap();
        assert!(status.signal().is_some(), "{signal}: {status:?}");
        assert_eq!(fs::read(folder.0.join("report")).unwrap(), b"the last one");
        assert_eq!(names(&folder), ["good.log", "report"], "{signal}");
    }
}

#[test]
fn a_folder_that_goes_while_the_log_is_read_is_named() {
    let folder = Folder::new("gone");
    good(&folder);
    let line = "mkdir out; mkfifo pipe; \"$pfsum\" --output out/report pipe & run=$!; \
                exec 3>pipe; cat \"$log\" >&3; rmdir out; exec 3>&-; wait $run";
    let (status, told) = shell(&folder, line);
    assert_eq!((status, told.lines().count()), (Some(2), 1), "{told}");
    assert!(told.to_lowercase().starts_with("pfsum: out/report: no such file"), "{told}");
}

/// Too little memory is said, or is enough: never a report that is not whole.
#[test]
fn with_too_little_memory_there_is_a_whole_report_or_none() {
    let folder = Folder::new("memory");
    let log = steady(seconds(2026, 11, 1), seconds(2026, 11, 2), 30);
    put(&folder, "good.log", log.as_bytes(), WRITTEN);
    let (status, told) = shell(&folder, "\"$pfsum\" -e --output whole \"$log\"");
    assert_eq!((status, told.as_str()), (Some(0), ""));
    let whole = fs::read(folder.0.join("whole")).unwrap();
    let (mut enough, mut too_little) = (0, 0);
    for kib in (10_000..=400_000).step_by(13_000) {
        let report = folder.0.join("report");
        let _ = fs::remove_file(&report);
        let line = format!("ulimit -c 0; ulimit -v {kib}; \"$pfsum\" -e --output report \"$log\"");
        let (status, told) = shell(&folder, &line);
        if status == Some(0) {
            assert!(fs::read(&report).unwrap() == whole, "{kib}");
            enough += 1;
        } else {
            assert!(!told.is_empty(), "{kib}: {status:?}");
            assert!(!report.exists(), "{kib}: {status:?} {told}");
            too_little += 1;
        }
    }
    assert!(enough > 0 && too_little > 0, "{enough} {too_little}");
}

#[test]
fn a_missing_journalctl_is_named() {
    let folder = Folder::new("journalctl");
    let (status, told) = shell(&folder, "PATH=. \"$pfsum\" --journal");
    assert_eq!((status, told.lines().count()), (Some(1), 1), "{told}");
    assert!(told.contains("journalctl: not found"), "{told}");
}

/// A container may bound how many threads there are. That no thread can begin here is the doing of a
/// stack that no memory has room for.
#[test]
fn a_system_that_has_no_thread_to_give_costs_time_and_no_log() {
    let folder = Folder::new("threads");
    // Of more than 8 MB: below, no other thread is asked for.
    let log = steady(seconds(2026, 11, 1), seconds(2026, 11, 22), 140);
    assert!(log.len() > 8 << 20, "{}", log.len());
    let plain = put(&folder, "good.log", log.as_bytes(), WRITTEN);
    let report = |log: &Path, threads: &str, stack: Option<&str>| {
        let words = [OsStr::new("--threads"), OsStr::new(threads), log.as_os_str()];
        ran(pfsum(&words).envs(stack.map(|bytes| ("RUST_MIN_STACK", bytes)))).sound()
    };
    let whole = report(&plain, "1", None);
    assert!(whole.contains("12960"), "{whole}");
    let stack = (1_u64 << 46).to_string();
    assert_eq!(report(&plain, "3", Some(&stack)), whole);
    let packed = folder.put("good.log.gz", &pack("gz", log.as_bytes()));
    let (once, again) = (report(&packed, "3", None), report(&packed, "3", Some(&stack)));
    assert_eq!(again, once);
}

/// A name that was typed in the wrong place costs no file that is needed.
#[test]
fn a_report_takes_the_place_of_nothing_that_is_read() {
    let folder = Folder::new("spared");
    good(&folder);
    folder.put("other.log", &sample("quiet-day.log"));
    let key = b"anonymous as can be, and long enough for a key";
    for (name, content) in [
        ("pfsum.toml", &b"detail = 3\n"[..]),
        ("page.html", b"{{ title }}"),
        ("key", key),
        ("mailq", b"Mail queue is empty\n"),
    ] {
        folder.put(name, content);
    }
    for (options, said) in [
        ("--config pfsum.toml --output pfsum.toml", "pfsum.toml: it is read for --config, and"),
        ("--config pfsum.toml --unprocd-file ./pfsum.toml", "it is read for --config, and would"),
        ("--template page.html --output page.html", "page.html: it is read for --template, and"),
        ("--anonymize-key key --output key", "key: it is read for --anonymize-key, and would"),
        ("--unprocd-file one --output one", "one: --output and --unprocd-file would both write"),
        ("--output other.log", "other.log: it is a log, and would be overwritten"),
    ] {
        let (status, told) = shell(&folder, &format!("\"$pfsum\" {options} \"$log\""));
        assert_eq!((status, told.lines().count()), (Some(2), 1), "{options}: {told}");
        assert!(told.contains(said), "{options}: {told}");
    }
    let (status, told) = shell(&folder, "\"$pfsum\" queue --queue mailq --output mailq \"$log\"");
    assert_eq!(status, Some(2), "{told}");
    assert!(told.contains("mailq: it is read for --queue"), "{told}");
    assert_eq!(fs::read(folder.0.join("key")).unwrap(), key);
    assert_eq!(fs::read(folder.0.join("other.log")).unwrap(), sample("quiet-day.log"));
    // A report of yesterday, and lines of yesterday that were not understood, yield.
    let again = "\"$pfsum\" --unprocd-file lines --output report \"$log\"";
    folder.put("lines", &sample("quiet-day.log"));
    for _ in 0..2 {
        assert_eq!(shell(&folder, again), (Some(0), String::new()));
    }
}
