//! Sessions: what one process of smtpd or postscreen is doing for one client.

use std::hash::BuildHasher;

use crate::names::{Client, Text};
use crate::postfix::event::Screen;
use crate::postfix::{QueueId, contents_taken};
use crate::syslog::Moment;

use super::judged::Judged;
use super::message::{Key, Message, mark, outcome};
use super::service::Service;
use super::{Listener, Telling, Tracker, What};

/// A client's connection to one smtpd process, from `connect` to `disconnect`.
#[derive(Clone, Debug)]
pub(super) struct Session {
    service: Service,
    /// `None` if its `connect from` is not in the log.
    client: Option<Client>,
    began: Moment,
    /// The message of the transaction that is going on.
    pub(super) message: Option<Key>,
    /// How many of its messages before that one were accepted, as far as the log tells.
    accepted: u32,
    /// If smtpd held one of its messages, or threw one away.
    pub(super) judged: Option<Box<Judged>>,
    /// The protocol of its TLS.
    pub(super) tls: Option<Text>,
}

/// A process: number of the host, and process ID.
pub(super) type Process = (u32, u32);

/// A connection to postscreen: number of the host, and a hash of address and port.
pub(super) type Visitor = (u32, u64);

impl Session {
    fn new(client: Option<Client>, service: Service, began: Moment) -> Session {
        Session { service, client, began, message: None, accepted: 0, judged: None, tls: None }
    }
}

impl Tracker {
    /// `connect from`.
    pub(super) fn connected<L: Listener>(
        &mut self,
        process: Process,
        client: &[u8],
        telling: &mut Telling<'_, L>,
    ) {
        let client = telling.client(client);
        let session = Session::new(Some(client), telling.service, telling.at);
        if let Some(old) = self.sessions.insert(process, session) {
            self.session_over(old, None, telling);
        }
    }

    /// The session of a process; one whose `connect from` is not in the log, if there is none.
    pub(super) fn session(
        &mut self,
        process: Process,
        service: Service,
        at: Moment,
    ) -> &mut Session {
        self.sessions.entry(process).or_insert_with(|| Session::new(None, service, at))
    }

    /// `TLS connection established from`.
    pub(super) fn secured<L: Listener>(
        &mut self,
        process: Process,
        protocol: &[u8],
        telling: &mut Telling<'_, L>,
    ) {
        if let Some(session) = self.sessions.get_mut(&process) {
            session.tls = Some(telling.names.texts.intern(protocol).0);
        }
    }

    /// `disconnect from`.
    pub(super) fn disconnected<L: Listener>(
        &mut self,
        process: Process,
        commands: &[u8],
        telling: &mut Telling<'_, L>,
    ) {
        if let Some(mut session) = self.sessions.remove(&process) {
            let seconds = telling.at.seconds_since(session.began);
            let Session { message, accepted, .. } = session;
            if let Some(judged) = &mut session.judged {
                self.settle_unread(judged, message, accepted, commands);
            }
            self.session_over(session, Some(seconds), telling);
        }
    }

    /// The client of a message begins another one.
    pub(super) fn went_on<L: Listener>(
        &mut self,
        process: Process,
        before: Key,
        telling: &mut Telling<'_, L>,
    ) {
        let message = self.messages.get(&before);
        let accepted = message.is_none_or(Message::is_taken);
        let over = mark::REFUSED | mark::CUT;
        let unread = message.is_some_and(|m| m.is(mark::DISCARD) && !accepted && !m.is(over));
        let discarded = message.is_some_and(|m| m.is(mark::DISCARD) && accepted);
        if let Some(session) = self.sessions.get_mut(&process) {
            session.accepted += u32::from(accepted);
            if unread {
                session.judged.get_or_insert_default().unread.push(before);
            }
        }
        if discarded {
            self.transaction_over(before, telling);
        }
    }

    /// The session is over. Of content that is thrown away unread no line tells before 3.10: how
    /// often content was taken tells of how many messages it was, and those are the last ones, as
    /// long as nothing else is known. Where that is not logged, it is likely of all.
    #[cold]
    fn settle_unread(
        &mut self,
        judged: &mut Judged,
        message: Option<Key>,
        accepted: u32,
        commands: &[u8],
    ) {
        let last = message.map(|key| (key, self.messages.get(&key)));
        // What cleanup read a header of was on its way: it says itself if it came to nothing.
        let in_doubt =
            |last: &Message| last.is(mark::DISCARD | mark::ON_HOLD) && !last.is(mark::CONTENT);
        let last_in_doubt = last.filter(|(_, last)| last.is_some_and(in_doubt));
        let unread = &mut judged.unread;
        if unread.is_empty() && last_in_doubt.is_none() {
            return;
        }
        let Some(taken) = contents_taken(commands) else {
            unread.extend(last_in_doubt.map(|(key, _)| key));
            return;
        };
        let mut left = taken.saturating_sub(accepted);
        match last {
            Some((_, last)) if taken > 0 && last.is_none_or(Message::is_taken) => {
                left = left.saturating_sub(1);
            }
            Some((key, Some(last))) if in_doubt(last) && !last.is(mark::REFUSED) => {
                // If it looks abandoned, only if no other explains that content was taken.
                let place = if last.is(mark::CUT) { 0 } else { unread.len() };
                unread.insert(place, key);
            }
            _ => {}
        }
        for key in unread.iter().rev() {
            let Some(message) = self.messages.get_mut(key) else { continue };
            if left > 0 {
                message.unset(mark::CUT);
                left -= 1;
            } else {
                message.set(mark::CUT);
            }
        }
    }

