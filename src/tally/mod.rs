//! How often: arithmetic over facts, and nothing else.
//!
//! Counters only go up, and tallies merge by addition. What is counted never depends on
//! what will be printed. The period is kept here: a fact counts if it happened in it,
//! whatever the tracker had to know from before.

pub mod board;
mod bounds;
pub mod cause;
pub mod days;
pub mod delays;
pub mod detail;
pub mod ledger;
pub mod lists;
mod merge;
mod met;
mod noted;
pub mod outline;
pub mod pace;
pub mod several;
pub mod sign_ins;
mod totals;
pub mod traffic;
pub mod trouble;
mod waiting;

pub use totals::Totals;

use foldhash::fast::RandomState;
use hashbrown::HashMap;

use crate::config::Counting;
use crate::names::{Address, Names, kind};
use crate::period::Period;
use crate::postfix::event::{Action, Delivery, Level, Verdict};
use crate::postfix::{Program, QueueId};
use crate::syslog::Moment;
use crate::track::{Fact, Handover, Listener, Message, Start, What};
use board::{Attempt, Board, Got, Reached, Sent, Visits};
use cause::Causes;
use detail::Details;
use ledger::Ledger;
use lists::Lists;
use pace::Pace;
use several::Several;
use sign_ins::SignIns;
use traffic::{Course, Traffic};

/// Connections to a daemon.
#[derive(Clone, Debug, Default)]
pub struct Connections {
    /// All together.
    pub all: Visits,
    /// By hour of the day of their end.
    pub hours: [Visits; 24],
    /// By day of their end.
    pub days: std::collections::BTreeMap<i64, Visits>,
    /// By client.
    pub clients: Board<kind::Client, Visits>,
}

/// A message as *Message detail* lists it.
#[derive(Clone, Debug)]
pub struct Listed {
    /// Its queue ID.
    pub queue_id: QueueId,
    /// Envelope sender, if the log says it.
    pub sender: Option<Address>,
    /// Delivered recipients, in order.
    pub recipients: Vec<Address>,
}

/// Everything that was counted.
#[derive(Default)]
pub struct Tallies {
    period: Period,
    counting: Counting,
    /// The sums.
    pub totals: Totals,
    /// Traffic by hour and day.
    pub course: Course,
    /// The two sides of the books.
    pub ledger: Ledger,
    /// Senders of messages received; the null sender among them.
    pub senders: Board<kind::Address, Sent>,
    /// Clients that sent with the null sender, or without saying from whom.
    pub null_clients: Board<kind::Client, Sent>,
    /// Messages with the null sender that were not brought by a client.
    pub null_local: Sent,
    /// Recipients of deliveries.
    pub recipients: Board<kind::Address, Got>,
    /// Domains of deliveries and deferrals.
    pub recipient_domains: Board<kind::Domain, Reached>,
    /// Connections to smtpd.
    pub connections: Connections,
    /// Sign-ins that failed.
    pub auth_failures: u64,
    /// Connections to postscreen; the clients are addresses.
    pub screened: Visits,
    /// Addresses that connected to postscreen.
    pub screened_addresses: Several<kind::Text>,
    /// Reasons, by section.
    pub details: Details,
    /// Reasons, by root cause.
    pub causes: Causes,
    /// Who signed in, and who tried.
    pub sign_ins: SignIns,
    /// How much those of this house send in each hour.
    pub pace: Pace,
    /// Clients on blocklists.
    pub lists: Lists,
    /// Queue IDs delivered without a known size, with the last recipient.
    pub no_size: HashMap<QueueId, Address, RandomState>,
    /// Messages one by one, if wanted.
    pub messages: Vec<Listed>,
    /// Of a period, or of what is asked about: the messages in the queue at the end, one for each
    /// queue ID that the totals count. Of a whole log the tracker knows them.
    pub queued: Option<Vec<Message>>,
    /// The place of each message among them, by its number: queue IDs come again.
    listed: HashMap<u64, usize, RandomState>,
}

impl Listener for Tallies {
    fn hear(&mut self, names: &mut Names, fact: &Fact<'_>) {
        self.count(names, fact);
    }
}

impl Tallies {
    /// Nothing yet; only what happens in `period` will count.
    #[must_use]
    pub fn new(period: Period, counting: Counting) -> Tallies {
        let queued = (!period.is_unbounded()).then(Vec::new);
        Tallies { period, counting, queued, ..Tallies::default() }
    }

