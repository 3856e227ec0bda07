//! Lines whose tag lost the program: rsyslog's RFC 5424 format ends the name of an
//! application at the first `/`, and writes `postfix` for `postfix/smtpd`.
//!
//! ```text
//! <22>1 2026-11-23T14:11:56.338901+00:00 mail postfix 6962 - - 4jY7DD2PHtz1XjDH: client=a.example.net[192.0.2.7]
//! ```
//!
//! What is said tells who said it, but for warnings.

use memchr::memmem;

use super::event::{Decider, Event, Status};
use super::{Program, QueueId, cleanup, delivery, postscreen, qmgr, smtpd, verdict};

/// Finds the program and what it says; the name is that of the service, as far as the text
/// tells.
pub(super) fn line(
    queue_id: Option<QueueId>,
    noqueue: bool,
    text: &[u8],
) -> Option<(Program, &'static [u8], Event<'_>)> {
    if queue_id.is_some() {
        message(text)
    } else if noqueue || text.starts_with(b"reject: connect from ") {
        without_queue_id(text)
    } else {
        session(text)
    }
}

fn message(text: &[u8]) -> Option<(Program, &'static [u8], Event<'_>)> {
    let told = |program, service: &'static [u8], event| Some((program, service, event));
    if text.starts_with(b"to=<") {
        return Some(attempt(delivery::parse(text)?));
    }
    if text.starts_with(b"from=<") || text == b"removed" || text.starts_with(b"skipped, ") {
        return told(Program::Qmgr, b"qmgr", qmgr::message(text)?);
    }
    if text.starts_with(b"uid=") {
        return told(Program::Pickup, b"pickup", super::pickup(text)?);
    }
    if memmem::find(text, b" notification: ").is_some()
        && let Some(event) = super::notification(text)
    {
        return told(Program::Bounce, b"bounce", event);
    }
    if let event @ (Event::Requeued | Event::PlacedOnHold | Event::Released) =
        super::postsuper(text, true)
    {
        return told(Program::Postsuper, b"postsuper", event);
    }
    if by_cleanup(text)
        && let Some(event) = cleanup::message(text)
    {
        return told(Program::Cleanup, b"cleanup", event);
    }
    match smtpd::message(text) {
        Some(event) => told(Program::Smtpd, b"smtpd", event),
        None => told(Program::Smtp, b"smtp", super::agent(text)?),
    }
}

/// cleanup decides about headers, bodies and whole messages; where smtpd refuses, a reply
/// code follows the client.
fn by_cleanup(text: &[u8]) -> bool {
    let looked_at: [&[u8]; 4] = [b": header ", b": body ", b": content ", b": mime-error "];
    let of_milter = text.starts_with(b"milter-") && {
        let reply =
            memmem::find(text, b"]: ").and_then(|at| text.get(at + 3..)).unwrap_or_default();
        !reply.first().is_some_and(u8::is_ascii_digit) || reply.get(1) == Some(&b'.')
    };
    of_milter
        || text.starts_with(b"message-id=")
        || text.starts_with(b"resent-message-id=")
        || text.starts_with(b"removed (")
        || text.starts_with(b"warning: ")
        || looked_at.iter().any(|what| memmem::find(text.get(..40).unwrap_or(text), what).is_some())
}

/// Who delivers is told by where the mail went.
fn attempt(delivery: super::event::Delivery<'_>) -> (Program, &'static [u8], Event<'_>) {
    let (program, service): (Program, &'static [u8]) = match delivery.relay {
        b"local" => (Program::Agent, b"local"),
        b"virtual" => (Program::Agent, b"virtual"),
        b"none" if delivery.status == Status::Sent => (Program::Discard, b"discard"),
        b"none" if delivery.text.starts_with(b"delivery temporarily suspended") => {
            (Program::Agent, b"error")
        }
        b"none" => (Program::Smtp, b"smtp"),
        relay if memmem::find(relay, b"]:").is_some() => (Program::Smtp, b"smtp"),
        relay if relay.ends_with(b"]") => (Program::Lmtp, b"lmtp"),
        _ => (Program::Agent, b"pipe"),
    };
    (program, service, Event::Delivery(delivery))
}

/// postscreen names clients by address and port, smtpd by name.
fn without_queue_id(text: &[u8]) -> Option<(Program, &'static [u8], Event<'_>)> {
    if memmem::find(text, b" from [").is_some_and(|at| at < 40) {
        return Some((
            Program::Postscreen,
            b"postscreen",
            verdict::smtpd(text, Decider::Postscreen)?,
        ));
    }
    Some((Program::Smtpd, b"smtpd", smtpd::message(text)?))
}

fn session(text: &[u8]) -> Option<(Program, &'static [u8], Event<'_>)> {
    const MASTER: [&[u8]; 4] =
        [b"daemon started", b"reload -- ", b"terminating on signal", b"master exit time"];
    if MASTER.iter().any(|start| text.starts_with(start)) {
        return Some((Program::Master, b"master", Event::Master(text)));
    }
    if let Some(event) = postscreen::listing(text) {
        return Some((Program::Dnsblog, b"dnsblog", event));
    }
    if text.starts_with(b"connect to ")
        || memmem::find(text, b"TLS connection established to ").is_some()
    {
        return Some((Program::Smtp, b"smtp", super::client(text)?));
    }
    // postscreen says where to.
    if text.starts_with(b"CONNECT from ") && memmem::find(text, b" to [").is_none() {
        return Some((Program::Tlsproxy, b"tlsproxy", Event::Remark));
    }
    if text.first().is_some_and(u8::is_ascii_uppercase)
        && let Some(event) = postscreen::line(text)
    {
        return Some((Program::Postscreen, b"postscreen", event));
    }
    smtpd::line(text).map(|event| (Program::Smtpd, &b"smtpd"[..], event))
}
