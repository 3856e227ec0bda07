//! A mail host of stand-ins: its log in a folder that stands for `/`, its programs in one of `PATH`.

use std::fmt::Write as _;
use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::process::{Command, Stdio};

use chrono::NaiveDateTime;

use crate::root;
use crate::support::Folder;
use crate::tool::tool;

/// Places that are meant when a page names them.
const PLACES: [&str; 4] = ["/var/log", "/var/lib/node_exporter", "/usr/local/sbin", "/etc"];

/// What is in the queue on 18 February 2009.
const QUEUE: &str = r#"{"queue_name": "deferred", "queue_id": "9DF7520804A", "arrival_time": 1234811560, "message_size": 5725, "sender": "", "recipients": [{"address": "kxqwz@poplar.example", "delay_reason": "connect to mx.poplar.example[203.0.113.25]:25: Connection timed out"}]}
{"queue_name": "active", "queue_id": "3F1A2B4C5D0", "arrival_time": 1234949400, "message_size": 1412, "sender": "bob@example.net", "recipients": [{"address": "ann@example.org"}]}
"#;

/// What a run gave.
pub(crate) struct Ran {
    pub(crate) out: String,
    pub(crate) err: String,
    pub(crate) status: i32,
}

pub(crate) struct Host {
    pub(crate) folder: Folder,
}

impl Host {
    /// The host `ns` of the sample log, at noon after the day that is told of.
    pub(crate) fn new() -> Self {
        let host = Self { folder: Folder::new("docs") };
        for place in PLACES.into_iter().chain(["/bin"]) {
            fs::create_dir_all(host.path(place)).unwrap();
        }
        let log = fs::read_to_string(root().join("sample-logs/february-2009.log")).unwrap();
        for name in ["var/log/mail.log", "var/log/maillog", "mail.log", "mx1.log"] {
            host.folder.put(name, log.as_bytes());
        }
        host.folder.put("journal", export(&log).as_bytes());
        host.folder.put("FILE", b"detail = 20\nproblems_first = 1\n");
        host.folder.put("etc/pfsum.login", b"pfsum\nsecret\n");
        let golden = root().join("tests/golden");
        fs::copy(golden.join("logs/mailq.txt"), host.path("/mailq.txt")).unwrap();
        symlink(root().join("sample-logs"), host.path("/sample-logs")).unwrap();
        symlink(env!("CARGO_BIN_EXE_pfsum"), host.path("/bin/pfsum")).unwrap();
        let here = host.folder.0.display();
        host.folder.put("queue", QUEUE.as_bytes());
        for (name, script) in [
            ("postconf", format!("[ \"$2\" = maillog_file ] && echo {here}/var/log/mail.log")),
            ("postqueue", format!("cat {here}/queue")),
            ("journalctl", format!("cat {here}/journal")),
            ("ssh", "shift; exec \"$@\"".to_owned()),
            ("sendmail", format!("cat >{here}/sent")),
        ] {
            let program = host.folder.put(&format!("bin/{name}"), script.as_bytes());
            fs::write(&program, format!("#!/bin/sh\n{script}\n")).unwrap();
            fs::set_permissions(program, Permissions::from_mode(0o755)).unwrap();
        }
        host
    }

    fn path(&self, place: &str) -> std::path::PathBuf {
        self.folder.0.join(place.trim_start_matches('/'))
    }

    /// Runs what a page shows; questions are asked where the sample logs are, in another month.
    pub(crate) fn shell(&self, page: &str, script: &str) -> Ran {
        let here = self.folder.0.display();
        let is_question = page == "docs/questions.md";
        let mut script = script.to_owned();
        for place in PLACES {
            script =
                script.replace(&format!("{place}/"), &format!("{}/", self.path(place).display()));
        }
        let folder = if is_question { root().join("sample-logs") } else { self.folder.0.clone() };
        let now = if is_question { "2025-11-05T12:00:00" } else { "2009-02-18T12:00:00" };
        let output = Command::new("bash")
            .args(["-euo", "pipefail", "-c", &script])
            .current_dir(folder)
            .stdin(Stdio::null())
            .env_clear()
            .env("PATH", format!("{here}/bin:{here}/usr/local/sbin:/usr/bin:/bin"))
            .env("TZ", "UTC")
            .env("PFSUM_NOW", now)
            .output()
            .unwrap();
        let out = String::from_utf8(output.stdout).unwrap();
        Ran {
            out: out.lines().flat_map(|line| [line.trim_end(), "\n"]).collect(),
            err: String::from_utf8(output.stderr).unwrap(),
            status: output.status.code().unwrap(),
        }
    }

    /// Runs what must do its work with nothing to say about it.
    pub(crate) fn does(&self, page: &str, place: &str, script: &str, status: i32) {
        if script.contains("| jq ") && tool("jq").is_none() {
            return;
        }
        let ran = self.shell(page, script);
        assert_eq!(ran.status, status, "{place}: {}", ran.err);
        // The ID of an example is in nobody's log.
        let is_silent = ran.err.is_empty() || ran.err.starts_with("pfsum: nothing found of 4C2B31");
        assert!(status != 0 || is_silent, "{place}: {}", ran.err);
    }
}

/// A log as the journal exports it.
fn export(log: &str) -> String {
    let mut entries = String::new();
    for line in log.lines() {
        let stamp = format!("2009 {}", &line[..15]);
        let time = NaiveDateTime::parse_from_str(&stamp, "%Y %b %e %H:%M:%S").unwrap();
        let (host, rest) = line[16..].split_once(' ').unwrap();
        let (program, message) = rest.split_once("]: ").unwrap();
        let (program, pid) = program.split_once('[').unwrap();
        write!(
            entries,
            "__REALTIME_TIMESTAMP={}\n_HOSTNAME={host}\nSYSLOG_IDENTIFIER={program}\n\
             SYSLOG_PID={pid}\nMESSAGE={message}\n\n",
            time.and_utc().timestamp_micros()
        )
        .unwrap();
    }
    entries
}
