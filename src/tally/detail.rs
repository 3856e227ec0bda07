//! Details: why mail was refused, put off or given up, and what else was said.

use std::borrow::Cow;

use crate::config::Counting;
use crate::names::{Names, Relay, Text, kind};
use crate::near::{last_place, place};
use crate::postfix::Program;
use crate::postfix::event::{Action, Delivery, Level, Verdict};
use crate::track::{Fact, Message, What};
use crate::words::deferral::{self, deferral};
use crate::words::host::Peer;
use crate::words::reject::{self, Added, Subject};
use crate::words::warning;

use super::noted::Noted;
use super::outline::{Leaf, Outline};

/// Reasons and remarks, by section of the report.
#[derive(Default)]
pub struct Details {
    /// service / host / reason; with whole reasons: service / (empty) / reason.
    pub deferrals: Outline,
    /// relay / (empty) / reason.
    pub bounces: Outline,
    /// (empty) / (empty) / host of the last deferral; one leaf a message.
    pub expired: Outline,
    /// stage / reason / source; the sections reject, reject warning, hold and discard.
    pub rejects: Outline,
    /// As `rejects`.
    pub reject_warnings: Outline,
    /// As `rejects`.
    pub holds: Outline,
    /// As `rejects`.
    pub discards: Outline,
    /// TLS level / (empty) / relay.
    pub tls_levels: Outline,
    /// text / (empty) / client.
    pub ssl_errors: Outline,
    /// text / (empty) / host that did not answer our client.
    pub unreachable: Outline,
    /// service / (empty) / text.
    pub warnings: Outline,
    /// service / (empty) / text; Postfix's `error:`.
    pub errors: Outline,
    /// service / (empty) / text.
    pub fatals: Outline,
    /// service / (empty) / text.
    pub panics: Outline,
    /// (empty) / (empty) / text of the master daemon.
    pub master: Outline,
    /// action / (empty) / address.
    pub screen_actions: Outline,
    /// The name of each relay's host, as far as it was asked for.
    hosts: Noted<kind::Relay, Text>,
    /// The name of no text.
    none: Option<Text>,
    phrase: Vec<u8>,
    line: Vec<u8>,
}

/// All outlines, in one order: what is done with each is done with all.
macro_rules! outlines {
    ($($outline:ident),* $(,)?) => {
        fn each(&self) -> [&Outline; 16] {
            [$(&self.$outline),*]
        }

        fn each_mut(&mut self) -> [&mut Outline; 16] {
            [$(&mut self.$outline),*]
        }
    };
}

impl Details {
    outlines! {
        deferrals, bounces, expired, rejects, reject_warnings, holds, discards, tls_levels,
        ssl_errors, unreachable, warnings, errors, fatals, panics, master, screen_actions,
    }

    /// An attempt was put off. `whole` reasons are not split into host and reason.
    pub fn deferral(
        &mut self,
        names: &mut Names,
        service: Text,
        relay: Relay,
        delivery: &Delivery<'_>,
        times: u64,
        whole: bool,
    ) {
        if whole {
            let reason = names.texts.intern_stranger(delivery.text);
            let none = self.none(names);
            return self.deferrals.add(service, none, Leaf::Text(reason), times);
        }
        let deferral = deferral(delivery.text);
        let host = match deferral.host {
            Some(host) => names.texts.intern_stranger(Peer::parse(host).fqdn()),
            None => self.host_of(names, relay),
        };
        deferral.reason(usize::MAX, &mut self.phrase);
        let reason = names.texts.intern_stranger(&self.phrase);
        self.deferrals.add(service, host, Leaf::Text(reason), times);
    }

    /// A recipient was given up.
    pub fn bounce(&mut self, names: &mut Names, relay: Relay, delivery: &Delivery<'_>, times: u64) {
        let host = self.host_of(names, relay);
        let reason = names.texts.intern_stranger(delivery.text);
        let none = self.none(names);
        self.bounces.add(host, none, Leaf::Text(reason), times);
    }

