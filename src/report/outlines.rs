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
    let mut lines = Lines::new(view.names, outline, folding);
    let mut blocks = Vec::new();
    let leaves = outline.by_headings();
    for kinds in leaves.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)) {
        let Some(&(first, second, _)) = kinds.first() else { continue };
        let of_cleanup = view.names.texts.text(first) == b"cleanup";
        let from = lines.len();
        let leaves = kinds.iter().map(|(.., leaves)| leaves.as_slice());
        let trim = |text: &[u8], out: &mut _| trim(view, text, shape.cut, of_cleanup, out);
        let count = lines.add(leaves, folding, trim);
        blocks.push(Block { first, second, count, from, total: lines.len() - from });
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
    /// All counts together.
    count: u64,
    from: usize,
    total: usize,
}

/// Writes a line's text into `out`, as long as it may be; says whether that is not all of it.
fn trim(view: &View<'_>, text: &[u8], cut: Cut, of_cleanup: bool, out: &mut Vec<u8>) -> bool {
    let width = view.shown.colwidth;
    match cut {
        Cut::Reply if !view.whole_reasons => {
            reply::trim_reply(text, reply::limit(reply::REASON_WIDTH, width), out);
        }
        Cut::Warning => reply::trim_width(text, reply::limit(reply::REASON_WIDTH, width), out),
        Cut::Quotation if of_cleanup => {
            reply::trim_width(text, reply::limit(reply::HEADER_WIDTH, width), out);
        }
        _ => return false,
    }
    out != text
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
        let Block { count, from, total, .. } = *block;
        let shown = self.limit.of(total);
        Group {
            name,
            count,
            shown,
            total,
            groups: Vec::new(),
            rows: Table::of(LINE, Arc::clone(&self.list), from, shown),
        }
    }
}
