//! Warnings: what many of them have in common, and failed sign-ins.

use crate::near::place;

use super::cut;

/// A client that did not prove who it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SaslFailure<'a> {
    /// The client, `name[address]`.
    pub client: &'a [u8],
    /// The mechanism, such as `LOGIN`.
    pub method: &'a [u8],
    /// What the server said, or before Postfix 3.9 the challenge in base64; may
    /// be empty.
    pub reason: &'a [u8],
    /// The name tried; logged since Postfix 3.9, and only where it is known.
    pub user: Option<&'a [u8]>,
}

/// Reads a failed sign-in from the text of a warning.
///
/// ```text
/// unknown[203.0.113.9]: SASL LOGIN authentication failed: authentication failure, sasl_username=admin
/// unknown[2001:db8::9]: SASL LOGIN authentication failed: UGFzc3dvcmQ6
/// ```
#[must_use]
pub fn sasl_failure(text: &[u8]) -> Option<SaslFailure<'_>> {
    let (client, rest) = cut::once(text, b" ")?;
    let client = client.strip_suffix(b":")?;
    let (method, rest) = cut::once(rest.strip_prefix(b"SASL ")?, b" ")?;
    let rest = rest.strip_prefix(b"authentication failed")?;
    let rest = rest.strip_prefix(b":").unwrap_or(rest);
    let (reason, user) = match cut::last(rest, b", sasl_username=") {
        Some((reason, user)) => (reason, Some(user)),
        None => (rest, None),
    };
    let user = user.filter(|user| !matches!(*user, b"" | b"(unavailable)"));
    Some(SaslFailure { client, method, reason: reason.trim_ascii(), user })
}

/// The same of a warning that says something of a password: not where the fault is this host's,
/// because Dovecot was gone (`xsasl_dovecot_server.c`), or what Cyrus SASL asks gave no answer
/// (`SASL_FAIL`).
#[must_use]
pub fn failed_sign_in(text: &[u8]) -> Option<SaslFailure<'_>> {
    const OF_THIS_HOST: [&[u8]; 2] =
        [b"Connection lost to authentication server", b"generic failure"];
    sasl_failure(text).filter(|failure| !OF_THIS_HOST.contains(&failure.reason))
}

/// Writes what a warning has in common with others of its kind into `out`.
///
/// Names, addresses and process IDs go, so that one cause is one line of the
/// report. Text of no known kind stays as it is. For cleanup(8) there is
/// [`condense_cleanup`].
pub fn condense(text: &[u8], out: &mut Vec<u8>) {
    out.clear();
    let known = sasl(text)
        .or_else(|| name_of_address(text))
        .or_else(|| name_lookup(text))
        .or_else(|| bad_name(text))
        .or_else(|| bad_command(text))
        .or_else(|| limit(text))
        .or_else(|| of_message(text))
        .or_else(|| process(text));
    write(known, text, out);
}

/// The same of cleanup(8), whose other warnings stay as they are: they quote maps and mail.
pub fn condense_cleanup(text: &[u8], out: &mut Vec<u8>) {
    out.clear();
    write(of_message(text), text, out);
}

fn write(known: Option<Phrase<'_>>, text: &[u8], out: &mut Vec<u8>) {
    match known {
        Some(phrase) => cut::append(out, &phrase),
        None => out.extend_from_slice(text),
    }
}

/// The parts of a phrase, one after the other; empty ones at the end.
type Phrase<'a> = [&'a [u8]; 6];

fn phrase<'a, const N: usize>(parts: [&'a [u8]; N]) -> Phrase<'a> {
    let mut phrase: Phrase<'a> = [b""; 6];
    for (slot, part) in phrase.iter_mut().zip(parts) {
        *slot = part;
    }
    phrase
}

/// See [`sasl_failure`].
fn sasl(text: &[u8]) -> Option<Phrase<'_>> {
    const MECHANISM: &[u8] = b"Invalid authentication mechanism";
    let SaslFailure { method, reason, .. } = sasl_failure(text)?;
    let (colon, why) = with_colon(reason.starts_with(MECHANISM).then_some(MECHANISM));
    Some(phrase([b"SASL ", method, b" authentication failed", colon, why]))
}

