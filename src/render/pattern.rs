//! Row patterns: what a template says of the rows of a table, once for all of them.
//!
//! ```text
//!  {count:n}  {bytes:n}  {domain}
//! ```
//!
//! | form | shows |
//! |---|---|
//! | (none) | text |
//! | `n` | a count, scaled, in seven columns |
//! | `c` | a whole count in five columns |
//! | `u` | a whole count as it is |
//! | `s` | a time span with one decimal and its unit, in seven columns |
//! | `l` | the same, but in days from two days on |
//! | `a` | as `l`, without columns |
//! | `h` | a time span as hours, minutes and seconds |
//! | `r` | a time span in whole seconds, in six columns |
//! | `d` | a date in eleven columns |
//! | `o` | an hour of the day in eleven columns |

use crate::report::table::{Cell, Place, Row, Said, Table, seconds};
use crate::words::scale::{push_age, push_count, push_hms, push_padded, push_seconds};
use std::io::Write as _;

/// A row pattern, read against the columns of a table.
pub(super) struct Pattern<'p> {
    pieces: Vec<(&'p str, Place, Form)>,
    tail: &'p str,
    iso: bool,
}

/// The pattern of the longest lists, whose rows take a quarter fewer instructions than those of a
/// pattern that may be any.
pub(super) struct Counted<'p> {
    pub(super) before: &'p str,
    pub(super) count: Place,
    pub(super) between: &'p str,
    pub(super) text: Place,
}

impl Counted<'_> {
    /// The count and the text of a row.
    pub(super) fn cells<'r>(&self, row: &Row<'r>) -> (u64, Said<'r>) {
        (row.cell(self.count).number(), row.cell(self.text).text())
    }

    /// Appends a row and a line end.
    pub(super) fn write(&self, count: u64, text: Said<'_>, out: &mut Vec<u8>) {
        out.extend_from_slice(self.before.as_bytes());
        push_count(count, out);
        out.extend_from_slice(self.between.as_bytes());
        text.write(out);
        out.push(b'\n');
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Text,
    Count,
    Narrow,
    Bare,
    Span,
    Age,
    BareAge,
    Clock,
    Whole,
    Date,
    Hour,
}

impl<'p> Pattern<'p> {
    /// Reads a pattern; says what is wrong with it.
    pub(super) fn parse(
        text: &'p str,
        table: &Table<'_>,
        iso: bool,
    ) -> Result<Pattern<'p>, String> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some((before, behind)) = rest.split_once('{') {
            let (field, behind) =
                behind.split_once('}').ok_or_else(|| format!("no `}}` behind `{{{behind}`"))?;
            let (id, form) = field.split_once(':').unwrap_or((field, ""));
            let place = table.place(id).ok_or_else(|| unknown_column(id, table))?;
            pieces.push((before, place, Form::parse(form)?));
            rest = behind;
        }
        Ok(Pattern { pieces, tail: rest, iso })
    }

    /// Appends a row and a line end.
    pub(super) fn write(&self, row: &Row<'_>, out: &mut Vec<u8>) {
        for (before, place, form) in &self.pieces {
            out.extend_from_slice(before.as_bytes());
            self.cell(row.cell(*place), *form, out);
        }
        out.extend_from_slice(self.tail.as_bytes());
        out.push(b'\n');
    }

    /// As `write`, but ends behind the last number that is not zero.
    pub(super) fn write_short(&self, row: &Row<'_>, out: &mut Vec<u8>) {
        let is_zero = |place: Place| row.cell(place) == Cell::Number(0);
        let last = self.pieces.iter().rposition(|(_, place, _)| !is_zero(*place));
        for (before, place, form) in self.pieces.iter().take(last.map_or(0, |last| last + 1)) {
            out.extend_from_slice(before.as_bytes());
            self.cell(row.cell(*place), *form, out);
        }
        out.push(b'\n');
    }

    /// What stands around a count and a text, if rows are of nothing else.
    pub(super) fn counted(&self) -> Option<Counted<'p>> {
        match self.pieces.as_slice() {
            &[(before, count, Form::Count), (between, text, Form::Text)]
                if self.tail.is_empty() && !count.is_text() && text.is_text() =>
            {
                Some(Counted { before, count, between, text })
            }
            _ => None,
        }
    }

    fn cell(&self, cell: Cell<'_>, form: Form, out: &mut Vec<u8>) {
        match (cell, form) {
            (Cell::Text(text), Form::Date) if !self.iso => push_date(&text.shown(), out),
            (Cell::Text(text), Form::Date) => {
                text.write(out);
                out.push(b' ');
            }
            (Cell::Text(text), Form::Hour) => push_hour(&text.shown(), self.iso, out),
            (Cell::Text(text), _) => text.write(out),
            (Cell::Number(number), Form::Span) => push_seconds(seconds(number), out),
            (Cell::Number(number), Form::Age) => push_age(seconds(number), out),
            (Cell::Number(number), Form::BareAge) => {
                let mut age = Vec::new();
                push_age(seconds(number), &mut age);
                out.extend_from_slice(age.trim_ascii_start());
            }
            (Cell::Number(number), Form::Bare) => push_padded(number, 1, out),
            (Cell::Number(number), Form::Clock) => push_hms(number / 1_000_000, out),
            (Cell::Number(number), Form::Whole) => {
                push_padded((number + 500_000) / 1_000_000, 6, out);
            }
            (Cell::Number(number), Form::Narrow) => push_padded(number, 5, out),
            (Cell::Number(number), _) => push_count(number, out),
        }
    }
}

impl Form {
    fn parse(text: &str) -> Result<Form, String> {
        Ok(match text {
            "" => Form::Text,
            "n" => Form::Count,
            "c" => Form::Narrow,
            "u" => Form::Bare,
            "s" => Form::Span,
            "l" => Form::Age,
            "a" => Form::BareAge,
            "h" => Form::Clock,
            "r" => Form::Whole,
            "d" => Form::Date,
            "o" => Form::Hour,
            _ => {
                return Err(format!("no form `{text}`: there are n, c, u, s, l, a, h, r, d and o"));
            }
        })
    }
}

fn unknown_column(id: &str, table: &Table<'_>) -> String {
    let columns: Vec<&str> = table.columns().iter().map(|column| column.id).collect();
    format!("no column `{id}`: there are {}", columns.join(", "))
}

/// `2025-11-03` as `Nov  3 2025`.
fn push_date(iso: &str, out: &mut Vec<u8>) {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let mut parts = iso.rsplitn(3, '-');
    let mut next = || parts.next().unwrap_or_default();
    let (day, month, year) = (next(), next(), next());
    let month = month.parse::<usize>().ok().and_then(|month| MONTHS.get(month.checked_sub(1)?));
    out.extend_from_slice(month.unwrap_or(&"").as_bytes());
    out.push(b' ');
    push_padded(day.parse().unwrap_or_default(), 2, out);
    out.push(b' ');
    out.extend_from_slice(year.as_bytes());
}

/// `08` as `0800-0900  `, or as `08:00-09:00`.
fn push_hour(hour: &str, iso: bool, out: &mut Vec<u8>) {
    let next = hour.parse::<u8>().unwrap_or_default() + 1;
    let (colon, end) = if iso { (":", "") } else { ("", "  ") };
    // Writing to memory cannot fail.
    let _ = write!(out, "{hour}{colon}00-{next:02}{colon}00{end}");
}
