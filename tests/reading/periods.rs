//! A period of a long log: what is passed over makes no difference.

use crate::lay::{message, pfsum, put, ran, run, seconds, steady};
use crate::support::{Folder, pack};

/// 2026-11-01, the first day of the logs here.
fn day(number: u64) -> u64 {
    seconds(2026, 11, 1) + (number - 1) * 86_400
}

/// The lines of a log from one second to another, by their stamp.
fn between(log: &str, from: u64, to: u64) -> String {
    let second = |line: &str| {
        let number = |a: usize, b: usize| line[a..b].trim().parse::<u64>().unwrap();
        day(number(4, 6)) + number(7, 9) * 3600 + number(10, 12) * 60 + number(13, 15)
    };
    log.split_inclusive('\n').filter(|line| (from..to).contains(&second(line))).collect()
}

#[test]
fn a_day_of_a_long_log_is_that_day_with_an_hour_around_it() {
    let folder = Folder::new("long");
    let log = steady(day(1), day(6), 30);
    assert!(log.len() > 8 << 20, "many blocks");
    let whole = put(&folder, "long.log", log.as_bytes(), day(6));
    let near = between(&log, day(3) - 3600, day(4) + 3600);
    let near = put(&folder, "near.log", near.as_bytes(), day(6));
    let packed = put(&folder, "packed.gz", &pack("gz", log.as_bytes()), day(6));
    let asked = ["-d", "2026-11-03", "-e"];
    let report =
        |path: &std::path::Path| run(&[&asked[..], &[path.to_str().unwrap()]].concat()).sound();
    assert!(report(&whole) == report(&near) && report(&packed) == report(&near));
    // One message every 30 seconds, from 00:00:00 on.
    assert!(report(&whole).contains("2880"), "{}", report(&whole));
}

#[test]
fn a_message_over_midnight_is_received_on_one_day_and_delivered_on_the_other() {
    let folder = Folder::new("midnight");
    let mut log = String::new();
    message(&mut log, day(2) - 3, 1);
    let path = put(&folder, "mail.log.1", log.as_bytes(), day(6));
    for (asked, received, delivered) in [("2026-11-01", 1, 0), ("2026-11-02", 0, 1)] {
        let out = run(&["-d", asked, path.to_str().unwrap()]).sound();
        assert_eq!(totals(&out), (received, delivered), "{asked}: {out}");
    }
}

#[test]
fn a_newer_log_in_front_of_an_older_one_hides_nothing() {
    let folder = Folder::new("front");
    let (older, newer) = (steady(day(1), day(3), 30), steady(day(4), day(6), 30));
    assert!(newer.len() > 3 << 20);
    let path = put(&folder, "all.log", format!("{newer}{older}").as_bytes(), day(6));
    let out = run(&["-d", "2026-11-02", path.to_str().unwrap()]).sound();
    assert_eq!(totals(&out), (2880, 2880), "{out}");
}

#[test]
fn two_hosts_one_behind_the_other_have_the_same_day_each() {
    let folder = Folder::new("behind");
    let one = steady(day(1), day(6), 30);
    assert!(one.len() > 8 << 20, "many blocks behind the day");
    let other = one.replace(" mx1 ", " mx2 ");
    assert_ne!(one, other);
    let path = put(&folder, "both.log", format!("{one}{other}").as_bytes(), day(6));
    let out = run(&["-d", "2026-11-02", path.to_str().unwrap()]).sound();
    assert_eq!(totals(&out), (2 * 2880, 2 * 2880), "{out}");
}

#[test]
fn weekly_files_over_new_year_keep_their_years_in_january_and_in_march() {
    let folder = Folder::new("new-year");
    let first = seconds(2025, 12, 12);
    // As many messages on a day as its number since the beginning.
    let mut logs = vec![String::new(); 5];
    for number in 0..35_u64 {
        for message_number in 0..=number {
            let log = &mut logs[usize::try_from(number / 7).unwrap()];
            message(
                log,
                first + number * 86_400 + 3600 + message_number * 60,
                number * 100 + message_number,
            );
        }
    }
    for (week, log) in logs.iter().enumerate() {
        let end = first + (week as u64 + 1) * 7 * 86_400;
        let (_, month, day) = pfsum::syslog::civil_from_days(i64::try_from(end / 86_400).unwrap());
        let year = if month == 12 { 2025 } else { 2026 };
        let name = format!("maillog-{year}{month:02}{day:02}");
        match week {
            4 => put(&folder, "maillog", log.as_bytes(), end),
            1 | 3 => put(&folder, &format!("{name}.xz"), &pack("xz", log.as_bytes()), end),
            _ => put(&folder, &name, log.as_bytes(), end),
        };
    }
    let live = folder.0.join("maillog");
    for now in ["2026-01-17T06:00:00", "2026-03-20T06:00:00"] {
        for number in [0, 6, 7, 19, 20, 21, 34] {
            let (year, month, day) =
                pfsum::syslog::civil_from_days(i64::try_from(first / 86_400 + number).unwrap());
            let asked = format!("{year}-{month:02}-{day:02}");
            let out = run(&["--now", now, "-d", &asked, live.to_str().unwrap()]).sound();
            assert_eq!(totals(&out), (number + 1, number + 1), "{asked} asked at {now}: {out}");
        }
        let out = run(&["--now", now, "-d", "2025-12", live.to_str().unwrap()]).sound();
        assert_eq!(totals(&out).0, (1..=20).sum::<u64>());
        // The Decembers and Januaries of other years are empty: these files bear
        // the time of their last line.
        for asked in ["2025-01", "2024-12", "2024-12-20..2025-01-05"] {
            let out = run(&["--now", now, "-d", asked, live.to_str().unwrap()]).sound();
            assert_eq!(totals(&out).0, 0, "{asked}: {out}");
        }
    }
}

