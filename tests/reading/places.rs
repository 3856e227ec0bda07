//! Without a name: standard input, or the log of the system.

use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use crate::lay::{pfsum, piped, put, ran, run, sample, seconds};
use crate::support::Folder;

/// A system whose Postfix writes its own log.
struct System {
    folder: Folder,
}

impl System {
    fn new() -> Self {
        let folder = Folder::new("system");
        put(&folder, "postfix.log", &sample("quiet-day.log"), seconds(2026, 9, 24));
        let script = format!(
            "#!/bin/sh\n[ \"$*\" = '-h maillog_file' ] && echo {}/postfix.log\n",
            folder.0.display()
        );
        let program = folder.put("postconf", script.as_bytes());
        fs::set_permissions(program, fs::Permissions::from_mode(0o755)).unwrap();
        Self { folder }
    }

    /// As cron starts it: nothing in the environment but a path.
    fn cron(&self) -> Command {
        let mut command = pfsum::<&str>(&["--classic"]);
        command.env_clear().env("PATH", &self.folder.0);
        command
    }

    fn report(&self) -> String {
        let mut command = pfsum(&[self.folder.0.join("postfix.log")]);
        ran(command.arg("--classic").env_clear()).sound()
    }
}

#[test]
fn cron_gets_the_log_of_the_system_and_not_a_word_beside_it() {
    let system = System::new();
    let report = system.report();
    assert_eq!(ran(&mut system.cron()).sound(), report);
    // cron may give a pipe that is closed, or a file that is empty.
    let (reader, writer) = std::io::pipe().unwrap();
    drop(writer);
    assert_eq!(ran(system.cron().stdin(reader)).sound(), report);
    let empty = system.folder.put("empty", b"");
    assert_eq!(ran(system.cron().stdin(File::open(empty).unwrap())).sound(), report);
}

#[test]
fn what_is_on_standard_input_goes_before_the_log_of_the_system() {
    let system = System::new();
    let other = sample("milter.log");
    let path = put(&system.folder, "other.log", &other, seconds(2026, 11, 4));
    let report = run(&[&path]).sound();
    let redirected =
        ran(system.cron().env("PFSUM_NOW", crate::lay::NOW).stdin(File::open(&path).unwrap()));
    assert_eq!(redirected.sound(), report);
    assert_eq!(piped::<&str>(&[], &other).sound(), report);
}

#[test]
fn a_system_without_a_log_file_reads_the_journal_or_says_what_to_do() {
    if ["/var/log/mail.log", "/var/log/maillog"].iter().any(|path| fs::exists(path).unwrap_or(true))
    {
        return; // this system has one
    }
    let folder = Folder::new("bare");
    let give = |name: &str, script: &str| {
        let program = folder.put(name, format!("#!/bin/sh\n{script}\n").as_bytes());
        fs::set_permissions(program, fs::Permissions::from_mode(0o755)).unwrap();
    };
    give("postconf", "echo");
    let mut bare = pfsum::<&str>(&["--classic"]);
    bare.env("PATH", &folder.0);
    let said = ran(&mut bare);
    assert_eq!((said.status, said.out.as_str()), (2, ""));
    assert!(said.err.contains("name a LOG"), "{}", said.err);
    let entries = concat!(env!("CARGO_MANIFEST_DIR"), "/sample-logs/journal.export");
    give("journalctl", &format!("[ \"$1\" = --version ] || exec /bin/cat {entries}"));
    assert_eq!(ran(&mut bare).sound(), run(&[entries]).sound());
}
