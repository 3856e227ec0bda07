//! Replies of other servers and long phrases, cut to the width of the report.

use std::borrow::Cow;
use std::ops::Range;

use memchr::memrchr_iter;

use crate::near::{place, rfind};

use super::cut;

/// The width of warnings and of the reasons of deferrals and bounces, at 80
/// columns.
pub const REASON_WIDTH: usize = 66;
/// The width of headers and body lines that cleanup(8) rejected, at 80 columns.
pub const HEADER_WIDTH: usize = 64;

/// The limit for a text that may be `base` bytes long on a page of 80 columns.
///
/// Without `columns` there is none.
#[must_use]
pub fn limit(base: usize, columns: Option<usize>) -> usize {
    let fits = |columns| base.saturating_add(columns).saturating_sub(80).max(ELLIPSIS.len());
    columns.map_or(usize::MAX, fits)
}

const ELLIPSIS: &[u8] = b"...";

/// Writes `text` into `out`, cut to `limit` bytes and never within a character.
pub fn trim_width(text: &[u8], limit: usize, out: &mut Vec<u8>) {
    out.clear();
    out.extend_from_slice(text);
    shorten(0..text.len(), limit, out);
}

/// Writes the telling part of a reply into `out`, at most `limit` bytes.
///
/// ```text
/// host mx.example.org[192.0.2.25] said: 550 5.1.1 <bob@example.org>: unknown
/// ```
///
/// The reply code at the start goes. If the rest is too long, so do the server
/// that `said:` it and phrases that say no more than the code; what is still
/// too long is cut. Replies of one meaning so become one line of the report.
pub fn trim_reply(text: &[u8], limit: usize, out: &mut Vec<u8>) {
    out.clear();
    out.extend_from_slice(text);
    trim_reply_in_place(limit, out);
}

/// Does what [`trim_reply`] does to text that stands in `out` already.
pub(super) fn trim_reply_in_place(limit: usize, out: &mut Vec<u8>) {
    shorten(telling_part(out, limit), limit, out);
}

/// Phrases that repeat what the code says, before the server's own words.
const HOLLOW: [&[u8]; 4] =
    [b"delivery error", b"Requested action not taken", b"Transaction failed", b"RCPT TO"];

fn telling_part(text: &[u8], limit: usize) -> Range<usize> {
    let end = text.len();
    let mut rest = without_code(text);
    if rest.len() > limit {
        rest = after_said(rest).unwrap_or(rest);
    }
    if rest.len() > limit {
        rest = after_hollow(rest, limit);
    }
    end - rest.len()..end
}

/// Drops text up to a colon, again and again, while it is too long and holds a
/// hollow phrase.
fn after_hollow(text: &[u8], limit: usize) -> &[u8] {
    let mut rest = text;
    let Some(last) = memrchr_iter(b':', text).find(|colon| ends_hollow(text, *colon)) else {
        return text;
    };
    let with_colon = text.len() - last;
    while rest.len() > limit && rest.len() >= with_colon {
        let Some(tail) = place(rest, b':').and_then(|colon| rest.get(colon + 1..)) else { break };
        rest = tail.trim_ascii_start();
    }
    rest
}

/// Whether a phrase of [`HOLLOW`] stands before the colon at `colon`.
fn ends_hollow(text: &[u8], colon: usize) -> bool {
    text.get(..colon).is_some_and(|head| HOLLOW.iter().any(|phrase| head.ends_with(phrase)))
}

/// What follows the last ` said: `, without the reply code there.
fn after_said(text: &[u8]) -> Option<&[u8]> {
    let mut head = text;
    while let Some(at) = rfind(head, b" said:") {
        if let Some(reply) = text.get(at + b" said:".len()..)?.strip_prefix(b" ") {
            return Some(without_code(reply));
        }
        head = head.get(..at)?;
    }
    None
}

/// Keeps `part` of the text in `out`, cut to `limit` bytes.
fn shorten(part: Range<usize>, limit: usize, out: &mut Vec<u8>) {
    out.truncate(part.end);
    out.drain(..part.start);
    if out.len() > limit {
        let end = whole_characters(out, limit.saturating_sub(ELLIPSIS.len()));
        out.truncate(end);
        out.extend_from_slice(ELLIPSIS);
    }
}

/// The greatest place up to `at` that does not part a character of UTF-8.
///
/// In text that is not UTF-8, `at` itself.
fn whole_characters(text: &[u8], at: usize) -> usize {
    let width = |lead: u8| match lead {
        0xC2..=0xDF => 2,
        0xE0..=0xEF => 3,
        0xF0..=0xF4 => 4,
        _ => 1,
    };
    let parted = |start: &usize| text.get(*start).is_some_and(|lead| start + width(*lead) > at);
    (at.saturating_sub(3)..at).rev().find(parted).unwrap_or(at)
}

/// A text without the reply code it begins with, if it does.
///
/// ```text
/// 550 unknown
/// 550 5.7.26 blocked
/// 550-5.7.26 blocked
/// 550 #5.1.0 unknown
/// ```
///
/// The second and third number of an enhanced code have up to three digits (RFC
/// 3463 §2).
fn without_code(text: &[u8]) -> &[u8] {
    let Some((code, rest)) = text.split_at_checked(3) else { return text };
    if cut::digits(code) < 3 {
        return text;
    }
    let enhanced = rest.strip_prefix(b" ").or_else(|| rest.strip_prefix(b"-"));
    enhanced
        .map(|rest| rest.strip_prefix(b"#").unwrap_or(rest))
        .and_then(after_enhanced_code)
        .or_else(|| rest.strip_prefix(b" "))
        .unwrap_or(text)
}

/// A reply of several lines, which Postfix writes as one, without the codes that its further lines
/// begin with.
///
/// ```text
/// 550-5.7.1 This message is 550-5.7.1 likely unsolicited. See 550 5.7.1 https://help.example
/// 550 5.7.1 This message is likely unsolicited. See https://help.example
/// ```
pub(super) fn on_one_line(reply: &[u8]) -> Cow<'_, [u8]> {
    let Some((code, lines)) = reply.split_at_checked(3) else { return reply.into() };
    let Some(lines) = lines.strip_prefix(b"-").filter(|_| cut::digits(code) == 3) else {
        return reply.into();
    };
    let words = after_enhanced_code(lines).unwrap_or(lines);
    let enhanced = lines.get(..lines.len() - words.len()).unwrap_or_default();
    let (blank_code, mut rest) = ([b" ", code].concat(), words);
    let mut joined = [code, b" ", enhanced].concat();
    while let Some((line, next)) = cut::once(rest, &blank_code) {
        let begun = next.strip_prefix(b"-").or_else(|| next.strip_prefix(b" "));
        match begun.and_then(|begun| begun.strip_prefix(enhanced)) {
            Some(begun) => {
                cut::append(&mut joined, &[line, b" "]);
                rest = begun;
            }
            None => {
                cut::append(&mut joined, &[line, &blank_code]);
                rest = next;
            }
        }
    }
    joined.extend_from_slice(rest);
    joined.into()
}

/// What follows an enhanced status code and a blank: `5.7.26 `.
pub(super) fn after_enhanced_code(text: &[u8]) -> Option<&[u8]> {
    let mut rest = text;
    for (most, end) in [(1, b"."), (3, b"."), (3, b" ")] {
        let digits = cut::digits(rest);
        if digits == 0 || digits > most {
            return None;
        }
        rest = rest.get(digits..)?.strip_prefix(end)?;
    }
    Some(rest)
}
