//! Tallies of the parts of a log, merged, are the tallies of the log.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use pfsum::config::Format;
use pfsum::input::Reader;
use pfsum::tally::Tallies;
use pfsum::{Period, Summary};
use serde_json::Value;

use crate::dice::Dice;
use crate::support::stream;
use crate::{NOW, config, difference, lines, samples, shown};

/// What ties a line to others: the words that may be queue IDs, the message-id, and the
/// client of postscreen with its port.
fn ties(line: &str) -> impl Iterator<Item = &str> {
    let words = line.split(|c: char| !c.is_ascii_alphanumeric());
    let client = line
        .contains("postscreen[")
        .then(|| line.split_whitespace().find(|word| word.starts_with('[') && word.contains("]:")));
    let message_id = line.split_once("message-id=").map(|(_, id)| id);
    words.chain(message_id).chain(client.flatten().map(|client| client.trim_end_matches(':')))
}

/// The queue ID that a line begins with.
fn subject(line: &str) -> Option<&str> {
    let (_, said) = line.split_once("]: ")?;
    let (id, _) = said.split_once(':')?;
    (id.len() >= 8 && id.bytes().all(|byte| byte.is_ascii_alphanumeric())).then_some(id)
}

/// Where a log can be cut without cutting a message, a connection, or a repetition from what
/// it repeats; each part has lines of the queue manager, without which nothing is proven.
fn seams(log: &[&[u8]]) -> Vec<usize> {
    let text: Vec<String> =
        log.iter().map(|line| String::from_utf8_lossy(line).into_owned()).collect();
    let ids: BTreeSet<&str> = text.iter().filter_map(|line| subject(line)).collect();
    let mut last: BTreeMap<&str, usize> = BTreeMap::new();
    for (at, line) in text.iter().enumerate() {
        let is_tie = |tie: &&str| ids.contains(tie) || tie.contains(['@', '[']);
        last.extend(ties(line).filter(is_tie).map(|tie| (tie, at)));
    }
    let (mut open, mut until, mut seams) = (BTreeSet::new(), 0, Vec::new());
    for (at, line) in text.iter().enumerate() {
        if open.is_empty() && at > until && !line.contains("repeated") {
            seams.push(at);
        }
        let ends = ties(line).filter_map(|tie| last.get(tie)).copied();
        until = ends.max().unwrap_or(0).max(until);
        let process = line
            .split_once("]: ")
            .map_or("", |(head, _)| head.rsplit(' ').next().unwrap_or_default());
        if line.contains("]: connect from ") {
            open.insert(process);
        } else if line.contains("]: disconnect from ") {
            open.remove(process);
        }
    }
    seams.retain(|&at| {
        let has = |part: &[String]| part.iter().any(|line| line.contains("qmgr["));
        has(&text[..at]) && has(&text[at..])
    });
    seams
}

/// Whether the first hand-off to a content filter, if there is any, comes back. A part in which
/// none does cannot know it for a filter, and what it swallowed there looks delivered.
fn knows_its_filter(part: &[&[u8]]) -> bool {
    let text: Vec<_> = part.iter().map(|line| String::from_utf8_lossy(line)).collect();
    let Some(first) = text.iter().find(|line| line.contains("]:10024, ")) else { return true };
    first.trim_end().rsplit_once("queued as ").is_some_and(|(_, id)| {
        let client = format!(" {}: client=", id.trim_end_matches(')'));
        text.iter().any(|line| line.contains(&client))
    })
}

/// Reads parts one by one, each after the one before, and merges what was counted.
fn merged(parts: &[Vec<u8>], classic: bool) -> Summary {
    let mut all: Option<Summary> = None;
    for part in parts {
        let mut config = config(Period::ALWAYS);
        config.reporting.classic = classic;
        let mut summary = Summary::new(config);
        if let Some(before) = &mut all {
            summary.names = std::mem::take(&mut before.names);
            summary.tallies = Tallies::after(&before.tallies);
        }
        let content = stream(part.clone(), 1 << 20);
        let mut reader = Reader::from_stream(Path::new("log"), content).unwrap();
        summary.read(&mut reader, NOW).unwrap();
        summary.finish();
        if let Some(mut before) = all.take() {
            before.tallies.merge(&summary.tallies);
            before.days.merge(&summary.days);
            (summary.tallies, summary.days) = (before.tallies, before.days);
        }
        all = Some(summary);
    }
    all.unwrap()
}

/// The whole report, without what the tracker knows at the end (the queue) and what was read.
fn counted(summary: &Summary) -> String {
    let mut report: Value = serde_json::from_str(&shown(summary, Format::Json)).unwrap();
    for key in ["reading", "hosts", "queue", "verdict"] {
        report[key] = Value::Null;
    }
    let findings = report["findings"].as_array_mut().unwrap();
    findings.retain(|finding| !OF_THE_QUEUE.contains(&finding["id"].as_str().unwrap()));
    let sections = report["sections"].as_array_mut().unwrap();
    sections.retain(|section| !OF_THE_QUEUE.contains(&section["id"].as_str().unwrap()));
    assert!(sections.len() > 20, "sections are missing");
    format!("{report:#}")
}

/// Sections about what lies in the queue when the log ends, and findings about that or about
/// what was read.
const OF_THE_QUEUE: &[&str] = &[
    "queue_ages",
    "queued",
    "backscatter",
    "greylisted",
    "old_queue",
    "lost_lines",
    "not_understood",
];

#[test]
fn merged_tallies_of_parts_are_those_of_one_pass() {
    let (mut wrong, mut compared) = (Vec::new(), BTreeSet::new());
    for (case, sample) in (0..).zip(samples()) {
        let all = lines(&sample.bytes);
        let seams = seams(&all);
        if seams.is_empty() {
            continue;
        }
        let mut dice = Dice::new(case);
        let whole = std::slice::from_ref(&sample.bytes);
        let (page, report) = (merged(whole, true), merged(whole, false));
        for _ in 0..6 {
            let mut cuts: Vec<usize> = (0..3).map(|_| *dice.pick(&seams)).collect();
            cuts.extend([0, all.len()]);
            cuts.sort_unstable();
            cuts.dedup();
            let parts: Vec<&[&[u8]]> = cuts.windows(2).map(|pair| &all[pair[0]..pair[1]]).collect();
            if knows_its_filter(&all) && !parts.iter().all(|part| knows_its_filter(part)) {
                continue;
            }
            let parts: Vec<Vec<u8>> = parts.iter().map(|part| part.concat()).collect();
            let text = |summary: &Summary| shown(summary, Format::Text);
            let said = difference(&text(&page), &text(&merged(&parts, true)))
                .or(difference(&counted(&report), &counted(&merged(&parts, false))));
            if let Some(said) = said {
                wrong.push(format!("{} cut at {cuts:?}: {said}", sample.name));
            }
            compared.insert(sample.name.clone());
        }
    }
    assert!(compared.len() >= 15, "only {compared:?} can be cut");
    assert!(compared.contains("content-filter.log"), "only {compared:?} can be cut");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
