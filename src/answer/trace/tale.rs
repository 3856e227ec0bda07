//! A tale: what the facts and lines of one message tell, hop by hop and recipient by recipient.

use std::collections::BTreeMap;

use foldhash::fast::RandomState;
use hashbrown::HashMap;

use crate::names::Names;
use crate::period::Period;
use crate::postfix::event::{Action, Delivery, Event, Notification, Status};
use crate::postfix::{QueueId, forwarded_as};
use crate::syslog::Moment;
use crate::track::message::Origin;
use crate::track::{Fact, Fate, Handover, Message, Tracking, What};

use super::super::group::Known;

/// What is known of a message.
#[derive(Default)]
pub(super) struct Tale {
    /// Whether it is what is looked for, not only a relative of it.
    pub(super) found: bool,
    /// Kinds of filters that it satisfies, and whether a recipient asked about was seen.
    pub(super) kinds: u16,
    pub(super) asked: bool,
    pub(super) hops: Vec<Hop>,
    /// Where each of them stands, by its number.
    places: HashMap<u64, usize, RandomState>,
    /// By recipient.
    pub(super) courses: BTreeMap<Vec<u8>, Course>,
    pub(super) notes: Vec<Note>,
    pub(super) branches: Vec<Branch>,
    pub(super) end: Option<(Moment, Fate)>,
}

/// A queue ID of the message.
pub(super) struct Hop {
    pub(super) number: u64,
    pub(super) queue_id: QueueId,
    pub(super) host: Vec<u8>,
    pub(super) began: Moment,
    pub(super) origin: Origin,
    pub(super) sender: Option<Vec<u8>>,
    pub(super) client: Option<Vec<u8>>,
    pub(super) user: Option<Vec<u8>>,
    pub(super) tls: Option<Vec<u8>>,
    pub(super) size: Option<u64>,
    pub(super) message_id: Option<Vec<u8>>,
    pub(super) on_hold: bool,
}

/// What became of a recipient.
#[derive(Default)]
pub(super) struct Course {
    pub(super) orig_to: Option<Vec<u8>>,
    pub(super) put_off: Vec<PutOff>,
    pub(super) turns: Vec<Turn>,
    /// Where the attempts of a hop that were put off stand.
    put_off_of: HashMap<QueueId, usize, RandomState>,
    /// Where the turns of a hop stand of which the line or the meaning is still to come.
    half_told: HashMap<QueueId, Vec<usize>, RandomState>,
}

/// Attempts of one hop that were put off.
pub(super) struct PutOff {
    pub(super) queue_id: QueueId,
    pub(super) attempts: u32,
    pub(super) first: Moment,
    pub(super) last: Moment,
    /// The least and the most seconds between two of them.
    pub(super) pace: Option<(u64, u64)>,
    pub(super) line: Line,
}

/// The end of a hop for a recipient.
pub(super) struct Turn {
    pub(super) at: Moment,
    pub(super) queue_id: QueueId,
    /// What it means; `None` while the tracker has not said so.
    pub(super) kind: Option<TurnKind>,
    pub(super) line: Option<Line>,
}

/// What a line of a delivery agent says.
pub(super) struct Line {
    pub(super) relay: Vec<u8>,
    pub(super) dsn: Vec<u8>,
    pub(super) text: Vec<u8>,
    /// In milliseconds.
    pub(super) delay: u64,
    pub(super) delays: Option<[u64; 4]>,
}

/// How a hop ended for a recipient.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TurnKind {
    Delivered,
    Forwarded,
    HandedOn,
    Swallowed,
    ThrownAway,
    Bounced,
    Probed { deliverable: bool },
}

/// Something that happened to the whole message.
pub(super) struct Note {
    pub(super) at: Moment,
    pub(super) queue_id: QueueId,
    pub(super) kind: NoteKind,
    pub(super) text: Vec<u8>,
}

/// What can happen to a message beside deliveries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NoteKind {
    Verdict(Action),
    OnHold,
    Released,
    Requeued,
    PutOff,
    Expired { forced: bool },
    Canceled,
}

/// A message that this one made.
pub(super) struct Branch {
    pub(super) at: Moment,
    pub(super) queue_id: QueueId,
    /// `None` is a forward.
    pub(super) notice: Option<Notification>,
}

impl Known for Tale {
    fn merge(&mut self, other: Self) {
        self.found |= other.found;
        self.kinds |= other.kinds;
        self.asked |= other.asked;
        for hop in other.hops {
            self.places.insert(hop.number, self.hops.len());
            self.hops.push(hop);
        }
        self.notes.extend(other.notes);
        self.branches.extend(other.branches);
        self.end = self.end.or(other.end);
        for (recipient, course) in other.courses {
            let known = self.courses.entry(recipient).or_default();
            known.merge(course);
        }
    }
}

