//! Stories: a few log lines, and under the line that settles them the facts told.
//!
//! A file in `stories/` holds stories with blank lines between them. A story is a title
//! (`# …`), the options of the tracker if it needs any (`--no-fold`, `--use-orig-to`), the
//! lines of the log, and `end`. Lines are shortened: the date is 23 November 2026 and the
//! host `mx1` unless the line says otherwise, the instance `postfix` unless the tag does.
//! Facts are indented; what is not told by a line stands under `end`. A fact names its time
//! and its message only where they are not those of the line.
//!
//! `--still-wrong` marks a story that the tracker tells wrong: it stands there as it should
//! be, and the mark goes when it is told so.
//!
//! `PFSUM_BLESS=1 cargo test --test stories` writes what is told now. What it writes is to be
//! read against the Postfix manual, not against the code.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use pfsum::names::{Address, Known, Names, Relay};
use pfsum::postfix::event::{Action, Decider};
use pfsum::syslog::{Calendar, Line, Moment, Record, civil_from_days};
use pfsum::tally::Tallies;
use pfsum::track::{Fact, Handover, Message, Tracker, Tracking, What};
use pfsum::{Config, Zone, postfix, syslog};

/// 30 November 2026: no line was written later.
const NOW: i64 = 1_796_040_000;

/// The stories of a file with the facts that are told now, and what is wrong with them apart
/// from that.
fn told(text: &str) -> (String, Vec<String>) {
    let (mut out, mut wrong) = (String::new(), Vec::new());
    for (number, story) in text.split("\n\n").enumerate() {
        if number > 0 {
            out.push('\n');
        }
        let title = story.lines().next().unwrap_or_default();
        if !title.starts_with("# ") {
            wrong.push(format!("a story begins with its title, not with {title:?}"));
        }
        if story.lines().any(|line| line == "--still-wrong") {
            let mut now = String::new();
            tell(story, &mut now);
            if now.trim_end() == story.trim_end() {
                wrong.push(format!("{title}: is told right by now"));
            }
            writeln!(out, "{}", story.trim_end()).unwrap();
            continue;
        }
        let tallies = tell(story, &mut out);
        if !tallies.ledger.closes() {
            wrong.push(format!("{title}: the books do not close: {:?}", tallies.ledger));
        }
        let (mut hours, mut days) = <(pfsum::tally::traffic::Traffic, _)>::default();
        tallies.course.hours.iter().for_each(|hour| hours += *hour);
        tallies.course.days.values().for_each(|day| days += *day);
        if hours != days || hours.delivered != tallies.totals.delivered {
            wrong.push(format!("{title}: hours {hours:?}, days {days:?}, {:?}", tallies.totals));
        }
    }
    (out, wrong)
}

/// Tells one story.
fn tell(story: &str, out: &mut String) -> Tallies {
    let options = |option| story.lines().any(|line| line == option);
    let tracking = Tracking {
        fold: !options("--no-fold"),
        use_orig_to: options("--use-orig-to"),
        discard_delivers: options("--discard-delivers"),
        ..Tracking::default()
    };
    let mut calendar = Calendar::new(Zone::Utc, NOW, Some(2026), None);
    let mut tracker = Tracker::new(tracking);
    let mut names = Names::default();
    let config = Config::default();
    let mut tallies = Tallies::new(config.reading.period, config.counting);
    let mut last = Moment::default();
    for short in story.lines().filter(|line| !line.starts_with("  ")) {
        writeln!(out, "{short}").unwrap();
        if short.starts_with('#') || short.starts_with("--") {
            continue;
        }
        let mut teller = Teller { out, tallies: &mut tallies, line: None };
        if short == "end" {
            let at = last;
            teller.line = Some(Told { at, queue_id: None, instance: Vec::new() });
            tracker.finish(at, &mut names, &mut |names: &mut Names, fact: &Fact<'_>| {
                teller.hear(names, fact);
            });
            continue;
        }
        let full = full_line(short);
        let record = record(&full, short);
        let entry = postfix::parse(&record).unwrap_or_else(|| panic!("not Postfix's: {short}"));
        assert!(entry.event.is_some(), "not understood: {short}");
        let at = calendar.resolve(record.stamp).unwrap();
        last = last.max(at);
        let instance = [record.host, entry.tag.instance].concat();
        teller.line = Some(Told { at, queue_id: entry.queue_id, instance });
        tracker.apply(
            at,
            entry.heard(),
            Known::Nothing,
            &mut names,
            &mut |names: &mut Names, fact: &Fact<'_>| {
                teller.hear(names, fact);
            },
        );
    }
    tallies.close();
    tallies
}

