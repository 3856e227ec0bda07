//! Lines that something else wrapped: containers, log shippers, a second syslog.
//!
//! A wrapper is told once for a source and then stripped line by line; a line
//! that does not fit passes as it is.

use std::borrow::Cow;

use serde::Deserialize;

use super::block::MAX_LINE;
use super::journal::push_word;
use super::json::{Field, object};
use super::rewrite::{Unwrap, push_flat};
use super::shape::{iso_len, stamp_len, starts_with_stamp};

/// JSON objects with the line in a field: docker's `json-file`, and what
/// Fluent Bit, Vector, Loki and their kin write.
///
/// ```text
/// {"log":"Nov 23 14:07:31 mx1 postfix/…\n","stream":"stdout","time":"2026-11-23T14:07:31.1Z"}
/// {"message":"connect from …","hostname":"mx1","appname":"postfix/smtpd","procid":912,"timestamp":"…"}
/// {"labels":{"job":"mail"},"line":"Nov 23 14:07:31 mx1 postfix/…","timestamp":"…"}
/// ```
#[derive(Deserialize)]
struct Object<'a> {
    #[serde(borrow, default)]
    log: Field<'a>,
    #[serde(borrow, default)]
    message: Field<'a>,
    #[serde(borrow, default)]
    msg: Field<'a>,
    #[serde(borrow, default)]
    line: Field<'a>,
    #[serde(borrow, default)]
    stream: Field<'a>,
    #[serde(borrow, default)]
    time: Field<'a>,
    #[serde(borrow, default)]
    timestamp: Field<'a>,
    #[serde(borrow, default)]
    ts: Field<'a>,
    #[serde(borrow, default, rename = "@timestamp")]
    at_timestamp: Field<'a>,
    #[serde(borrow, default)]
    hostname: Field<'a>,
    #[serde(borrow, default)]
    host: Field<'a>,
    #[serde(borrow, default)]
    appname: Field<'a>,
    #[serde(borrow, default)]
    ident: Field<'a>,
    #[serde(borrow, default)]
    procid: Field<'a>,
    #[serde(borrow, default)]
    pid: Field<'a>,
    /// The runtime's `F` or `P`, as Fluent Bit and Fluentd call it.
    #[serde(borrow, default, rename = "_p")]
    p: Field<'a>,
    #[serde(borrow, default)]
    logtag: Field<'a>,
}

/// Docker cuts lines at 16 KiB; only the last piece ends with a newline.
const DOCKER_PIECE: usize = 16 * 1024;

type Bytes<'a> = Option<Cow<'a, [u8]>>;

/// The first field that is there.
fn first<'a>(fields: impl IntoIterator<Item = Field<'a>>) -> Bytes<'a> {
    fields.into_iter().find_map(|field| field.0)
}

/// An object's text, with what a stampless text needs in front of it.
struct Wrapped<'a> {
    text: Cow<'a, [u8]>,
    /// More of the line is in the next object.
    is_piece: bool,
    time: Bytes<'a>,
    host: Bytes<'a>,
    tag: Bytes<'a>,
    pid: Bytes<'a>,
}

impl<'a> Wrapped<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        if !text.starts_with('{') {
            return None;
        }
        let object: Object<'a> = serde_json::from_str(text).ok()?;
        let by_docker = object.log.0.is_some() && object.stream.0.is_some();
        let text = first([object.log, object.message, object.msg, object.line])?;
        // Log shippers leave out the newline of every line.
        let is_cut = by_docker && text.len() >= DOCKER_PIECE && !text.ends_with(b"\n");
        let is_partial = [object.logtag, object.p].iter().any(|tag| tag.0.as_deref() == Some(b"P"));
        Some(Self {
            is_piece: is_cut || is_partial,
            text,
            time: first([object.time, object.timestamp, object.ts, object.at_timestamp]),
            host: first([object.hostname, object.host]),
            tag: first([object.appname, object.ident]),
            pid: first([object.procid, object.pid]),
        })
    }

    /// Whether a syslog line can be made of it.
    fn is_line(&self) -> bool {
        starts_with_stamp(&self.text) || self.time.as_deref().and_then(iso_len).is_some()
    }

    fn write(&self, text: &[u8], out: &mut Vec<u8>) {
        let time = self.time.as_deref().filter(|time| iso_len(time) == Some(time.len()));
        let stands_alone = text.trim_ascii().is_empty() || starts_with_stamp(text);
        if let (Some(time), false) = (time, stands_alone) {
            out.extend_from_slice(time);
            out.push(b' ');
            push_word(self.host.as_deref().unwrap_or_default(), b"-", out);
            out.push(b' ');
            match self.tag.as_deref() {
                Some(tag) if !text.starts_with(tag) => {
                    push_word(tag, b"-", out);
                    if let Some(pid) = self.pid.as_deref() {
                        out.push(b'[');
                        push_word(pid, b"0", out);
                        out.push(b']');
                    }
                    out.extend_from_slice(b": ");
                }
                _ => {}
            }
        }
        push_flat(text, out);
        out.push(b'\n');
    }
}

/// Whether a line is an object that holds a syslog line.
pub(super) fn is_object(line: &[u8]) -> bool {
    Wrapped::parse(&object(line)).is_some_and(|wrapped| wrapped.is_line())
}

/// Strips JSON objects.
#[derive(Default)]
pub(super) struct Objects {
    pieces: Vec<u8>,
}

