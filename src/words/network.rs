//! The network of a client: who guesses passwords has more than one address.

use std::io::Write;
use std::net::IpAddr;

use crate::near::last_place;

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
    let parsed = str::from_utf8(address).ok().and_then(|text| text.parse::<IpAddr>().ok());
    // Writing to a vector cannot fail.
    let _ = match parsed {
        // Its numbers have no noughts in front, so that they stand as they would be written.
        Some(IpAddr::V4(_)) => {
            let end = last_place(address, b'.').map_or(address.len(), |at| at + 1);
            out.extend_from_slice(address.get(..end).unwrap_or(address));
            out.write_all(b"0/24")
        }
        Some(IpAddr::V6(v6)) => {
            let network = u128::from(v6) >> 64 << 64;
            write!(out, "{}/64", std::net::Ipv6Addr::from(network))
        }
        None => out.write_all(address),
    };
}
