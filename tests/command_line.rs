//! The program as it is started: exit statuses, what stands on which stream,
//! its two names, its config files.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

#[path = "command_line/found.rs"]
mod found;
#[path = "command_line/inputs.rs"]
mod inputs;
#[path = "command_line/lists.rs"]
mod lists;
#[path = "command_line/obeyed.rs"]
mod obeyed;
#[path = "command_line/settings.rs"]
mod settings;
#[path = "command_line/values.rs"]
mod values;

use std::fs;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

/// A folder of its own, removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("pfsum-{name}-{}", std::process::id()));
        fs::create_dir_all(path.join("pfsum")).unwrap();
        Self(path)
    }

    /// Prepares a run that finds config files in this folder only.
    fn pfsum(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_pfsum"));
        command.env_clear().env("XDG_CONFIG_HOME", &self.0).stdin(Stdio::null());
        command
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn texts(output: &Output) -> (Option<i32>, String, String) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

#[test]
fn what_is_asked_for_goes_to_standard_output_with_status_0() {
    let folder = Folder::new("asked");
    for (word, shown) in [
        ("--help", "Usage: pfsum [OPTIONS] [LOG]..."),
        ("-h", "Usage: pfsum [OPTIONS] [LOG]..."),
        ("--version", concat!("pfsum ", env!("CARGO_PKG_VERSION"), "\n")),
        ("--suppress=help", "    rdns-warnings\n"),
        ("--dump-config", "quiet = false\n"),
    ] {
        let (status, out, err) = texts(&folder.pfsum().arg(word).output().unwrap());
        assert!(out.contains(shown), "{word}: {out}");
        assert_eq!((status, err.as_str()), (Some(0), ""), "{word}");
    }
}

#[test]
fn each_command_has_a_help_of_its_own() {
    let folder = Folder::new("help");
    for (command, shown, hidden) in [
        ("trace", "  --limit <N>", "--top"),
        ("trace", "  192.0.2.10, 192.0.2.0/24      a client or network", "--by"),
        ("count", "  --by <KEY>", "--queue <FILE>"),
        ("count", "  rejected-temporary      refusals with a 4xx code\n", "--problems-first"),
        ("count", "recipient-domain", "--dump-config"),
        ("queue", "  --queue <FILE>", "--by"),
    ] {
        let (status, out, err) = texts(&folder.pfsum().args([command, "--help"]).output().unwrap());
        assert_eq!((status, err.as_str()), (Some(0), ""), "{command}");
        assert!(out.contains(shown) && !out.contains(hidden), "{command}: {out}");
        assert!(out.contains("--to <ADDRESS>"), "filters are for every command: {out}");
        let asked = texts(&folder.pfsum().args(["help", command]).output().unwrap());
        assert_eq!(asked, (status, out, err), "help {command}");
    }
    let asked = |words: &[&str]| texts(&folder.pfsum().args(words).output().unwrap());
    assert_eq!(asked(&["help"]), asked(&["--help"]));
    let (status, _, err) = asked(&["help", "cuont"]);
    let said = "pfsum: help: \"cuont\" is no command; did you mean count? \
                (accepted are count, trace, queue)\n";
    assert_eq!((status, err.as_str()), (Some(2), said));
}

#[test]
fn a_mistake_is_one_line_on_standard_error_with_status_2() {
    let folder = Folder::new("mistake");
    for words in [
        &["--fromat=html"] as &[&str],
        &["--detail", "many"],
        &["-d", "2025-02-30"],
        &["-d", "2025-11-03T10:00:60"],
        &["--config", "/nonexistent.toml"],
        &["--suppress", "everything"],
    ] {
        let (status, out, err) = texts(&folder.pfsum().args(words).output().unwrap());
        assert!(err.starts_with("pfsum: ") && err.lines().count() == 1, "{words:?}: {err}");
        assert_eq!((status, out.as_str()), (Some(2), ""), "{words:?}");
    }
}

#[test]
fn a_word_that_is_none_is_named_with_the_nearest_and_what_is_accepted() {
    let folder = Folder::new("words");
    let sample = concat!(env!("CARGO_MANIFEST_DIR"), "/sample-logs/greylisted.log");
    for (words, said) in [
        (
            &["count", "deferals"] as &[&str],
            "\"deferals\" is no WHAT; did you mean deferrals? (accepted are received, ",
        ),
        (&["count"], "count needs to know WHAT: received, delivered, "),
        (&["count", sample], "count needs to know WHAT, in front of "),
        (&["count", "--by", "hour", sample], "count needs to know WHAT, in front of "),
        (
            &["count", "deferrals", "--by", "relais"],
            "--by \"relais\" is no KEY; did you mean relay? (accepted are hour, ",
        ),
        (
            &["count", "deferrals", "--by", "hour,relay,dsn"],
            "--by takes one key, or two: hour,relay",
        ),
        (
            &["count", "deferrals", "--status", "bouncd"],
            "--status \"bouncd\" is no STATUS; did you mean bounced?",
        ),
        (
            &["count", "deferrals", "--to", "a b"],
            "--to \"a b\": accepted are an address, @example.org,",
        ),
        (
            &["count", "deferrals", "--client", "192.0.2.0/33"],
            "--client \"192.0.2.0/33\": the length of a network is",
        ),
        (
            &["count", "deferrals", "--queue-id", "x"],
            "--queue-id \"x\": no queue ID, which looks like",
        ),
        (
            &["--client", "300.1.2.3/24", sample],
            "--client \"300.1.2.3/24\": accepted are a host name",
        ),
        (
            &["count", "deferrals", "--cause", "greylist"],
            "--cause \"greylist\" is no CAUSE; did you mean greylisted?",
        ),
        (&["count", "deferrals", "--reason", "("], "--reason \"(\": regex parse error"),
        (&["cuont", "deferrals"], "cuont: no such command or file; did you mean count?"),
        (&["--by", "hour", sample], "--by is an option of pfsum count"),
        (&["--limit", "3", sample], "--limit is an option of pfsum trace"),
        (&["count", "deferrals", "--queue", "x"], "--queue is an option of pfsum queue"),
        (&["trace", "x", "--format", "csv"], "--format \"csv\": accepted are text, json"),
    ] {
        let (status, out, err) = texts(&folder.pfsum().args(words).output().unwrap());
        let prefix = if words.first() == Some(&"count") && !words.iter().any(|w| w.starts_with('-'))
        {
            err.strip_prefix("pfsum: count: ").or(err.strip_prefix("pfsum: "))
        } else {
            err.strip_prefix("pfsum: ")
        };
        assert!(prefix.is_some_and(|rest| rest.starts_with(said)), "{words:?}: {err}");
        assert_eq!((status, out.as_str(), err.lines().count()), (Some(2), "", 1), "{words:?}");
    }
}

#[test]
fn a_queue_that_cannot_be_shown_is_said_and_the_report_is_there() {
    let folder = Folder::new("mailq");
    let log = concat!(env!("CARGO_MANIFEST_DIR"), "/sample-logs/rfc3339.log");
    let output = folder.pfsum().env("PATH", &folder.0).args(["--mailq", log]).output().unwrap();
    let (status, out, err) = texts(&output);
    assert!(out.contains("\n     28   received\n"), "{out}");
    assert_eq!((status, err.as_str()), (Some(1), "pfsum: mailq: no such file or directory\n"));
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let folder = Folder::new("pipe");
    for word in ["--help", "--dump-config", "--version"] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = folder.pfsum().arg(word).stdout(writer).output().unwrap();
        assert_eq!(texts(&output), (Some(0), String::new(), String::new()), "{word}");
    }
}