impl Unwrap for Objects {
    fn unwrap_line(&mut self, line: &[u8], out: &mut Vec<u8>) {
        let json = object(line);
        let Some(wrapped) = Wrapped::parse(&json) else { return pass(line, out) };
        if wrapped.is_piece && self.pieces.len() + wrapped.text.len() <= MAX_LINE {
            self.pieces.extend_from_slice(&wrapped.text);
        } else if self.pieces.is_empty() {
            wrapped.write(&wrapped.text, out);
        } else {
            self.pieces.extend_from_slice(&wrapped.text);
            wrapped.write(&self.pieces, out);
            self.pieces.clear();
        }
    }

    fn finish(&mut self, out: &mut Vec<u8>) {
        finish_pieces(&mut self.pieces, out);
    }
}

/// Strips the container runtime interface's prefix and joins partial lines.
///
/// ```text
/// 2026-11-23T14:07:31.123456789Z stdout F Nov 23 14:07:31 mx1 postfix/…
/// ```
#[derive(Default)]
pub(super) struct Cri {
    pieces: Vec<u8>,
}

/// A line of a container runtime: its stamp, whether it is whole, its text.
pub(super) fn cri(line: &[u8]) -> Option<(&[u8], bool, &[u8])> {
    let (stamp, rest) = line.split_at_checked(iso_len(line)?)?;
    let rest = rest.strip_prefix(b" ")?;
    let rest = rest.strip_prefix(b"stdout ").or_else(|| rest.strip_prefix(b"stderr "))?;
    // A tag may carry further parts behind colons.
    let space = memchr::memchr(b' ', rest)?;
    let (tag, text) = rest.split_at_checked(space)?;
    let whole = match tag.split(|&b| b == b':').next()? {
        b"F" => true,
        b"P" => false,
        _ => return None,
    };
    Some((stamp, whole, text.get(1..)?))
}

impl Unwrap for Cri {
    fn unwrap_line(&mut self, line: &[u8], out: &mut Vec<u8>) {
        let Some((stamp, whole, text)) = cri(line) else { return pass(line, out) };
        if !whole && self.pieces.len() + text.len() <= MAX_LINE {
            return self.pieces.extend_from_slice(text);
        }
        let begin = if self.pieces.is_empty() { text } else { self.pieces.as_slice() };
        if !begin.is_empty() && !starts_with_stamp(begin) {
            out.extend_from_slice(stamp);
            out.extend_from_slice(b" - ");
        }
        out.append(&mut self.pieces);
        pass(text, out);
    }

    fn finish(&mut self, out: &mut Vec<u8>) {
        finish_pieces(&mut self.pieces, out);
    }
}

/// Strips a container's name, as `docker compose logs` puts it.
///
/// ```text
/// mail-1  | Nov 23 14:07:31 mx1 postfix/…
/// mail-1  | 2026-11-23T14:07:31.123456789Z Nov 23 14:07:31 mx1 postfix/…
/// ```
pub(super) struct Compose;

/// The text behind a container's name, if there is a name.
pub(super) fn compose(line: &[u8]) -> Option<&[u8]> {
    let line = behind_color(line);
    let is_name = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-');
    let name = line.iter().take_while(|b| is_name(b)).count();
    let rest = line.get(name..)?;
    let spaces = rest.iter().take_while(|b| **b == b' ').count();
    if name == 0 || spaces == 0 {
        return None;
    }
    let text = rest.get(spaces..)?.strip_prefix(b"|")?;
    let text = behind_color(text.strip_prefix(b" ").unwrap_or(text));
    Some(nested(text).unwrap_or(text))
}

/// Steps over the color that compose gives each container.
fn behind_color(text: &[u8]) -> &[u8] {
    let Some(rest) = text.strip_prefix(b"\x1b[") else { return text };
    let code = rest.iter().take_while(|b| b.is_ascii_digit() || **b == b';').count();
    rest.get(code..).and_then(|rest| rest.strip_prefix(b"m")).unwrap_or(text)
}

impl Unwrap for Compose {
    fn unwrap_line(&mut self, line: &[u8], out: &mut Vec<u8>) {
        pass(compose(line).unwrap_or(line), out);
    }
}

/// Strips the outer one of two syslog prefixes, or of two stamps.
///
/// ```text
/// Nov  3 03:14:07 dockerhost docker/mail[123]: Nov 03 03:14:07 mx1 postfix/…
/// 2026-11-23T14:07:31.123456789Z Nov 23 14:07:31 mx1 postfix/…
/// ```
pub(super) struct Nested;

/// The inner line, only if it begins with a stamp of its own.
pub(super) fn nested(line: &[u8]) -> Option<&[u8]> {
    let rest = line.get(stamp_len(line)?..)?;
    if starts_with_stamp(rest) {
        return Some(rest);
    }
    let host = memchr::memchr(b' ', rest)?;
    let behind_host = rest.get(host + 1..)?;
    if starts_with_stamp(behind_host) {
        return Some(behind_host);
    }
    let tag = memchr::memmem::find(behind_host, b": ")?;
    behind_host.get(tag + 2..).filter(|inner| starts_with_stamp(inner))
}

impl Unwrap for Nested {
    fn unwrap_line(&mut self, line: &[u8], out: &mut Vec<u8>) {
        pass(nested(line).unwrap_or(line), out);
    }
}

fn pass(line: &[u8], out: &mut Vec<u8>) {
    out.extend_from_slice(line);
    out.push(b'\n');
}

/// Hands out pieces whose last one never came.
fn finish_pieces(pieces: &mut Vec<u8>, out: &mut Vec<u8>) {
    out.append(pieces);
}
