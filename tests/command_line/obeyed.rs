//! The help of each command shows the options that it obeys, and no other: an option that is
//! shown changes what comes out, one that is not shown is refused.

use std::fs;
use std::path::Path;

use super::{Folder, texts};

/// Options of which nothing can be seen here: one says that it is without effect, one is for who
/// watches, one for the processor, and the last two are what is asked for instead.
const UNSEEN: [&str; 5] = ["syslog-name", "quiet", "threads", "help", "version"];

/// Who sent mail, to whom, and which agent took it: addresses in several spellings.
const MAIL: [(&str, &str, &str); 6] = [
    ("Ann@Example.net", "Bob@Mail.Example.org>, orig_to=<team@example.org", "smtp"),
    ("list-1234-bob=example.org@lists.example.net", "bob@example.org", "smtp"),
    ("SRS0=HHH=TT=example.com=ann@relay.example", "bob@example.org", "smtp"),
    ("example.com!user@hop", "bob@example.org", "smtp"),
    ("ann@example.net", "bob@example.org", "discard"),
    ("ann@example.net", "bob@example.org", "lmtp"),
];

/// A filter gives mail back; a warning; what nobody understands.
const MORE: &str = "\
smtpd[9]: 4AAAAA0801: client=c.example.net[198.51.100.9]
cleanup[9]: 4AAAAA0801: message-id=<8@c.example.net>
qmgr[9]: 4AAAAA0801: from=<ann@example.net>, size=9, nrcpt=1 (queue active)
smtpd[9]: 4AAAAA0802: client=localhost[127.0.0.1]
cleanup[9]: 4AAAAA0802: message-id=<8@c.example.net>
qmgr[9]: 4AAAAA0802: from=<ann@example.net>, size=9, nrcpt=1 (queue active)
smtp[14]: 4AAAAA0801: to=<bob@example.org>, relay=127.0.0.1[127.0.0.1]:10024, delay=1, delays=0/0/1/0, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as 4AAAAA0802)
qmgr[9]: 4AAAAA0801: removed
smtp[14]: 4AAAAA0802: to=<bob@example.org>, relay=none, delay=1, delays=0/0/1/0, dsn=4.4.1, status=deferred (connect to x: timed out)
smtpd[9]: warning: hostname a.example does not resolve to address 192.0.2.1
qmgr[9]: 4AAAAA0909: a word of the future
";

/// All of this, each message once delivered and once put off.
fn log() -> String {
    let mut lines: Vec<String> = Vec::new();
    for (at, (from, to, agent)) in MAIL.into_iter().enumerate() {
        for status in ["sent (250 ok)", "deferred (connect to x: timed out)"] {
            let id = format!("4AAAAA0{at}{:02}", status.len() % 10);
            let relay = if agent == "smtp" { "mx.example.org[192.0.2.9]:25" } else { "none" };
            let user = if at == 0 { ", sasl_method=PLAIN, sasl_username=ann" } else { "" };
            let own = if agent == "lmtp" { "pfsum." } else { "" };
            lines.extend([
                format!("smtpd[9]: {id}: client=c.example.net[198.51.100.{at}]{user}"),
                format!("cleanup[9]: {id}: message-id=<{own}{id}@c.example.net>"),
                format!("qmgr[9]: {id}: from=<{from}>, size=9, nrcpt=1 (queue active)"),
                format!(
                    "{agent}[14]: {id}: to=<{to}>, relay={relay}, delay=1, delays=0/0/1/0, \
                     dsn=2.0.0, status={status}"
                ),
            ]);
            lines.extend(status.starts_with("sent").then(|| format!("qmgr[9]: {id}: removed")));
        }
    }
    lines.extend(MORE.lines().map(str::to_owned));
    let line = |line: String| format!("Nov 29 09:00:00 gw postfix/{line}\n");
    lines.into_iter().map(line).collect()
}

