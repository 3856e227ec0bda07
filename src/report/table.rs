//! Tables and outlines: rows kept in one piece, or looked up where they were counted, because
//! there may be many.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};

use crate::words::clean;

/// What the cells of a column are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Log text, made printable.
    Text,
    /// A calendar day, ISO 8601.
    Date,
    /// An hour of the day, two digits.
    Hour,
    /// A number.
    Count,
    /// Bytes.
    Bytes,
    /// Seconds. The cell holds microseconds, JSON seconds.
    Seconds,
}

impl Unit {
    fn is_text(self) -> bool {
        matches!(self, Unit::Text | Unit::Date | Unit::Hour)
    }
}

/// A column of a table.
#[derive(Clone, Copy, Debug, serde::Serialize)]
pub struct Column {
    /// Stable name: the key in JSON, and the name in a row's pattern.
    pub id: &'static str,
    /// Heading.
    pub title: &'static str,
    /// What its cells are.
    pub unit: Unit,
}

/// A cell of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cell<'a> {
    /// Text.
    Text(Said<'a>),
    /// A number in the unit of its column.
    Number(u64),
}

impl<'a> Cell<'a> {
    /// Its text; empty for a number.
    #[must_use]
    pub fn text(self) -> Said<'a> {
        if let Cell::Text(text) = self { text } else { Said::default() }
    }

    /// Its number; 0 for a text.
    #[must_use]
    pub fn number(self) -> u64 {
        if let Cell::Number(number) = self { number } else { 0 }
    }
}

/// Text as the log has it; it is made printable when it is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Said<'a>(&'a [u8]);

impl<'a> Said<'a> {
    /// Printable text.
    #[must_use]
    pub fn shown(self) -> Cow<'a, str> {
        clean::shown(self.0)
    }

    /// Writes the same.
    pub fn write(self, out: &mut Vec<u8>) {
        clean::write_shown(self.0, out);
    }

    /// Whether it is the empty text.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.0.is_empty()
    }
}

/// Rows of equal columns.
#[derive(Debug)]
pub struct Table<'n> {
    columns: &'static [Column],
    texts: usize,
    rows: usize,
    cells: Cells<'n>,
}

/// Where the cells of a table are.
#[derive(Debug)]
enum Cells<'n> {
    /// All texts stand in one piece and all numbers in one list: a table of a hundred thousand
    /// rows is three allocations.
    Kept { arena: Vec<u8>, ends: Vec<usize>, numbers: Vec<u64> },
    /// Rows of a list, from the one at `from`.
    Listed { list: Arc<dyn List + 'n>, from: usize },
}

/// Rows of one text and one number that stay where they were counted: the longest tables of a
/// report cost four to sixteen bytes a row, not the fifty of a copy.
pub(super) trait List: Send + Sync {
    /// The text of a row.
    fn text(&self, row: usize) -> &[u8];
    /// Its number.
    fn number(&self, row: usize) -> u64;
}

impl fmt::Debug for dyn List + '_ {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("List")
    }
}

impl<'n> Table<'n> {
    /// No rows yet.
    #[must_use]
    pub fn new(columns: &'static [Column]) -> Table<'n> {
        let cells = Cells::Kept { arena: Vec::new(), ends: Vec::new(), numbers: Vec::new() };
        Table { columns, texts: texts_among(columns), rows: 0, cells }
    }

    /// So many rows of a list, from one on; of the columns one is of text and one of numbers.
    pub(super) fn of(
        columns: &'static [Column],
        list: Arc<dyn List + 'n>,
        from: usize,
        rows: usize,
    ) -> Table<'n> {
        Table { columns, texts: texts_among(columns), rows, cells: Cells::Listed { list, from } }
    }

    /// Appends a row: its texts and its numbers, each in the order of their columns. A list is
    /// as long as it is.
    pub fn push(&mut self, row_texts: &[&[u8]], row_numbers: &[u64]) {
        let Cells::Kept { arena, ends, numbers } = &mut self.cells else { return };
        for text in row_texts {
            arena.extend_from_slice(text);
            ends.push(arena.len());
        }
        numbers.extend_from_slice(row_numbers);
        self.rows += 1;
    }

    /// Puts other texts in place of those for which `with` has one.
    pub(super) fn rewrite(&mut self, with: impl Fn(&Column, &str) -> Option<String>) {
        *self = self.copied(|column, text| match with(column, &text.shown()) {
            Some(other) => Cow::Owned(other.into_bytes()),
            None => Cow::Borrowed(text.0),
        });
    }