fn record<'a>(full: &'a str, short: &str) -> Record<'a> {
    match syslog::parse(full.as_bytes()) {
        Some(Line::Record(record)) => record,
        other => panic!("not a record: {short}: {other:?}"),
    }
}

/// `10:00:00 smtpd[1]: …` as syslog writes it.
fn full_line(short: &str) -> String {
    let dated = short.starts_with(|c: char| c.is_ascii_uppercase());
    let (stamp, rest) = if dated {
        (short[..15].to_owned(), &short[16..])
    } else {
        (format!("Nov 23 {}", &short[..8]), &short[9..])
    };
    let (host, rest) = match rest.split_once(' ') {
        Some((word, rest)) if !word.ends_with(':') => (word, rest),
        _ => ("mx1", rest),
    };
    let (tag, _) = rest.split_once('[').unwrap_or_else(|| panic!("no process ID: {short}"));
    let instance = if tag.contains('/') { "" } else { "postfix/" };
    format!("{stamp} {host} {instance}{rest}")
}

/// The line that facts are told at.
struct Told {
    at: Moment,
    queue_id: Option<postfix::QueueId>,
    instance: Vec<u8>,
}

/// Writes facts down, and counts them.
struct Teller<'a> {
    out: &'a mut String,
    tallies: &'a mut Tallies,
    line: Option<Told>,
}

impl Teller<'_> {
    fn hear(&mut self, names: &mut Names, fact: &Fact<'_>) {
        let Some(line) = &self.line else { return };
        write!(self.out, "  {}", what(names, fact)).unwrap();
        if fact.times > 1 {
            write!(self.out, " ×{}", fact.times).unwrap();
        }
        if fact.at != line.at {
            write!(self.out, " at {}", clock(fact.at, line.at)).unwrap();
        }
        if let Some(message) = fact.message.filter(|m| Some(m.queue_id) != line.queue_id) {
            write!(self.out, " of {}", message.queue_id).unwrap();
        }
        let text = |name| names.texts.text(name);
        let instance = [text(fact.service.host), text(fact.service.instance)].concat();
        if instance != line.instance && instance != b"mx1postfix" {
            let (host, name) = (text(fact.service.host), text(fact.service.instance));
            write!(self.out, " in {} {}", lossy(host), lossy(name)).unwrap();
        }
        self.out.push('\n');
        self.tallies.count(names, fact);
    }
}

/// A fact in one line, without its time and message.
fn what(names: &Names, fact: &Fact<'_>) -> String {
    let address = |address: Address| shown(names.addresses.text(address));
    let relay = |relay: Relay| lossy(names.relays.text(relay));
    let handover = |word: &str, h: Handover| {
        let size = h.size.map_or_else(|| "?".to_owned(), |size| size.to_string());
        format!("{word} {} {size} {}", address(h.recipient), seconds(h.delay))
    };
    match fact.what {
        What::Received => beginning("Received", names, fact.message),
        What::Generated => beginning("Generated", names, fact.message),
        What::Begun => "Begun".to_owned(),
        What::Delivered(h) => handover("Delivered", h),
        What::Forwarded(h) => format!("Forwarded {}", address(h.recipient)),
        What::HandedOn(h) => format!("HandedOn {} to {}", address(h.recipient), relay(h.relay)),
        What::Swallowed(h) => format!("Swallowed {} by {}", address(h.recipient), relay(h.relay)),
        What::ThrownAway(h) => format!("ThrownAway {}", address(h.recipient)),
        What::HopFolded => "HopFolded".to_owned(),
        What::Deferred { recipient, previous, .. } => {
            let when = if previous.is_some() { "again" } else { "first" };
            format!("Deferred {} {when}", address(recipient))
        }
        What::PutOff { previous } => {
            format!("PutOff {}", if previous.is_some() { "again" } else { "first" })
        }
        What::Bounced { recipient, .. } => format!("Bounced {}", address(recipient)),
        What::Probed { deliverable: true } => "Probed deliverable".to_owned(),
        What::Probed { deliverable: false } => "Probed undeliverable".to_owned(),
        What::Expired { forced } => {
            let last = fact.message.and_then(Message::last_put_off);
            let last = last.map_or_else(|| "none".to_owned(), |last| relay(last.relay));
            format!("Expired {}at {last}", if forced { "by force " } else { "" })
        }
        What::Canceled => "Canceled".to_owned(),
        What::Verdict(verdict) => {
            let by = match verdict.by {
                Decider::Smtpd => "smtpd",
                Decider::Checks => "checks",
                Decider::Milter => "milter",
                Decider::Proxy => "proxy",
                Decider::Postscreen => "postscreen",
            };
            let how = if verdict.temporary { " temporary" } else { "" };
            let how = if verdict.action == Action::Reject { how } else { "" };
            format!("{:?} {} by {by}{how}", verdict.action, lossy(verdict.stage))
        }
        What::RelaySecured { level, .. } => format!("RelaySecured {}", lossy(level)),
        What::Queued { still, .. } => {
            if still { "Queued still" } else { "Queued no more" }.to_owned()
        }
        What::Ended { start, fate, .. } => format!("Ended {start:?} {fate:?}"),
        What::Session { client, seconds, .. } => {
            let client = lossy(names.clients.text(client));
            let seconds = seconds.map_or_else(|| "?".to_owned(), |seconds| seconds.to_string());
            format!("Session {client} {seconds}s")
        }
        What::Diagnosed { level, .. } => format!("{level:?}"),
        _ => panic!("no story needs this fact yet"),
    }
}

