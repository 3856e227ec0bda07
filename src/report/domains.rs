//! Domains and hosts: whom mail went to, and whom it came from.

use std::cmp::Reverse;

use crate::names::{Interner, Name, kind};
use crate::tally::board::{Reached, Sent, Visits};

use super::folding::Folding;
use super::model::{Body, Section};
use super::table::{Column, Table, Unit};
use super::{View, rank};

/// What stands for the client of mail that no client brought.
const LOCAL: &[u8] = b"(local submission)";

/// A name and what is counted for it.
type Entry<V> = (Name<kind::Text>, V);

/// The sums of each domain.
pub(super) struct Domains {
    texts: Interner<kind::Text>,
    recipients: Vec<Entry<Reached>>,
    senders: Vec<Entry<Sent>>,
    /// Domains of senders; the hosts that sent with the null sender are none.
    pub(super) sending: usize,
    /// Domains with a delivery.
    pub(super) delivered: usize,
}

impl Domains {
    /// Sums the boards of whole domains and clients.
    pub(super) fn gather(view: &View<'_>, folding: &mut Folding) -> Domains {
        let (names, tallies) = (view.names, view.tallies);
        let mut texts = Interner::default();
        let mut recipients = Sums::default();
        for (domain, reached) in tallies.recipient_domains.iter() {
            let text = folding.domain(names.domains.text(domain));
            recipients.at(texts.intern(text).0, |sum: &mut Reached| *sum += reached.clone());
        }
        let mut senders = Sums::default();
        let add = |sum: &mut Sent, sent: &Sent| {
            sum.messages += sent.messages;
            sum.bytes += sent.bytes;
        };
        for (domain, sent) in tallies.sender_domains(names).iter() {
            let text = folding.domain(names.domains.text(domain));
            senders.at(texts.intern(text).0, |sum| add(sum, sent));
        }
        let sending = senders.entries.len();
        for (client, sent) in tallies.null_clients.iter() {
            let host = folding.client(names, client);
            let host = texts.intern(folding.hosts.text(host)).0;
            senders.at(host, |sum| add(sum, sent));
        }
        if tallies.null_local.messages > 0 {
            senders.at(texts.intern(LOCAL).0, |sum| add(sum, &tallies.null_local));
        }
        let recipients = recipients.entries;
        let delivered = recipients.iter().filter(|(_, reached)| reached.deliveries() > 0).count();
        Domains { texts, recipients, senders: senders.entries, sending, delivered }
    }

