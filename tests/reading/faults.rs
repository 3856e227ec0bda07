//! What is wrong is said in one line that names the file; the rest counts.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::lay::{fed, pfsum, put, ran, run, sample, seconds, steady, tool};
use crate::periods::totals;
use crate::support::{Folder, pack};

pub(crate) const WRITTEN: u64 = 1_795_000_000;

pub(crate) fn good(folder: &Folder) -> (String, String) {
    let path = put(folder, "good.log", &sample("quiet-day.log"), WRITTEN);
    let path = path.to_str().unwrap().to_owned();
    let report = run(&[&path]).sound();
    (path, report)
}

#[test]
fn a_file_that_cannot_be_read_is_named_and_the_others_are_counted() {
    let folder = Folder::new("faults");
    let (good, report) = good(&folder);
    let empty = folder.0.join("empty");
    fs::create_dir(&empty).unwrap();
    let secret = put(&folder, "secret", b"x\n", WRITTEN);
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o000)).unwrap();
    // As `tar` and `zip` put a log's first line behind a header.
    let log = fs::read(&good).unwrap();
    let tar = [&b"mail.log"[..], &[0; 249], b"ustar\x0000", &[0; 248], &log].concat();
    let zip = [&b"PK\x03\x04\x14\0"[..], b"mail.log", &[7; 99]].concat();
    let mut faults = vec![
        (put(&folder, "logs.tar", &tar, WRITTEN), "logs.tar: is a tar archive, not a log: take"),
        (put(&folder, "logs.tgz", &pack("gz", &tar), WRITTEN), "logs.tgz: is a tar archive, not"),
        (put(&folder, "logs.zip", &zip, WRITTEN), "logs.zip: is a zip archive, not a log: take"),
        (folder.0.join("nothing"), "nothing: no such file or directory"),
        (empty, "empty: no mail logs in this directory"),
        ("/dev/zero".into(), "/dev/zero: is a device, not a log"),
        #[cfg(target_os = "linux")]
        ("/proc/self/mem".into(), "/proc/self/mem: input/output error"),
        (put(&folder, "void.gz", b"", WRITTEN), "void.gz: gzip: "),
        (folder.0.join(OsStr::from_bytes(b"new\nline \xff")), "new\\nline \u{fffd}: no such file"),
    ];
    if fs::read(&secret).is_err() {
        faults.push((secret, "secret: permission denied"));
    }
    for (path, said) in faults {
        // Alone there is nothing to count, and nothing more to say.
        run(&[&path]).says(said, 1);
        let words = [path.as_os_str(), OsStr::new(&good)];
        assert!(run(&words).says(said, 1) == report, "{path:?}");
    }
}

/// Nobody keeps a log from being read by a word in its first line.
#[test]
fn a_log_that_speaks_of_archives_is_none() {
    let folder = Folder::new("archives");
    let log = steady(seconds(2026, 11, 1), seconds(2026, 11, 2), 60);
    let all = totals(&run(&[put(&folder, "all.log", log.as_bytes(), WRITTEN)]).sound()).0;
    for shift in 0..5 {
        let helo = [&"ustar"[shift..], &"ustar".repeat(60)].concat();
        let first = format!("Nov  1 00:00:00 mx1 postfix/smtpd[7]: NOQUEUE: reject: {helo}\n");
        let path = put(&folder, "helo.log", (first + &log).as_bytes(), WRITTEN);
        assert_eq!(totals(&run(&[path]).sound()).0, all);
    }
}

#[test]
fn what_stands_before_the_damage_counts() {
    let folder = Folder::new("damage");
    let log = steady(seconds(2026, 11, 1), seconds(2026, 11, 2), 60);
    let all = totals(&run(&[put(&folder, "all.log", log.as_bytes(), WRITTEN)]).sound()).0;
    for (codec, fault) in [("gz", "gzip"), ("xz", "xz"), ("zst", "zstd"), ("bz2", "bzip2")] {
        let mut packed = pack(codec, log.as_bytes());
        // A frame that is whole, and one that is cut.
        packed.extend_from_within(..packed.len() / 2);
        let path = put(&folder, &format!("cut.{codec}"), &packed, WRITTEN);
        let out = run(&[&path]).says(&format!("cut.{codec}: {fault}: "), 1);
        assert!(totals(&out).0 >= all, "{codec}: {out}");
    }
}

