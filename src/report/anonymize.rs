//! Pseudonyms in place of users, hosts and addresses, so that a report can be shown to others.
//!
//! One text has one pseudonym wherever it stands, and without the key nobody finds the text by
//! trying. Numbers, ranks and queue IDs stay as they are, because only texts are touched, and
//! only after everything is counted. Subdomains of one domain are seen to be of one domain.

use std::collections::BTreeSet;
use std::net::{Ipv4Addr, Ipv6Addr};

use crate::words::domain;

use super::model::{Body, Report};
use super::table::{Group, Unit};

/// Makes pseudonyms.
pub struct Anonymizer {
    key: [u8; 32],
    /// Names without a dot that stand for somebody: hosts, users, local parts.
    known: BTreeSet<String>,
}

/// Words of Postfix and of the report that are nobody's secret, whoever is called so.
const COMMON: [&str; 60] = [
    "a",
    "account",
    "address",
    "all",
    "and",
    "backup",
    "bounce",
    "by",
    "client",
    "command",
    "connect",
    "connection",
    "daemon",
    "delivered",
    "domain",
    "error",
    "failed",
    "for",
    "from",
    "host",
    "in",
    "info",
    "is",
    "list",
    "local",
    "localhost",
    "lost",
    "mail",
    "mailbox",
    "mailer",
    "message",
    "name",
    "news",
    "no",
    "nobody",
    "not",
    "notice",
    "of",
    "on",
    "or",
    "postfix",
    "postmaster",
    "relay",
    "root",
    "said",
    "sender",
    "server",
    "service",
    "smtp",
    "smtpd",
    "support",
    "system",
    "test",
    "the",
    "to",
    "unknown",
    "user",
    "users",
    "warning",
    "with",
];

impl Anonymizer {
    /// Makes the pseudonyms of a key. `known` are names that a text may mention alone.
    #[must_use]
    pub fn new(key: &[u8], known: impl IntoIterator<Item = String>) -> Anonymizer {
        let key = blake3::derive_key("pfsum 2026 pseudonyms in reports", key);
        let is_secret = |word: &String| word.len() > 1 && !COMMON.contains(&word.as_str());
        Anonymizer { key, known: known.into_iter().filter(is_secret).collect() }
    }

    /// `u-5f3c09a1d2` of a user, `h-...` of a host.
    fn pseudonym(&self, kind: &str, text: &str) -> String {
        let mut hasher = blake3::Hasher::new_keyed(&self.key);
        hasher.update(kind.as_bytes()).update(&[0]).update(text.as_bytes());
        let mut out = format!("{kind}-");
        for byte in hasher.finalize().as_bytes().iter().take(5) {
            out.push_str(&format!("{byte:02x}"));
        }
        out
    }

    fn host(&self, name: &str) -> String {
        let lower = name.to_lowercase();
        let whole = lower.as_bytes();
        let registrable = String::from_utf8_lossy(domain::registrable(whole)).into_owned();
        let under = format!("{}.invalid", self.pseudonym("d", &registrable));
        match lower.strip_suffix(&registrable).map(|before| before.trim_end_matches('.')) {
            Some(before) if !before.is_empty() => {
                format!("{}.{under}", self.pseudonym("h", before))
            }
            _ => under,
        }
    }

