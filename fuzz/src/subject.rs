//! What fuzzing does with the bytes it draws: each function is a target, panics when
//! something does not hold, and is run by `tests/fuzzed.rs` on every find that was kept.

use std::io::Read;
use std::path::Path;

use pfsum::answer::pattern::Outcome;
use pfsum::answer::trace::{Sought, Trace};
use pfsum::answer::{Breakdown, Filters, Gather, Key, Measure, Question};
use pfsum::config::Format;
use pfsum::input::{Block, Reader};
use pfsum::report::Report;
use pfsum::report::waiting::Beside;
use pfsum::{Config, Summary, listing, postfix, render, syslog};

#[path = "../../tests/invariants/flaws.rs"]
mod flaws;

/// 2026-11-23 12:00, in seconds since 1970.
const NOW: i64 = 1_795_435_200;

/// Takes each line to its entry, by parsers that remember the lines before and by fresh
/// ones: what is remembered must not change what is understood. A queue ID, which is shown as it
/// stands in the log, is made of what names a queue file.
pub fn line(bytes: &[u8]) {
    let (mut header, mut said) = (syslog::Parser::default(), postfix::Parser::default());
    for line in bytes.split(|&byte| byte == b'\n') {
        let remembering = header.parse(line);
        assert_eq!(unnumbered(remembering), unnumbered(syslog::parse(line)));
        if let Some(syslog::Line::Record(record)) = remembering {
            let (entry, fresh) = (said.parse(&record), postfix::parse(&record));
            let queue_id = entry.and_then(|entry| entry.queue_id);
            assert!(queue_id.is_none_or(names_a_file), "{queue_id:?} is no queue ID");
            assert_eq!(unnumbered_entry(entry), unnumbered_entry(fresh));
        }
    }
}

/// `mail_queue_id_ok` in Postfix.
fn names_a_file(queue_id: postfix::QueueId) -> bool {
    queue_id.as_bytes().iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
}

/// What a line is, apart from the number that a parser which remembers gives its writer.
fn unnumbered(line: Option<syslog::Line<'_>>) -> String {
    match line {
        Some(syslog::Line::Record(record)) => {
            format!("{:?}", syslog::Record { writer: 0, ..record })
        }
        line => format!("{line:?}"),
    }
}

fn unnumbered_entry(entry: Option<postfix::Entry<'_>>) -> String {
    let unnumbered = |entry: postfix::Entry<'_>| {
        let tag = postfix::Tag { writer: 0, ..entry.tag };
        format!("{tag:?} {:?} {:?}", entry.queue_id, entry.event)
    };
    entry.map(unnumbered).unwrap_or_default()
}

/// Makes the report of a log. The first byte chooses how it is counted, the second in which
/// form it is shown.
pub fn report(bytes: &[u8]) {
    let [choice, form, log @ ..] = bytes else { return };
    let mut config = Config::default();
    let on = |bit: u8| choice & (1 << bit) != 0;
    config.counting.fold = !on(0);
    config.counting.messages = on(1);
    config.counting.use_orig_to = on(2);
    config.counting.verp = u8::from(on(3)) * 2;
    config.counting.srs = on(3);
    config.counting.verbose = on(4);
    config.reporting.smtpd_stats = on(5);
    config.reporting.ssl_tls_stats = on(5);
    config.reporting.pscrn_stats = on(6);
    config.reporting.zero_fill = on(7);
    let summary = read(config, log, Question::default());
    let flaws = flaws::flaws(&summary);
    assert!(flaws.is_empty(), "{}", flaws.join("\n"));
    is_shown(&summary.report(), *form);
}

/// Reads a log as far as it can be read.
fn read(mut config: Config, log: &[u8], question: Question) -> Summary {
    config.reading.now = NOW;
    let mut summary = Summary::new(config);
    summary.ask(Some(question));
    let mut reader = Reader::from_stream(Path::new("log"), stream_of(log)).unwrap();
    // Half an entry of a journal is an error; what stands before it counts.
    let _ = summary.read(&mut reader, NOW);
    summary.finish();
    summary
}

