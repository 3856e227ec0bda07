//! Why mail came back.

use super::reply::trim_reply;

/// Writes the reason of a bounce into `out`, at most `limit` bytes.
///
/// ```text
/// host mx.example.org[192.0.2.25] said: 550 5.1.1 <bob@example.org>: unknown (in reply to RCPT TO command)
/// unknown user: "bob"
/// ```
///
/// `text` is what stands between `status=bounced (` and the last `)` of the
/// line. The host is that of the relay
/// ([`Peer::fqdn`](super::host::Peer::fqdn)), which every bounce names.
pub fn reason(text: &[u8], limit: usize, out: &mut Vec<u8>) {
    trim_reply(text, limit, out);
}
