//! What fuzzing does with the bytes it draws: each function is one target, panics when
//! something does not hold, and is run by `tests/fuzzed.rs` on every find that was kept.

use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use pfsum::config::Format;
use pfsum::input::{Block, Reader};
use pfsum::{Config, Summary, postfix, render, syslog};

#[path = "../../tests/invariants/flaws.rs"]
mod flaws;

/// 2026-11-23 12:00, in seconds since 1970.
const NOW: i64 = 1_795_435_200;

/// Takes each line to its entry, by parsers that remember the lines before and by fresh
/// ones: what is remembered must not change what is understood.
pub fn line(bytes: &[u8]) {
    let (mut header, mut said) = (syslog::Parser::default(), postfix::Parser::default());
    for line in bytes.split(|&byte| byte == b'\n') {
        let remembering = header.parse(line);
        assert_eq!(format!("{remembering:?}"), format!("{:?}", syslog::parse(line)));
        if let Some(syslog::Line::Record(record)) = remembering {
            let entry = said.parse(&record);
            assert_eq!(format!("{entry:?}"), format!("{:?}", postfix::parse(&record)));
        }
    }
}

/// Makes the report of a log in every form. The first byte chooses how it is counted.
pub fn report(bytes: &[u8]) {
    let Some((&choice, log)) = bytes.split_first() else { return };
    let mut config = Config::default();
    config.reading.now = NOW;
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
    let mut summary = Summary::new(config);
    let mut reader = Reader::from_stream(Path::new("log"), stream_of(log)).unwrap();
    // Half an entry of a journal is an error; what stands before it counts.
    let _ = summary.read(&mut reader, NOW);
    summary.finish();
    let flaws = flaws::flaws(&summary);
    assert!(flaws.is_empty(), "{}", flaws.join("\n"));

    let report = Arc::new(summary.report());
    let text = shown(&report, Format::Text);
    assert!(!text.contains(|c: char| c.is_control() && c != '\n'), "a control character");
    let page = shown(&report, Format::Html);
    assert!(!page.contains("<script"), "a script");
    let value: serde_json::Value = serde_json::from_str(&shown(&report, Format::Json)).unwrap();
    assert_eq!(value["schema"], 1);
}

fn shown(report: &Arc<pfsum::report::Report>, format: Format) -> String {
    let mut out = Vec::new();
    render::render(report, format, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// Reads a stream in any codec and form, whole and in small steps: the lines are the same.
pub fn stream(bytes: &[u8]) {
    let at_once = lines_of(stream_of(bytes));
    let stepwise = lines_of(Box::new(Steps(std::io::Cursor::new(bytes.to_vec()))));
    assert!(at_once == stepwise, "steps change the lines");
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
