//! Measures: what can be counted, by the names of the report's keys, and how much of it a
//! fact is.

use crate::names::Names;
use crate::period::Period;
use crate::postfix::event::{Action, Level, Verdict};
use crate::report::Report;
use crate::tally::Tallies;
use crate::track::{Fact, What};
use crate::words::warning::failed_sign_in;

macro_rules! measures {
    ($($variant:ident $name:literal $said:literal,)*) => {
        /// Something that can be counted.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Measure {
            $(#[doc = $said] $variant,)*
        }

        impl Measure {
            /// All of them.
            pub const ALL: &[Measure] = &[$(Measure::$variant,)*];

            /// Its name, as the command line has it.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Measure::$variant => $name,)* }
            }

            /// What it counts, in a few words.
            #[must_use]
            pub const fn said(self) -> &'static str {
                match self { $(Measure::$variant => $said,)* }
            }
        }
    };
}

measures! {
    Received "received" "messages accepted from outside",
    Delivered "delivered" "recipients handed over for good",
    Forwarded "forwarded" "recipients replaced by a new message",
    Deferred "deferred" "messages put off at least once",
    Deferrals "deferrals" "attempts put off",
    Bounced "bounced" "recipients given up",
    Expired "expired" "messages given up because of their age",
    Canceled "canceled" "messages begun and abandoned",
    Rejected "rejected" "refusals",
    RejectedTemporary "rejected-temporary" "refusals with a 4xx code",
    RejectedPermanent "rejected-permanent" "refusals with a 5xx code",
    RejectWarnings "reject-warnings" "refusals that were only logged",
    Held "held" "messages put on hold by a rule",
    Discarded "discarded" "messages thrown away by a rule",
    DiscardedByTransport "discarded-by-transport" "recipients thrown away by the discard transport",
    SwallowedByFilter "swallowed-by-filter" "recipients that a content filter did not give back",
    HandedOn "handed-on" "recipients handed to a content filter or another host of the log",
    Generated "generated" "notices and forwards made here",
    Probes "probes" "addresses tried without mail",
    BytesReceived "bytes-received" "sizes of the messages received",
    BytesDelivered "bytes-delivered" "size times recipients delivered",
    Senders "senders" "different senders of messages received",
    SendingDomains "sending-domains" "their domains",
    Recipients "recipients" "different recipients of deliveries",
    RecipientDomains "recipient-domains" "their domains",
    HopsFolded "hops-folded" "second queue IDs of messages",
    StillQueued "still-queued" "queue IDs in the queue at the end",
    Connections "connections" "connections to smtpd",
    AuthFailures "auth-failures" "sign-ins that failed",
    Warnings "warnings" "warnings",
    Errors "errors" "errors",
    Fatals "fatals" "fatal errors",
    Panics "panics" "panics",
}

impl Measure {
    /// The measure of a name, hyphens or underscores.
    #[must_use]
    pub fn named(name: &str) -> Option<Measure> {
        let name = name.to_ascii_lowercase().replace('_', "-");
        Measure::ALL.iter().copied().find(|measure| measure.name() == name)
    }

    /// Whether different things are counted, each once: then the rows of a table do not add
    /// up to the total.
    #[must_use]
    pub fn is_distinct(self) -> bool {
        use Measure::{RecipientDomains, Recipients, Senders, SendingDomains};
        matches!(self, Senders | SendingDomains | Recipients | RecipientDomains)
    }

    /// The number, as the report has it.
    #[must_use]
    pub fn total(self, report: &Report<'_>, tallies: &Tallies) -> u64 {
        let (t, d) = (&report.totals, &tallies.details);
        match self {
            Measure::Received => t.received,
            Measure::Delivered => t.delivered,
            Measure::Forwarded => t.forwarded,
            Measure::Deferred => t.deferred,
            Measure::Deferrals => t.deferrals,
            Measure::Bounced => t.bounced,
            Measure::Expired => t.expired,
            Measure::Canceled => t.canceled,
            Measure::Rejected => t.rejected,
            Measure::RejectedTemporary => t.rejected_temporary,
            Measure::RejectedPermanent => t.rejected_permanent,
            Measure::RejectWarnings => t.reject_warnings,
            Measure::Held => t.held,
            Measure::Discarded => t.discarded,
            Measure::DiscardedByTransport => t.discarded_by_transport,
            Measure::SwallowedByFilter => t.swallowed_by_filter,
            Measure::HandedOn => t.handed_on,
            Measure::Generated => t.generated,
            Measure::Probes => t.probes,
            Measure::BytesReceived => t.bytes_received,
            Measure::BytesDelivered => t.bytes_delivered,
            Measure::Senders => t.senders,
            Measure::SendingDomains => t.sending_domains,
            Measure::Recipients => t.recipients,
            Measure::RecipientDomains => t.recipient_domains,
            Measure::HopsFolded => t.hops_folded,
            Measure::StillQueued => t.still_queued,
            Measure::Connections => report.smtpd.connections,
            Measure::AuthFailures => tallies.auth_failures,
            Measure::Warnings => d.warnings.total(),
            Measure::Errors => d.errors.total(),
            Measure::Fatals => d.fatals.total(),
            Measure::Panics => d.panics.total(),
        }
    }

