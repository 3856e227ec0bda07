//! A message: what the log has said so far of one queue ID.
//!
//! The life of a message, as the tracker (`mod.rs`) moves it on:
//!
//! ```text
//!  client=, uid=                     from= size= nrcpt= (queue active)        to= … status=
//! ───────────────▶  arriving  ─────────────────────────────────────▶  active  ◀──┐ sent, forwarded, bounced,
//!                    │   │  ▲                  Received, if from outside  │  ▲    │ expired: told at once
//!        reject: ────┘   │  └── hold:, discard: accepted, if taken        ▼  │    │ deferred: told, stays
//!        (refused)       │                                               deferred ┘
//!                        │ removed (canceled|discarded)                      │
//!                        ▼                                                   │ removed
//!                      (none) ◀──────────────────────────────────────────────┘
//! ```
//!
//! Rows of the table are what lines say of a queue ID; columns, what the log has shown of it
//! before: nothing (*unknown*), that a forward or notice bears it (*named*), its beginning
//! (*arriving*), that it is in a queue, active, deferred or on hold (*queued*), or its end, up
//! to two seconds ago (*gone*). Facts are in bold. Each cell has a story in `tests/stories`
//! (`tests/story_cells.rs` sees to it); an empty cell is what Postfix does not write.
//!
//! | event | unknown | named | arriving | queued | gone |
//! |---|---|---|---|---|---|
//! | `client=` | arriving, from outside | the same | used again: what was begun came to nothing | used again: **Ended**, its end is not in the log | **Ended**; arriving |
//! | `uid=` | arriving, from outside | | the same | the same | the same |
//! | `uid= orig_id=` | goes on with the life of that ID | | | | |
//! | `message-id=` | arriving, made here if something names it | arriving, made here | noted; with a verdict it proves that the message was accepted | noted | noted, if it has none; else used again by a notice: **Ended**; arriving |
//! | named by another | named | | made here | **Generated** | **Generated** |
//! | a recipient refused | **Rejected** | | **Rejected**; others may be good | the same, if it is on hold | |
//! | refused as a whole | **Rejected** | | **Rejected**; never mail, unless the queue manager has it | the same, if it is on hold | |
//! | `hold:` | **Held** | | queued, and **Held** once, unless it turns out that it was not accepted | once | |
//! | `discard:` | **Discarded** | | **Discarded**, unless it turns out that it was not accepted; gone, if cleanup says so | **Discarded** and not **Held** | |
//! | client gone | | | never mail, unless the queue manager has it | the same, if it is on hold | |
//! | `(queue active)` | queued; **Begun** at its first attempt | queued; **Begun**: its `message-id=` is not in the log | queued; **Received** or **Generated** | active again | |
//! | `sent` | **Delivered** once its size is known | the same | the same | **Delivered** | **Delivered** |
//! | `sent (forwarded as …)` | **Forwarded** | | | **Forwarded** | **Forwarded** |
//! | `deferred`, `SOFTBOUNCE` | **Deferred** | | | **Deferred** | |
//! | `status=deferred` without a recipient | **Put off** | | | **Put off** | |
//! | `bounced` | **Bounced** | | **Bounced**, by cleanup: it was mail | **Bounced** | **Bounced** |
//! | `expired`, `force-expired` | **Expired** | | | **Expired** | |
//! | `deliverable`, `undeliverable` | **Probed**; no mail | | | the same | |
//! | `placed on hold` | queued | | | queued | |
//! | `released from hold` | nothing | | | queued | |
//! | `requeued` | queued | | | queued, until `orig_id=` names it | |
//! | `removed (canceled)` | **Canceled** | | **Canceled**, forgotten | **Canceled** | |
//! | `removed (discarded)` | nothing | | accepted, **Ended** | **Ended** | |
//! | `removed` | **Begun**; gone | | | gone: **Ended** two seconds later | |
//! | `removed` by postsuper | **Begun**; gone | | | gone | |
//! | end of the log | nothing | nothing | not received | still queued | **Ended** |
//!
//! Nothing is taken back: a message counts as received when the log proves that it was
//! accepted, so a late refusal needs no `received -= 1`.

use crate::names::{Address, Client, Text};
use crate::postfix::QueueId;
use crate::syslog::Moment;

use super::fact::Handover;
use super::judged::Awaited;
pub use super::key::Key;
use super::service::Service;
use super::stuck::{Recipients, Stuck};
pub(super) use super::{mark, outcome};

