//! Lines whose tag lost the program, as rsyslog's RFC 5424 format writes them: what is said tells
//! who said it, so they mean the same as with it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use pfsum::postfix::{self, Entry, Event, Program};
use pfsum::syslog::{self, Line, Record};

/// The lines of all sample logs, and of those of the golden tests.
fn lines() -> Vec<Vec<u8>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folders = ["sample-logs", "tests/golden/logs"].map(|folder| root.join(folder));
    let entries = folders.iter().flat_map(|folder| fs::read_dir(folder).unwrap());
    let mut logs: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    logs.retain(|path| path.extension().is_some_and(|end| end == "log"));
    logs.sort();
    let texts = logs.iter().map(|log| fs::read(log).unwrap());
    texts
        .flat_map(|text| text.split(|&b| b == b'\n').map(<[u8]>::to_vec).collect::<Vec<_>>())
        .collect()
}

/// What no line tells without its program: the beginning of what is said, and by whom.
const CANNOT_BE_TOLD: [(Program, &[u8], &str); 5] = [
    (Program::Postsuper, b"removed", "whoever deletes a message looks like the queue manager"),
    (Program::Postsuper, b"Deleted: ", "so it is not known whether a total is of named messages"),
    (Program::Postsuper, b"Placed on hold: ", "the same"),
    (Program::Postsuper, b"Released from hold: ", "the same"),
    (Program::Tlsproxy, b"DISCONNECT ", "postscreen says the same of the same client"),
];

/// Whether a program can be told from its words, or nothing depends on it.
fn is_same_program(entry: &Entry<'_>, untold: &Entry<'_>) -> bool {
    let (program, other) = (entry.tag.program, untold.tag.program);
    let moves_nothing = matches!(
        entry.event,
        None | Some(Event::Remark | Event::Diagnostic { .. } | Event::Master(_))
    );
    // error(8) writes what smtp(8) would, had it tried.
    let by_error = entry.tag.service == b"error" && other == Program::Smtp;
    program == other || moves_nothing || by_error
}

#[test]
fn a_line_says_the_same_without_its_program() {
    let (mut wrong, mut same, mut excused) = (BTreeSet::new(), 0, BTreeSet::new());
    for line in lines() {
        let Some(Line::Record(record)) = syslog::parse(&line) else { continue };
        let Some(entry) = postfix::parse(&record) else { continue };
        let bare = Record { tag: entry.tag.instance, ..record };
        let untold = postfix::parse(&bare).unwrap();
        let text = entry.queue_id.map_or(0, |id| id.as_bytes().len() + 2);
        let text = record.text.get(text..).unwrap_or_default();
        let excuse = CANNOT_BE_TOLD.iter().position(|(program, begins, _)| {
            *program == entry.tag.program && text.starts_with(begins)
        });
        // What is not understood is none of its business.
        let event = entry.event.or(Some(Event::Remark));
        let is_same = format!("{event:?}") == format!("{:?}", untold.event)
            && entry.queue_id == untold.queue_id
            && is_same_program(&entry, &untold);
        match (is_same, excuse) {
            (true, _) => same += 1,
            (false, Some(excuse)) => drop(excused.insert(excuse)),
            (false, None) => drop(wrong.insert(String::from_utf8_lossy(&line).into_owned())),
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert_eq!(excused.len(), CANNOT_BE_TOLD.len(), "an excuse that nothing needs");
    assert!(same > 10_000, "{same}");
}
