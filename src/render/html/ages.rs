//! The age matrix of the queue as a heat table: the domain first, and behind each number a
//! ground that is the deeper the more there are.

use crate::report::table::{Cell, Table};

use super::table::{Heading, MOST, Shown, Word, counted, said};

/// The matrix: `total` rows there are, of which the table may have fewer.
pub(super) fn shown(table: &Table<'_>, total: usize) -> Shown {
    let (Some(domain), Some(all)) = (table.place("domain"), table.place("total")) else {
        return Shown::new(Vec::new(), Vec::new(), 0);
    };
    let ages: Vec<_> = table
        .columns()
        .iter()
        .filter(|column| !matches!(column.id, "domain" | "total"))
        .filter_map(|column| Some((column.title, table.place(column.id)?)))
        .collect();
    let number = Cell::number;
    let mut columns = vec![heading("domain", false), heading("all", true)];
    columns.extend(ages.iter().map(|(title, _)| heading(title, true)));
    // The first row is the sum of the others, and would outshine them.
    let cells = table.rows().skip(1).flat_map(|row| ages.iter().map(move |(_, at)| row.cell(*at)));
    let most = cells.map(number).max().unwrap_or(0);
    let rows = (0..).zip(table.rows().take(MOST)).map(|(index, row)| {
        let name = row.cell(domain).text().shown();
        let mut words = match index {
            0 => vec![Word { text: "all".to_owned(), head: true, ..Word::default() }],
            _ => vec![Word { head: true, ..said(&name, true) }],
        };
        words.push(counted(number(row.cell(all))));
        words.extend(ages.iter().map(|(_, at)| {
            let count = number(row.cell(*at));
            Word { heat: heat(count, if index == 0 { 0 } else { most }), ..counted(count) }
        }));
        words
    });
    Shown::new(columns, rows.collect(), total)
}

fn heading(title: &str, number: bool) -> Heading {
    Heading { title: title.to_owned(), number }
}

/// How deep the ground is: in steps of the share of the greatest number.
fn heat(count: u64, most: u64) -> u8 {
    match (count, most) {
        (0, _) | (_, 0) => 0,
        (count, most) => u8::try_from(1 + (count.saturating_mul(5) - 1) / most).unwrap_or(5).min(5),
    }
}

#[cfg(test)]
mod tests {
    use super::heat;

    #[test]
    fn one_is_seen_and_the_greatest_is_the_deepest() {
        assert_eq!([heat(0, 9), heat(1, 1000), heat(500, 1000), heat(1000, 1000)], [0, 1, 3, 5]);
        assert_eq!(heat(3, 0), 0, "the row of sums has no ground");
    }
}
