//! Lines of the queue manager, `qmgr(8)`, and of its old relatives.

use super::delivery;
use super::event::Event;
use super::scan::{last_place, number};

/// Parses the text behind the queue ID.
///
/// ```text
/// from=<ann@example.net>, size=48213, nrcpt=2 (queue active)
/// from=<ann@example.net>, status=expired, returned to sender
/// from=<ann@example.net>, status=force-expired, returned to sender
/// status=deferred (bounce failed)
/// removed
/// to=<bob@example.org>, relay=none, delay=1, …, status=deferred (delivery temporarily suspended: …)
/// ```
#[inline(always)] // see `by_program`
pub(super) fn message(text: &[u8]) -> Option<Event<'_>> {
    if text == b"removed" {
        return Some(Event::Removed);
    }
    if let Some(from) = text.strip_prefix(b"from=<") {
        return sender(from);
    }
    if let Some(from) = text.strip_prefix(b"from=") {
        return unbracketed(from);
    }
    if text.starts_with(b"to=") {
        return delivery::event(text);
    }
    if let Some(failed) = text.strip_prefix(b"status=deferred (") {
        return Some(Event::PutOff(failed.strip_suffix(b")").unwrap_or(failed)));
    }
    let known =
        text.starts_with(b"skipped, still being delivered") || text.starts_with(b"conflicting ");
    known.then_some(Event::Remark)
}

/// A terabyte: no mail is larger, whatever a line says.
const LARGEST: u64 = 1 << 40;

/// How many bytes a message has. Sums of what a damaged line says would not fit.
fn bytes(text: &[u8]) -> Option<u64> {
    number(text).map(|(bytes, _)| bytes.min(LARGEST))
}

/// `from=ann@example.net, size=270, nrcpt=1`: as Postfix before 2.0 wrote it.
fn unbracketed(from: &[u8]) -> Option<Event<'_>> {
    let (sender, rest) = super::scan::until_str(from, b", size=")?;
    Some(Event::Active { sender, size: bytes(rest)? })
}

/// What follows `from=<`: the address ends where `, size=` or `, status=` follows, so that a `>`
/// inside it does no harm; and where that is so for the last time, because a quoted local part may
/// hold what looks like the end (`<"x>, size=1, nrcpt=1"@example.org>`).
fn sender(from: &[u8]) -> Option<Event<'_>> {
    let mut text = from;
    loop {
        let at = last_place(text, b'>')?;
        text = from.get(..at)?;
        if let Some(said) = behind_sender(text, from.get(at + 1..)?) {
            return Some(said);
        }
    }
}

/// What follows the `>` behind a sender, if it is the one that ends the address.
#[inline] // see `by_program`
fn behind_sender<'a>(sender: &'a [u8], rest: &[u8]) -> Option<Event<'a>> {
    if let Some(rest) = rest.strip_prefix(b", size=") {
        return Some(Event::Active { sender, size: bytes(rest)? });
    }
    let status = rest.strip_prefix(b", status=")?;
    let forced = status.strip_prefix(b"force-");
    let is_expired = forced.unwrap_or(status).starts_with(b"expired");
    is_expired.then_some(Event::Expired { forced: forced.is_some() })
}
