//! Pseudonyms in place of users, hosts and addresses, so that a text can be shown to others.
//!
//! One name has one pseudonym wherever it stands, and without the key nobody finds the name by
//! trying. Hosts of one domain stay hosts of one domain. What marks a name is its form
//! (`ann@example.org`, `mx.example.org[192.0.2.1]`, `<win7>`, `sasl_username=ann`), or that
//! the log has it as a name elsewhere.

mod common;
mod form;

use std::collections::BTreeSet;

use super::domain;
use common::is_common;
use form::{as_ipv4, domain_of, is_of_host, is_of_local, key, looks_like_host, run, trimmed};

/// The kinds of names, as pseudonyms begin.
const USER: &str = "u";
const HOST: &str = "h";
const DOMAIN: &str = "d";
const ADDRESS: &str = "ip";

/// Makes pseudonyms.
pub struct Pseudonyms {
    key: [u8; 32],
    known: Known,
}

/// Names of a log without a mark of their own.
#[derive(Debug, Default)]
pub struct Known {
    /// Local parts and users.
    pub users: BTreeSet<String>,
    /// Hosts and domains.
    pub hosts: BTreeSet<String>,
}

impl Known {
    /// The kind of a name, whatever its case; all that is known is in lower case.
    fn kind(&self, name: &str) -> Option<&'static str> {
        let lower = name.to_lowercase();
        if self.hosts.contains(&lower) {
            return Some(HOST);
        }
        self.users.contains(&lower).then_some(USER)
    }
}

impl Pseudonyms {
    /// Makes those of a key; all that is known may be mentioned in any text.
    #[must_use]
    pub fn new(key: &[u8], known: Known) -> Pseudonyms {
        let lower =
            |names: BTreeSet<String>| names.iter().map(|name| name.to_lowercase()).collect();
        let known = Known { users: lower(known.users), hosts: lower(known.hosts) };
        Pseudonyms { key: blake3::derive_key("pfsum 2026 pseudonyms in reports", key), known }
    }

    /// `u-5f3c09a1d2e4` of a user, `h-...` of a host.
    fn made(&self, kind: &str, text: &str) -> String {
        let mut hasher = blake3::Hasher::new_keyed(&self.key);
        hasher.update(kind.as_bytes()).update(&[0]).update(text.as_bytes());
        let hex = hasher.finalize().to_hex();
        format!("{kind}-{}", hex.get(..12).unwrap_or(&hex))
    }

    /// A host or domain. The part that is registered has a pseudonym of its own.
    fn host(&self, name: &str) -> String {
        if let Some(address) = as_ipv4(name) {
            return self.made(ADDRESS, &address);
        }
        let lower = name.to_lowercase();
        if !lower.contains('.') {
            return self.made(HOST, &lower);
        }
        let registrable = String::from_utf8_lossy(domain::registrable(lower.as_bytes()));
        let under = format!("{}.invalid", self.made(DOMAIN, &registrable));
        match lower.strip_suffix(&*registrable).map(|before| before.trim_end_matches('.')) {
            Some(before) if !before.is_empty() => format!("{}.{under}", self.made(HOST, before)),
            _ => under,
        }
    }

    fn of_kind(&self, kind: &str, name: &str) -> String {
        if kind == HOST { self.host(name) } else { self.made(USER, name) }
    }

    /// A text that is one name, such as the cell of a table of users: then it has a pseudonym
    /// even if it is a word like any other. What is no name is a [`text`](Self::text).
    #[must_use]
    pub fn name(&self, text: &str) -> String {
        const NOBODY: [&str; 5] = ["unknown", "none", "local", "virtual", "localhost"];
        let is_word = !NOBODY.contains(&text) && !text.contains(['@', '[', '.', ':', '(']);
        match self.known.kind(text).filter(|_| is_word) {
            Some(kind) => self.of_kind(kind, text),
            None => self.text(text),
        }
    }

