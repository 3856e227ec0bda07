//! The forms for programs: JSON as its schema says, and the same numbers in every form.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs)]

#[path = "data/outlines.rs"]
mod outlines;
#[path = "data/rows.rs"]
mod rows;
#[path = "data/waiting.rs"]
mod waiting;

use std::fs;
use std::path::{Path, PathBuf};

use boon::{Compiler, Schemas};
use pfsum::config::Format;
use pfsum::input::Reader;
use pfsum::render::{self, csv};
use pfsum::report::Report;
use pfsum::words::scale::scaled_count;
use pfsum::{Config, Summary};
use serde_json::{Value, json};

/// 2026-11-23 12:00: the sample logs without years were written before it.
const NOW: i64 = 1_795_435_200;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every log that comes with the source.
fn logs() -> Vec<PathBuf> {
    let folders = ["sample-logs", "tests/golden/logs"];
    let entries = folders.iter().flat_map(|folder| fs::read_dir(root().join(folder)).unwrap());
    let mut logs: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    logs.retain(|log| log.extension().is_some_and(|end| end == "log" || end == "export"));
    logs.sort();
    assert!(logs.len() > 35, "only {} logs", logs.len());
    logs
}

fn report(log: &Path, format: Format) -> Report<'static> {
    let mut config = Config::default();
    config.reading.now = NOW;
    config.counting.messages = true;
    config.reporting.format = format;
    let mut summary = Summary::new(config);
    summary.read(&mut Reader::open(log).unwrap(), NOW).unwrap();
    summary.finish();
    summary.report().into_owned()
}

fn written(report: &Report<'_>, format: Format) -> String {
    let mut out = Vec::new();
    render::render(report, format, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn table(report: &Report<'_>, name: &str) -> Vec<Vec<String>> {
    let mut out = Vec::new();
    csv::write(report, name, &mut out).unwrap();
    records(&String::from_utf8(out).unwrap())
}

/// Reads CSV as RFC 4180 says.
fn records(text: &str) -> Vec<Vec<String>> {
    let (mut records, mut record, mut field) = (Vec::new(), Vec::new(), String::new());
    let (mut quoted, mut chars) = (false, text.chars().peekable());
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => {
                chars.next();
                field.push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => record.push(std::mem::take(&mut field)),
            '\r' if !quoted => {
                assert_eq!(chars.next(), Some('\n'), "a line ends with CR LF");
                record.push(std::mem::take(&mut field));
                records.push(std::mem::take(&mut record));
            }
            c => field.push(c),
        }
    }
    assert!(field.is_empty() && record.is_empty() && !quoted, "the last line has an end");
    records
}

fn json(report: &Report<'_>) -> Value {
    serde_json::from_str(&written(report, Format::Json)).unwrap()
}

fn schema() -> Value {
    serde_json::from_slice(&fs::read(root().join("docs/report.schema.json")).unwrap()).unwrap()
}

/// The same schema, which takes no key that it does not describe.
fn closed(mut schema: Value) -> Value {
    match &mut schema {
        Value::Object(keys) => {
            keys.values_mut().for_each(|value| *value = closed(value.take()));
            let described = keys.get("type") == Some(&json!("object"))
                && keys.contains_key("properties")
                && !keys.contains_key("additionalProperties");
            if described {
                keys.insert("additionalProperties".to_owned(), json!(false));
            }
        }
        Value::Array(list) => list.iter_mut().for_each(|value| *value = closed(value.take())),
        _ => {}
    }
    schema
}

/// What the schema has against each of these values, if anything.
fn objections(schema: Value, values: &[Value]) -> Vec<Option<String>> {
    let mut schemas = Schemas::new();
    let mut compiler = Compiler::new();
    compiler.add_resource("report.json", schema).unwrap();
    let index = compiler.compile("report.json", &mut schemas).unwrap();
    values.iter().map(|value| Some(schemas.validate(value, index).err()?.to_string())).collect()
}

#[test]
fn json_is_what_its_schema_says_and_nothing_else() {
    let logs = logs();
    let values: Vec<Value> = logs.iter().map(|log| json(&report(log, Format::Json))).collect();
    for schema in [schema(), closed(schema())] {
        for (log, objection) in logs.iter().zip(objections(schema, &values)) {
            assert_eq!(objection, None, "{}", log.display());
        }
    }
}

#[test]
fn the_schema_refuses_what_is_not_so() {
    let good = json(&report(&root().join("tests/golden/logs/every-section.log"), Format::Json));
    let spoil = |change: &dyn Fn(&mut Value)| {
        let mut value = good.clone();
        change(&mut value);
        value
    };
    let spoiled = [
        spoil(&|value| drop(value["totals"].as_object_mut().unwrap().remove("deferrals"))),
        spoil(&|value| value["totals"]["received"] = json!(-1)),
        spoil(&|value| value["totals"]["bytes_received"] = json!("1263k")),
        spoil(&|value| value["schema"] = json!(2)),
        spoil(&|value| drop(value["hours"].as_array_mut().unwrap().pop())),
        spoil(&|value| value["queue"][0]["arrival"] = json!("yesterday")),
        spoil(&|value| {
            let sections = value["sections"].as_array_mut().unwrap();
            let senders = sections.iter_mut().find(|section| section["id"] == "senders").unwrap();
            senders["table"]["rows"][0].as_object_mut().unwrap().remove("address");
        }),
    ];
    assert!(objections(schema(), &spoiled).iter().all(Option::is_some));
    let more = spoil(&|value| value["totals"]["new"] = json!(1));
    assert_eq!(objections(schema(), std::slice::from_ref(&more)), [None], "keys may be added");
    assert!(objections(closed(schema()), &[more])[0].is_some());
}

#[test]
fn every_table_has_a_name_and_every_name_a_table() {
    let names: Vec<&str> = csv::names().collect();
    for log in logs() {
        for section in &report(&log, Format::Json).sections {
            assert!(names.contains(&section.id), "{}: {}", log.display(), section.id);
        }
    }
    // A table without rows has its headings; what mailq prints is added by the program.
    let quiet = report(&root().join("sample-logs/quiet-day.log"), Format::Csv);
    for name in names.iter().filter(|name| **name != "mailq") {
        let table = table(&quiet, name);
        assert!(table.iter().all(|row| row.len() == table[0].len()), "{name}");
    }
}

/// A cell as the table in JSON has it.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) if text.starts_with(['=', '+', '-', '@']) && text != "-" => {
            format!("'{text}")
        }
        Value::String(text) => text.clone(),
        number => number.as_f64().unwrap().to_string(),
    }
}

