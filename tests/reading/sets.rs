//! One log in many shapes gives one report.

use std::fs::File;
use std::path::{Path, PathBuf};

use crate::lay::{cut, pfsum, piped, put, ran, run, sample, seconds, steady};
use crate::support::{CODECS, Folder, pack};

/// February 2009 in seven files, the youngest without a number; last written as
/// rotation leaves them.
fn week(folder: &Folder, codec_of: impl Fn(usize) -> &'static str) -> Vec<PathBuf> {
    let log = sample("february-2009.log");
    let pieces = cut(&log, 7);
    let written = |age: usize| seconds(2009, 2, 18) + 9 * 3600 + 200 - age as u64 * 60;
    (0..7)
        .map(|age| {
            let codec = if age == 0 { "plain" } else { codec_of(age) };
            let name = match (age, codec) {
                (0, _) => "mail.log".to_owned(),
                (_, "plain") => format!("mail.log.{age}"),
                _ => format!("mail.log.{age}.{codec}"),
            };
            put(folder, &name, &pack(codec, pieces[6 - age]), written(age))
        })
        .collect()
}

/// What every shape must give: all of it, and one day of it.
fn asked(shape: &str, report: impl Fn(&[&str]) -> String) {
    let folder = Folder::new("whole");
    let whole = put(&folder, "whole.log", &sample("february-2009.log"), seconds(2009, 2, 19));
    let whole = whole.to_str().unwrap();
    for words in [
        &["-e"] as &[&str],
        &["-d", "2009-02-17"],
        &["-d", "2009-02-16T18:00..2009-02-17T06:00", "-e"],
    ] {
        let expected = run(&[words, &[whole]].concat()).sound();
        assert!(report(words) == expected, "{shape} {words:?}");
        assert!(expected.contains("101") || words != ["-d", "2009-02-17"], "{expected}");
    }
}

#[test]
fn seven_rotated_files_in_every_codec_and_in_any_order_are_one_log() {
    for codec in CODECS {
        let folder = Folder::new("week");
        let mut paths = week(&folder, |_| codec);
        for turn in 0..3 {
            paths.rotate_left(turn * 2);
            paths.swap(1, 4);
            asked(codec, |words| {
                run(&[words, &paths.iter().map(|path| path.to_str().unwrap()).collect::<Vec<_>>()]
                    .concat())
                .sound()
            });
        }
    }
}

#[test]
fn a_folder_of_all_codecs_is_one_log() {
    let folder = Folder::new("folder");
    week(&folder, |age| CODECS[age % 5]);
    asked("folder", |words| run(&[words, &[folder.0.to_str().unwrap()]].concat()).sound());
}

#[test]
fn a_period_brings_the_rotated_siblings_it_needs() {
    let folder = Folder::new("siblings");
    let live = week(&folder, |age| CODECS[age % 5]).swap_remove(0);
    let live = live.to_str().unwrap();
    let all = run(&["-d", "2009-02-17", folder.0.to_str().unwrap()]).sound();
    assert!(run(&["-d", "2009-02-17", live]).sound() == all);
    assert!(run(&["-d", "2009-02-17", "--no-rotated", live]).sound() != all);
    assert!(run(&[live]).sound() != run(&[folder.0.to_str().unwrap()]).sound());
}

#[test]
fn a_pipe_a_redirection_and_a_compressed_pipe_are_the_same_log() {
    let log = sample("february-2009.log");
    let with_now = |words: &[&str]| {
        let mut all = vec!["--now", "2009-02-19T00:00:00"];
        all.extend_from_slice(words);
        all.into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    asked("pipe", |words| piped(&with_now(words), &log).sound());
    asked("pipe as -", |words| piped(&with_now(&[words, &["-"]].concat()), &log).sound());
    for codec in CODECS {
        let packed = pack(codec, &log);
        asked(codec, |words| piped(&with_now(words), &packed).sound());
    }
    let folder = Folder::new("redirected");
    let path = put(&folder, "a.log", &log, seconds(2009, 2, 19));
    asked("redirection", |words| {
        ran(pfsum(words).arg("--classic").stdin(File::open(&path).unwrap())).sound()
    });
}

#[test]
fn a_log_named_twice_or_caught_while_it_is_compressed_is_read_once() {
    let folder = Folder::new("twice");
    let paths = week(&folder, |_| "plain");
    let copy = put(
        &folder,
        "mail.log.3.gz",
        &pack("gz", &std::fs::read(&paths[3]).unwrap()),
        seconds(2009, 2, 18),
    );
    let names: Vec<&str> =
        paths.iter().chain([&copy, &paths[2]]).map(|path| path.to_str().unwrap()).collect();
    asked("twice", |words| run(&[words, &names].concat()).sound());
}

/// One line of a log as journalctl(1) takes it apart.
struct Entry<'l> {
    /// Seconds since 1970.
    at: i64,
    stamp: &'l str,
    host: &'l str,
    tag: &'l str,
    pid: &'l str,
    message: &'l str,
}

