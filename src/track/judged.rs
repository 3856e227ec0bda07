//! What rules decide: a refusal counts at once; a message is held or discarded only if it was
//! accepted, and once, whatever the rules that say so.

use crate::postfix::event::{Action, Decider, Verdict};
use crate::postfix::kept::KeptVerdict;
use crate::postfix::{Program, QueueId};
use crate::syslog::Moment;

use super::message::{Key, Message, mark};
use super::service::Service;
use super::session::Process;
use super::{Listener, Telling, Tracker, What};

/// A verdict that counts if its message was accepted, with the circumstances of its line.
#[derive(Clone, Debug)]
pub(super) struct Awaited {
    at: Moment,
    service: Service,
    verdict: KeptVerdict,
}

/// What rules decided in a session before there was a queue ID, or content.
#[derive(Clone, Debug, Default)]
pub(super) struct Judged {
    /// Verdicts of a transaction that has no queue ID yet; the last of each kind, which knows most
    /// of it: a milter that holds from the first command on is named at each (3.7).
    hold: Option<Awaited>,
    discard: Option<Awaited>,
    /// Messages that are thrown away unread, if they were accepted: the end of the session tells.
    pub(super) unread: Vec<Key>,
}

impl Tracker {
    /// A verdict about a message that has a queue ID.
    pub(super) fn judged<L: Listener>(
        &mut self,
        key: Key,
        verdict: &Verdict<'_>,
        (program, pid): (Program, u32),
        telling: &mut Telling<'_, L>,
    ) {
        let Some(message) = self.messages.get_mut(&key) else {
            if verdict.action != Action::Other {
                telling.tell(None, What::Verdict(verdict));
            }
            return;
        };
        if message.sender.is_none() {
            message.sender = verdict.sender.map(|sender| telling.names.sender(sender));
        }
        let by_cleanup = program == Program::Cleanup;
        match verdict.action {
            Action::Reject => {
                refused(message, verdict, by_cleanup);
                telling.tell(Some(message), What::Verdict(verdict));
            }
            Action::RejectWarning => telling.tell(Some(message), What::Verdict(verdict)),
            Action::Hold | Action::Discard => {
                message.set(if by_cleanup { mark::CONTENT } else { 0 });
                let first = message.awaits(telling.awaited(verdict), verdict.action);
                if let Some(session) = self.sessions.get_mut(&(telling.service.host_number, pid)) {
                    session.judged.get_or_insert_default();
                }
                let by_check = verdict.by != Decider::Smtpd && by_cleanup;
                if first && verdict.action == Action::Discard && by_check {
                    self.thrown_away(key, telling.at);
                }
            }
            Action::Other => {}
        }
    }

    /// `warning: 399DEAD60FD: queue file size limit exceeded`, by cleanup: it takes no more of it.
    #[cold]
    pub(super) fn failed(&mut self, key: Key, text: &[u8]) {
        let Some((_, text)) = QueueId::prefix(text) else { return };
        let failed = text == b"queue file size limit exceeded"
            || text.starts_with(b"write queue file: ")
            || text.starts_with(b"message rejected: ");
        if failed
            && let Some(message) = self.messages.get_mut(&key)
            && !message.is(mark::ACTIVE)
        {
            message.set(mark::REFUSED | mark::REFUSED_IN_READING);
            message.unset(mark::ON_HOLD);
        }
    }

    /// A verdict before there is a queue ID.
    pub(super) fn judged_before_queue<L: Listener>(
        &mut self,
        process: Process,
        verdict: &Verdict<'_>,
        telling: &mut Telling<'_, L>,
    ) {
        if verdict.action == Action::Other {
            return;
        }
        if !matches!(verdict.action, Action::Hold | Action::Discard) {
            telling.tell(None, What::Verdict(verdict));
            return;
        }
        let awaited = telling.awaited(verdict);
        let session = self.session(process, telling.service, telling.at);
        let judged = session.judged.get_or_insert_default();
        let kept = match verdict.action {
            Action::Hold => &mut judged.hold,
            _ => &mut judged.discard,
        };
        if let Some(before) = kept.replace(awaited)
            && before.verdict.verdict().client != verdict.client
        {
            tell_alone(&before, telling); // between them the log lacks the end of a session
        }
        if L::EVERY_LINE {
            telling.tell(None, What::Forestalled(verdict));
        }
    }

