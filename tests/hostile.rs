//! Whatever a stranger writes, wherever Postfix writes it down: no form of the output carries
//! it to where it steers something.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use base64::Engine as _;
use serde_json::Value;

/// What strangers write, with the harm that is meant.
const HOSTILE: [&str; 20] = [
    "\u{1b}[31mred\u{1b}[0m\u{1b}]0;title\u{7}", // a terminal
    "c1\u{9b}31m\u{90}q\u{9c}",                  // the same in one character
    "exe\u{202e}gnp.moc",                        // turns the direction of text
    "iso\u{2066}late\u{2069}",
    "zero\u{200b}width\u{feff}\u{2060}",
    "line\u{2028}para\u{2029}end",
    "nul\0byte",
    "carriage\rreturn\u{8}\u{8}",
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "\"'><svg/onload=alert(1)>&lt;b&gt;",
    "</title></style></textarea><iframe src=//evil.example>",
    "**bold** [link](javascript:alert(1)) | cell | `code` # head",
    "=cmd|' /C calc'!A0", // a spreadsheet
    "+1+1",
    "-2+3",
    "@SUM(1+9)*cmd|x!A0",
    "a\"} 1 b{c=\"d\\", // a label of a metric
    "{{ 7*7 }}{% include \"/etc/passwd\" %}{# x #}",
    "--output=/tmp/owned;$(reboot)`id`|%n%s",
    "../../../etc/passwd",
];

/// No line of a log has it, but words and names of files may.
const TWO_LINES: &str = "two\npfsum: forged";

/// A log in which one text stands wherever a stranger can write it.
fn story(n: usize, x: &str) -> String {
    let id = format!("{:X}", 0xA_0000_0000_u64 + n as u64);
    let at = format!("2026-11-22T10:{:02}:", n % 60);
    let lines = [
        format!("mx1 postfix/smtpd[1]: connect from {x}[192.0.2.1]"),
        format!(
            "mx1 postfix/smtpd[1]: NOQUEUE: reject: EHLO from {x}[192.0.2.1]: 504 5.5.2 <{x}>: Helo command rejected: {x}; proto=SMTP helo=<{x}>"
        ),
        format!(
            "mx1 postfix/smtpd[1]: NOQUEUE: reject: RCPT from {x}[192.0.2.1]: 554 5.7.1 <{x}@example.com>: Recipient address rejected: {x}; from=<{x}@example.net> to=<{x}@example.com> proto=ESMTP helo=<{x}>"
        ),
        format!(
            "mx1 postfix/smtpd[1]: NOQUEUE: warn: RCPT from {x}[192.0.2.1]: {x}; from=<{x}@example.net> to=<{x}@example.com> proto=ESMTP helo=<{x}>"
        ),
        format!(
            "mx1 postfix/smtpd[1]: warning: {x}[192.0.2.1]: SASL LOGIN authentication failed: {x}, sasl_username={x}"
        ),
        format!("mx1 postfix/smtpd[1]: warning: non-SMTP command from {x}[192.0.2.1]: {x}"),
        format!(
            "mx1 postfix/smtpd[1]: {id}: client={x}[192.0.2.1], sasl_method=PLAIN, sasl_username={x}"
        ),
        format!(
            "mx1 postfix/cleanup[2]: {id}: warning: header Subject: {x} from {x}[192.0.2.1]; from=<{x}@example.net> to=<{x}@example.com> proto=ESMTP helo=<{x}>: {x}"
        ),
        format!(
            "mx1 postfix/cleanup[2]: {id}: hold: header Subject: {x} from {x}[192.0.2.1]; from=<{x}@example.net> to=<{x}@example.com> proto=ESMTP helo=<{x}>: {x}"
        ),
        format!("mx1 postfix/cleanup[2]: {id}: message-id=<{x}@example.net>"),
        format!(
            "mx1 postfix/qmgr[3]: {id}: from=<{x}@example.net>, size=1000, nrcpt=4 (queue active)"
        ),
        format!(
            "mx1 postfix/smtp[4]: {id}: to=<{x}@example.org>, orig_to=<{x}>, relay={x}[192.0.2.9]:25, delay=1, delays=0/0/0/1, dsn=2.0.0, status=sent (250 2.0.0 {x})"
        ),
        format!(
            "mx1 postfix/smtp[4]: {id}: to=<b{x}@{x}.example>, relay={x}[192.0.2.9]:25, delay=1, delays=0/0/0/1, dsn=5.1.1, status=bounced (host {x}[192.0.2.9] said: 550 5.1.1 {x} (in reply to RCPT TO command))"
        ),
        format!(
            "mx1 postfix/smtp[4]: {id}: to=<c{x}@example.org>, relay=none, delay=1, delays=0/0/0/1, dsn=4.4.1, status=deferred (connect to {x}[192.0.2.9]:25: {x})"
        ),
        format!(
            "mx1 postfix/pipe[4]: {id}: to=<d{x}@example.org>, relay={x}, delay=1, delays=0/0/0/1, dsn=4.3.0, status=deferred (temporary failure. Command output: {x})"
        ),
        format!("mx1 postfix/postscreen[5]: PREGREET 14 after 0.07 from [192.0.2.1]:1: {x}"),
        format!("mx1 postfix/dnsblog[6]: addr 192.0.2.1 listed by domain {x} as 127.0.0.2"),
        format!("mx1 postfix/master[7]: warning: process {x} pid 9 exit status 1"),
        format!("mx1 postfix/smtpd[1]: fatal: {x}"),
        format!("mx1 postfix/{x}[8]: {x}"),
        format!("mx1 {x}/smtpd[8]: connect from {x}[192.0.2.1]"),
        format!("{x} postfix/smtpd[1]: disconnect from {x}[192.0.2.1]"),
        format!("{x} postfix/qmgr[3]: warning: {x}"),
    ];
    let dated = lines.iter().enumerate().map(|(s, line)| format!("{at}{s:02}+00:00 {line}\n"));
    dated.collect()
}

