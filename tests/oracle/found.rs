//! What pfsum says of a log, in the words of the truth.

use std::path::Path;

use pfsum::answer::{Breakdown, Key, Measure, Question};
use pfsum::input::Reader;
use pfsum::report::waiting::Beside;
use pfsum::track::Fate;
use pfsum::{Config, Period, Summary};

use crate::truth::{Numbers, Waits, add};

/// What is asked about: the name in the truth, the measure, and by what it is broken down.
const MEASURES: [&str; 24] = [
    "received",
    "delivered",
    "forwarded",
    "deferred",
    "deferrals",
    "bounced",
    "expired",
    "canceled",
    "rejected",
    "rejected_temporary",
    "rejected_permanent",
    "reject_warnings",
    "held",
    "discarded",
    "discarded_by_transport",
    "swallowed_by_filter",
    "handed_on",
    "generated",
    "probes",
    "bytes_received",
    "bytes_delivered",
    "senders",
    "recipients",
    "connections",
];

const BY_KEY: [(&str, Key, &[&str]); 6] = [
    ("recipient", Key::Recipient, &["delivered", "deferrals", "bounced", "forwarded"]),
    ("relay", Key::Relay, &["delivered", "deferrals", "bounced", "forwarded"]),
    ("dsn", Key::Dsn, &["deferrals", "bounced"]),
    ("sender", Key::Sender, &["received", "delivered", "deferrals", "bounced", "forwarded"]),
    ("user", Key::User, &["received"]),
    ("host", Key::Host, &["received", "delivered", "deferrals", "bounced", "forwarded"]),
];

/// Reads the files of a log, the last of which was written at `now`.
pub(crate) fn read(files: &[String], period: Period, now: i64, key: Option<Key>) -> Summary {
    let mut config = Config::default();
    config.reading.now = now;
    config.reading.period = period;
    let mut summary = Summary::new(config.clone());
    let keys: Vec<Key> = key.into_iter().collect();
    let all = Measure::ALL.to_vec();
    let breakdown = Breakdown::new(all, keys, period, &config.counting, &config.reporting);
    summary.ask(Some(Question { breakdown: Some(breakdown), ..Question::default() }));
    for file in files {
        let stream = Box::new(std::io::Cursor::new(file.clone().into_bytes()));
        summary.read(&mut Reader::from_stream(Path::new("log"), stream).unwrap(), now).unwrap();
    }
    summary.finish();
    summary
}

/// The totals, hours and days.
pub(crate) fn totals(summary: &Summary) -> Numbers {
    let mut numbers = Numbers::new();
    let report = summary.report();
    for name in MEASURES {
        let measure = Measure::named(name).unwrap_or_else(|| panic!("no measure {name}"));
        add(&mut numbers, name, measure.total(&report, &summary.tallies));
    }
    let t = &summary.tallies.totals;
    add(&mut numbers, "hops_folded", t.hops_folded);
    add(&mut numbers, "still_queued", t.still_queued);
    let course = &summary.tallies.course;
    let hours =
        course.hours.iter().enumerate().map(|(hour, traffic)| (format!("hour {hour}"), traffic));
    let days = course.days.iter().map(|(day, traffic)| (format!("day {day}"), traffic));
    for (name, traffic) in hours.chain(days) {
        for (what, count) in [
            ("received", traffic.received),
            ("delivered", traffic.delivered),
            ("deferrals", traffic.deferrals),
            ("bounced", traffic.bounced),
            ("rejected", traffic.rejected),
        ] {
            add(&mut numbers, format!("{name} {what}"), count);
        }
    }
    numbers
}

/// What `pfsum count --by` answers.
pub(crate) fn counts(files: &[String], now: i64) -> Numbers {
    let mut numbers = Numbers::new();
    for (key_name, key, names) in BY_KEY {
        let summary = read(files, Period::ALWAYS, now, Some(key));
        let breakdown = summary.asked().unwrap().breakdown.as_ref().unwrap();
        for row in breakdown.rows() {
            let value = String::from_utf8_lossy(&row.keys[0]).into_owned();
            for name in names {
                let at =
                    Measure::ALL.iter().position(|measure| Measure::named(name) == Some(*measure));
                add(&mut numbers, format!("{name} by {key_name} {value}"), row.counts[at.unwrap()]);
            }
        }
    }
    numbers
}

/// The books, by fate; what was thrown away and what was delivered beside each other only if
/// no content filter swallowed anything before it showed itself.
pub(crate) fn books(summary: &Summary) -> Numbers {
    let ledger = &summary.tallies.ledger;
    let mut numbers = Numbers::new();
    add(&mut numbers, "before", ledger.before);
    add(&mut numbers, "received", ledger.received);
    add(&mut numbers, "generated", ledger.generated);
    for (name, fate) in [
        ("delivered", Fate::Delivered),
        ("discarded", Fate::Discarded),
        ("bounced", Fate::Bounced),
        ("expired", Fate::Expired),
        ("deleted", Fate::Deleted),
        ("end not in the log", Fate::EndNotInLog),
        ("not yet queued", Fate::Unfinished),
        ("still queued", Fate::StillQueued),
    ] {
        add(&mut numbers, format!("ended {name}"), ledger.met(fate));
    }
    numbers
}

/// What `pfsum queue` says: host, queue ID, and who waits.
pub(crate) fn queue(summary: &Summary) -> Vec<((String, String), Vec<Waits>)> {
    let report = summary.queue_report(Beside::default());
    let mut queue: Vec<_> = report
        .queue
        .iter()
        .map(|queued| {
            let waits = queued.waiting.iter().map(|waiting| Waits {
                recipient: waiting.recipient.clone(),
                attempts: waiting.attempts,
                first_reason: waiting.first_reason.clone(),
                last_reason: waiting.last_reason.clone(),
            });
            ((queued.host.clone(), queued.queue_id.clone()), waits.collect())
        })
        .collect();
    queue.sort_by(|(one, _), (other, _)| one.cmp(other));
    queue
}
