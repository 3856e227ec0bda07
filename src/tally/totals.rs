//! The sums of a period, those that are one number each.

/// The sums of a period. `docs/numbers.md` says what each counts and what it does not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)] // the names are those of the report; their meanings stand in docs/numbers.md
pub struct Totals {
    pub received: u64,
    pub delivered: u64,
    pub forwarded: u64,
    pub deferred: u64,
    pub deferrals: u64,
    pub bounced: u64,
    pub expired: u64,
    pub canceled: u64,
    pub rejected_temporary: u64,
    pub rejected_permanent: u64,
    pub reject_warnings: u64,
    pub held: u64,
    pub discarded: u64,
    pub discarded_by_transport: u64,
    pub swallowed_by_filter: u64,
    pub handed_on: u64,
    pub generated: u64,
    pub probes: u64,
    pub bytes_received: u64,
    pub bytes_delivered: u64,
    pub hops_folded: u64,
    pub still_queued: u64,
}

impl Totals {
    /// Refusals, temporary and permanent.
    #[must_use]
    pub fn rejected(&self) -> u64 {
        self.rejected_temporary + self.rejected_permanent
    }
}
