//! Counts under headings: reasons of deferrals, bounces and refusals, and remarks.

use std::cmp::Reverse;
use std::sync::Arc;

use crate::config::Limit;
use crate::names::Text;
use crate::tally::outline::Outline as Counted;
use crate::words::reply;

use super::folding::Folding;
use super::lines::{Line, Lines, Words};
use super::model::{Body, Section};
use super::table::{Group, LINE, Outline, Table};
use super::{View, printable, rank};

/// How an outline becomes a section.
pub(super) struct Shape {
    pub(super) id: &'static str,
    pub(super) title: &'static str,
    /// Lines under each last heading.
    pub(super) limit: Limit,
    pub(super) cut: Cut,
}

/// What is left out of lines that are too long.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Cut {
    /// Nothing.
    None,
    /// The end.
    Warning,
    /// The end, of what cleanup(8) quotes from the message.
    Quotation,
    /// What a server's reply says before its own words, then the end.
    Reply,
}

/// Makes a section of an outline.
pub(super) fn section<'v>(
    view: &View<'v>,
    folding: &mut Folding,
    outline: &Counted,
    shape: &Shape,
) -> Section<'v> {
    let (lines, words) = lines(view, folding, outline, shape.cut);
    let list = Arc::new(Lines::new(words, &lines));
    let mut grouping = Grouping { view, limit: shape.limit, list, from: 0 };
    let groups = grouping.groups(&lines);
    Section {
        id: shape.id,
        title: shape.title,
        shown: groups.iter().map(|group| group.shown).sum(),
        total: groups.iter().map(|group| group.total).sum(),
        body: Body::Outline(Outline { groups }),
    }
}

/// The lines of each heading, the greatest count first; those that look alike are one.
fn lines<'v>(
    view: &View<'v>,
    folding: &mut Folding,
    outline: &Counted,
    cut: Cut,
) -> (Vec<Line>, Words<'v>) {
    let mut words = Words::new(view.names);
    let mut lines: Vec<Line> = Vec::with_capacity(outline.len());
    for (first, second, leaf, count) in outline.iter() {
        let of_cleanup = view.names.texts.text(first) == b"cleanup";
        let word = words.number(leaf, of_cleanup, folding, |text, out| {
            trim(view, text, cut, of_cleanup, out);
        });
        lines.push(Line { first, second, word, place: 0, count });
    }
    let places = rank::places(words.len(), |word| words.text(word));
    for line in &mut lines {
        line.place = places.get(line.word as usize).copied().unwrap_or(0);
    }
    lines.sort_unstable_by_key(Line::key);
    lines.dedup_by(|next, line| {
        let same = next.key() == line.key();
        line.count += if same { next.count } else { 0 };
        same
    });
    let headings = |a: &Line, b: &Line| (a.first, a.second) == (b.first, b.second);
    for lines in lines.chunk_by_mut(headings) {
        lines.sort_by_key(|line| Reverse(line.count));
    }
    (lines, words)
}

/// Writes a line's text into `out`, as long as it may be.
fn trim(view: &View<'_>, text: &[u8], cut: Cut, of_cleanup: bool, out: &mut Vec<u8>) {
    let width = view.shown.colwidth.map_or(0, |width| i32::try_from(width).unwrap_or(i32::MAX));
    match cut {
        Cut::Reply if !view.whole_reasons => {
            reply::trim_reply(text, reply::limit(reply::REASON_WIDTH, width), out);
        }
        Cut::Warning => reply::trim_width(text, reply::limit(reply::REASON_WIDTH, width), out),
        Cut::Quotation if of_cleanup => {
            reply::trim_width(text, reply::limit(reply::HEADER_WIDTH, width), out);
        }
        _ => {
            out.clear();
            out.extend_from_slice(text);
        }
    }
}

/// Puts lines under their headings.
struct Grouping<'a, 'v> {
    view: &'a View<'v>,
    limit: Limit,
    list: Arc<Lines<'v>>,
    /// How many lines stand under a heading already.
    from: usize,
}

impl<'v> Grouping<'_, 'v> {
    /// The headings of the first level. `lines` stand in the order of their headings' names.
    fn groups(&mut self, lines: &[Line]) -> Vec<Group<'v>> {
        let mut groups: Vec<Group<'v>> =
            lines.chunk_by(|a, b| a.first == b.first).map(|lines| self.group(lines)).collect();
        groups.sort_by(|a, b| a.name.as_bytes().cmp(b.name.as_bytes()));
        groups
    }

    /// A heading of the first level, with those of the second, if there are any.
    fn group(&mut self, lines: &[Line]) -> Group<'v> {
        let name = lines.first().map_or_else(String::new, |line| self.heading(line.first));
        if lines.iter().all(|line| self.view.names.texts.text(line.second).is_empty()) {
            return self.last_level(name, lines);
        }
        let mut groups = Vec::new();
        for lines in lines.chunk_by(|a, b| a.second == b.second) {
            let name = lines.first().map_or_else(String::new, |line| self.heading(line.second));
            groups.push(self.last_level(name, lines));
        }
        groups.sort_by(|a, b| a.name.as_bytes().cmp(b.name.as_bytes()));
        Group {
            name,
            count: groups.iter().map(|group| group.count).sum(),
            shown: groups.iter().map(|group| group.shown).sum(),
            total: groups.iter().map(|group| group.total).sum(),
            groups,
            rows: Table::new(LINE),
        }
    }

    /// A heading with lines under it.
    fn last_level(&mut self, name: String, lines: &[Line]) -> Group<'v> {
        let (from, total) = (self.from, lines.len());
        self.from += total;
        let shown = self.limit.of(total);
        Group {
            name,
            count: lines.iter().map(|line| line.count).sum(),
            shown,
            total,
            groups: Vec::new(),
            rows: Table::of(LINE, Arc::clone(&self.list) as Arc<_>, from, shown),
        }
    }

    fn heading(&self, text: Text) -> String {
        printable(self.view.names.texts.text(text))
    }
}
