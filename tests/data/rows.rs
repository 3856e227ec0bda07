//! The rows of every table, in text and on the page as in JSON, and nothing where nothing is.

use std::ops::RangeInclusive;

use pfsum::words::scale;
use serde_json::Value;

use super::{Format, grouped, json, logs, report, scaled_count, written};

/// What text shows of a table, in order: numbers, scaled, and words.
const IN_TEXT: [(&str, &[&str]); 15] = [
    ("per_day", &["received", "delivered", "deferred", "bounced", "rejected"]),
    ("per_hour", &["received", "delivered", "deferred", "bounced", "rejected"]),
    ("recipient_domains", &["count", "bytes", "deferrals", "average", "longest", "domain"]),
    ("sender_domains", &["count", "bytes", "domain"]),
    ("senders", &["count", "address"]),
    ("recipients", &["count", "address"]),
    ("senders_by_size", &["bytes", "address"]),
    ("recipients_by_size", &["bytes", "address"]),
    ("bounce_causes", &["count", "dsn", "reason", "cause", "queue_ids"]),
    ("reject_causes", &["count", "temporary", "permanent", "rule", "cause"]),
    ("greylisting", &["count", "what"]),
    ("delays", &["count", "p50", "p95", "p99", "longest", "destination", "dominant"]),
    ("sign_in_failures", &["count", "network", "user"]),
    ("users", &["messages", "recipients", "after_failures", "user"]),
    ("blocklists", &["count", "clients", "alone", "list"]),
];

/// A number as text has it, without its column.
pub(super) fn in_text(number: &Value) -> String {
    // JSON says counts as whole numbers and spans with a point.
    let said = match number.as_u64() {
        Some(count) => scaled_count(count),
        None => scale::age(number.as_f64().unwrap()),
    };
    said.trim().to_owned()
}

/// The same in a table of pflogsumm's, which has no days.
fn in_column(number: &Value) -> String {
    match number.as_u64() {
        Some(_) => in_text(number),
        None => scale::seconds(number.as_f64().unwrap()).trim().to_owned(),
    }
}

/// Tables that the page says by charts, by causes or message by message.
const OTHERWISE: [&str; 4] = ["per_day", "per_hour", "queued", "deferral_causes"];

/// The rows of a table of JSON; none of an outline.
pub(super) fn rows(section: &Value) -> &[Value] {
    section["table"]["rows"].as_array().map_or(&[], Vec::as_slice)
}

/// Whether the words stand in a line one after the other.
pub(super) fn has_in_order(line: &str, words: &[String]) -> bool {
    let mut rest = line;
    words.iter().all(|word| match rest.find(word.as_str()) {
        Some(at) => {
            rest = &rest[at + word.len()..];
            true
        }
        None => false,
    })
}

/// The lines below an underlined heading that begins so, up to the next one.
pub(super) fn section_of<'t>(text: &'t str, heading: &str) -> Vec<&'t str> {
    let lines: Vec<&str> = text.lines().collect();
    let is_rule = |line: &str| !line.is_empty() && line.bytes().all(|byte| byte == b'-');
    let headed = |at: usize| lines.get(at + 1).is_some_and(|line| is_rule(line));
    let start = (0..lines.len()).find(|at| lines[*at].starts_with(heading) && headed(*at));
    let Some(start) = start else { return Vec::new() };
    // An empty section has its heading and `: none` in one line.
    let ends =
        |at: &usize| headed(*at) || lines[*at].ends_with(": none") || lines[*at].ends_with(" (0)");
    let end = (start + 2..lines.len()).find(ends).unwrap_or(lines.len());
    lines[start + 2..end].to_vec()
}

