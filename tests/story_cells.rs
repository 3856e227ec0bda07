//! One story a cell: the table of states and events in `src/track/message.rs`, held against
//! the stories.
//!
//! The lines of each story are sorted into rows and columns of that table by rules of their
//! own, that know nothing of the tracker. A cell with words in it needs a story; an empty one
//! is what Postfix does not write, and no story may show it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// Words of a line behind the queue ID, and the row they belong to; the first that fits counts.
const ROWS: &[(&str, &str)] = &[
    ("client=", "`client=`"),
    ("orig_id=", "`uid= orig_id=`"),
    ("uid=", "`uid=`"),
    ("message-id=", "`message-id=`"),
    ("reject: DATA", "refused as a whole"),
    ("reject: END-OF-MESSAGE", "refused as a whole"),
    ("reject: header", "refused as a whole"),
    ("reject: body", "refused as a whole"),
    ("reject: ", "a recipient refused"),
    ("hold: ", "`hold:`"),
    ("discard: ", "`discard:`"),
    ("lost connection after", "client gone"),
    ("timeout after", "client gone"),
    ("queue active", "`(queue active)`"),
    ("(forwarded as ", "`sent (forwarded as …)`"),
    ("status=sent", "`sent`"),
    ("status=deferred (bounce", "`status=deferred` without a recipient"),
    ("status=deferred", "`deferred`, `SOFTBOUNCE`"),
    ("status=SOFTBOUNCE", "`deferred`, `SOFTBOUNCE`"),
    ("status=bounced", "`bounced`"),
    ("status=expired", "`expired`, `force-expired`"),
    ("status=force-expired", "`expired`, `force-expired`"),
    ("status=deliverable", "`deliverable`, `undeliverable`"),
    ("status=undeliverable", "`deliverable`, `undeliverable`"),
    ("placed on hold", "`placed on hold`"),
    ("released from hold", "`released from hold`"),
    ("requeued", "`requeued`"),
    ("removed (canceled)", "`removed (canceled)`"),
    ("removed (discarded)", "`removed (discarded)`"),
    ("removed", "`removed`"),
];

/// What follows a line that names another queue ID.
const NAMES: &[&str] = &["forwarded as ", "notification: "];

/// A queue ID, as the lines of a story so far show it.
#[derive(Default)]
struct Life {
    state: Option<&'static str>,
    /// When it was removed.
    gone: Option<u32>,
}

impl Life {
    /// The column: late lines of what was removed are waited for two seconds.
    fn column(&self, now: u32) -> &'static str {
        match (self.state, self.gone) {
            (_, Some(gone)) if now <= gone + 2 => "gone",
            (_, Some(_)) | (None, None) => "unknown",
            (Some(state), None) => state,
        }
    }
}

/// The cells that the stories of a file show, with a title each.
fn shown(text: &str, cells: &mut BTreeMap<(String, String), String>) {
    for story in text.split("\n\n") {
        let title = story.lines().next().unwrap_or_default();
        let mut reader = Reader::default();
        for line in story.lines() {
            let first = line.chars().next().unwrap_or(' ');
            if !first.is_ascii_alphanumeric() {
                continue;
            }
            for (row, column) in reader.read(line) {
                let cell = (row.to_owned(), column.to_owned());
                cells.entry(cell).or_insert_with(|| title.to_owned());
            }
        }
    }
}

/// Reads the lines of one story.
#[derive(Default)]
struct Reader {
    lives: BTreeMap<String, Life>,
    /// The transaction of each process.
    current: BTreeMap<String, String>,
    /// Processes that hold the next message.
    holding: BTreeSet<String>,
    now: u32,
}

