//! Sets of files: which belong together, in which order, which are needed.

use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use pfsum::input::{Named, STDIN, Sources, Stream, Verdict};

use crate::support::{CODECS, Folder, drain, log, pack, stream, text};

/// When the first line with a stamp was written.
fn stamp_of(lines: &mut dyn Iterator<Item = &[u8]>, _: Option<SystemTime>) -> Option<i64> {
    let mut times = lines.filter_map(time_of);
    times.next()
}

/// Days since the first of November, for stamps of November; the last day of
/// the month may be followed by December.
fn time_of(line: &[u8]) -> Option<i64> {
    let line = std::str::from_utf8(line).ok()?;
    let month = ["Nov", "Dec"].iter().position(|month| line.starts_with(month))?;
    let number = |from: usize, to: usize| line.get(from..to)?.trim().parse::<i64>().ok();
    let days = i64::try_from(month).ok()? * 30 + number(4, 6)? - 1;
    Some(days * 86_400 + number(7, 9)? * 3600 + number(10, 12)? * 60 + number(13, 15)?)
}

/// The first second of a day of November.
fn day(day: i64) -> i64 {
    (day - 1) * 86_400
}

/// A day's log: some lines all over a day of November.
fn day_log(day: u32) -> Vec<u8> {
    let mut log = Vec::new();
    for hour in 0..24 {
        writeln!(
            log,
            "Nov {day:2} {hour:02}:00:07 mx1 postfix/qmgr[712]: {day:X}A{hour:X}: removed"
        )
        .unwrap();
    }
    log
}

fn find(paths: &[PathBuf], with_rotated: bool) -> Sources {
    let named: Vec<Named> = paths.iter().cloned().map(Named::Path).collect();
    Sources::find(&named, with_rotated, None, &stamp_of)
}

fn names(sources: &Sources) -> Vec<String> {
    let name = |path: &Path| path.file_name().unwrap().to_string_lossy().into_owned();
    sources.list.iter().map(|source| name(source.path())).collect()
}

fn content(sources: &mut Sources) -> Vec<u8> {
    let mut bytes = Vec::new();
    for source in &mut sources.list {
        let all = drain(source.open().unwrap());
        assert!(all.error.is_none(), "{:?}", all.error);
        bytes.extend(all.bytes);
    }
    bytes
}

/// Seven days in the codecs and names that rotation may give them.
fn week(folder: &Folder, names: &[(&str, &str); 7]) -> Vec<PathBuf> {
    names
        .iter()
        .zip(16..)
        .map(|((name, codec), day)| folder.put(name, &pack(codec, &day_log(day))))
        .collect()
}

const DATED: [(&str, &str); 7] = [
    ("mail.log-20261117.xz", "xz"),
    ("mail.log-20261118.gz", "gz"),
    ("mail.log-20261119.zst", "zst"),
    ("mail.log-20261120.bz2", "bz2"),
    ("mail.log-2026112100.gz", "gz"),
    ("mail.log-20261122", "plain"),
    ("mail.log", "plain"),
];

const NUMBERED: [(&str, &str); 7] = [
    ("mail.log.10.xz", "xz"),
    ("mail.log.5.gz", "gz"),
    ("mail.log.4.zst", "zst"),
    ("mail.log.3.bz2", "bz2"),
    ("mail.log.2.gz", "gz"),
    ("mail.log.1", "plain"),
    ("mail.log", "plain"),
];

#[test]
fn arguments_in_any_order_give_the_order_of_time() {
    let folder = Folder::new("order");
    let paths = week(&folder, &NUMBERED);
    let expected: Vec<u8> = (16..23).flat_map(day_log).collect();
    for shift in 0..7 {
        let mut shuffled = paths.clone();
        shuffled.rotate_left(shift);
        shuffled.swap(1, 4);
        assert_eq!(text(&content(&mut find(&shuffled, false))), text(&expected));
        shuffled.extend(paths.iter().take(shift).cloned());
        assert_eq!(text(&content(&mut find(&shuffled, true))), text(&expected), "some named twice");
    }
}

