//! Why a command or a message was refused, and whom the report names for it.

use crate::near::place_of_either;

use super::cut;
use super::reply::after_enhanced_code;

/// The name of a stage in the report.
///
/// postscreen(8) writes `reject: connect` when it is too busy even to answer.
#[must_use]
pub fn stage_name(stage: &[u8]) -> &[u8] {
    if stage == b"connect" { b"CONNECT" } else { stage }
}

/// Writes the reason of a `reject`, `reject_warning`, `hold`, `discard` or
/// milter line into `out`.
///
/// ```text
/// 554 5.7.1 <bob@example.org>: Relay access denied
/// 554 5.7.1 Service unavailable; Client host [203.0.113.8] blocked using dnsbl.example; see https://dnsbl.example
/// 450 4.7.25 Client host rejected: cannot find your hostname, [203.0.113.8]
/// <bob@example.org>: Sender address triggers HOLD action
/// all screening ports busy
/// ```
///
/// `text` is what follows `STAGE from SOURCE: `, without the context (`; from=<…>
/// to=<…> proto=… helo=<…>`, or what of it the line has) that Postfix puts after
/// it; one final `;` may be left. Two lines that say the same of different mail
/// give one reason.
pub fn reason(stage: &[u8], text: &[u8], out: &mut Vec<u8>) {
    out.clear();
    let text = text.strip_suffix(b";").unwrap_or(text);
    let (enhanced, said) = without_code(text);
    match clause(said) {
        Some(clause) => phrase(clause, out),
        // pflogsumm keeps the enhanced code here, and here only.
        None if stage == b"MAIL" => out.extend_from_slice(enhanced),
        None => out.extend_from_slice(up_to(b"; ", said)),
    }
}

/// The text without its reply code, with and without the enhanced code.
fn without_code(text: &[u8]) -> (&[u8], &[u8]) {
    let rest = match text.split_at_checked(3) {
        Some((code, rest)) if cut::digits(code) == 3 => rest.strip_prefix(b" "),
        _ => None,
    };
    let Some(rest) = rest else { return (text, text) };
    (rest, after_enhanced_code(rest).unwrap_or(rest))
}

/// What follows the head of a text: the address or name that was looked up, or
/// the class of the refusal. `None` if the text has no head.
fn clause(text: &[u8]) -> Option<&[u8]> {
    let rest = if text.starts_with(b"<") {
        cut::once(text, b">: ").map(|(_, rest)| rest)
    } else if let Some(rest) = text.strip_prefix(b"Service unavailable; ") {
        Some(rest)
    } else {
        let (head, rest) = cut::once(text, b": ")?;
        place_of_either(head, b';', b',').is_none().then_some(rest)
    };
    rest.map(after_literal).filter(|rest| !rest.is_empty())
}

/// The text without an address literal at its start: `[192.0.2.1] `.
fn after_literal(text: &[u8]) -> &[u8] {
    let rest = if text.starts_with(b"[") { cut::once(text, b"] ") } else { None };
    rest.map_or(text, |(_, rest)| rest)
}

/// Writes what a clause says of every mail it refuses, without what it says of
/// this one.
fn phrase(clause: &[u8], out: &mut Vec<u8>) {
    if let Some(list) = after_blocked(clause) {
        out.extend_from_slice(b"blocked");
        out.extend_from_slice(first_part(list));
        return;
    }
    let said = first_part(clause);
    if let Some(head) = SUBJECTS.iter().find(|head| said.starts_with(head)) {
        let why = said.get(head.len()..).unwrap_or_default();
        out.extend_from_slice(head);
        if *head == SENDER && why.starts_with(b"Domain ") && cut::once(why, NULL_MX).is_some() {
            out.extend_from_slice(b"Domain");
            out.extend_from_slice(NULL_MX);
        } else {
            out.extend_from_slice(up_to(b": ", why));
        }
    } else if let Some((_, _)) =
        said.strip_prefix(b"Unverified ").and_then(|r| cut::once(r, GENERIC))
    {
        out.extend_from_slice(GENERIC);
    } else {
        out.extend_from_slice(said);
    }
}