/// One queue ID, from its first line to its end.
#[derive(Clone, Debug)]
pub struct Message {
    /// Its number in order of appearance: queue IDs are used again, this is not.
    pub number: u64,
    /// Its queue ID.
    pub queue_id: QueueId,
    /// The service that wrote its first line.
    pub service: Service,
    /// When its first line was written.
    pub arrived: Moment,
    /// How it came to be.
    pub origin: Origin,
    /// Envelope sender; `None` while the log has not said it.
    pub sender: Option<Address>,
    /// Who brought it.
    pub client: Option<Client>,
    /// The signed-in user who sent it.
    pub user: Option<Text>,
    /// The protocol that secured its arrival: `TLSv1.3`.
    pub tls: Option<Text>,
    /// Bytes of content.
    pub size: Option<u64>,
    /// When it was last deferred.
    pub deferred: Option<Moment>,
    /// How old it was then, in milliseconds: older than what the log shows of it, if it
    /// began before the log.
    pub age: u64,
    /// Delivery attempts that were put off, all recipients together.
    pub deferrals: u32,
    /// How long it had been on its way before this hop, in milliseconds.
    pub lead: u64,
    pub(super) told: Told,
    pub(super) marks: u32,
    pub(super) outcome: u8,
    /// Hash of the message-id, 0 if none was logged.
    pub(super) message_id: u64,
    /// The message this is another hop of, by queue ID or message-id.
    pub(super) parent: Option<Key>,
    /// The hops that make up one message: number of their family.
    pub(super) family: Option<u32>,
    pub(super) more: Option<Box<More>>,
}

/// How a message came to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// By SMTP or QMQP.
    Smtp,
    /// By `sendmail`, through pickup.
    Local,
    /// Its first line was `message-id=`: a notice or forward made here, or its arrival is
    /// not in the log.
    Internal,
    /// Its first line was of the queue manager or a delivery agent: it began before the log.
    Earlier,
    /// Something named it, but no line of its own has been seen.
    Announced,
}

/// Which beginning of a message has been told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Told {
    /// None yet.
    Waiting,
    /// Received, Generated or Begun.
    Yes(Start),
    /// It has none: it is another hop of a message, or a continuation of one.
    Never,
}

/// How a message's life in the log began.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Start {
    /// Accepted from outside.
    Received,
    /// Made here.
    Generated,
    /// Before the log.
    Before,
}

/// What became of a message. Of several outcomes the last in this list counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Fate {
    /// Each recipient was delivered or forwarded.
    Delivered,
    /// Thrown away by a rule, by the discard transport, or by a content filter.
    Discarded,
    /// At least one recipient was given up.
    Bounced,
    /// At least one recipient was given up because the message was too old.
    Expired,
    /// Removed by `postsuper`.
    Deleted,
    /// Its queue ID was used again, or it was not heard of for long: its end is not in the log.
    EndNotInLog,
    /// The log ends before the message reached the queue.
    Unfinished,
    /// In the queue when the log ends.
    StillQueued,
}

/// A handover whose meaning is not certain yet, with the circumstances of the line that told it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Later {
    pub(super) at: Moment,
    pub(super) service: Service,
    pub(super) times: u32,
    pub(super) handover: Handover,
}

/// What few messages need.
#[derive(Clone, Debug, Default)]
pub(super) struct More {
    /// Recipients that were put off.
    pub(super) stuck: Recipients,
    /// Why it was put off as a whole; raw text.
    pub(super) put_off: Option<Box<[u8]>>,
    /// Verdicts that count once it is known to be accepted.
    pub(super) awaited: Vec<Awaited>,
    /// Handovers that wait for the message's size.
    pub(super) unsized_handovers: Vec<Later>,
    /// Its own client and user, while it goes by those of the message that it may be a hop of.
    pub(super) own: Option<(Option<Client>, Option<Text>)>,
    /// The traces by which it looks for the pipe filter that it may have come out of.
    pub(super) seeks: Vec<u64>,
    /// The client elsewhere that gave it back and named it.
    pub(super) back_from: Option<Client>,
    /// What came in before it as a second hop of the same message.
    pub(super) elder: Option<Key>,
    /// What its client brought before it in the same session, if that is no second hop.
    pub(super) brought_after: Option<Key>,
    /// When it ended, while it is waited for whoever claims it.
    pub(super) ended: Option<Moment>,
}

impl Message {
    pub(super) fn new(
        number: u64,
        queue_id: QueueId,
        service: Service,
        arrived: Moment,
        origin: Origin,
    ) -> Message {
        Message {
            number,
            queue_id,
            service,
            arrived,
            origin,
            sender: None,
            client: None,
            user: None,
            tls: None,
            size: None,
            deferred: None,
            age: 0,
            deferrals: 0,
            lead: 0,
            told: Told::Waiting,
            marks: 0,
            outcome: 0,
            message_id: 0,
            parent: None,
            family: None,
            more: None,
        }
    }

    /// Whether a mark is set.
    pub(super) fn is(&self, mark: u32) -> bool {
        self.marks & mark != 0
    }

    pub(super) fn set(&mut self, mark: u32) {
        self.marks |= mark;
    }

    pub(super) fn unset(&mut self, mark: u32) {
        self.marks &= !mark;
    }

    /// Whether it lies in a queue, as far as the log tells.
    #[must_use]
    pub fn is_queued(&self) -> bool {
        let held = self.is(mark::ON_HOLD) && self.is_accepted();
        !self.is(mark::GONE) && (self.is(mark::ACTIVE) || held || self.is(mark::REQUEUED))
    }

    /// Whether the log proves that it was accepted: the queue manager has it, or a rule holds it or
    /// throws it away, and it was taken.
    pub(super) fn is_accepted(&self) -> bool {
        self.is(mark::ACTIVE | mark::PROVEN)
            || (self.is(mark::ON_HOLD | mark::DISCARD) && self.is_taken())
    }

