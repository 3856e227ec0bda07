//! Counts under headings, as the page shows them: the greatest first, the long tail folded.

use std::cmp::Reverse;

use serde::Serialize;

use crate::report::table::{Group, Outline};

use super::table::MOST;
use super::{chart, shape};

/// Lines in sight under a heading of the first level.
const OPEN: usize = 10;

/// A heading of the first level.
#[derive(Debug, Serialize)]
pub(super) struct Stage {
    name: String,
    count: u64,
    open: Vec<Block>,
    folded: Vec<Block>,
    /// Lines in the fold.
    folded_lines: usize,
    /// Lines that are not on the page.
    left_off: usize,
}

/// A heading of the second level, or none, and its lines.
#[derive(Debug, Serialize)]
struct Block {
    name: String,
    count: u64,
    lines: Vec<Line>,
}

#[derive(Debug, Serialize)]
struct Line {
    count: u64,
    text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    whole: Option<String>,
    bar: u64,
}

/// The headings of an outline, the greatest first.
pub(super) fn stages(outline: &Outline<'_>) -> Vec<Stage> {
    let mut budget = MOST;
    ranked(&outline.groups).into_iter().map(|group| stage(group, &mut budget)).collect()
}

fn ranked<'g>(groups: &'g [Group<'_>]) -> Vec<&'g Group<'g>> {
    let mut groups: Vec<&Group<'_>> = groups.iter().collect();
    groups.sort_by_key(|group| Reverse(group.count));
    groups
}

fn stage(group: &Group<'_>, budget: &mut usize) -> Stage {
    let inner = if group.groups.is_empty() { vec![group] } else { ranked(&group.groups) };
    let longest =
        inner.iter().flat_map(|block| lines(block, 0, usize::MAX, 0)).map(|line| line.count);
    let longest = longest.max().unwrap_or(0);
    let (mut open, mut folded, mut in_sight, mut folded_lines) = (Vec::new(), Vec::new(), 0, 0);
    for block in &inner {
        let name = if group.groups.is_empty() { String::new() } else { block.name.clone() };
        let first = OPEN.saturating_sub(in_sight).min(*budget);
        let seen = lines(block, 0, first, longest);
        *budget -= seen.len();
        in_sight += seen.len();
        let rest = lines(block, seen.len(), *budget, longest);
        *budget -= rest.len();
        folded_lines += rest.len();
        let whole = |lines| Block { name: name.clone(), count: block.count, lines };
        open.extend((!seen.is_empty()).then(|| whole(seen)));
        folded.extend((!rest.is_empty()).then(|| whole(rest)));
    }
    Stage {
        name: group.name.clone(),
        count: group.count,
        open,
        folded,
        folded_lines,
        left_off: group.total.saturating_sub(in_sight + folded_lines),
    }
}

fn lines(group: &Group<'_>, skip: usize, most: usize, longest: u64) -> Vec<Line> {
    let (Some(count), Some(text)) = (group.rows.place("count"), group.rows.place("text")) else {
        return Vec::new();
    };
    let rows = group.rows.rows().skip(skip).take(most);
    rows.map(|row| {
        let (number, said) = (row.cell(count).number(), row.cell(text).text().shown());
        let short = shape::cut(&said, 160);
        Line {
            count: number,
            whole: short.as_ref().map(|_| said.clone().into_owned()),
            text: short.unwrap_or_else(|| said.into_owned()),
            bar: chart::share(number, longest),
        }
    })
    .collect()
}
