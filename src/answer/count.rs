//! Counts as they are printed: a number, a list or a table.

use std::cmp::Reverse;
use std::io::{self, Write};

use serde::{Serialize, Serializer};
use serde_json::{Map, Value, json};

use crate::report::printable;
use crate::words::csv;

use super::breakdown::Row;
use super::key::Key;
use super::measure::Measure;

/// In which form an answer is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Form {
    /// For people, and for the shell.
    #[default]
    Text,
    /// For programs.
    Json,
    /// For spreadsheets.
    Csv,
}

/// The numbers that were asked for.
#[derive(Clone, Debug)]
pub struct Count<'a> {
    /// What was counted.
    pub measures: &'a [Measure],
    /// The report's numbers, in the order of the measures.
    pub totals: Vec<u64>,
    /// By what they were broken down.
    pub keys: &'a [Key],
    /// The rows of the table, if there are keys.
    pub rows: Vec<Row>,
}

impl Count<'_> {
    /// Whether nothing was found.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        self.totals.iter().all(|total| *total == 0)
    }

    /// Writes the numbers; of the rows of a table the `top` greatest, in their order.
    ///
    /// # Errors
    ///
    /// What `out` says.
    pub fn write(&self, form: Form, top: usize, out: &mut impl Write) -> io::Result<()> {
        let rows = &self.greatest(top);
        match (form, self.keys) {
            (Form::Text, []) => self.text(out),
            (Form::Text, _) => self.text_table(rows, out),
            (Form::Json, []) => writeln!(out, "{}", Value::Object(self.numbers(&self.totals))),
            (Form::Json, _) => self.json_table(rows, out),
            (Form::Csv, []) => self.csv(out),
            (Form::Csv, _) => self.csv_table(rows, out),
        }
    }

    /// The greatest rows. Those of times stay in the order of time: the worst hours of a day.
    fn greatest(&self, top: usize) -> Vec<&Row> {
        let mut rows: Vec<(usize, &Row)> = self.rows.iter().enumerate().collect();
        if top < rows.len() {
            rows.sort_by_key(|(_, row)| Reverse(&row.counts)); // of equals the first
            rows.truncate(top);
            rows.sort_by_key(|(place, _)| *place);
        }
        rows.into_iter().map(|(_, row)| row).collect()
    }

    /// One number stands alone, several with their names.
    fn text(&self, out: &mut impl Write) -> io::Result<()> {
        if let [total] = self.totals.as_slice() {
            return writeln!(out, "{total}");
        }
        let name = self.measures.iter().map(|measure| measure.name().len()).max().unwrap_or(0);
        let number = self.totals.iter().map(|total| width(*total)).max().unwrap_or(0);
        for (measure, total) in self.measures.iter().zip(&self.totals) {
            writeln!(out, "{:name$}  {total:number$}", measure.name())?;
        }
        Ok(())
    }

    /// Numbers on the left, because what they are about may be long.
    fn text_table(&self, rows: &[&Row], out: &mut impl Write) -> io::Result<()> {
        let headed = self.measures.len() > 1;
        let widths: Vec<usize> = (0..self.measures.len())
            .map(|at| {
                let numbers = rows.iter().filter_map(|row| row.counts.get(at)).map(|n| width(*n));
                let heading =
                    self.measures.get(at).filter(|_| headed).map_or(0, |m| m.name().len());
                numbers.max().unwrap_or(0).max(heading)
            })
            .collect();
        if headed && !rows.is_empty() {
            for (measure, width) in self.measures.iter().zip(&widths) {
                write!(out, "{:>width$}  ", measure.name())?;
            }
            let names: Vec<&str> = self.keys.iter().map(|key| key.name()).collect();
            writeln!(out, "{}", names.join("  "))?;
        }
        let first = rows.iter().filter(|_| self.keys.len() > 1).filter_map(|row| row.keys.first());
        let first = first.map(|key| printable(key).chars().count()).max().unwrap_or(0);
        for row in rows {
            for (count, width) in row.counts.iter().zip(&widths) {
                write!(out, "{count:>width$}  ")?;
            }
            let keys: Vec<String> = row.keys.iter().map(|key| printable(key)).collect();
            match keys.as_slice() {
                [one, other] => writeln!(out, "{one:first$}  {other}")?,
                keys => writeln!(out, "{}", keys.join("  "))?,
            }
        }
        Ok(())
    }

    fn numbers(&self, counts: &[u64]) -> Map<String, Value> {
        let pairs = self.measures.iter().zip(counts);
        pairs.map(|(measure, count)| (measure.name().replace('-', "_"), json!(count))).collect()
    }

    /// Rows are made as they are written: there may be a million of them.
    fn json_table(&self, rows: &[&Row], mut out: &mut impl Write) -> io::Result<()> {
        let answer = InJson {
            by: self.keys.iter().copied().map(name_in_json).collect(),
            rows: RowsInJson { count: self, rows },
            rows_in_all: self.rows.len(),
            total: self.numbers(&self.totals),
        };
        serde_json::to_writer_pretty(&mut out, &answer)?;
        writeln!(out)
    }

    fn row_in_json(&self, row: &Row) -> Map<String, Value> {
        let keys = self.keys.iter().zip(&row.keys);
        let keys = keys.map(|(key, text)| (name_in_json(*key), json!(printable(text))));
        keys.chain(self.numbers(&row.counts)).collect()
    }

    fn csv(&self, out: &mut impl Write) -> io::Result<()> {
        out.write_all(csv::row(&["what", "count"]).as_bytes())?;
        for (measure, total) in self.measures.iter().zip(&self.totals) {
            out.write_all(csv::row(&[measure.name(), &total.to_string()]).as_bytes())?;
        }
        Ok(())
    }

    fn csv_table(&self, rows: &[&Row], out: &mut impl Write) -> io::Result<()> {
        let keys = self.keys.iter().map(|key| key.name().to_owned());
        let heads: Vec<String> =
            keys.chain(self.measures.iter().map(|m| m.name().to_owned())).collect();
        out.write_all(csv::row(&heads).as_bytes())?;
        for row in rows {
            let keys = row.keys.iter().map(|key| csv::cell(&printable(key)).into_owned());
            let cells: Vec<String> = keys.chain(row.counts.iter().map(u64::to_string)).collect();
            out.write_all(csv::row(&cells).as_bytes())?;
        }
        Ok(())
    }
}

