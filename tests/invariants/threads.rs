//! A log that is parsed on another thread gives the report of one that is not.

use std::path::Path;

use pfsum::config::{Counting, Format};
use pfsum::input::{Block, Reader};
use pfsum::summary::Origin;
use pfsum::{Config, Period, Summary};

use crate::cuts::periods;
use crate::dice::Dice;
use crate::support::{pack, stream};
use crate::{NOW, config, difference, samples, shown, whole};

/// Reads a log in steps and blocks of these sizes, and parses it on another thread.
fn read_ahead(content: Vec<u8>, step: usize, block: usize, grows: bool) -> Summary {
    read_ahead_with(config(Period::ALWAYS), content, step, block, grows)
}

fn read_ahead_with(
    config: Config,
    content: Vec<u8>,
    step: usize,
    block: usize,
    grows: bool,
) -> Summary {
    let mut summary = Summary::new(config);
    summary.begin(Origin { written: NOW, grows, ..Origin::default() });
    let stream = stream(content, step);
    let mut reader = Reader::with_block_size(Path::new("log"), stream, block).unwrap();
    let mut blocks = 0;
    summary.take_ahead(&mut reader, false, |_, _| blocks += 1).unwrap();
    assert!(blocks > 0);
    summary.end(reader.overlong(), false);
    summary.finish();
    summary
}

