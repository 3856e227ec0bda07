//! The network of a client: who guesses passwords has more than one address.

use std::io::Write;
use std::net::{IpAddr, Ipv6Addr};

use crate::near::last_place;

use super::order::is_v4;

/// Whether an address is one that every house may use for itself (RFC 1918, RFC 4193); that
/// of the host itself is not meant.
///
/// ```
/// use pfsum::words::network::is_private;
/// assert!(is_private(b"10.1.2.3") && is_private(b"172.31.0.1") && is_private(b"fd00::1"));
/// assert!(!is_private(b"127.0.0.1") && !is_private(b"198.51.100.7") && !is_private(b"unknown"));
/// ```
#[must_use]
pub fn is_private(address: &[u8]) -> bool {
    // Most are not, and need no parsing.
    if !matches!(address, [b'1' | b'f' | b'F', ..]) {
        return false;
    }
    let parsed = str::from_utf8(address).ok().and_then(|text| text.parse::<IpAddr>().ok());
    match parsed {
        Some(IpAddr::V4(v4)) => v4.is_private(),
        Some(IpAddr::V6(v6)) => v6.is_unique_local(),
        None => false,
    }
}

/// Writes the network of an address into `out`: 256 addresses of IPv4, a /64 of IPv6. What
/// is no address stays as it is.
///
/// ```
/// let network = |address: &[u8]| {
///     let mut out = Vec::new();
///     pfsum::words::network::of(address, &mut out);
///     String::from_utf8(out).unwrap()
/// };
/// assert_eq!(network(b"203.0.113.9"), "203.0.113.0/24");
/// assert_eq!(network(b"2001:db8:1:2:3::9"), "2001:db8:1:2::/64");
/// assert_eq!(network(b"unknown"), "unknown");
/// ```
pub fn of(address: &[u8], out: &mut Vec<u8>) {
    out.clear();
    if is_v4(address) {
        let end = last_place(address, b'.').map_or(address.len(), |at| at + 1);
        out.extend_from_slice(address.get(..end).unwrap_or(address));
        out.extend_from_slice(b"0/24");
        return;
    }
    let parsed = str::from_utf8(address).ok().and_then(|text| text.parse::<Ipv6Addr>().ok());
    // Writing to a vector cannot fail.
    let _ = match parsed {
        Some(v6) => write!(out, "{}/64", Ipv6Addr::from(u128::from(v6) >> 64 << 64)),
        None => out.write_all(address),
    };
}
