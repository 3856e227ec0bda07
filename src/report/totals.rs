//! Grand totals, connections and the books.

use crate::tally::board::Visits;
use crate::track::Fate;

use super::View;
use super::addresses::distinct;
use super::domains::{Domains, by_host};
use super::folding::Folding;
use super::model::{Books, Connections, Totals};

pub(super) fn totals(view: &View<'_>, domains: &Domains) -> Totals {
    let (names, tallies) = (view.names, view.tallies);
    let sums = &tallies.totals;
    Totals {
        received: sums.received,
        delivered: sums.delivered,
        forwarded: sums.forwarded,
        deferred: sums.deferred,
        deferrals: sums.deferrals,
        bounced: sums.bounced,
        expired: sums.expired,
        canceled: sums.canceled,
        rejected: sums.rejected(),
        rejected_temporary: sums.rejected_temporary,
        rejected_permanent: sums.rejected_permanent,
        reject_warnings: sums.reject_warnings,
        held: sums.held,
        discarded: sums.discarded,
        discarded_by_transport: sums.discarded_by_transport,
        swallowed_by_filter: sums.swallowed_by_filter,
        handed_on: sums.handed_on,
        generated: sums.generated,
        probes: sums.probes,
        bytes_received: sums.bytes_received,
        bytes_delivered: sums.bytes_delivered,
        senders: distinct(&names.addresses, tallies.senders.iter().map(|(name, _)| name)),
        sending_domains: domains.sending as u64,
        recipients: tallies.recipients.len() as u64,
        recipient_domains: domains.delivered as u64,
        hops_folded: sums.hops_folded,
        still_queued: sums.still_queued,
    }
}

/// Connections to smtpd(8).
pub(super) fn smtpd(view: &View<'_>, folding: &mut Folding) -> Connections {
    // The hosts are of interest only where they are shown, and folding thirty thousand
    // clients takes as long as writing the report.
    let wanted = view.shown.smtpd_stats || view.shown.format != crate::config::Format::Text;
    let hosts = if wanted { by_host(view, folding).len() } else { 0 };
    connections(&view.tallies.connections.all, hosts)
}

/// Connections to postscreen(8).
pub(super) fn postscreen(view: &View<'_>) -> Connections {
    connections(&view.tallies.screened, view.tallies.screened_addresses.len())
}

fn connections(visits: &Visits, clients: usize) -> Connections {
    Connections {
        connections: visits.connections,
        clients: clients as u64,
        seconds: visits.seconds,
    }
}

/// The reconciliation of messages that began with messages that ended.
pub(super) fn books(view: &View<'_>) -> Books {
    let ledger = &view.tallies.ledger;
    Books {
        begun_before: ledger.before,
        received: ledger.received,
        generated: ledger.generated,
        delivered: ledger.met(Fate::Delivered),
        bounced: ledger.met(Fate::Bounced),
        expired: ledger.met(Fate::Expired),
        discarded: ledger.met(Fate::Discarded),
        deleted: ledger.met(Fate::Deleted),
        still_queued: ledger.met(Fate::StillQueued),
        unfinished: ledger.met(Fate::Unfinished),
        end_not_in_log: ledger.met(Fate::EndNotInLog),
        closes: ledger.closes(),
    }
}
