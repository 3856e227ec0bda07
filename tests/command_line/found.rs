//! What a question finds, what is said if that is nothing, and how addresses are named.

use std::fs;

use super::{Folder, texts};

#[test]
fn nothing_found_is_said_and_is_no_failure_unless_a_match_is_required() {
    let folder = Folder::new("nothing");
    let sample = concat!(env!("CARGO_MANIFEST_DIR"), "/sample-logs/greylisted.log");
    for (words, code) in [(&[] as &[&str], 0), (&["--require-match"], 1)] {
        let to = ["count", "deferrals", "--to", "nobody@example.com", sample];
        let (status, out, err) = texts(&folder.pfsum().args(to).args(words).output().unwrap());
        assert_eq!((status, out.as_str()), (Some(code), "0\n"));
        assert_eq!(err, "pfsum: nothing found (to nobody@example.com)\n");
    }
    let report = ["--to", "nobody@example.com", sample];
    let (status, out, err) = texts(&folder.pfsum().args(report).output().unwrap());
    assert_eq!((status, err.as_str()), (Some(0), "pfsum: nothing found (to nobody@example.com)\n"));
    assert!(out.contains("      0   delivered\n"), "{out}");
}

#[test]
fn an_address_with_a_blank_is_named_as_the_report_writes_it() {
    let folder = Folder::new("blank");
    let log = folder.0.join("mail.log");
    let at = "2026-11-23T10:00:00+00:00 mx postfix";
    let to = "to=<\"a b\"@sink.example.org>, relay=x[192.0.2.1]:25, delay=1, delays=0/0/0/1";
    fs::write(
        &log,
        format!(
            "{at}/qmgr[1]: 4AAAAA0001: from=<\"c d\"@example.net>, size=9, nrcpt=1 (queue active)\n\
             {at}/smtp[2]: 4AAAAA0001: {to}, dsn=2.0.0, status=sent (250 ok)\n"
        ),
    )
    .unwrap();
    let run = |words: &[&str]| texts(&folder.pfsum().args(words).arg(&log).output().unwrap());
    let report = run(&[]).1;
    assert!(report.contains("  \"a b\"@sink.example.org\n"), "{report}");
    for filter in [["--to", "\"a b\"@sink.example.org"], ["--from", "<\"c d\"@example.net>"]] {
        let ran = run(&["count", "delivered", filter[0], filter[1]]);
        assert_eq!(ran, (Some(0), "1\n".to_owned(), String::new()), "{filter:?}");
        let (status, out, err) = run(&["trace", filter[1]]);
        assert_eq!((status, err.as_str()), (Some(0), ""), "{filter:?}");
        assert!(out.contains("4AAAAA0001") && out.contains("sink.example.org"), "{out}");
    }
}

#[test]
fn a_domain_without_its_at_sign_is_told_how_it_is_named() {
    let folder = Folder::new("domain");
    let sample = concat!(env!("CARGO_MANIFEST_DIR"), "/sample-logs/greylisted.log");
    let hint = |domain: &str| format!("; all mail of a domain is named @{domain}\n");
    for (words, said) in [
        (
            &["--to", "example.org"] as &[&str],
            format!("pfsum: nothing found (to example.org){}", hint("example.org")),
        ),
        (
            &["count", "received", "--from", "bücher.example"],
            format!("pfsum: nothing found (from bücher.example){}", hint("bücher.example")),
        ),
        (
            &["trace", "nowhere.example.com"],
            format!("pfsum: nothing found of nowhere.example.com{}", hint("nowhere.example.com")),
        ),
        (&["trace", "192.0.2.250"], "pfsum: nothing found of 192.0.2.250\n".to_owned()),
        (&["--to", "nobody"], "pfsum: nothing found (to nobody)\n".to_owned()),
    ] {
        let (_, _, err) = texts(&folder.pfsum().args(words).arg(sample).output().unwrap());
        assert_eq!(err, said, "{words:?}");
    }
}
