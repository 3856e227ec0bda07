//! Senders and recipients, by count and by size; and messages one by one.

use std::cmp::Reverse;

use crate::names::{Address, Interner, kind};
use crate::tally::Listed;

use super::View;
use super::model::{Body, Section};
use super::rank::places;
use super::table::{Column, Table, Unit};

/// What stands for the null sender, of which mail programs know no other name.
const NULL_SENDER: &[u8] = b"from=<>";

/// An address with its messages or deliveries, and their bytes.
type Counted = (Address, u64, u64);

/// The four lists: who sent and who got how many messages, and how many bytes.
pub(super) fn lists(view: &View<'_>) -> [Section; 4] {
    let tallies = view.tallies;
    let senders: Vec<Counted> =
        tallies.senders.iter().map(|(name, sent)| (name, sent.messages, sent.bytes)).collect();
    let recipients: Vec<Counted> =
        tallies.recipients.iter().map(|(name, got)| (name, got.deliveries, got.bytes)).collect();
    let [senders, sizes_sent] = both(
        view,
        &senders,
        shown,
        [("senders", "Senders by message count"), ("senders_by_size", "Senders by message size")],
    );
    let [recipients, sizes_got] = both(
        view,
        &recipients,
        |view, address| view.names.addresses.text(address),
        [
            ("recipients", "Recipients by message count"),
            ("recipients_by_size", "Recipients by message size"),
        ],
    );
    [senders, recipients, sizes_sent, sizes_got]
}

/// A list by count and one by size. Their ties have one order, which is found once.
fn both(
    view: &View<'_>,
    counted: &[Counted],
    name: for<'v> fn(&View<'v>, Address) -> &'v [u8],
    [by_count, by_size]: [(&'static str, &'static str); 2],
) -> [Section; 2] {
    const COUNT: &[Column] = &[
        Column { id: "count", title: "messages", unit: Unit::Count },
        Column { id: "address", title: "address", unit: Unit::Text },
    ];
    const SIZE: &[Column] = &[
        Column { id: "bytes", title: "bytes", unit: Unit::Bytes },
        Column { id: "address", title: "address", unit: Unit::Text },
    ];
    let texts: Vec<&[u8]> = counted.iter().map(|entry| name(view, entry.0)).collect();
    let places = places(&texts);
    let list = |(id, title): (&'static str, &'static str), columns, number: fn(&Counted) -> u64| {
        let mut order: Vec<(Reverse<u64>, u32, u32)> = counted
            .iter()
            .zip(&places)
            .zip(0..)
            .map(|((entry, place), at)| (Reverse(number(entry)), *place, at))
            .collect();
        order.sort_unstable();
        let mut table = Table::new(columns);
        for (number, _, at) in order.iter().take(view.shown.detail.user.of(order.len())) {
            table.push(&[texts.get(*at as usize).copied().unwrap_or_default()], &[number.0]);
        }
        Section { id, title, shown: table.len(), total: order.len(), body: Body::Table(table) }
    };
    [list(by_count, COUNT, |entry| entry.1), list(by_size, SIZE, |entry| entry.2)]
}

/// *Messages with no size data*.
pub(super) fn without_size(view: &View<'_>) -> Section {
    const COLUMNS: &[Column] = &[
        Column { id: "queue_id", title: "queue ID", unit: Unit::Text },
        Column { id: "recipient", title: "last recipient", unit: Unit::Text },
    ];
    let addresses = &view.names.addresses;
    let mut order: Vec<_> = view.tallies.no_size.iter().collect();
    order.sort_unstable_by_key(|(queue_id, _)| *queue_id);
    let mut table = Table::new(COLUMNS);
    for (queue_id, recipient) in order {
        table.push(&[queue_id.as_bytes(), addresses.text(*recipient)], &[]);
    }
    let total = table.len();
    let title = "Messages with no size data";
    Section { id: "no_size", title, shown: total, total, body: Body::Table(table) }
}

/// *Message detail*: a row for each recipient; a message without one has an empty one.
pub(super) fn messages(view: &View<'_>) -> Section {
    const COLUMNS: &[Column] = &[
        Column { id: "queue_id", title: "queue ID", unit: Unit::Text },
        Column { id: "sender", title: "sender", unit: Unit::Text },
        Column { id: "recipient", title: "recipient", unit: Unit::Text },
    ];
    let addresses = &view.names.addresses;
    let mut order: Vec<(&[u8], &Listed)> = view
        .tallies
        .messages
        .iter()
        .map(|listed| match listed.sender {
            Some(sender) => (shown(view, sender), listed),
            None => (&b"(sender not in log)"[..], listed),
        })
        .collect();
    order.sort_by_cached_key(|(sender, listed)| {
        let (domain, user) = sender_key(sender);
        (domain, user.to_vec(), listed.queue_id)
    });
    let mut table = Table::new(COLUMNS);
    for (sender, listed) in &order {
        let queue_id = listed.queue_id.as_bytes();
        for recipient in &listed.recipients {
            table.push(&[queue_id, sender, addresses.text(*recipient)], &[]);
        }
        if listed.recipients.is_empty() {
            table.push(&[queue_id, sender, b""], &[]);
        }
    }
    let total = order.len();
    let title = "Message detail";
    Section { id: "messages", title, shown: total, total, body: Body::Table(table) }
}

/// How many addresses there are apart from the null sender.
pub(super) fn distinct(
    addresses: &Interner<kind::Address>,
    of: impl Iterator<Item = Address>,
) -> u64 {
    of.filter(|address| !addresses.text(*address).is_empty()).fold(0, |count, _| count + 1)
}

fn shown<'a>(view: &View<'a>, address: Address) -> &'a [u8] {
    match view.names.addresses.text(address) {
        b"" => NULL_SENDER,
        text => text,
    }
}

/// Domain and user a message is ordered by. Of `a.b.example.com` the domain is
/// `example.com.a.b`: pflogsumm puts the last two labels first, or three where
/// the last one has two letters and the one before at most three.
fn sender_key(sender: &[u8]) -> (Vec<u8>, &[u8]) {
    let mut parts = sender.split(|byte| *byte == b'@');
    let (user, domain) = (parts.next().unwrap_or_default(), parts.next());
    let mut hops = user.rsplit(|byte| *byte == b'!');
    let user = hops.next().unwrap_or_default();
    let domain = domain.or_else(|| hops.next()).unwrap_or_default();
    let labels: Vec<&[u8]> = domain.split(|byte| *byte == b'.').collect();
    let keep = match labels.as_slice() {
        [.., _, tld] if tld.len() == 3 => 2,
        [.., _, second, tld] if tld.len() == 2 && matches!(second.len(), 2 | 3) => 3,
        _ => labels.len(),
    };
    let (head, tail) = labels.split_at(labels.len().saturating_sub(keep));
    let mut turned = tail.join(&b'.');
    if !head.is_empty() {
        turned.push(b'.');
        turned.extend(head.join(&b'.'));
    }
    (turned, user)
}
