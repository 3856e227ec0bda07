//! Patterns: what a filter says of an address, a host or a fate.

use std::net::IpAddr;
use std::str::FromStr;

use crate::words::domain::{canonical, split_address};
use crate::words::host::Peer;

/// A pattern that cannot be understood; says what is accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NotAPattern(String);

impl NotAPattern {
    pub(super) fn new(said: &str) -> Self {
        Self(said.to_owned())
    }
}

/// Which envelope addresses are meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AddressPattern {
    /// `<>`: the null sender.
    Null,
    /// `ann@example.org`, or `root` without a domain.
    Whole(Vec<u8>),
    /// `@example.org`: all of a domain, not of those below it.
    Domain(Vec<u8>),
    /// `@*.example.org`: all of the domains below it.
    Below(Vec<u8>),
}

impl FromStr for AddressPattern {
    type Err = NotAPattern;

    fn from_str(text: &str) -> Result<Self, NotAPattern> {
        let text = text.trim();
        let bare = text.strip_prefix('<').and_then(|text| text.strip_suffix('>')).unwrap_or(text);
        if text == "<>" {
            return Ok(Self::Null);
        }
        let (local, domain) = split_address(bare.as_bytes());
        let mut spelled = Vec::new();
        canonical(domain, &mut spelled);
        let hollow = bare.is_empty() || (bare.contains('@') && matches!(domain, b"" | b"*."));
        if hollow || has_blank(bare) {
            let said = "accepted are an address, @example.org, @*.example.org and <>";
            return Err(NotAPattern(said.to_owned()));
        }
        if !local.is_empty() {
            let mut whole = local.to_vec();
            if bare.contains('@') {
                whole.push(b'@');
                whole.extend_from_slice(&spelled);
            }
            return Ok(Self::Whole(whole));
        }
        Ok(match spelled.strip_prefix(b"*") {
            Some(below) => Self::Below(below.to_vec()),
            None => Self::Domain(spelled),
        })
    }
}

/// Whether a word has a blank where no address may have one: in `"a b"@example.org` it may.
pub(super) fn has_blank(word: &str) -> bool {
    let (local, domain) = word.rsplit_once('@').unwrap_or((word, ""));
    let is_quoted = local.len() > 2 && local.starts_with('"') && local.ends_with('"');
    let open = if is_quoted { domain } else { word };
    open.contains(char::is_whitespace)
}

impl AddressPattern {
    /// Whether an address is meant, its domain in canonical spelling. The letter case of
    /// the local part does not matter.
    #[must_use]
    pub fn matches(&self, address: &[u8]) -> bool {
        let (_, domain) = split_address(address);
        match self {
            Self::Null => address.is_empty(),
            Self::Whole(whole) => whole.eq_ignore_ascii_case(address),
            Self::Domain(wanted) => !domain.is_empty() && domain == wanted,
            Self::Below(tail) => domain.len() > tail.len() && domain.ends_with(tail),
        }
    }
}

/// Which clients or relays are meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PeerPattern {
    /// `192.0.2.0/24`, `2001:db8::/32`, or one address.
    Network(IpAddr, u8),
    /// `mx.example.org`, or what stands in its place: `local`, `none`.
    Name(Vec<u8>),
    /// `*.example.org`: all names below it.
    Below(Vec<u8>),
    /// `mx.example.org[192.0.2.25]:25`, as the log writes it.
    Logged(Vec<u8>),
}

impl AddressPattern {
    /// Whether an address is meant, spelled as a line has it.
    #[must_use]
    pub fn matches_raw(&self, address: &[u8]) -> bool {
        let (local, domain) = split_address(address);
        if domain.is_empty() {
            return self.matches(address);
        }
        let mut spelled = Vec::new();
        canonical(domain, &mut spelled);
        self.matches(&[local, b"@", &spelled].concat())
    }
}

impl FromStr for PeerPattern {
    type Err = NotAPattern;

