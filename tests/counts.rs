//! Numbers by keys, and of some messages only, are the report's numbers.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::path::{Path, PathBuf};

use pfsum::answer::{Breakdown, Filters, Gather, Key, Measure, Question};
use pfsum::input::Reader;
use pfsum::{Config, Period, Summary};

/// 2026-11-23 12:00: the sample logs without years were written before it.
const NOW: i64 = 1_795_435_200;

fn logs() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-logs");
    let all = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    all.filter(|path| path.extension().is_some_and(|ending| ending == "log" || ending == "export"))
        .collect()
}

fn config(log: &Path, period: Period) -> Config {
    let mut config = Config::default();
    config.reading.now = NOW;
    config.reading.period = period;
    if log.file_stem().unwrap() == "february-2009" {
        config.reading.year = Some(2009);
    }
    config
}

fn read(log: &Path, config: Config, question: Question) -> Summary {
    let mut summary = Summary::new(config);
    summary.ask(Some(question));
    summary.read(&mut Reader::open(log).unwrap(), NOW).unwrap();
    summary.finish();
    summary
}

fn breakdown(config: &Config, keys: Vec<Key>) -> Breakdown {
    let (period, all) = (config.reading.period, Measure::ALL.to_vec());
    Breakdown::new(all, keys, period, &config.counting, &config.reporting)
}

fn totals(summary: &Summary) -> Vec<u64> {
    let report = summary.report();
    Measure::ALL.iter().map(|measure| measure.total(&report, &summary.tallies)).collect()
}

/// Days of the sample logs, one of them cut in the middle.
fn periods() -> [Period; 3] {
    let first = 20_773; // 2026-11-16
    let noon = first * 86_400 + 86_400 * 6 + 43_200;
    [
        Period::ALWAYS,
        Period { first: Some(noon), last: None },
        Period { first: None, last: Some(noon) },
    ]
}

#[test]
fn the_rows_of_every_key_add_up_to_the_number_of_the_report() {
    let mut wrong = Vec::new();
    let keys = Key::ALL.iter().map(|key| vec![*key]).chain([vec![], vec![Key::Hour, Key::Relay]]);
    for keys in keys {
        for log in logs() {
            for period in periods() {
                let config = config(&log, period);
                let breakdown = Some(breakdown(&config, keys.clone()));
                let question = Question { breakdown, ..Question::default() };
                let summary = read(&log, config, question);
                let breakdown = summary.asked().unwrap().breakdown.as_ref().unwrap();
                let sums = breakdown.sums();
                for ((measure, sum), total) in Measure::ALL.iter().zip(&sums).zip(totals(&summary))
                {
                    let adds_up =
                        *sum == total || measure.is_distinct() && !keys.is_empty() && *sum >= total;
                    if !adds_up {
                        wrong.push(format!(
                            "{} by {keys:?} of {}: {sum}, not {total}",
                            measure.name(),
                            log.display()
                        ));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_filter_that_everything_passes_changes_no_number() {
    for log in logs() {
        for period in periods() {
            let plain = totals(&read(&log, config(&log, period), Question::default()));
            let question = Question {
                gather: Some(Gather::new(Filters::default(), false)),
                ..Question::default()
            };
            let filtered = totals(&read(&log, config(&log, period), question));
            assert_eq!(plain, filtered, "{}", log.display());
        }
    }
}

/// The filter that lets only mail to one of the addresses through, or from it.
fn only(by: &str, text: &str) -> Option<Filters> {
    Some(match by {
        "to" => Filters { to: vec![text.parse().ok()?], ..Filters::default() },
        "from" => Filters { from: vec![text.parse().ok()?], ..Filters::default() },
        "client" => Filters { client: vec![text.parse().ok()?], ..Filters::default() },
        _ => Filters { user: vec![text.into()], ..Filters::default() },
    })
}

/// What is counted for one recipient, sender, client or user is what a filter for it leaves.
#[test]
fn a_filter_leaves_what_the_row_of_its_key_says() {
    let per_recipient = [
        Measure::Delivered,
        Measure::Forwarded,
        Measure::Deferrals,
        Measure::Bounced,
        Measure::Rejected,
        Measure::BytesDelivered,
        Measure::DiscardedByTransport,
        Measure::SwallowedByFilter,
    ];
    let per_message = [
        Measure::Received,
        Measure::Delivered,
        Measure::Deferrals,
        Measure::Bounced,
        Measure::Expired,
        Measure::BytesReceived,
        Measure::Rejected,
    ];
    let (mut wrong, mut compared) = (Vec::new(), 0);
    for log in logs() {
        for (by, key, measures) in [
            ("to", Key::Recipient, &per_recipient[..]),
            ("from", Key::Sender, &per_message),
            ("user", Key::User, &per_message[..1]),
        ] {
            let config = config(&log, Period::ALWAYS);
            let question =
                Question { breakdown: Some(breakdown(&config, vec![key])), ..Question::default() };
            let summary = read(&log, config.clone(), question);
            let rows = summary.asked().unwrap().breakdown.as_ref().unwrap().rows();
            for row in rows.iter().filter(|row| row.keys[0] != b"-").take(12) {
                let Ok(text) = str::from_utf8(&row.keys[0]) else { continue };
                let Some(filters) = only(by, text) else { continue };
                let question =
                    Question { gather: Some(Gather::new(filters, false)), ..Question::default() };
                let found = totals(&read(&log, config.clone(), question));
                for measure in measures {
                    let at = Measure::ALL.iter().position(|other| other == measure).unwrap();
                    if row.counts[at] != found[at] {
                        let name = measure.name();
                        wrong.push(format!(
                            "{} --{by} {text} {name}: {} in the table, {} filtered",
                            log.display(),
                            row.counts[at],
                            found[at]
                        ));
                    }
                    compared += 1;
                }
            }
        }
    }
    assert!(compared > 500, "{compared}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
