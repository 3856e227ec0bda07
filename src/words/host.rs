//! Hosts as Postfix writes them: `name[address]:port`.

use memchr::memchr_iter;

use crate::near::{last_place, place};

use super::cut;
use super::domain::{canonical, registrable};

/// What stands for a host of which the log says nothing.
pub const UNKNOWN: &[u8] = b"unknown";

/// The other end of a connection, or what stands in its place.
///
/// All parts are as written; what is absent is empty.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Peer<'a> {
    /// The host name, `unknown`, or the word of a relay without a host: `none`,
    /// `local`, or the name of a pipe transport.
    pub name: &'a [u8],
    /// What stands in the brackets: an address, `unknown`, or the path of a
    /// socket.
    pub address: &'a [u8],
    /// The port, where one is logged.
    pub port: Option<u16>,
}

impl<'a> Peer<'a> {
    /// Parses a client or a relay. Anything is one: text of no known form is a
    /// name.
    ///
    /// ```text
    /// mx1.mail.example.com[192.0.2.1]:25
    /// unknown[2001:db8::1]
    /// [203.0.113.8]:31337
    /// mail.example.com[private/dovecot-lmtp]
    /// relay.example.com/192.0.2.1
    /// local
    /// ```
    #[must_use]
    pub fn parse(text: &'a [u8]) -> Self {
        Self::bracketed(text).or_else(|| Self::slashed(text)).unwrap_or_else(|| Self::bare(text))
    }

    fn bracketed(text: &'a [u8]) -> Option<Self> {
        let (name, rest) = text.split_at_checked(place(text, b'[')?)?;
        let rest = rest.get(1..)?;
        let Some(end) = last_place(rest, b']') else {
            // A line cut short inside the brackets.
            return Some(Self { name, address: rest, port: None });
        };
        let port = rest.get(end + 1..).and_then(|tail| port(tail.strip_prefix(b":")?));
        Some(Self { name, address: rest.get(..end)?, port })
    }

    /// The form of Postfix before 2.0 and of some other programs.
    fn slashed(text: &'a [u8]) -> Option<Self> {
        let (name, address) = text.split_at_checked(place(text, b'/')?)?;
        let address = address.get(1..)?;
        is_address(address).then_some(Self { name, address, port: None })
    }

    fn bare(text: &'a [u8]) -> Self {
        if is_address(text) {
            return Self { address: text, ..Self::default() };
        }
        let split = last_place(text, b':').and_then(|at| text.split_at_checked(at));
        if let Some((name, rest)) = split
            && let Some(port) = rest.get(1..).and_then(port)
        {
            return Self { name, port: Some(port), ..Self::default() };
        }
        Self { name: text, ..Self::default() }
    }

    /// The name where the log knows one, else the address, else `unknown`.
    ///
    /// A name below `in-addr.arpa` or `ip6.arpa` only repeats the address. One
    /// final dot is dropped; letter case is kept.
    #[must_use]
    pub fn fqdn(&self) -> &'a [u8] {
        self.known_name().unwrap_or_else(|| self.address_or_unknown())
    }

    /// Writes the registrable domain of the name into `out`, in the spelling of
    /// [`canonical`], or else the address.
    pub fn folded(&self, out: &mut Vec<u8>) {
        out.clear();
        if let Some(name) = self.known_name() {
            canonical(name, out);
            while out.ends_with(b".") {
                out.pop();
            }
            // Without a final dot the registrable domain is the tail of the name.
            let keep = registrable(out).len();
            out.drain(..out.len().saturating_sub(keep));
        }
        if out.is_empty() {
            out.extend_from_slice(self.address_or_unknown());
        }
    }

    fn known_name(&self) -> Option<&'a [u8]> {
        let name = self.name.strip_suffix(b".").unwrap_or(self.name);
        let nameless = name.iter().all(|byte| *byte == b'.')
            || name.eq_ignore_ascii_case(UNKNOWN)
            || cut::ends_with_ignoring_case(name, b".in-addr.arpa")
            || cut::ends_with_ignoring_case(name, b".ip6.arpa");
        (!nameless).then_some(name)
    }

    fn address_or_unknown(&self) -> &'a [u8] {
        if self.address.is_empty() { UNKNOWN } else { self.address }
    }
}

fn port(digits: &[u8]) -> Option<u16> {
    if digits.is_empty() || digits.len() > 5 {
        return None;
    }
    digits.iter().try_fold(0u16, |port, digit| {
        let value = digit.is_ascii_digit().then(|| u16::from(digit - b'0'))?;
        port.checked_mul(10)?.checked_add(value)
    })
}

/// Whether `text` is shaped like an IPv4 or IPv6 address.
fn is_address(text: &[u8]) -> bool {
    let hex_and_colons = text.iter().all(|b| b.is_ascii_hexdigit() || matches!(b, b':' | b'.'));
    let is_v6 = hex_and_colons && memchr_iter(b':', text).count() >= 2;
    let is_v4 = memchr_iter(b'.', text).count() == 3
        && text
            .split(|b| *b == b'.')
            .all(|part| (1..=3).contains(&part.len()) && part.iter().all(u8::is_ascii_digit));
    is_v6 || is_v4
}