/// Questions of a command, one of which each of its options changes.
fn questions(command: &str) -> Vec<Vec<&str>> {
    let day = ["-d", "2026-11-29"];
    let words: &[&[&str]] = match command {
        "count" => &[
            &["received,delivered,handed-on,discarded-by-transport,warnings"],
            &["received", "--by", "sender"],
            &["delivered", "--by", "recipient"],
            &["delivered", "--by", "recipient-domain"],
            &["received", "--to", "nobody@example.com"],
            &["received", "-d", "last week"],
        ],
        "trace" => &[
            &["@example.org"],
            &["@relay.example"],
            &["example.com!user@hop"],
            &["hop!user@example.com"],
            &["ann@example.com"],
            &["list@lists.example.net"],
            &["list-1234@lists.example.net"],
            &["ann@example.net"],
            &["bob@mail.example.org"],
            &["nobody@example.com"],
            &["@example.org", "-d", "last week"],
        ],
        _ => &[&[], &["--format", "json"], &["--to", "nobody@example.com"], &["-d", "last week"]],
    };
    let plain = words.iter().map(|words| [&[command], *words].concat());
    let dated = words.iter().map(|words| [&[command], *words, &day].concat());
    plain.chain(dated.take(1)).collect()
}

/// An option with a value that changes something.
fn typed(long: &str, folder: &Path) -> Vec<String> {
    let file = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let value = match long {
        "year" => "2020".to_owned(),
        "date-range" => "2026-11-28".to_owned(),
        "host" | "instance" | "user" => "ann".to_owned(),
        "from" | "to" => "@lists.example.net".to_owned(),
        "client" => "198.51.100.1".to_owned(),
        "relay" => "none".to_owned(),
        "service" => "submission".to_owned(),
        "queue-id" => "4AAAAA0104".to_owned(),
        "message-id" => "4AAAAA0104@c.example.net".to_owned(),
        "status" => "bounced".to_owned(),
        "cause" | "reason" => "refused".to_owned(),
        "verp-mung" => "2".to_owned(),
        "by" => "hour".to_owned(),
        "format" => "json".to_owned(),
        "suppress" => "rdns-warnings".to_owned(),
        "anonymize-key" => file("key"),
        "config" => file("other.toml"),
        "queue" => file("listing"),
        "output" | "unprocd-file" => file("written"),
        "top" | "limit" | "detail" | "host-cnt" | "user-cnt" | "colwidth" => "1".to_owned(),
        "section" => "senders".to_owned(),
        long if long.ends_with("-detail")
            && !["extended-detail", "verbose-msg-detail"].contains(&long) =>
        {
            "1".to_owned()
        }
        _ => return vec![format!("--{long}")],
    };
    vec![format!("--{long}={value}")]
}

fn longs(help: &str) -> Vec<String> {
    let options = help.lines().filter_map(|line| {
        let line = line.trim_start();
        let option = line.strip_prefix("--").or_else(|| line.get(4..)?.strip_prefix("--"));
        option.filter(|_| line.starts_with('-'))
    });
    let end = |c: char| !c.is_ascii_alphanumeric() && c != '-';
    options.map(|option| option.split(end).next().unwrap().to_owned()).collect()
}

/// A folder with all that options name.
fn prepared() -> Folder {
    let folder = Folder::new("obeyed");
    let listed = r#"{"queue_name":"deferred","queue_id":"4AAAAA0104","arrival_time":1795942800,"message_size":9,"sender":"ann@example.net","recipients":[]}"#;
    for (name, content) in [
        ("mail.log", &*log()),
        ("mail.log.1", &log().replace("4AAAAA", "4BBBBB")),
        ("other.toml", "to = \"nobody@example.com\""),
        ("key", "0123456789abcdef"),
        ("listing", listed),
    ] {
        fs::write(folder.0.join(name), content).unwrap();
    }
    folder
}

/// What a run says, and what it writes to a file.
type Ran = ((Option<i32>, String, String), Option<Vec<u8>>);

