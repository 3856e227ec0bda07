//! TLS that does not come about: deliveries that demand it, and clients that refuse our
//! certificate.
//!
//! `sample-logs/tls.log`: one destination that offers none, and two whose certificate does
//! not fit. `sample-logs/certificate-expired.log`: six clients that refuse ours.

use super::failures::Failures;
use super::outlines::{Words, said, sum};
use super::words::listed;
use super::{Finding, Severity, View, counted, pfsum};
use crate::report::printable;
use crate::words::cause::Cause;

/// Deliveries that failed, each in itself a message late or lost.
const DELIVERIES: u64 = 3;

/// Clients that say our certificate is bad: one or two are scanners.
const ALERTS: u64 = 5;

/// What clients say of our certificate (RFC 8446 §6.2), and Postfix of what it cannot load.
const OURS: [&str; 5] = [
    "alert certificate expired",
    "alert bad certificate",
    "alert unknown ca",
    "alert certificate unknown",
    "disabling tls support",
];

pub(super) fn find(view: &View<'_>) -> Option<Finding> {
    outward(view).or_else(|| inward(view))
}

fn outward(view: &View<'_>) -> Option<Finding> {
    let causes = &view.tallies.causes;
    let deferred = Failures::of(view, &causes.deferrals, Cause::Tls);
    let given_up = Failures::of(view, &causes.bounces, Cause::Tls);
    let count = deferred.times + given_up.times;
    if count < DELIVERIES {
        return None;
    }
    let most = if deferred.times >= given_up.times { &deferred } else { &given_up };
    Some(Finding {
        id: "tls",
        severity: Severity::Look,
        title: format!(
            "TLS did not come about: {} failed",
            counted(count, "delivery", "deliveries")
        ),
        detail: format!("{}: {}.", most.place(), most.reason.trim_end_matches('.')),
        advice: Cause::Tls.advice().to_owned(),
        count,
        queue_ids: listed(deferred.examples.iter().chain(&given_up.examples)),
        command: pfsum(view, "count deferrals bounced --cause tls --by recipient-domain,reason"),
    })
}

/// Clients do not trust the certificate of this host, or Postfix cannot load it.
fn inward(view: &View<'_>) -> Option<Finding> {
    let details = &view.tallies.details;
    let ours = Words::new(&OURS);
    let all = said(view, &details.ssl_errors, |said| ours.are_in(said.by));
    let warned = said(view, &details.warnings, |said| ours.are_in(said.text));
    let count = sum(&all) + sum(&warned);
    let text = warned.first().map(|said| said.text).or(all.first().map(|said| said.by))?;
    (count >= ALERTS).then(|| Finding {
        id: "tls",
        severity: Severity::Look,
        title: format!(
            "Clients refuse the TLS certificate of this host: {}",
            counted(count, "time", "times")
        ),
        detail: format!("{}.", printable(text)),
        advice: "See whether it has expired or does not name this host: clients that demand TLS \
                 cannot send."
            .to_owned(),
        count,
        queue_ids: Vec::new(),
        command: "postconf smtpd_tls_chain_files smtpd_tls_cert_file".to_owned(),
    })
}