#[test]
fn rotated_siblings_are_found_and_others_are_not() {
    for names_of in [DATED, NUMBERED] {
        let folder = Folder::new("siblings");
        let paths = week(&folder, &names_of);
        for stranger in ["mail.err.1", "mail.logs", "syslog.1", "mail.log.old", "xmail.log.1"] {
            folder.put(stranger, &day_log(1));
        }
        let expected: Vec<&str> = names_of.iter().map(|(name, _)| *name).collect();
        assert_eq!(names(&find(&paths[6..], true)), expected);
        assert_eq!(names(&find(&paths[6..], false)), ["mail.log"]);
        assert_eq!(names(&find(&paths[5..6], true)), [names_of[5].0], "a rotated log is itself");
    }
}

#[test]
fn a_folder_gives_its_mail_logs() {
    let folder = Folder::new("folder");
    week(&folder, &DATED);
    folder.put("mail.info", &day_log(22));
    folder.put("dpkg.log", b"");
    let expected: Vec<&str> = DATED.iter().map(|(name, _)| *name).collect();
    let sources = find(std::slice::from_ref(&folder.0), false);
    assert_eq!(names(&sources), expected);
    assert!(sources.errors.is_empty());
}

#[test]
fn a_folder_of_collected_logs_gives_them_all() {
    let folder = Folder::new("collected");
    folder.put("mx1.mail.log-20261121.gz", &pack("gz", &day_log(21)));
    folder.put("mx2.mail.log", &day_log(22));
    folder.put("readme.txt", b"hello");
    let sources = find(std::slice::from_ref(&folder.0), false);
    assert_eq!(names(&sources), ["mx1.mail.log-20261121.gz", "mx2.mail.log"]);
}

#[test]
fn a_folder_without_logs_says_so() {
    let folder = Folder::new("none");
    folder.put("dpkg.log", b"2026-11-22 03:14:07 startup\n");
    let sources = find(std::slice::from_ref(&folder.0), true);
    assert!(sources.list.is_empty());
    let said: Vec<String> = sources.errors.iter().map(ToString::to_string).collect();
    let name = folder.0.display();
    assert_eq!(
        said,
        [format!(
            "{name}: no mail logs in this directory (looked for mail.log, maillog and their rotated files)"
        )]
    );
}

#[test]
fn one_file_under_two_names_is_read_once() {
    let folder = Folder::new("links");
    let path = folder.put("mail.log", &day_log(22));
    let link = folder.0.join("link");
    std::fs::hard_link(&path, &link).unwrap();
    let mut sources = find(&[path.clone(), link.clone(), path.clone()], false);
    assert_eq!(content(&mut sources), day_log(22));
    assert_eq!(sources.repeated.len(), 1);
    assert_eq!((&sources.repeated[0].path, &sources.repeated[0].of), (&link, &path));
}

#[test]
fn a_log_and_its_compressed_copy_are_read_once_however_far_the_copy_is() {
    let plain = log(5000);
    for codec in &CODECS[1..] {
        let packed = pack(codec, &plain);
        for len in [packed.len(), packed.len() * 2 / 3, 40, 1, 0] {
            let folder = Folder::new("copy");
            let path = folder.put("mail.log.1", &plain);
            let copy = folder.put(&format!("mail.log.1.{codec}"), &packed[..len]);
            let mut sources = find(&[copy, path], false);
            assert_eq!(names(&sources), ["mail.log.1"], "{codec} {len}");
            assert!(content(&mut sources) == plain, "{codec} {len}");
        }
    }
}

#[test]
fn logs_that_only_begin_alike_are_both_read() {
    let folder = Folder::new("alike");
    let common = log(5000);
    let one = folder.put("one.log", &[&common[..], b"Nov 23 01:00:00 mx1 a[1]: x\n"].concat());
    let two = folder.put("two.log", &[&common[..], b"Nov 23 02:00:00 mx1 a[1]: y\n"].concat());
    assert_eq!(find(&[one, two], false).list.len(), 2);
}

#[test]
fn a_period_reads_what_it_needs_and_nothing_else() {
    for names_of in [DATED, NUMBERED] {
        let folder = Folder::new("select");
        let paths = week(&folder, &names_of);
        let sources = find(&paths[6..], true);
        let verdicts = |from: i64, to: i64| -> Vec<Verdict> {
            let chosen = sources.select(Some((day(from), day(to))), &stamp_of);
            chosen.iter().map(|choice| choice.verdict).collect()
        };
        let (before, after, read) = (Verdict::EndsBefore, Verdict::BeginsAfter, Verdict::Read);
        assert_eq!(
            verdicts(21, 22),
            [before, before, before, before, read, read, after],
            "the file before the day may end in it"
        );
        assert_eq!(verdicts(17, 18), [read, read, after, after, after, after, after]);
        assert_eq!(verdicts(1, 16), [after; 7]);
        assert_eq!(
            verdicts(24, 30),
            [before; 7],
            "even the last file is seen to end, because it is plain"
        );
        assert!(sources.select(None, &stamp_of).iter().all(|c| c.verdict == read));
    }
}

