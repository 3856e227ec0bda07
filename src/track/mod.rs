//! What happened: the only memory between lines.
//!
//! The tracker takes entries in the order of time and tells facts. It decides what is one
//! message, when it is certain that something happened, and when it happened; it counts
//! nothing and knows nothing of reports.

pub mod fact;
pub mod message;

mod asked;
mod claim;
mod delivery;
mod elsewhere;
mod end;
mod envelope;
mod family;
mod hop;
mod judged;
mod key;
mod life;
mod mark;
mod message_id;
mod operator;
mod outcome;
mod outing;
mod pipe;
mod pipe_end;
mod relay;
mod removal;
mod service;
mod session;
pub mod stuck;

pub use fact::{Fact, Handover, What};
pub use message::{Fate, Message, Start};
pub use service::Service;

use std::collections::VecDeque;

use foldhash::fast::RandomState;
use hashbrown::HashMap;

use crate::names::{Known, Names};
use crate::postfix::event::{Level, Notification};
use crate::postfix::{Event, Heard, Program};
use crate::syslog::Moment;
use hop::Hops;
use message::{Key, Later};
use operator::Run;
use removal::is_over;
use service::Services;
use session::{Process, Session, Visitor};

/// Who hears the facts.
pub trait Listener {
    /// Whether it wants to hear of every line about a queue ID ([`What::Line`]), and
    /// of lives that came to nothing. They cost time that a report does not need.
    const EVERY_LINE: bool = false;

    /// Hears one fact.
    fn hear(&mut self, names: &mut Names, fact: &Fact<'_>);
}

impl<F: FnMut(&mut Names, &Fact<'_>)> Listener for F {
    fn hear(&mut self, names: &mut Names, fact: &Fact<'_>) {
        self(names, fact);
    }
}

/// What the tracker is to take for one thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tracking {
    /// Whether the hops of a message through a content filter are one message.
    pub fold: bool,
    /// Whether a recipient goes by its `orig_to=`, where there is one.
    pub use_orig_to: bool,
    /// Whether the discard transport delivers: there are sites that end addresses there
    /// which nobody reads, and want to see their mail arrive.
    pub discard_delivers: bool,
    /// From when on attempts that were put off are counted, in wall-clock seconds: those before the
    /// period are read to know what was under way.
    pub since: i64,
}

impl Default for Tracking {
    fn default() -> Self {
        Tracking { fold: true, use_orig_to: false, discard_delivers: false, since: i64::MIN }
    }
}

/// The state of every message and session that is going on.
#[derive(Default)]
pub struct Tracker {
    tracking: Tracking,
    services: Services,
    messages: HashMap<Key, Message, RandomState>,
    /// Messages so far.
    born: u64,
    sessions: HashMap<Process, Session, RandomState>,
    visitors: HashMap<Visitor, Moment, RandomState>,
    hops: Hops,
    /// Whether the queue manager wrote into this log: if it did not, `client=` is all the
    /// proof of acceptance there can be.
    queue_manager_seen: bool,
    swept: i64,
    /// When the last line was written, in seconds of UTC.
    last_line: i64,
    /// Messages whose queue file is gone, in order.
    leaving: VecDeque<(Moment, Key)>,
    /// Messages as they were when the period ended, by their numbers.
    outlived: HashMap<u64, Message, RandomState>,
    /// What postsuper is doing.
    run: Run,
}

/// One entry's circumstances, and who is to hear of it.
struct Telling<'t, L> {
    at: Moment,
    service: Service,
    times: u32,
    /// The name of what the tracker [asks for](Tracking::asked), if it was found ahead.
    known: Known,
    names: &'t mut Names,
    out: &'t mut L,
}