    /// The log lacks the end of a session, and of what rules decided in it the message that follows.
    #[cold]
    pub(super) fn never_followed<L: Listener>(judged: &Judged, telling: &mut Telling<'_, L>) {
        judged.hold.iter().chain(&judged.discard).for_each(|awaited| tell_alone(awaited, telling));
    }

    /// The message begins that rules decided about before.
    #[cold]
    pub(super) fn forestalled<L: Listener>(
        message: &mut Message,
        judged: &mut Judged,
        telling: &mut Telling<'_, L>,
    ) {
        let (hold, discard) = (judged.hold.take(), judged.discard.take());
        for (awaited, action) in [(hold, Action::Hold), (discard, Action::Discard)] {
            let Some(awaited) = awaited else { continue };
            // The queue manager may never say who sent it.
            if let Some(sender) = awaited.verdict.verdict().sender {
                message.sender = message.sender.or_else(|| Some(telling.names.sender(sender)));
            }
            message.awaits(awaited, action);
        }
    }

    /// The queue manager has a message that rules decided about.
    #[cold]
    pub(super) fn judged_and_active<L: Listener>(
        message: &mut Message,
        telling: &mut Telling<'_, L>,
    ) {
        // Nobody released it, and it was never in a queue of its own: the verdict was about a
        // transaction before it that came to nothing.
        let of_another = message.is(mark::ON_HOLD) && message.is_new(telling.at);
        message.unset(mark::ON_HOLD | mark::DISCARD);
        match &mut message.more {
            Some(more) if of_another => more.awaited.clear(),
            _ => tell_awaited(message, telling),
        }
    }
}

impl<L: Listener> Telling<'_, L> {
    fn awaited(&self, verdict: &Verdict<'_>) -> Awaited {
        let &Telling { at, service, .. } = self;
        Awaited { at, service, verdict: KeptVerdict::of(verdict) }
    }
}

impl Message {
    /// Notes a verdict that counts once the message is known to be accepted; false if there was
    /// one like it.
    fn awaits(&mut self, awaited: Awaited, action: Action) -> bool {
        let (effect, known) = match action {
            Action::Hold => (mark::ON_HOLD, mark::HELD),
            _ => (mark::DISCARD, mark::DISCARDED),
        };
        let first = !self.is(known);
        self.set(effect | known);
        if first {
            self.more().awaited.push(awaited);
        }
        first
    }
}

/// Tells a verdict of which the log does not show what came of it.
fn tell_alone<L: Listener>(awaited: &Awaited, telling: &mut Telling<'_, L>) {
    let verdict = awaited.verdict.verdict();
    telling.tell_of(awaited.at, awaited.service, None, What::Verdict(&verdict));
}

/// Tells what rules decided about a message of which all is known: that it was held, or, if it never
/// came into a queue, thrown away.
#[inline] // most have nothing to tell
pub(super) fn tell_awaited<L: Listener>(message: &mut Message, telling: &mut Telling<'_, L>) {
    if message.is(mark::HELD | mark::DISCARDED) {
        tell_judged(message, telling);
    }
}

#[cold]
fn tell_judged<L: Listener>(message: &mut Message, telling: &mut Telling<'_, L>) {
    let Some(more) = &mut message.more else { return };
    let awaited = std::mem::take(&mut more.awaited);
    let in_doubt = message.is(mark::REFUSED | mark::CUT) || !message.is_accepted();
    if in_doubt && !message.is(mark::ACTIVE) {
        return;
    }
    let counts = if message.is(mark::DISCARD) { Action::Discard } else { Action::Hold };
    for Awaited { at, service, verdict } in awaited {
        let verdict = verdict.verdict();
        if verdict.action == counts {
            telling.tell_of(at, service, Some(message), What::Verdict(&verdict));
        }
    }
}

/// The end of a message was refused; if the queue has it nevertheless, `queue active` will say so.
fn refused(message: &mut Message, verdict: &Verdict<'_>, by_cleanup: bool) {
    let at_end = matches!(verdict.stage, b"DATA" | b"END-OF-MESSAGE" | b"BDAT" | b"END-OF-DATA");
    if (by_cleanup || at_end) && !message.is(mark::ACTIVE) {
        let in_reading = if by_cleanup { mark::REFUSED_IN_READING } else { 0 };
        message.set(mark::REFUSED | in_reading);
        message.unset(mark::ON_HOLD); // also of mail of sendmail, which cleanup returns
    }
}