#[test]
fn a_log_that_is_none_is_named_with_its_number_of_lines() {
    let folder = Folder::new("none");
    let (good, report) = good(&folder);
    let other = "Nov 22 03:14:07 mx1 sshd[1]: session opened\n".repeat(1200);
    let other = put(&folder, "auth.log", other.as_bytes(), WRITTEN);
    let letter = put(&folder, "letter", b"Dear all,\nnothing here.\n", WRITTEN);
    let empty = put(&folder, "fresh.log", b"", WRITTEN);
    let line = "/var/log/mail.log.1:Nov 22 03:14:07 mx1 postfix/qmgr[712]: 7A1E04C21B: removed\n";
    let grepped = put(&folder, "grepped", line.repeat(3).as_bytes(), WRITTEN);
    let names = "grepped: 3 lines, none of them a syslog line: a file's name stands in front, as \
                 grep writes it; name the files to pfsum, or call grep with -h";
    for (path, said) in [
        (&grepped, names),
        (&other, "auth.log: 1,200 lines, none of them from Postfix"),
        (&letter, "letter: 2 lines, none of them a syslog line"),
        (&empty, "fresh.log: empty"),
    ] {
        run(&[path]).says(said, 1);
    }
    // What is wrong with one is not said of another.
    for pair in [[&grepped, &letter], [&letter, &grepped]] {
        let said = run(&pair).err;
        assert!(said.lines().count() == 2 && !said.contains("grep writes"), "{said}");
    }
    // Beside a log it is named as well, unless it is empty, which is no fault.
    let with_good = |path: &std::path::Path| run(&[path.as_os_str(), OsStr::new(&good)]);
    assert!(with_good(&other).says("auth.log: 1,200 lines", 0) == report);
    assert!(with_good(&empty).sound() == report);
    // A name that begins like a log's is none of its parts.
    let prefix = put(&folder, "good", b"hello\n", WRITTEN);
    let said = "good: 1 line, none of them a syslog line";
    assert!(with_good(&prefix).says(said, 0) == report);
    let rotated = put(&folder, "good.log.1", b"hello\n", WRITTEN - 1);
    assert!(with_good(&rotated).says("good.log.1: 1 line, none", 0) == report);
}

#[test]
fn a_log_just_rotated_has_its_lines_of_postfix_in_the_sibling() {
    let folder = Folder::new("rotated");
    let day = seconds(2026, 11, 22);
    put(&folder, "mail.log.1", steady(day, day + 86_400, 600).as_bytes(), day + 86_400);
    let live = put(
        &folder,
        "mail.log",
        b"Nov 23 00:00:01 mx1 rsyslogd: [origin software=\"rsyslogd\"] rsyslogd was HUPed\n",
        day + 86_401,
    );
    let out = run(&[OsStr::new("-d"), OsStr::new("yesterday"), live.as_os_str()]).sound();
    assert_eq!(totals(&out), (144, 144));
}

#[test]
fn flaws_inside_a_log_cost_their_own_lines_only() {
    let folder = Folder::new("flaws");
    let (_, report) = good(&folder);
    let log = String::from_utf8(sample("quiet-day.log")).unwrap();
    let (head, tail) = log.split_at(log.match_indices('\n').nth(99).unwrap().0 + 1);
    let impossible = "Feb 30 03:14:07 mx1 postfix/qmgr[712]: 4A1E04C21B: removed\n".repeat(3);
    for (name, flaw, said) in [
        (
            "february",
            impossible.as_bytes(),
            "february: 3 lines are left out: there are no such dates; the first is line 101",
        ),
        ("nuls", b"Sep\0\0\0\0\0\0 junk\n", "nuls: line 101 is left out: it has NUL bytes"),
        (
            "wide",
            &[vec![b'x'; 2 << 20], vec![b'\n']].concat(),
            "wide: 1 line left out: longer than 1 MiB",
        ),
    ] {
        let content = [head.as_bytes(), flaw, tail.as_bytes()].concat();
        let path = put(&folder, name, &content, WRITTEN);
        assert!(run(&[path]).says(said, 0) == report, "{name}");
    }
    // A line cut in the middle, other programs' chatter, and bytes that are not
    // UTF-8 are what logs have.
    let silent: [(&str, &[u8]); 4] = [
        ("half", b"ix/smtpd[1]: connect from a.example[192.0.2.1]\n"),
        ("latin", b"Sep 23 05:00:00 mx1 cron[1]: \xe4\xf6\xfc\n"),
        ("million", &[vec![b'x'; 1_000_000], vec![b'\n']].concat()),
        // What a crash leaves is NULs in front of the next line.
        ("crash", b"\0\0\0\0\0\0\0\0Sep 23 05:00:00 mx1 cron[1]: back\n"),
    ];
    for (name, flaw) in silent {
        let content = [head.as_bytes(), flaw, tail.as_bytes()].concat();
        let path = put(&folder, name, &content, WRITTEN);
        assert!(run(&[path]).sound() == report, "{name}");
    }
}