impl<L: Listener> Telling<'_, L> {
    /// Tells a fact of now.
    fn tell(&mut self, message: Option<&Message>, what: What<'_>) {
        let fact = Fact { at: self.at, service: self.service, message, what, times: self.times };
        self.out.hear(self.names, &fact);
    }

    /// Tells that a queue ID is forgotten.
    fn tell_gone(&mut self, message: &Message) {
        if L::EVERY_LINE {
            self.tell(Some(message), What::Gone);
        }
    }

    /// Tells a fact of another time.
    fn tell_of(&mut self, at: Moment, service: Service, message: Option<&Message>, what: What<'_>) {
        let fact = Fact { at, service, message, what, times: 1 };
        self.out.hear(self.names, &fact);
    }

    /// A handover of now, to be told when it is certain what it means.
    fn later(&self, handover: Handover) -> Later {
        Later { at: self.at, service: self.service, times: self.times, handover }
    }

    /// Tells what a handover of before means.
    fn tell_later(
        &mut self,
        later: &Later,
        message: Option<&Message>,
        meaning: impl Fn(Handover) -> What<'static>,
    ) {
        let &Later { at, service, times, handover } = later;
        let fact = Fact { at, service, message, what: meaning(handover), times };
        self.out.hear(self.names, &fact);
    }
}

/// How often the tracker looks for what will never end: once an hour of log time.
const SWEEP_SECONDS: i64 = 3_600;

impl Tracker {
    /// Nothing is going on yet.
    #[must_use]
    pub fn new(tracking: Tracking) -> Tracker {
        Tracker { tracking, ..Tracker::default() }
    }

    /// What it takes for one thing.
    #[must_use]
    pub fn tracking(&self) -> Tracking {
        self.tracking
    }

    /// Takes the next entry, and tells the facts that it settles.
    /// Of the name that it [asks for](Tracking::asked) something may be `known`.
    #[inline(always)] // once a line
    pub fn apply<L: Listener>(
        &mut self,
        at: Moment,
        heard: Heard<'_, '_>,
        known: Known,
        names: &mut Names,
        out: &mut L,
    ) {
        let Some(event) = heard.event else { return };
        let service = self.services.of(heard.host, heard.tag, names);
        let mut telling = Telling { at, service, times: heard.times, known, names, out };
        if self.leaving.front().is_some_and(|(gone, _)| is_over(*gone, at.utc())) {
            self.let_go(at.utc(), &mut telling);
        }
        if at.utc() - self.swept >= SWEEP_SECONDS {
            self.sweep(&mut telling);
        }
        self.last_line = at.utc();
        match heard.queue_id {
            Some(queue_id) => {
                let mut key = Key { instance: service.instance_number, queue_id };
                if self.services.share_hosts() {
                    key = self.known_as(key, heard.tag.program, event);
                }
                let ends = matches!(event, Event::Canceled | Event::Dropped);
                if L::EVERY_LINE && ends {
                    self.tell_line(key, event, &mut telling);
                }
                self.about_message(key, heard.pid, heard.tag.program, event, &mut telling);
                if L::EVERY_LINE && !ends {
                    self.tell_line(key, event, &mut telling);
                }
            }
            None => self.about_session(heard.pid, event, &mut telling),
        }
    }

    fn tell_line<L: Listener>(&self, key: Key, event: &Event<'_>, telling: &mut Telling<'_, L>) {
        let queue_id = key.queue_id;
        telling.tell(self.messages.get(&key), What::Line { queue_id, event });
    }

    /// The key under which a message of several syslog names is known. A service may have a
    /// name of its own (`-o syslog_name=` in master.cf), and is not an instance for that: a
    /// message goes by the name that wrote its first line.
    fn known_as(&mut self, key: Key, program: Program, event: &Event<'_>) -> Key {
        if program == Program::Qmgr {
            self.services.manages(key.instance);
        }
        if matches!(event, Event::Client(_) | Event::Pickup { .. })
            || self.messages.contains_key(&key)
        {
            return key;
        }
        let others = self.services.other_names(key.instance);
        let mut known = others.map(|instance| Key { instance, ..key });
        known.find(|other| self.messages.contains_key(other)).unwrap_or(key)
    }

