//! Stories: what became of messages, as plain values in the order of time.

use crate::postfix::QueueId;
use crate::postfix::event::{Action, Notification};
use crate::report::printable;
use crate::syslog::Moment;
use crate::track::Fate;
use crate::track::message::Origin;

use super::Refusal;
use super::tale::{Branch, Course, Hop, Line, NoteKind, PutOff, Tale, Turn, TurnKind};

/// All that is told.
#[derive(Debug)]
pub struct Told {
    /// Messages, and refusals before there was a queue ID, the newest last.
    pub entries: Vec<Entry>,
    /// How many there are.
    pub found: usize,
}

/// One of them.
#[derive(Debug)]
pub enum Entry {
    /// A message, with its branches.
    Message(Story),
    /// Refusals of the same.
    Refusals(Event),
}

/// What became of a message.
#[derive(Debug)]
pub struct Story {
    /// When it began, ISO 8601.
    pub began: String,
    /// When its end was told, likewise.
    pub ended: Option<String>,
    /// What became of it as a whole, in one word.
    pub fate: &'static str,
    /// Its queue IDs, hop by hop.
    pub queue_ids: Vec<String>,
    /// The host that wrote of it first.
    pub host: String,
    /// What is known of its envelope and arrival, by the names of the log.
    pub facts: Vec<(&'static str, String)>,
    /// Bytes of content.
    pub size: Option<u64>,
    /// What became of each recipient.
    pub recipients: Vec<Outcome>,
    /// What happened, in the order of time.
    pub events: Vec<Event>,
}

/// What became of a recipient in the end.
#[derive(Debug)]
pub struct Outcome {
    /// Who.
    pub recipient: String,
    /// The address before aliases.
    pub orig_to: Option<String>,
    /// `delivered`, `deferred`, `bounced`, `expired` and so on.
    pub outcome: &'static str,
}

/// Something that happened.
#[derive(Debug)]
pub struct Event {
    /// When, ISO 8601; of several times the first.
    pub at: String,
    /// What, in one word.
    pub what: &'static str,
    /// Under which queue ID, if there was one.
    pub queue_id: Option<String>,
    /// To whom.
    pub recipient: Option<String>,
    /// The host, as the log names it: a relay, or a client.
    pub peer: Option<String>,
    /// What was said of it.
    pub text: String,
    /// Enhanced status code.
    pub dsn: Option<String>,
    /// How often, over which time.
    pub repeated: Option<Repeated>,
    /// From arrival to then in milliseconds, and the four parts.
    pub delay: Option<(u64, Option<[u64; 4]>)>,
    /// The message that came of it.
    pub branch: Option<Box<Story>>,
}

/// Several times.
#[derive(Debug)]
pub struct Repeated {
    /// How often.
    pub times: u64,
    /// The last time, ISO 8601.
    pub last: String,
    /// The least and the most seconds between two of them.
    pub pace: Option<(u64, u64)>,
}

pub(super) fn whole(tale: &Tale, events: Vec<Event>) -> Story {
    let mut hops: Vec<&Hop> = tale.hops.iter().collect();
    hops.sort_by_key(|hop| (hop.began, hop.number));
    let first = hops.first();
    let mut queue_ids: Vec<String> = hops.iter().map(|hop| hop.queue_id.to_string()).collect();
    queue_ids.dedup();
    let known = |of: fn(&Hop) -> Option<&Vec<u8>>| {
        hops.iter().find_map(|hop| of(hop)).map(|text| printable(text))
    };
    let sender = known(|hop| hop.sender.as_ref());
    let sender = sender.map(|sender| if sender.is_empty() { "<>".to_owned() } else { sender });
    let facts = [
        ("from", sender),
        ("message-id", known(|hop| hop.message_id.as_ref())),
        ("client", known(|hop| hop.client.as_ref())),
        ("sasl_username", known(|hop| hop.user.as_ref())),
        ("tls", known(|hop| hop.tls.as_ref())),
    ];
    Story {
        began: tale.began().iso(),
        ended: tale.end.map(|(at, _)| at.iso()),
        fate: fate(tale),
        queue_ids,
        host: first.map(|hop| printable(&hop.host)).unwrap_or_default(),
        facts: facts.into_iter().filter_map(|(name, text)| Some((name, text?))).collect(),
        size: hops.iter().find_map(|hop| hop.size),
        recipients: tale.courses.iter().map(|(to, course)| outcome(tale, to, course)).collect(),
        events,
    }
}

/// What became of a message as a whole.
fn fate(tale: &Tale) -> &'static str {
    let noted = |kind| tale.notes.iter().any(|note| note.kind == kind);
    let refused = noted(NoteKind::Verdict(Action::Reject)) && tale.courses.is_empty();
    let probed = |course: &Course| {
        course.turns.iter().any(|turn| matches!(turn.kind, Some(TurnKind::Probed { .. })))
    };
    match tale.end.map(|(_, fate)| fate) {
        _ if noted(NoteKind::Canceled) && tale.courses.is_empty() => "canceled",
        _ if tale.courses.values().any(probed) => "probe",
        Some(Fate::StillQueued) if tale.hops.iter().any(|hop| hop.on_hold) => "held",
        Some(Fate::Unfinished) | None if refused => "rejected",
        Some(Fate::Delivered) => "delivered",
        Some(Fate::Discarded) => "discarded",
        Some(Fate::Bounced) => "bounced",
        Some(Fate::Expired) => "expired",
        Some(Fate::Deleted) => "deleted",
        Some(Fate::EndNotInLog) => "end not in the log",
        Some(Fate::StillQueued) => "still queued",
        Some(Fate::Unfinished) => "not yet queued when the log ends",
        None => "never became mail",
    }
}

