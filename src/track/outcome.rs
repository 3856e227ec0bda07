//! Outcomes of recipients, as bits.

use super::message::Fate;

pub(super) const DELIVERED: u8 = 1;
pub(super) const DISCARDED: u8 = 2;
pub(super) const BOUNCED: u8 = 4;
pub(super) const EXPIRED: u8 = 8;
pub(super) const DELETED: u8 = 16;
pub(super) const LOST: u8 = 32;
pub(super) const UNFINISHED: u8 = 64;
pub(super) const QUEUED: u8 = 128;

/// The fate that a set of outcomes amounts to.
pub(super) fn fate(outcomes: u8) -> Fate {
    match outcomes {
        o if o & QUEUED != 0 => Fate::StillQueued,
        o if o & UNFINISHED != 0 => Fate::Unfinished,
        o if o & LOST != 0 => Fate::EndNotInLog,
        o if o & DELETED != 0 => Fate::Deleted,
        o if o & EXPIRED != 0 => Fate::Expired,
        o if o & BOUNCED != 0 => Fate::Bounced,
        o if o & DISCARDED != 0 => Fate::Discarded,
        _ => Fate::Delivered,
    }
}
