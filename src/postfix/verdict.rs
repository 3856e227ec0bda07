//! What a rule decided: reject, hold, discard and their kin, of smtpd, cleanup,
//! postscreen, milters and before-queue filters.

use super::event::{Action, Decider, Event, Verdict};
use super::scan::{last_place, place, until_str};

/// Parses a verdict of smtpd, qmqpd or postscreen; `text` stands behind the queue ID or
/// `NOQUEUE: `. smtpd puts blanks between the fields of the envelope, postscreen commas.
///
/// ```text
/// reject: RCPT from unknown[203.0.113.9]: 554 5.7.1 <bob@example.com>: Relay access denied; from=<x@example.net> to=<bob@example.com> proto=ESMTP helo=<x>
/// milter-reject: END-OF-MESSAGE from a.example.net[192.0.2.7]: 4.7.1 Try again later; from=<a@example.net> to=<z@example.org> proto=ESMTP helo=<a>
/// reject: RCPT from [203.0.113.9]:51544: 550 5.7.1 Service unavailable; client [203.0.113.9] blocked using dnsbl.example.org; from=<a@example.org>, to=<b@example.net>, proto=ESMTP, helo=<x>
/// ```
pub(super) fn smtpd(text: &[u8], by: Decider) -> Option<Event<'_>> {
    let (action, by, rest) = action(text, by)?;
    let stage_end = place(rest, b' ').filter(|end| *end < 30)?;
    let (stage, rest) = rest.split_at_checked(stage_end)?;
    let rest = rest.strip_prefix(b" from ")?;
    let (client, whole) = client(rest);
    let mut verdict = Verdict { action, by, stage, client, whole, ..Verdict::EMPTY };
    let envelope = split_envelope(whole, &mut verdict);
    read_envelope(envelope, &mut verdict);
    verdict.temporary = is_temporary(verdict.text, by);
    Some(Event::Verdict(verdict))
}

/// Parses a before-queue filter's verdict, which has no queue ID and no client.
///
/// ```text
/// proxy-accept: END-OF-MESSAGE: 250 2.0.0 Ok: queued as 3C0D21A7F4; from=<a@example.org> to=<b@example.net> proto=ESMTP helo=<mx.example.org>
/// proxy-reject: END-OF-MESSAGE: 554 5.7.1 Rejected; from=<a@example.org> to=<b@example.net> proto=ESMTP helo=<mx.example.org>
/// ```
pub(super) fn proxy(text: &[u8]) -> Option<Event<'_>> {
    let (accepted, rest) = match text.strip_prefix(b"proxy-accept: ") {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix(b"proxy-reject: ")?),
    };
    let (stage, whole) = until_str(rest, b": ")?;
    let mut verdict =
        Verdict { action: Action::Reject, by: Decider::Proxy, stage, whole, ..Verdict::EMPTY };
    let envelope = split_envelope(whole, &mut verdict);
    read_envelope(envelope, &mut verdict);
    if accepted {
        return Some(Event::ProxyAccept { queued_as: super::queued_as(verdict.text) });
    }
    verdict.temporary = is_temporary(verdict.text, Decider::Proxy);
    Some(Event::Verdict(verdict))
}

/// Parses a verdict of cleanup; header and body checks quote the line they looked at, cut
/// near 200 bytes, and put their own text behind the envelope.
///
/// ```text
/// reject: header Subject: Cheap pills from mail.example.org[192.0.2.40]; from=<a@example.org> to=<b@example.net> proto=ESMTP helo=<mail.example.org>: 5.7.1 no thanks
/// milter-hold: END-OF-MESSAGE from mail.example.org[192.0.2.40]: milter triggers HOLD action; from=<a@example.org> to=<b@example.net> proto=ESMTP helo=<x>
/// discard: header Subject: x from local; from=<a@example.net> to=<b@example.net>: header discard
/// ```
pub(super) fn cleanup(text: &[u8]) -> Option<Event<'_>> {
    let (action, by, rest) = action(text, Decider::Checks)?;
    let stage_end = place(rest, b' ')?;
    let (stage, tail) = rest.split_at_checked(stage_end)?;
    let mut verdict = Verdict { action, by, stage, ..Verdict::EMPTY };
    let envelope;
    if let (Some(from), b'A'..=b'Z') = (tail.strip_prefix(b" from "), stage.first()?) {
        let (client, whole) = client(from);
        (verdict.client, verdict.whole) = (client, whole);
        envelope = split_envelope(whole, &mut verdict);
    } else {
        verdict.whole = tail.trim_ascii_start();
        envelope = split_envelope(verdict.whole, &mut verdict);
        verdict.client = quoted_client(verdict.text);
    }
    verdict.reply = read_envelope(envelope, &mut verdict);
    let reply = if verdict.reply.is_empty() { verdict.text } else { verdict.reply };
    verdict.temporary = is_temporary(reply, by);
    Some(Event::Verdict(verdict))
}