#[test]
fn text_has_the_rows_of_json() {
    let mut compared = 0;
    for log in logs() {
        let full = report(&log, Format::Text);
        let (text, json) = (written(&full, Format::Text), json(&full));
        for section in json["sections"].as_array().unwrap() {
            let id = section["id"].as_str().unwrap();
            let Some((_, columns)) = IN_TEXT.iter().find(|(known, _)| *known == id) else {
                continue;
            };
            let lines = section_of(&text, section["title"].as_str().unwrap());
            // The headings of columns are underlined in pieces.
            let is_rule =
                |line: &&str| line.contains("--") && !line.contains(|c| c != '-' && c != ' ');
            let start = lines.iter().rposition(is_rule).map_or(0, |at| at + 1);
            let lines: Vec<&&str> = lines[start..].iter().filter(|line| !line.is_empty()).collect();
            let rows: Vec<&Value> = rows(section).iter().collect();
            let place = format!("{}: {id}", log.display());
            assert_eq!(lines.len(), rows.len(), "{place}: {lines:#?}");
            for (line, row) in lines.iter().zip(rows) {
                let said = columns.iter().map(|column| match &row[*column] {
                    Value::String(text) => text.clone(),
                    number if id == "recipient_domains" => in_column(number),
                    number => in_text(number),
                });
                let mut said: Vec<String> = said.collect();
                // A row of days ends behind its last number that is not zero.
                while id == "per_day" && said.last().is_some_and(|word| word.trim() == "0") {
                    said.pop();
                }
                assert!(has_in_order(line, &said), "{place}: {line:?} is not {said:?}");
                compared += 1;
            }
        }
    }
    assert!(compared > 2_500, "only {compared} rows");
}

/// A row of the page: the words of its cells, whole where they are cut.
pub(super) fn cells(row: &str) -> Vec<String> {
    let row = row.split("</tr>").next().unwrap();
    let cells = row.split("<t").skip(1).filter(|cell| cell.starts_with(['d', 'h']));
    cells
        .map(|cell| {
            let (tag, inner) = cell.split_once('>').unwrap();
            match tag.split_once("title=\"") {
                Some((_, rest)) => plain(rest.split('"').next().unwrap()),
                None => plain(inner),
            }
        })
        .collect()
}

/// Text without tags and escapes.
pub(super) fn plain(html: &str) -> String {
    let mut pieces = html.split('<');
    let mut out = pieces.next().unwrap_or_default().to_owned();
    pieces.for_each(|piece| out.push_str(piece.split_once('>').map_or("", |(_, text)| text)));
    let escapes = [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&#x27;", "'"),
        ("&#x2F;", "/"),
        ("&amp;", "&"),
    ];
    escapes.iter().fold(out, |text, (escape, sign)| text.replace(escape, sign)).trim().to_owned()
}

/// The seconds that a span of the page can stand for: `0.4 s` is rounded, `2 min 05 s` cut.
fn seconds(span: &str) -> Option<RangeInclusive<f64>> {
    let length = |unit| match unit {
        "s" => Some(1.0),
        "min" => Some(60.0),
        "h" => Some(3_600.0),
        "d" => Some(86_400.0),
        _ => None,
    };
    let words: Vec<&str> = span.split(['\u{A0}', ' ']).collect();
    // A span is rounded to tenths before it is cut.
    let (least, most) = match words[..] {
        [number, "s"] => (number.parse::<f64>().ok()?, 0.05),
        [large, large_unit, small, small_unit] => {
            let (large, small): (f64, f64) = (large.parse().ok()?, small.parse().ok()?);
            let unit = length(small_unit)?;
            (large * length(large_unit)? + small * unit, unit)
        }
        _ => return None,
    };
    Some(least - 0.050_001..=least + most + 0.000_001)
}

/// Whether the spans among these cells are these of JSON, one by one.
pub(super) fn has_spans<'v>(cells: &[String], said: impl Iterator<Item = &'v Value>) -> bool {
    let said: Vec<f64> = said.map(|span| span.as_f64().unwrap()).collect();
    let spans: Vec<_> = cells.iter().filter_map(|cell| seconds(cell)).collect();
    spans.len() == said.len() && spans.iter().zip(&said).all(|(span, said)| span.contains(said))
}

/// `08:00–09:00` of `08`.
fn hour(hour: u64) -> String {
    format!("{hour:02}:00–{:02}:00", hour + 1)
}

/// What a row of the page says of a row of JSON, but for spans.
fn words(id: &str, row: &Value, columns: &[(&str, &str)]) -> Vec<String> {
    let words = columns.iter().filter_map(|(column, unit)| match &row[*column] {
        // These two stand above them, for the whole cause.
        _ if id == "deferral_reasons" && ["messages", "recipients"].contains(column) => None,
        _ if *unit == "seconds" => None,
        // qshape's word for the row of sums.
        Value::String(text) if text == "TOTAL" => Some("all".to_owned()),
        Value::String(text) if *unit == "hour" => Some(hour(text.parse().unwrap())),
        // A cause is said in words.
        Value::String(text) => (*column != "cause").then(|| text.trim().to_owned()),
        number if *unit == "bytes" => Some(format!("{} bytes", grouped(number.as_u64().unwrap()))),
        number => Some(grouped(number.as_u64().unwrap())),
    });
    words.collect()
}