/// A folder with the log, removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let path =
            std::env::temp_dir().join(format!("pfsum-hostile-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        let log: String = HOSTILE.iter().enumerate().map(|(n, text)| story(n, text)).collect();
        let overlong = story(40, &"long".repeat(2_500));
        fs::write(path.join("mail.log"), log + &overlong).unwrap();
        Folder(path)
    }

    fn pfsum<W: AsRef<OsStr>>(&self, words: &[W]) -> Output {
        // Not every host that runs the tests has Postfix's mailq.
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/bin:/usr/bin:/bin");
        Command::new(env!("CARGO_BIN_EXE_pfsum"))
            .args(words)
            .env("PATH", path)
            .current_dir(&self.0)
            .stdin(Stdio::null())
            .env("TZ", "UTC")
            .env("PFSUM_NOW", "2026-11-23T12:00:00")
            .env("XDG_CONFIG_HOME", "/nonexistent")
            .output()
            .unwrap()
    }

    /// What is printed; standard error is held against the same rule.
    fn printed(&self, words: &[&str]) -> String {
        let output = self.pfsum(words);
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(matches!(output.status.code(), Some(0 | 1)), "{words:?}: {said}");
        steers_nothing(words, &said);
        String::from_utf8(output.stdout).unwrap()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Nothing in a text moves a cursor, turns text around or hides it.
fn steers_nothing(what: &[&str], text: &str) {
    let steers = |c: char| {
        c.is_control() && c != '\n'
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
    };
    if let Some(line) = text.lines().find(|line| line.contains(steers)) {
        panic!("{what:?}: {line:?}");
    }
}

/// A newline in a message of the journal begins no other line of the log.
#[test]
fn a_message_of_the_journal_is_one_line() {
    let folder = Folder::new("journal");
    let forged = "Nov 22 10:00:00 mx1 postfix/smtpd[1]: connect from forged[192.0.2.66]";
    let said =
        format!("NOQUEUE: reject: RCPT from a[192.0.2.1]: 554 5.7.1 <b>: x\n{forged}\n; from=<c>");
    let entry = serde_json::json!({
        "__REALTIME_TIMESTAMP": "1795341600000000", "_HOSTNAME": "mx1", "_PID": "1",
        "SYSLOG_IDENTIFIER": "postfix/smtpd", "MESSAGE": said,
    });
    let length = u64::try_from(said.len()).unwrap().to_le_bytes();
    let head = "__REALTIME_TIMESTAMP=1795341600000000\n_HOSTNAME=mx1\n_PID=1\n\
                SYSLOG_IDENTIFIER=postfix/smtpd\nMESSAGE\n";
    let export = [head.as_bytes(), &length, said.as_bytes(), b"\n\n"].concat();
    fs::write(folder.0.join("json"), format!("{entry}\n")).unwrap();
    fs::write(folder.0.join("export"), export).unwrap();
    for name in ["json", "export"] {
        let words = ["count", "rejected,connections", "--format", "csv", name];
        assert_eq!(
            folder.printed(&words),
            "what,count\r\nrejected,1\r\nconnections,0\r\n",
            "{name}"
        );
        let words = [name, "-e", "--smtpd-stats", "--verbose-msg-detail"];
        let text = folder.printed(&words);
        steers_nothing(&words, &text);
        let begins = |line: &str| line.trim_start().starts_with("Nov 22 10:00:00");
        assert!(text.contains("forged") && !text.lines().any(begins), "{text}");
    }
}

/// All texts of a JSON value, names as well.
fn texts(value: &Value, out: &mut Vec<String>) {
    match value {
        Value::String(text) => out.push(text.clone()),
        Value::Array(values) => values.iter().for_each(|value| texts(value, out)),
        Value::Object(entries) => {
            for (name, value) in entries {
                out.push(name.clone());
                texts(value, out);
            }
        }
        _ => {}
    }
}

fn is_json(what: &[&str], text: &str) {
    let mut all = Vec::new();
    texts(&serde_json::from_str(text).unwrap(), &mut all);
    for text in &all {
        steers_nothing(what, text);
    }
}

/// No tag but the page's own, and no attribute that runs or loads.
fn is_page(what: &[&str], page: &str) {
    steers_nothing(what, page);
    for tag in page.split('<').skip(1).filter_map(|rest| rest.split('>').next()) {
        let name: String = tag.chars().take_while(char::is_ascii_alphanumeric).collect();
        let is_foreign = ["script", "img", "iframe", "textarea", "object", "form", "link"];
        assert!(!is_foreign.contains(&name.as_str()), "{what:?}: <{tag}>");
        // Every second piece stands in quotation marks.
        let bare: String = tag.split('"').step_by(2).collect();
        assert!(!bare.contains("onload") && !bare.contains("onerror"), "{what:?}: <{tag}>");
    }
}

#[test]
fn text_and_answers_steer_no_terminal() {
    let folder = Folder::new("text");
    let all = ["-e", "--smtpd-stats", "--pscrn-stats", "--ssl-tls-stats", "--verbose-msg-detail"];
    for words in [
        &["mail.log"] as &[&str],
        &[&all[..], &["--rej-add-from", "--rej-add-to", "mail.log"]].concat(),
        &["--classic", "mail.log"],
        &["--list-inputs", "mail.log"],
        &["queue", "mail.log"],
        &["trace", "A00000000", "mail.log"],
        &["trace", "@example.net", "mail.log"],
        &["trace", "192.0.2.1", "--limit", "all", "mail.log"],
    ] {
        let text = folder.printed(words);
        assert!(!text.is_empty(), "{words:?}");
        steers_nothing(words, &text);
    }
    for key in pfsum::answer::Key::ALL {
        let measures = "received,delivered,deferrals,bounced,rejected,warnings";
        let words = ["count", measures, "--by", key.name(), "mail.log"];
        steers_nothing(&words, &folder.printed(&words));
    }
}

#[test]
fn json_is_json_and_says_nothing_that_steers() {
    let folder = Folder::new("json");
    for words in [
        &["mail.log", "-e", "--format", "json"] as &[&str],
        &["queue", "mail.log", "--format", "json"],
        &["trace", "@example.net", "mail.log", "--format", "json"],
        &["count", "rejected", "--by", "reason", "mail.log", "--format", "json"],
    ] {
        is_json(words, &folder.printed(words));
    }
}

#[test]
fn a_page_and_a_mail_have_no_tag_of_a_stranger() {
    let folder = Folder::new("page");
    let words = ["mail.log", "--format", "html"];
    let page = folder.printed(&words);
    is_page(&words, &page);
    assert!(page.contains("{{ 7*7 }}"), "a template in the log was run");
    let words = ["mail.log", "--mail-to", "ann@example.org", "--output", "report.eml"];
    folder.printed(&words);
    let letter = fs::read_to_string(folder.0.join("report.eml")).unwrap();
    let (head, _) = letter.split_once("\r\n\r\n").unwrap();
    for line in head.split("\r\n").filter(|line| !line.starts_with([' ', '\t'])) {
        let name = line.split(':').next().unwrap();
        assert!(!name.is_empty() && name.bytes().all(|b| b.is_ascii_alphabetic() || b == b'-'));
    }
    assert!(letter.is_ascii() && letter.split("\r\n").all(|line| line.len() <= 998));
    let bodies = letter.split("Content-Transfer-Encoding: base64").skip(1).map(|part| {
        let body = part.split("\r\n\r\n").nth(1).unwrap().replace("\r\n", "");
        let bytes = base64::engine::general_purpose::STANDARD.decode(body).unwrap();
        String::from_utf8(bytes).unwrap()
    });
    let bodies: Vec<String> = bodies.collect();
    assert_eq!(bodies.len(), 2);
    steers_nothing(&words, &bodies[0]);
    is_page(&words, &bodies[1]);
}

/// RFC 4180 tells cells apart; a spreadsheet runs those that begin like a formula.
#[test]
fn no_cell_is_a_formula() {
    let folder = Folder::new("csv");
    let is_number = |cell: &str| cell.trim_start_matches('-').parse::<f64>().is_ok();
    let mut rows = 0;
    let tables = pfsum::render::csv::names().map(|name| vec!["-e", "--section", name]);
    let keys = ["recipient", "sender", "reason", "client", "user", "relay"];
    let counts = keys.map(|key| vec!["count", "delivered,rejected,received", "--by", key]);
    for words in tables.chain(counts) {
        let words = [&words[..], &["mail.log", "--format", "csv"]].concat();
        let text = folder.printed(&words);
        steers_nothing(&words, &text.replace("\r\n", "\n"));
        for line in text.split("\r\n").filter(|line| !line.is_empty()) {
            rows += 1;
            for cell in cells(line) {
                let begins = cell.chars().next().unwrap_or(' ');
                let runs = matches!(begins, '=' | '+' | '-' | '@' | '\t' | '\r' | '|' | '%');
                assert!(!runs || cell == "-" || is_number(&cell), "{words:?}: {cell}");
            }
        }
    }
    assert!(rows > 200, "{rows}");
}

/// The cells of a record.
fn cells(line: &str) -> Vec<String> {
    let (mut cells, mut quoted) = (vec![String::new()], false);
    for c in line.chars() {
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(String::new()),
            c => cells.last_mut().unwrap().push(c),
        }
    }
    assert!(!quoted, "{line}");
    cells
}

/// `name{label="value"} number`, the value with `\\`, `\"` and `\n` only.
#[test]
fn no_label_of_a_metric_ends_early() {
    let folder = Folder::new("metrics");
    let words = ["mail.log", "--format", "prometheus"];
    let text = folder.printed(&words);
    steers_nothing(&words, &text);
    let mut samples = 0;
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let (series, number) = line.rsplit_once(' ').unwrap();
        assert!(number.parse::<f64>().is_ok(), "{line}");
        let name = series.split('{').next().unwrap();
        assert!(name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_'), "{line}");
        if let Some(labels) = series.strip_prefix(name).filter(|labels| !labels.is_empty()) {
            let inside = labels.strip_prefix('{').and_then(|l| l.strip_suffix('}')).expect(line);
            let bare = inside.replace("\\\\", "").replace("\\\"", "").replace("\\n", "");
            assert!(bare.matches('"').count() % 2 == 0 && !bare.contains('\\'), "{line}");
        }
        samples += 1;
    }
    assert!(samples > 20);
}

#[test]
fn what_is_said_of_a_hostile_name_or_word_steers_nothing() {
    let folder = Folder::new("said");
    let texts = HOSTILE.iter().filter(|text| !text.contains('\0'));
    for text in texts.chain([&TWO_LINES]) {
        // Files that are called so: one that is there, and one that is not.
        let name = text.replace('/', "_");
        fs::write(folder.0.join(&name), b"no log\n").unwrap();
        fs::write(folder.0.join(format!("{name}.html")), b"{{ totals.nothing }}\n").unwrap();
        // One whose report names it in a command to copy.
        fs::copy(folder.0.join("mail.log"), folder.0.join(format!("{name}.log"))).unwrap();
        for words in [
            &["--", &name] as &[&str],
            &["--", &format!("{name}.log")],
            &["--", &format!("{name}.gone")],
            &["--config", &name, "mail.log"],
            &["--config", &format!("{name}.gone"), "mail.log"],
            &["--template", &format!("{name}.html"), "mail.log"],
            &["--output", &format!("{name}.gone/x"), "mail.log"],
            &["-d", text, "mail.log"],
            &["--from", text, "mail.log"],
            &["--reason", text, "mail.log"],
            &["--host", text, "mail.log"],
            &["count", text, "mail.log"],
            &["count", "received", "--by", text, "mail.log"],
            &["trace", text, "mail.log"],
            &["--alert", text, "mail.log"],
            &["--mail-to", text, "mail.log", "--output", "x.eml"],
            &[&format!("--{text}"), "mail.log"],
        ] {
            let output = folder.pfsum(words);
            let said = String::from_utf8(output.stderr).unwrap();
            steers_nothing(words, &said);
            assert!(!said.contains("\npfsum: forged"), "{words:?}: {said}");
            steers_nothing(words, &String::from_utf8(output.stdout).unwrap());
            assert!(matches!(output.status.code(), Some(0..=3)), "{words:?}: {said}");
        }
    }
    // Bytes that are no text at all.
    let output = folder.pfsum(&[OsStr::from_bytes(b"\xff\x1b[2J\nx")]);
    steers_nothing(&["bytes"], &String::from_utf8(output.stderr).unwrap());
    assert!(!PathBuf::from("/tmp/owned").exists());
}