    fn from_str(text: &str) -> Result<Self, NotAPattern> {
        let text = text.trim();
        let (head, length) = match text.split_once('/') {
            Some((head, length)) => (head, Some(length)),
            None => (text, None),
        };
        let bare = head.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(head);
        if let Ok(address) = bare.parse::<IpAddr>() {
            let most = if address.is_ipv4() { 32 } else { 128 };
            return match length.map_or(Ok(most), str::parse) {
                // `::ffff:192.0.2.0/120` is 192.0.2.0/24.
                Ok(bits) if (96..=most).contains(&bits) && address.to_canonical().is_ipv4() => {
                    Ok(Self::Network(address.to_canonical(), bits - 96))
                }
                Ok(bits) if bits <= most => Ok(Self::Network(address, bits)),
                _ => Err(NotAPattern(format!("the length of a network is a number up to {most}"))),
            };
        }
        // No host is named by digits and dots, or with a colon.
        let is_address = !bare.contains(|c: char| !c.is_ascii_digit() && c != '.')
            || (bare.contains(':') && !text.contains('['));
        if is_address || text.chars().any(char::is_whitespace) {
            let said =
                "accepted are a host name, *.example.org, an address and a network (192.0.2.0/24)";
            return Err(NotAPattern(said.to_owned()));
        }
        let lower = text.to_ascii_lowercase().into_bytes();
        Ok(match lower.strip_prefix(b"*") {
            Some(below) if below.starts_with(b".") => Self::Below(below.to_vec()),
            _ if lower.contains(&b'[') => Self::Logged(lower),
            _ => Self::Name(lower),
        })
    }
}

impl PeerPattern {
    /// Whether a client or relay is meant, as the log writes it.
    #[must_use]
    pub fn matches(&self, logged: &[u8]) -> bool {
        let peer = Peer::parse(logged);
        match self {
            Self::Network(network, bits) => {
                let address = str::from_utf8(peer.address).ok();
                address
                    .and_then(|text| text.parse().ok())
                    .is_some_and(|a| is_within(a, *network, *bits))
            }
            Self::Name(name) => {
                let named = peer.name.strip_suffix(b".").unwrap_or(peer.name);
                named.eq_ignore_ascii_case(name) || logged.eq_ignore_ascii_case(name)
            }
            Self::Below(tail) => {
                let named = peer.name.strip_suffix(b".").unwrap_or(peer.name);
                named.len().checked_sub(tail.len()).filter(|at| *at > 0).is_some_and(|at| {
                    named.get(at..).is_some_and(|end| end.eq_ignore_ascii_case(tail))
                })
            }
            Self::Logged(whole) => {
                let same = |text: &[u8]| text.eq_ignore_ascii_case(whole);
                same(logged)
                    || memchr::memrchr(b']', logged)
                        .is_some_and(|at| logged.get(..=at).is_some_and(same))
            }
        }
    }
}

/// Whether an address lies in a network. IPv4 within IPv6 (`::ffff:192.0.2.1`) is IPv4.
fn is_within(address: IpAddr, network: IpAddr, bits: u8) -> bool {
    let shift = |width: u8| u32::from(width.saturating_sub(bits));
    match (address.to_canonical(), network.to_canonical()) {
        (IpAddr::V4(a), IpAddr::V4(b)) => {
            (a.to_bits() ^ b.to_bits()).checked_shr(shift(32)).unwrap_or(0) == 0
        }
        (IpAddr::V6(a), IpAddr::V6(b)) => {
            (a.to_bits() ^ b.to_bits()).checked_shr(shift(128)).unwrap_or(0) == 0
        }
        _ => false,
    }
}

/// What became of a recipient or a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Handed over, in whatever way.
    Sent,
    /// Replaced by a new message.
    Forwarded,
    /// Put off.
    Deferred,
    /// Given up.
    Bounced,
    /// Given up because the message was too old.
    Expired,
    /// Refused.
    Rejected,
    /// Put on hold by a rule.
    Held,
    /// Thrown away by a rule.
    Discarded,
}