#[test]
fn the_stamps_of_both_ends_are_known_where_they_are_cheap() {
    let folder = Folder::new("stamps");
    let paths = week(&folder, &NUMBERED);
    let chosen = find(&paths, false).select(None, &stamp_of);
    assert_eq!(chosen[0].first_stamp, Some(day(16) + 7));
    assert_eq!(chosen[0].last_stamp, None, "compressed");
    assert_eq!(chosen[6].last_stamp, Some(day(22) + 23 * 3600 + 7));
}

#[test]
fn logs_of_two_hosts_do_not_hide_each_other() {
    let folder = Folder::new("hosts");
    for host in ["mx1", "mx2"] {
        std::fs::create_dir(folder.0.join(host)).unwrap();
    }
    // mx2's file begins before the period, while mx1's still goes on.
    let one = folder
        .put("mx1/mail.log.1.gz", &pack("gz", &(16..20).flat_map(day_log).collect::<Vec<_>>()));
    let two = folder.put("mx2/mail.log.1.gz", &pack("gz", &day_log(17)));
    let sources = find(&[one, two], false);
    let chosen = sources.select(Some((day(19), day(20))), &stamp_of);
    assert!(chosen.iter().all(|choice| choice.verdict == Verdict::Read));
}

#[test]
fn what_cannot_be_opened_is_kept_beside_what_can() {
    let folder = Folder::new("errors");
    let good = folder.put("mail.log", &day_log(22));
    let missing = folder.0.join("missing\nname");
    let mut sources = find(&[missing.clone(), good, missing, "/dev/zero".into()], true);
    assert_eq!(content(&mut sources), day_log(22));
    let said: Vec<String> = sources.errors.iter().map(ToString::to_string).collect();
    let name = folder.0.display();
    assert_eq!(
        said,
        [
            format!("{name}/missing\\nname: no such file or directory"),
            "/dev/zero: is a device, not a log".to_owned()
        ]
    );
}

#[test]
fn a_log_rotated_after_it_was_found_is_still_the_one_that_is_read() {
    let folder = Folder::new("rotate");
    let path = folder.put("mail.log", &day_log(22));
    let mut sources = find(std::slice::from_ref(&path), false);
    std::fs::rename(&path, folder.0.join("mail.log.1")).unwrap();
    folder.put("mail.log", &day_log(23));
    assert_eq!(content(&mut sources), day_log(22));
}

#[test]
fn what_is_appended_after_a_log_was_opened_is_left_for_the_next_report() {
    let folder = Folder::new("append");
    let path = folder.put("mail.log", &day_log(22));
    let mut sources = find(std::slice::from_ref(&path), false);
    let reader = sources.list[0].open().unwrap();
    let mut file = std::fs::File::options().append(true).open(&path).unwrap();
    file.write_all(&day_log(23)).unwrap();
    assert_eq!(text(&drain(reader).bytes), text(&day_log(22)));
}

#[test]
fn a_log_that_is_gone_leaves_its_siblings() {
    let folder = Folder::new("gone");
    folder.put("mail.log.1", &day_log(21));
    let mut sources = find(&[folder.0.join("mail.log")], true);
    assert!(sources.errors.is_empty());
    assert_eq!(content(&mut sources), day_log(21));
}

#[test]
fn only_a_plain_log_under_its_own_name_may_grow() {
    let folder = Folder::new("live");
    let paths = week(&folder, &NUMBERED);
    let growing: Vec<bool> =
        find(&paths, false).list.iter().map(pfsum::input::Source::may_grow).collect();
    assert_eq!(growing, [false, false, false, false, false, false, true]);
}

