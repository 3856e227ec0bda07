//! Why mail was deferred, and what waits in the queue, in text and on the page as in JSON.

use serde_json::Value;

use super::rows::{cells, has_spans, in_text, rows, section_of};
use super::{Format, grouped, json, logs, report, written};

/// A table of JSON; none is one without rows.
fn table<'v>(json: &'v Value, id: &str) -> &'v [Value] {
    let mut sections = json["sections"].as_array().unwrap().iter();
    sections.find(|section| section["id"] == id).map_or(&[], rows)
}

fn word<'v>(row: &'v Value, key: &str) -> &'v str {
    row[key].as_str().unwrap()
}

/// The causes, below each its reasons and what can be done.
fn causes(json: &Value) -> Vec<String> {
    let numbers = |row: &Value| {
        ["attempts", "messages", "recipients", "oldest"].map(|key| in_text(&row[key])).join(" ")
    };
    let mut said = Vec::new();
    for cause in table(json, "deferral_causes") {
        said.push(format!("{} {}", numbers(cause), word(cause, "title")));
        let below = table(json, "deferral_reasons").iter();
        said.extend(below.filter(|row| row["cause"] == cause["cause"]).map(|row| {
            let [destination, reason, queue_ids] =
                ["destination", "reason", "queue_ids"].map(|key| word(row, key));
            format!("{} {destination}: {reason} ({queue_ids})", numbers(row))
        }));
        said.push(format!("-> {}", word(cause, "advice")));
    }
    said
}

/// The columns of qshape(1): recipients by age.
const AGES: [&str; 11] = [
    "total", "to_5", "to_10", "to_20", "to_40", "to_80", "to_160", "to_320", "to_640", "to_1280",
    "beyond",
];

fn ages(json: &Value) -> Vec<String> {
    let row = |row: &Value| {
        format!("{} {}", AGES.map(|age| row[age].to_string()).join(" "), word(row, "domain"))
    };
    table(json, "queue_ages").iter().map(row).collect()
}

fn messages(json: &Value) -> Vec<String> {
    let message = |row: &Value| {
        let [queue_id, sender, recipients, cause, last_reason] =
            ["queue_id", "sender", "recipients", "cause", "last_reason"].map(|key| word(row, key));
        let (age, attempts) = (in_text(&row["age"]), &row["attempts"]);
        format!(
            "{queue_id} age {age} attempts {attempts} from {sender} to {recipients} \
             [{cause}] {last_reason}"
        )
    };
    table(json, "queued").iter().map(message).collect()
}

/// The words, whatever is between them.
fn folded(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn text_has_the_causes_and_the_queue_of_json() {
    let mut compared = 0;
    for log in logs() {
        let full = report(&log, Format::Text);
        let (text, json) = (written(&full, Format::Text), json(&full));
        let sections = [
            ("Why mail was deferred", causes(&json)),
            ("Still queued at the end of the log", ages(&json)),
            ("Queued messages", messages(&json)),
        ];
        for (title, said) in sections {
            let lines = section_of(&text, title);
            let is_rule =
                |line: &&str| line.contains("--") && !line.contains(|c| c != '-' && c != ' ');
            let start = lines.iter().rposition(is_rule).map_or(0, |at| at + 1);
            let found = folded(&lines[start..].join("\n"));
            assert_eq!(found, folded(&said.join("\n")), "{}: {title}", log.display());
            compared += said.len();
        }
    }
    assert!(compared > 100, "only {compared} rows");
}

/// The sums of the causes on the page: three counts and a span.
fn sums(page: &str) -> Vec<Vec<String>> {
    let sums = page.split("<p class=\"sums\">").skip(1).map(|sums| {
        let sums = sums.split("</p>").next().unwrap().split("<b>").skip(1);
        sums.map(|sum| sum.split('<').next().unwrap().to_owned()).collect()
    });
    sums.collect()
}

#[test]
fn the_page_has_the_causes_and_the_queue_of_json() {
    let mut compared = 0;
    for log in logs() {
        let full = report(&log, Format::Html);
        let (page, json, at) = (written(&full, Format::Html), json(&full), log.display());
        let (found, causes) = (sums(&page), table(&json, "deferral_causes"));
        assert_eq!(found.len(), causes.len(), "{at}");
        for (sums, cause) in found.iter().zip(causes) {
            let counts = ["attempts", "messages", "recipients"];
            let counts = counts.map(|key| grouped(cause[key].as_u64().unwrap()));
            assert_eq!(sums[..3], counts, "{at}: {cause}");
            assert!(has_spans(&sums[3..], std::iter::once(&cause["oldest"])), "{at}: {cause}");
        }
        let stuck = page.split("<table class=\"stuck\">").skip(1);
        let stuck = stuck.map(|table| table.split("</table>").next().unwrap());
        let stuck = stuck.flat_map(|table| table.split("<tr>").skip(2).map(cells));
        let stuck: Vec<Vec<String>> = stuck.collect();
        let queue = json["queue"].as_array().unwrap();
        assert_eq!(stuck.len(), queue.len().min(300), "{at}");
        for (row, message) in stuck.iter().zip(queue) {
            assert!(row[0].starts_with(word(message, "queue_id")), "{at}: {row:?}");
            assert!(has_spans(row, std::iter::once(&message["age_seconds"])), "{at}: {row:?}");
            assert_eq!(row[2], grouped(message["attempts"].as_u64().unwrap()), "{at}: {row:?}");
        }
        compared += causes.len() + stuck.len();
    }
    assert!(compared > 50, "only {compared} rows");
}