/// The name of a client and its address do not belong together. The resolver's
/// own words follow, which differ from system to system.
///
/// ```text
/// hostname a.example does not resolve to address 203.0.113.7: Name or service not known
/// 203.0.113.7: hostname a.example verification failed: Name or service not known
/// 203.0.113.7: address not listed for hostname a.example
/// ```
fn name_of_address(text: &[u8]) -> Option<Phrase<'_>> {
    const NOT_RESOLVED: &[u8] = b" does not resolve to address";
    const NOT_LISTED: &[u8] = b"address not listed for hostname";
    const NOT_VERIFIED: &[u8] = b" verification failed";
    if let Some(rest) = text.strip_prefix(b"hostname ") {
        let (_, rest) = cut::once(rest, NOT_RESOLVED)?;
        let (colon, why) = with_colon(cut::once(rest, b": ").map(|(_, why)| why));
        return Some(phrase([b"hostname", NOT_RESOLVED, colon, why]));
    }
    let (_, rest) = cut::once(text, b" ")?;
    if rest.starts_with(NOT_LISTED) {
        return Some(phrase([NOT_LISTED]));
    }
    let (name, rest) = cut::once(rest.strip_prefix(b"hostname ")?, NOT_VERIFIED)?;
    let (colon, why) = with_colon(rest.strip_prefix(b": "));
    place(name, b' ').is_none().then(|| phrase([b"hostname", NOT_VERIFIED, colon, why]))
}

fn with_colon(why: Option<&[u8]>) -> (&[u8], &[u8]) {
    why.map_or((b"", b""), |why| (b": ", why))
}

/// A name server gave no answer.
///
/// ```text
/// Unable to look up MX host for a.example: Host not found
/// Unable to look up NS host ns.a.example for Sender address bob@a.example: Name or service not known
/// a.example: RBL lookup error: Host or domain name not found. Name service error for name=a.example type=A: Host not found, try again
/// ```
fn name_lookup(text: &[u8]) -> Option<Phrase<'_>> {
    const UNABLE: &[u8] = b"Unable to look up ";
    const CLASSES: [&[u8]; 4] =
        [b"Sender address", b"Recipient address", b"Client host", b"Helo command"];
    const LISTS: &[u8] = b"RBL lookup error: Host or domain name not found. Name service error ";
    if let Some(rest) = text.strip_prefix(UNABLE) {
        let (kind, rest) = cut::once(rest, b" host ")?;
        if !matches!(kind, b"MX" | b"NS") {
            return None;
        }
        let (subject, why) = cut::once(rest, b": ")?;
        if subject.starts_with(b"for ") {
            return Some(phrase([UNABLE, kind, b" host: ", why]));
        }
        let (_, subject) = cut::once(subject, b" for ")?;
        let class = CLASSES.iter().find(|class| subject.starts_with(class))?;
        return Some(phrase([UNABLE, kind, b" host for ", class, b": ", why]));
    }
    let (_, rest) = cut::once(text, b": ")?;
    let (_, rest) = cut::once(rest.strip_prefix(LISTS)?, b" type=")?;
    Some(phrase([LISTS, b"type=", rest]))
}

/// A name that is none.
///
/// ```text
/// malformed domain name in resource data of MX record for a.example: -
/// numeric domain name in resource data of NS record for a.example: 192.0.2.1
/// numeric hostname: 203.0.113.7
/// valid_hostname: invalid character 95(decimal): a_b
/// ```
fn bad_name(text: &[u8]) -> Option<Phrase<'_>> {
    const IN_RECORD: &[u8] = b" domain name in resource data of ";
    const BARE: [&[u8]; 2] = [b"numeric hostname", b"valid_hostname: invalid character"];
    if let Some(known) = BARE.iter().find(|known| text.starts_with(known)) {
        return Some(phrase([known]));
    }
    let (kind, rest) = text.split_at_checked(place(text, b' ')?)?;
    let rest = rest.strip_prefix(IN_RECORD)?;
    let (record, _) = cut::once(rest, b" record for ")?;
    let known = matches!((kind, record), (b"numeric", b"MX" | b"NS") | (b"malformed", b"MX"));
    known.then(|| phrase([kind, IN_RECORD, record, b" record"]))
}

