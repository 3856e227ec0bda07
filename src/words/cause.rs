//! Root causes: what kind of trouble the text of a failure tells of.
//!
//! The rules are data (`rules`): words that appear in the text. What no rule knows is
//! judged by its enhanced status code (RFC 3463), and what that does not tell is
//! [`Cause::Other`].

mod rules;

use std::sync::LazyLock;

use super::cut;
use super::deferral::without_suspension;
use crate::near::{find, place};
use rules::{By, RULES, Rule};

macro_rules! causes {
    ($($variant:ident $id:literal $title:literal $advice:literal,)*) => {
        /// A kind of trouble.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Cause {
            $(#[doc = $title] $variant,)*
        }

        impl Cause {
            /// All of them, in the order in which they are explained.
            pub const ALL: &[Cause] = &[$(Cause::$variant,)*];

            /// Its name for programs.
            #[must_use]
            pub const fn id(self) -> &'static str {
                match self { $(Cause::$variant => $id,)* }
            }

            /// What it is, in a few words.
            #[must_use]
            pub const fn title(self) -> &'static str {
                match self { $(Cause::$variant => $title,)* }
            }

            /// What an administrator can do about it, in one sentence.
            #[must_use]
            pub const fn advice(self) -> &'static str {
                match self { $(Cause::$variant => $advice,)* }
            }
        }
    };
}

causes! {
    Backscatter "backscatter" "Backscatter: notices to senders who cannot be reached"
        "These are bounces of mail that was accepted and not deliverable, mostly spam with a forged sender; refuse such mail while the client is connected, and delete the notices.",
    Unreachable "unreachable" "No route or no answer"
        "The other host does not answer: see whether it answers others, and whether your own firewall or provider blocks port 25.",
    Refused "refused" "Connection refused"
        "The host is up, but nothing listens there: its mail server is down, or its MX record points to the wrong host.",
    Dns "dns" "The DNS does not say where to"
        "Look the name up yourself (`dig MX`): a mistyped or expired domain never comes back, and a resolver that is down on your side concerns all domains.",
    Tls "tls" "TLS does not work out"
        "The other side offers no TLS or an invalid certificate, and your policy demands it; see smtp_tls_policy_maps and what the other side changed.",
    Greylisted "greylisted" "Greylisted"
        "Nothing needs to be done: the next try is expected to pass; mail that stays here for hours was not sent from the same address each time.",
    Full "mailbox-full" "Mailbox full"
        "The recipient can make room; of a mailbox on this host you can raise the limit (mailbox_size_limit, virtual_mailbox_limit); else tell the sender, or let the mail expire.",
    Rate "rate" "Too much mail at a time"
        "The other side limits how much mail it takes from you: look for an account or list that suddenly sends much, and slow the transport down.",
    Blocked "blocked" "Refused by policy, blocklist or content filter"
        "Read what the server says: if it names a list or your reputation, find what was sent in your name before you ask to be delisted.",
    UnknownUser "unknown-user" "No such recipient"
        "The address does not exist there; where it is answered with 4xx, the other side looks up its users badly, and the mail will only expire.",
    Closed "closed" "The recipient has moved or is closed"
        "The mailbox or domain takes no mail any more; correct the address at its source.",
    Filter "filter-down" "The content filter or mailbox server does not answer"
        "A service behind Postfix on this host is down or overloaded: see its own log, start it, then `postqueue -f`.",
    Local "local" "Trouble on this host"
        "A disk, a permission, a lookup table or a transport of this host is at fault: the warnings of the same minute say which.",
    Remote "remote" "Trouble at the other side"
        "The other server says that it is in trouble for a while; the retries will do.",
    Identity "identity" "The sender or client is not who it says it is"
        "SPF, DKIM, reverse DNS, greeting or sign-in do not fit: check those of the host that sends.",
    Relaying "relaying" "Relaying denied"
        "Somebody sends through a server that is not responsible for the recipient: a stranger, or a user who did not sign in.",
    Size "size" "The message is too large"
        "The limit is message_size_limit here, or what the other server says in its greeting.",
    Loop "loop" "The mail goes in circles"
        "Two hosts or addresses forward to each other, or a domain's MX points here though this host does not know it (mydestination, relay_domains).",
    Protocol "protocol" "The other side does not speak the protocol as needed"
        "A feature (SMTPUTF8, 8BITMIME) is missing there, or a client breaks the rules of SMTP, as spam senders do.",
    Other "other" "Other reasons"
        "The text says what this program does not know.",
}