    /// A message was given up because of its age.
    pub fn expired(&mut self, names: &mut Names, message: Option<&Message>) {
        let none = self.none(names);
        let Names { relays, texts, .. } = names;
        let host = match message.and_then(Message::last_put_off) {
            Some(last) => {
                texts.intern_stranger(deferral::host(&last.reason, relays.text(last.relay)))
            }
            None => texts.intern(b"unknown").0,
        };
        self.expired.add(none, none, Leaf::Text(host), 1);
    }

    /// A rule decided. The reason is `known` if it was made out already.
    pub fn verdict(
        &mut self,
        names: &mut Names,
        fact: &Fact<'_>,
        verdict: &Verdict<'_>,
        known: Option<Text>,
        counting: &Counting,
    ) {
        let times = u64::from(fact.times);
        let (stage, reason, leaf) = if fact.service.program == Program::Cleanup {
            self.checked(names, verdict, counting)
        } else {
            self.refused(names, verdict, known, counting)
        };
        let outline = match verdict.action {
            Action::Reject => &mut self.rejects,
            Action::RejectWarning => &mut self.reject_warnings,
            Action::Hold => &mut self.holds,
            Action::Discard => &mut self.discards,
            Action::Other => return,
        };
        outline.add(stage, reason, leaf, times);
    }

    /// A verdict of cleanup: the stage is its name, the reason what it looked at.
    fn checked(
        &mut self,
        names: &mut Names,
        verdict: &Verdict<'_>,
        counting: &Counting,
    ) -> (Text, Text, Leaf) {
        let stage = names.texts.intern(b"cleanup").0;
        let reason = names.texts.intern(verdict.stage).0;
        self.line.clear();
        let at_a_stage = verdict.stage.first().is_some_and(u8::is_ascii_uppercase);
        if at_a_stage {
            self.line.extend_from_slice(b"from ");
            self.line.extend_from_slice(verdict.client);
            self.line.extend_from_slice(b": ");
        }
        let text = if counting.verbose { verdict.whole } else { verdict.text };
        let text = if at_a_stage || counting.verbose {
            text
        } else {
            without_client(text, verdict.client)
        };
        self.line.extend_from_slice(text);
        (stage, reason, Leaf::Text(names.texts.intern_stranger(&self.line)))
    }

    /// A verdict of smtpd, postscreen or a before-queue filter.
    fn refused(
        &mut self,
        names: &mut Names,
        verdict: &Verdict<'_>,
        known: Option<Text>,
        counting: &Counting,
    ) -> (Text, Text, Leaf) {
        let stage = names.texts.intern(reject::stage_name(verdict.stage)).0;
        let reason = known.unwrap_or_else(|| {
            if counting.verbose {
                self.phrase.clear();
                self.phrase.extend_from_slice(verdict.whole);
            } else {
                reject::reason(verdict.stage, verdict.text, &mut self.phrase);
            }
            names.texts.intern_stranger(&self.phrase)
        });
        let subject = Subject::of(known.map_or(&self.phrase, |known| names.texts.text(known)));
        let added = Added { sender: counting.reject_from, recipient: counting.reject_to };
        if subject == Subject::Host && added == Added::default() {
            let client = names.clients.intern_stranger(without_port(verdict.client));
            return (stage, reason, Leaf::Client(client));
        }
        self.phrase.clear();
        if subject != Subject::Recipient {
            Peer::parse(verdict.client).folded(&mut self.phrase);
        }
        let (mut sender, mut recipient) = (Cow::Borrowed(&b""[..]), Cow::Borrowed(&b""[..]));
        if subject == Subject::Sender || added.sender {
            sender = names.spelled_sender(verdict.sender.unwrap_or_default()).into();
        }
        if subject == Subject::Recipient || added.recipient {
            recipient = verdict.recipient.unwrap_or_default().into();
        }
        if counting.ignore_case {
            sender.to_mut().make_ascii_lowercase();
            recipient.to_mut().make_ascii_lowercase();
        }
        reject::leaf(subject, &self.phrase, &sender, &recipient, added, &mut self.line);
        (stage, reason, Leaf::Text(names.texts.intern_stranger(&self.line)))
    }