/// A command that is none.
///
/// ```text
/// Illegal address syntax from unknown[203.0.113.7] in MAIL command: <bob@>
/// non-SMTP command from unknown[203.0.113.7]: GET / HTTP/1.1
/// ```
fn bad_command(text: &[u8]) -> Option<Phrase<'_>> {
    if let Some(rest) = text.strip_prefix(b"Illegal address syntax from ") {
        let (_, rest) = cut::once(rest, b" in ")?;
        let (command, _) = cut::once(rest, b" command: ")?;
        return matches!(command, b"MAIL" | b"RCPT")
            .then(|| phrase([b"Illegal address syntax in ", command, b" command"]));
    }
    let (_, line) = cut::once(text.strip_prefix(b"non-SMTP command from ")?, b": ")?;
    let word = line.split(u8::is_ascii_whitespace).next()?;
    Some(phrase([b"non-SMTP command: ", word]))
}

/// A client does something too often; how often is another number each time, and goes
/// (`smtpd.c`, with what anvil(8) counts).
///
/// ```text
/// Connection concurrency limit exceeded: 51 from unknown[203.0.113.7] for service smtp
/// Message delivery request rate limit exceeded: 101 from unknown[203.0.113.7] for service smtp
/// ```
fn limit(text: &[u8]) -> Option<Phrase<'_>> {
    const EXCEEDED: &[u8] = b" limit exceeded";
    const KINDS: [&[u8]; 6] = [
        b"Connection concurrency",
        b"Connection rate",
        b"Message delivery request rate",
        b"Recipient address rate",
        b"New TLS session rate",
        b"AUTH command rate",
    ];
    let kind = KINDS.iter().find(|kind| text.starts_with(kind))?;
    let rest = text.get(kind.len()..)?.strip_prefix(EXCEEDED)?.strip_prefix(b": ")?;
    let (number, rest) = cut::once(rest, b" from ")?;
    let (_, service) = cut::once(rest, b" for service ")?;
    let is_number = !number.is_empty() && number.iter().all(u8::is_ascii_digit);
    is_number.then(|| phrase([kind, EXCEEDED, b" for service ", service]))
}

/// What smtpd(8) and cleanup(8) say of a message that they do not take, without its queue ID.
///
/// ```text
/// 7A1E04C21B: queue file size limit exceeded
/// 7A1E04C21B: BDAT request from unknown[203.0.113.7] exceeds message size limit
/// ```
fn of_message(text: &[u8]) -> Option<Phrase<'_>> {
    const BDAT: &[u8] = b"BDAT request";
    const TOO_LARGE: &[u8] = b" exceeds message size limit";
    let (queue_id, rest) = cut::once(text, b": ")?;
    if !queue_id.iter().all(u8::is_ascii_alphanumeric) {
        return None;
    }
    if rest == b"queue file size limit exceeded" {
        return Some(phrase([rest]));
    }
    let client = rest.strip_prefix(BDAT)?.strip_prefix(b" from ")?;
    client.ends_with(TOO_LARGE).then(|| phrase([BDAT, TOO_LARGE]))
}

/// A process that came to a bad end.
///
/// ```text
/// process /usr/libexec/postfix/smtpd pid 1234 exit status 1
/// process /usr/libexec/postfix/smtpd pid 1234 killed by signal 11
/// /usr/bin/policyd-spf-perl: process id 1234: command time limit exceeded
/// ```
fn process(text: &[u8]) -> Option<Phrase<'_>> {
    const ENDS: [&[u8]; 2] = [b" exit status ", b" killed by signal "];
    if let Some(rest) = text.strip_prefix(b"process ") {
        let (path, rest) = cut::once(rest, b" pid ")?;
        return ENDS.iter().find_map(|end| {
            let (_, number) = cut::once(rest, end)?;
            Some(phrase([b"process ", path, end, number]))
        });
    }
    let (path, rest) = cut::once(text, b": ")?;
    let rest = rest.strip_prefix(b"process id ")?;
    let known =
        path.ends_with(b"policyd-spf-perl") && rest.ends_with(b": command time limit exceeded");
    known.then(|| phrase([b"policyd-spf-perl: process command time limit exceeded"]))
}
