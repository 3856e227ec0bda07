//! Lines about TLS, of every daemon that speaks it.

use memchr::memmem;

use super::event::Event;
use super::scan::{place, until, until_str};

/// Parses the summary of a handshake (`smtpd_tls_loglevel = 1`).
///
/// ```text
/// Anonymous TLS connection established from mx.example.org[192.0.2.25]: TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits)
/// Trusted TLS connection established to mx.example.org[192.0.2.25]:25: TLSv1.3 with cipher …
/// ```
pub(super) fn established(text: &[u8]) -> Option<Event<'_>> {
    let (trust, rest) = match text.strip_prefix(b"TLS connection established ") {
        Some(rest) => (&b""[..], rest), // Postfix 2.2
        None => {
            let end = place(text, b' ').filter(|end| *end < 12)?;
            let (trust, rest) = (text.get(..end)?, text.get(end + 1..)?);
            let rest = rest.strip_prefix(b"TLS connection ")?;
            let rest =
                rest.strip_prefix(b"established ").or_else(|| rest.strip_prefix(b"reused "))?;
            (trust, rest)
        }
    };
    let (inbound, rest) = match rest.strip_prefix(b"from ") {
        Some(rest) => (true, rest),
        None => (false, rest.strip_prefix(b"to ")?),
    };
    // Behind the bracket, because an IPv6 address is full of colons.
    let bracket = place(rest, b']').unwrap_or(0);
    let colon = bracket + crate::near::find(rest.get(bracket..)?, b": ")?;
    let (peer, rest) = (rest.get(..colon)?, rest.get(colon + 2..)?);
    let protocol = until(rest, b' ').map_or(rest, |(protocol, _)| protocol);
    Some(Event::Secured { trust, inbound, peer, protocol })
}

/// Parses a handshake that failed at the server's side.
///
/// ```text
/// SSL_accept error from unknown[203.0.113.9]: lost connection
/// SSL_accept error from unknown[203.0.113.9]: -1
/// ```
pub(super) fn failure(text: &[u8]) -> Option<Event<'_>> {
    let start = text.get(..24).unwrap_or(text);
    if memmem::find(start, b"SSL").is_none() && memmem::find(start, b"STARTTLS").is_none() {
        return None;
    }
    let (words, rest) = until_str(text, b" from ")?;
    let bracket = place(rest, b']')? + 1;
    let (client, tail) = rest.split_at_checked(bracket)?;
    let detail = match tail {
        [] => tail,
        _ => tail.strip_prefix(b": ")?,
    };
    Some(Event::TlsFailure { text: words, detail, client })
}

/// Known forms of the TLS code at higher log levels, and of the client.
pub(super) fn remark(text: &[u8]) -> bool {
    const STARTS: [&[u8]; 15] = [
        b"SSL_connect error to ",
        b"SSL_accept",
        b"SSL_connect",
        b"SSL3 alert",
        b"certificate verification failed for ",
        b"server certificate verification failed for ",
        b"Server certificate",
        b"client certificate",
        b"Verified: ",
        b"Unverified: ",
        b"Matched ",
        b"initializing the ",
        b"setting up TLS connection ",
        b"looking for session ",
        b"save session ",
    ];
    STARTS.iter().any(|start| text.starts_with(start))
        || memmem::find(text, b": TLS cipher list ").is_some()
        || memmem::find(text, b": depth=").is_some()
        || memmem::find(text, b": subject_CN=").is_some()
        || memmem::find(text, b" certificate").is_some()
        || memmem::find(text, b"session ")
            .is_some_and(|at| at < 64 && memmem::find(text, b"TLS").is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_handshake_of_postfix_2_2_says_nothing_of_trust() {
        let text =
            b"TLS connection established from a.example.net[2001:db8::1]: TLSv1 with cipher X";
        let Some(Event::Secured { trust, inbound, peer, protocol }) = established(text) else {
            unreachable!("not understood")
        };
        assert!(trust.is_empty() && inbound);
        assert_eq!((peer, protocol), (&b"a.example.net[2001:db8::1]"[..], &b"TLSv1"[..]));
    }
}