impl Cause {
    /// The cause of a name, hyphens or underscores.
    #[must_use]
    pub fn named(name: &str) -> Option<Cause> {
        let name = name.to_ascii_lowercase().replace('_', "-");
        Cause::ALL.iter().copied().find(|cause| cause.id() == name)
    }

    /// The cause that a failure's text tells of.
    ///
    /// ```text
    /// host mx.example.org[192.0.2.25] said: 452 4.2.2 <bob@example.org> over quota (in reply to RCPT TO command)
    /// delivery temporarily suspended: connect to mx.example.org[192.0.2.25]:25: Connection refused
    /// 450 4.7.1 <bob@example.org>: Recipient address rejected: Greylisted
    /// ```
    #[must_use]
    pub fn of(text: &[u8]) -> Cause {
        let text = without_suspension(text);
        if let Some(cause) = of_connection(text).or_else(|| of_program(text)) {
            return cause;
        }
        let (by, said, inward) = match reply(text) {
            Some(Reply { words, inward }) => (By::Server, words, inward),
            None => (By::Own, text, false),
        };
        let found = of_words(by, inward, said);
        // "Service unavailable" is no promise where the code says that it is for good.
        let final_word = said.starts_with(b"5") && found == Some(Cause::Remote);
        // What this host says of itself is no other's trouble, nor what a server of it says; but an
        // address that could not be verified yet waits for another.
        let here = |cause| match cause {
            Cause::Remote if inward || by == By::Own => Cause::Local,
            cause => cause,
        };
        let found = if inward { found.map(here) } else { found };
        let code = || of_enhanced_code(said).map(here);
        found.filter(|_| !final_word).or_else(code).or(found).unwrap_or(Cause::Other)
    }

    /// The cause that a listing of the queue tells of a recipient.
    #[must_use]
    pub fn of_listed(reason: &[u8], is_notice: bool) -> Cause {
        let cause = Cause::of(reason);
        if is_notice { cause.of_notice() } else { cause }
    }

    /// The cause that a message is listed under: notices that cannot be returned are
    /// backscatter, unless this host is what is wrong.
    #[must_use]
    pub fn of_notice(self) -> Cause {
        if matches!(self, Cause::Local | Cause::Filter) { self } else { Cause::Backscatter }
    }
}

/// The words of each rule, made ready once.
static WORDS: LazyLock<Vec<Vec<Word>>> = LazyLock::new(|| {
    let ready = |rule: &Rule| rule.2.iter().map(|word| Word::of(word.as_bytes())).collect();
    RULES.iter().map(ready).collect()
});

/// A word of a rule, ready to be looked for.
struct Word {
    text: &'static [u8],
    pairs: Pairs,
}

impl Word {
    fn of(text: &'static [u8]) -> Word {
        Word { text, pairs: Pairs::of(text) }
    }

    /// Whether a text with these pairs has it.
    fn is_in(&self, text: &[u8], pairs: Pairs) -> bool {
        self.pairs.are_among(pairs) && find(text, self.text).is_some()
    }
}

/// Which bytes follow each other in a text: a bit for each pair, which some pairs share. A text
/// that lacks a pair of a word lacks the word: all but a few of a hundred words need no search (3 %
/// of the instructions of a relay's log).
#[derive(Clone, Copy, Default)]
struct Pairs([u64; 4]);

impl Pairs {
    fn of(text: &[u8]) -> Pairs {
        let mut pairs = Pairs::default();
        for pair in text.windows(2) {
            let &[one, other] = pair else { continue };
            let bit = one.wrapping_mul(37).wrapping_add(other);
            if let Some(bits) = pairs.0.get_mut(usize::from(bit >> 6)) {
                *bits |= 1 << (bit & 63);
            }
        }
        pairs
    }