/// What became of a recipient in the end. An alias may lead to a mailbox and elsewhere: of
/// several turns the one counts that says most.
fn outcome(tale: &Tale, recipient: &[u8], course: &Course) -> Outcome {
    let kinds = [
        (TurnKind::Bounced, "bounced"),
        (TurnKind::Delivered, "delivered"),
        (TurnKind::ThrownAway, "discarded"),
        (TurnKind::Swallowed, "swallowed"),
        (TurnKind::Forwarded, "forwarded"),
        (TurnKind::Probed { deliverable: true }, "deliverable"),
        (TurnKind::Probed { deliverable: false }, "undeliverable"),
    ];
    // What the log ends too early to tell apart was handed over.
    let took =
        |kind| course.turns.iter().any(|turn| turn.kind.unwrap_or(TurnKind::Delivered) == kind);
    let found = kinds.into_iter().find(|(kind, _)| took(*kind)).filter(|_| !waits(tale, course));
    let outcome = found.map_or_else(|| left(tale, course), |(_, name)| name);
    Outcome {
        recipient: printable(recipient),
        orig_to: course.orig_to.as_ref().map(|orig_to| printable(orig_to)),
        outcome,
    }
}

/// Whether a recipient was put off last, in a message that is not over: an alias may lead to a file,
/// which is written at each attempt, and to a command that fails.
fn waits(tale: &Tale, course: &Course) -> bool {
    let fate = tale.end.map(|(_, fate)| fate);
    let over = matches!(fate, Some(Fate::Delivered | Fate::Discarded | Fate::Bounced));
    let last = course.turns.iter().map(|turn| turn.at).max();
    let put_off = course.put_off.iter().map(|put_off| put_off.last).max();
    !over && put_off.is_some() && put_off >= last
}

/// What became of a recipient that no delivery agent was done with, or that was put off last.
fn left(tale: &Tale, course: &Course) -> &'static str {
    let expired = tale.notes.iter().any(|note| matches!(note.kind, NoteKind::Expired { .. }));
    match tale.end.map(|(_, fate)| fate) {
        _ if expired => "expired",
        Some(Fate::Deleted) => "deleted",
        Some(Fate::StillQueued) if tale.hops.iter().any(|hop| hop.on_hold) => "held",
        _ if !course.put_off.is_empty() => "deferred",
        _ => "handed-on",
    }
}

/// What happened to a message, without its branches.
pub(super) fn events(tale: &Tale) -> Vec<(Moment, Event)> {
    let mut events: Vec<(Moment, Event)> = Vec::new();
    let first = tale.hops.iter().map(|hop| (hop.began, hop.number)).min();
    for hop in &tale.hops {
        let event = of_hop(hop, Some((hop.began, hop.number)) == first);
        events.push((hop.began, event));
    }
    for note in &tale.notes {
        let what = worded(note.kind);
        let event = Event::new(note.at, what, Some(note.queue_id), printable(&note.text));
        events.push((note.at, event));
    }
    for (recipient, course) in &tale.courses {
        events.extend(
            course.put_off.iter().map(|put_off| (put_off.first, of_put_off(recipient, put_off))),
        );
        events.extend(course.turns.iter().map(|turn| (turn.at, of_turn(recipient, turn))));
    }
    events
}