/// The lines of February 2009.
fn entries(log: &str) -> impl Iterator<Item = Entry<'_>> {
    log.lines().map(|line| {
        let (stamp, rest) = line.split_at(15);
        let (host, rest) = rest[1..].split_once(' ').unwrap();
        let (tag, message) = rest.split_once(": ").unwrap();
        let (tag, pid) = tag.trim_end_matches(']').split_once('[').unwrap_or((tag, "1"));
        let number = |from: usize, to: usize| stamp[from..to].trim().parse::<i64>().unwrap();
        assert!(stamp.starts_with("Feb "), "{line}");
        let days = pfsum::syslog::days_from_civil(2009, 2, number(4, 6).try_into().unwrap());
        let at =
            days.unwrap() * 86_400 + number(7, 9) * 3600 + number(10, 12) * 60 + number(13, 15);
        Entry { at, stamp, host, tag, pid, message }
    })
}

impl Entry<'_> {
    /// As `journalctl -o FORM` prints it on a clock that shows UTC.
    fn printed(&self, form: &str) -> String {
        let Self { at, stamp, host, tag, pid, message } = self;
        let (day, time) = (stamp[4..6].replace(' ', "0"), &stamp[7..]);
        // 1 February 2009 was a Sunday.
        let weekday = ["Sat", "Sun", "Mon", "Tue", "Wed", "Thu", "Fri"];
        let weekday = weekday[day.parse::<usize>().unwrap() % 7];
        let begin = match form {
            "short" => (*stamp).to_owned(),
            "short-precise" => format!("{stamp}.000000"),
            "short-iso" => format!("2009-02-{day}T{time}+0000"),
            "short-iso-precise" => format!("2009-02-{day}T{time}.000000+00:00"),
            "short-full" => format!("{weekday} 2009-02-{day} {time} UTC"),
            "short-unix" => format!("{at}.000000"),
            "json" => {
                let entry = serde_json::json!({
                    "__REALTIME_TIMESTAMP": format!("{at}000000"), "_HOSTNAME": host,
                    "SYSLOG_IDENTIFIER": tag, "SYSLOG_PID": pid, "_PID": "4711", "MESSAGE": message,
                });
                return format!("{entry}\n");
            }
            "json with bytes" => {
                let bytes = message.as_bytes();
                return self.printed("json").replace(
                    &serde_json::json!(message).to_string(),
                    &serde_json::json!(bytes).to_string(),
                );
            }
            "export" => {
                return format!(
                    "__CURSOR=s=1\n__REALTIME_TIMESTAMP={at}000000\n_HOSTNAME={host}\n\
                     SYSLOG_IDENTIFIER={tag}\n_PID=4711\nSYSLOG_PID={pid}\nMESSAGE={message}\n\n"
                );
            }
            other => panic!("no form {other}"),
        };
        format!("{begin} {host} {tag}[{pid}]: {message}\n")
    }
}

#[test]
fn the_forms_of_a_journal_are_one_log() {
    let folder = Folder::new("forms");
    let log = String::from_utf8(sample("february-2009.log")).unwrap();
    let forms = ["short", "short-precise", "short-iso", "short-iso-precise", "short-full"];
    for form in forms.into_iter().chain(["short-unix", "json", "json with bytes", "export"]) {
        let printed: String = entries(&log).map(|entry| entry.printed(form)).collect();
        let path = put(&folder, form, printed.as_bytes(), seconds(2009, 2, 19));
        asked(form, |words| run(&[words, &[path.to_str().unwrap()]].concat()).sound());
        let now = ["--now", "2009-02-19T00:00:00"];
        asked(form, |words| piped(&[&now, words].concat(), printed.as_bytes()).sound());
    }
}