impl Reader {
    /// The cells that a line shows: that of its message, and that of one it names.
    fn read(&mut self, line: &str) -> Vec<(&'static str, &'static str)> {
        if line == "end" {
            let now = self.now;
            let columns: BTreeSet<_> = self.lives.values().map(|life| life.column(now)).collect();
            return columns.into_iter().map(|column| ("end of the log", column)).collect();
        }
        let (head, said) = line.split_once("]: ").unwrap();
        let clock = head.split(' ').find(|word| word.contains(':')).unwrap();
        self.now = clock.split(':').fold(0, |sum, part| sum * 60 + part.parse::<u32>().unwrap());
        let process = head.rsplit(' ').next().unwrap();
        let said = said.split_once("times: [ ").map_or(said, |(_, said)| said);
        let (id, said) = match said.strip_prefix("warning: ").unwrap_or(said).split_once(": ") {
            Some(("NOQUEUE", rest)) => {
                if rest.starts_with("hold: ") || rest.starts_with("milter-hold: ") {
                    self.holding.insert(process.to_owned());
                }
                return Vec::new();
            }
            Some((id, rest)) if is_queue_id(id) => (id.to_owned(), rest),
            _ => match self.current.get(process) {
                Some(id) if said.contains(" after DATA") => (id.clone(), said),
                _ => return Vec::new(),
            },
        };
        let mut cells = Vec::new();
        let named = NAMES.iter().find_map(|name| said.split_once(name)).map(|(_, id)| id);
        if let Some(row) = row(said, head) {
            cells.push((row, self.happens(&id, row, process)));
        } else if named.is_some() {
            self.lives.entry(id).or_default().state = Some("queued");
        }
        if let Some(named) = named {
            let other = self.lives.entry(named.trim_end_matches(')').to_owned()).or_default();
            cells.push(("named by another", other.column(self.now)));
            if other.column(self.now) == "unknown" {
                *other = Life { state: Some("named"), gone: None };
            }
        }
        cells
    }

    /// Moves a life on; the column it was in.
    fn happens(&mut self, id: &str, row: &str, process: &str) -> &'static str {
        let life = self.lives.entry(id.to_owned()).or_default();
        let before = life.column(self.now);
        match row {
            "`client=`" | "`uid=`" | "`uid= orig_id=`" => {
                let state = if self.holding.remove(process) { "queued" } else { "arriving" };
                *life = Life { state: Some(state), gone: None };
                self.current.insert(process.to_owned(), id.to_owned());
            }
            "`message-id=`" if before == "queued" || before == "arriving" => {}
            "`message-id=`" => *life = Life { state: Some("arriving"), gone: None },
            "a recipient refused" | "refused as a whole" | "client gone" | "`discard:`" => {}
            "`removed`" | "`removed` by postsuper" => life.gone = Some(self.now),
            "`removed (canceled)`" | "`removed (discarded)`" => *life = Life::default(),
            _ if before == "gone" => {}
            _ => *life = Life { state: Some("queued"), gone: None },
        }
        before
    }
}

fn is_queue_id(word: &str) -> bool {
    word.len() >= 5 && word.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

fn row(said: &str, head: &str) -> Option<&'static str> {
    let (_, row) = ROWS.iter().find(|(words, _)| said.contains(words))?;
    let by_operator = head.contains("postsuper[") && *row == "`removed`";
    Some(if by_operator { "`removed` by postsuper" } else { row })
}

/// The table of the comment: its cells with what stands in them.
fn table() -> BTreeMap<(String, String), String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let source = fs::read_to_string(root.join("src/track/message.rs")).unwrap();
    let rows = source.lines().filter_map(|line| line.strip_prefix("//! |"));
    let mut rows = rows.map(|row| row.trim_end_matches('|').split('|').map(str::trim));
    let columns: Vec<String> = rows.next().unwrap().skip(1).map(str::to_owned).collect();
    let mut cells = BTreeMap::new();
    for mut row in rows.skip(1) {
        let event = row.next().unwrap().to_owned();
        for column in &columns {
            let words = row.next().unwrap_or_else(|| panic!("{event}: too few cells"));
            cells.insert((event.clone(), column.clone()), words.to_owned());
        }
        assert_eq!(row.next(), None, "{event}: too many cells");
    }
    cells
}

#[test]
fn each_cell_of_the_table_has_a_story() {
    let mut stories = BTreeMap::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stories");
    for entry in fs::read_dir(folder).unwrap() {
        shown(&fs::read_to_string(entry.unwrap().path()).unwrap(), &mut stories);
    }
    let table = table();
    assert!(table.len() > 100, "the table has {} cells", table.len());
    let mut wrong = Vec::new();
    for ((event, state), words) in &table {
        let story = stories.get(&(event.clone(), state.clone()));
        match story {
            None if !words.is_empty() => wrong.push(format!("no story: {event}, {state}: {words}")),
            Some(title) if words.is_empty() => {
                wrong.push(format!("not in the table: {event}, {state}: {title}"));
            }
            _ => {}
        }
    }
    for (cell, title) in stories {
        if !table.contains_key(&cell) {
            wrong.push(format!("no such row: {}: {title}", cell.0));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
