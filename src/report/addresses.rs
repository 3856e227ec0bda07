//! Senders and recipients, by count and by size; and messages one by one.

use std::sync::Arc;

use crate::names::{Address, Interner, kind};
use crate::tally::Listed;
use crate::tally::board::{Board, Counts};

use super::model::{Body, Section};
use super::table::{Column, List, Table, Unit};
use super::{View, rank};

/// What stands for the null sender, of which mail programs know no other name.
const NULL_SENDER: &[u8] = b"from=<>";

/// The four lists: who sent and who got how many messages, and how many bytes.
pub(super) fn lists<'v>(view: &View<'v>) -> [Section<'v>; 4] {
    let tallies = view.tallies;
    let [senders, sizes_sent] = both(
        view,
        &tallies.senders,
        NULL_SENDER,
        [|sent| sent.messages, |sent| sent.bytes],
        [("senders", "Senders by message count"), ("senders_by_size", "Senders by message size")],
    );
    let [recipients, sizes_got] = both(
        view,
        &tallies.recipients,
        b"",
        [|got| got.deliveries, |got| got.bytes],
        [
            ("recipients", "Recipients by message count"),
            ("recipients_by_size", "Recipients by message size"),
        ],
    );
    [senders, recipients, sizes_sent, sizes_got]
}

/// Addresses in the order of a list; what is told of each stays on its board.
struct Ranked<'v, V: Counts> {
    addresses: &'v Interner<kind::Address>,
    board: &'v Board<kind::Address, V>,
    order: Vec<Address>,
    number: fn(&V) -> u64,
    /// What stands for the empty address.
    null: &'static [u8],
}

impl<V: Counts + Sync> List for Ranked<'_, V> {
    fn text(&self, row: usize) -> &[u8] {
        let text = self.order.get(row).map(|address| self.addresses.text(*address));
        text.filter(|text| !text.is_empty()).unwrap_or(self.null)
    }

    fn number(&self, row: usize) -> u64 {
        let entry = self.order.get(row).and_then(|address| self.board.get(*address));
        entry.map_or(0, self.number)
    }
}

/// A list by count and one by size. Their ties have one order, which is found once.
fn both<'v, V: Counts + Sync>(
    view: &View<'v>,
    board: &'v Board<kind::Address, V>,
    null: &'static [u8],
    [count, bytes]: [fn(&V) -> u64; 2],
    [by_count, by_size]: [(&'static str, &'static str); 2],
) -> [Section<'v>; 2] {
    const COUNT: &[Column] = &[
        Column { id: "count", title: "messages", unit: Unit::Count },
        Column { id: "address", title: "address", unit: Unit::Text },
    ];
    const SIZE: &[Column] = &[
        Column { id: "bytes", title: "bytes", unit: Unit::Bytes },
        Column { id: "address", title: "address", unit: Unit::Text },
    ];
    let addresses = &view.names.addresses;
    let names: Vec<Address> = board.iter().map(|(name, _)| name).collect();
    let name = |at: u32| names.get(at as usize).copied();
    let text = |at| match name(at).map_or(&b""[..], |name| addresses.text(name)) {
        b"" => null,
        text => text,
    };
    let ties: Vec<Address> = rank::order(u32::try_from(names.len()).unwrap_or(u32::MAX), text)
        .into_iter()
        .filter_map(name)
        .collect();
    let list = |(id, title): (&'static str, &'static str), columns, number: fn(&V) -> u64| {
        let number_of = |name: &Address| board.get(*name).map_or(0, number);
        let numbers: Vec<u64> = ties.iter().map(number_of).collect();
        let (total, shown) = (ties.len(), view.shown.detail.user.of(ties.len()));
        let order = rank::by_number(&numbers).into_iter().take(shown);
        let order = order.filter_map(|at| ties.get(at as usize).copied()).collect();
        let list = Arc::new(Ranked { addresses, board, order, number, null });
        Section::of(id, title, total, Table::of(columns, list, 0, shown))
    };
    [list(by_count, COUNT, count), list(by_size, SIZE, bytes)]
}

/// *Messages with no size data*.
pub(super) fn without_size(view: &View<'_>) -> Section<'static> {
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
pub(super) fn messages(view: &View<'_>) -> Section<'static> {
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
