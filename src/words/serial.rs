//! Serials: what a server puts into one reply alone, such as the number of a transaction.
//!
//! Replies that differ in nothing else have one reason. Told apart by their serials, a full mailbox
//! would be as many reasons as attempts.

use std::net::IpAddr;

use super::cause::{Reply, reply};
use super::cut;
use super::reply::on_one_line;

/// Stands for a serial.
const STAR: u8 = b'*';

/// Writes a failure's text into `out`, with `*` for each serial and each bare address in what
/// another server said, on one line, and for whom this host names.
///
/// ```text
/// host mx.example.org[192.0.2.25] said: 452 4.2.2 Over quota 6bd987c6si138345wmq.1 - mx (in reply to RCPT TO command)
/// host mx.example.org[192.0.2.25] said: 452 4.2.2 Over quota * - mx (in reply to RCPT TO command)
/// ```
pub fn starred(text: &[u8], out: &mut Vec<u8>) {
    out.clear();
    match (reply(text), around_named(text)) {
        (Some(Reply { words, .. }), _) => {
            out.extend_from_slice(text.get(..text.len() - words.len()).unwrap_or_default());
            star(&on_one_line(words), out);
        }
        (None, Some((before, behind))) => cut::append(out, &[before, &[STAR], behind]),
        (None, None) => out.extend_from_slice(text),
    }
}

/// Writes the words of a refusal into `out`, with `*` for each serial and each bare address: a
/// filter or policy service chose them.
///
/// ```text
/// Reject, id=12345-07 - SPAM
/// Recipient address rejected: Greylisted for 287 seconds
/// ```
pub fn starred_refusal(words: &[u8], out: &mut Vec<u8>) {
    out.clear();
    star(words, out);
}

/// Appends words with `*` for each serial.
fn star(words: &[u8], out: &mut Vec<u8>) {
    let mut rest = words;
    // What is in front of this place is written.
    let mut written = 0;
    while let Some((word, behind)) = next_suspect(rest) {
        let bare = without_stop(word);
        if is_serial(bare, behind) {
            let start = words.len() - behind.len() - word.len();
            out.extend_from_slice(words.get(written..start).unwrap_or_default());
            out.push(STAR);
            written = start + bare.len();
        }
        rest = behind;
    }
    out.extend_from_slice(words.get(written..).unwrap_or_default());
}

/// The first word with a digit or an `@` in it, and what follows it.
fn next_suspect(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = text.iter().position(|byte| matches!(byte, b'0'..=b'9' | b'@'))?;
    let (before, rest) = text.split_at_checked(at)?;
    let start = before.iter().rposition(|byte| is_between(*byte)).map_or(0, |place| place + 1);
    let end = rest.iter().position(|byte| is_between(*byte)).unwrap_or(rest.len());
    text.get(start..)?.split_at_checked(at - start + end)
}

/// What stands around the name of a user or a domain in what this host says.
///
/// ```text
/// unknown user: "bob"
/// Domain example.org does not accept mail (nullMX)
/// ```
fn around_named(text: &[u8]) -> Option<(&[u8], &[u8])> {
    const NAMED: [(&[u8], &[u8]); 2] =
        [(b"unknown user: \"", b"\""), (b"Domain ", b" does not accept mail (nullMX)")];
    let is_around = |(before, behind): &&(&[u8], &[u8])| {
        let name = text.strip_prefix(*before).and_then(|rest| rest.strip_suffix(*behind));
        name.is_some_and(|name| !name.is_empty())
    };
    NAMED.iter().find(is_around).copied()
}

/// Whether a byte stands between words.
fn is_between(byte: u8) -> bool {
    const BETWEEN: u128 = bits(b" \t\r\n()[]{}<>\"',;=");
    byte < 128 && BETWEEN >> byte & 1 == 1
}

/// A bit for each byte below 128.
const fn bits(bytes: &[u8]) -> u128 {
    match bytes {
        [first, rest @ ..] => 1 << *first | bits(rest),
        [] => 0,
    }
}

/// A word without the stop or colon that ends a sentence.
fn without_stop(word: &[u8]) -> &[u8] {
    word.strip_suffix(b".").or_else(|| word.strip_suffix(b":")).unwrap_or(word)
}

/// Whether a word is a serial, or an address, by its letters and digits; and by what follows.
fn is_serial(word: &[u8], behind: &[u8]) -> bool {
    let made = Made::of(word);
    match made {
        Made { at: true, .. } => true,
        Made { letters: 0, .. } => {
            made.longest >= LONG || is_clock(word) || is_countdown(word, behind)
        }
        _ if !made.is_mixed() => false,
        _ if is_host(word) => {
            let label = word.split(|byte| *byte == b'.').next().map(Made::of);
            label.is_some_and(|label| label.is_mixed() && label.digits >= LONG)
        }
        _ => !is_link(word) && !is_ip(word),
    }
}

/// So many digits in a row are no code of SMTP and no part of an address. So many are in the name
/// of one server of thousands (`AM7EUR03FT012.example.com`), and not in that of one of a few.
const LONG: usize = 5;

/// What a word is made of.
#[derive(Default)]
struct Made {
    letters: usize,
    /// Whether a letter is none of `a` to `f`.
    beyond_hex: bool,
    digits: usize,
    /// The longest row of digits.
    longest: usize,
    /// Whether it has an `@`.
    at: bool,
}

impl Made {
    fn of(word: &[u8]) -> Made {
        let (mut made, mut row) = (Made::default(), 0);
        for byte in word {
            match byte {
                b'0'..=b'9' => {
                    made.digits += 1;
                    row += 1;
                    made.longest = made.longest.max(row);
                    continue;
                }
                b'a'..=b'z' | b'A'..=b'Z' => {
                    made.letters += 1;
                    made.beyond_hex |= !byte.is_ascii_hexdigit();
                }
                b'@' => made.at = true,
                _ => {}
            }
            row = 0;
        }
        made
    }

    /// Whether it is as long, and has as many digits, as no word has: `8BITMIME`, `TSS04` are none.
    /// One digit is enough among letters that are digits, too: `afd4ccde`.
    fn is_mixed(&self) -> bool {
        let least = if self.beyond_hex { 2 } else { 1 };
        self.letters > 0 && self.digits >= least && self.letters + self.digits >= 8
    }
}

/// `00:04:37`, after which one may come back.
fn is_clock(word: &[u8]) -> bool {
    let two_digits = |part: &[u8]| part.len() == 2 && cut::digits(part) == 2;
    word.contains(&b':') && word.split(|byte| *byte == b':').all(two_digits)
}

/// `287 seconds`, after which one may come back.
fn is_countdown(word: &[u8], behind: &[u8]) -> bool {
    cut::digits(word) == word.len() && behind.starts_with(b" second")
}

/// The name of a host: the last of several labels has no digits.
fn is_host(word: &[u8]) -> bool {
    let mut labels = word.rsplit(|byte| *byte == b'.');
    let last = labels.next().unwrap_or_default();
    last.len() > 1 && last.iter().all(u8::is_ascii_alphabetic) && labels.next().is_some()
}

/// `https://help.example/4127`, the same in each reply.
fn is_link(word: &[u8]) -> bool {
    word.windows(3).any(|place| place == b"://")
}

/// An address of IPv6; one of IPv4 has no letters.
fn is_ip(word: &[u8]) -> bool {
    let word = cut::strip_prefix_ignoring_case(word, b"IPv6:").unwrap_or(word);
    str::from_utf8(word).is_ok_and(|text| text.parse::<IpAddr>().is_ok())
}