/// The parts of a delay, of which the page names the one that dominates.
const PARTS: [&str; 4] = ["before", "queue", "connection", "transmission"];

#[test]
fn the_page_has_the_rows_of_json() {
    let (mut compared, mut timed) = (0, 0);
    for log in logs() {
        let full = report(&log, Format::Html);
        let (page, json) = (written(&full, Format::Html), json(&full));
        let found: Vec<Vec<String>> = page.split("<tr>").skip(1).map(cells).collect();
        for section in json["sections"].as_array().unwrap() {
            let id = section["id"].as_str().unwrap();
            if OTHERWISE.contains(&id) {
                continue;
            }
            let columns = section["table"]["columns"].as_array().into_iter().flatten();
            let columns: Vec<(&str, &str)> = columns
                .map(|column| (column["id"].as_str().unwrap(), column["unit"].as_str().unwrap()))
                .collect();
            let spans: Vec<&str> = columns
                .iter()
                .filter(|(column, unit)| *unit == "seconds" && !PARTS.contains(column))
                .map(|(column, _)| *column)
                .collect();
            for row in rows(section).iter().take(300) {
                let said = words(id, row, &columns);
                let is_it = |cells: &&Vec<String>| {
                    let spans = spans.iter().map(|column| &row[*column]);
                    said.iter().all(|word| cells.contains(word)) && has_spans(cells, spans)
                };
                let place = format!("{}: {id}", log.display());
                assert!(found.iter().any(|cells| is_it(&cells)), "{place}: {row}");
                compared += 1;
                timed += spans.len();
            }
        }
    }
    assert!(compared > 2_000, "only {compared} rows");
    assert!(timed > 500, "only {timed} spans");
}

#[test]
fn the_page_has_the_hours_and_days_of_json() {
    let mut compared = 0;
    for log in logs() {
        let full = report(&log, Format::Html);
        let (page, json) = (written(&full, Format::Html), json(&full));
        let found: Vec<Vec<String>> = page.split("<tr>").skip(1).map(cells).collect();
        for (key, name) in [("hours", "hour"), ("days", "date")] {
            let entries = json[key].as_array().unwrap();
            if key == "days" && entries.len() < 2 || json["reading"]["postfix_lines"] == 0 {
                continue;
            }
            let series = ["received", "delivered", "deferred", "bounced", "rejected"];
            let silent = |entry: &Value| series.iter().all(|series| entry[*series] == 0);
            for entry in entries.iter().filter(|entry| !silent(entry)) {
                let at = match entry[name].as_u64() {
                    Some(number) => hour(number),
                    None => entry[name].as_str().unwrap().to_owned(),
                };
                let numbers = series.map(|series| grouped(entry[series].as_u64().unwrap()));
                let row: Vec<String> = std::iter::once(at).chain(numbers).collect();
                assert!(found.contains(&row), "{}: {row:?}", log.display());
                compared += 1;
            }
        }
    }
    assert!(compared > 50, "only {compared} rows");
}

#[test]
fn nothing_that_is_empty_has_a_heading() {
    for log in logs() {
        let page = written(&report(&log, Format::Html), Format::Html);
        let at = log.display();
        for shell in ["<tbody>\n</tbody>", "<ol class=\"findings\">\n</ol>", "<pre></pre>"] {
            assert!(!page.contains(shell), "{at}: {shell}");
        }
        for level in ["</h2>", "</h3>", "</h4>"] {
            for below in page.split(level).skip(1) {
                // Behind a sentence about it there is something to see.
                let mut tags = below.split('<').skip(1).filter(|tag| {
                    let is_lead = tag.starts_with("p class=\"lead\"") || tag.starts_with("/p");
                    !is_lead && !tag.starts_with("span") && !tag.starts_with("/span")
                });
                let next = tags.next().unwrap_or_default();
                assert!(!next.starts_with("/section") && !next.starts_with("h2"), "{at}: {next}");
                assert!(!(level != "</h2>" && next.starts_with("h3")), "{at}: {next}");
            }
        }
    }
    let nothing = written(&pfsum::report::Report::default(), Format::Html);
    assert!(!nothing.contains("id=\"numbers\"") && nothing.contains("id=\"reading\""));
}
