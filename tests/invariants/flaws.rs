//! What does not add up in a log that was read; fuzzing asks it as well.

use std::fmt::Debug;

use pfsum::config::Format;
use pfsum::tally::traffic::Traffic;
use pfsum::{Summary, render};
use serde_json::Value;

/// The sum of a column of a section's table.
fn sum(report: &Value, section: &str, column: &str) -> Option<u64> {
    let sections = report["sections"].as_array()?;
    let section = sections.iter().find(|candidate| candidate["id"] == section)?;
    let rows = section["table"]["rows"].as_array()?;
    rows.iter().map(|row| row[column].as_u64()).sum()
}

/// The sum of a column of the hours or days.
fn course(report: &Value, table: &str, column: &str) -> Option<u64> {
    report[table].as_array()?.iter().map(|row| row[column].as_u64()).sum()
}

/// Tables and their columns, and the total that each must give. Not among them are the counts
/// of senders: who sent a message that is held or cut off the log may not say.
const TABLES: &[(&str, &str, &str)] = &[
    ("sender_domains", "count", "received"),
    ("sender_domains", "bytes", "bytes_received"),
    ("recipient_domains", "count", "delivered"),
    ("recipient_domains", "bytes", "bytes_delivered"),
    ("recipient_domains", "deferrals", "deferrals"),
    ("recipients", "count", "delivered"),
    ("senders_by_size", "bytes", "bytes_received"),
    ("recipients_by_size", "bytes", "bytes_delivered"),
];

/// What does not add up in a log that was read.
pub(crate) fn flaws(summary: &Summary) -> Vec<String> {
    let mut flaws = Vec::new();
    let mut equal = |what: &str, one: &dyn Debug, other: &dyn Debug| {
        let (one, other) = (format!("{one:?}"), format!("{other:?}"));
        if one != other {
            flaws.push(format!("{what}: {one} is not {other}"));
        }
    };
    let tallies = &summary.tallies;
    let (mut hours, mut days) = (Traffic::default(), Traffic::default());
    tallies.course.hours.iter().for_each(|hour| hours += *hour);
    tallies.course.days.values().for_each(|day| days += *day);
    let totals = &tallies.totals;
    let (received, delivered, deferrals) = (totals.received, totals.delivered, totals.deferrals);
    let (bounced, rejected) = (totals.bounced, totals.rejected());
    let all = Traffic { received, delivered, deferrals, bounced, rejected };
    equal("hours and totals", &hours, &all);
    equal("days and totals", &days, &all);
    let (began, ended) = tallies.ledger.sides();
    equal("the books", &began, &ended);
    equal("received in the books", &tallies.ledger.received, &received);
    equal("generated in the books", &tallies.ledger.generated, &totals.generated);

    let mut json = Vec::new();
    render::render(&summary.report(), Format::Json, &mut json).unwrap();
    let report: Value = serde_json::from_slice(&json).unwrap();
    for (section, column, total) in TABLES {
        let rows = sum(&report, section, column);
        let total_shown = report["totals"][total].as_u64();
        // A table without rows is not printed.
        equal(&format!("{section}, {column}"), &rows.unwrap_or(0), &total_shown.unwrap());
    }
    for (column, total) in [
        ("received", "received"),
        ("delivered", "delivered"),
        ("deferred", "deferrals"),
        ("bounced", "bounced"),
        ("rejected", "rejected"),
    ] {
        let total = report["totals"][total].as_u64();
        equal(&format!("hours of {column}"), &course(&report, "hours", column), &total);
        equal(&format!("days of {column}"), &course(&report, "days", column), &total);
    }
    equal("the books shown", &report["books"]["closes"], &Value::Bool(true));
    flaws
}