    /// Keeps the messages in the queue at the end: not all of them will be told.
    pub fn keep_queued(&mut self) {
        self.queued.get_or_insert_default();
    }

    /// The period that is counted.
    #[must_use]
    pub fn period(&self) -> Period {
        self.period
    }

    /// Counts a fact.
    pub fn count(&mut self, names: &mut Names, fact: &Fact<'_>) {
        match fact.what {
            What::Ended { began, fate, .. } => self.book(fact.at, began, fate),
            What::Queued { began, still } => {
                if let (false, Some(message)) = (still, fact.message) {
                    self.causes.left(message.number);
                }
                self.queued(fact, began, still);
            }
            What::Session { client, began, seconds } => {
                self.session(fact.at, client, began, seconds);
            }
            _ if !self.period.contains(fact.at.wall) => {}
            _ => self.happened(names, fact),
        }
    }

    /// Counts what happened in the period.
    fn happened(&mut self, names: &mut Names, fact: &Fact<'_>) {
        let times = u64::from(fact.times);
        match fact.what {
            What::Received => self.received(names, fact),
            What::Delivered(ref handover) => self.delivered(names, fact, handover),
            What::Deferred { recipient, previous, delivery, relay } => {
                self.deferred(names, fact, recipient, previous, delivery);
                self.causes.deferred(names, fact, recipient, relay, delivery);
                let (label, verbose) = (fact.service.label, self.counting.verbose);
                self.details.deferral(names, label, relay, delivery, times, verbose);
            }
            What::PutOff { previous } => self.put_off(previous),
            What::Verdict(verdict) => self.verdict(names, fact, verdict),
            What::Bounced { recipient, relay, delivery } => {
                self.totals.bounced += times;
                self.course.count(fact.at, |t| t.bounced += times);
                self.details.bounce(names, relay, delivery, times);
                self.causes.bounced(names, fact, recipient, delivery);
            }
            What::Generated | What::Begun => self.begun(fact),
            What::Forwarded(_) => self.totals.forwarded += times,
            What::HandedOn(_) => self.totals.handed_on += times,
            What::Swallowed(_) => self.totals.swallowed_by_filter += times,
            What::ThrownAway(_) => self.totals.discarded_by_transport += times,
            What::HopFolded => self.totals.hops_folded += 1,
            What::Probed { .. } => self.totals.probes += times,
            What::Canceled => self.totals.canceled += times,
            What::Expired { .. } => {
                self.totals.expired += 1;
                self.details.expired(names, fact.message);
            }
            What::Screened { seconds, address } => {
                self.screened += Visits::one(seconds);
                self.screened_addresses.add(address);
            }
            What::Listed { zone, address } => self.lists.add(names, zone, address),
            _ => self.remarked(names, fact),
        }
    }

    /// A message was made here, or turned up whose arrival is not in the log.
    fn begun(&mut self, fact: &Fact<'_>) {
        if let What::Generated = fact.what {
            self.totals.generated += 1;
            self.ledger.begin(Start::Generated);
        } else {
            self.ledger.begin(Start::Before);
        }
        self.list_message(fact);
    }

    /// Whatever else was said.
    fn remarked(&mut self, names: &mut Names, fact: &Fact<'_>) {
        if let What::Diagnosed { level, text } = fact.what {
            let times = u64::from(fact.times);
            let failed = self.sign_ins.warned(names, text, times) && level == Level::Warning;
            self.auth_failures += if failed { times } else { 0 };
        }
        self.details.remark(names, fact, &self.counting);
    }

    fn received(&mut self, names: &mut Names, fact: &Fact<'_>) {
        self.totals.received += 1;
        self.ledger.begin(Start::Received);
        self.course.count(fact.at, |t: &mut Traffic| t.received += 1);
        self.list_message(fact);
        let Some(message) = fact.message else { return };
        let bytes = message.size.unwrap_or(0);
        self.totals.bytes_received += bytes;
        self.sign_ins.received(names, message);
        self.pace.received(names, message, fact.at);
        let sent = Sent { messages: 1, bytes };
        let null = message.sender.is_none_or(|sender| names.is_null(sender));
        if let Some(sender) = message.sender {
            self.senders.count(sender, sent);
        }
        match message.client {
            _ if !null => {}
            Some(client) => self.null_clients.count(client, sent),
            None => self.null_local += sent,
        }
    }