fn worded(kind: NoteKind) -> &'static str {
    match kind {
        NoteKind::Verdict(Action::Reject) => "rejected",
        NoteKind::Verdict(Action::RejectWarning) => "reject warning",
        NoteKind::Verdict(Action::Hold) => "held by a rule",
        NoteKind::Verdict(Action::Discard) => "discarded by a rule",
        NoteKind::Verdict(Action::Other) => "noted by a rule",
        NoteKind::OnHold => "put on hold",
        NoteKind::Released => "released from hold",
        NoteKind::Requeued => "requeued",
        NoteKind::PutOff => "put off",
        NoteKind::Expired { forced: false } => "expired",
        NoteKind::Expired { forced: true } => "expired by an operator",
        NoteKind::Canceled => "canceled",
    }
}

impl Event {
    fn new(at: Moment, what: &'static str, queue_id: Option<QueueId>, text: String) -> Event {
        Event {
            at: at.iso(),
            what,
            queue_id: queue_id.map(|id| id.to_string()),
            recipient: None,
            peer: None,
            text,
            dsn: None,
            repeated: None,
            delay: None,
            branch: None,
        }
    }

    fn of_line(self, recipient: &[u8], line: &Line) -> Event {
        Event {
            recipient: Some(printable(recipient)),
            peer: Some(printable(&line.relay)),
            text: printable(&line.text),
            dsn: Some(printable(&line.dsn)),
            ..self
        }
    }
}

fn of_hop(hop: &Hop, is_first: bool) -> Event {
    let what = match hop.origin {
        Origin::Smtp | Origin::Local if !is_first => "goes on",
        Origin::Smtp => "came in",
        Origin::Local => "came in by sendmail",
        Origin::Internal => "was made",
        Origin::Earlier | Origin::Announced => "first seen",
    };
    // Of a further hop the log says who brought the first.
    let peer = hop.client.as_ref().filter(|_| is_first).map(|client| printable(client));
    Event { peer, ..Event::new(hop.began, what, Some(hop.queue_id), String::new()) }
}

fn of_put_off(recipient: &[u8], put_off: &PutOff) -> Event {
    let PutOff { queue_id, attempts, first, last, pace, line } = put_off;
    let repeated = Repeated { times: u64::from(*attempts), last: last.iso(), pace: *pace };
    let event = Event::new(*first, "put off", Some(*queue_id), String::new());
    Event { repeated: Some(repeated), ..event.of_line(recipient, line) }
}

fn of_turn(recipient: &[u8], turn: &Turn) -> Event {
    let what = match turn.kind {
        Some(TurnKind::Delivered) => "delivered",
        Some(TurnKind::Forwarded) => "forwarded",
        Some(TurnKind::HandedOn) => "handed on",
        Some(TurnKind::Swallowed) => "swallowed by the content filter",
        Some(TurnKind::ThrownAway) => "thrown away",
        Some(TurnKind::Bounced) => "bounced",
        Some(TurnKind::Probed { deliverable: true }) => "deliverable",
        Some(TurnKind::Probed { deliverable: false }) => "undeliverable",
        None => "sent",
    };
    let event = Event::new(turn.at, what, Some(turn.queue_id), String::new());
    match &turn.line {
        Some(line) => {
            Event { delay: Some((line.delay, line.delays)), ..event.of_line(recipient, line) }
        }
        None => Event { recipient: Some(printable(recipient)), ..event },
    }
}

pub(super) fn of_branch(branch: &Branch, story: Option<Story>) -> Event {
    let what = match branch.notice {
        None => "forwarded as",
        Some(Notification::NonDelivery) => "non-delivery notice to the sender",
        Some(Notification::Delay) => "delay notice to the sender",
        Some(Notification::Success) => "success notice to the sender",
        Some(Notification::Postmaster) => "notice to the postmaster",
    };
    let event = Event::new(branch.at, what, Some(branch.queue_id), String::new());
    Event { branch: story.map(Box::new), ..event }
}

pub(super) fn of_refusal(refusal: &Refusal) -> Event {
    let what = worded(NoteKind::Verdict(refusal.action));
    let shown = |text: &Vec<u8>| printable(text);
    let envelope = |address: &Option<Vec<u8>>| address.as_ref().map(shown);
    let mut text = shown(&refusal.stage);
    if let Some(sender) = envelope(&refusal.sender) {
        text = format!("{text} from=<{sender}>");
    }
    text = format!("{text}: {}", shown(&refusal.text));
    Event {
        recipient: envelope(&refusal.recipient),
        peer: Some(shown(&refusal.client)),
        repeated: (refusal.times > 1).then(|| Repeated {
            times: refusal.times,
            last: refusal.last.iso(),
            pace: None,
        }),
        ..Event::new(refusal.first, what, None, text)
    }
}