#[test]
fn the_second_60_is_a_leap_second() {
    let folder = Folder::new("leap");
    let line = |second: &str| {
        format!(
            "Nov 22 23:59:{second} mx1 postfix/smtpd[1]: NOQUEUE: reject: RCPT from a.example[192.0.2.1]: 550 5.7.1 no; from=<x@example.net> to=<y@example.org> proto=ESMTP helo=<a>\n"
        )
    };
    let report = |name, second| {
        run(&[put(&folder, name, line(second).as_bytes(), WRITTEN + 500_000)]).sound()
    };
    assert_eq!(report("sixty", "60"), report("fifty-nine", "59"));
}

#[test]
fn lines_that_are_not_understood_are_written_out_as_they_are() {
    let folder = Folder::new("unprocessed");
    let odd = [
        &b"Sep 23 05:00:00 mx1 postfix/qmgr[712]: 4A1E04C21B: \xff never heard of this"[..],
        b"no header at all",
    ]
    .join(&b'\n');
    let log = [sample("quiet-day.log"), odd.clone(), b"\n".to_vec()].concat();
    let path = put(&folder, "mail.log.1", &log, WRITTEN);
    let to = folder.0.join("unprocessed");
    let words = [OsStr::new("--unprocd-file"), to.as_os_str(), path.as_os_str()];
    run(&words).sound();
    assert_eq!(fs::read(&to).unwrap(), [odd, b"\n".to_vec()].concat());
    let full = [OsStr::new("--unprocd-file"), OsStr::new("/dev/full"), path.as_os_str()];
    run(&full).says("/dev/full: ", 2);
}

#[test]
fn one_host_or_instance_of_a_log_is_the_log_of_that_host_or_instance() {
    let folder = Folder::new("selected");
    for (name, word, wanted, fits) in [
        ("two-hosts.log", "--host", "mx1", " mx1 "),
        ("multi-instance.log", "--instance", "postfix-in", " postfix-in/"),
    ] {
        let log = String::from_utf8(sample(name)).unwrap();
        let own: String = log.split_inclusive('\n').filter(|line| line.contains(fits)).collect();
        assert!(!own.is_empty() && own.len() < log.len(), "{name}");
        let all = put(&folder, name, log.as_bytes(), WRITTEN);
        let own = put(&folder, "own", own.as_bytes(), WRITTEN);
        let limited = run(&[OsStr::new(word), OsStr::new(wanted), all.as_os_str()]).sound();
        assert_eq!(limited, run(&[&own]).sound(), "{name}");
        assert_ne!(limited, run(&[&all]).sound(), "{name}");
        run(&[OsStr::new(word), OsStr::new("nobody"), all.as_os_str()])
            .says("no line of nobody; the hosts are ", 1);
    }
}