const SENDER: &[u8] = b"Sender address rejected: ";
const SUBJECTS: [&[u8]; 2] = [SENDER, b"Recipient address rejected: "];
const NULL_MX: &[u8] = b" does not accept mail (nullMX)";
const GENERIC: &[u8] = b"Client host rejected: Generic - Please relay via ISP";

/// What follows `blocked` where a list of addresses or names blocks something.
///
/// ```text
/// Client host [203.0.113.8] blocked using dnsbl.example
/// client [203.0.113.8] blocked using dnsbl.example
/// Sender address [bob@example.org] blocked using dnsbl.example
/// ```
fn after_blocked(clause: &[u8]) -> Option<&[u8]> {
    const CLASSES: [&[u8]; 6] = [
        b"client",
        b"Client host",
        b"Sender address",
        b"Recipient address",
        b"Helo command",
        b"Unverified Client host",
    ];
    let rest = CLASSES.iter().find_map(|class| clause.strip_prefix(*class))?.strip_prefix(b" ")?;
    if rest.starts_with(b"[") {
        cut::once(rest, b"] blocked").map(|(_, list)| list)
    } else {
        rest.strip_prefix(b"blocked")
    }
}

/// The text up to `end`, or all of it.
fn up_to<'a>(end: &[u8], text: &'a [u8]) -> &'a [u8] {
    cut::once(text, end).map_or(text, |(part, _)| part)
}

/// The text up to a semicolon or comma, unless nothing stands before that.
fn first_part(text: &[u8]) -> &[u8] {
    place_of_either(text, b';', b',')
        .filter(|at| *at > 0)
        .and_then(|at| text.get(..at))
        .unwrap_or(text)
}

/// Whom a reason is about, which decides what the report lists under it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// The sender's address: listed by host, always with the sender.
    Sender,
    /// The recipient's address: listed by recipient.
    Recipient,
    /// The client's greeting, if it is no name at all: listed by host, with no
    /// recipient.
    Helo,
    /// Anything else: listed by host.
    Host,
}

impl Subject {
    /// The subject of a reason that [`reason`] wrote.
    #[must_use]
    pub fn of(reason: &[u8]) -> Self {
        let unknown_user = reason.strip_prefix(b"User unknown");
        if reason.starts_with(b"Sender address rejected:") {
            Self::Sender
        } else if reason.starts_with(b"Recipient address rejected:")
            || unknown_user.is_some_and(|rest| rest.is_empty() || rest.starts_with(b" "))
        {
            Self::Recipient
        } else if reason == b"Helo command rejected: Invalid name" {
            Self::Helo
        } else {
            Self::Host
        }
    }
}

/// The addresses to add to each line of the reject sections.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Added {
    /// `--rej-add-from`.
    pub sender: bool,
    /// `--rej-add-to`.
    pub recipient: bool,
}

/// Writes the line under a reason into `out`: host and addresses, as `added`
/// asks for.
///
/// `host` is the client as [`Peer::folded`](super::host::Peer::folded) names
/// it. An empty address appears as `<>`. The layout is pflogsumm's, the lone
/// `<` after a host included.
pub fn leaf(
    subject: Subject,
    host: &[u8],
    sender: &[u8],
    recipient: &[u8],
    added: Added,
    out: &mut Vec<u8>,
) {
    let sender = if sender.is_empty() { b"<>" } else { sender };
    let recipient = if recipient.is_empty() { b"<>" } else { recipient };
    let parts: &[&[u8]] = match (subject, added.sender, added.recipient) {
        (Subject::Sender, _, true) => &[host, b" (", sender, b" -> ", recipient, b")"],
        (Subject::Sender, _, false) => &[host, b" (<", sender, b")"],
        (Subject::Recipient, true, _) => &[recipient, b"  (", sender, b")"],
        (Subject::Recipient, false, _) => &[recipient],
        (Subject::Helo, true, _) => &[host, b"  (", sender, b")"],
        (Subject::Host, true, true) => &[host, b"  (", sender, b" -> ", recipient, b")"],
        (Subject::Host, true, false) => &[host, b"  (< ", sender, b")"],
        (Subject::Host, false, true) => &[host, b"  (> ", recipient, b")"],
        (Subject::Helo | Subject::Host, false, _) => &[host],
    };
    out.clear();
    cut::append(out, parts);
}
