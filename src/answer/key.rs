//! Keys: by what a number can be broken down.

use crate::names::{Names, Relay};
use crate::period::Period;
use crate::postfix::Program;
use crate::syslog::{Moment, iso_day};
use crate::track::stuck::Stuck;
use crate::track::{Fact, Message, What};
use crate::words::cause::{self, Cause};
use crate::words::deferral::{self, deferral};
use crate::words::domain::registrable;
use crate::words::host::Peer;
use crate::words::{reject, reply, serial, warning};

use super::cause::of_fact;

macro_rules! keys {
    ($($variant:ident $name:literal,)*) => {
        /// By what a number is broken down.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[allow(missing_docs)] // the names say it
        pub enum Key { $($variant,)* }

        impl Key {
            /// All of them.
            pub const ALL: &[Key] = &[$(Key::$variant,)*];

            /// Its name, as the command line has it.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Key::$variant => $name,)* }
            }
        }
    };
}

keys! {
    Hour "hour",
    Day "day",
    Sender "sender",
    Recipient "recipient",
    SenderDomain "sender-domain",
    RecipientDomain "recipient-domain",
    Client "client",
    Relay "relay",
    Cause "cause",
    Reason "reason",
    Dsn "dsn",
    User "user",
    Service "service",
    Host "host",
    Instance "instance",
    Tls "tls",
}

/// What stands for what a fact does not say.
pub const UNSAID: &[u8] = b"-";

/// How long reasons may be.
const REASON: usize = 160;

impl Key {
    /// The key of a name, hyphens or underscores.
    #[must_use]
    pub fn named(name: &str) -> Option<Key> {
        let name = name.to_ascii_lowercase().replace('_', "-");
        Key::ALL.iter().copied().find(|key| key.name() == name)
    }

    /// Whether rows stand in their own order, not in that of their numbers.
    #[must_use]
    pub fn is_time(self) -> bool {
        matches!(self, Key::Hour | Key::Day)
    }

    /// Whether strangers, and servers that mail goes to, choose what it says.
    pub(super) fn is_of_strangers(self) -> bool {
        use Key::{Cause, Day, Host, Hour, Instance, Service, Tls};
        !matches!(self, Hour | Day | Cause | Service | Host | Instance | Tls)
    }

    /// Writes what a fact says of it.
    pub(super) fn write(
        self,
        asked: &Asking,
        names: &mut Names,
        fact: &Fact<'_>,
        out: &mut Vec<u8>,
    ) {
        let start = out.len();
        match self {
            Key::Hour => {
                out.extend_from_slice(format!("{:02}", asked.moment(fact).hour()).as_bytes());
            }
            Key::Day => {
                out.extend_from_slice(iso_day(asked.moment(fact).day()).as_bytes());
            }
            Key::Sender => sender(names, fact, |_, text| text, out),
            Key::Recipient => recipient(names, fact, |_, text| text, out),
            Key::SenderDomain => sender(names, fact, |address, _| asked.domain(address), out),
            Key::RecipientDomain => recipient(names, fact, |address, _| asked.domain(address), out),
            Key::Client => client(names, fact, out),
            Key::Relay => relay(names, fact, out),
            Key::Cause => {
                let cause = of_fact(names, fact).map_or("", Cause::id);
                out.extend_from_slice(cause.as_bytes());
            }
            Key::Reason => reason(fact, out),
            Key::Dsn => dsn(fact, out),
            Key::User => user(names, fact, out),
            Key::Service => out.extend_from_slice(names.texts.text(fact.service.name)),
            Key::Host => out.extend_from_slice(names.texts.text(fact.service.host)),
            Key::Instance => out.extend_from_slice(names.texts.text(fact.service.instance)),
            Key::Tls => tls(names, fact, out),
        }
        if out.len() == start {
            out.extend_from_slice(UNSAID);
        }
    }
}

/// What the writing of keys depends on.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Asking {
    pub(super) period: Period,
    pub(super) whole_domains: bool,
}

