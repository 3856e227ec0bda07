//! Values of options, and outputs that cannot be written: each fault is told in one clear line.

use super::{Folder, texts};

const LOG: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/sample-logs/hostile.log");

#[test]
fn a_value_that_says_nothing_is_told_with_what_is_accepted() {
    let folder = Folder::new("values");
    let no_file = "\"\": that names no file";
    for (words, said) in [
        (&["--output", ""] as &[&str], format!("--output {no_file}")),
        (&["--config", ""], format!("--config {no_file}")),
        (&["--unprocd-file", ""], format!("--unprocd-file {no_file}")),
        (&["--anonymize-key", ""], format!("--anonymize-key {no_file}")),
        (&["--smtp-login", ""], format!("--smtp-login {no_file}")),
        (&["queue", "--queue", ""], format!("--queue {no_file}")),
        (&[""], format!("LOG {no_file}")),
        (&["--year", ""], "--year \"\": accepted is a year from 1970 to 9999".to_owned()),
        (&["--threads", "-1"], "--threads \"-1\": accepted is a number from 1 to 65535".to_owned()),
    ] {
        let (status, out, err) = texts(&folder.pfsum().args(words).arg(LOG).output().unwrap());
        assert_eq!((status, out, err), (Some(2), String::new(), format!("pfsum: {said}\n")));
    }
}

/// Where the system has such a device.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_told_with_the_file() {
    let folder = Folder::new("full");
    for words in [
        &["--output", "/dev/full"] as &[&str],
        &["--output", "/dev/full", "--format", "json"],
        &["--unprocd-file", "/dev/full"],
        &["count", "received", "--output", "/dev/full"],
        &["trace", "@willow.test", "--output", "/dev/full"],
        &["queue", "--format", "json", "--output", "/dev/full"],
        &["--list-inputs", "--output", "/dev/full"],
    ] {
        let (status, _, err) = texts(&folder.pfsum().args(words).arg(LOG).output().unwrap());
        let last = err.lines().last().unwrap().to_lowercase();
        assert_eq!((status, &*last), (Some(2), "pfsum: /dev/full: no space left on device"));
    }
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    for words in [&["--classic"] as &[&str], &["count", "received"]] {
        let full = full.try_clone().unwrap();
        let run = folder.pfsum().args(words).arg(LOG).stdout(full).output().unwrap();
        let err = String::from_utf8(run.stderr).unwrap();
        assert!(err.ends_with("pfsum: standard output: no space left on device\n"), "{err}");
        assert_eq!(run.status.code(), Some(2));
    }
}

#[test]
fn what_is_no_text_is_told_with_its_option() {
    use std::os::unix::ffi::OsStrExt as _;
    let folder = Folder::new("text");
    let typed = std::ffi::OsStr::from_bytes(b"a\xffb");
    for option in ["--to", "--host", "--subject", "--date-range", "--alert", "--detail"] {
        let run = folder.pfsum().arg("-q").arg(option).arg(typed).arg(LOG).output().unwrap();
        let said = format!("pfsum: {option} \"a\u{fffd}b\": accepted is text in UTF-8\n");
        assert_eq!(texts(&run), (Some(2), String::new(), said));
    }
}

#[test]
fn a_list_may_be_written_as_in_a_sentence() {
    let folder = Folder::new("lists");
    let told = |list: &str| {
        let run = folder
            .pfsum()
            .args(["count", "delivered", "deferrals", "--status", list])
            .arg(LOG)
            .output();
        texts(&run.unwrap())
    };
    assert_eq!(told(" sent, deferred"), told("sent,deferred"));
    assert_eq!(told("sent,deferred").1, "delivered  17\ndeferrals   1\n");
}