    /// A text with pseudonyms in it.
    #[must_use]
    pub fn text(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            let (taken, said) = self.token(rest);
            if taken > 0 {
                out.push_str(&said);
                rest = rest.get(taken..).unwrap_or_default();
            } else {
                out.push(c);
                rest = rest.get(c.len_utf8()..).unwrap_or_default();
            }
        }
        out
    }

    /// What a text begins with, as far as it is one thing: how long it is, and what is said.
    fn token(&self, text: &str) -> (usize, String) {
        if let Some(taken) = quoted_local(text) {
            let (local, behind) = text.split_at(taken);
            let domain = run(behind.get(1..).unwrap_or_default(), is_of_host);
            let said = format!("{}@{}", self.pseudonym("u", local), self.host(trimmed(domain)));
            return (taken + 1 + trimmed(domain).len(), said);
        }
        if let Some((taken, address)) = ipv6(text) {
            return (taken, self.pseudonym("ip", &address.to_string()));
        }
        let word = run(text, is_of_local);
        let behind = text.get(word.len()..).unwrap_or_default();
        if let Some(domain) = behind.strip_prefix('@') {
            let domain = domain_of(domain);
            let local = if word.is_empty() { String::new() } else { self.pseudonym("u", word) };
            let said = match domain.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
                Some(literal) => format!("[{}]", self.text(literal)),
                None if domain.is_empty() => String::new(),
                None => self.host(domain),
            };
            return (word.len() + 1 + domain.len(), format!("{local}@{said}"));
        }
        let word = trimmed(run(text, is_of_host));
        (word.len(), self.word(word))
    }

    /// A word without `@`.
    fn word(&self, word: &str) -> String {
        if let Ok(address) = word.parse::<Ipv4Addr>() {
            return self.pseudonym("ip", &address.to_string());
        }
        if self.known.contains(word) || self.known.contains(&word.to_lowercase()) {
            return self.pseudonym("u", &word.to_lowercase());
        }
        let last = word.rsplit('.').next().unwrap_or_default();
        let named = last.chars().count() > 1 && last.chars().all(char::is_alphabetic)
            || last.starts_with("xn--");
        let configuration = ["main.cf", "master.cf"].contains(&word);
        if named && last.len() < word.len() && !configuration {
            return self.host(word);
        }
        // `192-0-2-1.example` is a host; `10.0.0` and `5.7.1` are none.
        self.parts(word)
    }

    /// A word that is none of these may have known words in it: `a_b`, `x-mx1`.
    fn parts(&self, word: &str) -> String {
        let known = |part: &str| self.known.contains(part);
        if !word.split(['-', '_', '.']).any(known) {
            return word.to_owned();
        }
        let mut out = String::new();
        for part in word.split_inclusive(['-', '_', '.']) {
            let bare = part.trim_end_matches(['-', '_', '.']);
            let sign = part.get(bare.len()..).unwrap_or_default();
            out.push_str(&if known(bare) { self.pseudonym("u", bare) } else { bare.to_owned() });
            out.push_str(sign);
        }
        out
    }
}

/// The longest beginning of a text whose characters fit.
fn run(text: &str, fits: fn(char) -> bool) -> &str {
    let end = text.find(|c| !fits(c)).unwrap_or(text.len());
    text.get(..end).unwrap_or_default()
}

fn is_of_host(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '.' | '-' | '_')
}

/// RFC 5322 calls these atext; the dot joins them.
fn is_of_local(c: char) -> bool {
    c.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c)
}

/// A name without the punctuation of the sentence around it.
fn trimmed(name: &str) -> &str {
    name.trim_end_matches(['.', '-', '_'])
}

fn domain_of(text: &str) -> &str {
    if text.starts_with('[') {
        let end = text.find(']').map_or(0, |at| at + 1);
        return text.get(..end).unwrap_or_default();
    }
    trimmed(run(text, is_of_host))
}

/// The length of `"a b"` where `@` stands behind it.
fn quoted_local(text: &str) -> Option<usize> {
    let inner = text.strip_prefix('"')?;
    let mut escaped = false;
    for (at, c) in inner.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => {
                let taken = at + 2;
                return text
                    .get(taken..)
                    .is_some_and(|rest| rest.starts_with('@'))
                    .then_some(taken);
            }
            _ => {}
        }
    }
    None
}

/// An address of IPv6 that a text begins with. Times of day have colons, too, but are none.
fn ipv6(text: &str) -> Option<(usize, Ipv6Addr)> {
    let run = run(text, |c| c.is_ascii_hexdigit() || matches!(c, ':' | '.'));
    if run.matches(':').count() < 2 {
        return None;
    }
    let ends = [run, run.trim_end_matches(['.', ':']), run.trim_end_matches('.')];
    ends.into_iter().find_map(|run| Some((run.len(), run.parse().ok()?)))
}

/// Columns whose words are the report's own, and queue IDs.
const OWN: [&str; 8] =
    ["advice", "cause", "dominant", "dsn", "queue_id", "queue_ids", "title", "what"];

