//! The mail: what must hold of it without a mail system. `tests/mail/run` sends it through one.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs)]

use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use base64::Engine as _;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn sample(name: &str) -> String {
    root().join(format!("sample-logs/{name}.log")).to_str().unwrap().to_owned()
}

/// A folder of its own, removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("pfsum-mail-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn pfsum(&self, words: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_pfsum"))
            .args(words)
            .env_clear()
            .env("TZ", "UTC")
            .env("PATH", &self.0)
            .env("PFSUM_NOW", "2026-11-23T12:00:00")
            .env("XDG_CONFIG_HOME", "/nonexistent")
            .output()
            .unwrap()
    }

    /// The message that is made of a log.
    fn message(&self, log: &str, more: &[&str]) -> String {
        let file = self.0.join("report.eml");
        let mut words =
            vec![log, "--mail-to", "ann@example.org", "--output", file.to_str().unwrap()];
        words.extend(more);
        let run = self.pfsum(&words);
        assert!(run.stdout.is_empty(), "{words:?}");
        fs::read_to_string(file).unwrap()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// The parts of a message, decoded.
fn parts(message: &str) -> Vec<String> {
    let bodies = message.split("Content-Transfer-Encoding: base64").skip(1);
    let decode = |part: &str| {
        let body = part.split("\r\n\r\n").nth(1).unwrap().replace("\r\n", "");
        let bytes = base64::engine::general_purpose::STANDARD.decode(body).unwrap();
        String::from_utf8(bytes).unwrap()
    };
    bodies.map(decode).collect()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// A log in which every text is long and there are many of each.
fn crowd() -> String {
    let mut log = String::new();
    for n in 0..400 {
        let (second, wide) = (n % 60, "w".repeat(180));
        let _ = write!(
            log,
            "2026-11-22T10:00:{second:02}+00:00 mx postfix/smtpd[7]: A{n:05X}: client=c{n}.example[192.0.2.1], sasl_method=PLAIN, sasl_username=user{n}-{wide}\n\
             2026-11-22T10:00:{second:02}+00:00 mx postfix/cleanup[8]: A{n:05X}: message-id=<{n}@x>\n\
             2026-11-22T10:00:{second:02}+00:00 mx postfix/qmgr[9]: A{n:05X}: from=<{wide}{n}@{wide}{n}.example>, size=100, nrcpt=1 (queue active)\n\
             2026-11-22T10:00:{second:02}+00:00 mx postfix/smtp[9]: A{n:05X}: to=<{wide}@d{n}{wide}.example>, relay=none, delay=1, delays=0/0/1/0, dsn=4.4.1, status=deferred (connect to d{n}{wide}.example[192.0.2.9]:25: Connection &<>\" {n} timed out {wide})\n\
             2026-11-22T10:00:{second:02}+00:00 mx postfix/smtpd[7]: warning: <{wide}{n}> is odd & \"long\"\n"
        );
    }
    log
}

/// Mail programs take these, and nothing that loads or runs.
#[test]
fn html_for_mail_is_tables_and_never_large() {
    const TAGS: [&str; 20] = [
        "!DOCTYPE", "html", "head", "meta", "title", "style", "body", "table", "tr", "td", "th",
        "h1", "h2", "b", "br", "span", "bdi", "p", "a", "i",
    ];
    let folder = Folder::new("tables");
    let mut logs: Vec<String> = fs::read_dir(root().join("sample-logs"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "log"))
        .map(|path| path.to_str().unwrap().to_owned())
        .collect();
    let crowded = folder.0.join("crowd.log");
    fs::write(&crowded, crowd()).unwrap();
    logs.push(crowded.to_str().unwrap().to_owned());
    for log in logs {
        let html = parts(&folder.message(&log, &[])).swap_remove(1);
        assert!(html.len() < 100_000, "{log}: {} bytes", html.len());
        for rest in html.split('<').skip(1) {
            let name: String = rest
                .trim_start_matches('/')
                .chars()
                .take_while(|c| c.is_ascii_alphanumeric() || *c == '!')
                .collect();
            assert!(TAGS.contains(&name.as_str()), "{log}: <{rest:.60}");
            let tag = rest.split('>').next().unwrap();
            assert!(!tag.contains("src=") && !tag.contains("url("), "{log}: <{tag}>");
            // Else an address that begins with Hebrew would be shown from its end.
            assert!(tag != "bdi", "{log}: <{rest:.60}");
        }
        assert!(html.ends_with("</html>\n"), "{log}: whole");
    }
}

#[test]
fn the_text_is_the_report() {
    let folder = Folder::new("text");
    for log in ["quiet-day", "deferral-storm", "hostile"] {
        let message = folder.message(&sample(log), &[]);
        let report = folder.pfsum(&[&sample(log)]).stdout;
        assert_eq!(parts(&message)[0], String::from_utf8(report).unwrap(), "{log}");
        assert_eq!(parts(&message).len(), 2);
        let whole = folder.message(&sample(log), &["--attach-html"]);
        let page = folder.pfsum(&[&sample(log), "--format", "html"]).stdout;
        assert_eq!(parts(&whole)[2], String::from_utf8(page).unwrap(), "{log}");
        assert!(whole.contains("filename=\"report-20"), "{log}");
    }
}

#[test]
fn what_is_typed_begins_no_header_and_no_option() {
    let folder = Folder::new("typed");
    let log = sample("quiet-day");
    for words in [
        &["--mail-to", "ann@example.org\nBcc: all@example.org"] as &[&str],
        &["--mail-to", "-oQ/tmp"],
        &["--mail-to", "ann@example.org", "--mail-from", "a@example.org\r\nX: y"],
        &["--mail-to", "Ann <ann@example.org>"],
        &["--mail-from", "ann@example.org"],
        &["--output", "x.eml"],
        &["--mail-to", "ann@example.org", "--output", "x.html"],
        &["--mail-to", "ann@example.org", "--format", "json"],
        &["--mail-to", "ann@example.org", "--smtp", "http://example.org"],
        &["--mail-to", "postmaster", "--smtp", "smtp://127.0.0.1"],
    ] {
        let run = folder.pfsum(&[&[log.as_str()], words].concat());
        let said = stderr(&run);
        assert_eq!(run.status.code(), Some(2), "{words:?}");
        assert!(said.starts_with("pfsum: ") && said.lines().count() == 1, "{words:?}: {said}");
    }
    let message =
        folder.message(&log, &["--subject", "x\r\nBcc: all@example.org\r\n\r\nbody {host}"]);
    let head = message.split("\r\n\r\n").next().unwrap();
    assert!(!head.contains("Bcc") && head.contains("\r\nSubject: =?utf-8?B?"), "{head}");
}

/// A sendmail that writes down its words and its input, and ends like this.
fn sendmail(folder: &Folder, end: &str) -> PathBuf {
    let seen = folder.0.join("seen");
    let text = format!(
        "#!/bin/sh\nPATH=/bin:/usr/bin\nprintf '%s\\n' \"$@\" >{0}.words\ncat >{0}\n{end}\n",
        seen.display()
    );
    let new = folder.0.join("new");
    fs::write(&new, text).unwrap();
    fs::set_permissions(&new, fs::Permissions::from_mode(0o755)).unwrap();
    fs::rename(new, folder.0.join("sendmail")).unwrap();
    seen
}

#[test]
fn sendmail_gets_the_message_and_its_words_without_a_shell() {
    let folder = Folder::new("sendmail");
    let seen = sendmail(&folder, "");
    let log = sample("deferral-storm");
    let from = "`id`|$HOME&*@example.org";
    let words = [&log, "--mail-to", "ann@example.org,postmaster", "--mail-from", from];
    let run = folder.pfsum(&words);
    assert_eq!((run.status.code(), stderr(&run).as_str()), (Some(0), ""));
    assert!(run.stdout.is_empty());
    let typed = fs::read_to_string(seen.with_extension("words")).unwrap();
    assert_eq!(typed, format!("-i\n-f\n{from}\n--\nann@example.org\npostmaster\n"));
    let message = fs::read_to_string(seen).unwrap();
    assert!(message.contains("\nTo: <ann@example.org>, <postmaster>\n"), "{message:.600}");
    assert!(!message.contains('\r') && message.ends_with("--\n"));
}

#[test]
fn what_sendmail_says_is_told() {
    let folder = Folder::new("fails");
    sendmail(&folder, "echo first >&2; printf 'queue is \\033[2Jfull\\n' >&2; exit 75");
    let run = folder.pfsum(&[&sample("quiet-day"), "--mail-to", "ann@example.org"]);
    let program = folder.0.join("sendmail");
    let said = format!(
        "pfsum: {}: queue is \\u{{1b}}[2Jfull, the report is not sent\n",
        program.display()
    );
    assert_eq!((run.status.code(), stderr(&run)), (Some(2), said));
}

/// The port of a server that greets like this and hangs up, once.
fn server(greeting: &'static [u8]) -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let _ = std::io::Write::write_all(&mut stream, greeting);
    });
    port
}

