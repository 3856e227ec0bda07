//! The delivery record: `to= … status=`, one line per recipient and attempt, of every
//! delivery agent.

use super::event::{Delivery, Event, Status};
use super::scan::{angle, millis, place, until};

/// Parses the text behind the queue ID, field by field: unknown keys are welcome, because
/// every few releases bring one (`delays=` 2.3, `conn_use=` 2.3, `tls=` 3.11).
///
/// ```text
/// to=<ann@example.org>, orig_to=<team@example.net>, relay=mx.example.org[192.0.2.25]:25, conn_use=3, delay=1.4, delays=0.21/0.01/0.35/0.83, tls=dane, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as 9D2F11C0AA)
/// ```
///
/// Each field that every line has is looked for where it stands in most, behind the one before
/// it, and only then is a field asked for its key: 1 % of all instructions.
#[inline(always)] // into `event`
#[must_use]
pub fn parse(text: &[u8]) -> Option<Delivery<'_>> {
    let (recipient, mut rest) = address(text.strip_prefix(b"to=")?)?;
    let mut delivery = to(recipient);
    loop {
        if let Some(value) = rest.strip_prefix(b", relay=") {
            (delivery.relay, rest) = up_to_comma(value)?;
        }
        if let Some(value) = rest.strip_prefix(b", delay=") {
            (delivery.delay, rest) = delay(value)?;
        }
        if let Some(value) = rest.strip_prefix(b", delays=") {
            (delivery.delays, rest) = delays(value)?;
        }
        if let Some(value) = rest.strip_prefix(b", dsn=") {
            (delivery.dsn, rest) = up_to_comma(value)?;
        }
        let (key, value) = match rest.strip_prefix(b", status=") {
            Some(value) => (&b"status"[..], value),
            None => key(rest)?,
        };
        if key == b"status" {
            (delivery.status, delivery.text) = outcome(value)?;
            return Some(delivery);
        }
        rest = field(key, value, &mut delivery)?;
    }
}

/// A delivery of which no more is known.
#[inline(always)] // so that the delivery is written where it stays
fn to(recipient: &[u8]) -> Delivery<'_> {
    Delivery {
        recipient,
        orig_to: None,
        relay: b"",
        delay: 0,
        delays: None,
        tls: None,
        dsn: b"",
        status: Status::Sent,
        text: b"",
    }
}

/// The key of any field, and what follows its `=`.
fn key(rest: &[u8]) -> Option<(&[u8], &[u8])> {
    let rest = rest.strip_prefix(b",")?;
    until(rest.strip_prefix(b" ").unwrap_or(rest), b'=')
}

/// Reads the value of any field but `status`, and returns what follows it.
#[inline(always)] // see `to`
fn field<'a>(key: &[u8], value: &'a [u8], delivery: &mut Delivery<'a>) -> Option<&'a [u8]> {
    let rest;
    match key {
        b"orig_to" => {
            let (orig_to, tail) = address(value)?;
            (delivery.orig_to, rest) = (Some(orig_to), tail);
        }
        b"relay" => (delivery.relay, rest) = up_to_comma(value)?,
        b"delay" => (delivery.delay, rest) = delay(value)?,
        b"delays" => (delivery.delays, rest) = delays(value)?,
        b"dsn" => (delivery.dsn, rest) = up_to_comma(value)?,
        _ => {
            let (value, tail) = up_to_comma(value)?;
            if key.trim_ascii_start() == b"tls" {
                delivery.tls = Some(value);
            }
            rest = tail;
        }
    }
    Some(rest)
}

/// The same as an event, which is written where it stays.
pub(super) fn event(text: &[u8]) -> Option<Event<'_>> {
    parse(text).map(Event::Delivery)
}

/// A value up to the comma that ends it, and the rest from there.
#[inline(always)] // a call costs as much as the search
fn up_to_comma(value: &[u8]) -> Option<(&[u8], &[u8])> {
    value.split_at_checked(place(value, b',')?)
}

/// What follows a value, from the comma that ends it: at once, unless there is more to it than
/// we know.
#[inline(always)] // one comparison
fn from_comma(rest: &[u8]) -> Option<&[u8]> {
    if rest.starts_with(b",") { Some(rest) } else { rest.get(place(rest, b',')?..) }
}