#[test]
fn a_repetition_means_the_line_before_of_the_same_host() {
    let folder = Folder::new("repeated");
    let reject = |second: u64, host: &str, client: u64| {
        format!(
            "Nov 22 03:14:{second:02} {host} postfix/smtpd[1]: NOQUEUE: reject: RCPT from a.example[192.0.2.{client}]: 550 5.7.1 no; from=<x@example.net> to=<y@example.org> proto=ESMTP helo=<a>\n"
        )
    };
    let again = |second: u64, host: &str| {
        format!("Nov 22 03:14:{second:02} {host} last message repeated 2 times\n")
    };
    let noise = "Nov 22 03:14:30 mx3 sshd[1]: session opened\n".repeat(20);
    let short = [
        reject(1, "mx1", 1),
        reject(2, "mx2", 2),
        again(9, "mx1"),
        again(10, "mx1"),
        noise.clone(),
        again(40, "mx2"),
    ]
    .concat();
    let long = [
        reject(1, "mx1", 1),
        reject(2, "mx2", 2),
        reject(9, "mx1", 1),
        reject(9, "mx1", 1),
        reject(10, "mx1", 1),
        reject(10, "mx1", 1),
        noise,
        reject(40, "mx2", 2),
        reject(40, "mx2", 2),
    ]
    .concat();
    let short_path = put(&folder, "short", short.as_bytes(), WRITTEN + 500_000);
    let expected = run(&[put(&folder, "long", long.as_bytes(), WRITTEN + 500_000)]).sound();
    assert_eq!(run(&[&short_path]).sound(), expected);
    // A rotation between a line and its repetition.
    let cut = short.find("Nov 22 03:14:09").unwrap();
    put(&folder, "mail.log.1", &short.as_bytes()[..cut], WRITTEN + 400_000);
    let live = put(&folder, "mail.log", &short.as_bytes()[cut..], WRITTEN + 500_000);
    let all = [folder.0.join("mail.log.1"), live];
    assert_eq!(run(&all).sound(), expected);
}

#[test]
fn a_live_log_counts_its_last_line_only_with_its_newline() {
    let line = "mx1 postfix/smtpd[1]: NOQUEUE: reject: RCPT from a.example[192.0.2.1]: 550 5.7.1 no; from=<x@example.net> to=<y@example.org> proto=ESMTP helo=<a>";
    // What is just being written is told by the real clock.
    let rejected = |words: &[PathBuf], input: Option<&str>| {
        let mut command = pfsum(words);
        command.env_remove("PFSUM_NOW").args(["--format", "json"]);
        let ran = match input {
            Some(input) => fed(&mut command, input.as_bytes()),
            None => ran(&mut command),
        };
        let report: serde_json::Value = serde_json::from_str(&ran.sound()).unwrap();
        report["totals"]["rejected"].as_u64().unwrap()
    };
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    for (days_old, live) in [(0, 1), (3, 2)] {
        let (year, month, day) =
            pfsum::syslog::civil_from_days((now / 86_400 - days_old).try_into().unwrap());
        let line = format!("{year}-{month:02}-{day:02}T00:00:00+00:00 {line}");
        let log = format!("{line}\n{line}");
        let folder = Folder::new(&format!("live-{days_old}"));
        let named = |name| folder.put(name, log.as_bytes());
        // A copy of an old log is whole, however new the copy is.
        assert_eq!(rejected(&[named("mail.log")], None), live);
        assert_eq!(rejected(&[named("mail.log.1")], None), 2);
        assert_eq!(rejected(&[], Some(&log)), 2);
        let earlier = put(&folder, "earlier.log", log.as_bytes(), now - 500);
        assert_eq!(rejected(&[earlier], None), 2);
    }
}

#[test]
fn a_log_truncated_while_it_is_read_counts_whole_lines_only() {
    use pfsum::input::{Block, Reader};
    use pfsum::summary::{Origin, Summary};
    let folder = Folder::new("truncated");
    let log = steady(seconds(2026, 11, 1), seconds(2026, 11, 2), 60);
    let path = folder.put("mail.log", log.as_bytes());
    let mut config = pfsum::Config::default();
    config.reading.now = 1_795_435_200;
    let mut summary = Summary::new(config);
    let mut reader = Reader::open(&path).unwrap();
    summary.begin(Origin { written: 1_795_435_200, grows: true, ..Origin::default() });
    let mut block = Block::new();
    let mut lines = 0;
    while reader.fill(&mut block).unwrap() {
        assert!(summary.take(&mut block));
        lines += block.lines().count() as u64;
        // What `copytruncate` does, in the middle of a line.
        fs::File::options().write(true).open(&path).unwrap().set_len(0).unwrap();
    }
    summary.end(reader.overlong(), false);
    let reading = summary.reading;
    assert!(lines > 100 && lines < log.lines().count() as u64);
    assert_eq!((reading.lines, reading.postfix_lines), (lines, lines));
    assert_eq!((reading.unreadable, reading.not_understood), (0, 0));
}

