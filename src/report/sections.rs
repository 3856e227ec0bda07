//! The sections of the report, in their order.

use std::panic::resume_unwind;
use std::thread;

use crate::config::{Format, Limit};

use super::domains::{self, Domains};
use super::folding::Folding;
use super::model::Section;
use super::outlines::{self, Cut, Shape};
use super::{View, addresses, delays, lists, queue, sign_ins, traffic, why};

/// The names of all sections there may be.
pub const NAMES: [&str; 41] = [
    "per_day",
    "per_hour",
    "recipient_domains",
    "sender_domains",
    "smtpd_per_day",
    "smtpd_per_hour",
    "smtpd_hosts",
    "tls_levels",
    "senders",
    "recipients",
    "senders_by_size",
    "recipients_by_size",
    "no_size",
    "deferrals",
    "bounces",
    "expired",
    "rejects",
    "reject_warnings",
    "holds",
    "discards",
    "ssl_errors",
    "unreachable",
    "warnings",
    "screen_actions",
    "fatals",
    "panics",
    "master",
    "messages",
    "errors",
    "deferral_causes",
    "deferral_reasons",
    "bounce_causes",
    "reject_causes",
    "greylisting",
    "queue_ages",
    "queued",
    "delays",
    "sign_in_failures",
    "users",
    "blocklists",
    "mailq",
];

/// All sections there are to be, in the order of the text.
pub(super) fn all<'v>(
    view: &View<'v>,
    domains: &Domains,
    folding: &mut Folding,
) -> Vec<Section<'v>> {
    let (mut sections, problems) = if view.threads > 1 && is_long(view) {
        side_by_side(view, domains, folding)
    } else {
        (traffic_sections(view, domains, folding), problems(view, folding))
    };
    if view.shown.problems_first {
        sections.splice(0..0, problems);
    } else {
        sections.extend(problems);
    }
    if view.each_message {
        sections.push(addresses::messages(view));
    }
    if !view.shown.classic {
        sections.extend(beyond(view, folding));
    }
    sections
}

/// Whether the report is so long that a second thread helps.
fn is_long(view: &View<'_>) -> bool {
    const WORTH_IT: usize = 5_000;
    view.names.clients.len() + view.names.texts.len() > WORTH_IT
}

/// Both kinds of sections on two threads, because neither needs the other: of 1 M lines, the
/// report is there 6 % sooner.
fn side_by_side<'v>(
    view: &View<'v>,
    domains: &Domains,
    folding: &mut Folding,
) -> (Vec<Section<'v>>, Vec<Section<'v>>) {
    thread::scope(|scope| {
        let builder = thread::Builder::new().name("pfsum-report".to_owned());
        let apart = || {
            let mut folding = Folding::new(view.shown.whole_domains);
            let problems = problems(view, &mut folding);
            folding.finish();
            problems
        };
        let worker = builder.spawn_scoped(scope, apart);
        let traffic = traffic_sections(view, domains, folding);
        let problems = match worker {
            Ok(worker) => worker.join().unwrap_or_else(|panic| resume_unwind(panic)),
            // The system has no thread to give.
            Err(_) => problems(view, folding),
        };
        (traffic, problems)
    })
}

/// Programs get what text shows only on demand.
pub(super) fn complete(view: &View<'_>) -> bool {
    view.shown.format != Format::Text
}

/// How much there was of everything.
fn traffic_sections<'v>(
    view: &View<'v>,
    domains: &Domains,
    folding: &mut Folding,
) -> Vec<Section<'v>> {
    let shown = &view.shown;
    // A program that asks for a table gets it, if only a heading.
    let several = view.days.len() > 1 || shown.format == Format::Csv;
    let per_hour = !shown.suppress.per_hour;
    let hosts = !shown.suppress.host_domain && shown.detail.host.is_on();
    let smtpd = shown.smtpd_stats || complete(view);
    let mut sections: Vec<Section<'v>> = Vec::new();
    if per_hour && several {
        sections.push(traffic::per_day(view));
    }
    if per_hour {
        sections.push(traffic::per_hour(view));
    }
    if hosts {
        sections.push(domains.delivery(view));
        sections.push(domains.received(view));
    }
    if smtpd && per_hour && several {
        sections.push(traffic::smtpd_per_day(view));
    }
    if smtpd && per_hour {
        sections.push(traffic::smtpd_per_hour(view));
    }
    if smtpd && hosts {
        sections.push(domains::connections(view, folding));
    }
    sections.extend(destinations_and_people(view, folding));
    sections
}