    /// A text with pseudonyms in it.
    #[must_use]
    pub fn text(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len() + 16);
        // Up to here no local part can begin: its run has no `@` behind it.
        let mut none_before = 0;
        let mut at = 0;
        while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
            if at >= none_before {
                let word = run(rest, is_of_local);
                let behind = rest.get(word.len()..).unwrap_or_default();
                if let Some(taken) = self.address(word, behind, &mut out) {
                    at += taken;
                    continue;
                }
                none_before = at + word.len();
            }
            at += self.token(rest, text.get(..at).unwrap_or_default(), &mut out);
        }
        out
    }

    /// Writes `local@domain`, if that is there; how much of the text it is.
    fn address(&self, word: &str, behind: &str, out: &mut String) -> Option<usize> {
        // In links of SPF checkers the sign is encoded: `id=ann%40example.org`.
        let (word, sign, behind) = match word.split_once("%40") {
            Some((local, _)) => (local, "%40", None),
            None => (word, "@", Some(behind.strip_prefix('@')?)),
        };
        let key = key(word);
        let local = word.get(key.len()..).unwrap_or_default();
        // A link has its host before it.
        out.push_str(&self.text(key));
        if !local.is_empty() {
            out.push_str(&self.made(USER, local));
        }
        out.push_str(sign);
        let mut taken = word.len() + sign.len();
        if let Some(behind) = behind {
            let domain = domain_of(behind);
            match domain.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
                Some(literal) => out.extend(["[", &self.text(literal), "]"]),
                None if domain.is_empty() => {}
                None => out.push_str(&self.host(domain)),
            }
            taken += domain.len();
        }
        Some(taken)
    }

    /// Writes what a text begins with, as far as it is one thing: how much of it that is.
    fn token(&self, text: &str, before: &str, out: &mut String) -> usize {
        if let Some(taken) = form::quoted_local(text) {
            let (local, behind) = text.split_at(taken);
            let domain = domain_of(behind.get(1..).unwrap_or_default());
            out.extend([&self.made(USER, local), "@", self.text(domain).as_str()]);
            return taken + 1 + domain.len();
        }
        if let Some((taken, address)) = form::ipv6(text) {
            out.push_str(&self.made(ADDRESS, &address.to_string()));
            return taken;
        }
        let word = trimmed(run(text, is_of_host));
        if word.is_empty() {
            let first = text.chars().next().map_or(0, char::len_utf8);
            out.push_str(text.get(..first).unwrap_or_default());
            return first;
        }
        let behind = text.get(word.len()..).unwrap_or_default();
        out.push_str(&match form::marked(before, behind) {
            Some(kind) if !is_common(word) => {
                self.of_kind(self.known.kind(word).unwrap_or(kind), word)
            }
            _ => self.word(word),
        });
        word.len()
    }

    /// A word that nothing around it marks as a name.
    fn word(&self, word: &str) -> String {
        // `192-0-2-1` is one, too; a date has three parts.
        if let Some(address) = as_ipv4(word).or_else(|| as_ipv4(&word.replace('-', "."))) {
            return self.made(ADDRESS, &address);
        }
        match self.known.kind(word) {
            Some(kind) if is_telling(word) => self.of_kind(kind, word),
            _ if looks_like_host(word) => self.host(word),
            _ => self.parts(word),
        }
    }

    /// A word that is none of these may have names in it: `ann-mx1`, `x_192.0.2.1`.
    fn parts(&self, word: &str) -> String {
        let dotted = |part: &str| match as_ipv4(part) {
            Some(address) => self.made(ADDRESS, &address),
            None => each_part(part, &['.'], |name| match self.known.kind(name) {
                Some(kind) if is_telling(name) => self.of_kind(kind, name),
                _ => name.to_owned(),
            }),
        };
        each_part(word, &['-', '_'], dotted)
    }
}

/// A word with its parts replaced, and the signs between them kept.
fn each_part(word: &str, signs: &[char], with: impl Fn(&str) -> String) -> String {
    let mut out = String::with_capacity(word.len());
    for piece in word.split_inclusive(signs) {
        let part = piece.strip_suffix(signs).unwrap_or(piece);
        out.push_str(&with(part));
        out.push_str(piece.get(part.len()..).unwrap_or_default());
    }
    out
}

