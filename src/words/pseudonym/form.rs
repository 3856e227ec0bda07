//! The forms by which names are known in a text.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::{HOST, USER};

/// The longest beginning of a text whose characters fit.
pub(super) fn run(text: &str, fits: fn(char) -> bool) -> &str {
    let end = text.find(|c| !fits(c)).unwrap_or(text.len());
    text.get(..end).unwrap_or_default()
}

pub(super) fn is_of_host(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '.' | '-' | '_')
}

/// RFC 5322 calls these atext; the dot joins them.
pub(super) fn is_of_local(c: char) -> bool {
    c.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c)
}

/// A name without the punctuation of the sentence around it.
pub(super) fn trimmed(name: &str) -> &str {
    name.trim_end_matches(['.', '-', '_'])
}

/// The domain or `[literal]` that a text begins with.
pub(super) fn domain_of(text: &str) -> &str {
    if text.starts_with('[') {
        let end = text.find(']').map_or(0, |at| at + 1);
        return text.get(..end).unwrap_or_default();
    }
    trimmed(run(text, is_of_host))
}

/// Words before a name, with their sign: `user=ann@example.org`. In addresses that a program
/// made, `bob=example.org@lists.example`, the word is a name itself.
const KEYS: [&str; 12] = [
    "sasl_username=",
    "sasl_sender=",
    "orig_to=",
    "username=",
    "recipient=",
    "sender=",
    "login=",
    "email=",
    "from=",
    "user=",
    "id=",
    "to=",
];

/// Those of them behind which a user's name stands without a domain.
const OF_USERS: [&str; 4] = ["sasl_username=", "username=", "login=", "user="];

/// The word before a name that a text begins with, or the last of a link:
/// `/Why?s=mfrom;id=ann`.
pub(super) fn key(word: &str) -> &str {
    let start = word.rfind(['?', '&', '/']).map_or(0, |at| at + 1);
    let rest = word.get(start..).unwrap_or_default();
    let known = KEYS.iter().find(|key| rest.starts_with(**key));
    known.and_then(|key| word.get(..start + key.len())).unwrap_or_default()
}

/// What the text around it says that a word is.
///
/// ```text
/// sasl_username=ann      a user
/// <win7>: Helo command   a host, because whoever connects says so
/// mx1[192.0.2.1]:25      a host
/// ```
pub(super) fn marked(before: &str, behind: &str) -> Option<&'static str> {
    if OF_USERS.iter().any(|key| before.ends_with(key)) {
        return Some(USER);
    }
    let in_angles = before.ends_with('<') && behind.starts_with('>');
    let address = behind.strip_prefix('[').map(|rest| run(rest, |c| c != ']'));
    let with_address = address.is_some_and(|address| {
        address == "unknown" || as_ipv4(address).is_some() || address.parse::<Ipv6Addr>().is_ok()
    });
    (in_angles || with_address).then_some(HOST)
}

/// An address of IPv4 in one spelling; servers write some with zeros in front.
pub(super) fn as_ipv4(word: &str) -> Option<String> {
    let mut octets = [0u8; 4];
    let mut parts = word.split('.');
    for octet in &mut octets {
        let part = parts.next().filter(|part| (1..=3).contains(&part.len()))?;
        *octet = part.parse().ok().filter(|_| part.bytes().all(|byte| byte.is_ascii_digit()))?;
    }
    parts.next().is_none().then(|| Ipv4Addr::from(octets).to_string())
}

/// An address of IPv6 that a text begins with. Times of day have colons, too, but are none.
pub(super) fn ipv6(text: &str) -> Option<(usize, Ipv6Addr)> {
    // `0000:0000:0000:0000:0000:ffff:255.255.255.255` is the longest.
    const MOST: usize = 46;
    let end = text
        .char_indices()
        .take(MOST)
        .find(|(_, c)| !(c.is_ascii_hexdigit() || matches!(c, ':' | '.')))
        .map_or_else(|| text.len().min(MOST), |(at, _)| at);
    let run = text.get(..end)?;
    if run.bytes().filter(|byte| *byte == b':').count() < 2 {
        return None;
    }
    let ends = [run, run.trim_end_matches(['.', ':']), run.trim_end_matches('.')];
    ends.into_iter().find_map(|run| Some((run.len(), run.parse().ok()?)))
}

/// The length of `"a b"` where `@` stands behind it.
pub(super) fn quoted_local(text: &str) -> Option<usize> {
    // RFC 5321 allows 64; more is a text in quotes.
    const MOST: usize = 320;
    let inner = text.strip_prefix('"')?;
    let mut escaped = false;
    for (at, c) in inner.char_indices().take(MOST) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => {
                let taken = at + 2;
                let is_local = text.get(taken..).is_some_and(|rest| rest.starts_with('@'));
                return is_local.then_some(taken);
            }
            _ => {}
        }
    }
    None
}

/// Ends of the names of files that texts mention: `main.cf`, `mail.log`.
const FILES: [&str; 12] =
    ["cf", "conf", "crt", "db", "json", "key", "lmdb", "log", "pem", "php", "sock", "toml"];

/// Whether a word is a host by its form: its last label has letters, and no number stands
/// before it only (`0.4s`, `5.7.1b`).
pub(super) fn looks_like_host(word: &str) -> bool {
    let Some((before, last)) = word.rsplit_once('.') else { return false };
    let numbers = before.split('.').all(|part| part.bytes().all(|byte| byte.is_ascii_digit()));
    let letters = last.chars().filter(|c| c.is_alphabetic()).count();
    let is_name = letters == last.chars().count() || (letters > 0 && !numbers);
    let is_version = before.starts_with("TLSv") || before.starts_with("SSLv");
    last.chars().count() > 1 && is_name && !FILES.contains(&last) && !is_version
}
