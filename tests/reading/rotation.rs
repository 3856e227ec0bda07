//! Rotation by logrotate(8) itself, in its usual configurations: "yesterday" is
//! always complete.
//!
//! The program is the system's, or the one that `LOGROTATE` names.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::lay::{pfsum, ran, seconds, steady, tool};
use crate::periods::totals;
use crate::support::Folder;

/// A mail host on which a day has this many messages, and more on later days.
struct Host {
    folder: Folder,
    directives: &'static str,
}

impl Host {
    fn log(&self) -> PathBuf {
        self.folder.0.join("mail.log")
    }

    /// Appends what was logged from one hour of a day of November to another.
    fn write(&self, day: u64, hours: std::ops::Range<u64>) {
        let midnight = seconds(2025, 11, 1) + (day - 1) * 86_400;
        let log = steady(midnight + hours.start * 3600, midnight + hours.end * 3600, every(day));
        let mut file = OpenOptions::new().create(true).append(true).open(self.log()).unwrap();
        file.write_all(log.as_bytes()).unwrap();
    }

    /// Rotates as on that day; logrotate takes the date from the clock, so the
    /// name is put right afterwards.
    fn rotate(&self, program: &Path, day: u64) {
        let folder = &self.folder.0;
        let config = folder.join("logrotate.conf");
        let text =
            format!("{} {{\nrotate 30\nmissingok\n{}\n}}\n", self.log().display(), self.directives);
        fs::write(&config, text).unwrap();
        let before = self.names();
        let mut command = Command::new(program);
        command.args(["-f", "-s"]).arg(folder.join("status")).arg(&config);
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        if self.directives.contains("dateext") {
            for name in self.names().iter().filter(|name| !before.contains(name)) {
                let Some((base, rest)) = name.split_once("log-") else { continue };
                let (date, codec) = rest.split_at(8);
                if date > "20251199" {
                    let name_then = format!("{base}log-202511{day:02}{codec}");
                    fs::rename(folder.join(name), folder.join(name_then)).unwrap();
                }
            }
        }
    }

    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.folder.0).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    #[track_caller]
    fn yesterday_is_complete(&self, day: u64, hour: u64) {
        let now = format!("2025-11-{day:02}T{hour:02}:00:00");
        let log = self.log();
        let words = ["--now", &now, "-d", "yesterday", "--classic", log.to_str().unwrap()];
        let out = ran(&mut pfsum(&words)).sound();
        let all = 86_400 / every(day - 1) as u64;
        assert_eq!(totals(&out), (all, all), "{} on {now}: {:?}", self.directives, self.names());
    }
}

/// How many seconds are between two messages of a day.
fn every(day: u64) -> usize {
    [3600, 1800, 1200, 900, 600, 450, 400][usize::try_from(day % 7).unwrap()]
}

#[test]
fn yesterday_is_complete_before_and_after_every_rotation() {
    let Some(program) = tool("logrotate") else { return };
    for directives in [
        "create 0640",
        "create 0640\ncompress\ndelaycompress",
        "create 0640\ncompress",
        "copytruncate",
        "copytruncate\ncompress\ndelaycompress",
        "create 0640\ndateext",
        "create 0640\ndateext\ncompress\ndelaycompress",
        "create 0640\ndateext\ncompress",
        "nocreate\ndateext\ncopytruncate",
        "nocreate\ncompress",
    ] {
        let host = Host { folder: Folder::new("rotation"), directives };
        host.write(1, 0..24);
        for day in 2..9 {
            // cron.daily runs in the morning: a day spans two files.
            host.write(day, 0..6);
            host.yesterday_is_complete(day, 6);
            host.rotate(&program, day);
            host.yesterday_is_complete(day, 6);
            host.write(day, 6..24);
            host.yesterday_is_complete(day, 23);
        }
    }
}