/// The word in front: `reject: `, `milter-reject: `, `milter-header-discard: `.
fn action(text: &[u8], by: Decider) -> Option<(Action, Decider, &[u8])> {
    let end = place(text, b':').filter(|end| *end < 32)?;
    let (word, rest) = text.split_at_checked(end)?;
    let rest = rest.strip_prefix(b": ")?;
    let (by, word) = match word.strip_prefix(b"milter-") {
        Some(word) => {
            let word =
                word.strip_prefix(b"header-").or(word.strip_prefix(b"body-")).unwrap_or(word);
            (Decider::Milter, word)
        }
        None => (by, word),
    };
    let action = match word {
        b"reject" | b"hangup" => Action::Reject,
        b"reject_warning" => Action::RejectWarning,
        b"hold" => Action::Hold,
        b"discard" => Action::Discard,
        b"warn" | b"info" | b"warning" | b"filter" | b"redirect" | b"bcc" | b"replace"
        | b"prepend" | b"strip" | b"pass" | b"permit" | b"delay" | b"ignore" => Action::Other,
        _ => return None,
    };
    Some((action, by, rest))
}

/// `name[address]:port: TEXT` or `name[address]; from=…`.
fn client(rest: &[u8]) -> (&[u8], &[u8]) {
    let bracket = place(rest, b']').map_or(0, |at| at + 1);
    let tail = rest.get(bracket..).unwrap_or_default();
    let end = tail.iter().position(|&b| b == b' ' || b == b';').unwrap_or(tail.len());
    let end = bracket + end;
    let word = rest.get(..end).unwrap_or_default();
    let client = word.strip_suffix(b":").unwrap_or(word);
    let whole = rest.get(end..).unwrap_or_default();
    (client, whole.strip_prefix(b" ").unwrap_or(whole))
}

/// The ` from NAME` at the end of what a header check quotes.
fn quoted_client(text: &[u8]) -> &[u8] {
    let start = last_place(text, b' ').map_or(0, |at| at + 1);
    let before = text.get(..start).unwrap_or_default();
    if before.ends_with(b" from ") { text.get(start..).unwrap_or_default() } else { b"" }
}

/// Cuts the envelope off the end of a line: from the last `; from=<`, `; to=<` or
/// `; proto=` on. The last, because the text before it may quote one.
fn split_envelope<'a>(whole: &'a [u8], verdict: &mut Verdict<'a>) -> &'a [u8] {
    let mut end = whole.len();
    while let Some(at) = whole.get(..end).and_then(|head| last_place(head, b';')) {
        let tail = whole.get(at + 1..).unwrap_or_default();
        let starts = |key: &[u8]| {
            tail.get(1..).is_some_and(|t| t.starts_with(key)) && tail.first() == Some(&b' ')
        };
        if starts(b"from=<") || starts(b"to=<") || starts(b"proto=") || starts(b"helo=<") {
            verdict.text = whole.get(..at).unwrap_or_default();
            return tail.get(1..).unwrap_or_default();
        }
        end = at;
    }
    // `…; ` with nothing behind it, or a line that was cut.
    verdict.text = whole.strip_suffix(b";").unwrap_or(whole);
    b""
}

/// Reads `from=<S> to=<R> proto=P helo=<H> sasl_method=M sasl_username=U`, and returns the
/// text of a header check behind it.
fn read_envelope<'a>(envelope: &'a [u8], verdict: &mut Verdict<'a>) -> &'a [u8] {
    let mut rest = envelope;
    loop {
        rest = rest.strip_prefix(b",").unwrap_or(rest);
        rest = rest.strip_prefix(b" ").unwrap_or(rest);
        if let Some(tail) = rest.strip_prefix(b"from=<") {
            let (value, tail) = address(tail);
            (verdict.sender, rest) = (Some(value), tail);
        } else if let Some(tail) = rest.strip_prefix(b"to=<") {
            let (value, tail) = address(tail);
            (verdict.recipient, rest) = (Some(value), tail);
        } else if let Some(tail) = rest.strip_prefix(b"helo=<") {
            let (value, tail) = address(tail);
            (verdict.helo, rest) = (Some(value), tail);
        } else if let Some(tail) = rest.strip_prefix(b"sasl_username=") {
            let (value, tail) = word(tail);
            let bare = value.strip_prefix(b"<").and_then(|v| v.strip_suffix(b">")).unwrap_or(value);
            (verdict.user, rest) = (Some(bare), tail);
        } else if rest.starts_with(b"proto=") || rest.starts_with(b"sasl_") {
            rest = word(rest).1;
        } else {
            return rest.strip_prefix(b": ").unwrap_or_default();
        }
    }
}

/// An envelope value up to the `>` behind which the line goes on.
fn address(text: &[u8]) -> (&[u8], &[u8]) {
    let mut from = 0;
    while let Some(at) = text.get(from..).and_then(|t| place(t, b'>')) {
        let rest = text.get(from + at + 1..).unwrap_or_default();
        if matches!(rest.first(), None | Some(b' ' | b',' | b':')) {
            return (text.get(..from + at).unwrap_or_default(), rest);
        }
        from += at + 1;
    }
    (text, b"")
}

fn word(text: &[u8]) -> (&[u8], &[u8]) {
    let end = text.iter().position(|&b| b == b' ' || b == b',').unwrap_or(text.len());
    let end = if text.get(end.wrapping_sub(1)) == Some(&b':') { end - 1 } else { end };
    text.split_at_checked(end).unwrap_or((text, b""))
}

/// 4xx by the reply code, or by the enhanced code where cleanup leaves the reply code out.
/// postscreen writes no code when it is full, and answers 421.
fn is_temporary(text: &[u8], by: Decider) -> bool {
    match text {
        [class @ b'2'..=b'5', b'0'..=b'9', b'0'..=b'9', b' ' | b'-', ..]
        | [class @ b'2'..=b'5', b'.', ..] => *class == b'4',
        _ => by == Decider::Postscreen,
    }
}
