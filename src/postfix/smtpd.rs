//! Lines of the SMTP server, `smtpd(8)`, and of `qmqpd(8)`.

use memchr::memmem;

use super::event::{Arrival, Decider, Event};
use super::scan::{number, place, until};
use super::{QueueId, tls, verdict};

/// Parses a line that has a queue ID, or `NOQUEUE` in its place.
///
/// ```text
/// client=desk7.example.net[198.51.100.7], sasl_method=PLAIN, sasl_username=ann@example.net
/// lost connection after DATA (0 bytes) from unknown[203.0.113.9]
/// reject: RCPT from …
/// ```
#[inline(always)] // see `by_program`
pub(super) fn message(text: &[u8]) -> Option<Event<'_>> {
    if let Some(client) = text.strip_prefix(b"client=") {
        return Some(Event::Client(arrival(client)));
    }
    let mut event = match text.first()? {
        b'l' | b't' => session(text),
        _ => verdict::smtpd(text, Decider::Smtpd),
    };
    if event.is_none() {
        event = remark(text);
    }
    event
}

/// Parses a line that has neither.
///
/// ```text
/// connect from mx.example.org[192.0.2.25]
/// disconnect from mx.example.org[192.0.2.25] ehlo=1 mail=1 rcpt=1 data=1 quit=1 commands=5
/// proxy-accept: END-OF-MESSAGE: 250 2.0.0 Ok: queued as 3C0D21A7F4; from=<a@example.org> …
/// ```
#[inline(always)] // see `by_program`
pub(super) fn line(text: &[u8]) -> Option<Event<'_>> {
    if let Some(client) = text.strip_prefix(b"connect from ") {
        return Some(Event::Connect { client });
    }
    if let Some(rest) = text.strip_prefix(b"disconnect from ") {
        let (client, commands) = until(rest, b' ').unwrap_or((rest, b""));
        return Some(Event::Disconnect { client, commands });
    }
    let mut event = match text.first()? {
        b'l' | b't' => session(text),
        b'p' => verdict::proxy(text),
        b'A' | b'U' | b'T' | b'V' => tls::established(text),
        _ => None,
    };
    if event.is_none() {
        event = other(text);
    }
    event
}

/// Lines that their first letter does not tell.
#[inline(never)] // few: what is written by others is written where it stays
fn other(text: &[u8]) -> Option<Event<'_>> {
    tls::failure(text).or_else(|| verdict::smtpd(text, Decider::Smtpd)).or_else(|| remark(text))
}

/// How often content was sent and taken: so often `DATA` succeeded. `None` if that is not logged, or
/// if `BDAT` succeeded, of which a message may have several.
///
/// ```text
/// ehlo=1 mail=1 rcpt=2 data=1/2 quit=1 commands=6/7
/// ```
#[must_use]
pub fn contents_taken(commands: &[u8]) -> Option<u32> {
    crate::near::find(commands, b"commands=")?;
    let mut taken = 0;
    for word in commands.split(|&b| b == b' ') {
        let count = |count| number(count).map_or(0, |(count, _)| count);
        if let Some(data) = word.strip_prefix(b"data=") {
            taken += count(data);
        } else if word.strip_prefix(b"bdat=").is_some_and(|bdat| count(bdat) > 0) {
            return None;
        }
    }
    u32::try_from(taken).ok()
}

/// `client=` and what follows it; values end at `, `.
fn arrival(text: &[u8]) -> Arrival<'_> {
    let mut arrival = Arrival::default();
    let mut rest = text;
    let mut first = true;
    loop {
        let end = comma_blank(rest);
        let field = rest.get(..end).unwrap_or_default();
        if first {
            arrival.client = field;
        } else if let Some((key, value)) = until(field, b'=') {
            match key {
                b"sasl_username" => arrival.user = Some(value),
                b"orig_queue_id" => arrival.orig_queue_id = QueueId::parse(value),
                b"orig_client" => arrival.orig_client = Some(value),
                _ => {}
            }
        }
        first = false;
        match rest.get(end + 2..) {
            Some(tail) if !tail.is_empty() => rest = tail,
            _ => return arrival,
        }
    }
}

/// The place of the next `, `, or the end.
fn comma_blank(text: &[u8]) -> usize {
    let mut from = 0;
    while let Some(at) = text.get(from..).and_then(|tail| place(tail, b',')) {
        if text.get(from + at + 1) == Some(&b' ') {
            return from + at;
        }
        from += at + 1;
    }
    text.len()
}

/// A session that ended otherwise than it should.
///
/// ```text
/// lost connection after AUTH from unknown[203.0.113.9]
/// timeout after DATA (81920 bytes) from slow.example.org[192.0.2.77]
/// too many errors after RCPT from unknown[203.0.113.9]
/// ```
fn session(text: &[u8]) -> Option<Event<'_>> {
    const WORDS: [&[u8]; 3] =
        [b"lost connection after ", b"timeout after ", b"too many errors after "];
    let rest = WORDS.iter().find_map(|word| text.strip_prefix(*word))?;
    let stage = until(rest, b' ').map_or(rest, |(stage, _)| stage);
    let from = crate::near::rfind(rest, b" from ").unwrap_or(rest.len());
    let text = text.get(..text.len() - (rest.len() - from)).unwrap_or(text);
    Some(Event::Lost { text, stage, client: rest.get(from + 6..).unwrap_or_default() })
}

/// Lines that are known and change nothing.
fn remark(text: &[u8]) -> Option<Event<'_>> {
    const STARTS: [&[u8]; 13] = [
        b"setting up TLS connection ",
        b"discarding EHLO keywords",
        b"improper command pipelining after ",
        b"bare <LF> received after ",
        b"abort: ",
        b"reply filter in: ",
        b"table ",
        b"Issuing session ticket",
        b"connection established",
        b"master_notify",
        b"using backwards-compatible default setting ",
        b"rewriting ",
        b"anvil",
    ];
    let known = STARTS.iter().any(|start| text.starts_with(start))
        || text.ends_with(b" [closed]")
        || memmem::find(text, b": replacing command ").is_some()
        || memmem::find(text, b"certificate verification ").is_some()
        || memmem::find(text, b"subject_CN=").is_some()
        || memmem::find(text, b"ssl_verify").is_some()
        || tls::remark(text)
        || qmqp_reply(text);
    known.then_some(Event::Remark)
}

/// qmqpd's own end of a message: `list.example.net[198.51.100.20]: ok 1795317247 qp 812`.
fn qmqp_reply(text: &[u8]) -> bool {
    let Some(at) = memmem::find(text, b"]: ") else { return false };
    let client = text.get(..at).unwrap_or_default();
    place(client, b' ').is_none() && client.contains(&b'[')
}
