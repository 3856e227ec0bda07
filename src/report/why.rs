//! Why mail was deferred, given up and refused: by root cause.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::config::Limit;
use crate::postfix::QueueId;
use crate::tally::trouble::{Kind, Trouble, Troubles, Under};
use crate::words::cause::Cause;
use crate::words::reply::{self, trim_width};

use super::model::Section;
use super::sections::{complete, page};
use super::table::{Column, Table, Unit};
use super::{View, printable};

/// How many rows of a cause a page of text shows.
const ROWS: usize = 10;

/// The sections, in their order.
pub(super) fn sections(view: &View<'_>) -> Vec<Section<'static>> {
    let detail = &view.shown.detail;
    let mut sections = Vec::new();
    if detail.deferral.is_on() {
        let [causes, reasons] = deferrals(view, page(view, detail.deferral, ROWS));
        sections.extend([causes, reasons]);
    }
    if detail.bounce.is_on() {
        sections.push(bounces(view, page(view, detail.bounce, 2 * ROWS)));
    }
    if detail.reject.is_on() {
        sections.push(refusals(view, page(view, detail.reject, 2 * ROWS)));
        sections.push(greylisting(view));
    }
    sections
}

/// The kinds of one cause, the most frequent first.
struct Group<'a> {
    cause: Cause,
    times: u64,
    oldest: u64,
    /// Each with the recipients that met it.
    kinds: Vec<(&'a Kind, &'a Trouble, u64)>,
}

/// Troubles by cause, the most frequent first.
fn groups<'a>(view: &View<'_>, troubles: &'a Troubles) -> Vec<Group<'a>> {
    let entries = troubles.entries();
    let places: BTreeMap<_, _> = entries.iter().map(|(kind, _)| sort_key(kind)).zip(0..).collect();
    let met = troubles.recipients(entries.len(), |kind| places.get(&sort_key(kind)).copied());
    let mut groups: BTreeMap<Cause, Group<'a>> = BTreeMap::new();
    for ((kind, trouble), recipients) in entries.iter().zip(met) {
        let new = || Group { cause: kind.cause, times: 0, oldest: 0, kinds: Vec::new() };
        let group = groups.entry(kind.cause).or_insert_with(new);
        group.times += trouble.times;
        group.oldest = group.oldest.max(trouble.oldest);
        group.kinds.push((kind, trouble, recipients));
    }
    let mut groups: Vec<Group<'a>> = groups.into_values().collect();
    groups.sort_by_key(|group| (Reverse(group.times), group.cause));
    for group in &mut groups {
        group.kinds.sort_by_cached_key(|(kind, trouble, _)| {
            let reason = view.names.texts.text(kind.reason).to_vec();
            (Reverse(trouble.times), under(view, kind).to_vec(), reason)
        });
    }
    groups
}

fn sort_key(kind: &Kind) -> (Cause, u8, usize, usize) {
    let (class, number) = match kind.under {
        Under::Domain(domain) => (0, domain.index()),
        Under::Relay(relay) => (1, relay.index()),
        Under::Text(text) => (2, text.index()),
    };
    (kind.cause, class, number, kind.reason.index())
}

/// The destination or status of a kind, as text.
pub(super) fn under<'v>(view: &View<'v>, kind: &Kind) -> &'v [u8] {
    match kind.under {
        Under::Domain(domain) => view.names.domains.text(domain),
        Under::Relay(relay) => view.names.relays.text(relay),
        Under::Text(text) => view.names.texts.text(text),
    }
}

/// The words of a reason, on a page of text no more than fit a line.
fn words(view: &View<'_>, kind: &Kind) -> Vec<u8> {
    let reason = view.names.texts.text(kind.reason);
    let width = view.shown.colwidth;
    let whole = complete(view) || view.whole_reasons;
    let limit = if whole { usize::MAX } else { reply::limit(reply::REASON_WIDTH, width) };
    let mut cut = Vec::new();
    trim_width(reason, limit, &mut cut);
    cut
}

/// Queue IDs with blanks between.
fn listed(examples: &[QueueId]) -> String {
    examples.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}

/// Milliseconds as a cell of seconds.
pub(super) fn micros(millis: u64) -> u64 {
    millis.saturating_mul(1000)
}

/// *Why mail was deferred*: the causes, and below each destinations and reasons.
fn deferrals(view: &View<'_>, limit: Limit) -> [Section<'static>; 2] {
    const CAUSES: &[Column] = &[
        Column { id: "cause", title: "cause", unit: Unit::Text },
        Column { id: "title", title: "what it is", unit: Unit::Text },
        Column { id: "attempts", title: "attempts", unit: Unit::Count },
        Column { id: "messages", title: "messages", unit: Unit::Count },
        Column { id: "recipients", title: "recipients", unit: Unit::Count },
        Column { id: "reasons", title: "destinations and reasons", unit: Unit::Count },
        Column { id: "oldest", title: "oldest", unit: Unit::Seconds },
        Column { id: "advice", title: "advice", unit: Unit::Text },
    ];
    const REASONS: &[Column] = &[
        Column { id: "cause", title: "cause", unit: Unit::Text },
        Column { id: "attempts", title: "attempts", unit: Unit::Count },
        Column { id: "messages", title: "messages", unit: Unit::Count },
        Column { id: "recipients", title: "recipients", unit: Unit::Count },
        Column { id: "oldest", title: "oldest", unit: Unit::Seconds },
        Column { id: "destination", title: "destination", unit: Unit::Text },
        Column { id: "reason", title: "reason", unit: Unit::Text },
        Column { id: "queue_ids", title: "such as", unit: Unit::Text },
    ];
    let troubles = &view.tallies.causes.deferrals;
    let groups = groups(view, troubles);
    let at = |kind: &Kind| groups.iter().position(|group| group.cause == kind.cause);
    let met = troubles.recipients(groups.len(), at);
    let (mut causes, mut reasons) = (Table::new(CAUSES), Table::new(REASONS));
    for (group, recipients) in groups.iter().zip(met) {
        let Group { cause, times, oldest, kinds } = group;
        let texts = [cause.id(), cause.title(), cause.advice()].map(str::as_bytes);
        let messages = troubles.messages_of(*cause);
        let counts = [*times, messages, recipients, kinds.len() as u64, micros(*oldest)];
        causes.push(&texts, &counts);
        for (kind, trouble, recipients) in kinds.iter().take(limit.of(kinds.len())) {
            let reason = words(view, kind);
            let examples = listed(&trouble.examples);
            let texts = [cause.id().as_bytes(), under(view, kind), &reason, examples.as_bytes()];
            let Trouble { times, messages, oldest, .. } = **trouble;
            reasons.push(&texts, &[times, messages, *recipients, micros(oldest)]);
        }
    }
    [
        Section::of("deferral_causes", "Why mail was deferred", groups.len(), causes),
        Section::of("deferral_reasons", "Deferrals by cause", troubles.entries().len(), reasons),
    ]
}