impl Tale {
    /// Takes what a fact tells.
    pub(super) fn take(&mut self, names: &mut Names, fact: &Fact<'_>, tracking: Tracking) {
        if let Some(message) = fact.message {
            self.hop(names, message);
        }
        let of_message = fact.message.map(|message| message.queue_id);
        match (fact.what, of_message) {
            (What::Line { queue_id, event }, _) => {
                self.line(names, fact, queue_id, event, tracking);
            }
            (What::Deferred { recipient, delivery, .. }, Some(queue_id)) => {
                let course = self.course(names.addresses.text(recipient));
                course.put_off(fact.at, queue_id, fact.times, delivery);
            }
            (What::Bounced { recipient, delivery, .. }, Some(queue_id)) => {
                let course = self.course(names.addresses.text(recipient));
                let (kind, line) = (Some(TurnKind::Bounced), Some(Line::of(delivery)));
                course.turns.push(Turn { at: fact.at, queue_id, kind, line });
            }
            (What::Expired { forced, .. }, Some(queue_id)) => {
                self.note(fact.at, queue_id, NoteKind::Expired { forced }, b"");
            }
            (What::Canceled, Some(queue_id)) => {
                self.note(fact.at, queue_id, NoteKind::Canceled, b"");
            }
            (What::Ended { fate, .. }, _) => self.end = Some((fact.at, fate)),
            (what, _) => {
                if let (Some(handover), Some(kind)) = (what.handover(), TurnKind::of(what)) {
                    self.course(names.addresses.text(handover.recipient))
                        .settle(fact.at, handover, kind);
                }
            }
        }
    }

    /// Notes what the tracker knows of a hop by now.
    fn hop(&mut self, names: &Names, message: &Message) {
        let text = |name| names.texts.text(name).to_vec();
        let new = Hop {
            number: message.number,
            queue_id: message.queue_id,
            host: text(message.service.host),
            began: message.arrived,
            origin: message.origin,
            sender: message.sender.map(|sender| names.addresses.text(sender).to_vec()),
            client: message.client.map(|client| names.clients.text(client).to_vec()),
            user: message.user.map(text),
            tls: message.tls.map(text),
            size: message.size,
            message_id: None,
            on_hold: message.is_on_hold(),
        };
        let next = self.hops.len();
        let at = *self.places.entry(message.number).or_insert(next);
        match self.hops.get_mut(at) {
            Some(hop) => *hop = Hop { message_id: hop.message_id.take(), ..new },
            None => self.hops.push(new),
        }
    }

    /// Takes a line about one of its queue IDs.
    fn line(
        &mut self,
        names: &mut Names,
        fact: &Fact<'_>,
        queue_id: QueueId,
        event: &Event<'_>,
        tracking: Tracking,
    ) {
        let at = fact.at;
        match event {
            Event::MessageId(id) => {
                let hop = self.hops.iter_mut().rfind(|hop| hop.queue_id == queue_id);
                if let Some(hop) = hop.filter(|hop| hop.message_id.is_none()) {
                    hop.message_id = Some(id.to_vec());
                }
            }
            Event::Delivery(delivery) => self.delivery(names, at, queue_id, delivery, tracking),
            Event::Verdict(verdict) => {
                let to = verdict.recipient.filter(|_| verdict.stage == b"RCPT");
                let mut text = to.map_or_else(Vec::new, |to| [b"<", to, b"> "].concat());
                text.extend_from_slice(verdict.text);
                self.note(at, queue_id, NoteKind::Verdict(verdict.action), &text);
            }
            Event::PlacedOnHold => self.note(at, queue_id, NoteKind::OnHold, b""),
            Event::Released => self.note(at, queue_id, NoteKind::Released, b""),
            Event::Requeued => self.note(at, queue_id, NoteKind::Requeued, b""),
            Event::PutOff(text) => self.note(at, queue_id, NoteKind::PutOff, text),
            Event::Notification { kind, queue_id } => {
                self.branches.push(Branch { at, queue_id: *queue_id, notice: Some(*kind) });
            }
            _ => {}
        }
    }

    /// Takes a line of a delivery agent; what it means is told by facts.
    fn delivery(
        &mut self,
        names: &mut Names,
        at: Moment,
        queue_id: QueueId,
        delivery: &Delivery<'_>,
        tracking: Tracking,
    ) {
        let recipient = names.recipient(tracking.recipient(delivery));
        let course = self.course(names.addresses.text(recipient));
        if let Some(orig_to) = delivery.orig_to {
            course.orig_to = Some(orig_to.to_vec());
        }
        match delivery.status {
            Status::Sent => course.sent(at, queue_id, delivery),
            Status::Probed { deliverable } => {
                let (kind, line) = (TurnKind::Probed { deliverable }, Line::of(delivery));
                course.turns.push(Turn { at, queue_id, kind: Some(kind), line: Some(line) });
            }
            Status::Deferred { .. } | Status::Bounced => {}
        }
        if let (Status::Sent, Some(child)) = (delivery.status, forwarded_as(delivery.text)) {
            self.branches.push(Branch { at, queue_id: child, notice: None });
        }
    }