fn ran(folder: &Folder, words: &[String]) -> Ran {
    let written = folder.0.join("written");
    let _ = fs::remove_file(&written);
    let mut command = folder.pfsum();
    command.env("PFSUM_NOW", "2026-12-05T12:00:00").env("TZ", "UTC").args(words);
    command.arg(folder.0.join("mail.log"));
    (texts(&command.output().unwrap()), fs::read(written).ok())
}

/// What is wrong with an option of a command.
fn fault(folder: &Folder, name: &str, long: &str, is_shown: bool) -> Option<String> {
    let option = typed(long, &folder.0);
    let words = |question: &Vec<&str>| -> Vec<String> {
        question.iter().map(|word| (*word).to_owned()).collect()
    };
    let refused = format!("--{long} is an option of");
    let questions: Vec<Vec<String>> = questions(name).iter().map(words).collect();
    if !is_shown {
        let ((status, _, err), _) = ran(folder, &[&questions[0][..], &option].concat());
        let is_refused = status == Some(2) && err.contains(&refused);
        return (!is_refused).then(|| format!("{name} hides --{long}, and takes it: {err}"));
    }
    let changes = questions.iter().any(|question| {
        let with = ran(folder, &[&question[..], &option].concat());
        with != ran(folder, question) && !with.0.2.contains(&refused)
    });
    let is_seen = changes || UNSEEN.contains(&long);
    (!is_seen).then(|| format!("{name} shows --{long}, which changes nothing"))
}

#[test]
fn what_is_shown_is_obeyed_and_what_is_not_shown_is_refused() {
    let folder = prepared();
    let help = |words: &[&str]| {
        longs(&texts(&folder.pfsum().args(words).arg("--help").output().unwrap()).1)
    };
    let mut all = help(&[]);
    all.extend(["by", "limit", "queue", "require-match", "top"].map(str::to_owned));
    let mut wrong = Vec::new();
    for name in ["count", "trace", "queue"] {
        let shown = help(&[name]);
        assert!(shown.len() > 30 && shown.iter().all(|long| all.contains(long)), "{shown:?}");
        wrong
            .extend(all.iter().filter_map(|long| fault(&folder, name, long, shown.contains(long))));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What the help says of a form is what a command takes.
#[test]
fn a_command_shows_the_forms_that_it_has() {
    let folder = Folder::new("forms");
    for (name, words, forms) in [
        ("count", ["count", "received"], &["text", "json", "csv"] as &[&str]),
        ("trace", ["trace", "x"], &["text", "json"]),
        ("queue", ["queue", "-q"], &["text", "json"]),
    ] {
        let (_, help, _) = texts(&folder.pfsum().args([name, "--help"]).output().unwrap());
        let help = help.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(help.contains(&format!("[possible values: {}]", forms.join(", "))), "{help}");
        for form in ["text", "json", "csv", "html", "prometheus"] {
            let mut command = folder.pfsum();
            let log = concat!(env!("CARGO_MANIFEST_DIR"), "/sample-logs/greylisted.log");
            let (status, ..) =
                texts(&command.args(words).args(["--format", form, log]).output().unwrap());
            assert_eq!(status == Some(2), !forms.contains(&form), "{name} {form}");
        }
    }
}

#[test]
fn every_command_lists_its_inputs() {
    let folder = Folder::new("listing");
    let log = concat!(env!("CARGO_MANIFEST_DIR"), "/sample-logs/greylisted.log");
    let list = |words: &[&str]| {
        texts(&folder.pfsum().args(words).args(["--list-inputs", log]).output().unwrap())
    };
    let of_report = list(&[]);
    assert!(of_report.1.starts_with("file ") && of_report.1.contains("greylisted.log"));
    for words in [&["count", "received"] as &[&str], &["trace", "x"], &["queue"]] {
        assert_eq!(list(words), of_report, "{words:?}");
    }
}