    /// *Host/Domain Summary: Message Delivery*.
    pub(super) fn delivery(&self, view: &View<'_>) -> Section<'static> {
        const COLUMNS: &[Column] = &[
            Column { id: "count", title: "msg cnt", unit: Unit::Count },
            Column { id: "bytes", title: "bytes", unit: Unit::Bytes },
            Column { id: "deferrals", title: "defers", unit: Unit::Count },
            Column { id: "average", title: "avg dly", unit: Unit::Seconds },
            Column { id: "longest", title: "max dly", unit: Unit::Seconds },
            Column { id: "domain", title: "host/domain", unit: Unit::Text },
        ];
        let mut table = Table::new(COLUMNS);
        let key = |reached: &Reached| (reached.deliveries(), reached.bytes);
        let order = self.order(&self.recipients, key);
        let limit = view.shown.detail.host.of(order.len());
        for (name, reached) in order.iter().take(limit) {
            let Reached { bytes, deferrals, delay, longest, ref delays } = **reached;
            let deliveries = delays.count;
            let average = rounded(delay.saturating_mul(1000), deliveries);
            let numbers = [deliveries, bytes, deferrals, average, longest.saturating_mul(1000)];
            table.push(&[self.texts.text(*name)], &numbers);
        }
        section("recipient_domains", "Host/Domain Summary: Message Delivery", order.len(), table)
    }

    /// *Host/Domain Summary: Messages Received*.
    pub(super) fn received(&self, view: &View<'_>) -> Section<'static> {
        const COLUMNS: &[Column] = &[
            Column { id: "count", title: "msg cnt", unit: Unit::Count },
            Column { id: "bytes", title: "bytes", unit: Unit::Bytes },
            Column { id: "domain", title: "host/domain", unit: Unit::Text },
        ];
        let mut table = Table::new(COLUMNS);
        let order = self.order(&self.senders, |sent| (sent.messages, sent.bytes));
        let limit = view.shown.detail.host.of(order.len());
        for (name, sent) in order.iter().take(limit) {
            table.push(&[self.texts.text(*name)], &[sent.messages, sent.bytes]);
        }
        section("sender_domains", "Host/Domain Summary: Messages Received", order.len(), table)
    }

    fn order<'e, V>(
        &self,
        entries: &'e [Entry<V>],
        key: impl Fn(&V) -> (u64, u64),
    ) -> Vec<(Name<kind::Text>, &'e V)> {
        in_order(&self.texts, entries, key)
    }
}

/// *Host/Domain Summary: SMTPD Connections*.
pub(super) fn connections(view: &View<'_>, folding: &mut Folding) -> Section<'static> {
    const COLUMNS: &[Column] = &[
        Column { id: "count", title: "connections", unit: Unit::Count },
        Column { id: "total", title: "time conn.", unit: Unit::Seconds },
        Column { id: "average", title: "avg./conn.", unit: Unit::Seconds },
        Column { id: "longest", title: "max. time", unit: Unit::Seconds },
        Column { id: "host", title: "host/domain", unit: Unit::Text },
    ];
    let visits = by_host(view, folding);
    let order = in_order(&folding.hosts, &visits, |visits| (visits.connections, visits.seconds));
    let mut table = Table::new(COLUMNS);
    let limit = view.shown.detail.host.of(order.len());
    for (name, visits) in order.iter().take(limit) {
        table.push(&[folding.hosts.text(*name)], &durations(visits));
    }
    section("smtpd_hosts", "Host/Domain Summary: SMTPD Connections", order.len(), table)
}

/// Connections by folded host.
pub(super) fn by_host(view: &View<'_>, folding: &mut Folding) -> Vec<Entry<Visits>> {
    let mut sums = Sums::default();
    for (client, visits) in view.tallies.connections.clients.iter() {
        let host = folding.client(view.names, client);
        sums.at(host, |sum: &mut Visits| *sum += *visits);
    }
    sums.entries
}

/// Connections, their time together, on average and at most, as cells.
pub(super) fn durations(visits: &Visits) -> [u64; 4] {
    const MICROS: u64 = 1_000_000;
    let Visits { connections, seconds, longest } = *visits;
    let total = seconds.saturating_mul(MICROS);
    [connections, total, rounded(total, connections), longest.saturating_mul(MICROS)]
}

/// `sum / count` to the nearest whole number; 0 of nothing.
pub(super) fn rounded(sum: u64, count: u64) -> u64 {
    sum.saturating_add(count / 2).checked_div(count).unwrap_or(0)
}

fn section(
    id: &'static str,
    title: &'static str,
    total: usize,
    table: Table<'static>,
) -> Section<'static> {
    Section { id, title, shown: table.len(), total, body: Body::Table(table) }
}

/// Entries by two numbers, the greatest first; then by name.
fn in_order<'e, V>(
    texts: &Interner<kind::Text>,
    entries: &'e [Entry<V>],
    key: impl Fn(&V) -> (u64, u64),
) -> Vec<(Name<kind::Text>, &'e V)> {
    let entry = |at: u32| entries.get(at as usize);
    let text = |at| entry(at).map_or(&b""[..], |(name, _)| texts.text(*name));
    let ties = rank::order(u32::try_from(entries.len()).unwrap_or(u32::MAX), text);
    let named = ties.into_iter().filter_map(|at| entry(at).map(|(name, value)| (*name, value)));
    let mut order: Vec<_> = named.collect();
    order.sort_by_key(|(_, value)| Reverse(key(value)));
    order
}

/// Sums by name, in order of first appearance.
struct Sums<V> {
    entries: Vec<Entry<V>>,
    at: Vec<u32>,
}

impl<V> Default for Sums<V> {
    fn default() -> Self {
        Sums { entries: Vec::new(), at: Vec::new() }
    }
}

impl<V: Default> Sums<V> {
    fn at(&mut self, name: Name<kind::Text>, add: impl FnOnce(&mut V)) {
        let index = name.index();
        if index >= self.at.len() {
            self.at.resize(index + 1, u32::MAX);
        }
        let Some(slot) = self.at.get_mut(index) else { return };
        if *slot == u32::MAX {
            *slot = u32::try_from(self.entries.len()).unwrap_or(u32::MAX);
            self.entries.push((name, V::default()));
        }
        if let Some((_, value)) = self.entries.get_mut(*slot as usize) {
            add(value);
        }
    }
}