    #[inline]
    fn session_over<L: Listener>(
        &mut self,
        session: Session,
        seconds: Option<u64>,
        telling: &mut Telling<'_, L>,
    ) {
        let Session { client, began, message, judged, .. } = session;
        if let Some(judged) = judged {
            if seconds.is_none() {
                Self::never_followed(&judged, telling);
            }
            self.unread_over(*judged, telling);
        }
        if let Some(key) = message {
            self.transaction_over(key, telling);
        }
        let Some(client) = client else { return };
        let at = if seconds.is_some() { telling.at } else { began };
        telling.tell_of(at, session.service, None, What::Session { client, began, seconds });
    }

    /// Of what is thrown away unread nothing more is said.
    #[cold]
    fn unread_over<L: Listener>(&mut self, judged: Judged, telling: &mut Telling<'_, L>) {
        for key in judged.unread {
            if let Some(message) = self.messages.get_mut(&key) {
                message.set(mark::CONTENT);
            }
            self.transaction_over(key, telling);
        }
    }

    /// Sessions whose end is not in the log.
    pub(super) fn close_sessions<L: Listener>(
        &mut self,
        before: i64,
        telling: &mut Telling<'_, L>,
    ) {
        let mut over: Vec<Process> = self
            .sessions
            .iter()
            .filter(|(_, s)| s.began.utc() < before)
            .map(|(process, _)| *process)
            .collect();
        over.sort_unstable(); // the order of a hash table changes from run to run
        for process in over {
            if let Some(session) = self.sessions.remove(&process) {
                self.session_over(session, None, telling);
            }
        }
        self.visitors.retain(|_, began| began.utc() >= before);
    }

    /// The client left in the middle: the message of the transaction never became mail,
    /// unless the queue manager says otherwise.
    pub(super) fn session_lost(&mut self, process: Process, stage: &[u8]) {
        if let Some(key) = self.sessions.get(&process).and_then(|session| session.message) {
            self.cut(key, stage);
        }
    }

    /// The next transaction of the session begins, or the session ends: a message that is
    /// thrown away says nothing more (before 3.10).
    pub(super) fn transaction_over<L: Listener>(&mut self, key: Key, telling: &mut Telling<'_, L>) {
        let Some(message) = self.messages.get(&key) else { return };
        let discarded = message.is(mark::DISCARD)
            && message.is_accepted()
            && !message.is(mark::ACTIVE | mark::GONE);
        if discarded && let Some(mut message) = self.messages.remove(&key) {
            message.outcome |= outcome::DISCARDED;
            self.ended(key, message, telling);
        }
    }

    /// A before-queue filter passed a message on: that one came from outside, though its
    /// client is the filter.
    pub(super) fn proxy_accepted<L: Listener>(
        &mut self,
        queued_as: Option<QueueId>,
        telling: &mut Telling<'_, L>,
    ) {
        let Some(queue_id) = queued_as else { return };
        let key = Key { instance: telling.service.instance_number, queue_id };
        if let Some(message) = self.messages.get_mut(&key) {
            message.unset(mark::MAYBE_HOP);
            if message.is_accepted() {
                Self::settle_start(message, telling);
            }
        }
    }

    /// A line of postscreen.
    pub(super) fn screened<L: Listener>(
        &mut self,
        screen: Screen<'_>,
        telling: &mut Telling<'_, L>,
    ) {
        let visitor = |address: &[u8], port: u32| {
            (telling.service.host_number, self.hops.hasher().hash_one((address, port)))
        };
        match screen {
            Screen::Connect { address, port } => {
                let visitor = visitor(address, port);
                self.visitors.insert(visitor, telling.at);
            }
            Screen::Disconnect { address, port } => {
                let visitor = visitor(address, port);
                let address = telling.screened(address);
                self.visit_over(visitor, address, telling);
            }
            Screen::Action { action, address, port, ends } => {
                let visitor = visitor(address, port);
                let address = telling.screened(address);
                if ends {
                    self.visit_over(visitor, address, telling);
                }
                telling.tell(None, What::ScreenAction { action, address });
            }
            Screen::Listed { zone, address } => telling.tell(None, What::Listed { zone, address }),
        }
    }

    fn visit_over<L: Listener>(
        &mut self,
        visitor: Visitor,
        address: Text,
        telling: &mut Telling<'_, L>,
    ) {
        if let Some(began) = self.visitors.remove(&visitor) {
            let seconds = telling.at.seconds_since(began);
            telling.tell(None, What::Screened { seconds, address });
        }
    }
}
