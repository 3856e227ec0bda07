//! Lines of `postscreen(8)` and `dnsblog(8)`.

use memchr::memmem;

use super::event::{Event, Screen};
use super::scan::{leading_number, until, until_str};

/// Parses a line about a connection.
///
/// ```text
/// CONNECT from [203.0.113.9]:51544 to [192.0.2.10]:25
/// PASS NEW [203.0.113.9]:51544
/// PREGREET 14 after 0.07 from [203.0.113.9]:51544: EHLO spam\r\n
/// DNSBL rank 6 for [203.0.113.9]:51544
/// HANGUP after 1.2 from [203.0.113.9]:51544 in tests before SMTP handshake
/// COMMAND PIPELINING from [203.0.113.9]:51544 after EHLO: QUIT\r\n
/// ALLOWLISTED [192.0.2.25]:49152
/// DISCONNECT [203.0.113.9]:51544
/// ```
#[inline(always)] // see `by_program`
pub(super) fn line(text: &[u8]) -> Option<Event<'_>> {
    if let Some(rest) = text.strip_prefix(b"CONNECT from [") {
        return connection(b"CONNECT from ", rest); // a third of the lines
    }
    let (words, rest) = until(text, b'[')?;
    connection(words, rest)
}

/// The words in front of a connection, and the rest from its address on.
#[inline(always)] // see `by_program`
fn connection<'a>(words: &'a [u8], rest: &'a [u8]) -> Option<Event<'a>> {
    let (address, port) = address(rest)?;
    let screen = match words {
        b"CONNECT from " => Screen::Connect { address, port },
        b"DISCONNECT " => Screen::Disconnect { address, port },
        _ => Screen::Action { action: action(words)?, address, port, ends: ends(words) },
    };
    Some(Event::Screen(screen))
}

/// `203.0.113.9]:51544`: the address, and the port, if there is one.
#[inline(always)] // see `by_program`
fn address(text: &[u8]) -> Option<(&[u8], u32)> {
    let (address, rest) = until(text, b']')?;
    Some((address, rest.strip_prefix(b":").map_or(0, leading_number)))
}

/// The name of the action: the words without numbers of their own and prepositions.
fn action(words: &[u8]) -> Option<&[u8]> {
    const FROM: [&[u8]; 9] = [
        b"BARE NEWLINE",
        b"BDAT without valid RCPT",
        b"COMMAND COUNT LIMIT",
        b"COMMAND LENGTH LIMIT",
        b"COMMAND PIPELINING",
        b"COMMAND TIME LIMIT",
        b"DATA without valid RCPT",
        b"NON-SMTP COMMAND",
        b"BARE LINEFEED",
    ];
    if words.starts_with(b"PASS ") {
        return words.strip_suffix(b" "); // most connections
    }
    if words.starts_with(b"PREGREET ") {
        return Some(b"PREGREET");
    }
    if words.starts_with(b"HANGUP ") {
        return Some(b"HANGUP");
    }
    if words.starts_with(b"DNSBL rank ") {
        return words.strip_suffix(b" for ");
    }
    if let Some(found) = FROM.iter().find(|action| words.starts_with(action)) {
        return Some(found);
    }
    let words = words.strip_suffix(b" ")?;
    let known = words.ends_with(b"LISTED") || words.ends_with(b"LIST VETO");
    known.then_some(words)
}

/// Whether postscreen is done with the connection: who is on its allowlist is handed to smtpd(8) at
/// once (`WHITELISTED` before 3.6).
fn ends(words: &[u8]) -> bool {
    words.starts_with(b"PASS ")
        || words.starts_with(b"HANGUP ")
        || matches!(words, b"ALLOWLISTED " | b"WHITELISTED ")
}

/// Lines of postscreen about itself.
pub(super) fn remark(text: &[u8]) -> bool {
    text.first().is_some_and(u8::is_ascii_lowercase)
        && (text.starts_with(b"entering STRESS mode")
            || text.starts_with(b"leaving STRESS mode")
            || text.starts_with(b"cache ")
            || text.starts_with(b"table ")
            || memmem::find(text, b" has changed -- restarting").is_some())
}

/// Parses a listing that dnsblog found.
///
/// ```text
/// addr 203.0.113.9 listed by domain dnsbl.example.org as 127.0.0.4
/// ```
pub(super) fn listing(text: &[u8]) -> Option<Event<'_>> {
    let (address, rest) = until_str(text.strip_prefix(b"addr ")?, b" listed by domain ")?;
    let zone = until(rest, b' ').map_or(rest, |(zone, _)| zone);
    Some(Event::Screen(Screen::Listed { address, zone }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_visit_of_whoever_is_let_in_at_once_ends_there() {
        for (words, over) in [
            ("PASS OLD", true),
            ("ALLOWLISTED", true),
            ("WHITELISTED", true),
            ("HANGUP after 0.3 from", true),
            ("ALLOWLIST VETO", false),
            ("DENYLISTED", false),
            ("BLACKLISTED", false),
        ] {
            let text = format!("{words} [203.0.113.9]:51544");
            let Some(Event::Screen(Screen::Action { ends, .. })) = line(text.as_bytes()) else {
                unreachable!("{text}");
            };
            assert_eq!(ends, over, "{text}");
        }
    }

    #[test]
    fn a_connection_is_read_at_once_as_it_is_read_in_steps() {
        let usual = b"CONNECT from [203.0.113.9]:51544 to [192.0.2.10]:25";
        for at in 0..usual.len() {
            for byte in 0..=u8::MAX {
                let mut text = usual.to_vec();
                if let Some(place) = text.get_mut(at) {
                    *place = byte;
                }
                let in_steps = until(&text, b'[').and_then(|(words, rest)| connection(words, rest));
                assert_eq!(line(&text), in_steps, "{}", text.escape_ascii());
            }
        }
    }
}