#[test]
fn standard_input_takes_its_place_by_time_as_well() {
    let folder = Folder::new("stdin");
    let paths = [folder.put("a", &day_log(20)), folder.put("b", &day_log(22))];
    let stdin = stream(pack("gz", &day_log(21)), 100);
    let named = [Named::Path(paths[1].clone()), Named::Stdin, Named::Path(paths[0].clone())];
    let stdin = Some(Stream { bytes: stdin, file: None });
    let mut sources = Sources::find(&named, false, stdin, &stamp_of);
    assert_eq!(sources.list[1].path(), Path::new(STDIN));
    assert!(!sources.list[1].may_grow());
    let expected: Vec<u8> = (20..23).flat_map(day_log).collect();
    assert_eq!(text(&content(&mut sources)), text(&expected));
}

#[test]
fn a_wrapped_log_is_ordered_by_what_is_inside() {
    let folder = Folder::new("wrapped");
    let wrap = |day: u32| -> Vec<u8> {
        let lines = String::from_utf8(day_log(day)).unwrap();
        let wrapped = lines.lines().map(|line| {
            format!("{{\"log\":\"{line}\\n\",\"stream\":\"stdout\",\"time\":\"2027-01-01T00:00:00Z\"}}\n")
        });
        wrapped.collect::<String>().into_bytes()
    };
    let later = folder.put("a.json", &wrap(21));
    let earlier = folder.put("b.json.gz", &pack("gz", &wrap(20)));
    let mut sources = find(&[later, earlier], false);
    let chosen = sources.select(None, &stamp_of);
    assert_eq!(chosen[0].first_stamp, Some(day(20) + 7));
    assert_eq!(chosen[1].last_stamp, Some(day(21) + 23 * 3600 + 7));
    assert_eq!(text(&content(&mut sources)), text(&[day_log(20), day_log(21)].concat()));
}

#[test]
fn a_stamp_without_year_is_asked_with_the_time_of_the_file() {
    let folder = Folder::new("year");
    let wrote = |name: &str, line: &str, at: u64| {
        let path = folder.put(name, line.as_bytes());
        let file = std::fs::File::options().write(true).open(&path).unwrap();
        file.set_modified(UNIX_EPOCH + Duration::from_secs(at)).unwrap();
        path
    };
    let january = wrote("mail.log", "Jan  2 00:00:00 mx1 a: x\n", 1_767_400_000);
    let december = wrote("mail.log.1", "Dec 30 00:00:00 mx1 a: x\n", 1_767_135_000);
    // A clock that goes by the file alone: only the second argument can tell.
    let by_file = |_: &mut dyn Iterator<Item = &[u8]>, mtime: Option<SystemTime>| {
        let since = mtime?.duration_since(UNIX_EPOCH).ok()?;
        i64::try_from(since.as_secs()).ok()
    };
    let named = [Named::Path(january), Named::Path(december)];
    let sources = Sources::find(&named, false, None, &by_file);
    assert_eq!(names(&sources), ["mail.log.1", "mail.log"]);
    assert_eq!(sources.list[0].first_stamp(), Some(1_767_135_000));
}

#[test]
fn logs_without_any_stamp_stand_by_when_they_were_written() {
    let folder = Folder::new("stampless");
    let path = folder.put("a", b"no stamp\n");
    let empty = folder.put("b", b"");
    let sources = find(&[path, empty], false);
    assert_eq!(sources.list.len(), 2);
    let chosen = sources.select(Some((day(1), day(2))), &stamp_of);
    assert!(chosen.iter().all(|choice| choice.verdict == Verdict::Read), "not known is read");
}

#[test]
fn more_files_than_may_be_open_are_read_all_the_same() {
    let folder = Folder::new("many");
    let paths: Vec<PathBuf> = (0..200)
        .map(|i| {
            let line = format!("Nov {:2} {:02}:00:00 mx1 a[1]: {i}\n", 1 + i / 24, i % 24);
            folder.put(&format!("log{i}"), line.as_bytes())
        })
        .collect();
    let mut sources = find(&paths, false);
    let bytes = content(&mut sources);
    let numbers: Vec<String> = Cursor::new(bytes)
        .into_inner()
        .split(|&b| b == b'\n')
        .filter_map(|line| text(line).rsplit(' ').next().map(str::to_owned))
        .filter(|number| !number.is_empty())
        .collect();
    let expected: Vec<String> = (0..200).map(|i| i.to_string()).collect();
    assert_eq!(numbers, expected);
}
