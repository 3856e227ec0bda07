//! The message: headers, a text, HTML, and the whole page as an attachment if wanted.
//!
//! Everything that quotes the log is in base64, subject included: neither a header check nor a
//! body check of the mail system that carries the report finds anything in it, and no text can
//! begin a header of its own.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use mail_builder::MessageBuilder;
use mail_builder::headers::HeaderType;
use mail_builder::headers::address::Address;
use mail_builder::headers::content_type::ContentType;
use mail_builder::headers::date::Date;
use mail_builder::headers::raw::Raw;
use mail_builder::mime::{BodyPart, MimePart};

use crate::error::Error;
use crate::words::clean;

/// What the message-id of each report begins with.
pub const MESSAGE_ID: &str = "pfsum.";

/// What stands on the envelope and in the head.
#[derive(Clone, Debug)]
pub struct Head<'a> {
    /// Who it comes from.
    pub from: &'a str,
    /// Whom it is for.
    pub to: &'a [String],
    /// What it says at once; any text.
    pub subject: &'a str,
    /// When it is written: seconds since 1970, in UTC.
    pub date: i64,
    /// What tells it from others written in the same second.
    pub process: u32,
    /// The computer that writes it.
    pub host: &'a str,
}

/// What stands in it.
#[derive(Clone, Debug)]
pub struct Content<'a> {
    /// The report as text.
    pub text: &'a str,
    /// The report as HTML for mail programs.
    pub html: &'a str,
    /// The page, with the name of its file.
    pub page: Option<(&'a str, &'a str)>,
}

/// Writes the message, with CR LF at the end of each line.
///
/// # Errors
///
/// None that a message in memory knows of.
pub fn compose(head: &Head<'_>, content: &Content<'_>) -> Result<Vec<u8>, Error> {
    let host = host(head.host);
    let id = format!("{MESSAGE_ID}{}.{}@{host}", head.date, head.process);
    let to: Vec<Address<'_>> = head.to.iter().map(|to| Address::from(to.as_str())).collect();
    let mut message = MessageBuilder::new()
        .from(Address::from(head.from))
        .to(Address::new_list(to))
        .header("Subject", HeaderType::Raw(Raw::new(encoded(head.subject))))
        .date(Date::new(head.date))
        .message_id(id.clone())
        // RFC 3834: nobody's vacation program answers.
        .header("Auto-Submitted", HeaderType::Raw(Raw::new("auto-generated")))
        .header("X-Auto-Response-Suppress", HeaderType::Raw(Raw::new("All")))
        // RFC 2919, for the filters of the reader.
        .header("List-Id", HeaderType::Raw(Raw::new(format!("<report.pfsum.{host}>"))));
    let boundary = |name: &str| format!("pfsum-{name}-{}-{}", head.date, head.process);
    let leaf = |kind: &'static str, body: &str| {
        let kind = ContentType::new(kind).attribute("charset", "utf-8");
        part(kind, body)
    };
    let alternative = multipart(
        "multipart/alternative",
        &boundary("texts"),
        vec![leaf("text/plain", content.text), leaf("text/html", content.html)],
    );
    message = message.body(match content.page {
        None => alternative,
        Some((name, page)) => multipart(
            "multipart/mixed",
            &boundary("whole"),
            vec![alternative, leaf("text/html", page).attachment(name.to_owned())],
        ),
    });
    message.write_to_vec().map_err(Error::Write)
}

fn multipart<'x>(kind: &'static str, boundary: &str, parts: Vec<MimePart<'x>>) -> MimePart<'x> {
    let kind = ContentType::new(kind).attribute("boundary", boundary.to_owned());
    MimePart::new(kind, BodyPart::Multipart(parts))
}

fn part<'x>(kind: ContentType<'x>, body: &str) -> MimePart<'x> {
    MimePart::new(kind, BodyPart::Text(wrapped(body).into())).transfer_encoding("base64")
}

/// Base64 in lines of 76 characters.
fn wrapped(text: &str) -> String {
    let whole = STANDARD.encode(text);
    let mut lines = String::with_capacity(whole.len() + whole.len() / 38 + 2);
    let mut rest = whole.as_str();
    while !rest.is_empty() {
        let (line, behind) = rest.split_at(rest.len().min(76));
        lines.push_str(line);
        lines.push_str("\r\n");
        rest = behind;
    }
    lines
}