/// How mail was secured on its way, who sent it and who got it.
fn destinations_and_people<'v>(view: &View<'v>, folding: &mut Folding) -> Vec<Section<'v>> {
    let shown = &view.shown;
    let mut sections = Vec::new();
    if shown.ssl_tls_stats || complete(view) {
        let shape = Shape {
            id: "tls_levels",
            title: "SMTP TLS Levels (by relay)",
            limit: all_or_top(shown.detail.host),
            cut: Cut::None,
        };
        sections.push(outlines::section(view, folding, &view.tallies.details.tls_levels, &shape));
    }
    if shown.detail.user.is_on() {
        let [senders, recipients, sizes_sent, sizes_got] = addresses::lists(view);
        sections.extend([senders, recipients]);
        if !shown.suppress.size_detail {
            sections.extend([sizes_sent, sizes_got]);
        }
    }
    if shown.no_size {
        sections.push(addresses::without_size(view));
    }
    sections
}

/// What went wrong.
fn problems<'v>(view: &View<'v>, folding: &mut Folding) -> Vec<Section<'v>> {
    let (shown, details) = (&view.shown, &view.tallies.details);
    let detail = &shown.detail;
    let ssl =
        if shown.ssl_tls_stats || complete(view) { all_or_top(detail.host) } else { Limit::Off };
    let refusals = |id, title| Shape { id, title, limit: detail.reject, cut: Cut::Quotation };
    let simple = |id, title, limit| Shape { id, title, limit, cut: Cut::None };
    let replies = |id, title, limit| Shape { id, title, limit, cut: Cut::Reply };
    let warnings =
        Shape { id: "warnings", title: "Warnings", limit: detail.warning, cut: Cut::Warning };
    let list = [
        (&details.deferrals, replies("deferrals", "message deferral detail", detail.deferral)),
        (&details.bounces, replies("bounces", "message bounce detail (by relay)", detail.bounce)),
        (&details.expired, simple("expired", "message expired detail (by relay)", detail.expired)),
        (&details.rejects, refusals("rejects", "message reject detail")),
        (&details.reject_warnings, refusals("reject_warnings", "message reject warning detail")),
        (&details.holds, refusals("holds", "message hold detail")),
        (&details.discards, refusals("discards", "message discard detail")),
        (&details.ssl_errors, simple("ssl_errors", "Inbound (smtpd) SSL Errors", ssl)),
        (&details.unreachable, simple("unreachable", "SMTP Exceptions", Limit::All)),
        (&details.warnings, warnings),
        (&details.screen_actions, simple("screen_actions", "postscreen actions", detail.pscrn)),
        (&details.fatals, simple("fatals", "Fatal Errors", Limit::All)),
        (&details.panics, simple("panics", "Panics", Limit::All)),
        (&details.master, simple("master", "Master daemon messages", Limit::All)),
    ];
    list.into_iter()
        .filter(|(_, shape)| shape.limit.is_on())
        .map(|(outline, shape)| outlines::section(view, folding, outline, &shape))
        .collect()
}

/// What pflogsumm does not have.
fn beyond<'v>(view: &View<'v>, folding: &mut Folding) -> Vec<Section<'v>> {
    let errors = Shape {
        id: "errors",
        title: "Errors",
        limit: view.shown.detail.warning,
        cut: Cut::Warning,
    };
    let errors = outlines::section(view, folding, &view.tallies.details.errors, &errors);
    let mut sections = vec![errors];
    sections.extend(why::sections(view));
    sections.extend(queue::sections(view));
    sections.push(delays::section(view, folding));
    sections.extend(sign_ins::sections(view));
    sections.push(lists::section(view));
    sections.retain(|section| section.total > 0 || view.shown.format == Format::Csv);
    sections
}

/// How many rows of a list that pflogsumm does not have: in text a page of them will do,
/// unless so many or all are asked for.
pub(super) fn page(view: &View<'_>, limit: Limit, rows: usize) -> Limit {
    match limit {
        Limit::Usual if !complete(view) => Limit::Top(rows),
        limit => limit,
    }
}

/// Where pflogsumm takes 0 for no limit.
fn all_or_top(limit: Limit) -> Limit {
    if limit.is_on() { limit } else { Limit::All }
}
