//! What a config file says: for which runs, what goes before it, and how mistakes are told.

use std::fs;
use std::path::PathBuf;

use super::{Folder, texts};

const LOG: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/sample-logs/deferral-storm.log");

/// A folder whose config file says this.
fn configured(name: &str, text: &str) -> (Folder, PathBuf) {
    let folder = Folder::new(name);
    let file = folder.0.join("pfsum/config.toml");
    fs::write(&file, text).unwrap();
    (folder, file)
}

fn run(folder: &Folder, words: &[&str]) -> (Option<i32>, String, String) {
    texts(&folder.pfsum().args(words).arg(LOG).output().unwrap())
}

#[test]
fn options_of_a_mail_wait_in_a_file_for_a_run_that_mails() {
    let text = "mail-from = \"ann@example.org\"\nsubject = \"{verdict}\"\nattach-html = true\n\
                smtp = \"smtps://mail.example.org\"\nsmtp-login = \"/nonexistent\"\n";
    let (folder, _) = configured("waiting", text);
    let (status, out, err) = run(&folder, &["--format", "json"]);
    assert_eq!((status, err.as_str()), (Some(0), ""));
    assert!(out.starts_with('{'), "{out}");
    let message = folder.0.join("report.eml");
    let words = ["--mail-to", "bob@example.org", "--output", message.to_str().unwrap()];
    assert_eq!(run(&folder, &words), (Some(0), String::new(), String::new()));
    assert!(fs::read_to_string(message).unwrap().contains("From: <ann@example.org>"));
    // Typed without a recipient they are a mistake.
    let (status, _, err) = run(&folder, &["--attach-html"]);
    assert_eq!(status, Some(2));
    assert_eq!(err, "pfsum: --attach-html needs --mail-to, which says to whom\n");
}

#[test]
fn what_cannot_be_together_with_what_is_typed_yields() {
    let (folder, file) = configured("yields", "");
    let [template, html, message] =
        ["own.txt", "report.html", "report.eml"].map(|name| folder.0.join(name));
    fs::write(&template, "own: {{ totals.received }}").unwrap();
    let [template, html, message] =
        [&template, &html, &message].map(|path| path.to_str().unwrap().to_owned());
    let mail = "mail-to = \"ann@example.org\"\nsubject = \"x\"\n".to_owned();
    for (text, words, begins) in [
        (format!("template = {template:?}"), vec!["--format", "json"], "{"),
        (format!("template = {template:?}"), vec![], "own: 28"),
        ("format = \"json\"".to_owned(), vec!["--template", &template], "own: 28"),
        (mail.clone(), vec!["--template", &template], "own: 28"),
        (mail.clone(), vec!["--format", "json"], "{"),
        (mail, vec!["--output", &html], ""),
        (
            format!("format = \"json\"\ntemplate = {template:?}\noutput = {html:?}"),
            vec!["--mail-to", "ann@example.org", "--output", &message],
            "",
        ),
        (format!("unprocd-file = {html:?}"), vec!["--anonymize", "--format=json"], "{"),
    ] {
        fs::write(&file, &text).unwrap();
        let (status, out, err) = run(&folder, &words);
        assert_eq!((status, err.as_str()), (Some(0), ""), "{text} {words:?}");
        assert!(out.starts_with(begins) && out.is_empty() == begins.is_empty(), "{text}: {out}");
    }
    // A name that was not to be seen is not written because of what was typed.
    fs::write(&file, "anonymize = true").unwrap();
    assert_eq!(run(&folder, &["--unprocd-file", &html]).0, Some(2));
}

#[test]
fn a_question_is_not_hindered_by_the_look_of_the_report() {
    let (folder, file) = configured("looks", "");
    let output = folder.0.join("report.html");
    for form in ["html", "prometheus", "csv"] {
        fs::write(&file, format!("format = \"{form}\"\noutput = {output:?}\n")).unwrap();
        let (status, out, err) = run(&folder, &["count", "received"]);
        let count = if form == "csv" { "what,count\r\nreceived,28\r\n" } else { "28\n" };
        assert_eq!((status, out.as_str(), err.as_str()), (Some(0), count, ""), "{form}");
        for command in [&["queue"] as &[&str], &["trace", "<>"]] {
            assert_eq!(run(&folder, command).0, Some(0), "{form} {command:?}");
        }
        assert!(!output.exists(), "the report of last night stays");
    }
}

#[test]
fn a_mistake_is_told_with_the_file_and_the_line() {
    let (folder, file) = configured("places", "");
    for (text, said) in [
        ("quiet = true\ndate-range = \"2025-02-30\"", "line 2: --date-range \"2025-02-30\": there"),
        ("# to\n\nto = \"a b\"", "line 3: --to \"a b\": accepted are"),
        ("alert = [\n  \"received>x\",\n]", "line 1: --alert \"received>x\": "),
        ("\"status\" = \"bouncd\"", "line 1: --status \"bouncd\" is no STATUS"),
        ("mail-to = \"a\"\nsmtp = \"mail.example.org\"", "line 2: --smtp \"mail.example.org\""),
        ("mail-to = \"a b\"", "line 1: --mail-to \"a b\": an address has no ' '"),
        ("format = \"csv\"", "line 1: --format csv needs the --section"),
        ("year = 20", "line 1: year: \"20\": accepted is a year"),
        ("anonymize-key = \"\"", "line 1: anonymize-key: it has no value"),
        ("quiet = true\nto = \"\"", "line 2: to: it has no value"),
        ("quiet = yes\nhost-cnt = many", "line 2: host-cnt: \"many\": accepted are"),
    ] {
        fs::write(&file, text).unwrap();
        let (status, out, err) = run(&folder, &[]);
        let begins = format!("pfsum: {}: {said}", file.display());
        assert!(err.starts_with(&begins) && err.lines().count() == 1, "{text}: {err}");
        assert_eq!((status, out.as_str()), (Some(2), ""), "{text}");
    }
    // Not if it was typed.
    fs::write(&file, "to = \"ann@example.org\"").unwrap();
    assert!(run(&folder, &["--to", "a b"]).2.starts_with("pfsum: --to \"a b\": "));
}