fn beginning(word: &str, names: &Names, message: Option<&Message>) -> String {
    let message = message.expect("a message begins");
    let sender = message.sender.map_or_else(|| "?".to_owned(), |s| shown(names.addresses.text(s)));
    let size = message.size.map_or_else(|| "?".to_owned(), |size| size.to_string());
    let user = message.user.map(|user| format!(" as {}", lossy(names.texts.text(user))));
    format!("{word} {sender} {size}{}", user.unwrap_or_default())
}

fn shown(address: &[u8]) -> String {
    if address.is_empty() { "<>".to_owned() } else { lossy(address) }
}

fn lossy(text: &[u8]) -> String {
    String::from_utf8_lossy(text).into_owned()
}

fn seconds(millis: u64) -> String {
    let text = format!("{}.{:03}", millis / 1000, millis % 1000);
    format!("{}s", text.trim_end_matches('0').trim_end_matches('.'))
}

/// The time of day, with the date if it is not that of the line.
fn clock(at: Moment, line: Moment) -> String {
    let second = at.wall.rem_euclid(86_400);
    let clock = format!("{:02}:{:02}:{:02}", second / 3600, second / 60 % 60, second % 60);
    if at.day() == line.day() {
        return clock;
    }
    let (year, month, day) = civil_from_days(at.day());
    format!("{year}-{month:02}-{day:02} {clock}")
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stories")
}

#[test]
fn each_line_tells_what_it_settles() {
    let bless = std::env::var_os("PFSUM_BLESS").is_some();
    let (mut wrong, mut stories) = (String::new(), 0);
    let mut paths: Vec<_> = fs::read_dir(folder()).unwrap().map(|e| e.unwrap().path()).collect();
    paths.sort();
    for path in paths {
        let text = fs::read_to_string(&path).unwrap();
        let (now, broken) = told(&text);
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        for broken in broken {
            writeln!(wrong, "{name}: {broken}").unwrap();
        }
        stories += text.lines().filter(|line| *line == "end").count();
        if now == text {
            continue;
        }
        if bless {
            fs::write(&path, &now).unwrap();
            continue;
        }
        let at = now.lines().zip(text.lines()).position(|(now, before)| now != before);
        let at = at.unwrap_or_else(|| now.lines().count().min(text.lines().count()));
        let around = |text: &str| {
            text.lines().skip(at.saturating_sub(3)).take(6).collect::<Vec<_>>().join("\n")
        };
        let (expected, found) = (around(&text), around(&now));
        writeln!(wrong, "{name}, line {}: expected\n{expected}\ntold\n{found}\n", at + 1).unwrap();
    }
    assert!(stories > 0, "no stories");
    assert!(wrong.is_empty(), "{wrong}");
}