impl Asking {
    /// When a fact counts.
    fn moment(&self, fact: &Fact<'_>) -> Moment {
        match fact.what {
            What::Queued { began, .. } => began,
            What::Session { began, .. } if !self.period.contains(fact.at.wall) => began,
            _ => fact.at,
        }
    }

    /// The domain of an address, as far as it is wanted.
    fn domain<'a>(&self, address: &'a [u8]) -> &'a [u8] {
        let domain = match crate::words::domain::split_address(address) {
            (local, b"") => local,
            (_, domain) => domain,
        };
        if self.whole_domains { domain } else { registrable(domain) }
    }
}

/// What stands for the null sender.
const NULL: &[u8] = b"<>";

fn address<'n>(text: &'n [u8], part: impl Fn(&'n [u8], &'n [u8]) -> &'n [u8], out: &mut Vec<u8>) {
    out.extend_from_slice(if text.is_empty() { NULL } else { part(text, text) });
}

fn sender(
    names: &mut Names,
    fact: &Fact<'_>,
    part: impl for<'n> Fn(&'n [u8], &'n [u8]) -> &'n [u8],
    out: &mut Vec<u8>,
) {
    let mut known = fact.message.and_then(|message| message.sender);
    known = known.or_else(|| fact.what.handover().and_then(|h| h.sender));
    match (known, fact.what) {
        (Some(known), _) => address(names.addresses.text(known), part, out),
        (None, What::Verdict(verdict)) => {
            if let Some(sender) = verdict.sender {
                address(names.sender_as_spelled(sender), part, out);
            }
        }
        _ => {}
    }
}

fn recipient(
    names: &mut Names,
    fact: &Fact<'_>,
    part: impl for<'n> Fn(&'n [u8], &'n [u8]) -> &'n [u8],
    out: &mut Vec<u8>,
) {
    let known = match fact.what {
        What::Deferred { recipient, .. } | What::Bounced { recipient, .. } => Some(recipient),
        What::Verdict(verdict) => {
            if let Some(recipient) = verdict.recipient {
                address(names.recipient_as_spelled(recipient), part, out);
            }
            return;
        }
        What::Queued { .. } | What::Expired { .. } => put_off(fact).map(|stuck| stuck.recipient),
        what => what.handover().map(|h| h.recipient),
    };
    if let Some(known) = known {
        address(names.addresses.text(known), part, out);
    }
}

/// The recipient that was put off last: a message that waits or expired is one, whatever the
/// number of its recipients.
fn put_off<'m>(fact: &Fact<'m>) -> Option<&'m Stuck> {
    fact.message.and_then(Message::last_put_off)
}

/// `name[address]`, without the port that postscreen adds.
fn client(names: &Names, fact: &Fact<'_>, out: &mut Vec<u8>) {
    let text = match fact.what {
        What::Verdict(verdict) if !verdict.client.is_empty() => verdict.client,
        What::Session { client, .. } => names.clients.text(client),
        What::Diagnosed { text, .. } => {
            warning::sasl_failure(text).map_or(b"" as &[u8], |failure| failure.client)
        }
        what => {
            let client =
                fact.message.and_then(|m| m.client).or(what.handover().and_then(|h| h.client));
            client.map_or(b"" as &[u8], |client| names.clients.text(client))
        }
    };
    let end = memchr::memrchr(b']', text).map_or(text.len(), |at| at + 1);
    out.extend_from_slice(text.get(..end).unwrap_or(text));
}

/// The host mail was, or was to be, given to.
fn relay(names: &Names, fact: &Fact<'_>, out: &mut Vec<u8>) {
    let host = |relay: Relay| Peer::parse(names.relays.text(relay)).fqdn();
    let text = match fact.what {
        What::Deferred { relay, delivery, .. } => {
            deferral::host(delivery.text, names.relays.text(relay))
        }
        What::Queued { .. } | What::Expired { .. } => put_off(fact).map_or(b"" as &[u8], |stuck| {
            deferral::host(&stuck.reason, names.relays.text(stuck.relay))
        }),
        What::Bounced { relay, .. } => host(relay),
        what => what.handover().map_or(b"" as &[u8], |h| host(h.relay)),
    };
    out.extend_from_slice(text);
}

