//! Counts under headings: reasons of deferrals, bounces and refusals, and remarks.

use std::cmp::Reverse;

use crate::config::Limit;
use crate::names::{Interner, Name, Text, kind};
use crate::tally;
use crate::tally::outline::Leaf;
use crate::words::reply::{self, trim_reply, trim_width};

use super::folding::Folding;
use super::model::{Body, Section};
use super::rank::places;
use super::table::{Group, LINE, Outline, Table};
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

/// A line before it has its place: headings, text, count.
#[derive(Clone, Copy)]
struct Line {
    first: Text,
    second: Text,
    text: Name<kind::Text>,
    count: u64,
}

impl Line {
    /// Headings and text as one number.
    fn key(&self) -> u128 {
        let Line { first, second, text, .. } = self;
        let [first, second, text] = [first.index(), second.index(), text.index()];
        (first as u128) << 64 | (second as u128) << 32 | text as u128
    }
}

/// Makes a section of an outline.
pub(super) fn section(
    view: &View<'_>,
    folding: &mut Folding,
    outline: &tally::outline::Outline,
    shape: &Shape,
) -> Section {
    let (lines, texts) = lines(view, folding, outline, shape.cut);
    let mut grouping = Grouping { view, texts: &texts, limit: shape.limit, places: Vec::new() };
    grouping.rank();
    let groups = grouping.groups(&lines);
    Section {
        id: shape.id,
        title: shape.title,
        shown: groups.iter().map(|group| group.shown).sum(),
        total: groups.iter().map(|group| group.total).sum(),
        body: Body::Outline(Outline { groups }),
    }
}

/// The lines as they are shown, those that look alike made one.
fn lines(
    view: &View<'_>,
    folding: &mut Folding,
    outline: &tally::outline::Outline,
    cut: Cut,
) -> (Vec<Line>, Interner<kind::Text>) {
    let names = view.names;
    let mut texts = Interner::default();
    let mut buffer = Vec::new();
    let mut lines: Vec<Line> = outline
        .iter()
        .map(|(first, second, leaf, count)| {
            let text = match leaf {
                Leaf::Client(client) => {
                    let host = folding.client(names, client);
                    texts.intern(folding.hosts.text(host)).0
                }
                Leaf::Address(address) => texts.intern(names.addresses.text(address)).0,
                Leaf::Text(text) => {
                    let of_cleanup = names.texts.text(first) == b"cleanup";
                    trim(view, names.texts.text(text), cut, of_cleanup, &mut buffer);
                    texts.intern(&buffer).0
                }
            };
            Line { first, second, text, count }
        })
        .collect();
    lines.sort_unstable_by_key(Line::key);
    lines.dedup_by(|next, line| {
        let same = next.key() == line.key();
        line.count += if same { next.count } else { 0 };
        same
    });
    (lines, texts)
}

/// Writes a line's text into `out`, as long as it may be.
fn trim(view: &View<'_>, text: &[u8], cut: Cut, of_cleanup: bool, out: &mut Vec<u8>) {
    let width = view.shown.colwidth.map_or(0, |width| i32::try_from(width).unwrap_or(i32::MAX));
    match cut {
        Cut::Reply if !view.whole_reasons => {
            trim_reply(text, reply::limit(reply::REASON_WIDTH, width), out);
        }
        Cut::Warning => trim_width(text, reply::limit(reply::REASON_WIDTH, width), out),
        Cut::Quotation if of_cleanup => {
            trim_width(text, reply::limit(reply::HEADER_WIDTH, width), out);
        }
        _ => {
            out.clear();
            out.extend_from_slice(text);
        }
    }
}

/// Puts lines under their headings.
struct Grouping<'a> {
    view: &'a View<'a>,
    texts: &'a Interner<kind::Text>,
    limit: Limit,
    /// The place of each text among texts of equal count.
    places: Vec<u32>,
}

impl Grouping<'_> {
    fn rank(&mut self) {
        let texts: Vec<&[u8]> =
            (0..self.texts.len()).map(|at| self.texts.text(Name::at(at))).collect();
        self.places = places(&texts);
    }

    /// The headings of the first level. `lines` stand in the order of their headings' names.
    fn groups(&self, lines: &[Line]) -> Vec<Group> {
        let heading = |text: Text| self.view.names.texts.text(text);
        let mut groups: Vec<Group> = lines
            .chunk_by(|a, b| a.first == b.first)
            .map(|lines| {
                let name = lines.first().map_or(&b""[..], |line| heading(line.first));
                let flat = lines.iter().all(|line| heading(line.second).is_empty());
                if flat {
                    return self.last_level(name, lines);
                }
                let mut groups: Vec<Group> = lines
                    .chunk_by(|a, b| a.second == b.second)
                    .map(|lines| {
                        let name = lines.first().map_or(&b""[..], |line| heading(line.second));
                        self.last_level(name, lines)
                    })
                    .collect();
                groups.sort_by(|a, b| a.name.as_bytes().cmp(b.name.as_bytes()));
                Group {
                    name: printable(name),
                    count: groups.iter().map(|group| group.count).sum(),
                    shown: groups.iter().map(|group| group.shown).sum(),
                    total: groups.iter().map(|group| group.total).sum(),
                    groups,
                    rows: Table::new(LINE),
                }
            })
            .collect();
        groups.sort_by(|a, b| a.name.as_bytes().cmp(b.name.as_bytes()));
        groups
    }

    /// A heading with lines under it.
    fn last_level(&self, name: &[u8], lines: &[Line]) -> Group {
        let place = |line: &Line| self.places.get(line.text.index()).copied().unwrap_or(0);
        let mut order: Vec<_> =
            lines.iter().map(|line| (Reverse(line.count), place(line), line.text)).collect();
        order.sort_unstable();
        let shown = self.limit.of(lines.len());
        let mut rows = Table::new(LINE);
        for (count, _, text) in order.iter().take(shown) {
            rows.push(&[self.texts.text(*text)], &[count.0]);
        }
        Group {
            name: printable(name),
            count: lines.iter().map(|line| line.count).sum(),
            shown,
            total: lines.len(),
            groups: Vec::new(),
            rows,
        }
    }
}