    fn are_among(self, others: Pairs) -> bool {
        self.0.iter().zip(others.0).all(|(bits, others)| bits & !others == 0)
    }
}

/// The cause that the rules know of what somebody said.
fn of_words(by: By, inward: bool, said: &[u8]) -> Option<Cause> {
    let mut lower = Vec::with_capacity(said.len());
    without_addresses(said, &mut lower);
    lower.make_ascii_lowercase();
    let pairs = Pairs::of(&lower);
    let fits = |(rule, words): &(&Rule, &Vec<Word>)| {
        let whose = rule.1 == By::Any || rule.1 == by || (inward && rule.1 == By::Own);
        whose && words.iter().any(|word| word.is_in(&lower, pairs))
    };
    RULES.iter().zip(&*WORDS).find(fits).map(|(rule, _)| rule.0)
}

/// What `pipe_command.c` says of a program that pipe(8) or local(8) ran: by its exit status
/// (`sys_exits.c`), or that it came to a bad end. Only what the program wrote can tell more, never
/// its path.
///
/// ```text
/// temporary failure
/// service unavailable. Command output: lda: the mailbox is over quota
/// Command died with status 1: "/usr/local/bin/spam-check"
/// Command time limit exceeded: "/usr/local/bin/archive"
/// ```
fn of_program(text: &[u8]) -> Option<Cause> {
    let (verdict, output) = match cut::once(text, b". Command output: ") {
        Some((verdict, output)) => (verdict, output),
        None => (text, &b""[..]),
    };
    let is_known = STATUSES.contains(&verdict.trim_ascii_end()) // `internal software error `
        || verdict.starts_with(b"Command died with ")
        || verdict.starts_with(b"Command time limit exceeded: ");
    is_known.then(|| of_words(By::Own, false, output).unwrap_or(Cause::Local))
}

/// What exit statuses are called that say nothing of the recipient: `EX_NOUSER`, *user unknown*, and
/// `EX_NOHOST`, *host name unknown*, do.
const STATUSES: [&[u8]; 13] = [
    b"command line usage error",
    b"data format error",
    b"cannot open input",
    b"service unavailable",
    b"internal software error",
    b"system resource problem",
    b"critical OS file missing",
    b"can't create user output file",
    b"input/output error",
    b"temporary failure",
    b"remote error in protocol",
    b"permission denied",
    b"local configuration error",
];

/// Troubles with the connection itself.
///
/// ```text
/// connect to mx.example.org[192.0.2.25]:25: Connection refused
/// conversation with mx.example.org[192.0.2.25] timed out while sending RCPT TO
/// lost connection with mx.example.org[192.0.2.25] while sending RCPT TO
/// ```
fn of_connection(text: &[u8]) -> Option<Cause> {
    const HEADS: [&[u8]; 3] = [b"connect to ", b"conversation with ", b"lost connection with "];
    let rest = HEADS.iter().find_map(|head| text.strip_prefix(*head))?;
    let refused = find(rest, b"Connection refused").is_some();
    Some(match (is_inward(rest), refused) {
        (true, _) => Cause::Filter,
        (false, true) => Cause::Refused,
        (false, false) => Cause::Unreachable,
    })
}

/// Whether a peer, `name[address]…` at the start of a text, is on this host.
fn is_inward(peer: &[u8]) -> bool {
    const INSIDE: [&[u8]; 4] = [b"[127.0.0.1]", b"[::1]", b"[private/", b"[/"];
    let end = place(peer, b' ').unwrap_or(peer.len());
    let peer = peer.get(..end).unwrap_or(peer);
    INSIDE.iter().any(|inside| find(peer, inside).is_some())
}

/// What another server said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reply<'a> {
    /// Its words.
    pub words: &'a [u8],
    /// Whether that server is on this host.
    pub inward: bool,
}