/// Whether a name that stands alone tells who is meant: not `mail`, not `me`, not `25`.
fn is_telling(name: &str) -> bool {
    let digits = name.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    name.chars().count() > if digits { 4 } else { 2 } && !is_common(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pseudonyms(key: &str) -> Pseudonyms {
        let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let users = set(&["ann", "mail", "timed.out", "4917012345"]);
        Pseudonyms::new(key.as_bytes(), Known { users, hosts: set(&["mx1", "relay"]) })
    }

    #[test]
    fn nobody_is_left_in_a_text() {
        let with = pseudonyms("key");
        for (text, secrets) in [
            ("from=<ann@example.org>", &["ann", "example"] as &[&str]),
            ("host mx.example.org[192.0.2.1] said: 550", &["example", "mx.", "192.0.2"]),
            ("connect to x.example[2001:db8::25]:25: timed out", &["example", "2001", "db8"]),
            ("\"<img src=x>\"@evil.example", &["img", "evil"]),
            ("SRS0=a=b=example.net=ann@example.org.", &["ann", "example"]),
            ("bob=example.org@lists.example", &["bob", "example"]),
            ("lost connection from unknown[::ffff:192.0.2.7]", &["192.0.2", "ffff"]),
            ("ann@[192.0.2.9], ann@mx1, x@[IPv6:2001:db8::9]", &["ann", "mx1", "192.0.2", "db8"]),
            ("mx1 says that ann (mx1-ann) is gone", &["mx1", "ann"]),
            ("b\u{fc}cher.example b\u{fc}ro@xn--bcher-kva.example", &["cher", "ro@", "example"]),
            ("<WIN7-PC>: Helo command rejected: Host not found", &["WIN7", "PC"]),
            ("connect to buero-pc[192.0.2.8]:25", &["buero", "192"]),
            ("sasl_method=LOGIN, sasl_username=carla", &["carla"]),
            (
                "see http://spf.example/Why?id=ben%40example.org;ip=192.0.2.1",
                &["ben", "192.0", "example"],
            ),
            ("host-192-0-2-1.dyn.example x_192.0.2.77", &["192-0", "192.0", "dyn"]),
            ("to 4917012345: unknown", &["4917012345"]),
            ("pfsum count delivered --to ann@example.org", &["ann", "example"]),
        ] {
            let hidden = with.text(text);
            for secret in secrets {
                assert!(!hidden.contains(secret), "{text}: {hidden}");
            }
        }
        assert_ne!(with.name("mail"), "mail", "where it is a user's name");
        assert_ne!(with.name("relay"), "relay");
    }

    #[test]
    fn everything_else_stays() {
        let with = pseudonyms("key");
        for text in [
            "Connection timed out",
            "10:15:01 and 2026-11-22T10:15:01+00:00",
            "4.7.1 Greylisted, try again in 300 s or 0.4s. Then it works...",
            "mail for root, see main.cf and /var/log/mail.log",
            "postfix/smtpd[811]: warning: TLSv1.3 with cipher x (256/256 bits)",
            "blocked by rule A1, 5 times (100%), @ home",
            "from=<>, proto=ESMTP, delay=0.4, dsn=2.0.0",
            "4F1A2B3C4D5E deferred, 3yZk1x2m7bz",
            "unknown[unknown]",
            "",
        ] {
            assert_eq!(with.text(text), text);
        }
    }

    #[test]
    fn a_name_has_one_pseudonym_for_each_key() {
        let (one, same, other) = (pseudonyms("a"), pseudonyms("a"), pseudonyms("b"));
        let text = "ann@Mail.example.org";
        assert_eq!(one.text(text), same.text("ann@mail.EXAMPLE.org"));
        assert_ne!(one.text(text), other.text(text));
        let (host, domain) = (one.text("mail.example.org"), one.text("example.org"));
        assert!(host.ends_with(&format!(".{domain}")), "{host} is of {domain}");
        let hidden = one.text(text);
        let (local, behind) = hidden.split_once('@').unwrap_or_default();
        assert_eq!((local, behind), (one.text("ann").as_str(), host.as_str()));
        assert_eq!(one.text("user=ann"), format!("user={local}"));
        assert_eq!(one.text("2001:db8:0::1"), one.text("2001:DB8::1"));
    }

    #[test]
    fn a_name_is_known_whatever_its_case() {
        let users = BTreeSet::from(["Robertson".to_owned()]);
        let known = Known { users, hosts: BTreeSet::from(["MX1".to_owned()]) };
        let hidden =
            Pseudonyms::new(b"key", known).text("mailbox of user robertson on mx1 is full");
        assert!(!hidden.contains("robertson") && !hidden.contains("mx1"), "{hidden}");
    }

    #[test]
    fn long_texts_take_time_in_proportion() {
        // Each sign of these could begin something: with a second look at each, they would
        // take minutes.
        for sign in ["\"", "=", "a.", "\\\"", "<", "%", "1:"] {
            let text = sign.repeat(200_000);
            assert!(!pseudonyms("key").text(&text).is_empty());
        }
    }
}