#[test]
fn csv_has_the_rows_of_json() {
    for log in logs() {
        let report = report(&log, Format::Json);
        let json = json(&report);
        for row in table(&report, "totals").iter().skip(1) {
            assert_eq!(row[1], json["totals"][&row[0]].to_string(), "{}: {row:?}", log.display());
        }
        assert_eq!(table(&report, "totals").len() - 1, json["totals"].as_object().unwrap().len());
        for key in ["hours", "days", "queue", "findings"] {
            let rows = table(&report, key);
            assert_eq!(rows.len() - 1, json[key].as_array().unwrap().len());
            let column = rows[0].iter().position(|title| title == "received" || title == "count");
            for (row, value) in rows.iter().skip(1).zip(json[key].as_array().unwrap()) {
                if let Some(column) = column {
                    assert_eq!(row[column], value[&rows[0][column]].to_string());
                }
            }
        }
        for section in json["sections"].as_array().unwrap() {
            let rows = table(&report, section["id"].as_str().unwrap());
            if let Some(said) = section["table"]["rows"].as_array() {
                let said = said.iter().map(|row| {
                    rows[0].iter().map(|column| plain(&row[column])).collect::<Vec<_>>()
                });
                assert_eq!(rows[1..], said.collect::<Vec<_>>(), "{}", section["id"]);
            } else if let Some(groups) = section["outline"].as_array() {
                let sum: u64 = rows.iter().skip(1).map(|row| row[2].parse::<u64>().unwrap()).sum();
                let shown: u64 = groups.iter().map(counted).sum();
                assert_eq!(sum, shown, "{}: {}", log.display(), section["id"]);
            }
        }
    }
}

/// The counts of all lines below a heading.
fn counted(group: &Value) -> u64 {
    let below = group["groups"].as_array().into_iter().flatten().map(counted).sum::<u64>();
    let rows = group["rows"].as_array().into_iter().flatten();
    below + rows.map(|row| row["count"].as_u64().unwrap()).sum::<u64>()
}

/// A total: its key, what text and page call it, and its metric.
const TOTALS: [(&str, &str, &str, &str); 25] = [
    ("received", "received", "received", "received_messages"),
    ("delivered", "delivered", "delivered", "delivered_recipients"),
    ("forwarded", "forwarded", "forwarded", "forwarded_recipients"),
    ("deferred", "deferred", "deferred", "deferred_messages"),
    ("deferrals", "", "deferrals", "deferral_attempts"),
    ("bounced", "bounced", "bounced", "bounced_recipients"),
    ("expired", "expired", "expired", "expired_messages"),
    ("canceled", "removed (canceled)", "removed", "canceled_messages"),
    ("rejected_temporary", "", "for now", "rejected_commands{reply=\"temporary\"}"),
    ("rejected_permanent", "", "for good", "rejected_commands{reply=\"permanent\"}"),
    ("reject_warnings", "reject warnings", "warnings", "reject_warnings"),
    ("held", "held", "held", "held_messages"),
    ("discarded", "discarded", "discarded", "discarded_messages"),
    ("discarded_by_transport", "", "sent to discard", "discarded_by_transport_recipients"),
    ("swallowed_by_filter", "", "swallowed", "swallowed_by_filter_recipients"),
    ("handed_on", "", "", "handed_on_recipients"),
    ("generated", "", "generated here", "generated_messages"),
    ("probes", "", "", "probed_recipients"),
    ("bytes_received", "bytes received", "", "received_bytes"),
    ("bytes_delivered", "bytes delivered", "", "delivered_bytes"),
    ("senders", "senders", "senders", "senders"),
    ("sending_domains", "sending hosts/domains", "sending domains", "sending_domains"),
    ("recipients", "recipients", "recipients", "recipients"),
    ("recipient_domains", "recipient hosts/domains", "recipient domains", "recipient_domains"),
    ("hops_folded", "", "hops folded", "folded_hops"),
];

