//! Counts under headings: reasons of deferrals, bounces and refusals, and remarks.

use std::sync::Arc;

use crate::config::Limit;
use crate::names::Text;
use crate::tally::outline::Outline as Counted;
use crate::words::reply;

use super::folding::Folding;
use super::lines::Lines;
use super::model::{Body, Section};
use super::table::{Group, LINE, List, Outline, Table};
use super::{View, printable};

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
    outline: &'v Counted,
    shape: &Shape,
) -> Section<'v> {
    let headings = |leaf: &u32| outline.headings(*leaf);
    let mut leaves: Vec<u32> = (0..outline.len()).map_while(|at| u32::try_from(at).ok()).collect();
    leaves.sort_unstable_by_key(headings);
    let mut lines = Lines::new(view.names, outline, folding);
    let mut blocks = Vec::new();
    for leaves in leaves.chunk_by(|a, b| headings(a) == headings(b)) {
        let Some((first, second)) = leaves.first().and_then(headings) else { continue };
        let of_cleanup = view.names.texts.text(first) == b"cleanup";
        let from = lines.len();
        lines.add(leaves, folding, |text, out| trim(view, text, shape.cut, of_cleanup, out));
        blocks.push(Block { first, second, from, total: lines.len() - from });
    }
    let list: Arc<dyn List + 'v> = Arc::new(lines);
    let groups = Grouping { view, limit: shape.limit, list }.groups(&blocks);
    Section {
        id: shape.id,
        title: shape.title,
        shown: groups.iter().map(|group| group.shown).sum(),
        total: groups.iter().map(|group| group.total).sum(),
        body: Body::Outline(Outline { groups }),
    }
}

/// The lines of two headings.
struct Block {
    first: Text,
    second: Text,
    from: usize,
    total: usize,
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
    list: Arc<dyn List + 'v>,
}

impl<'v> Grouping<'_, 'v> {
    /// The headings of the first level. `blocks` stand in the order of their headings' names.
    fn groups(&self, blocks: &[Block]) -> Vec<Group<'v>> {
        let mut groups: Vec<Group<'v>> =
            blocks.chunk_by(|a, b| a.first == b.first).map(|blocks| self.group(blocks)).collect();
        groups.sort_by(|a, b| a.name.as_bytes().cmp(b.name.as_bytes()));
        groups
    }

    /// A heading of the first level, with those of the second, if there are any.
    fn group(&self, blocks: &[Block]) -> Group<'v> {
        let heading = |text: Text| printable(self.view.names.texts.text(text));
        let name = blocks.first().map_or_else(String::new, |block| heading(block.first));
        if let [block] = blocks
            && self.view.names.texts.text(block.second).is_empty()
        {
            return self.last_level(name, block);
        }
        let mut groups: Vec<Group<'v>> =
            blocks.iter().map(|block| self.last_level(heading(block.second), block)).collect();
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
    fn last_level(&self, name: String, block: &Block) -> Group<'v> {
        let Block { from, total, .. } = *block;
        let shown = self.limit.of(total);
        Group {
            name,
            count: (from..from + total).map(|line| self.list.number(line)).sum(),
            shown,
            total,
            groups: Vec::new(),
            rows: Table::of(LINE, Arc::clone(&self.list), from, shown),
        }
    }
}