    /// Whether its content was taken, as far as the log tells: cleanup's `message-id=` says so (or,
    /// where a message is thrown away unread, content that smtpd took) if nothing says that it was
    /// refused or that the client left.
    pub(super) fn is_taken(&self) -> bool {
        self.is(mark::ACTIVE | mark::PROVEN)
            || (self.is(mark::MESSAGE_ID | mark::CONTENT) && !self.is(mark::REFUSED | mark::CUT))
    }

    /// Whether it may have come out of a pipe filter, and it is not settled.
    pub(super) fn may_be_of_pipe(&self) -> bool {
        self.origin == Origin::Local && self.told == Told::Waiting && self.is(mark::MAYBE_HOP)
    }

    /// Whether it is active and was never tried: a filter may have it now.
    pub(super) fn is_queued_untried(&self) -> bool {
        self.is(mark::ACTIVE) && self.is_queued() && !self.is(mark::TRIED)
    }

    /// Whether it came by SMTP and may be a second hop, and nothing tied it to a first.
    pub(super) fn is_open_hop(&self) -> bool {
        self.origin == Origin::Smtp && self.is(mark::MAYBE_HOP) && self.told == Told::Waiting
    }

    /// Whether it is one for which its message-id is proof enough, because it came from this host.
    pub(super) fn is_open_hop_of_here(&self) -> bool {
        self.is_open_hop() && !self.is(mark::NAMESAKE | mark::ELSEWHERE)
    }

    /// Whether it came to nothing, so that cleanup says no more of it: before 3.10 not even
    /// that its queue file is gone. What a client left behind may still be read for a moment.
    pub(super) fn came_to_nothing(&self, at: Moment) -> bool {
        let read = self.is(mark::MESSAGE_ID) || !self.is_new(at);
        let unread = self.is(mark::REFUSED) && !self.is(mark::REFUSED_IN_READING);
        let over = unread || self.is(mark::REFUSED | mark::CUT) && read;
        over && !self.is(mark::ACTIVE | mark::PROVEN)
    }

    /// Whether the lines of its beginning may still come: the daemons race each other to the
    /// log, and it was heard of only just now.
    pub(super) fn is_overtaken(&self, at: Moment) -> bool {
        matches!(self.origin, Origin::Internal | Origin::Earlier)
            && self.told == Told::Waiting
            && self.is_new(at)
    }

    /// Whether it was heard of first only just now; after the clock was set back, it was not.
    pub(super) fn is_new(&self, at: Moment) -> bool {
        at.utc().abs_diff(self.arrived.utc()) <= super::removal::LINGER.unsigned_abs()
    }

    /// The number of the family that its hops make up, if there are several; two families
    /// may turn out to be one.
    #[must_use]
    pub fn family(&self) -> Option<u32> {
        self.family
    }

    /// What is known of the message as a whole, without what is kept of its recipients.
    #[must_use]
    pub fn outline(&self) -> Message {
        Message { more: None, ..*self }
    }

    /// Whether it was put on hold and not released.
    #[must_use]
    pub fn is_on_hold(&self) -> bool {
        self.is(mark::ON_HOLD)
    }

    /// When it arrived, in seconds of UTC: its first line, unless its last deferral knows
    /// better (`delay=` counts from the arrival).
    #[must_use]
    pub fn since(&self) -> i64 {
        let first = self.arrived.utc();
        let told = self.deferred.map(|at| at.utc() - i64::try_from(self.age / 1000).unwrap_or(0));
        told.map_or(first, |told| told.min(first))
    }

    /// Recipients that are put off and not done with, in order of their first deferral.
    pub fn stuck(&self) -> impl Iterator<Item = &Stuck> {
        self.more.iter().flat_map(|more| more.stuck.iter()).filter(|stuck| !stuck.done)
    }

    /// The one of them that was put off last.
    #[must_use]
    pub fn last_stuck(&self) -> Option<&Stuck> {
        self.stuck().max_by_key(|stuck| stuck.last)
    }

    /// The recipient that was put off last, if all are done with: one of those.
    #[must_use]
    pub fn last_put_off(&self) -> Option<&Stuck> {
        let all = || self.more.iter().flat_map(|more| more.stuck.iter());
        self.last_stuck().or_else(|| all().max_by_key(|stuck| stuck.last))
    }

    /// Why it was put off as a whole the last time, if it was: a notice about it could not be
    /// written. Raw text.
    #[must_use]
    pub fn put_off(&self) -> Option<&[u8]> {
        self.more.as_ref().and_then(|more| more.put_off.as_deref())
    }

    /// The same message, as if only these recipients had been put off.
    #[must_use]
    pub fn with_stuck(&self, whose: impl Fn(Address) -> bool) -> Message {
        let mut message = self.clone();
        if let Some(more) = &mut message.more {
            more.stuck.keep(whose);
        }
        message
    }

    pub(super) fn more(&mut self) -> &mut More {
        self.more.get_or_insert_default()
    }
}