#[test]
fn the_config_file_in_the_users_folder_is_read_unless_another_is_named() {
    let folder = Folder::new("config");
    fs::write(folder.0.join("pfsum/config.toml"), "quiet = true\ndetail = 3\n").unwrap();
    let other = folder.0.join("other.toml");
    fs::write(&other, "detail = 4\n").unwrap();
    let dump = |words: &[&str]| {
        let output = folder.pfsum().arg("--dump-config").args(words).output().unwrap();
        let (status, out, err) = texts(&output);
        assert_eq!((status, err.as_str()), (Some(0), ""), "{words:?}");
        out
    };
    assert!(dump(&[]).contains("quiet = true\n"));
    assert!(dump(&["--detail", "7"]).contains("\nhost-cnt = 7\n"));
    let other = other.to_str().unwrap();
    for words in [&["--config", other], &["+conf", other]] {
        let shown = dump(words);
        assert!(shown.contains("quiet = false\n") && shown.contains("\nuser-cnt = 4\n"), "{shown}");
    }
    assert!(dump(&[&format!("--config={other}")]).contains("\nuser-cnt = 4\n"));
    assert!(dump(&["--config=/dev/null"]).contains("quiet = false\n"));
}

#[test]
fn a_mistake_in_a_config_file_is_told_with_its_name() {
    let folder = Folder::new("mistaken");
    let file = folder.0.join("pfsum/config.toml");
    fs::write(&file, "qiet = true\n").unwrap();
    let (status, _, err) = texts(&folder.pfsum().arg("--dump-config").output().unwrap());
    let said =
        format!("pfsum: {}: line 1: unknown key `qiet`; did you mean quiet?\n", file.display());
    assert_eq!((status, err), (Some(2), said));
    for words in [&["--help"] as &[&str], &["help"], &["count", "--help"], &["--version"]] {
        let (status, _, err) = texts(&folder.pfsum().args(words).output().unwrap());
        assert_eq!((status, err.as_str()), (Some(0), ""), "{words:?}");
    }
}