    /// How much of it a fact is. The tallies say the same in their own way
    /// (`tally::Tallies::count`), and the tests compare both.
    pub(super) fn amount(self, fact: &Fact<'_>, period: Period, suppress_rdns: bool) -> u64 {
        match fact.what {
            What::Queued { began, still } => {
                let outlives = period.last.is_some_and(|last| fact.at.wall > last);
                let outside = period.last.is_some_and(|last| began.wall > last)
                    || period.first.is_some_and(|first| fact.at.wall < first);
                u64::from(self == Measure::StillQueued && (still || outlives) && !outside)
            }
            What::Session { began, seconds, .. } => {
                let within = period.contains(fact.at.wall) || period.contains(began.wall);
                u64::from(self == Measure::Connections && seconds.is_some() && within)
            }
            _ if period.contains(fact.at.wall) => self.within(fact, period, suppress_rdns),
            _ => 0,
        }
    }

    /// How much of it a fact is that lies within the period as a whole.
    fn within(self, fact: &Fact<'_>, period: Period, suppress_rdns: bool) -> u64 {
        let times = u64::from(fact.times);
        match (self, fact.what) {
            (Measure::Received, What::Received)
            | (Measure::Generated, What::Generated)
            | (Measure::Expired, What::Expired { .. })
            | (Measure::HopsFolded, What::HopFolded) => 1,
            (Measure::Delivered, What::Delivered(_))
            | (Measure::Forwarded, What::Forwarded(_))
            | (Measure::DiscardedByTransport, What::ThrownAway(_))
            | (Measure::SwallowedByFilter, What::Swallowed(_))
            | (Measure::HandedOn, What::HandedOn(_))
            | (Measure::Deferrals, What::Deferred { .. })
            | (Measure::Bounced, What::Bounced { .. })
            | (Measure::Canceled, What::Canceled)
            | (Measure::Probes, What::Probed { .. }) => times,
            (Measure::Deferred, What::Deferred { previous, .. } | What::PutOff { previous }) => {
                u64::from(previous.is_none_or(|previous| !period.contains(previous.wall)))
            }
            (Measure::BytesReceived, What::Received) => {
                fact.message.and_then(|m| m.size).unwrap_or(0)
            }
            (Measure::BytesDelivered, What::Delivered(handover)) => {
                handover.size.unwrap_or(0) * times
            }
            (_, What::Verdict(verdict)) if self.is_of_verdict(verdict) => times,
            (_, What::Diagnosed { level, text })
                if self.is_of_diagnosis(level, text, suppress_rdns) =>
            {
                times
            }
            _ => 0,
        }
    }

    fn is_of_verdict(self, verdict: &Verdict<'_>) -> bool {
        let rejects = verdict.action == Action::Reject;
        match self {
            Measure::Rejected => rejects,
            Measure::RejectedTemporary => rejects && verdict.temporary,
            Measure::RejectedPermanent => rejects && !verdict.temporary,
            Measure::RejectWarnings => verdict.action == Action::RejectWarning,
            Measure::Held => verdict.action == Action::Hold,
            Measure::Discarded => verdict.action == Action::Discard,
            _ => false,
        }
    }

    fn is_of_diagnosis(self, level: Level, text: &[u8], suppress_rdns: bool) -> bool {
        let rdns = || memchr::memmem::find(text, b"does not resolve to address").is_some();
        match self {
            Measure::Warnings => level == Level::Warning && !(suppress_rdns && rdns()),
            Measure::AuthFailures => level == Level::Warning && failed_sign_in(text).is_some(),
            Measure::Errors => level == Level::Error,
            Measure::Fatals => level == Level::Fatal,
            Measure::Panics => level == Level::Panic,
            _ => false,
        }
    }

    /// What is told apart, for a measure that counts different things; nothing if the fact
    /// is none of it.
    pub(super) fn distinct<'n>(
        self,
        names: &'n Names,
        fact: &Fact<'_>,
        period: Period,
    ) -> Option<&'n [u8]> {
        if !period.contains(fact.at.wall) {
            return None;
        }
        let address = match (self, fact.what) {
            (Measure::Senders | Measure::SendingDomains, What::Received) => fact.message?.sender?,
            (Measure::Recipients | Measure::RecipientDomains, What::Delivered(handover)) => {
                handover.recipient
            }
            _ => return None,
        };
        let whole = names.addresses.text(address);
        match self {
            Measure::Senders | Measure::SendingDomains if whole.is_empty() => None,
            Measure::Senders | Measure::Recipients => Some(whole),
            _ => Some(names.domains.text(names.domain_of(address))),
        }
    }
}
