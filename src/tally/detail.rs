//! Details: why mail was refused, put off or given up, and what else was said.

use crate::config::Counting;
use crate::names::{Names, Relay, Text};
use crate::postfix::event::{Delivery, Verdict};
use crate::track::Fact;

use super::outline::Outline;

/// Reasons and remarks, by section of the report.
#[derive(Default)]
pub struct Details {
    /// service / host / reason; with whole reasons: service / (empty) / reason.
    pub deferrals: Outline,
    /// relay / (empty) / reason.
    pub bounces: Outline,
    /// (empty) / (empty) / relay of the last deferral; one leaf a message.
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
}

impl Details {
    /// An attempt was put off.
    pub fn deferral(&mut self, _n: &mut Names, _s: Text, _r: Relay, _d: &Delivery<'_>, _t: u64, _v: bool) {}
    /// A recipient was given up.
    pub fn bounce(&mut self, _n: &mut Names, _s: Text, _r: Relay, _d: &Delivery<'_>, _t: u64, _v: bool) {}
    /// A message was given up because of its age.
    pub fn expired(&mut self, _n: &mut Names, _r: Option<Relay>) {}
    /// Whatever else was said.
    pub fn remark(&mut self, _n: &mut Names, _f: &Fact<'_>, _c: &Counting) {}
    /// A rule decided.
    pub fn verdict(&mut self, _n: &mut Names, _v: &Verdict<'_>, _t: u64, _c: &Counting) {}
}