#[test]
fn started_as_pflogsumm_it_is_classic_and_reads_no_config_file_by_itself() {
    let folder = Folder::new("pflogsumm");
    fs::write(folder.0.join("pfsum/config.toml"), "quiet = true\n").unwrap();
    for (name, classic) in [("/usr/sbin/pflogsumm", true), ("pflogsumm.pl", true), ("pfsum", false)]
    {
        let output = folder.pfsum().arg0(name).arg("--dump-config").output().unwrap();
        let (_, out, _) = texts(&output);
        assert_eq!(out.contains("\nclassic = true\n"), classic, "{name}");
        assert_eq!(out.contains("\nquiet = true\n"), !classic, "{name}");
    }
}

/// A config file is for the report of every night; questions are asked beside it.
#[test]
fn what_a_config_file_does_with_the_report_does_not_hinder_a_question() {
    let folder = Folder::new("nightly");
    let nightly = "mail-to = \"ann@example.org\"\nalert = \"received>0\"\n";
    fs::write(folder.0.join("pfsum/config.toml"), nightly).unwrap();
    let log = concat!(env!("CARGO_MANIFEST_DIR"), "/sample-logs/deferral-storm.log");
    let ask = |words: &[&str]| {
        let mut command = folder.pfsum();
        texts(
            &command
                .args(["count", "received", log, "--year", "2026"])
                .args(words)
                .output()
                .unwrap(),
        )
    };
    let (status, out, err) = ask(&["--format", "json"]);
    assert_eq!((status, out.as_str(), err.as_str()), (Some(0), "{\"received\":28}\n", ""));
    for words in [["--mail-to", "bob@example.org"], ["--alert", "received>0"]] {
        let (status, _, err) = ask(&words);
        assert!(status == Some(2) && err.contains("is an option of the report"), "{err}");
    }
}

#[test]
fn an_alert_is_said_and_ends_with_status_3() {
    let folder = Folder::new("alert");
    let log = concat!(env!("CARGO_MANIFEST_DIR"), "/sample-logs/deferral-storm.log");
    let run = |words: &[&str]| {
        let mut command = folder.pfsum();
        texts(&command.args(words).args(["--year", "2026", log]).output().unwrap())
    };
    let (status, out, err) = run(&["--alert", "received>100000", "--alert", "bounced<0"]);
    assert_eq!((status, err.as_str()), (Some(0), ""));
    // The report is the same, alarm or not.
    let deferrals = run(&["--format", "json"]).1;
    let report: serde_json::Value = serde_json::from_str(&deferrals).unwrap();
    let deferrals = &report["totals"]["deferrals"];
    let (status, same, err) = run(&["--alert=deferrals > 1", "--alert", "finding:deferral_storm"]);
    assert_eq!((status, same), (Some(3), out));
    let mut said = err.lines();
    let first = format!("pfsum: alert: deferrals is {deferrals} (deferrals > 1)");
    assert_eq!(said.next(), Some(first.as_str()));
    assert!(said.next().unwrap().starts_with("pfsum: alert: finding:deferral_storm is "), "{err}");
    assert_eq!(said.next(), None);
    for (words, accepted) in [
        (&["--alert", "defferals>1"] as &[&str], "did you mean deferrals?"),
        (&["--alert", "finding:storm"], "there are no_room, "),
        (&["--classic", "--alert", "findings>0"], "--classic leaves findings out"),
    ] {
        let (status, out, err) = run(words);
        assert_eq!((status, out.as_str()), (Some(2), ""));
        assert!(err.contains(accepted) && err.lines().count() == 1, "{err}");
    }
}

