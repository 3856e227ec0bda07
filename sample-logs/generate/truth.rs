//! What really happened: the model writes down each deed beside its lines, and totals are counted from the deeds.

use std::collections::{BTreeMap, BTreeSet};

use super::clock::{DAY, Micros, civil};
use super::tables::{Column, Tables};

/// Something that happened, told once.
pub(crate) enum Deed {
    /// A message came from outside and was accepted; its size is known once it has entered the queue.
    Received {
        sender: String,
        size: i64,
    },
    /// A recipient was handed over for good.
    Delivered {
        recipient: String,
        size: i64,
    },
    /// A recipient went on under a new queue ID.
    Forwarded,
    /// An attempt was put off; the number is the message's.
    Deferral {
        message: usize,
    },
    Bounced,
    Expired,
    Canceled,
    Rejected {
        permanent: bool,
    },
    RejectWarning,
    Held,
    Discarded,
    /// The discard transport threw a recipient away.
    DiscardedByTransport,
    /// A content filter took a recipient and did not give it back.
    Swallowed,
    /// A notice or a forward was made here.
    Generated,
    /// A second queue ID turned out to be the second pass of a message through a content filter.
    Folded,
}

/// The deeds of one log.
#[derive(Default)]
pub(crate) struct Truth {
    deeds: Vec<(Micros, Deed)>,
    queued: BTreeSet<usize>,
    unknown: Vec<&'static str>,
    messages: usize,
}

impl Truth {
    /// Writes down that something happened.
    pub(crate) fn record(&mut self, at: Micros, deed: Deed) {
        self.deeds.push((at, deed));
    }

    /// Numbers a new message.
    pub(crate) fn message(&mut self) -> usize {
        self.messages += 1;
        self.messages
    }

    /// The message is in the queue.
    pub(crate) fn enters(&mut self, message: usize) {
        self.queued.insert(message);
    }

    /// The message has left the queue.
    pub(crate) fn leaves(&mut self, message: usize) {
        self.queued.remove(&message);
    }

    /// Leaves totals out that this log cannot settle.
    pub(crate) fn leave_out(&mut self, keys: &[&'static str]) {
        self.unknown.extend_from_slice(keys);
    }

    /// The truth as JSON: of one day of the log if one is given, and of the whole log.
    pub(crate) fn json(&self, day: Option<Micros>) -> String {
        let whole = self.period("  ", Micros::MIN, Micros::MAX);
        match day {
            None => format!("{{\n  \"date_range\": null,\n{whole}\n}}\n"),
            Some(day) => format!(
                "{{\n  \"date_range\": \"{}\",\n{},\n  \"whole\": {{\n{}\n  }}\n}}\n",
                civil(day).date(),
                self.period("  ", day, day + DAY),
                self.period("    ", Micros::MIN, Micros::MAX)
            ),
        }
    }

    /// The members `totals`, `hours` and `days` of a period.
    fn period(&self, indent: &str, from: Micros, to: Micros) -> String {
        let mut totals = Totals::default();
        let mut tables = Tables::default();
        for (at, deed) in self.deeds.iter().filter(|(at, _)| (from..to).contains(at)) {
            totals.add(deed);
            match deed {
                Deed::Received { .. } => tables.count(*at, Column::Received),
                Deed::Delivered { .. } => tables.count(*at, Column::Delivered),
                Deed::Deferral { .. } => tables.count(*at, Column::Deferred),
                Deed::Bounced => tables.count(*at, Column::Bounced),
                Deed::Rejected { .. } => tables.count(*at, Column::Rejected),
                _ => {}
            }
        }
        let mut keys = totals.keys();
        if to == Micros::MAX {
            keys.push(("still_queued", count(self.queued.len())));
        }
        keys.retain(|(key, _)| !self.unknown.contains(key));
        let whole = !self.unknown.contains(&"received");
        tables.json(indent, &keys, whole)
    }
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

#[derive(Default)]
struct Totals {
    counts: BTreeMap<&'static str, i64>,
    senders: BTreeSet<String>,
    recipients: BTreeSet<String>,
    deferred: BTreeSet<usize>,
}

impl Totals {
    fn add(&mut self, deed: &Deed) {
        match deed {
            Deed::Received { sender, size } => {
                self.raise("received", 1);
                self.raise("bytes_received", *size);
                if !sender.is_empty() {
                    self.senders.insert(folded(sender));
                }
            }
            Deed::Delivered { recipient, size } => {
                self.raise("delivered", 1);
                self.raise("bytes_delivered", *size);
                self.recipients.insert(folded(recipient));
            }
            Deed::Deferral { message } => {
                self.raise("deferrals", 1);
                self.deferred.insert(*message);
            }
            Deed::Rejected { permanent } => {
                self.raise("rejected", 1);
                self.raise(if *permanent { "rejected_permanent" } else { "rejected_temporary" }, 1);
            }
            Deed::Forwarded => self.raise("forwarded", 1),
            Deed::Bounced => self.raise("bounced", 1),
            Deed::Expired => self.raise("expired", 1),
            Deed::Canceled => self.raise("canceled", 1),
            Deed::RejectWarning => self.raise("reject_warnings", 1),
            Deed::Held => self.raise("held", 1),
            Deed::Discarded => self.raise("discarded", 1),
            Deed::DiscardedByTransport => self.raise("discarded_by_transport", 1),
            Deed::Swallowed => self.raise("swallowed_by_filter", 1),
            Deed::Generated => self.raise("generated", 1),
            Deed::Folded => self.raise("hops_folded", 1),
        }
    }

    fn raise(&mut self, key: &'static str, by: i64) {
        *self.counts.entry(key).or_default() += by;
    }

    /// Every total, in the order of the report.
    fn keys(&self) -> Vec<(&'static str, i64)> {
        let order = [
            "received",
            "delivered",
            "forwarded",
            "deferred",
            "deferrals",
            "bounced",
            "expired",
            "canceled",
            "rejected",
            "rejected_temporary",
            "rejected_permanent",
            "reject_warnings",
            "held",
            "discarded",
            "discarded_by_transport",
            "swallowed_by_filter",
            "generated",
            "bytes_received",
            "bytes_delivered",
            "senders",
            "sending_domains",
            "recipients",
            "recipient_domains",
            "hops_folded",
        ];
        let value = |key| match key {
            "deferred" => count(self.deferred.len()),
            "senders" => count(self.senders.len()),
            "sending_domains" => count(domains(&self.senders)),
            "recipients" => count(self.recipients.len()),
            "recipient_domains" => count(domains(&self.recipients)),
            _ => self.counts.get(key).copied().unwrap_or_default(),
        };
        order.into_iter().map(|key| (key, value(key))).collect()
    }
}

/// An address with its domain in lower case.
fn folded(address: &str) -> String {
    match address.rsplit_once('@') {
        Some((local, domain)) => format!("{local}@{}", domain.to_lowercase()),
        None => address.to_owned(),
    }
}

/// How many registrable domains there are: with the names used here, always the last two labels.
fn domains(addresses: &BTreeSet<String>) -> usize {
    let registrable = |address: &String| {
        let domain = address.rsplit_once('@').map_or("", |(_, domain)| domain);
        let labels: Vec<&str> = domain.rsplitn(3, '.').take(2).collect();
        labels.join(".")
    };
    addresses.iter().map(registrable).collect::<BTreeSet<_>>().len()
}