    /// Whatever else was said.
    pub fn remark(&mut self, names: &mut Names, fact: &Fact<'_>, counting: &Counting) {
        let times = u64::from(fact.times);
        let none = self.none(names);
        match fact.what {
            What::Diagnosed { level, text } => self.diagnosed(names, fact, level, text, counting),
            What::ScreenAction { action, address } => {
                let action = names.texts.intern(action).0;
                self.screen_actions.add(action, none, Leaf::Text(address), times);
            }
            What::RelaySecured { relay, level } => {
                let end = place(level, b'/').unwrap_or(level.len());
                let level = names.texts.intern(level.get(..end).unwrap_or(level)).0;
                let host = self.host_of(names, relay);
                self.tls_levels.add(level, none, Leaf::Text(host), times);
            }
            What::Unreachable { host, text } => {
                self.phrase.clear();
                self.phrase.extend_from_slice(text);
                self.phrase.make_ascii_lowercase();
                let text = names.texts.intern_stranger(&self.phrase);
                let host = names.texts.intern_stranger(Peer::parse(host).fqdn());
                self.unreachable.add(text, none, Leaf::Text(host), times);
            }
            What::TlsFailure { text, detail, client } => {
                self.phrase.clear();
                self.phrase.extend_from_slice(text);
                if !detail.is_empty() {
                    self.phrase.push(b' ');
                    self.phrase.extend_from_slice(detail);
                }
                let text = names.texts.intern_stranger(&self.phrase);
                let client = names.clients.intern_stranger(client);
                self.ssl_errors.add(text, none, Leaf::Client(client), times);
            }
            What::Master(text) => {
                let text = names.texts.intern_stranger(text);
                self.master.add(none, none, Leaf::Text(text), times);
            }
            _ => {}
        }
    }

    /// Counts what waits, and gives back the tables in which outlines are looked up.
    pub fn settle(&mut self) {
        self.each_mut().into_iter().for_each(Outline::settle);
    }

    /// Adds another's reasons and remarks.
    pub fn merge(&mut self, other: &Details) {
        for (mine, theirs) in self.each_mut().into_iter().zip(other.each()) {
            mine.merge(theirs);
        }
    }

    /// The heading that an outline leaves empty.
    fn none(&mut self, names: &mut Names) -> Text {
        *self.none.get_or_insert_with(|| names.texts.intern(b"").0)
    }

    fn diagnosed(
        &mut self,
        names: &mut Names,
        fact: &Fact<'_>,
        level: Level,
        text: &[u8],
        counting: &Counting,
    ) {
        let none = self.none(names);
        let outline = match level {
            Level::Warning => {
                if counting.suppress_rdns
                    && memchr::memmem::find(text, b"does not resolve to address").is_some()
                {
                    return;
                }
                if fact.service.program == Program::Cleanup {
                    warning::condense_cleanup(text, &mut self.phrase);
                } else {
                    warning::condense(text, &mut self.phrase);
                }
                &mut self.warnings
            }
            Level::Error => &mut self.errors,
            Level::Fatal => &mut self.fatals,
            Level::Panic => &mut self.panics,
        };
        let text = if level == Level::Warning { self.phrase.as_slice() } else { text };
        let text = names.texts.intern_stranger(text);
        outline.add(fact.service.label, none, Leaf::Text(text), u64::from(fact.times));
    }

    /// The host of a relay: its name, else its address, else the service it names.
    fn host_of(&mut self, names: &mut Names, relay: Relay) -> Text {
        let Names { relays, texts, .. } = names;
        self.hosts.of(relay, || texts.intern(Peer::parse(relays.text(relay)).fqdn()).0)
    }
}

/// A header check quotes the line and then says whose it was: `Subject: x from mx.example.org[192.0.2.40]`.
fn without_client<'a>(text: &'a [u8], client: &[u8]) -> &'a [u8] {
    let quoted = text.strip_suffix(client).and_then(|text| text.strip_suffix(b" from "));
    if client.is_empty() { text } else { quoted.unwrap_or(text) }
}

/// postscreen names its clients with their port.
fn without_port(client: &[u8]) -> &[u8] {
    let end = last_place(client, b']').map_or(client.len(), |at| at + 1);
    client.get(..end).unwrap_or(client)
}