#[test]
fn the_title_tells_the_hours_that_were_asked_for() {
    let log = concat!(env!("CARGO_MANIFEST_DIR"), "/sample-logs/content-filter.log");
    let folder = Folder::new("hours");
    for (range, told) in [
        ("2026-08-21", "Fri, Aug 21 2026"),
        ("2026-08-20..2026-08-22", "Fri, Aug 21 2026"), // the days of the lines, as pflogsumm says
        ("2026-08-21T09:10..2026-08-21T09:20", "Fri, Aug 21 2026, 09:10 through 09:20"),
        ("2026-08-21T09:10:30..2026-08-21T09:20:00", "Fri, Aug 21 2026, 09:10:30 through 09:20:00"),
        ("2026-08-21T00:00..2026-08-21T09:20", "Fri, Aug 21 2026, until 09:20"),
        ("2026-08-21T09:10..2026-08-21", "Fri, Aug 21 2026, since 09:10"),
        (
            "2026-08-20T18:00..2026-08-22T06:00",
            "Thu, Aug 20 2026 18:00 through Sat, Aug 22 2026 06:00",
        ),
    ] {
        let output = folder.pfsum().args(["-d", range, "--classic"]).arg(log).output().unwrap();
        let (status, out, err) = texts(&output);
        assert_eq!((status, err.as_str()), (Some(0), ""), "{range}");
        let title = out.lines().find(|line| line.starts_with("Postfix Log")).unwrap();
        assert_eq!(title, format!("Postfix Log Summaries for {told}"));
    }
}

#[test]
fn a_large_log_gives_the_same_report_with_any_number_of_threads() {
    let folder = Folder::new("threads");
    let sample = concat!(env!("CARGO_MANIFEST_DIR"), "/sample-logs/content-filter.log");
    let sample = fs::read(sample).unwrap();
    let log = folder.0.join("mail.log");
    // Enough that a second thread takes part, and cut within a line.
    let mut content = sample.repeat((9 << 20) / sample.len());
    content.truncate(content.len() - 20);
    fs::write(&log, content).unwrap();
    let report = |words: &[&str]| {
        let (status, out, err) = texts(&folder.pfsum().args(words).arg(&log).output().unwrap());
        assert_eq!((status, err.as_str()), (Some(0), ""), "{words:?}");
        out
    };
    let all = &["--format", "json"] as &[&str];
    let period = &["--format", "json", "-d", "2026-08-21T09:10..2026-08-21T09:20"];
    for words in [all, period] {
        let one = report(&[words, &["--threads", "1"]].concat());
        for threads in [&["--threads", "2"] as &[&str], &["--threads", "7"], &[]] {
            assert!(report(&[words, threads].concat()) == one, "{words:?}, {threads:?}");
        }
    }
}

#[test]
fn a_long_report_is_the_same_with_any_number_of_threads() {
    let folder = Folder::new("long");
    let log = folder.0.join("mail.log");
    // Enough clients that a second thread makes a part of the report.
    let refused = |n: u32| {
        format!(
            "Nov 22 03:14:07 mx postfix/smtpd[1]: NOQUEUE: reject: RCPT from h{n}.example.org\
             [198.51.{}.{}]: 554 5.7.1 <u@example.com>: Relay access denied; \
             from=<s@h{n}.example.net> to=<u@example.com> proto=ESMTP helo=<h>\n",
            n / 250,
            n % 250
        )
    };
    fs::write(&log, (0..6_000).map(refused).collect::<String>()).unwrap();
    for form in ["text", "json", "html"] {
        let report = |threads: &str| {
            let words = ["--threads", threads, "--whole-domains", "--format", form];
            let (status, out, err) = texts(&folder.pfsum().args(words).arg(&log).output().unwrap());
            assert_eq!((status, err.as_str()), (Some(0), ""), "{words:?}");
            out
        };
        let one = report("1");
        assert!(one.contains("h5999.example.org") || form == "html", "{one}");
        assert!(report("2") == one && report("7") == one, "{form}");
    }
}