/// A header's text in encoded words, RFC 2047, a blank between each two.
fn encoded(text: &str) -> String {
    /// Bytes whose encoded word fits a line of 78 characters behind `Subject: `.
    const WORD: usize = 39;
    /// Characters of a subject.
    const MOST: usize = 200;
    let mut printable = String::new();
    clean::printable(text.as_bytes(), &mut printable);
    let mut words = Vec::new();
    let mut word = String::new();
    for c in printable.chars().take(MOST) {
        if word.len() + c.len_utf8() > WORD {
            words.push(std::mem::take(&mut word));
        }
        word.push(c);
    }
    words.push(word);
    let words = words.iter().map(|word| format!("=?utf-8?B?{}?=", STANDARD.encode(word)));
    words.collect::<Vec<_>>().join(" ")
}

/// A host's name as an identifier may have it.
fn host(name: &str) -> String {
    let fits = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
    let host: String = name.chars().filter(fits).take(200).collect();
    let host = host.trim_matches(['.', '-']);
    if host.is_empty() { "localhost".to_owned() } else { host.to_owned() }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn message(subject: &str, to: &str, page: Option<(&str, &str)>) -> String {
        let to = [to.to_owned()];
        let (from, host) = ("report@example.org", "mx.example.org");
        let head = Head { from, to: &to, subject, date: 1_234_567_890, process: 7, host };
        let content = Content { text: "a text\n", html: "<p>HTML", page };
        String::from_utf8(compose(&head, &content).unwrap()).unwrap()
    }

    fn head(message: &str) -> Vec<&str> {
        message.split("\r\n\r\n").next().unwrap().split("\r\n").collect()
    }

    #[test]
    fn the_head_is_as_it_should_be() {
        let message = message("ns 2009-02-17: quiet", "postmaster", None);
        let head = head(&message);
        for line in [
            "From: <report@example.org>",
            "To: <postmaster>",
            "Subject: =?utf-8?B?bnMgMjAwOS0wMi0xNzogcXVpZXQ=?=",
            "Date: Fri, 13 Feb 2009 23:31:30 +0000",
            "Message-ID: <pfsum.1234567890.7@mx.example.org>",
            "Auto-Submitted: auto-generated",
            "List-Id: <report.pfsum.mx.example.org>",
            "MIME-Version: 1.0",
        ] {
            assert!(head.contains(&line), "{line}: {message}");
        }
        assert!(message.contains("\r\nYSB0ZXh0Cg==\r\n"), "{message}");
        assert!(message.contains("\r\nPHA+SFRNTA==\r\n"), "{message}");
    }

    #[test]
    fn no_subject_begins_a_header() {
        for subject in
            ["x\r\nBcc: all@example.org", "x\nBcc: a", "\r\n\r\nbody", "\0\x1b[2J\u{202e}"]
        {
            let message = message(subject, "ann@example.org", None);
            let head = head(&message);
            assert!(!head.iter().any(|line| line.starts_with("Bcc")), "{message}");
            let own = [
                "From: ",
                "To: ",
                "Subject: ",
                "Date: ",
                "Message-ID: ",
                "Auto-Submitted: ",
                "X-Auto-Response-Suppress: ",
                "List-Id: ",
                "MIME-Version: ",
                "Content-Type: ",
                " ",
                "\t",
            ];
            assert!(
                head.iter().all(|line| own.iter().any(|own| line.starts_with(own))),
                "{message}"
            );
            assert!(message.is_ascii());
        }
    }

    #[test]
    fn no_line_is_too_long_for_smtp() {
        let long = "\u{1F4E7} long ".repeat(500);
        let page = "x".repeat(100_000);
        let message = message(&long, "ann@example.org", Some(("report.html", &page)));
        assert!(message.split("\r\n").all(|line| line.len() <= 78), "{message:.2000}");
        assert!(!message.replace("\r\n", "").contains(['\r', '\n']));
    }
}