/// A table as JSON has it.
#[derive(Serialize)]
struct InJson<'a> {
    by: Vec<String>,
    rows: RowsInJson<'a>,
    rows_in_all: usize,
    total: Map<String, Value>,
}

struct RowsInJson<'a> {
    count: &'a Count<'a>,
    rows: &'a [&'a Row],
}

impl Serialize for RowsInJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.rows.iter().map(|row| self.count.row_in_json(row)))
    }
}

fn name_in_json(key: Key) -> String {
    key.name().replace('-', "_")
}

/// Columns that a number takes.
fn width(number: u64) -> usize {
    number.checked_ilog10().map_or(1, |log| log as usize + 1)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;

    fn written(count: &Count<'_>, form: Form, top: usize) -> String {
        let mut out = Vec::new();
        count.write(form, top, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    fn row(keys: &[&str], counts: &[u64]) -> Row {
        Row {
            keys: keys.iter().map(|key| key.as_bytes().to_vec()).collect(),
            counts: counts.to_vec(),
        }
    }

    #[test]
    fn one_number_stands_alone_and_several_have_names() {
        let one =
            Count { measures: &[Measure::Deferrals], totals: vec![35], keys: &[], rows: vec![] };
        assert_eq!(written(&one, Form::Text, 9), "35\n");
        assert_eq!(written(&one, Form::Json, 9), "{\"deferrals\":35}\n");
        let measures = [Measure::Received, Measure::BytesReceived];
        let two = Count { measures: &measures, totals: vec![7, 12_345], keys: &[], rows: vec![] };
        assert_eq!(written(&two, Form::Text, 9), "received            7\nbytes-received  12345\n");
        assert_eq!(
            written(&two, Form::Csv, 9),
            "what,count\r\nreceived,7\r\nbytes-received,12345\r\n"
        );
    }

    #[test]
    fn a_table_shows_its_first_rows_and_nothing_that_steers_a_terminal() {
        let rows = vec![row(&["a,\"b\""], &[20]), row(&["\x1b[2J"], &[3]), row(&["c"], &[1])];
        let count =
            Count { measures: &[Measure::Bounced], totals: vec![24], keys: &[Key::Reason], rows };
        assert_eq!(written(&count, Form::Text, 2), "20  a,\"b\"\n 3  \\x1B[2J\n");
        assert_eq!(written(&count, Form::Csv, 1), "reason,bounced\r\n\"a,\"\"b\"\"\",20\r\n");
        let json: Value = serde_json::from_str(&written(&count, Form::Json, 1)).unwrap();
        assert_eq!(json["total"]["bounced"], 24);
        assert_eq!((&json["rows_in_all"], json["rows"].as_array().unwrap().len()), (&json!(3), 1));
    }

    #[test]
    fn the_worst_hours_are_the_greatest_and_stand_in_the_order_of_time() {
        let hours = [("08", 15), ("09", 27), ("10", 33), ("11", 27)];
        let rows = hours.iter().map(|(hour, count)| row(&[hour], &[*count])).collect();
        let count =
            Count { measures: &[Measure::Deferrals], totals: vec![102], keys: &[Key::Hour], rows };
        assert_eq!(written(&count, Form::Text, 1), "33  10\n");
        assert_eq!(written(&count, Form::Text, 2), "27  09\n33  10\n");
        assert_eq!(written(&count, Form::Text, 3), "27  09\n33  10\n27  11\n");
    }

    #[test]
    fn two_keys_and_two_numbers_stand_in_columns() {
        let rows = vec![row(&["08", "mx.example.org"], &[3, 0]), row(&["09", "-"], &[1, 22])];
        let measures = [Measure::Deferrals, Measure::Bounced];
        let keys = [Key::Hour, Key::Relay];
        let count = Count { measures: &measures, totals: vec![4, 22], keys: &keys, rows };
        let text = "deferrals  bounced  hour  relay\n        3        0  08  mx.example.org\n        1       22  09  -\n";
        assert_eq!(written(&count, Form::Text, 9), text);
    }
}
