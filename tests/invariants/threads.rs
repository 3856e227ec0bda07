//! A log that is parsed on another thread gives the report of one that is not.

use std::path::Path;

use pfsum::config::Format;
use pfsum::input::Reader;
use pfsum::summary::Origin;
use pfsum::{Period, Summary};

use crate::dice::Dice;
use crate::support::stream;
use crate::{NOW, config, difference, samples, shown, whole};

/// Reads a log in steps and blocks of these sizes, and parses it on another thread.
fn read_ahead(content: Vec<u8>, step: usize, block: usize, grows: bool) -> Summary {
    let mut summary = Summary::new(config(Period::ALWAYS));
    summary.begin(Origin { written: NOW, grows, ..Origin::default() });
    let stream = stream(content, step);
    let mut reader = Reader::with_block_size(Path::new("log"), stream, block).unwrap();
    let mut blocks = 0;
    summary.take_ahead(&mut reader, |_, _| blocks += 1).unwrap();
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

#[test]
fn half_a_line_of_a_growing_log_is_left_for_the_next_time() {
    let log = b"Nov 22 03:14:07 mx postfix/smtpd[1]: connect from a.example[192.0.2.1]\n\
        Nov 22 03:14:08 mx postfix/smtpd[1]: disconnect from a.exam";
    for block in [1, 80, 1000] {
        assert_eq!(read_ahead(log.to_vec(), 10, block, true).reading.lines, 1);
        assert_eq!(read_ahead(log.to_vec(), 10, block, false).reading.lines, 2);
    }
}
