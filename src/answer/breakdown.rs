//! A breakdown: numbers by one or two keys.

use std::cmp::Ordering;

use foldhash::fast::RandomState;
use hashbrown::{HashMap, HashSet};

use crate::names::{Names, OTHERS};
use crate::track::{Fact, Listener, What};
use crate::words::domain::registrable;
use crate::words::order::host_key_cmp;

use super::key::{Asking, Key};
use super::measure::Measure;
use crate::config::{Counting, Reporting};
use crate::period::Period;

/// Counts measures by keys; with no keys, all in one row.
#[derive(Default)]
pub struct Breakdown {
    measures: Vec<Measure>,
    keys: Vec<Key>,
    asking: Asking,
    suppress_rdns: bool,
    rows: HashMap<Vec<u8>, Numbers, RandomState>,
    /// How many rows there may be before new ones that strangers could make are turned away.
    kept: usize,
    turned_away: u64,
    line: Vec<u8>,
}

/// The numbers of one row.
#[derive(Default)]
struct Numbers {
    counts: Vec<u64>,
    seen: HashSet<(usize, Box<[u8]>), RandomState>,
}

/// One row: what it is about, and its numbers in the order of the measures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// What each key says.
    pub keys: Vec<Vec<u8>>,
    /// The numbers.
    pub counts: Vec<u64>,
}

/// What stands between the keys of a row.
const BETWEEN: u8 = 0;

impl Breakdown {
    /// Counts `measures` by `keys`.
    #[must_use]
    pub fn new(
        measures: Vec<Measure>,
        keys: Vec<Key>,
        period: Period,
        counting: &Counting,
        reporting: &Reporting,
    ) -> Breakdown {
        Breakdown {
            measures,
            keys,
            asking: Asking { period, whole_domains: reporting.whole_domains },
            suppress_rdns: counting.suppress_rdns,
            kept: counting.kept,
            ..Breakdown::default()
        }
    }

    /// What is counted.
    #[must_use]
    pub fn measures(&self) -> &[Measure] {
        &self.measures
    }

    /// By what.
    #[must_use]
    pub fn keys(&self) -> &[Key] {
        &self.keys
    }

    /// How often something was counted in a row of [`OTHERS`], because there are as many rows of
    /// what strangers choose as are kept.
    #[must_use]
    pub fn turned_away(&self) -> u64 {
        self.turned_away
    }

    /// The rows: those of times in their order, others the greatest first; names decide
    /// between equals.
    #[must_use]
    pub fn rows(&self) -> Vec<Row> {
        let mut rows: Vec<Row> = self
            .rows
            .iter()
            .map(|(keys, numbers)| Row {
                keys: keys.split(|byte| *byte == BETWEEN).map(<[u8]>::to_vec).collect(),
                counts: numbers.counts.clone(),
            })
            .collect();
        rows.sort_unstable_by(|a, b| self.order(a, b));
        rows
    }

    fn order(&self, a: &Row, b: &Row) -> Ordering {
        let times =
            self.keys.iter().zip(a.keys.iter().zip(&b.keys)).filter(|(key, _)| key.is_time());
        let by_time = times.map(|(_, (a, b))| a.cmp(b)).fold(Ordering::Equal, Ordering::then);
        let by_name = || {
            let names = a.keys.iter().zip(&b.keys).map(|(a, b)| host_key_cmp(a, b));
            names.fold(Ordering::Equal, Ordering::then)
        };
        by_time.then_with(|| b.counts.cmp(&a.counts)).then_with(by_name)
    }

    /// The sums of the rows.
    #[must_use]
    pub fn sums(&self) -> Vec<u64> {
        let mut sums = vec![0; self.measures.len()];
        for numbers in self.rows.values() {
            for (sum, count) in sums.iter_mut().zip(&numbers.counts) {
                *sum += count;
            }
        }
        sums
    }

    /// Makes `line` the keys of the row that a fact belongs to.
    fn find_row(&mut self, names: &mut Names, fact: &Fact<'_>) {
        self.write_keys(names, fact, false);
        if self.rows.len() >= self.kept
            && self.is_of_strangers(fact)
            && !self.rows.contains_key(&self.line)
        {
            self.turned_away += u64::from(fact.times);
            self.write_keys(names, fact, true);
        }
    }

    /// Whether nobody's mail was accepted for a row, or a server elsewhere chose its words: as in
    /// [`Names`], who could make any number of them.
    fn is_of_strangers(&self, fact: &Fact<'_>) -> bool {
        let refused =
            matches!(fact.what, What::Verdict(_) | What::Diagnosed { .. } | What::Session { .. });
        refused || self.keys.iter().any(|key| matches!(key, Key::Reason | Key::Dsn))
    }

    /// Writes the keys of a fact; those that strangers choose only if it is none of the `others`.
    fn write_keys(&mut self, names: &mut Names, fact: &Fact<'_>, others: bool) {
        self.line.clear();
        for (at, key) in self.keys.iter().enumerate() {
            if at > 0 {
                self.line.push(BETWEEN);
            }
            let start = self.line.len();
            if others && key.is_of_strangers() {
                self.line.extend_from_slice(OTHERS);
            } else {
                key.write(&self.asking, names, fact, &mut self.line);
            }
            // What a log says may hold the byte that stands between the keys.
            for byte in self.line.iter_mut().skip(start).filter(|byte| **byte == BETWEEN) {
                *byte = b'?';
            }
        }
    }

    fn row(&mut self) -> &mut Numbers {
        let numbers = self.rows.entry_ref(self.line.as_slice()).or_default();
        numbers.counts.resize(self.measures.len(), 0);
        numbers
    }
}

impl Listener for Breakdown {
    fn hear(&mut self, names: &mut Names, fact: &Fact<'_>) {
        if matches!(fact.what, What::Line { .. } | What::Gone) {
            return;
        }
        let mut keyed = false;
        for at in 0..self.measures.len() {
            let Some(&measure) = self.measures.get(at) else { continue };
            let amount = measure.amount(fact, self.asking.period, self.suppress_rdns);
            let thing = if measure.is_distinct() {
                measure.distinct(names, fact, self.asking.period).map(|thing| {
                    let domains =
                        matches!(measure, Measure::SendingDomains | Measure::RecipientDomains);
                    let fold = domains && !self.asking.whole_domains;
                    Box::<[u8]>::from(if fold { registrable(thing) } else { thing })
                })
            } else {
                None
            };
            if amount == 0 && thing.is_none() {
                continue;
            }
            if !std::mem::replace(&mut keyed, true) {
                self.find_row(names, fact);
            }
            let row = self.row();
            let new = thing.map_or(amount, |thing| u64::from(row.seen.insert((at, thing))));
            if let Some(count) = row.counts.get_mut(at) {
                *count += new;
            }
        }
    }
}