/// *Why mail bounced*: by cause and enhanced status.
fn bounces(view: &View<'_>, limit: Limit) -> Section<'static> {
    const COLUMNS: &[Column] = &[
        Column { id: "cause", title: "cause", unit: Unit::Text },
        Column { id: "title", title: "what it is", unit: Unit::Text },
        Column { id: "count", title: "recipients", unit: Unit::Count },
        Column { id: "messages", title: "messages", unit: Unit::Count },
        Column { id: "dsn", title: "status", unit: Unit::Text },
        Column { id: "reason", title: "reason", unit: Unit::Text },
        Column { id: "queue_ids", title: "such as", unit: Unit::Text },
    ];
    let troubles = &view.tallies.causes.bounces;
    let mut table = Table::new(COLUMNS);
    for group in groups(view, troubles) {
        for (kind, trouble, _) in group.kinds {
            if table.len() >= limit.of(troubles.entries().len()) {
                break;
            }
            let (cause, examples) = (group.cause, listed(&trouble.examples));
            let reason = words(view, kind);
            let texts = [
                cause.id().as_bytes(),
                cause.title().as_bytes(),
                under(view, kind),
                &reason,
                examples.as_bytes(),
            ];
            table.push(&texts, &[trouble.times, trouble.messages]);
        }
    }
    Section::of("bounce_causes", "Why mail bounced", troubles.entries().len(), table)
}

/// *Why mail was rejected*: by cause and rule.
fn refusals(view: &View<'_>, limit: Limit) -> Section<'static> {
    const COLUMNS: &[Column] = &[
        Column { id: "cause", title: "cause", unit: Unit::Text },
        Column { id: "title", title: "what it is", unit: Unit::Text },
        Column { id: "count", title: "rejected", unit: Unit::Count },
        Column { id: "temporary", title: "temporary", unit: Unit::Count },
        Column { id: "permanent", title: "permanent", unit: Unit::Count },
        Column { id: "rule", title: "rule or list", unit: Unit::Text },
    ];
    let refusals = &view.tallies.causes.refusals;
    let mut rows: Vec<_> = refusals.iter().collect();
    rows.sort_by_cached_key(|((cause, rule), counts)| {
        let all = counts.temporary + counts.permanent;
        (Reverse(all), *cause, view.names.texts.text(*rule).to_vec())
    });
    let mut table = Table::new(COLUMNS);
    for ((cause, rule), counts) in rows.iter().take(limit.of(rows.len())) {
        let texts = [cause.id().as_bytes(), cause.title().as_bytes(), view.names.texts.text(*rule)];
        let all = counts.temporary + counts.permanent;
        table.push(&texts, &[all, counts.temporary, counts.permanent]);
    }
    Section::of("reject_causes", "Why mail was rejected", rows.len(), table)
}

/// *Greylisting*: how much of it came back.
fn greylisting(view: &View<'_>) -> Section<'static> {
    const COLUMNS: &[Column] = &[
        Column { id: "count", title: "count", unit: Unit::Count },
        Column { id: "what", title: "what", unit: Unit::Text },
    ];
    let told = view.tallies.causes.greylisting;
    let mut table = Table::new(COLUMNS);
    if told.refusals > 0 {
        table.push(&[b"refusals"], &[told.refusals]);
        table.push(&[b"pairs of sender and recipient"], &[told.pairs]);
        table.push(&[b"of these came back and were delivered"], &[told.came_back]);
    }
    Section::of("greylisting", "Greylisting", table.len(), table)
}

/// The cause that a message is stuck for, if the log says a reason.
pub(super) fn of_queued(view: &View<'_>, message: &crate::track::Message) -> Option<Cause> {
    let Some(last) = message.last_stuck() else {
        // What bounce(8) and cleanup(8) failed at is this host's fault.
        return message.put_off().map(|_| Cause::Local);
    };
    Some(crate::tally::cause::of_attempt(&last.reason, message, view.names))
}

/// An envelope sender as the report writes it.
pub(super) fn sender(view: &View<'_>, message: &crate::track::Message) -> String {
    match message.sender.map(|sender| view.names.addresses.text(sender)) {
        Some(b"") => "<>".to_owned(),
        Some(sender) => printable(sender),
        None => "(not in the log)".to_owned(),
    }
}
