//! Yes-or-no knowledge about a message.

pub(super) const ACTIVE: u32 = 1;
pub(super) const ON_HOLD: u32 = 1 << 1;
pub(super) const DISCARD: u32 = 1 << 2;
/// It was accepted, without the queue manager saying so.
pub(super) const PROVEN: u32 = 1 << 3;
pub(super) const REFUSED: u32 = 1 << 4;
pub(super) const CUT: u32 = 1 << 5;
pub(super) const MESSAGE_ID: u32 = 1 << 6;
/// A notification or a forward names it.
pub(super) const NAMED: u32 = 1 << 7;
/// Its message-id holds its own queue ID: cleanup made it.
pub(super) const OWN_ID: u32 = 1 << 8;
pub(super) const PROBE: u32 = 1 << 9;
/// Its client is of this host or another of this log: it may be another hop.
pub(super) const MAYBE_HOP: u32 = 1 << 10;
pub(super) const HOP_TOLD: u32 = 1 << 11;
pub(super) const TRIED: u32 = 1 << 12;
pub(super) const REQUEUED: u32 = 1 << 13;
/// A rule said that it is to be held.
pub(super) const HELD: u32 = 1 << 14;
/// A rule said that it is to be thrown away.
pub(super) const DISCARDED: u32 = 1 << 15;
/// It went on under another queue ID.
pub(super) const HANDED_ON: u32 = 1 << 16;
/// Its client sent content that was taken, as far as a session or a rule of cleanup tells.
pub(super) const CONTENT: u32 = 1 << 17;
/// Its queue file is gone; a line of it may still come late.
pub(super) const GONE: u32 = 1 << 18;
/// cleanup refused it while it read it: its `message-id=` may be still to come.
pub(super) const REFUSED_IN_READING: u32 = 1 << 19;
/// It may be another hop, but its client is only called like a host of this log: the first label
/// of many a name is `mail`.
pub(super) const NAMESAKE: u32 = 1 << 20;
/// It may be another hop only because it came in with the message-id of one that is queued: its
/// client is elsewhere, and nothing less than a queue ID proves it.
pub(super) const ELSEWHERE: u32 = 1 << 21;
/// Another one came in with its message-id, or named it by XFORWARD: a relay may have given it back.
pub(super) const SEEN_AGAIN: u32 = 1 << 22;
/// Another one named it by XFORWARD.
pub(super) const XFORWARDED: u32 = 1 << 23;
/// More than one came in with its message-id: a filter may have split it.
pub(super) const SPLIT: u32 = 1 << 24;
/// The reply to a hand-off of it named its second hop.
pub(super) const ANSWERED: u32 = 1 << 25;
/// It named its first hop by XFORWARD.
pub(super) const NAMES_FIRST: u32 = 1 << 26;
/// It may be the next hop of a message that was handed on, or one of several parts of it; who sent
/// it is still to come.
pub(super) const PART: u32 = 1 << 27;