    /// A line with a queue ID: the table in `message.rs`.
    #[inline(always)] // see `apply`
    fn about_message<L: Listener>(
        &mut self,
        key: Key,
        pid: u32,
        program: Program,
        event: &Event<'_>,
        telling: &mut Telling<'_, L>,
    ) {
        match event {
            Event::Delivery(delivery) => self.attempted(key, program, delivery, telling),
            Event::Active { sender, size } => self.active(key, sender, *size, telling),
            Event::Removed => {
                let by_operator = program == Program::Postsuper;
                if by_operator {
                    self.operator_names((telling.service.host_number, pid));
                }
                self.removed(key, by_operator, telling);
            }
            Event::MessageId(id) => self.message_id(key, id, telling),
            Event::Client(arrival) => self.arrived_by_smtp(key, arrival, pid, telling),
            Event::Pickup { sender, orig_id } => self.picked_up(key, sender, *orig_id, telling),
            Event::Verdict(verdict) => self.judged(key, verdict, (program, pid), telling),
            Event::Canceled => self.canceled(key, telling),
            Event::Dropped => self.dropped(key, telling),
            Event::PutOff(text) => self.put_off_as_a_whole(key, text, telling),
            Event::Expired { forced } => self.expired(key, *forced, telling),
            Event::Notification { kind, queue_id } => {
                let message = self.touch(key, telling);
                if *kind == Notification::NonDelivery {
                    message.outcome |= message::outcome::BOUNCED;
                }
                self.announce(Key { queue_id: *queue_id, ..key }, telling);
            }
            Event::PlacedOnHold => {
                self.operator_names((telling.service.host_number, pid));
                self.mark(key, message::mark::ON_HOLD, telling);
            }
            Event::Released => {
                self.operator_names((telling.service.host_number, pid));
                self.released(key);
            }
            Event::Requeued => self.mark(key, message::mark::REQUEUED, telling),
            Event::Lost { text, stage, client } => {
                self.cut(key, stage);
                handshake_lost(text, stage, client, telling);
            }
            Event::Diagnostic { level, text } => {
                if program == Program::Cleanup && *level == Level::Warning {
                    self.failed(key, text);
                }
                telling.tell(None, What::Diagnosed { level: *level, text });
            }
            Event::Remark if program != Program::Cleanup => {
                if matches!(program, Program::Smtp | Program::Lmtp | Program::Agent | Program::Qmgr)
                {
                    self.touch(key, telling);
                }
            }
            _ => {}
        }
    }

    /// A line without one: sessions, and what concerns nobody's mail.
    fn about_session<L: Listener>(
        &mut self,
        pid: u32,
        event: &Event<'_>,
        telling: &mut Telling<'_, L>,
    ) {
        let process = (telling.service.host_number, pid);
        match *event {
            Event::Connect { client } => self.connected(process, client, telling),
            Event::Disconnect { commands, .. } => self.disconnected(process, commands, telling),
            Event::Lost { text, stage, client } => {
                self.session_lost(process, stage);
                handshake_lost(text, stage, client, telling);
            }
            Event::Verdict(ref verdict) => self.judged_before_queue(process, verdict, telling),
            Event::ProxyAccept { queued_as } => self.proxy_accepted(queued_as, telling),
            Event::Screen(screen) => self.screened(screen, telling),
            Event::Secured { trust, inbound, protocol, .. } => {
                if inbound {
                    self.secured(process, protocol, telling);
                }
                telling.tell(None, What::Secured { inbound, trust, protocol });
            }
            Event::TlsFailure { text, detail, client } => {
                telling.tell(None, What::TlsFailure { text, detail, client });
            }
            Event::Unreachable { host, text } => {
                telling.tell(None, What::Unreachable { host, text });
            }
            Event::Diagnostic { level, text } => {
                telling.tell(None, What::Diagnosed { level, text });
            }
            Event::Master(text) => telling.tell(None, What::Master(text)),
            Event::Operated { deed, messages } => self.operated(process, deed, messages, telling),
            _ => {}
        }
    }

    /// The period is over. What is told of messages that were in the queue then is how they were
    /// then, whatever becomes of them before it is certain how they went on.
    pub fn end_period(&mut self) {
        let now = self.messages.values().map(|message| (message.number, message.clone()));
        self.outlived = now.collect();
    }

    /// The services seen so far, in order of appearance.
    #[must_use]
    pub fn services(&self) -> &[Service] {
        self.services.all()
    }

    /// The messages that are in the queue as far as the log tells, in no order.
    pub fn queued(&self) -> impl Iterator<Item = &Message> {
        self.messages.values().filter(|message| message.is_queued())
    }
}

/// A client that leaves instead of shaking hands: pflogsumm lists it with the SSL errors.
fn handshake_lost<L: Listener>(
    text: &[u8],
    stage: &[u8],
    client: &[u8],
    telling: &mut Telling<'_, L>,
) {
    if stage == b"STARTTLS" {
        telling.tell(None, What::TlsFailure { text, detail: b"", client });
    }
}