    fn delivered(&mut self, names: &Names, fact: &Fact<'_>, handover: &Handover) {
        let times = u64::from(fact.times);
        let bytes = handover.size.unwrap_or(0) * times;
        self.totals.delivered += times;
        self.totals.bytes_delivered += bytes;
        self.course.count(fact.at, |t| t.delivered += times);
        self.recipients.count(handover.recipient, Got { deliveries: times, bytes });
        let &Handover { delay, delays: parts, .. } = handover;
        let attempt = Attempt::Delivered { bytes, delay, parts, times };
        self.recipient_domains.count(names.domain_of(handover.recipient), attempt);
        self.causes.delivered(fact.at, handover.sender, handover.recipient);
        self.sign_ins.delivered(handover.user, times);
        if handover.size.is_none() {
            self.no_size.insert(handover.queue_id, handover.recipient);
        }
        if self.counting.messages {
            let sender = handover.sender.filter(|_| handover.size.is_some());
            self.list(handover.message, handover.queue_id, sender, Some(handover.recipient));
        }
    }

    /// Lists a message that began, if messages are listed and the log says its sender.
    fn list_message(&mut self, fact: &Fact<'_>) {
        if self.counting.messages
            && let Some(message) = fact.message.filter(|message| message.size.is_some())
        {
            self.list(message.number, message.queue_id, message.sender, None);
        }
    }

    /// Lists a message for *Message detail*: every one whose sender the log says, and every
    /// one that was delivered.
    fn list(
        &mut self,
        number: u64,
        queue_id: QueueId,
        sender: Option<Address>,
        recipient: Option<Address>,
    ) {
        let index = *self.listed.entry(number).or_insert_with(|| {
            self.messages.push(Listed { queue_id, sender, recipients: Vec::new() });
            self.messages.len() - 1
        });
        if let Some(listed) = self.messages.get_mut(index) {
            listed.sender = listed.sender.or(sender);
            listed.recipients.extend(recipient);
        }
    }

    fn deferred(
        &mut self,
        names: &Names,
        fact: &Fact<'_>,
        recipient: Address,
        previous: Option<Moment>,
        delivery: &Delivery<'_>,
    ) {
        let times = u64::from(fact.times);
        self.totals.deferrals += times;
        self.put_off(previous);
        self.course.count(fact.at, |t| t.deferrals += times);
        let attempt = Attempt::Deferred { delay: fact.age(delivery), times };
        self.recipient_domains.count(names.domain_of(recipient), attempt);
    }

    /// A message counts as deferred once in the period, even if it was deferred before it as well.
    fn put_off(&mut self, previous: Option<Moment>) {
        if previous.is_none_or(|previous| !self.period.contains(previous.wall)) {
            self.totals.deferred += 1;
        }
    }

    fn verdict(&mut self, names: &mut Names, fact: &Fact<'_>, verdict: &Verdict<'_>) {
        let times = u64::from(fact.times);
        // What smtpd says is shortened once for both lists.
        let same = fact.service.program != Program::Cleanup && !self.counting.verbose;
        let mut reason = None;
        match verdict.action {
            Action::Reject => {
                self.course.count(fact.at, |t| t.rejected += times);
                if verdict.temporary {
                    self.totals.rejected_temporary += times;
                } else {
                    self.totals.rejected_permanent += times;
                }
                reason = Some(self.causes.refused(names, fact, verdict)).filter(|_| same);
            }
            Action::RejectWarning => self.totals.reject_warnings += times,
            Action::Hold => self.totals.held += times,
            Action::Discard => self.totals.discarded += times,
            Action::Other => return,
        }
        self.details.verdict(names, fact, verdict, reason, &self.counting);
    }

    /// Closes the books: call it once, after the last fact.
    pub fn close(&mut self) {
        self.course.close();
        self.senders.settle();
        self.null_clients.settle();
        self.recipients.settle();
        self.recipient_domains.settle();
        self.connections.clients.settle();
        self.sign_ins.settle();
        self.pace.settle();
        self.causes.settle();
        self.details.settle();
    }

    /// The domains of senders, and what came from each.
    #[must_use]
    pub fn sender_domains(&self, names: &Names) -> Board<kind::Domain, Sent> {
        let mut domains = Board::default();
        for (sender, sent) in self.senders.iter().filter(|(sender, _)| !names.is_null(*sender)) {
            domains.count(names.domain_of(sender), *sent);
        }
        domains.settle();
        domains
    }
}
