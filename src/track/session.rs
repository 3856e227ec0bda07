//! Sessions: what one process of smtpd or postscreen is doing for one client.

use std::hash::BuildHasher;

use crate::names::{Address, Client, Text};
use crate::postfix::event::{Action, Screen, Verdict};
use crate::postfix::{QueueId, sent_content};
use crate::syslog::Moment;

use super::message::{Key, mark, outcome};
use super::service::Service;
use super::{Listener, Telling, Tracker, What};

/// A client's connection to one smtpd process, from `connect` to `disconnect`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Session {
    service: Service,
    /// `None` if its `connect from` is not in the log.
    client: Option<Client>,
    began: Moment,
    /// The message of the transaction that is going on.
    pub(super) message: Option<Key>,
    /// A verdict without queue ID applies to the message that is about to begin.
    pub(super) hold: bool,
    pub(super) discard: bool,
    /// Whom that verdict names: the queue manager may never say it.
    pub(super) sender: Option<Address>,
    /// The protocol of its TLS.
    pub(super) tls: Option<Text>,
}

/// A process: number of the host, and process ID.
pub(super) type Process = (u32, u32);

/// A connection to postscreen: number of the host, and a hash of address and port.
pub(super) type Visitor = (u32, u64);

impl Session {
    fn new(client: Option<Client>, service: Service, began: Moment) -> Session {
        Session {
            service,
            client,
            began,
            message: None,
            hold: false,
            discard: false,
            sender: None,
            tls: None,
        }
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
        if let Some(session) = self.sessions.remove(&process) {
            let seconds = telling.at.seconds_since(session.began);
            if let Some(message) = session.message.and_then(|key| self.messages.get_mut(&key))
                && message.is(mark::DISCARD | mark::ON_HOLD)
                && sent_content(commands) != Some(false)
            {
                message.set(mark::CONTENT);
            }
            self.session_over(session, Some(seconds), telling);
        }
    }

    /// The client of a message begins another one. Of content that is thrown away unread no
    /// line tells before 3.10; that it was sent, the next message makes likely.
    pub(super) fn went_on(&mut self, before: Key) {
        if let Some(message) = self.messages.get_mut(&before)
            && message.is(mark::DISCARD)
        {
            message.set(mark::CONTENT);
        }
    }

    fn session_over<L: Listener>(
        &mut self,
        session: Session,
        seconds: Option<u64>,
        telling: &mut Telling<'_, L>,
    ) {
        let Session { client, began, .. } = session;
        if let Some(key) = session.message {
            self.transaction_over(key, telling);
        }
        let Some(client) = client else { return };
        let at = if seconds.is_some() { telling.at } else { began };
        telling.tell_of(at, session.service, None, What::Session { client, began, seconds });
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
        if matches!(verdict.action, Action::Hold | Action::Discard) {
            let session = self.session(process, telling.service, telling.at);
            session.hold |= verdict.action == Action::Hold;
            session.discard |= verdict.action == Action::Discard;
            session.sender = verdict.sender.map(|sender| telling.names.sender(sender));
        }
        telling.tell(None, What::Verdict(verdict));
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