#[test]
fn a_mail_that_does_not_go_out_is_an_error() {
    let folder = Folder::new("unsent");
    let log = sample("quiet-day");
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let refusing = server(b"554 5.7.1 go \x1b[31maway\r\n");
    let silent = server(b"");
    for port in [closed, refusing, silent] {
        let server = format!("127.0.0.1:{port}");
        let words = [log.as_str(), "--mail-to", "ann@example.org", "--smtp", server.as_str()];
        let run = folder.pfsum(&words);
        let said = stderr(&run);
        assert_eq!(run.status.code(), Some(2), "{words:?}: {said}");
        assert!(said.starts_with("pfsum: ") && said.lines().count() == 1, "{words:?}: {said}");
        assert!(!said.contains('\u{1b}') && run.stdout.is_empty(), "{words:?}: {said}");
    }
}

#[test]
fn a_quiet_day_is_silent_if_wanted() {
    let folder = Folder::new("silent");
    let seen = sendmail(&folder, "");
    let only = |log: &str, more: &[&str]| {
        let log = sample(log);
        let words = [log.as_str(), "--only-if-attention"];
        folder.pfsum(&[&words, more].concat())
    };
    let mail = ["--mail-to", "ann@example.org"];
    for more in [&mail as &[&str], &[]] {
        let run = only("calm-day", more);
        assert_eq!((run.status.code(), run.stdout.len()), (Some(0), 0), "{more:?}");
        assert!(!seen.exists());
    }
    assert!(!only("deferral-storm", &[]).stdout.is_empty());
    let alarmed = only("calm-day", &[&mail as &[&str], &["--alert", "received>0"]].concat());
    assert_eq!(alarmed.status.code(), Some(3));
    assert!(seen.exists(), "an alarm is told");
}