#[test]
fn no_total_differs_between_text_page_json_and_metrics() {
    for log in logs() {
        let full = report(&log, Format::Json);
        let totals = json(&full)["totals"].take();
        let text = written(&report(&log, Format::Text), Format::Text);
        let page = written(&report(&log, Format::Html), Format::Html);
        // The books at its end have rows of the same names.
        let page = page.split("id=\"reading\"").next().unwrap();
        if full.reading.postfix_lines == 0 {
            assert!(!page.contains("id=\"numbers\""), "{}: nothing to tell", log.display());
            continue;
        }
        let metrics = written(&full, Format::Prometheus);
        assert_sound(&metrics);
        for (key, in_text, on_page, metric) in TOTALS {
            let number = totals[key].as_u64().unwrap();
            let at = log.display();
            assert!(metrics.contains(&format!("\npfsum_{metric} {number}\n")), "{at}: {metric}");
            let line = format!("\n {}  {in_text}", scaled_count(number));
            assert!(in_text.is_empty() || text.contains(&line), "{at}: {line:?} in text");
            let row = format!(">{}</td><th scope=\"row\">{on_page}</th>", grouped(number));
            // The page leaves out most that is nothing.
            let said = on_page.is_empty() || page.contains(&row);
            let silent = !page.contains(&format!("<th scope=\"row\">{on_page}</th>"));
            assert!(said || number == 0 && silent, "{at}: {row} on the page");
        }
        let queued = format!("\npfsum_queued_messages {}\n", totals["still_queued"]);
        assert!(metrics.contains(&queued), "{}", log.display());
        for key in ["bytes_received", "bytes_delivered"] {
            let exact = format!("title=\"{} bytes\"", grouped(totals[key].as_u64().unwrap()));
            assert!(page.contains(&exact), "{}: {exact}", log.display());
        }
        let rejected =
            format!("\n {}  rejected", scaled_count(totals["rejected"].as_u64().unwrap()));
        assert!(text.contains(&rejected), "{}", log.display());
    }
}

/// The text format, and the conventions of names: <https://prometheus.io/docs/practices/naming/>.
fn assert_sound(metrics: &str) {
    let mut known = std::collections::BTreeSet::new();
    let mut lines = metrics.lines().peekable();
    while let Some(line) = lines.next() {
        let help = line.strip_prefix("# HELP ").and_then(|rest| rest.split_once(' '));
        assert!(help.is_some(), "{line} has no HELP in front");
        let (name, help) = help.unwrap();
        assert!(help.ends_with('.') && help.starts_with(char::is_uppercase), "{line}");
        assert!(known.insert(name.to_owned()), "{name} comes twice");
        // What these end with are parts of counters, histograms and summaries.
        assert!(!["_total", "_count", "_sum", "_bucket"].iter().any(|end| name.ends_with(end)));
        assert_eq!(lines.next(), Some(&*format!("# TYPE {name} gauge")));
        let is_sample = |line: &&str| line.split([' ', '{']).next() == Some(name);
        while lines.next_if(is_sample).is_some() {}
    }
}

/// As the page sets thousands apart.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let parts: Vec<&str> = digits
        .as_bytes()
        .rchunks(3)
        .rev()
        .map(|digits| std::str::from_utf8(digits).unwrap())
        .collect();
    parts.join("\u{202F}")
}

/// Each metric has its help and type before its samples, and each sample a number.
#[test]
fn metrics_are_in_the_text_format() {
    for log in logs() {
        let metrics = written(&report(&log, Format::Json), Format::Prometheus);
        assert!(metrics.ends_with('\n'));
        let mut family = "";
        for line in metrics.lines() {
            if let Some(rest) = line.strip_prefix("# HELP ") {
                family = rest.split(' ').next().unwrap();
            } else if let Some(rest) = line.strip_prefix("# TYPE ") {
                assert_eq!(rest, format!("{family} gauge"));
            } else {
                let (name, value) = line.rsplit_once(' ').unwrap();
                assert_eq!(name.split('{').next().unwrap(), family);
                assert!(value.parse::<u64>().is_ok(), "{line}");
            }
        }
    }
}