/// Why, in the words of the report.
fn reason(fact: &Fact<'_>, out: &mut Vec<u8>) {
    let (mut whole, mut phrase) = (Vec::new(), Vec::new());
    let mut attempt = |text: &[u8], phrase: &mut Vec<u8>| {
        cause::without_addresses(text, phrase);
        serial::starred(phrase, &mut whole);
        deferral(&whole).reason(REASON, phrase);
    };
    match fact.what {
        What::Deferred { delivery, .. } | What::Bounced { delivery, .. } => {
            attempt(delivery.text, &mut phrase);
        }
        What::Queued { .. } | What::Expired { .. } => {
            if let Some(stuck) = put_off(fact) {
                attempt(&stuck.reason, &mut phrase);
            }
        }
        What::Verdict(verdict) => {
            reject::reason(verdict.stage, verdict.words(), &mut phrase);
            serial::starred_refusal(&phrase, &mut whole);
            reply::trim_width(&whole, REASON, &mut phrase);
        }
        What::Diagnosed { text, .. } => {
            match fact.service.program {
                Program::Cleanup => warning::condense_cleanup(text, &mut whole),
                _ => warning::condense(text, &mut whole),
            }
            reply::trim_width(&whole, REASON, &mut phrase);
        }
        _ => {}
    }
    out.extend_from_slice(phrase.trim_ascii());
}

/// The enhanced status code; of a reply that has none, the reply code.
fn dsn(fact: &Fact<'_>, out: &mut Vec<u8>) {
    match fact.what {
        What::Deferred { delivery, .. } | What::Bounced { delivery, .. } => {
            out.extend_from_slice(delivery.dsn);
        }
        What::Verdict(verdict) => {
            let mut words = verdict.words().split(|byte| *byte == b' ');
            let first = words.next().unwrap_or_default();
            if is_enhanced(first) {
                out.extend_from_slice(first); // cleanup writes no reply code
            } else if first.len() == 3 && first.iter().all(u8::is_ascii_digit) {
                let enhanced = words.next().filter(|word| is_enhanced(word));
                out.extend_from_slice(enhanced.unwrap_or(first));
            }
        }
        _ => {}
    }
}

/// `5.7.1`.
fn is_enhanced(word: &[u8]) -> bool {
    let mut parts = 0;
    let digits = word.split(|byte| *byte == b'.').all(|part| {
        parts += 1;
        (1..=3).contains(&part.len()) && part.iter().all(u8::is_ascii_digit)
    });
    digits && parts == 3
}

fn user(names: &Names, fact: &Fact<'_>, out: &mut Vec<u8>) {
    let text = match fact.what {
        What::Diagnosed { text, .. } => {
            warning::sasl_failure(text).and_then(|failure| failure.user)
        }
        What::Verdict(verdict) if verdict.user.is_some() => verdict.user,
        what => {
            let user = fact.message.and_then(|m| m.user).or(what.handover().and_then(|h| h.user));
            user.map(|user| names.texts.text(user))
        }
    };
    out.extend_from_slice(text.unwrap_or_default());
}

fn tls(names: &Names, fact: &Fact<'_>, out: &mut Vec<u8>) {
    let level = match fact.what {
        What::Deferred { delivery, .. } | What::Bounced { delivery, .. } => delivery.tls,
        What::Received => fact.message.and_then(|m| m.tls).map(|tls| names.texts.text(tls)),
        what => what.handover().and_then(|h| h.tls).map(|tls| names.texts.text(tls)),
    };
    let level = level.unwrap_or_default();
    let end = memchr::memchr(b'/', level).unwrap_or(level.len());
    out.extend_from_slice(level.get(..end).unwrap_or(level));
}