/// The report is written, and nothing of the log steers what reads it.
fn is_shown(report: &Report<'_>, form: u8) {
    match form % 5 {
        0 => {
            let text = shown(report, Format::Text);
            assert!(!text.contains(|c: char| c.is_control() && c != '\n'), "a control character");
        }
        1 => has_no_tag(&shown(report, Format::Html)),
        2 => has_no_tag(&render::mail::html(report, false).unwrap()),
        3 => {
            let metrics = shown(report, Format::Prometheus);
            for line in metrics.lines().filter(|line| !line.starts_with('#')) {
                let (_, number) = line.rsplit_once(' ').unwrap();
                assert!(number.parse::<f64>().is_ok(), "{line}");
            }
        }
        _ => {
            let json: serde_json::Value =
                serde_json::from_str(&shown(report, Format::Json)).unwrap();
            assert_eq!(json["schema"], 1);
        }
    }
}

fn has_no_tag(page: &str) {
    assert!(!page.contains("<script") && !page.contains("<img"), "a tag of the log");
}

fn shown(report: &Report<'_>, format: Format) -> String {
    let mut out = Vec::new();
    render::render(report, format, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// Reads a stream in any codec and form, whole and in small steps: the lines are the same. Of
/// damaged data a decoder gives what it has by then, which may be more or less.
pub fn stream(bytes: &[u8]) {
    let (once, well) = lines_of(stream_of(bytes));
    let (stepwise, well_stepwise) = lines_of(Box::new(Steps(std::io::Cursor::new(bytes.to_vec()))));
    assert_eq!(well, well_stepwise, "steps change whether it ends well");
    let common = if well { once.len().max(stepwise.len()) } else { once.len().min(stepwise.len()) };
    // The last of them may be cut.
    let whole = if well { common } else { common.saturating_sub(1) };
    assert!(once.get(..whole) == stepwise.get(..whole), "steps change the lines");
}

/// No more than this is taken of what a small stream may decode to.
const ENOUGH: usize = 4 << 20;

/// The lines of a stream, and whether it ended well.
fn lines_of(stream: Box<dyn Read + Send>) -> (Vec<Vec<u8>>, bool) {
    let Ok(mut reader) = Reader::from_stream(Path::new("log"), stream) else {
        return (Vec::new(), false);
    };
    let (mut block, mut lines, mut size) = (Block::new(), Vec::new(), 0);
    loop {
        match reader.fill(&mut block) {
            Ok(true) => lines.extend(block.lines().map(<[u8]>::to_vec)),
            Ok(false) => return (lines, true),
            Err(_) => return (lines, false),
        }
        size += block.as_bytes().len();
        if size > ENOUGH {
            return (Vec::new(), true);
        }
    }
}

fn stream_of(bytes: &[u8]) -> Box<dyn Read + Send> {
    Box::new(std::io::Cursor::new(bytes.to_vec()))
}

/// A pipe that gives a few bytes at a time.
struct Steps(std::io::Cursor<Vec<u8>>);

impl Read for Steps {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let step = buffer.len().min(7);
        self.0.read(&mut buffer[..step])
    }
}

/// A log with mail in the queue, which listings are joined with.
const QUEUE: &[u8] = include_bytes!("../../tests/golden/logs/queue.log");

/// Joins a listing of `postqueue -j` or `mailq` with a log, in both forms.
pub fn listing(bytes: &[u8]) {
    let (listed, _) = listing::parse(&String::from_utf8_lossy(bytes));
    let entries = listed.len();
    let summary = read(Config::default(), QUEUE, Question::default());
    let report = summary.queue_report(Beside { listing: Some(listed), ..Beside::default() });
    assert_eq!(report.queued, entries);
    let mut out = Vec::new();
    render::queue(&report, &mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    assert!(!text.contains(|c: char| c.is_control() && c != '\n'), "a control character");
    serde_json::from_str::<serde_json::Value>(&shown(&report, Format::Json)).unwrap();
}

/// Asks about some messages of a log: lines of a letter and a pattern, an empty line, the log.
/// What is asked about is a part of the whole, adds up, and has stories.
pub fn filters(bytes: &[u8]) {
    let (mut filters, mut sought) = (Filters::default(), None::<Sought>);
    let mut rest = bytes;
    while let Some(end) = rest.iter().position(|&byte| byte == b'\n') {
        let (line, behind) = (&rest[..end], &rest[end + 1..]);
        rest = behind;
        let Some((&letter, pattern)) = line.split_first() else { break };
        let pattern = String::from_utf8_lossy(pattern);
        match letter {
            b'k' => sought = pattern.parse().ok(),
            _ => add(&mut filters, letter, pattern.trim()),
        }
    }
    let config = Config::default();
    let keys = vec![Key::ALL[bytes.len() % Key::ALL.len()]];
    let (counting, reporting) = (&config.counting, &config.reporting);
    let breakdown =
        Breakdown::new(Measure::ALL.to_vec(), keys, config.reading.period, counting, reporting);
    let asked = Question {
        gather: Some(Gather::new(filters.clone(), false)),
        breakdown: Some(breakdown),
        ..Question::default()
    };
    let (all, some) =
        (read(config.clone(), rest, Question::default()), read(config.clone(), rest, asked));
    let flaws = flaws::flaws(&some);
    assert!(flaws.is_empty(), "{}", flaws.join("\n"));
    let (all_report, some_report) = (all.report(), some.report());
    let sums = some.asked().unwrap().breakdown.as_ref().unwrap().sums();
    for (measure, sum) in Measure::ALL.iter().zip(sums) {
        let total = measure.total(&some_report, &some.tallies);
        assert!(total <= measure.total(&all_report, &all.tallies), "{} grew", measure.name());
        assert!(sum == total || measure.is_distinct() && sum >= total, "{}", measure.name());
    }
    if let Some(sought) = sought {
        tell(&config, rest, Trace::new(sought, filters, 20, false));
    }
}

/// Adds a filter, if the pattern is one.
fn add(filters: &mut Filters, letter: u8, pattern: &str) {
    match letter {
        b'f' => filters.from.extend(pattern.parse()),
        b't' => filters.to.extend(pattern.parse()),
        b'c' => filters.client.extend(pattern.parse()),
        b'r' => filters.relay.extend(pattern.parse()),
        b's' => {
            let named = Outcome::NAMES.iter().find(|(name, _)| *name == pattern);
            filters.status.extend(named.map(|(_, outcome)| *outcome));
        }
        b'u' => filters.user.push(pattern.into()),
        b'v' => filters.service.push(pattern.into()),
        b'm' => filters.message_id.push(pattern.into()),
        b'q' => filters.queue_id.extend(postfix::QueueId::parse(pattern.as_bytes())),
        b'w' => filters.reason = regex::bytes::Regex::new(pattern).ok(),
        _ => {}
    }
}

/// Tells the stories of what a trace finds, as text and JSON.
fn tell(config: &Config, log: &[u8], mut trace: Trace) {
    trace.begin();
    loop {
        let question = Question { trace: Some(trace), ..Question::default() };
        let mut summary = read(config.clone(), log, question);
        trace = summary.take_question().unwrap().trace.unwrap();
        if trace.is_done() {
            break;
        }
        trace.begin();
    }
    let (mut text, mut json) = (Vec::new(), Vec::new());
    trace.told().write(&mut text).unwrap();
    trace.told().write_json("all", &mut json).unwrap();
    let text = String::from_utf8(text).unwrap();
    assert!(!text.contains(|c: char| c.is_control() && c != '\n'), "a control character");
    serde_json::from_slice::<serde_json::Value>(&json).unwrap();
}
