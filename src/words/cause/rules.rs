//! The rules by which causes are told: words that appear in the text, in the order in which
//! they decide. `tests/words/cause.txt` has an example of each.

use super::Cause;

/// Whose words a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum By {
    /// Anybody's.
    Any,
    /// Another server's: `host X said: …`.
    Server,
    /// This host's own.
    Own,
}

/// If one of the words appears in the lower-cased text, that is the cause.
pub(super) struct Rule(pub(super) Cause, pub(super) By, pub(super) &'static [&'static str]);

pub(super) const RULES: &[Rule] = &[
    Rule(Cause::Greylisted, By::Any, &["greylist", "graylist", "grey-list", "grey list"]),
    Rule(
        Cause::Loop,
        By::Any,
        &["loops back to myself", "forwarding loop", "too many hops", "mail loop", "routing loop"],
    ),
    // Before the words of other servers: the mailbox of a user has its own limit, mailbox_size_limit
    // or virtual_mailbox_limit, which the system tells local(8) and virtual(8).
    Rule(Cause::Full, By::Own, &["error writing message: file too large"]),
    // milter8.c: what a milter that does not answer comes to (milter_default_action), or says itself
    // without words.
    Rule(
        Cause::Filter,
        By::Own,
        &["4.7.1 service unavailable - try again later", "5.5.0 service unavailable"],
    ),
    Rule(
        Cause::Size,
        By::Any,
        &["message size", "size limit", "exceeds fixed limit", "too large", "message too big"],
    ),
    Rule(
        Cause::Protocol,
        By::Any,
        &[
            "smtputf8",
            "8bitmime",
            "pipelining",
            "protocol error",
            "no valid recipients",
            "multi-recipient bounce",
            "malformed (",
            "syntax error",
            "bad sequence",
        ],
    ),
    Rule(
        Cause::Tls,
        By::Any,
        &[
            "tls is required",
            "starttls",
            "requiretls",
            "server certificate",
            "cannot start tls",
            "tls handshake",
            "start tls",
            "mta-sts",
            "tlsa",
            "certificate verif",
        ],
    ),
    Rule(
        Cause::Relaying,
        By::Any,
        &[
            "relay access denied",
            "relaying denied",
            "unable to relay",
            "relay not permitted",
            "not permitted to relay",
        ],
    ),
    Rule(
        Cause::Identity,
        By::Any,
        &[
            "helo command rejected",
            "cannot find your",
            "sender address rejected: domain",
            "need fully-qualified",
            "not logged in",
            "not owned by user",
            "malformed dns server reply",
            "spf",
            "dkim",
            "dmarc",
            "unauthenticated",
            "reverse dns",
            "ptr record",
            "forged",
            "relay via isp",
            "invalid dns",
        ],
    ),
    Rule(
        Cause::Full,
        By::Any,
        &[
            "quota",
            "mailbox full",
            "mailbox is full",
            "mailbox for user is full",
            "out of storage",
            "inbox is full",
            "mailfull",
        ],
    ),
    Rule(
        Cause::Filter,
        By::Any,
        &["error in processing, id=", "virus_scan failed", "content filter"],
    ),
    Rule(
        Cause::Rate,
        By::Any,
        &[
            "too many connections",
            "too many messages",
            "too many emails",
            "too many mails",
            "too many recipients",
            "rate limit",
            "rate=",
            "(rate",
            "unusual rate",
            "unexpected volume",
            "volume or user complaints",
            "throttl",
            "slow down",
            "too fast",
            "limit exceeded",
            "ratelimit",
            "ports busy",
            "too much mail",
            "concurren",
        ],
    ),
    Rule(
        Cause::Closed,
        By::Any,
        &[
            "has moved",
            "administratively disabled",
            "is closed",
            "account disabled",
            "account is disabled",
            "account inactive",
            "mailbox disabled",
            "on vacation",
            "suspended",
            "discontinued",
        ],
    ),
    Rule(
        Cause::UnknownUser,
        By::Any,
        &[
            "user unknown",
            "unknown user",
            "no such user",
            "doesn't exist",
            "does not exist",
            "unknown recipient",
            "recipient unknown",
            "mailbox not found",
            "no mailbox",
            "no such recipient",
            "no such mailbox",
            "invalid recipient",
            "invalid mailbox",
            "undeliverable address",
            "recipient not found",
            "not a valid",
            "address unknown",
            "benutzer unbekannt",
            "unbekannt",
            "mailbox unavailable invalid",
            "user not found",
            "unrouteable address",
            "keine g\u{fc}ltige",
        ],
    ),
    Rule(Cause::Blocked, By::Any, &["blocked using", "blocked - see", "dnsbl"]),
    Rule(
        Cause::Dns,
        By::Any,
        &[
            "name service error",
            "host or domain name not found",
            "nullmx",
            "unable to look up host",
            "host name unknown",
            "host not found",
            "domain not found",
        ],
    ),
    Rule(
        Cause::Blocked,
        By::Any,
        &[
            "blocked",
            "block list",
            "blocklist",
            "blacklist",
            "block-list",
            "reputation",
            "banned",
            "spam",
            "is listed",
            "not accepting messages from you",
            "access denied",
            "virus",
            "infected",
            "policy",
            "prohibited",
            "unsolicited",
            "content rejected",
            "content security",
            "suspicious",
            "rejected due to",
            "command rejected",
            "sieve",
            "not wanted",
            "header check",
            "access to this mail system has been rejected",
            "go away",
            "rejected by",
            "local block",
            "client host rejected",
            "target rejected",
        ],
    ),
    Rule(
        Cause::Local,
        By::Own,
        &[
            "mail transport unavailable",
            "unknown mail transport error",
            "lock file",
            "cannot update mailbox",
            "cannot append",
            "maildir",
            "permission denied",
            "no such file",
            "server configuration error",
            "input/output error",
            "no space left",
            "insufficient system storage",
            "service currently unavailable",
            "temporary lookup failure",
            "lookup failure",
            "service failure",
            "queue file write error",
            "delivery failed to mailbox",
            "alias database",
            "service temporarily unavailable",
            "script",
            "administratively expired",
            "bad command startup",
            "mailbox busy",
            "server configuration problem",
            "mail system configuration error",
        ],
    ),
    // Who could not be asked yet.
    Rule(Cause::Remote, By::Any, &["address verification in progress", "unverified address"]),
    Rule(
        Cause::Remote,
        By::Server,
        &[
            "temporary",
            "temporarily",
            "try again",
            "try later",
            "please retry",
            "come back later",
            "busy",
            "not available",
            "service unavailable",
            "later",
            "internal error",
            "local problem",
            "server error",
            "local error",
            "system storage",
            "out of memory",
            "overload",
        ],
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_and_every_cause_has_an_example() {
        let examples = include_str!("../../../tests/words/cause.txt").to_lowercase();
        let mut missing: Vec<String> = Vec::new();
        for (at, Rule(cause, _, words)) in RULES.iter().enumerate() {
            if !words.iter().any(|word| examples.contains(word)) {
                missing.push(format!("rule {at}, {}", cause.id()));
            }
        }
        for cause in Cause::ALL.iter().filter(|cause| **cause != Cause::Backscatter) {
            if !examples.contains(&format!("\n= {}\n", cause.id())) {
                missing.push(cause.id().to_owned());
            }
        }
        assert!(missing.is_empty(), "{missing:?}");
    }
}
