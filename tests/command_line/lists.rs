//! Lists that text cuts: it says so, and shows all when it is asked for all.

use std::fmt::Write;

use super::{Folder, texts};

/// How many there are of everything below: more than a page has room for.
const MANY: usize = 60;

/// Users who send mail, each to a domain of its own that takes it and to one that does not, and
/// is refused for a reason of its own.
fn log() -> String {
    let mut log = String::new();
    for n in 0..MANY {
        let (at, id) =
            (format!("2026-11-23T10:{n:02}:00+00:00 mx postfix"), format!("4AAAAA00{n:02}"));
        let sign_in = "sasl_method=PLAIN, sasl_username";
        for line in [
            format!("smtpd[1]: {id}: client=a.example.com[192.0.2.1], {sign_in}=user{n:02}"),
            format!("cleanup[1]: {id}: message-id=<{n}@example.com>"),
            format!(
                "qmgr[1]: {id}: from=<user{n:02}@example.com>, size=900, nrcpt=2 (queue active)"
            ),
            format!(
                "smtp[2]: {id}: to=<a@d{n:02}.example>, relay=d[198.51.100.1]:25, delay=1, \
                 delays=0/0/0/1, dsn=2.0.0, status=sent (250 ok)"
            ),
            format!(
                "smtp[2]: {id}: to=<b@e{n:02}.example>, relay=none, delay=1, delays=0/0/1/0, \
                 dsn=4.4.1, status=deferred (connect to e[198.51.100.2]:25: Connection timed out)"
            ),
            format!(
                "smtpd[1]: NOQUEUE: reject: RCPT from b.example.com[192.0.2.2]: 554 5.7.1 \
                 <c@example.com>: Recipient address rejected: rule {}; from=<x@example.net> \
                 to=<c@example.com> proto=ESMTP helo=<b>",
                char::from_u32(0x41 + u32::try_from(n).unwrap()).unwrap(),
            ),
        ] {
            writeln!(log, "{at}/{line}").unwrap();
        }
    }
    log
}

fn report(words: &[&str]) -> String {
    let folder = Folder::new(&format!("lists-{}", words.join("")));
    let path = folder.0.join("mail.log");
    std::fs::write(&path, log()).unwrap();
    let (status, out, err) = texts(&folder.pfsum().args(words).arg(&path).output().unwrap());
    assert_eq!((status, err.as_str()), (Some(0), ""), "{words:?}");
    out
}

/// Whether a line is a heading: that and nothing else.
fn has_line(text: &str, line: &str) -> bool {
    text.lines().any(|other| other == line)
}

#[test]
fn a_list_that_is_cut_says_so() {
    let text = report(&[]);
    for line in [
        "Signed-in users (top 20 of 60)",
        "Delays (top 20 of 60)",
        "Still queued at the end of the log (top 50 of 60)",
        "Queued messages (top 50 of 60)",
        "Why mail was rejected (top 20 of 60)",
        "      (top 10 of 60; attempts of the others: 50)",
    ] {
        assert!(has_line(&text, line), "{line}: {text}");
    }
}

#[test]
fn all_is_all_and_what_is_not_cut_says_nothing() {
    let classic = report(&["--classic"]);
    for words in [
        &["-u", "all", "-h", "all", "--deferral-detail", "all", "--reject-detail", "all"]
            as &[&str],
        &["--detail", "all"],
        &["--detail", "1000"],
    ] {
        let text = report(words);
        for line in ["Signed-in users", "Delays", "Why mail was rejected (60)"] {
            assert!(has_line(&text, line), "{words:?}: {line}: {text}");
        }
        assert!(!text.contains("of the others:"), "{words:?}: {text}");
        assert!(text.contains(" user59\n") && text.contains("  d59.example: "), "{text}");
        assert!(text.contains("    e59.example: Connection timed out ("), "{text}");
        let all = [words, &["--classic"]].concat();
        assert_eq!(report(&all), classic, "{words:?}");
    }
}