#[test]
fn its_own_mails_are_left_out_if_wanted() {
    let folder = Folder::new("own");
    let log = folder.0.join("own.log");
    let mut text = String::new();
    for (id, message_id) in [("A1", "pfsum.1795435200.7@mx"), ("A2", "1@example.org")] {
        for said in [
            format!("postfix/pickup[1]: {id}0000000: uid=0 from=<root>"),
            format!("postfix/cleanup[2]: {id}0000000: message-id=<{message_id}>"),
            format!(
                "postfix/qmgr[3]: {id}0000000: from=<root@mx>, size=500, nrcpt=1 (queue active)"
            ),
            format!(
                "postfix/local[4]: {id}0000000: to=<ann@mx>, relay=local, delay=0.1, delays=0/0/0/0.1, dsn=2.0.0, status=sent (delivered to mailbox)"
            ),
            format!("postfix/qmgr[3]: {id}0000000: removed"),
        ] {
            let _ = writeln!(text, "2026-11-22T10:00:00+00:00 mx {said}");
        }
    }
    fs::write(&log, text).unwrap();
    let count = |more: &[&str]| {
        let words = ["count", "received,delivered,bytes-received", log.to_str().unwrap()];
        let run = folder.pfsum(&[&words, more].concat());
        String::from_utf8(run.stdout).unwrap()
    };
    let said = |number: u32| {
        format!(
            "received           {number}\ndelivered          {number}\nbytes-received  {}\n",
            number * 500
        )
    };
    let squeeze = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(squeeze(&count(&[])), squeeze(&said(2)));
    assert_eq!(squeeze(&count(&["--skip-own-mail"])), squeeze(&said(1)));
    // Nothing else is left out.
    let same = |log: &str| {
        let json = |more: &[&str]| {
            folder.pfsum(&[&[sample(log).as_str(), "--format", "json"], more].concat()).stdout
        };
        assert!(json(&[]) == json(&["--skip-own-mail"]), "{log}");
    };
    for log in ["content-filter", "two-hosts", "forwarded", "requeue", "late-reject", "probes"] {
        same(log);
    }
}

#[test]
fn both_parts_of_a_mail_say_sizes_alike_and_what_hours_are_of_several_days() {
    let folder = Folder::new("units");
    let february = sample("february-2009");
    let message = folder.message(&february, &["--year", "2009"]);
    let message = parts(&message);
    let (text, html) = (&message[0], &message[1]);
    assert!(text.contains("Per-Hour Traffic Daily Average"), "{text}");
    assert!(html.contains(">Hour by hour, all days together</h2>"), "{html}");
    let bytes = text.lines().find_map(|line| line.strip_suffix("k  bytes received")).unwrap();
    let kibi: f64 = bytes.trim().parse().unwrap();
    let size = if kibi < 1024.0 {
        format!("{kibi}\u{a0}KiB")
    } else {
        format!("{:.1}\u{a0}MiB", kibi / 1024.0)
    };
    assert!(html.contains(&size), "{size}: {html}");
    let html = folder.message(&february, &["--year", "2009", "-d", "2009-02-17"]);
    assert!(parts(&html)[1].contains(">Hour by hour</h2>"));
}
