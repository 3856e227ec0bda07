//! Tables of the page: rows as words and numbers, a few in sight and the rest folded.

use serde::Serialize;

use crate::report::PAGE;
use crate::report::model::{Queued, Traffic};
use crate::report::table::{Cell, Column, Place, Row, Table, Unit};

use super::{chart, shape};

/// Rows in sight.
const OPEN: usize = 10;
/// Rows of a page at most: who needs more takes the text or JSON.
pub(super) const MOST: usize = PAGE;

/// A table as the page shows it.
#[derive(Debug, Serialize)]
pub(super) struct Shown {
    columns: Vec<Heading>,
    /// In how many columns numbers stand where the window is narrow, below what they are about;
    /// 0 if the table fits, or has to be moved sideways.
    cards: usize,
    open: Vec<Vec<Word>>,
    folded: Vec<Vec<Word>>,
    /// Rows that are not on the page.
    left_off: usize,
    /// All rows there are.
    total: usize,
}

#[derive(Debug, Serialize)]
pub(super) struct Heading {
    pub(super) title: String,
    pub(super) number: bool,
}

/// A cell.
#[derive(Debug, Default, Serialize)]
pub(super) struct Word {
    pub(super) text: String,
    /// The text or number as it is, where `text` is shorter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) whole: Option<String>,
    pub(super) number: bool,
    /// A name of the log, such as an address or a queue ID.
    pub(super) name: bool,
    /// Whether it says what its row is about.
    pub(super) head: bool,
    /// How deep the ground behind it is, from 1 to 5; 0 is none.
    pub(super) heat: u8,
    /// How long its bar is, in percent of the longest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) bar: Option<u64>,
}

/// Columns of numbers that a narrow window has room for, if names stand above them.
const CARDS: usize = 6;

/// See [`Shown::cards`].
fn cards(columns: &[Heading]) -> usize {
    let numbers = columns.iter().filter(|column| column.number).count();
    let texts = columns.len() - numbers;
    let fits = numbers < 3 && texts < 2;
    if fits || numbers > CARDS { 0 } else { numbers.max(3) }
}

impl Shown {
    pub(super) fn new(columns: Vec<Heading>, mut rows: Vec<Vec<Word>>, total: usize) -> Shown {
        // One row more is not worth a fold.
        let at = if rows.len() <= OPEN + 2 { rows.len() } else { OPEN };
        let folded = rows.split_off(at);
        let left_off = total.saturating_sub(rows.len() + folded.len());
        Shown { cards: cards(&columns), columns, open: rows, folded, left_off, total }
    }
}

/// A table of the report; `total` rows there are, of which it may have fewer.
pub(super) fn shown(table: &Table<'_>, total: usize) -> Shown {
    // Where a cause has a title, its name for programs is left out.
    let titled = table.place("title").is_some();
    // The part of a delay that dominates is named; all four are too wide for a page.
    let parts = ["before", "queue", "connection", "transmission"];
    let named = table.place("dominant").is_some();
    let shown =
        |column: &&Column| !(titled && column.id == "cause" || named && parts.contains(&column.id));
    let columns: Vec<&Column> = table.columns().iter().filter(shown).collect();
    rows(table, &columns, |_| true, total)
}

