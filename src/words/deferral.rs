//! Who put mail off, in which words.

use crate::near::place;

use super::cut;
use super::host::Peer;
use super::reply::trim_reply_in_place;

/// A deferral's text, split into who and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deferral<'a> {
    /// The host as it is written (`mx.example.org[192.0.2.25]:25`), or the domain that was looked
    /// up; `None` where the text names neither. Then it is the relay that deferred.
    pub host: Option<&'a [u8]>,
    /// What stands before the reason, as the host was taken from its middle.
    lead: &'static [u8],
    reason: &'a [u8],
}

impl<'a> Deferral<'a> {
    fn whole(reason: &'a [u8]) -> Self {
        Self { host: None, lead: b"", reason }
    }

    fn by(host: &'a [u8], reason: &'a [u8]) -> Self {
        Self { host: Some(host), lead: b"", reason }
    }

    /// Writes the reason into `out`, at most `limit` bytes.
    pub fn reason(&self, limit: usize, out: &mut Vec<u8>) {
        out.clear();
        out.extend_from_slice(self.lead);
        out.extend_from_slice(self.reason);
        trim_reply_in_place(limit, out);
    }
}

/// Splits the text of a deferral.
///
/// `text` is what stands between `status=deferred (` and the last `)` of the
/// line. Of mail that qmgr(8) did not try (`delivery temporarily suspended:`)
/// the earlier reason counts.
#[must_use]
pub fn deferral(text: &[u8]) -> Deferral<'_> {
    let cause = without_suspension(text);
    reply(cause)
        .or_else(|| connection(cause))
        .or_else(|| interruption(cause))
        .or_else(|| mailbox(cause))
        .or_else(|| lookup(cause))
        .or_else(|| demand(cause))
        .unwrap_or_else(|| Deferral::whole(text))
}

/// The name of the host that put mail off: the one that the text of the deferral names, else the
/// relay.
#[must_use]
pub fn host<'a>(text: &'a [u8], relay: &'a [u8]) -> &'a [u8] {
    Peer::parse(deferral(text).host.unwrap_or(relay)).fqdn()
}

/// The earlier reason for which qmgr(8) did not try.
pub(super) fn without_suspension(text: &[u8]) -> &[u8] {
    text.strip_prefix(b"delivery temporarily suspended: ").unwrap_or(text)
}

/// What a server answered.
///
/// ```text
/// host mx.example.org[192.0.2.25] said: 451 4.7.1 Greylisted (in reply to RCPT TO command)
/// host mx.example.org[192.0.2.25] refused to talk to me: 421 4.7.0 busy
/// ```
fn reply(text: &[u8]) -> Option<Deferral<'_>> {
    let (host, rest) = word(text.strip_prefix(b"host ")?);
    let reply =
        rest.strip_prefix(b"said: ").or_else(|| rest.strip_prefix(b"refused to talk to me: "))?;
    // The blank before the parenthesis stays, as in pflogsumm's report.
    let words = cut::last(reply, b"(in reply to ").map_or(reply, |(words, _)| words);
    Some(Deferral::by(host, words))
}

/// ```text
/// connect to mx.example.org[192.0.2.25]:25: Connection refused
/// connect to mail.example.com[private/dovecot-lmtp]: Connection refused
/// ```
fn connection(text: &[u8]) -> Option<Deferral<'_>> {
    let (host, reason) = cut::once(text.strip_prefix(b"connect to ")?, b": ")?;
    Some(Deferral::by(host, reason))
}

/// ```text
/// lost connection with mx.example.org[192.0.2.25] while sending RCPT TO
/// conversation with mx.example.org[192.0.2.25] timed out while sending RCPT TO
/// ```
fn interruption(text: &[u8]) -> Option<Deferral<'_>> {
    let (lead, rest): (&[u8], _) = text
        .strip_prefix(b"lost connection with ")
        .map(|rest| (&b"lost connection "[..], rest))
        .or_else(|| text.strip_prefix(b"conversation with ").map(|r| (&b"conversation "[..], r)))?;
    let (host, reason) = word(rest);
    let fits = reason.starts_with(b"while ") || reason.starts_with(b"timed out while ");
    fits.then(|| Deferral { lead, ..Deferral::by(host, reason) })
}

/// A mailbox of this host, so there is no other to name.
///
/// ```text
/// cannot update mailbox /var/mail/bob for user bob. unable to create lock file /var/mail/bob.lock: File exists
/// cannot append to file /var/mail/bob: Disk quota exceeded
/// ```
fn mailbox(text: &[u8]) -> Option<Deferral<'_>> {
    if let Some(rest) = text.strip_prefix(b"cannot append to file ") {
        return cut::once(rest, b": ").map(|(_, reason)| Deferral::whole(reason));
    }
    let rest = text.strip_prefix(b"cannot update mailbox ")?;
    let user = cut::once(rest, b" for user ").map_or(rest, |(_, user)| user);
    cut::once(user, b". ").map(|(_, reason)| Deferral::whole(reason))
}

/// A name the DNS did not tell about.
///
/// ```text
/// Host or domain name not found. Name service error for name=example.org type=MX: Host not found, try again
/// unable to look up host mx.example.org: Name or service not known
/// mail for example.org loops back to myself
/// ```
fn lookup(text: &[u8]) -> Option<Deferral<'_>> {
    if let Some(rest) = text.strip_prefix(b"unable to look up host ") {
        return Some(Deferral::by(cut::once(rest, b": ").map_or(rest, |(host, _)| host), text));
    }
    if let Some(rest) = text.strip_prefix(b"mail for ")
        && let (domain, b"loops back to myself") = word(rest)
    {
        return Some(Deferral::by(domain, text));
    }
    // What a program or a server wrote may quote these words.
    let (before, rest) = cut::once(text, b"Name service error for ")?;
    if place(before, b':').is_some() {
        return None;
    }
    let rest = ["name=", "domain "]
        .iter()
        .find_map(|word| rest.strip_prefix(word.as_bytes()))
        .unwrap_or(rest);
    let (name, reason) = word(rest);
    let name = name.strip_suffix(b":").unwrap_or(name);
    Some(Deferral { lead: b"Name service error ", ..Deferral::by(name, reason) })
}

/// Something this system demands of a server, or the other way around.
///
/// ```text
/// TLS is required, but was not offered by host mx.example.org[192.0.2.25]
/// TLS is required, but host mx.example.org[192.0.2.25] refused to start TLS: 454 later
/// SASL authentication failed; server mx.example.org[192.0.2.25] said: 535 no
/// message size 30000 exceeds size limit 20000 of server mx.example.org[192.0.2.25]
/// ```
///
/// The text is the reason as it stands.
fn demand(text: &[u8]) -> Option<Deferral<'_>> {
    const HEADS: [&[u8]; 4] = [
        b"TLS is required",
        b"SASL authentication failed",
        b"message size ",
        b"SMTPUTF8 is required",
    ];
    if !HEADS.iter().any(|head| text.starts_with(head)) {
        return None;
    }
    let (_, rest) = cut::once(text, b" host ").or_else(|| cut::once(text, b" server "))?;
    let (host, _) = word(rest);
    let host = host.strip_suffix(b":").unwrap_or(host);
    place(host, b'[').map(|_| Deferral::by(host, text))
}

/// The text up to the first blank, and what follows the blank.
fn word(text: &[u8]) -> (&[u8], &[u8]) {
    cut::once(text, b" ").unwrap_or((text, b""))
}
