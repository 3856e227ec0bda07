//! Sender addresses without what makes each message's different: UUCP, VERP and
//! SRS.

use crate::near::last_place;

use super::cut;
use super::domain::split_address;

/// Writes a bang path into `out` as one route from left to right; other
/// addresses as they are.
///
/// ```text
/// a!b!example.com!user@hop   hop!a!b!user@example.com
/// ```
pub fn uucp(address: &[u8], out: &mut Vec<u8>) {
    out.clear();
    if say_route(address, out).is_none() {
        out.extend_from_slice(address);
    }
}

fn say_route(address: &[u8], out: &mut Vec<u8>) -> Option<()> {
    let (route, hop) = split_address(address);
    let (path, user) = split_at_last(b'!', route)?;
    let (path, host) = split_at_last(b'!', path).unwrap_or((b"", path));
    let is_route = !hop.is_empty() && !hop.contains(&b'.') && !host.is_empty();
    if !is_route || user.is_empty() || user.contains(&b'@') {
        return None;
    }
    let bang: &[u8] = if path.is_empty() { b"" } else { b"!" };
    cut::append(out, &[hop, b"!", path, bang, user, b"@", host]);
    Some(())
}

fn split_at_last(separator: u8, text: &[u8]) -> Option<(&[u8], &[u8])> {
    let (head, tail) = text.split_at_checked(last_place(text, separator)?)?;
    Some((head, tail.get(1..)?))
}

/// Words that begin the local part of a sender made by a program.
const MADE: [&[u8]; 6] = [b"bounce", b"nolist", b"noreply", b"noresponse", b"return", b"sentto"];

/// Writes a sender of variable envelope return path form (VERP) into `out`,
/// with what varies replaced; other addresses as they are.
///
/// ```text
/// list-return-36-bob=example.org@lists.example.com
///   level 1: list-return-ID-bob=example.org@lists.example.com
///   level 2: list-return-ID@lists.example.com
/// ```
///
/// Level 1 replaces the numbers after a word such as `bounce` or `return`;
/// level 2 removes the recipient too. Only the local part is looked at, and SRS
/// addresses, whose local part holds another domain, are left alone.
pub fn verp(address: &[u8], level: u8, out: &mut Vec<u8>) {
    out.clear();
    let (local, _) = split_address(address);
    let domain = address.get(local.len()..).unwrap_or_default();
    if level == 0 || domain.is_empty() || Srs::start(local).is_some() {
        out.extend_from_slice(address);
        return;
    }
    match numbers(local) {
        Some((before, after)) => cut::append(out, &[before, b"-ID", after]),
        None => out.extend_from_slice(local),
    }
    if level > 1
        && let Some(end) = recipient(out)
    {
        out.truncate(end);
    }
    out.extend_from_slice(domain);
}

/// Finds the first groups of a separator and a number after a word of
/// [`MADE`]: what stands before and after them.
fn numbers(local: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = |word: &[u8]| {
        let at = local.windows(word.len()).position(|part| part.eq_ignore_ascii_case(word))?;
        Some(at + word.len())
    };
    let first = MADE.iter().filter_map(|word| end(word)).min()?;
    let start = (first..local.len()).find(|at| group(local, *at).is_some())?;
    let mut stop = start;
    while let Some(after) = group(local, stop) {
        stop = after;
    }
    Some((local.get(..start)?, local.get(stop..)?))
}

/// Where a separator and a number at `at` end, if they stand there as a word.
fn group(local: &[u8], at: usize) -> Option<usize> {
    let rest = local.get(at..)?;
    let (separator, rest) = rest.split_first()?;
    let digits = cut::digits(rest);
    let is_word = !rest.get(digits).is_some_and(|byte| is_word(*byte));
    (matches!(separator, b'+' | b'_' | b'.' | b'*' | b'-') && digits > 0 && is_word)
        .then_some(at + 1 + digits)
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Where the recipient begins in a local part: `-bob=example.org`.
fn recipient(local: &[u8]) -> Option<usize> {
    // The last `@` of a local part ends nothing: what follows must hold none.
    let from = last_place(local, b'@').map_or(0, |at| at + 1);
    (from..local.len()).find(|at| local.get(*at..).is_some_and(is_recipient))
}

fn is_recipient(text: &[u8]) -> bool {
    let separated = |text: &[u8]| matches!(text.first(), Some(b'*' | b'-'));
    let is_user = |text: &[u8]| {
        let user = text.iter().take_while(|b| !matches!(b, b'=' | b'*' | b'-')).count();
        let end = text.get(user);
        user > 0 && matches!(end, Some(b'=' | b'*')) && text.len() > user + 1
    };
    let Some((_, rest)) = text.split_first().filter(|_| separated(text)) else { return false };
    let after_number = rest.get(cut::digits(rest)..).unwrap_or_default();
    is_user(rest) || (separated(after_number) && after_number.get(1..).is_some_and(is_user))
}

/// Writes the sender that a forwarder rewrote by the Sender Rewriting Scheme
/// (SRS) into `out`; other addresses as they are.
///
/// ```text
/// SRS0=HHHH=TT=example.com=alice@forwarder.example                        alice@example.com
/// SRS1=HHHH=first.example==HHHH=TT=example.com=alice@forwarder.example    alice@example.com
/// ```
pub fn srs(address: &[u8], out: &mut Vec<u8>) {
    out.clear();
    match Srs::parse(address) {
        Some(Srs { local, domain }) => cut::append(out, &[local, b"@", domain]),
        None => out.extend_from_slice(address),
    }
}

struct Srs<'a> {
    local: &'a [u8],
    domain: &'a [u8],
}

impl<'a> Srs<'a> {
    /// What follows `SRS0=`, or `SRS1=` with the hash and host of its own and
    /// the separator.
    fn start(local: &'a [u8]) -> Option<&'a [u8]> {
        let separated =
            |text: &'a [u8]| text.split_first().filter(|(s, _)| matches!(s, b'=' | b'+' | b'-'));
        if let Some(rest) = cut::strip_prefix_ignoring_case(local, b"SRS0") {
            return separated(rest).map(|(_, rest)| rest);
        }
        let (_, rest) = separated(cut::strip_prefix_ignoring_case(local, b"SRS1")?)?;
        let (_, rest) = cut::once(rest, b"=")?;
        let (_, rest) = cut::once(rest, b"=")?;
        separated(rest).map(|(_, rest)| rest)
    }

    fn parse(address: &'a [u8]) -> Option<Self> {
        let (local, forwarder) = split_address(address);
        let (_hash, rest) = cut::once(Self::start(local)?, b"=")?;
        let (_day, rest) = cut::once(rest, b"=")?;
        let (domain, local) = cut::once(rest, b"=")?;
        let is_domain = |domain: &[u8]| {
            !domain.is_empty() && domain.iter().all(|b| is_word(*b) || matches!(b, b'.' | b'-'))
        };
        (is_domain(domain) && is_domain(forwarder) && !local.is_empty())
            .then_some(Self { local, domain })
    }
}