/// Some columns of some rows of a table.
pub(super) fn rows(
    table: &Table<'_>,
    columns: &[&Column],
    wanted: impl Fn(&Row<'_>) -> bool,
    total: usize,
) -> Shown {
    let places: Vec<_> = columns.iter().map(|column| (table.place(column.id), *column)).collect();
    let barred = places.iter().position(|(_, column)| has_bar(column));
    let measured = barred.and_then(|at| places.get(at)?.0);
    let wanted = || table.rows().filter(&wanted).take(MOST);
    let longest = measured.and_then(|place| wanted().map(|row| row.cell(place).number()).max());
    let look = Look {
        head: columns.iter().position(|column| !is_number(column.unit)),
        barred,
        longest: longest.unwrap_or(0),
    };
    let headings = columns
        .iter()
        .map(|column| Heading {
            title: title(column.title).to_owned(),
            number: is_number(column.unit),
        })
        .collect();
    let rows: Vec<Vec<Word>> = wanted().map(|row| look.words(&row, &places)).collect();
    let total = total.max(rows.len());
    Shown::new(headings, rows, total)
}

/// How the cells of a row look, by the place of their columns.
struct Look {
    /// The one that says what a row is about.
    head: Option<usize>,
    /// The one with a bar.
    barred: Option<usize>,
    /// The number with the longest bar.
    longest: u64,
}

impl Look {
    /// The cells of a row; a column that the table has not is empty.
    fn words(&self, row: &Row<'_>, places: &[(Option<Place>, &Column)]) -> Vec<Word> {
        let word = |(at, (place, column)): (usize, &(Option<Place>, &Column))| {
            let Some(place) = *place else { return Word::default() };
            let cell = row.cell(place);
            let bar = (self.barred == Some(at)).then(|| chart::share(cell.number(), self.longest));
            Word { head: self.head == Some(at), bar, ..word(cell, column) }
        };
        places.iter().enumerate().map(word).collect()
    }
}

/// Whether a column is one of those of which the first has bars.
fn has_bar(column: &Column) -> bool {
    matches!(column.unit, Unit::Count | Unit::Bytes)
}

fn is_number(unit: Unit) -> bool {
    matches!(unit, Unit::Count | Unit::Bytes | Unit::Seconds)
}

fn word(cell: Cell<'_>, column: &Column) -> Word {
    match (cell, column.unit) {
        (Cell::Text(text), Unit::Hour) => {
            Word { text: shape::hour(text.shown().parse().unwrap_or_default()), ..Word::default() }
        }
        // Our own words, which are as long as they have to be.
        (Cell::Text(text), _) if column.id == "advice" => {
            Word { text: text.shown().into_owned(), ..Word::default() }
        }
        (Cell::Text(text), Unit::Date) => {
            Word { text: text.shown().into_owned(), ..Word::default() }
        }
        (Cell::Text(text), _) => said(&text.shown(), !PROSE.contains(&column.id)),
        (Cell::Number(bytes), Unit::Bytes) => Word {
            text: shape::bytes(bytes),
            whole: Some(format!("{} bytes", shape::grouped(bytes))),
            number: true,
            ..Word::default()
        },
        (Cell::Number(micros), Unit::Seconds) => {
            Word { text: shape::span(micros), number: true, ..Word::default() }
        }
        (Cell::Number(count), _) => counted(count),
    }
}

/// Columns of words; the others hold names of the log.
const PROSE: [&str; 8] =
    ["title", "advice", "reason", "cause", "rule", "what", "dominant", "last_reason"];

/// Characters of a name and of a sentence that are not cut.
const NAME: usize = 48;
const SENTENCE: usize = 160;

pub(super) fn said(text: &str, name: bool) -> Word {
    let short = shape::cut(text, if name { NAME } else { SENTENCE });
    let whole = short.as_ref().map(|_| text.to_owned());
    Word { text: short.unwrap_or_else(|| text.to_owned()), whole, name, ..Word::default() }
}

pub(super) fn counted(count: u64) -> Word {
    Word { text: shape::grouped(count), number: true, ..Word::default() }
}

/// Headings that the text report has no room to spell out.
fn title(short: &'static str) -> &'static str {
    match short {
        "msg cnt" => "messages",
        "defers" => "deferrals",
        "avg dly" => "mean delay",
        "max dly" => "longest delay",
        "host/domain" => "domain",
        "time conn." => "together",
        "avg./conn." => "mean",
        "max. time" => "longest",
        other => other,
    }
}

/// The numbers of a chart.
pub(super) fn course(unit: &str, columns: &[(String, Traffic)]) -> Shown {
    let titles = [unit, "received", "delivered", "deferred", "bounced", "rejected"];
    let headings = (0..).zip(titles);
    let headings: Vec<Heading> =
        headings.map(|(at, title)| Heading { title: title.to_owned(), number: at > 0 }).collect();
    let rows: Vec<Vec<Word>> = columns
        .iter()
        .map(|(at, traffic)| {
            let Traffic { received, delivered, deferred, bounced, rejected } = *traffic;
            let numbers = [received, delivered, deferred, bounced, rejected].map(counted);
            let first = Word { text: at.clone(), head: true, ..Word::default() };
            std::iter::once(first).chain(numbers).collect()
        })
        .collect();
    // They are folded as a whole.
    let cards = cards(&headings);
    let total = rows.len();
    Shown { columns: headings, cards, total, open: rows, folded: Vec::new(), left_off: 0 }
}

/// A message that is stuck.
#[derive(Debug, Serialize)]
pub(super) struct Stuck {
    queue_id: String,
    host: String,
    arrival: String,
    age: String,
    attempts: u64,
    /// None where the log does not say; empty for a notice.
    sender: Option<String>,
    recipients: Vec<String>,
    /// Recipients that are not named.
    others: usize,
    reason: Option<String>,
    cause: Option<String>,
}

/// The queue as the page shows it.
#[derive(Debug, Serialize)]
pub(super) struct Queue {
    open: Vec<Stuck>,
    folded: Vec<Stuck>,
    left_off: usize,
    total: usize,
}

/// The messages that are stuck, the oldest first.
pub(super) fn queue(queued: &[Queued], total: usize) -> Queue {
    /// Recipients of a message that are named.
    const NAMED: usize = 5;
    let mut open: Vec<Stuck> = queued
        .iter()
        .take(MOST)
        .map(|message| Stuck {
            queue_id: message.queue_id.clone(),
            host: message.host.clone(),
            arrival: message.arrival.replace('T', " "),
            age: shape::span(
                u64::try_from(message.age_seconds).unwrap_or(0).saturating_mul(1_000_000),
            ),
            attempts: message.attempts,
            sender: message.sender.clone(),
            recipients: message.recipients.iter().take(NAMED).cloned().collect(),
            others: message.recipients.len().saturating_sub(NAMED),
            reason: message.last_reason.clone(),
            cause: message.cause.clone(),
        })
        .collect();
    let at = if open.len() <= OPEN + 2 { open.len() } else { OPEN };
    let folded = open.split_off(at);
    let left_off = total.saturating_sub(open.len() + folded.len());
    Queue { open, folded, left_off, total }
}