/// `1.4`: from arrival to now; 0 if it is no number.
#[inline(always)] // see `four_delays`
fn delay(value: &[u8]) -> Option<(u64, &[u8])> {
    let (delay, rest) = millis(value).unwrap_or((0, value));
    Some((delay, from_comma(rest)?))
}

/// `0.21/0.01/0.35/0.83`: none if one of the four is no number.
#[inline(always)] // see `four_delays`
fn delays(value: &[u8]) -> Option<(Option<[u64; 4]>, &[u8])> {
    let (delays, rest) = match four_delays(value) {
        Some((delays, rest)) => (Some(delays), rest),
        None => (None, value),
    };
    Some((delays, from_comma(rest)?))
}

/// An address in angle brackets; before Postfix 2.0, and where a log was edited, without.
#[inline(always)] // a call costs as much as the search
fn address(text: &[u8]) -> Option<(&[u8], &[u8])> {
    match text.strip_prefix(b"<") {
        Some(quoted) => angle(quoted),
        None => text.split_at_checked(place(text, b',')?),
    }
}

/// `a/b/c/d`: before the queue manager, in it, connection set-up, transmission.
#[inline(always)] // four numbers returned through memory cost as much as they
fn four_delays(value: &[u8]) -> Option<([u64; 4], &[u8])> {
    let (a, rest) = millis(value)?;
    let (b, rest) = millis(rest.strip_prefix(b"/")?)?;
    let (c, rest) = millis(rest.strip_prefix(b"/")?)?;
    let (d, rest) = millis(rest.strip_prefix(b"/")?)?;
    Some(([a, b, c, d], rest))
}

/// `sent (250 Ok)`; a line that was cut has no closing parenthesis.
#[inline(always)] // see `four_delays`
fn outcome(status: &[u8]) -> Option<(Status, &[u8])> {
    let (status, text) = match status.strip_prefix(b"sent (") {
        Some(text) => (Status::Sent, text), // most
        None => any_outcome(status)?,
    };
    Some((status, text.strip_suffix(b")").unwrap_or(text)))
}

/// The status, and the text in parentheses with the one that closes it.
fn any_outcome(status: &[u8]) -> Option<(Status, &[u8])> {
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
    Some((status, text.strip_prefix(b" (").unwrap_or_default()))
}

#[cfg(test)]
#[allow(clippy::indexing_slicing)]
mod tests {
    use super::*;

    /// Each field by its key alone, in whatever order.
    fn by_key(text: &[u8]) -> Option<Delivery<'_>> {
        let (recipient, mut rest) = address(text.strip_prefix(b"to=")?)?;
        let mut delivery = to(recipient);
        loop {
            let (key, value) = key(rest)?;
            if key == b"status" {
                let (status, text) = any_outcome(value)?;
                let text = text.strip_suffix(b")").unwrap_or(text);
                return Some(Delivery { status, text, ..delivery });
            }
            rest = field(key, value, &mut delivery)?;
        }
    }

    #[test]
    fn fields_in_the_usual_order_are_read_as_in_any() {
        let lines = [
            &b"to=<a@b.c>, relay=mx[192.0.2.2]:25, delay=1.4, delays=0.2/0/1.1/0.1, dsn=2.0.0, status=sent (ok)"[..],
            b"to=<a>, orig_to=<b>, relay=none, conn_use=3, delay=0, delays=0/0/0/0, tls=may, dsn=4.1.1, status=deferred (x)",
            b"to=<a>, delay=1, relay=x, relay=y, status=sent (x), dsn=2.0.0, status=bounced (y)",
            b"to=a,relay=b,delay=2,delays=1/2/3/4,dsn=5.0.0,status=undeliverable (z",
        ];
        for line in lines {
            assert!(parse(line).is_some());
            for (place, byte) in (0..line.len()).flat_map(|at| (0..=255).map(move |b| (at, b))) {
                let mut text = line.to_vec();
                text[place] = byte;
                assert_eq!(parse(&text), by_key(&text), "{}", text.escape_ascii());
            }
            for cut in 0..line.len() {
                assert_eq!(parse(&line[..cut]), by_key(&line[..cut]));
                let without = [&line[..cut], &line[cut + 1..]].concat();
                assert_eq!(parse(&without), by_key(&without), "{}", without.escape_ascii());
            }
        }
    }
}
