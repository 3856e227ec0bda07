//! Counts under headings, in text and on the page as in JSON.

use serde_json::Value;

use super::rows::{cells, has_in_order, in_text, plain, section_of};
use super::{Format, grouped, json, logs, report, written};

/// What the page calls them, where text has pflogsumm's words.
const ON_PAGE: [(&str, &str); 15] = [
    ("deferrals", "Deferrals"),
    ("bounces", "Bounces"),
    ("expired", "Expired"),
    ("rejects", "Refusals"),
    ("reject_warnings", "Would have been refused"),
    ("holds", "Held"),
    ("discards", "Discarded"),
    ("ssl_errors", "TLS failures of clients"),
    ("unreachable", "Servers that could not be reached"),
    ("warnings", "Warnings"),
    ("fatals", "Fatal errors"),
    ("panics", "Panics"),
    ("master", "The master daemon"),
    ("tls_levels", "Encryption to relays"),
    ("screen_actions", "postscreen"),
];

fn list<'v>(of: &'v Value, key: &str) -> &'v [Value] {
    of[key].as_array().map_or(&[], Vec::as_slice)
}

fn word<'v>(of: &'v Value, key: &str) -> &'v str {
    of[key].as_str().unwrap().trim()
}

/// What text says of a heading and below it, line by line.
fn lines_in_text(group: &Value, lines: &mut Vec<Vec<String>>) {
    let (name, groups) = (word(group, "name").to_owned(), list(group, "groups"));
    match (name.is_empty(), groups.is_empty()) {
        (true, true) => {}
        (_, false) => lines.push(vec![name]),
        (false, true) if group["shown"] == group["total"] => {
            lines.push(vec![name, format!("({})", group["count"])]);
        }
        (false, true) => lines.push(vec![name, format!("{} in all)", group["count"])]),
    }
    for group in groups {
        lines_in_text(group, lines);
    }
    let rows = list(group, "rows").iter();
    lines.extend(rows.map(|row| vec![in_text(&row["count"]), word(row, "text").to_owned()]));
}

#[test]
fn text_has_the_outlines_of_json() {
    let mut compared = 0;
    for log in logs() {
        let full = report(&log, Format::Text);
        let (text, json) = (written(&full, Format::Text), json(&full));
        for section in json["sections"].as_array().unwrap() {
            let mut said = Vec::new();
            for group in list(section, "outline") {
                lines_in_text(group, &mut said);
            }
            if said.is_empty() {
                continue;
            }
            let lines = section_of(&text, word(section, "title"));
            let lines: Vec<&&str> = lines.iter().filter(|line| !line.is_empty()).collect();
            let place = format!("{}: {}", log.display(), section["id"]);
            assert_eq!(lines.len(), said.len(), "{place}: {lines:#?}");
            for (line, said) in lines.iter().zip(said) {
                assert!(has_in_order(line, &said), "{place}: {line:?} is not {said:?}");
                compared += 1;
            }
        }
    }
    assert!(compared > 500, "only {compared} lines");
}

/// A counted line of the page: its heading of the second level with its count, its own, and it.
type Line = [String; 3];

/// What is below a heading of the first level on the page.
fn lines_on_page(stage: &str) -> Vec<Line> {
    let mut lines = Vec::new();
    for block in stage.split("<tbody>").skip(1) {
        let (block, mut heading) = (block.split("</tbody>").next().unwrap(), String::new());
        for row in block.split("<tr>").skip(1).map(cells) {
            match &row[..] {
                [name] => heading.clone_from(name),
                [count, text] => lines.push([heading.clone(), count.clone(), text.clone()]),
                other => assert!(other.is_empty(), "{other:?} is no row of an outline"),
            }
        }
    }
    lines
}

/// A heading as the page has it.
fn headed(group: &Value) -> String {
    let name = group["name"].as_str().unwrap();
    if name.is_empty() {
        return String::new();
    }
    // A reason that was cut may end with a blank.
    format!("{name} {}", grouped(group["count"].as_u64().unwrap())).trim().to_owned()
}

/// What JSON has below a heading of the first level.
fn lines_in_json(group: &Value) -> Vec<Line> {
    let of = |block: &Value, heading: &str| {
        let rows = list(block, "rows").iter().map(|row| {
            let count = grouped(row["count"].as_u64().unwrap());
            [heading.to_owned(), count, word(row, "text").to_owned()]
        });
        rows.collect::<Vec<Line>>()
    };
    match list(group, "groups") {
        [] => of(group, ""),
        groups => groups.iter().flat_map(|block| of(block, &headed(block))).collect(),
    }
}

/// How many lines the page says that it leaves off.
fn left_off(stage: &str) -> usize {
    let note = stage.split_once(" more are not on this page").map(|(before, _)| before);
    let number = note.and_then(|before| before.rsplit('>').next());
    number.map_or(0, |number| number.replace('\u{202F}', "").parse().unwrap())
}

/// Compares a heading of the first level and all below it; how many lines the page shows.
fn compare(stage: &str, group: &Value, place: &str) -> usize {
    let heading = stage.split_once("</h4>").map_or(String::new(), |(heading, _)| plain(heading));
    assert_eq!(heading, headed(group), "{place}");
    let (mut found, mut said) = (lines_on_page(stage), lines_in_json(group));
    let total = usize::try_from(group["total"].as_u64().unwrap()).unwrap();
    assert_eq!(found.len() + left_off(stage), total, "{place}: {heading}");
    found.sort();
    said.sort();
    if found.len() < said.len() {
        said.retain(|line| found.contains(line));
    }
    assert_eq!(found, said, "{place}: {heading}");
    found.len()
}

#[test]
fn the_page_has_the_outlines_of_json() {
    let mut compared = 0;
    for log in logs() {
        let full = report(&log, Format::Html);
        let (page, json) = (written(&full, Format::Html), json(&full));
        for section in json["sections"].as_array().unwrap() {
            let mut groups: Vec<&Value> = list(section, "outline").iter().collect();
            if groups.is_empty() {
                continue;
            }
            groups.sort_by_key(|group| std::cmp::Reverse(group["count"].as_u64()));
            let known = ON_PAGE.iter().find(|(id, _)| section["id"] == *id);
            let heading = known.map_or(word(section, "title"), |(_, heading)| heading);
            let place = format!("{}: {heading}", log.display());
            let is_it = |part: &&str| plain(part.split("</h3>").next().unwrap()) == heading;
            let part = page.split("<h3>").skip(1).find(is_it);
            assert!(part.is_some(), "{place} is not on the page");
            let part = part.unwrap().split("</section>").next().unwrap();
            let stages: Vec<&str> = part.split("<h4>").collect();
            // Lines without a heading of the first level stand right below the section's.
            let stages = &stages[usize::from(stages.len() > 1)..];
            assert_eq!(stages.len(), groups.len(), "{place}");
            let pairs = stages.iter().zip(groups);
            compared += pairs.map(|(stage, group)| compare(stage, group, &place)).sum::<usize>();
        }
    }
    assert!(compared > 250, "only {compared} lines");
}
