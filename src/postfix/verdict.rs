//! What a rule decided: reject, hold, discard and their kin, of smtpd, cleanup,
//! postscreen, milters and before-queue filters.

use super::event::{Action, Decider, Event, Verdict};
use super::scan::{last_place, place, until_str};
use crate::near::place_of_either;

/// Parses a verdict of smtpd, qmqpd or postscreen; `text` stands behind the queue ID or
/// `NOQUEUE: `. smtpd puts blanks between the fields of the envelope, postscreen commas.
///
/// ```text
/// reject: RCPT from unknown[203.0.113.9]: 554 5.7.1 <bob@example.com>: Relay access denied; from=<x@example.net> to=<bob@example.com> proto=ESMTP helo=<x>
/// milter-reject: END-OF-MESSAGE from a.example.net[192.0.2.7]: 4.7.1 Try again later; from=<a@example.net> to=<z@example.org> proto=ESMTP helo=<a>
/// reject: RCPT from [203.0.113.9]:51544: 550 5.7.1 Service unavailable; client [203.0.113.9] blocked using dnsbl.example.org; from=<a@example.org>, to=<b@example.net>, proto=ESMTP, helo=<x>
/// ```
pub(super) fn smtpd(text: &[u8], by: Decider) -> Option<Event<'_>> {
    let (action, by, rest) = match text.strip_prefix(b"reject: ") {
        Some(rest) => (Action::Reject, by, rest),
        None => action(text, by)?,
    };
    let (stage, rest) = match rest.strip_prefix(b"RCPT from ") {
        Some(behind) => (rest.get(..4)?, behind),
        None => stage_from(rest)?,
    };
    let (client, whole) = client(rest);
    Some(verdict(action, by, stage, client, whole))
}

/// The stage in front of ` from `, and what follows that.
fn stage_from(rest: &[u8]) -> Option<(&[u8], &[u8])> {
    let stage_end = place(rest, b' ').filter(|end| *end < 30)?;
    let (stage, rest) = rest.split_at_checked(stage_end)?;
    Some((stage, rest.strip_prefix(b" from ")?))
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
    if accepted {
        let (text, _) = split_envelope(whole);
        return Some(Event::ProxyAccept { queued_as: super::queued_as(text) });
    }
    Some(verdict(Action::Reject, Decider::Proxy, stage, b"", whole))
}

/// A verdict whose reply and envelope are all that is left of the line.
#[inline(always)] // so that the event is written where it stays
fn verdict<'a>(
    action: Action,
    by: Decider,
    stage: &'a [u8],
    client: &'a [u8],
    whole: &'a [u8],
) -> Event<'a> {
    let (text, envelope) = split_envelope(whole);
    let Envelope { sender, recipient, helo, user, .. } = Envelope::read(envelope);
    Event::Verdict(Verdict {
        action,
        by,
        stage,
        client,
        text,
        whole,
        sender,
        recipient,
        helo,
        user,
        temporary: is_temporary(text, by),
        ..Verdict::EMPTY
    })
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
    let (client, whole, text, envelope);
    if let (Some(from), b'A'..=b'Z') = (tail.strip_prefix(b" from "), stage.first()?) {
        (client, whole) = self::client(from);
        (text, envelope) = split_envelope(whole);
    } else {
        whole = tail.trim_ascii_start();
        (text, envelope) = split_envelope(whole);
        client = quoted_client(text);
    }
    let Envelope { sender, recipient, helo, user, rest } = Envelope::read(envelope);
    let reply = rest.strip_prefix(b": ").unwrap_or_default();
    let temporary = is_temporary(if reply.is_empty() { text } else { reply }, by);
    Some(Event::Verdict(Verdict {
        action,
        by,
        stage,
        client,
        text,
        reply,
        whole,
        sender,
        recipient,
        helo,
        user,
        temporary,
    }))
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

/// Cuts the envelope off the end of a line, and returns both: from the last `; from=<`,
/// `; to=<` or `; proto=` on. The last, because the text before it may quote one.
fn split_envelope(whole: &[u8]) -> (&[u8], &[u8]) {
    let mut text = whole;
    while let Some(at) = last_place(text, b';') {
        text = whole.get(..at).unwrap_or_default();
        if let Some(envelope) = whole.get(at..).and_then(|tail| tail.strip_prefix(b"; "))
            && (envelope.starts_with(b"from=<")
                || envelope.starts_with(b"to=<")
                || envelope.starts_with(b"proto=")
                || envelope.starts_with(b"helo=<"))
        {
            return (text, envelope);
        }
    }
    // `…; ` with nothing behind it, or a line that was cut.
    (whole.strip_suffix(b";").unwrap_or(whole), b"")
}

/// What stands behind a reply.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Envelope<'a> {
    sender: Option<&'a [u8]>,
    recipient: Option<&'a [u8]>,
    helo: Option<&'a [u8]>,
    user: Option<&'a [u8]>,
    /// What follows it: the text of a header check.
    rest: &'a [u8],
}