impl Report {
    /// Puts pseudonyms in place of users, hosts and addresses.
    pub fn anonymize(&mut self, with: &Anonymizer) {
        let hide = |text: &mut String| *text = with.text(text);
        hide(&mut self.title);
        hide(&mut self.verdict);
        self.hosts.iter_mut().for_each(hide);
        for finding in &mut self.findings {
            hide(&mut finding.title);
            hide(&mut finding.detail);
            hide(&mut finding.command);
        }
        for queued in &mut self.queue {
            hide(&mut queued.host);
            queued.sender.iter_mut().for_each(hide);
            queued.recipients.iter_mut().for_each(hide);
            queued.last_reason.iter_mut().for_each(hide);
        }
        self.reading.samples.values_mut().flatten().for_each(hide);
        self.reading.services.iter_mut().for_each(|service| hide(&mut service.host));
        for section in &mut self.sections {
            match &mut section.body {
                Body::Table(table) => table.rewrite(|column, text| {
                    let own = OWN.contains(&column.id) || column.unit != Unit::Text;
                    (!own).then(|| with.text(text))
                }),
                Body::Outline(outline) => {
                    outline.groups.iter_mut().for_each(|group| hide_group(group, with));
                }
                Body::Lines(lines) => lines.iter_mut().for_each(hide),
            }
        }
    }
}

fn hide_group(group: &mut Group, with: &Anonymizer) {
    group.name = with.text(&group.name);
    group.groups.iter_mut().for_each(|group| hide_group(group, with));
    group.rows.rewrite(|_, text| Some(with.text(text)));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn anonymizer(key: &str) -> Anonymizer {
        Anonymizer::new(key.as_bytes(), ["mx1", "ann", "mail"].map(str::to_owned))
    }

    #[test]
    fn nobody_is_left_in_a_text() {
        let with = anonymizer("key");
        for (text, secrets) in [
            ("from=<ann@example.org>", &["ann", "example"] as &[&str]),
            ("host mx.example.org[192.0.2.1] said: 550", &["example", "mx.", "192.0.2"]),
            ("connect to x.example[2001:db8::25]:25: timed out", &["example", "2001", "db8"]),
            ("\"<img src=x>\"@evil.example", &["img", "evil"]),
            ("SRS0=a=b=example.net=ann@example.org.", &["ann", "example"]),
            ("lost connection from unknown[::ffff:192.0.2.7]", &["192.0.2", "ffff"]),
            ("ann@[192.0.2.9], ann@mx1", &["ann", "mx1", "192.0.2"]),
            ("mx1 says that ann (mx1-ann) is gone", &["mx1", "ann"]),
            ("b\u{fc}cher.example b\u{fc}ro@xn--bcher-kva.example", &["cher", "ro@", "example"]),
        ] {
            let hidden = with.text(text);
            for secret in secrets {
                assert!(!hidden.contains(secret), "{text}: {hidden}");
            }
        }
    }

    #[test]
    fn everything_else_stays() {
        let with = anonymizer("key");
        for text in [
            "Connection timed out",
            "10:15:01 and 2026-11-22T10:15:01+00:00",
            "4.7.1 Greylisted, try again in 300 s. Then it works...",
            "mail for root, see main.cf",
            "blocked by rule A1, 5 times (100%)",
            "from=<>",
            "",
        ] {
            assert_eq!(with.text(text), text);
        }
    }

    #[test]
    fn a_name_has_one_pseudonym_for_each_key() {
        let (one, same, other) = (anonymizer("a"), anonymizer("a"), anonymizer("b"));
        let text = "ann@Mail.example.org";
        assert_eq!(one.text(text), same.text("ann@mail.EXAMPLE.org"));
        assert_ne!(one.text(text), other.text(text));
        let (host, domain) = (one.text("mail.example.org"), one.text("example.org"));
        assert!(host.ends_with(&format!(".{domain}")), "{host} is of {domain}");
        assert_eq!(one.text(text).split_once('@').map(|(_, host)| host.to_owned()), Some(host));
    }
}