/// What another server said, if a failure's text tells that.
///
/// ```text
/// host mx.example.org[192.0.2.25] said: 451 4.7.1 Greylisted (in reply to RCPT TO command)
/// host mx.example.org[192.0.2.25] refused to talk to me: 421 4.7.0 busy
/// SASL authentication failed; server mx.example.org[192.0.2.25] said: 454 4.7.0 Try again later
/// ```
#[must_use]
pub fn reply(text: &[u8]) -> Option<Reply<'_>> {
    const HEADS: [&[u8]; 2] = [b"host ", b"SASL authentication failed; server "];
    let text = without_suspension(text);
    let rest = HEADS.iter().find_map(|head| text.strip_prefix(*head))?;
    let said = cut::once(rest, b" said: ").or_else(|| cut::once(rest, b" refused to talk to me: "));
    said.map(|(host, words)| Reply { words, inward: is_inward(host) })
}

/// Writes the text into `out` without what stands in angle brackets: addresses and links
/// are chosen by others, and may hold any word.
pub fn without_addresses(text: &[u8], out: &mut Vec<u8>) {
    out.clear();
    let mut rest = text;
    while let Some(start) = place(rest, b'<') {
        let (before, inside) = rest.split_at_checked(start).unwrap_or((rest, b""));
        out.extend_from_slice(before);
        let Some(end) = place(inside, b'>') else {
            rest = inside;
            break;
        };
        rest = inside.get(end + 1..).unwrap_or_default();
        // `550 5.1.1 <ann@example.org>: User unknown` keeps no lonely colon.
        rest = rest.strip_prefix(b": ").unwrap_or(rest);
    }
    out.extend_from_slice(rest);
}

/// What the enhanced status code at the start of a reply tells; RFC 3463.
fn of_enhanced_code(text: &[u8]) -> Option<Cause> {
    let rest = match text.split_at_checked(4) {
        Some((code, rest)) if cut::digits(code) == 3 => rest,
        _ => text,
    };
    let rest = rest.strip_prefix(b"#").unwrap_or(rest);
    let [b'4' | b'5', b'.', subject @ b'0'..=b'9', b'.', detail @ ..] = rest else {
        return (cut::digits(text) == 3 && text.starts_with(b"4")).then_some(Cause::Remote);
    };
    let digits = cut::digits(detail);
    let detail = detail.get(..digits)?;
    Some(match (subject, detail) {
        (b'1', b"8" | b"7") => Cause::Identity,
        (b'1', b"2") | (b'4', b"3" | b"4") => Cause::Dns,
        (b'1', b"6") => Cause::Closed,
        (b'1', _) => Cause::UnknownUser,
        (b'2', b"2") => Cause::Full,
        (b'2', b"3") | (b'3', b"4") => Cause::Size,
        (b'2', _) if rest.starts_with(b"4") => Cause::Remote,
        (b'2', _) => Cause::Closed,
        (b'3', _) => Cause::Remote,
        (b'4', b"6") => Cause::Loop,
        (b'4', _) => Cause::Unreachable,
        (b'5', _) => Cause::Protocol,
        (b'6' | b'7', _) => Cause::Blocked,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every word, wherever it stands in a text: its pairs never hide it.
    #[test]
    fn a_word_is_found_where_a_text_has_it() {
        let words: Vec<&[u8]> =
            RULES.iter().flat_map(|rule| rule.2).map(|w| w.as_bytes()).collect();
        for (one, other) in words.iter().zip(words.iter().rev()) {
            let text = [b"550 5.7.1 ", *one, b" (", *other, b")"].concat();
            for word in &words {
                let stands = text.windows(word.len()).any(|place| place == *word);
                assert_eq!(Word::of(word).is_in(&text, Pairs::of(&text)), stands);
            }
        }
    }

    #[test]
    fn a_notice_is_backscatter_unless_this_host_is_at_fault() {
        assert_eq!(Cause::Unreachable.of_notice(), Cause::Backscatter);
        assert_eq!(Cause::UnknownUser.of_notice(), Cause::Backscatter);
        assert_eq!(Cause::Local.of_notice(), Cause::Local);
        assert_eq!(Cause::Filter.of_notice(), Cause::Filter);
    }
}