#[test]
fn parsing_ahead_changes_nothing() {
    let mut wrong = Vec::new();
    for (case, sample) in (100..).zip(samples()) {
        let mut dice = Dice::new(case);
        let once = whole(&sample.bytes);
        for most in [100, 2000, 50_000] {
            let (step, block) = (1 + dice.below(most), 1 + dice.below(most));
            let ahead = read_ahead(sample.bytes.clone(), step, block, false);
            assert_eq!(ahead.sources, once.sources, "{}", sample.name);
            assert_eq!(ahead.reading, once.reading, "{}", sample.name);
            for format in [Format::Json, Format::Text] {
                if let Some(said) = difference(&shown(&once, format), &shown(&ahead, format)) {
                    wrong.push(format!("{} in blocks of {block}: {said}", sample.name));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What is looked up ahead is what will be asked for, however addresses are spelled.
#[test]
fn names_that_are_looked_up_ahead_change_nothing() {
    let spellings: [fn(&mut Counting); 6] = [
        |counting| counting.use_orig_to = true,
        |counting| counting.ignore_case = true,
        |counting| counting.uucp = true,
        |counting| counting.verp = 2,
        |counting| counting.srs = true,
        |counting| counting.kept = 5,
    ];
    for sample in samples() {
        for (at, spell) in spellings.iter().enumerate() {
            let mut config = config(Period::ALWAYS);
            spell(&mut config.counting);
            let mut once = Summary::new(config.clone());
            let stream = stream(sample.bytes.clone(), 5_000);
            let mut reader = Reader::from_stream(Path::new("log"), stream).unwrap();
            once.read(&mut reader, NOW).unwrap();
            once.finish();
            let ahead = read_ahead_with(config, sample.bytes.clone(), 5_000, 1_000, false);
            let said = difference(&shown(&once, Format::Json), &shown(&ahead, Format::Json));
            assert_eq!(said, None, "{}, {at}", sample.name);
        }
    }
}

/// How a log is cut, and of what time it is read.
#[derive(Clone, Copy, Debug)]
struct Cut {
    period: Period,
    step: usize,
    block: usize,
}

/// Reads a period of a log, and of the same log once more as a second source, up to where nothing
/// of the period can follow.
fn read_period(log: &[u8], cut: Cut, ahead: bool) -> Summary {
    let Cut { period, step, block } = cut;
    let mut summary = Summary::new(config(period));
    for _ in 0..2 {
        summary.begin(Origin { written: NOW, ..Origin::default() });
        let stream = stream(log.to_vec(), step);
        let mut reader = Reader::with_block_size(Path::new("log"), stream, block).unwrap();
        let left_early = if ahead {
            summary.take_ahead(&mut reader, true, |_, _| ()).unwrap()
        } else {
            let mut block = Block::new();
            let mut goes_on = true;
            while goes_on && reader.fill(&mut block).unwrap() {
                goes_on = summary.take(&mut block);
            }
            !goes_on
        };
        summary.end(reader.overlong(), left_early);
    }
    summary.finish();
    summary
}

#[test]
fn parsing_ahead_changes_nothing_of_a_period() {
    let (mut wrong, mut early, mut passed_over) = (Vec::new(), 0, 0);
    for (case, sample) in (200..).zip(samples()) {
        let mut dice = Dice::new(case);
        let [_, middle] = periods(&sample.bytes);
        let before = Period { first: None, last: middle.first };
        let after = Period { first: middle.last, last: None };
        for (period, most) in [(middle, 300), (before, 300), (after, 3000), (middle, 50_000)] {
            let cut = Cut { period, step: 1 + dice.below(most), block: 1 + dice.below(most) };
            let once = read_period(&sample.bytes, cut, false);
            let ahead = read_period(&sample.bytes, cut, true);
            assert_eq!(ahead.sources, once.sources, "{}, {cut:?}", sample.name);
            assert_eq!(ahead.reading, once.reading, "{}, {cut:?}", sample.name);
            early += once.sources.iter().filter(|source| source.left_early).count();
            passed_over += once.sources.iter().filter(|source| source.passed_over > 0).count();
            for format in [Format::Json, Format::Text] {
                if let Some(said) = difference(&shown(&once, format), &shown(&ahead, format)) {
                    wrong.push(format!("{}, {cut:?}: {said}", sample.name));
                }
            }
        }
    }
    assert!(early > 0 && passed_over > 0, "{early}, {passed_over}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A clock that is wrong for one line is not believed, whoever writes that line, and the lines behind
/// it keep their year.
#[test]
fn one_stamp_far_from_all_others_moves_no_line() {
    // All of it was written in 2026.
    let [january, december] = [1_767_225_600, 1_798_761_599];
    let period = Period { first: Some(january), last: Some(december) };
    let mut lines: Vec<String> = (0..15)
        .map(|at| {
            format!(
                "Nov 2{} 09:00:{at:02} mx postfix/smtpd[1]: connect from a.example[192.0.2.1]\n",
                at / 5
            )
        })
        .collect();
    lines.insert(7, String::new());
    for stray in [
        "postfix/smtpd[1]: connect from a.example[192.0.2.1]",
        "postfix/anvil[2]: statistics: max connection count 1 for (smtp:192.0.2.1)",
        "sshd[3]: Server listening on 192.0.2.1 port 22.",
        "last message repeated 2 times",
    ] {
        lines[7] = format!("Jan  1 00:00:05 mx {stray}\n");
        for ahead in [false, true] {
            let cut = Cut { period, step: 1_000, block: 10_000 };
            let read = read_period(lines.concat().as_bytes(), cut, ahead).reading;
            // Twice, as two sources.
            assert_eq!((read.lines, read.outside), (32, 0), "{stray}, {ahead}");
        }
    }
}

/// What is decoded on a thread of its own needs a third one to be parsed ahead.
#[test]
fn as_many_threads_parse_as_there_are_left() {
    let lines = samples().swap_remove(0).bytes;
    for (codec, at_work) in [("plain", 1), ("gz", 2), ("zst", 2)] {
        let reader = Reader::from_stream(Path::new("log"), stream(pack(codec, &lines), 5_000));
        let reader = reader.unwrap();
        assert!(!Summary::may_parse_ahead(&reader, at_work), "{codec}");
        assert!(Summary::may_parse_ahead(&reader, at_work + 1), "{codec}");
    }
}

/// No logger writes that, but a line may say so.
#[test]
fn a_line_repeated_no_times_is_one_line() {
    let log = b"Nov 22 03:14:07 mx postfix/smtpd[1]: message repeated 0 times: [ connect from a.example[192.0.2.1]]\n\
        Nov 22 03:14:08 mx sshd[2]: message repeated 0 times: [ hello]\n";
    let (once, ahead) = (whole(log), read_ahead(log.to_vec(), 10, 1000, false));
    assert_eq!((ahead.reading.lines, ahead.reading.repeated), (2, 0));
    assert_eq!(ahead.reading, once.reading);
}

#[test]
fn half_a_line_of_a_growing_log_is_left_for_the_next_time() {
    let log = b"Nov 22 03:14:07 mx postfix/smtpd[1]: connect from a.example[192.0.2.1]\n\
        Nov 22 03:14:08 mx postfix/smtpd[1]: disconnect from a.exam";
    for block in [1, 80, 1000] {
        assert_eq!(read_ahead(log.to_vec(), 10, block, true).reading.lines, 1);
        assert_eq!(read_ahead(log.to_vec(), 10, block, false).reading.lines, 2);
    }
}
