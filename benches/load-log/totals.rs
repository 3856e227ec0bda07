//! The exact truth about a log, counted while it is written, by the definitions of the report.

use std::collections::HashSet;
use std::collections::hash_map::RandomState;

use super::clock::Micros;
use super::people::{People, Person, signed};
use super::tables::{Column, Tables};

type Ranks = HashSet<u64, RandomState>;

/// What has happened so far.
#[derive(Default)]
pub(crate) struct Totals {
    received: i64,
    delivered: i64,
    pub(crate) forwarded: i64,
    pub(crate) deferred: i64,
    deferrals: i64,
    bounced: i64,
    pub(crate) expired: i64,
    rejected_temporary: i64,
    rejected_permanent: i64,
    pub(crate) reject_warnings: i64,
    pub(crate) held: i64,
    pub(crate) discarded: i64,
    pub(crate) swallowed: i64,
    pub(crate) generated: i64,
    bytes_received: i64,
    bytes_delivered: i64,
    pub(crate) folded: i64,
    pub(crate) queued: i64,
    senders: Ranks,
    sending: Ranks,
    recipients: Ranks,
    receiving: Ranks,
    tables: Tables,
}

impl Totals {
    /// A message was accepted from outside.
    pub(crate) fn receive(&mut self, at: Micros, people: &People, from: Person, size: i64) {
        self.received += 1;
        self.bytes_received += size;
        self.senders.insert(key(from));
        self.sending.insert(people.domain(from));
        self.tables.count(at, Column::Received);
    }

    /// A recipient was handed over for good.
    pub(crate) fn deliver(&mut self, at: Micros, people: &People, to: Person, size: i64) {
        self.delivered += 1;
        self.bytes_delivered += size;
        self.recipients.insert(key(to));
        self.receiving.insert(people.domain(to));
        self.tables.count(at, Column::Delivered);
    }

    pub(crate) fn defer(&mut self, at: Micros, first: bool) {
        self.deferred += i64::from(first);
        self.deferrals += 1;
        self.tables.count(at, Column::Deferred);
    }

    pub(crate) fn bounce(&mut self, at: Micros) {
        self.bounced += 1;
        self.tables.count(at, Column::Bounced);
    }

    /// A refusal; its reply tells whether it is for good.
    pub(crate) fn reject(&mut self, at: Micros, reply: &str) {
        if reply.starts_with('5') {
            self.rejected_permanent += 1;
        } else {
            self.rejected_temporary += 1;
        }
        self.tables.count(at, Column::Rejected);
    }

    /// The truth in the form of those of the sample logs.
    pub(crate) fn json(&self) -> String {
        let distinct = |ranks: &Ranks| signed(u64::try_from(ranks.len()).unwrap_or(0));
        let keys = [
            ("received", self.received),
            ("delivered", self.delivered),
            ("forwarded", self.forwarded),
            ("deferred", self.deferred),
            ("deferrals", self.deferrals),
            ("bounced", self.bounced),
            ("expired", self.expired),
            ("rejected", self.rejected_temporary + self.rejected_permanent),
            ("rejected_temporary", self.rejected_temporary),
            ("rejected_permanent", self.rejected_permanent),
            ("reject_warnings", self.reject_warnings),
            ("held", self.held),
            ("discarded", self.discarded),
            ("discarded_by_transport", 0),
            ("swallowed_by_filter", self.swallowed),
            ("generated", self.generated),
            ("bytes_received", self.bytes_received),
            ("bytes_delivered", self.bytes_delivered),
            ("senders", distinct(&self.senders)),
            ("sending_domains", distinct(&self.sending)),
            ("recipients", distinct(&self.recipients)),
            ("recipient_domains", distinct(&self.receiving)),
            ("hops_folded", self.folded),
            ("still_queued", self.queued),
        ];
        format!("{{\n  \"date_range\": null,\n{}\n}}\n", self.tables.json("  ", &keys, true))
    }
}

/// Tells people apart.
fn key(person: Person) -> u64 {
    match person {
        Person::User(rank) => rank << 1,
        Person::Remote(rank) => rank << 1 | 1,
    }
}
