//! The program over logs as a mail host has them: however they lie, the report
//! is the same, and what is wrong is said.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

#[path = "reading/clocks.rs"]
mod clocks;
#[path = "reading/faults.rs"]
mod faults;
#[path = "reading/lay.rs"]
mod lay;
#[path = "reading/periods.rs"]
mod periods;
#[path = "reading/places.rs"]
mod places;
#[path = "reading/refused.rs"]
mod refused;
#[path = "reading/rotation.rs"]
mod rotation;
#[path = "reading/sets.rs"]
mod sets;
#[allow(dead_code)]
#[path = "input/support.rs"]
mod support;
#[path = "reading/tool.rs"]
mod tool;

/// A log is not overwritten by what is made of it.
#[test]
fn a_log_that_is_read_is_not_written() {
    let folder = std::env::temp_dir().join(format!("pfsum-overwrite-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let log = folder.join("mail.log");
    let text = "Nov 29 09:00:00 mx postfix/smtpd[9]: connect from a.example.net[192.0.2.1]\n";
    std::fs::write(&log, text).unwrap();
    for option in ["--unprocd-file", "--output"] {
        let run = std::process::Command::new(env!("CARGO_BIN_EXE_pfsum"))
            .arg(option)
            .args([&log, &log])
            .env("XDG_CONFIG_HOME", "/nonexistent")
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&run.stderr).into_owned();
        assert_eq!(run.status.code(), Some(2), "{option}: {said}");
        assert!(said.contains("mail.log") && said.contains("overwritten"), "{option}: {said}");
        assert_eq!(std::fs::read_to_string(&log).unwrap(), text, "{option}");
    }
    std::fs::remove_dir_all(&folder).unwrap();
}

/// One line of a clock that is wrong does not hide the days in between.
#[test]
fn a_clock_that_went_backwards_proves_nothing_of_a_log() {
    let folder = std::env::temp_dir().join(format!("pfsum-clock-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let log = folder.join("mail.log");
    let line = |at: &str, rest: &str| format!("{at}Z mx {rest}\n");
    let text = [
        line("2026-11-26T10:00:00", "postfix/smtpd[9]: connect from a.example.net[192.0.2.1]"),
        line("2026-11-29T10:00:00", "postfix/smtpd[9]: connect from b.example.net[192.0.2.2]"),
        line("2026-11-29T10:00:01", "postfix/smtpd[9]: disconnect from b.example.net[192.0.2.2]"),
        line("2020-01-01T00:00:05", "kernel: hello"),
    ];
    std::fs::write(&log, text.concat()).unwrap();
    let run = std::process::Command::new(env!("CARGO_BIN_EXE_pfsum"))
        .args(["count", "connections", "-d", "2026-11-29"])
        .arg(&log)
        .env("TZ", "UTC")
        .env("XDG_CONFIG_HOME", "/nonexistent")
        .output()
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&run.stdout), "1\n");
    std::fs::remove_dir_all(&folder).unwrap();
}
