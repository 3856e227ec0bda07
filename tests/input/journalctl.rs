//! Running `journalctl`, by way of scripts that stand for it.
#![cfg(unix)]

use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use pfsum::input::{Block, Candidate, Journal, Reader, system_log};

use crate::support::{Folder, drain, text};

/// A program that does what the script says.
fn program(folder: &Folder, script: &str) -> PathBuf {
    let path = folder.put("journalctl", format!("#!/bin/sh\n{script}\n").as_bytes());
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    path
}

fn journal(command: PathBuf) -> Journal {
    Journal { command, ..Journal::default() }
}

#[test]
fn the_range_is_pushed_down() {
    let folder = Folder::new("journal");
    let arguments = folder.0.join("arguments");
    let script = format!(
        "printf '%s\\n' \"$@\" > '{}'\nprintf '__CURSOR=a\\n__REALTIME_TIMESTAMP=1795442851000000\\nMESSAGE=m\\n\\n'",
        arguments.display()
    );
    let mut journal = journal(program(&folder, &script));
    let all = drain(Reader::of_journal(&journal).unwrap());
    assert_eq!(text(&all.bytes), "2026-11-23T14:07:31.000000+00:00 - unknown: m\n");
    assert!(all.error.is_none());
    let given = || std::fs::read_to_string(&arguments).unwrap().replace('\n', " ");
    assert_eq!(given(), "-o export -q --no-pager -a SYSLOG_FACILITY=2 ");

    journal.since = Some(1_795_392_000);
    journal.until = Some(1_795_478_400);
    journal.arguments = vec!["--directory=/srv/journal".into()];
    drain(Reader::of_journal(&journal).unwrap());
    assert_eq!(
        given(),
        "-o export -q --no-pager -a --since=@1795392000 --until=@1795478400 \
         --directory=/srv/journal SYSLOG_FACILITY=2 "
    );
}

#[test]
fn a_journal_that_cannot_be_read_is_an_error_in_its_own_words() {
    let folder = Folder::new("refused");
    let path = program(
        &folder,
        "echo 'Hint: ask for more rights.' >&2\n\
         echo 'No journal files were opened due to insufficient permissions.' >&2\nexit 1",
    );
    let all = drain(Reader::of_journal(&journal(path.clone())).unwrap());
    assert_eq!(
        all.error.unwrap().to_string(),
        format!(
            "{}: No journal files were opened due to insufficient permissions.",
            path.display()
        )
    );

    let path = program(
        &folder,
        "printf '__REALTIME_TIMESTAMP=1795442851000000\\nMESSAGE=m\\n\\n'; exit 3",
    );
    let all = drain(Reader::of_journal(&journal(path)).unwrap());
    assert_eq!(all.lines.len(), 1, "what was printed before the failure counts");
    assert!(all.error.unwrap().to_string().ends_with(": failed (exit status: 3)"));
}

#[test]
fn a_missing_journalctl_says_so() {
    let journal = journal(PathBuf::from("/nonexistent/journalctl"));
    let error = Reader::of_journal(&journal).err().unwrap();
    assert_eq!(
        error.to_string(),
        "/nonexistent/journalctl: not found, so there is no journal to read"
    );
}

#[test]
fn complaints_longer_than_a_pipe_do_not_stop_the_program() {
    let folder = Folder::new("loud");
    let path = program(
        &folder,
        "i=0; while [ $i -lt 5000 ]; do echo 'a complaint of some length, told many times' >&2; i=$((i+1)); done\n\
         printf '__REALTIME_TIMESTAMP=1795442851000000\\nMESSAGE=m\\n\\n'",
    );
    let all = drain(Reader::of_journal(&journal(path)).unwrap());
    assert!(all.error.is_none());
    assert_eq!(all.lines.len(), 1);
}

#[test]
fn a_journal_nobody_reads_to_its_end_is_stopped() {
    let folder = Folder::new("endless");
    let pid = folder.0.join("pid");
    let path = program(
        &folder,
        &format!(
            "echo $$ > '{}'\nexec yes \"__REALTIME_TIMESTAMP=1795442851000000\nMESSAGE=m\n\"",
            pid.display()
        ),
    );
    let mut reader = Reader::of_journal(&journal(path)).unwrap();
    let mut block = Block::new();
    assert!(reader.fill(&mut block).unwrap());
    drop(reader);
    let pid = std::fs::read_to_string(&pid).unwrap();
    let process = PathBuf::from("/proc").join(pid.trim());
    for _ in 0..500 {
        if !process.exists() {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    panic!("still running");
}

#[test]
fn the_system_log_is_the_first_that_exists() {
    let folder = Folder::new("system");
    let file = |name: &str| Candidate::File(folder.0.join(name));
    let journal = Candidate::Journal(journal(program(&folder, "exit 0")));
    let missing = Candidate::Journal(Journal {
        command: PathBuf::from("/nonexistent/journalctl"),
        ..Journal::default()
    });

    assert_eq!(system_log(&[file("mail.log"), missing.clone()]), None);
    let candidates = [
        Candidate::File(PathBuf::from("/dev/null")),
        missing,
        file("mail.log"),
        file("maillog"),
        journal,
    ];
    assert_eq!(system_log(&candidates), Some(&candidates[4]));
    folder.put("maillog", b"");
    assert_eq!(system_log(&candidates), Some(&candidates[3]));
    folder.put("mail.log.1", b"");
    assert_eq!(system_log(&candidates), Some(&candidates[2]), "rotated, not yet written again");
}
