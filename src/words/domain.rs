//! Domains: where an address has its own, how it is spelled, and who registered
//! it.

use std::borrow::Cow;

use crate::near::{last_place, place};
use idna::uts46::{AsciiDenyList, DnsLength, Hyphens, Uts46};

use super::cut;

/// The longest name the DNS can carry, in text form (RFC 1035 §2.3.4).
const LONGEST_NAME: usize = 253;

/// Splits an address at its last `@` into local part and domain.
///
/// ```text
/// "a@b"@host.example.com
/// root
/// ```
///
/// A local part may contain `@`, quoted (`info_log_address_format = external`,
/// Postfix 3.5) or bare (`internal`); a domain never does. Without `@` the
/// domain is empty.
#[must_use]
pub fn split_address(address: &[u8]) -> (&[u8], &[u8]) {
    let Some(at) = last_place(address, b'@') else { return (address, b"") };
    let (local, rest) = address.split_at(at);
    (local, rest.get(1..).unwrap_or_default())
}

/// Writes the one spelling of `domain` into `out`, so that spellings count as
/// one.
///
/// Letters of ASCII become lower case. Internationalized names take their ASCII
/// form (`xn--…`, UTS #46), which is what the DNS and Postfix's own host lines
/// show and what cannot be mistaken for another name. Address literals keep
/// the tag as RFC 5321 §4.1.3 writes it: `[IPv6:2001:db8::9]`. What is no valid
/// name keeps its bytes, apart from ASCII case.
pub fn canonical(domain: &[u8], out: &mut Vec<u8>) {
    out.clear();
    if let Some(rest) = cut::strip_prefix_ignoring_case(domain, b"[IPv6:") {
        out.extend_from_slice(b"[IPv6:");
        out.extend(rest.iter().map(u8::to_ascii_lowercase));
        return;
    }
    out.extend_from_slice(domain);
    out.make_ascii_lowercase();
    if out.is_ascii() && !has_punycode(out) {
        return;
    }
    // Names too long for the DNS are not worth the work they ask for.
    if out.len() > 4 * LONGEST_NAME || out.starts_with(b"[") {
        return;
    }
    let ascii = Uts46::new().to_ascii(out, AsciiDenyList::EMPTY, Hyphens::Allow, DnsLength::Ignore);
    if let Ok(Cow::Owned(name)) = ascii {
        out.clear();
        out.extend_from_slice(name.as_bytes());
    }
}

/// Whether a label of the lower-cased `domain` begins with `xn--`.
fn has_punycode(domain: &[u8]) -> bool {
    place(domain, b'-').is_some()
        && domain.split(|&byte| byte == b'.').any(|label| label.starts_with(b"xn--"))
}

/// The part of `domain` that somebody registered, by the public suffix list.
///
/// ```text
/// a.sub.example.co.uk   example.co.uk
/// a.b.github.io         b.github.io
/// github.io             github.io
/// [192.0.2.9]           [192.0.2.9]
/// mailhost              mailhost
/// ```
///
/// Literals, bare addresses, single labels and public suffixes are themselves.
/// One final dot is dropped. Letter case does not matter and is kept.
#[must_use]
pub fn registrable(domain: &[u8]) -> &[u8] {
    let name = domain.strip_suffix(b".").unwrap_or(domain);
    if name.len() > LONGEST_NAME || is_address(name) || place(name, b'.').is_none() {
        return name;
    }
    // The list holds lower-case names only.
    let mut lower = [0; LONGEST_NAME];
    let known = if name.iter().any(u8::is_ascii_uppercase) {
        let Some(space) = lower.get_mut(..name.len()) else { return name };
        space.copy_from_slice(name);
        space.make_ascii_lowercase();
        psl::domain(space)
    } else {
        psl::domain(name)
    };
    let Some(known) = known else { return name };
    let start = name.len().saturating_sub(known.as_bytes().len());
    match name.get(start..) {
        Some(found) if !found.starts_with(b".") => found,
        _ => name,
    }
}

/// Whether `name` is an address or looks like one: a literal in brackets, an
/// IPv6 address, or nothing but digits and dots.
fn is_address(name: &[u8]) -> bool {
    name.starts_with(b"[")
        || place(name, b':').is_some()
        || name.iter().all(|byte| byte.is_ascii_digit() || *byte == b'.')
}