#[test]
fn a_terminal_is_not_waited_for() {
    // script(1) gives the program a terminal.
    let Some(script) = tool("script") else { return };
    let output = std::process::Command::new(script)
        .args(["-qec", &format!("{} -", env!("CARGO_BIN_EXE_pfsum")), "/dev/null"])
        .stdin(std::process::Stdio::null())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(said.contains("is a terminal"), "{said}");
}

#[test]
fn a_reader_of_the_report_that_goes_away_is_no_failure() {
    let folder = Folder::new("reader");
    // More than is gathered before it is written.
    let log = steady(seconds(2026, 11, 1), seconds(2026, 11, 2), 30);
    let path = put(&folder, "mail.log", log.as_bytes(), WRITTEN);
    for format in ["text", "json"] {
        let words = ["-e".as_ref(), "--format".as_ref(), format.as_ref(), path.as_os_str()];
        assert!(ran(&mut pfsum(&words)).sound().len() > 1 << 17, "{format}");
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = pfsum(&words).stdout(writer).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!((output.status.code(), said.as_ref()), (Some(0), ""), "{format}");
    }
}

#[test]
fn inputs_are_listed_with_what_was_decided() {
    let folder = Folder::new("listed");
    for (age, name) in [(2, "mail.log.2.gz"), (1, "mail.log.1"), (0, "mail.log")] {
        let day = seconds(2026, 11, 22) - age * 86_400;
        let log = steady(day, day + 86_400, 3600);
        let content = if age == 2 { pack("gz", log.as_bytes()) } else { log.into_bytes() };
        put(&folder, name, &content, day + 86_400);
    }
    let live = folder.0.join("mail.log");
    let words =
        [OsStr::new("--list-inputs"), OsStr::new("-d"), OsStr::new("2026-11-21"), live.as_os_str()];
    let out = ran(&mut pfsum(&words)).sound();
    let rows: Vec<Vec<&str>> = out
        .lines()
        .map(|line| line.split("  ").filter(|cell| !cell.is_empty()).map(str::trim).collect())
        .collect();
    let ends: Vec<&str> = rows.iter().map(|row| *row.last().unwrap()).collect();
    assert_eq!(ends, ["lines in period", "read", "read", "read"], "{out}");
    let lines: Vec<&str> = rows.iter().map(|row| row[row.len() - 2]).collect();
    assert_eq!(lines[1..], ["0", "168", "0"], "{out}");
    assert!(out.contains("gzip") && out.contains("2026-11-21 00:00:00"), "{out}");
}

#[test]
fn the_list_of_inputs_says_what_became_of_each() {
    let folder = Folder::new("reasons");
    let day = seconds(2026, 11, 22);
    let log = |day| steady(day, day + 86_400, 3600).into_bytes();
    let older = put(&folder, "older.log", &log(day - 5 * 86_400), day - 4 * 86_400);
    let early = put(&folder, "early.log", &log(day), day + 86_400);
    let copy = put(&folder, "copy.gz", &pack("gz", &log(day)), day + 86_400);
    let later = put(&folder, "later.log", &log(day + 5 * 86_400), day + 6 * 86_400);
    let mut cut = pack("gz", &log(day));
    cut.truncate(cut.len() / 2);
    cut.splice(0..0, pack("gz", &log(day - 86_400)));
    let cut = put(&folder, "cut.gz", &cut, day + 86_400);
    let gone = folder.0.join("gone");
    let paths = [older, early, copy, later, cut, gone];
    let words = ["--list-inputs", "--now", "2026-12-01T12:00:00", "-d", "2026-11-22"];
    let words: Vec<&OsStr> =
        words.iter().map(OsStr::new).chain(paths.iter().map(|path| path.as_os_str())).collect();
    let ran = ran(&mut pfsum(&words));
    assert_eq!(ran.status, 1, "{}", ran.out);
    for (name, verdict) in [
        ("older.log", "skipped: ends before the period"),
        ("early.log", "168  read"),
        ("copy.gz", &format!("skipped: its lines are in {}", paths[1].display())),
        ("later.log", "skipped: begins after the period"),
        ("cut.gz", "read up to what is wrong with it"),
        ("not read: ", "gone: no such file or directory"),
    ] {
        let path = folder.0.join(name).display().to_string();
        let begins = if name.ends_with(' ') { name } else { &path };
        let row = ran.out.lines().find(|row| row.starts_with(begins)).expect(name);
        assert!(row.ends_with(verdict), "{}", ran.out);
    }
}