#[test]
fn the_29th_of_february_is_found_in_rotated_files() {
    let folder = Folder::new("leap");
    for (age, day) in
        [(2_u64, seconds(2024, 2, 28)), (1, seconds(2024, 2, 29)), (0, seconds(2024, 3, 1))]
    {
        let log = steady(day, day + 86_400, 3600 * (usize::try_from(age).unwrap() + 1));
        let name = if age == 0 { "mail.log".to_owned() } else { format!("mail.log.{age}") };
        put(&folder, &name, log.as_bytes(), day + 86_400);
    }
    let live = folder.0.join("mail.log");
    for (asked, count) in
        [("2024-02-28", 8), ("2024-02-29", 12), ("2024-03-01", 24), ("2024-02-28..2024-03-01", 44)]
    {
        let out = run(&["-d", asked, live.to_str().unwrap()]).sound();
        assert_eq!(totals(&out).0, count, "{asked}: {out}");
    }
}

/// A 29 February says of which year the lines before it are, of a log that was copied later.
#[test]
fn a_29th_of_february_settles_the_year_of_what_stands_before_it() {
    let folder = Folder::new("leap-copy");
    let dates = "--format=csv --section=per-day --no-rotated".split(' ').collect::<Vec<_>>();
    let days = |path: &std::path::Path, words: &[&str]| {
        let ran = ran(&mut pfsum(&[words, &dates[..], &[path.to_str().unwrap()]].concat()));
        let days = ran.out.lines().skip(1).filter_map(|line| line.split(',').next());
        (days.map(str::to_owned).collect::<Vec<_>>(), ran.err, ran.status)
    };
    let log = steady(seconds(2024, 2, 28), seconds(2024, 3, 2), 7200);
    let path = put(&folder, "copy.log", log.as_bytes(), seconds(2026, 11, 20));
    let three = ["2024-02-28", "2024-02-29", "2024-03-01"].map(str::to_owned).to_vec();
    assert_eq!(days(&path, &[]), (three.clone(), String::new(), 0));
    assert_eq!(days(&path, &["-d", "2024-02-28..2024-03-02"]).0, three);
    // Behind a thousand lines, nobody looks for it: it is told.
    let log = steady(seconds(2020, 2, 28), seconds(2020, 3, 2), 30);
    let path = put(&folder, "many.log", log.as_bytes(), seconds(2026, 11, 20));
    let said = format!(
        "pfsum: {}: 29 February stands behind lines taken to be of a year without it: --year says \
         of which year they are\n",
        path.display()
    );
    let (torn, err, status) = days(&path, &[]);
    assert_eq!((err, status), (said, 0));
    assert_eq!(torn, ["2024-02-29", "2024-03-01", "2026-02-28"]);
    let three = ["2020-02-28", "2020-02-29", "2020-03-01"].map(str::to_owned).to_vec();
    assert_eq!(days(&path, &["--year", "2020"]), (three.clone(), String::new(), 0));
    assert_eq!(days(&path, &["-d", "2020-02-28..2020-03-02"]), (three, String::new(), 0));
}

#[test]
fn a_long_queue_id_tells_the_year_of_a_copied_log() {
    let folder = Folder::new("copied");
    // Queue IDs of 22 November 2026; the copy was written later, and is read a year after.
    let log = crate::lay::sample("long-queue-ids.log");
    let path = put(&folder, "copy.log", &log, seconds(2027, 12, 24));
    let now = ["--now", "2027-12-24T12:00:00"];
    let year = |year: &str| {
        let asked = format!("{year}-11-22");
        run(&[&now[..], &["-d", &asked, path.to_str().unwrap()]].concat()).sound()
    };
    assert!(totals(&year("2026")).0 > 0 && totals(&year("2027")).0 == 0, "{}", year("2026"));
}

#[test]
fn a_copied_log_is_of_the_year_it_is_asked_for() {
    let folder = Folder::new("asked");
    // The copy bears the day of the copying, which says nothing of 2009.
    let copy =
        put(&folder, "copy.log", &crate::lay::sample("february-2009.log"), seconds(2026, 11, 20));
    for asked in ["2009-02-17", "2009-02-17..2009-02-17", "2008-12-01..2009-02-17"] {
        let out = run(&["-d", asked, copy.to_str().unwrap()]).sound();
        assert!(totals(&out).0 >= 101, "{asked}: {out}");
    }
    let whole = ["-d", "2026-01-01..2026-12-31", "--year", "2026", copy.to_str().unwrap()];
    assert!(totals(&run(&whole).sound()).0 >= 101);
    let other = ["-d", "2025-01-01..2025-12-31", "--year", "2026", copy.to_str().unwrap()];
    assert_eq!(totals(&run(&other).sound()).0, 0);
}

/// Received and delivered.
pub(crate) fn totals(out: &str) -> (u64, u64) {
    let number = |name: &str| {
        let line = out.lines().find(|line| line.contains(name)).expect(name);
        let digits: String = line.chars().filter(char::is_ascii_digit).collect();
        digits.parse().unwrap()
    };
    (number("received"), number("delivered"))
}
