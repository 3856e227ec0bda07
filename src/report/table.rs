//! Tables and outlines: rows kept in one piece, because there may be many.

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
    /// Printable text.
    Text(&'a str),
    /// A number in the unit of its column.
    Number(u64),
}

/// Rows of equal columns.
///
/// All texts stand in one string and all numbers in one list: a table of a hundred thousand
/// rows is four allocations.
#[derive(Debug)]
pub struct Table {
    columns: &'static [Column],
    texts: usize,
    arena: String,
    ends: Vec<usize>,
    numbers: Vec<u64>,
    rows: usize,
}

impl Table {
    /// No rows yet.
    #[must_use]
    pub fn new(columns: &'static [Column]) -> Table {
        let texts = columns.iter().filter(|column| column.unit.is_text()).count();
        Table {
            columns,
            texts,
            arena: String::new(),
            ends: Vec::new(),
            numbers: Vec::new(),
            rows: 0,
        }
    }

    /// Appends a row: its texts and its numbers, each in the order of their columns.
    pub fn push(&mut self, texts: &[&[u8]], numbers: &[u64]) {
        for text in texts {
            clean::push_printable(text, &mut self.arena);
            self.ends.push(self.arena.len());
        }
        self.numbers.extend_from_slice(numbers);
        self.rows += 1;
    }

    /// Puts other texts in place of those for which `with` has one.
    pub(super) fn rewrite(&mut self, with: impl Fn(&Column, &str) -> Option<String>) {
        let columns = self.columns.iter().filter(|column| column.unit.is_text()).cycle();
        let (mut arena, mut start) = (String::with_capacity(self.arena.len()), 0);
        for (end, column) in self.ends.iter_mut().zip(columns) {
            let text = self.arena.get(start..*end).unwrap_or_default();
            start = *end;
            match with(column, text) {
                Some(other) => arena.push_str(&other),
                None => arena.push_str(text),
            }
            *end = arena.len();
        }
        self.arena = arena;
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

/// Where the cells of a column stand.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    text: bool,
    index: usize,
}

/// A row of a table.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    table: &'a Table,
    index: usize,
}

impl<'a> Row<'a> {
    /// The cell in a column.
    #[must_use]
    pub fn cell(&self, place: Place) -> Cell<'a> {
        let Table { texts, columns, arena, ends, numbers, .. } = self.table;
        if place.text {
            let at = self.index * texts + place.index;
            let start = at.checked_sub(1).and_then(|before| ends.get(before)).copied().unwrap_or(0);
            let end = ends.get(at).copied().unwrap_or(start);
            return Cell::Text(arena.get(start..end).unwrap_or_default());
        }
        let at = self.index * (columns.len() - texts) + place.index;
        Cell::Number(numbers.get(at).copied().unwrap_or(0))
    }
}

impl Serialize for Table {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("columns", self.columns)?;
        map.serialize_entry("rows", &Rows(self))?;
        map.end()
    }
}

struct Rows<'a>(&'a Table);

impl Serialize for Rows<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.rows())
    }
}

impl Serialize for Row<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let columns = self.table.columns;
        let mut map = serializer.serialize_map(Some(columns.len()))?;
        let (mut texts, mut numbers) = (0, 0);
        for column in columns {
            let next = if column.unit.is_text() { &mut texts } else { &mut numbers };
            let place = Place { text: column.unit.is_text(), index: *next };
            *next += 1;
            match (self.cell(place), column.unit) {
                (Cell::Text(text), _) => map.serialize_entry(column.id, text)?,
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
pub struct Outline {
    /// The headings, in order. An outline without headings has one group without a name.
    pub groups: Vec<Group>,
}

/// A heading, and what stands under it: more headings, or counted lines.
#[derive(Debug, serde::Serialize)]
pub struct Group {
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
    pub groups: Vec<Group>,
    /// Lines, if this is the last level.
    #[serde(skip_serializing_if = "Table::is_empty", serialize_with = "only_rows")]
    pub rows: Table,
}

fn only_rows<S: Serializer>(table: &Table, serializer: S) -> Result<S::Ok, S::Error> {
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