impl<'a> Envelope<'a> {
    /// Reads the fields of an envelope. Each is looked for where it stands in most, behind the
    /// one before it; where fields stand in another order, it takes more rounds.
    ///
    /// ```text
    /// from=<S> to=<R> proto=P helo=<H>
    /// from=<S> to=<R> proto=P helo=<H> sasl_method=M sasl_username=U: TEXT
    /// from=<S>, to=<R>, proto=P, helo=<H>
    /// ```
    #[inline(never)] // three searches are part of it
    fn read(envelope: &'a [u8]) -> Envelope<'a> {
        let mut read = Envelope { rest: behind_separator(envelope), ..Envelope::default() };
        loop {
            let before = read.rest.len();
            if let Some(tail) = read.rest.strip_prefix(b"from=<") {
                (read.sender, read.rest) = address(tail);
            }
            if let Some(tail) = read.rest.strip_prefix(b"to=<") {
                (read.recipient, read.rest) = address(tail);
            }
            if let Some(tail) = read.rest.strip_prefix(b"proto=ESMTP ") {
                read.rest = tail;
            } else if read.rest.starts_with(b"proto=") {
                read.rest = word(read.rest).1;
            }
            if let Some(tail) = read.rest.strip_prefix(b"helo=<") {
                (read.helo, read.rest) = address(tail);
            }
            if read.rest.starts_with(b"sasl_") {
                (read.user, read.rest) = login(read.rest, read.user);
            }
            if read.rest.is_empty() || read.rest.len() == before {
                return read;
            }
        }
    }
}

/// What follows the comma and the blank between two fields.
#[inline(always)] // two comparisons
fn behind_separator(rest: &[u8]) -> &[u8] {
    let rest = rest.strip_prefix(b",").unwrap_or(rest);
    rest.strip_prefix(b" ").unwrap_or(rest)
}

/// The user that `sasl_username=U` or `sasl_username=<U>` names, or the one before, and the next
/// field.
fn login<'a>(rest: &'a [u8], before: Option<&'a [u8]>) -> (Option<&'a [u8]>, &'a [u8]) {
    let Some(tail) = rest.strip_prefix(b"sasl_username=") else { return (before, word(rest).1) };
    let (value, tail) = word(tail);
    let bare = value.strip_prefix(b"<").and_then(|v| v.strip_suffix(b">")).unwrap_or(value);
    (Some(bare), tail)
}

/// An envelope value up to the `>` behind which the line goes on, and the next field.
#[inline(always)] // a call costs as much as the search
fn address(text: &[u8]) -> (Option<&[u8]>, &[u8]) {
    let mut from = 0;
    while let Some(at) = text.get(from..).and_then(|t| place(t, b'>')) {
        let rest = text.get(from + at + 1..).unwrap_or_default();
        if matches!(rest.first(), None | Some(b' ' | b',' | b':')) {
            return (text.get(..from + at), behind_separator(rest));
        }
        from += at + 1;
    }
    (Some(text), b"")
}

/// A value without brackets, and the next field.
fn word(text: &[u8]) -> (&[u8], &[u8]) {
    let end = place_of_either(text, b' ', b',').unwrap_or(text.len());
    let end = if text.get(end.wrapping_sub(1)) == Some(&b':') { end - 1 } else { end };
    let (word, rest) = text.split_at_checked(end).unwrap_or((text, b""));
    (word, behind_separator(rest))
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

#[cfg(test)]
#[allow(clippy::indexing_slicing)]
mod tests {
    use super::*;

    /// A field at a time, in whatever order.
    fn by_key(envelope: &[u8]) -> Envelope<'_> {
        let mut read = Envelope { rest: behind_separator(envelope), ..Envelope::default() };
        loop {
            if let Some(tail) = read.rest.strip_prefix(b"from=<") {
                (read.sender, read.rest) = address(tail);
            } else if let Some(tail) = read.rest.strip_prefix(b"to=<") {
                (read.recipient, read.rest) = address(tail);
            } else if let Some(tail) = read.rest.strip_prefix(b"helo=<") {
                (read.helo, read.rest) = address(tail);
            } else if read.rest.starts_with(b"sasl_") {
                (read.user, read.rest) = login(read.rest, read.user);
            } else if read.rest.starts_with(b"proto=") {
                read.rest = word(read.rest).1;
            } else {
                return read;
            }
        }
    }

    /// Each line with each byte in each place, and without it.
    fn damaged(line: &[u8]) -> impl Iterator<Item = Vec<u8>> {
        (0..line.len()).flat_map(move |at| {
            let with = (0..=255).map(move |byte| [&line[..at], &[byte], &line[at + 1..]].concat());
            with.chain([[&line[..at], &line[at + 1..]].concat(), line[..at].to_vec()])
        })
    }

    #[test]
    fn envelopes_in_the_usual_order_are_read_as_in_any() {
        let lines = [
            &b"from=<a@b.c> to=<d@e.f> proto=ESMTP helo=<g>"[..],
            b"from=<a>, to=<b>, proto=SMTP, helo=<c>",
            b"proto=ESMTP helo=<c> sasl_method=PLAIN sasl_username=<u>: 5.7.1 no",
            b"helo=<a> to=<b> to=<c> from=<d> sasl_username=e proto=ESMTP proto=X: y",
        ];
        for text in lines.iter().flat_map(|line| damaged(line)) {
            assert_eq!(Envelope::read(&text), by_key(&text), "{}", text.escape_ascii());
        }
    }

    #[test]
    fn the_usual_words_in_front_are_read_as_any_are() {
        for text in damaged(b"reject: RCPT from a[192.0.2.1]: 450 x") {
            let front = action(&text, Decider::Smtpd).and_then(|(action, by, rest)| {
                let (stage, rest) = stage_from(rest)?;
                Some((action, by, stage, client(rest)))
            });
            let read = smtpd(&text, Decider::Smtpd).map(|event| match event {
                Event::Verdict(read) => {
                    (read.action, read.by, read.stage, (read.client, read.whole))
                }
                other => unreachable!("{other:?}"),
            });
            assert_eq!(read, front, "{}", text.escape_ascii());
        }
    }
}
