//! The delivery record: `to= … status=`, one line per recipient and attempt, of every
//! delivery agent.

use super::event::{Delivery, Event, Status};
use super::scan::{angle, millis, number, place, until};

/// Parses the text behind the queue ID, field by field: unknown keys are welcome, because
/// every few releases bring one (`delays=` 2.3, `conn_use=` 2.3, `tls=` 3.11).
///
/// ```text
/// to=<ann@example.org>, orig_to=<team@example.net>, relay=mx.example.org[192.0.2.25]:25, conn_use=3, delay=1.4, delays=0.21/0.01/0.35/0.83, tls=dane, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as 9D2F11C0AA)
/// ```
#[inline(always)] // into `event`
#[must_use]
pub fn parse(text: &[u8]) -> Option<Delivery<'_>> {
    let (recipient, mut rest) = address(text.strip_prefix(b"to=")?)?;
    let mut delivery = Delivery {
        recipient,
        orig_to: None,
        relay: b"",
        conn_use: 1,
        delay: 0,
        delays: None,
        tls: None,
        dsn: b"",
        status: Status::Sent,
        text: b"",
    };
    loop {
        rest = rest.strip_prefix(b",")?;
        rest = match rest {
            [b' ', tail @ ..] => tail,
            _ => rest,
        };
        if let Some(value) = rest.strip_prefix(b"relay=") {
            let end = place(value, b',')?;
            (delivery.relay, rest) = value.split_at_checked(end)?;
        } else if let Some(value) = rest.strip_prefix(b"delay=") {
            (delivery.delay, rest) = millis(value).unwrap_or((0, value));
            rest = from_comma(rest)?;
        } else if let Some(value) = rest.strip_prefix(b"delays=") {
            (delivery.delays, rest) = delays(value).unwrap_or((None, value));
            rest = from_comma(rest)?;
        } else if let Some(value) = rest.strip_prefix(b"dsn=") {
            (delivery.dsn, rest) = value.split_at_checked(place(value, b',')?)?;
        } else if let Some(status) = rest.strip_prefix(b"status=") {
            (delivery.status, delivery.text) = outcome(status)?;
            return Some(delivery);
        } else if let Some(value) = rest.strip_prefix(b"orig_to=") {
            let (orig_to, tail) = address(value)?;
            (delivery.orig_to, rest) = (Some(orig_to), tail);
        } else {
            let (key, value) = until(rest, b'=')?;
            let (value, tail) = value.split_at_checked(place(value, b',')?)?;
            rest = tail;
            match key.trim_ascii_start() {
                b"tls" => delivery.tls = Some(value),
                b"conn_use" => delivery.conn_use = u32::try_from(number(value)?.0).ok()?,
                _ => {}
            }
        }
    }
}

/// The same as an event, which is written where it stays.
pub(super) fn event(text: &[u8]) -> Option<Event<'_>> {
    parse(text).map(Event::Delivery)
}

/// What follows a value, from the comma that ends it: at once, unless there is more to it than
/// we know.
fn from_comma(rest: &[u8]) -> Option<&[u8]> {
    if rest.starts_with(b",") { Some(rest) } else { rest.get(place(rest, b',')?..) }
}

/// An address in angle brackets; before Postfix 2.0, and where a log was edited, without.
fn address(text: &[u8]) -> Option<(&[u8], &[u8])> {
    match text.strip_prefix(b"<") {
        Some(quoted) => angle(quoted),
        None => text.split_at_checked(place(text, b',')?),
    }
}

/// `a/b/c/d`: before the queue manager, in it, connection set-up, transmission.
fn delays(value: &[u8]) -> Option<(Option<[u64; 4]>, &[u8])> {
    let (a, rest) = millis(value)?;
    let (b, rest) = millis(rest.strip_prefix(b"/")?)?;
    let (c, rest) = millis(rest.strip_prefix(b"/")?)?;
    let (d, rest) = millis(rest.strip_prefix(b"/")?)?;
    Some((Some([a, b, c, d]), rest))
}

/// `sent (250 Ok)`; a line that was cut has no closing parenthesis.
fn outcome(status: &[u8]) -> Option<(Status, &[u8])> {
    let end = place(status, b' ').unwrap_or(status.len());
    let (word, text) = status.split_at_checked(end)?;
    let status = match word {
        b"sent" => Status::Sent,
        b"deferred" => Status::Deferred { soft_bounce: false },
        b"SOFTBOUNCE" => Status::Deferred { soft_bounce: true },
        b"bounced" => Status::Bounced,
        b"deliverable" => Status::Probed { deliverable: true },
        _ if word.starts_with(b"undeliverable") => Status::Probed { deliverable: false },
        _ => return None,
    };
    let text = text.strip_prefix(b" (").unwrap_or_default();
    Some((status, text.strip_suffix(b")").unwrap_or(text)))
}