    /// The same rows, kept.
    pub(super) fn kept(&self) -> Table<'static> {
        self.copied(|_, text| Cow::Borrowed(text.0))
    }

    /// The same rows, each text as `with` has it.
    fn copied<'s>(&'s self, with: impl Fn(&Column, Said<'s>) -> Cow<'s, [u8]>) -> Table<'static> {
        let mut copy = Table::new(self.columns);
        let (mut texts, mut numbers) = (Vec::new(), Vec::new());
        for row in self.rows() {
            for (column, place) in row.places() {
                match row.cell(place) {
                    Cell::Text(text) => texts.push(with(column, text)),
                    Cell::Number(number) => numbers.push(number),
                }
            }
            let row_texts: Vec<&[u8]> = texts.iter().map(AsRef::as_ref).collect();
            copy.push(&row_texts, &numbers);
            texts.clear();
            numbers.clear();
        }
        copy
    }

    /// The columns, in order.
    #[must_use]
    pub fn columns(&self) -> &'static [Column] {
        self.columns
    }

    /// How many rows there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// Where the cells of a column stand in each row, if there is such a column.
    #[must_use]
    pub fn place(&self, id: &str) -> Option<Place> {
        let at = self.columns.iter().position(|column| column.id == id)?;
        let column = self.columns.get(at)?;
        let same = |other: &&Column| other.unit.is_text() == column.unit.is_text();
        let before = self.columns.iter().take(at).filter(same).count();
        Some(Place { text: column.unit.is_text(), index: before })
    }

    /// The rows, in order.
    pub fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        (0..self.rows).map(|index| Row { table: self, index })
    }
}

/// How many columns are of text.
fn texts_among(columns: &[Column]) -> usize {
    columns.iter().filter(|column| column.unit.is_text()).count()
}

/// Where the cells of a column stand.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    text: bool,
    index: usize,
}

impl Place {
    /// Whether the cells there are of text.
    #[must_use]
    pub fn is_text(self) -> bool {
        self.text
    }
}

/// A row of a table.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    table: &'a Table<'a>,
    index: usize,
}

impl<'a> Row<'a> {
    /// The cell in a column.
    #[must_use]
    pub fn cell(&self, place: Place) -> Cell<'a> {
        let Table { texts, columns, cells, .. } = self.table;
        match cells {
            Cells::Listed { list, from } if place.text => {
                Cell::Text(Said(list.text(from + self.index)))
            }
            Cells::Listed { list, from } => Cell::Number(list.number(from + self.index)),
            Cells::Kept { arena, ends, .. } if place.text => {
                let at = self.index * texts + place.index;
                let before = at.checked_sub(1).and_then(|before| ends.get(before));
                let start = before.copied().unwrap_or(0);
                let end = ends.get(at).copied().unwrap_or(start);
                Cell::Text(Said(arena.get(start..end).unwrap_or_default()))
            }
            Cells::Kept { numbers, .. } => {
                let at = self.index * (columns.len() - texts) + place.index;
                Cell::Number(numbers.get(at).copied().unwrap_or(0))
            }
        }
    }

    /// The columns with their places.
    fn places(&self) -> impl Iterator<Item = (&'static Column, Place)> + use<> {
        let (mut texts, mut numbers) = (0, 0);
        self.table.columns.iter().map(move |column| {
            let next = if column.unit.is_text() { &mut texts } else { &mut numbers };
            let place = Place { text: column.unit.is_text(), index: *next };
            *next += 1;
            (column, place)
        })
    }
}

impl Serialize for Table<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("columns", self.columns)?;
        map.serialize_entry("rows", &Rows(self))?;
        map.end()
    }
}

struct Rows<'a>(&'a Table<'a>);

impl Serialize for Rows<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.rows())
    }
}

impl Serialize for Row<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.table.columns.len()))?;
        for (column, place) in self.places() {
            match (self.cell(place), column.unit) {
                (Cell::Text(text), _) => map.serialize_entry(column.id, text.shown().as_ref())?,
                (Cell::Number(micros), Unit::Seconds) => {
                    map.serialize_entry(column.id, &seconds(micros))?;
                }
                (Cell::Number(number), _) => map.serialize_entry(column.id, &number)?,
            }
        }
        map.end()
    }
}

/// Seconds of a cell that holds microseconds.
#[must_use]
#[allow(clippy::cast_precision_loss)] // below 285 years a double holds every microsecond
pub fn seconds(micros: u64) -> f64 {
    micros as f64 / 1e6
}

/// Counts under one or two headings.
#[derive(Debug, Default, serde::Serialize)]
#[serde(transparent)]
pub struct Outline<'n> {
    /// The headings, in order. An outline without headings has one group without a name.
    pub groups: Vec<Group<'n>>,
}

/// A heading, and what stands under it: more headings, or counted lines.
#[derive(Debug, serde::Serialize)]
pub struct Group<'n> {
    /// The heading.
    pub name: String,
    /// All counts below it together.
    pub count: u64,
    /// Lines that are shown below it.
    pub shown: usize,
    /// Lines there are below it.
    pub total: usize,
    /// Headings of the next level.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<Group<'n>>,
    /// Lines, if this is the last level.
    #[serde(skip_serializing_if = "Table::is_empty", serialize_with = "only_rows")]
    pub rows: Table<'n>,
}

fn only_rows<S: Serializer>(table: &Table<'_>, serializer: S) -> Result<S::Ok, S::Error> {
    let mut rows = serializer.serialize_seq(Some(table.len()))?;
    for row in table.rows() {
        rows.serialize_element(&row)?;
    }
    rows.end()
}

/// The columns of the lines of an outline.
pub const LINE: &[Column] = &[
    Column { id: "count", title: "count", unit: Unit::Count },
    Column { id: "text", title: "text", unit: Unit::Text },
];