    fn note(&mut self, at: Moment, queue_id: QueueId, kind: NoteKind, text: &[u8]) {
        self.notes.push(Note { at, queue_id, kind, text: text.to_vec() });
    }

    /// What became of a recipient so far.
    fn course(&mut self, recipient: &[u8]) -> &mut Course {
        self.courses.entry(recipient.to_vec()).or_default()
    }

    /// When it began.
    pub(super) fn began(&self) -> Moment {
        self.hops.iter().map(|hop| hop.began).min().unwrap_or_default()
    }

    /// Whether it was on its way in a period.
    pub(super) fn lives_in(&self, period: Period) -> bool {
        let began = self.began();
        let noted = self.notes.iter().map(|note| note.at).max().unwrap_or(began);
        let ended = self.end.map_or(noted, |(at, _)| at); // none of what never became mail
        period.last.is_none_or(|last| began.wall <= last)
            && period.first.is_none_or(|first| ended.wall >= first)
    }
}

impl Course {
    /// Adds what is known of the same recipient under other queue IDs.
    fn merge(&mut self, other: Course) {
        self.orig_to = self.orig_to.take().or(other.orig_to);
        for put_off in other.put_off {
            self.add_put_off(put_off);
        }
        let before = self.turns.len();
        self.turns.extend(other.turns);
        for (queue_id, places) in other.half_told {
            let places = places.into_iter().map(|at| before + at);
            self.half_told.entry(queue_id).or_default().extend(places);
        }
    }

    fn put_off(&mut self, at: Moment, queue_id: QueueId, times: u32, delivery: &Delivery<'_>) {
        let line = Line::of(delivery);
        let known = self.put_off_of.get(&queue_id);
        let Some(known) = known.and_then(|at| self.put_off.get_mut(*at)) else {
            let (attempts, first, last) = (times, at, at);
            let new = PutOff { queue_id, attempts, first, last, pace: None, line };
            return self.add_put_off(new);
        };
        let wait = at.seconds_since(known.last);
        let (least, most) = known.pace.unwrap_or((wait, wait));
        known.pace = Some((least.min(wait), most.max(wait)));
        known.attempts += times;
        (known.last, known.line) = (at, line);
    }

    fn add_put_off(&mut self, put_off: PutOff) {
        self.put_off_of.insert(put_off.queue_id, self.put_off.len());
        self.put_off.push(put_off);
    }

    /// What a line `status=sent` says; what it means may have been told already.
    fn sent(&mut self, at: Moment, queue_id: QueueId, delivery: &Delivery<'_>) {
        let line = Some(Line::of(delivery));
        match self.half_told(queue_id, |turn| turn.line.is_none() && turn.at == at) {
            Some(turn) => turn.line = line,
            None => self.begin(Turn { at, queue_id, kind: None, line }),
        }
    }

    /// What a handover means; its line may have been met already.
    fn settle(&mut self, at: Moment, handover: Handover, kind: TurnKind) {
        let queue_id = handover.queue_id;
        match self.half_told(queue_id, |turn| turn.kind.is_none() && turn.at == at) {
            Some(turn) => turn.kind = Some(kind),
            None => self.begin(Turn { at, queue_id, kind: Some(kind), line: None }),
        }
    }

    /// A turn of which the other half is still to come.
    fn begin(&mut self, turn: Turn) {
        self.half_told.entry(turn.queue_id).or_default().push(self.turns.len());
        self.turns.push(turn);
    }

    /// The turn of which this is the other half.
    fn half_told(&mut self, queue_id: QueueId, fits: impl Fn(&Turn) -> bool) -> Option<&mut Turn> {
        let places = self.half_told.get_mut(&queue_id)?;
        let fits = |at: &usize| self.turns.get(*at).is_some_and(&fits);
        let place = places.iter().position(fits)?;
        let at = places.remove(place);
        self.turns.get_mut(at)
    }
}

impl TurnKind {
    fn of(what: What<'_>) -> Option<TurnKind> {
        Some(match what {
            What::Delivered(_) => TurnKind::Delivered,
            What::Forwarded(_) => TurnKind::Forwarded,
            What::HandedOn(_) => TurnKind::HandedOn,
            What::Swallowed(_) => TurnKind::Swallowed,
            What::ThrownAway(_) => TurnKind::ThrownAway,
            _ => return None,
        })
    }
}

impl Line {
    fn of(delivery: &Delivery<'_>) -> Line {
        Line {
            relay: delivery.relay.to_vec(),
            dsn: delivery.dsn.to_vec(),
            text: delivery.text.to_vec(),
            delay: delivery.delay,
            delays: delivery.delays,
        }
    }
}