impl Outcome {
    /// All of them, by name.
    pub const NAMES: [(&'static str, Outcome); 8] = [
        ("sent", Outcome::Sent),
        ("forwarded", Outcome::Forwarded),
        ("deferred", Outcome::Deferred),
        ("bounced", Outcome::Bounced),
        ("expired", Outcome::Expired),
        ("rejected", Outcome::Rejected),
        ("held", Outcome::Held),
        ("discarded", Outcome::Discarded),
    ];
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn an_address_pattern_means_what_it_says_and_no_more() {
        for (pattern, meant, not_meant) in [
            (
                "ann@example.org",
                &["ann@example.org", "ANN@example.org"] as &[&str],
                &["ann@example.com", "joann@example.org", ""] as &[&str],
            ),
            ("<ann@Example.ORG>", &["ann@example.org"], &[]),
            (
                "@example.org",
                &["ann@example.org", "\"a@b\"@example.org"],
                &["ann@mail.example.org", "example.org", "ann@notexample.org", ""],
            ),
            (
                "@*.example.org",
                &["ann@mail.example.org", "ann@a.b.example.org"],
                &["ann@example.org", "ann@mailexample.org", ""],
            ),
            ("@BÜCHER.example", &["ann@xn--bcher-kva.example"], &["ann@bcher.example"]),
            ("<>", &[""], &["ann@example.org"]),
            ("\"a b\"@Example.org", &["\"a b\"@example.org"], &["a b@example.org"]),
            ("<\"a@b c\"@example.org>", &["\"a@b c\"@example.org"], &["c@example.org"]),
            ("root", &["root"], &["root@example.org", ""]),
        ] {
            let parsed: AddressPattern = pattern.parse().unwrap();
            for address in meant {
                assert!(parsed.matches(address.as_bytes()), "{pattern} {address}");
            }
            for address in not_meant {
                assert!(!parsed.matches(address.as_bytes()), "{pattern} {address}");
            }
        }
        for text in [
            "",
            "@",
            "ann@",
            "a b@example.org",
            "\"a b\" @example.org",
            "\"a b\"@example. org",
            "\"@a b",
            "@*.",
        ] {
            assert!(text.parse::<AddressPattern>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_peer_pattern_means_what_it_says_and_no_more() {
        let (mx, v6) = ("mx.example.org[192.0.2.25]:25", "unknown[2001:db8::25]");
        for (pattern, meant, not_meant) in [
            (
                "mx.example.org",
                &[mx, "MX.example.org[192.0.2.9]"] as &[&str],
                &[v6, "amx.example.org[192.0.2.9]"] as &[&str],
            ),
            ("*.example.org", &[mx, "a.b.example.org[192.0.2.1]"], &["example.org[192.0.2.1]", v6]),
            ("192.0.2.25", &[mx, "unknown[::ffff:192.0.2.25]"], &["a[192.0.2.250]", v6]),
            ("192.0.2.0/24", &[mx], &["a[192.0.3.25]", v6]),
            ("0.0.0.0/0", &[mx], &[v6]),
            ("2001:DB8::/32", &[v6], &[mx]),
            ("[2001:db8:0::25]", &[v6], &[mx]),
            ("mx.example.org[192.0.2.25]", &[mx], &["mx.example.org[192.0.2.26]:25"]),
            ("local", &["local"], &["localhost[127.0.0.1]:10024"]),
        ] {
            let parsed: PeerPattern = pattern.parse().unwrap();
            for peer in meant {
                assert!(parsed.matches(peer.as_bytes()), "{pattern} {peer}");
            }
            for peer in not_meant {
                assert!(!parsed.matches(peer.as_bytes()), "{pattern} {peer}");
            }
        }
        for text in [
            "",
            "192.0.2.0/33",
            "2001:db8::/129",
            "192.0.2.0/x",
            "a b",
            "300.1.2.3/24",
            "2001:db8::zz",
        ] {
            assert!(text.parse::<PeerPattern>().is_err(), "{text}");
        }
    }
}
