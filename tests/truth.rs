//! The totals of every sample log are those that its generator counted in its model.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use pfsum::input::Reader;
use pfsum::syslog::days_from_civil;
use pfsum::tally::traffic::Traffic;
use pfsum::{Config, Period, Summary};
use serde_json::{Value, json};

/// 2026-11-23 12:00: the sample logs without years were written before it.
const NOW: i64 = 1_795_435_200;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-logs")
}

fn day(text: &str) -> i64 {
    let mut parts = text.split('-').map(|part| part.parse::<i32>().unwrap());
    let (year, month, day) = (parts.next().unwrap(), parts.next().unwrap(), parts.next().unwrap());
    days_from_civil(year, u8::try_from(month).unwrap(), u8::try_from(day).unwrap()).unwrap()
}

fn read(log: &Path, date: Option<&str>) -> Summary {
    let mut config = Config::default();
    config.reading.now = NOW;
    if let Some(date) = date {
        config.reading.period = Period::days(day(date), day(date));
    }
    let mut summary = Summary::new(config);
    summary.read(&mut Reader::open(log).unwrap(), NOW).unwrap();
    summary.finish();
    summary
}

fn domains(summary: &Summary, names: impl Iterator<Item = pfsum::names::Domain>) -> usize {
    let whole = names.map(|domain| summary.names.domains.text(domain));
    whole.map(pfsum::words::domain::registrable).collect::<BTreeSet<_>>().len()
}

/// The totals by the keys of the truth files.
fn totals(summary: &Summary) -> Value {
    let (tallies, t) = (&summary.tallies, &summary.tallies.totals);
    let senders = tallies
        .senders
        .iter()
        .filter(|(sender, _)| !summary.names.addresses.text(*sender).is_empty());
    let reached = tallies.recipient_domains.iter().filter(|(_, reached)| reached.deliveries() > 0);
    json!({
        "received": t.received, "delivered": t.delivered, "forwarded": t.forwarded,
        "deferred": t.deferred, "deferrals": t.deferrals, "bounced": t.bounced,
        "expired": t.expired, "canceled": t.canceled, "rejected": t.rejected(),
        "rejected_temporary": t.rejected_temporary, "rejected_permanent": t.rejected_permanent,
        "reject_warnings": t.reject_warnings, "held": t.held, "discarded": t.discarded,
        "discarded_by_transport": t.discarded_by_transport,
        "swallowed_by_filter": t.swallowed_by_filter, "generated": t.generated,
        "bytes_received": t.bytes_received, "bytes_delivered": t.bytes_delivered,
        "senders": senders.count(),
        "sending_domains": domains(summary, tallies.sender_domains(&summary.names).iter().map(|(domain, _)| domain)),
        "recipients": tallies.recipients.len(),
        "recipient_domains": domains(summary, reached.map(|(domain, _)| domain)),
        "hops_folded": t.hops_folded, "still_queued": t.still_queued,
    })
}

fn row(traffic: &Traffic) -> Value {
    json!({
        "received": traffic.received, "delivered": traffic.delivered, "deferred": traffic.deferrals,
        "bounced": traffic.bounced, "rejected": traffic.rejected,
    })
}

/// Compares what the truth says; it may say less than we count.
fn compare(log: &str, what: &str, truth: &Value, found: &Value, wrong: &mut Vec<String>) {
    for (key, want) in truth.as_object().unwrap() {
        if found.get(key).is_some_and(|have| have != want) {
            wrong.push(format!("{log}: {what} {key}: {want} is true, counted {}", found[key]));
        }
    }
}

#[test]
fn totals_hours_and_days_of_every_sample_log_are_true() {
    let (mut wrong, mut compared) = (Vec::new(), 0);
    for entry in std::fs::read_dir(folder()).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let Ok(truth) = std::fs::read(&path) else { continue };
        let Ok(truth) = serde_json::from_slice::<Value>(&truth) else { continue };
        let of_json = path.extension().is_some_and(|extension| extension == "json");
        if !of_json || truth.get("totals").is_none() {
            continue;
        }
        let stem = name.strip_suffix(".truth.json").or(name.strip_suffix(".json")).unwrap();
        let logs = [format!("{stem}.log"), format!("{stem}.json"), format!("{stem}.export")];
        for log in logs.iter().filter(|log| **log != name && folder().join(log).exists()) {
            let summary = read(&folder().join(log), truth["date_range"].as_str());
            compare(log, "total", &truth["totals"], &totals(&summary), &mut wrong);
            for (hour, want) in truth["hours"].as_array().into_iter().flatten().enumerate() {
                compare(
                    log,
                    &format!("hour {hour}"),
                    want,
                    &row(&summary.tallies.course.hours[hour]),
                    &mut wrong,
                );
            }
            for want in truth["days"].as_array().into_iter().flatten() {
                let date = want["date"].as_str().unwrap();
                let found =
                    summary.tallies.course.days.get(&day(date)).copied().unwrap_or_default();
                compare(log, date, want, &row(&found), &mut wrong);
            }
            if !summary.tallies.ledger.closes() {
                wrong.push(format!("{log}: the books do not close: {:?}", summary.tallies.ledger));
            }
            compared += 1;
        }
    }
    assert!(compared >= 30, "only {compared} sample logs have a truth");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