#[test]
fn samples_of_one_log_in_two_forms_give_one_report() {
    let sample = |name| Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-logs").join(name);
    let report = |name| run(&[sample(name).as_os_str(), "-e".as_ref()]).sound();
    assert_eq!(report("journal.json"), report("journal.export"));
    assert_eq!(report("rfc5424.log"), report("rfc3339.log"));
}

#[test]
fn the_journal_is_asked_for_the_period_and_its_margin_only() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new("journal");
    let entries = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-logs/journal.export");
    let script = format!(
        "#!/bin/sh\necho \"$@\" >{}/asked\n[ \"$1\" = --version ] || exec /bin/cat {}\n",
        folder.0.display(),
        entries.display()
    );
    let program = folder.put("journalctl", script.as_bytes());
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    let mut command = pfsum(&["--journal", "--classic", "-d", "2026-10-06"]);
    let report = ran(command.env("PATH", &folder.0).env("TZ", "Europe/Berlin")).sound();
    let asked = std::fs::read_to_string(folder.0.join("asked")).unwrap();
    // 2026-10-05 23:00 to 2026-10-07 00:59:59 on a clock two hours ahead of UTC.
    assert!(
        asked.contains("--since=@1791234000 ") && asked.contains("--until=@1791327599 "),
        "{asked}"
    );
    let mut command =
        pfsum(&["--classic".as_ref(), entries.as_os_str(), "-d".as_ref(), "2026-10-06".as_ref()]);
    assert_eq!(report, ran(command.env("TZ", "Europe/Berlin")).sound());
}

/// The lines of a log whose numbers a choice takes.
fn some_lines(log: &[u8], takes: impl Fn(usize) -> bool) -> Vec<u8> {
    let lines = log.split_inclusive(|byte| *byte == b'\n').enumerate();
    lines.filter(|(number, _)| takes(*number)).flat_map(|(_, line)| line.to_vec()).collect()
}

#[test]
fn two_logs_that_share_lines_are_told() {
    let folder = Folder::new("shared");
    let log = steady(seconds(2026, 11, 1), seconds(2026, 11, 4), 60);
    let (log, many) = (log.as_bytes(), log.lines().count());
    let day = |day| seconds(2026, 11, day);
    let head = put(&folder, "head.log", &some_lines(log, |n| n < many / 2), day(3));
    let tail = put(&folder, "tail.log", &some_lines(log, |n| n > many / 3), day(4));
    let few = put(&folder, "few.log", &some_lines(log, |n| n % 40 == 5), day(4));
    // As rsyslog has it on Debian: warnings in a file of their own, too.
    let old = pack("gz", &some_lines(log, |n| n < many / 2));
    put(&folder, "mail.log.1.gz", &old, day(3));
    let live = put(&folder, "mail.log", &some_lines(log, |n| n >= many / 2), day(4));
    let older = folder.0.join("mail.log.1.gz");
    for (paths, of, with) in [
        (&[&head, &tail] as &[&PathBuf], &tail, &head),
        (&[&tail, &head], &tail, &head),
        (&[&few, &head], &few, &head),
        // The one with few lines begins earlier.
        (&[&few, &tail], &tail, &few),
        (&[&older, &live, &few], &few, &older),
    ] {
        let said = format!(
            "pfsum: {}: lines of it are in {}, too, and are counted twice\n",
            of.display(),
            with.display()
        );
        let ran = run(paths);
        assert!(ran.err.starts_with(&said) && ran.status == 0, "{paths:?}: {}", ran.err);
    }
    assert!(run(&[&older, &live]).sound() == run(&[folder.put("all.log", log)]).sound());
}

#[test]
fn logs_of_one_time_that_share_nothing_are_silent() {
    let folder = Folder::new("apart");
    let log = steady(seconds(2026, 11, 1), seconds(2026, 11, 3), 60);
    let other = log.replace(" mx1 ", " mx2 ");
    let put = |name: &str, log: &[u8]| put(&folder, name, log, seconds(2026, 11, 3));
    let (one, other) = (put("mx1.log", log.as_bytes()), put("mx2.log", other.as_bytes()));
    run(&[&one, &other]).sound();
    let even = put("even.log", &some_lines(log.as_bytes(), |number| number % 2 == 0));
    let odd = put("odd.log", &some_lines(log.as_bytes(), |number| number % 2 == 1));
    run(&[&even, &odd]).sound();
}
