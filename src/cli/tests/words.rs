//! How the words of a command line are told apart.

use super::*;

#[test]
fn words_are_taken_as_getopt_long_takes_them() {
    // What Perl's Getopt::Long 2.52 makes of the same words, its numbers apart,
    // which are left as they were typed.
    for (words, options, operands) in [
        (&["--verp-mung", "3", "f"] as &[&str], "--verp-mung=3", "f"),
        (&["--verp-mung", "f"], "--verp-mung", "f"),
        (&["--verp-mung", "-1", "a"], "--verp-mung=-1", "a"),
        (&["--verp-mung", "+2", "x"], "--verp-mung=+2", "x"),
        (&["--verp-mung", "1.5"], "--verp-mung", "1.5"),
        (&["--verp-mung="], "--verp-mung", ""),
        (&["--verp-mung", "--", "a"], "--verp-mung", "a"),
        (&["--verp-mung", "--quiet"], "--verp-mung --quiet", ""),
        (&["-verp-mung=2"], "--verp-mung=2", ""),
        (&["-d", "--quiet"], "--date-range=--quiet", ""),
        (&["-d", "--", "x"], "--date-range=--", "x"),
        (&["-d", ""], "--date-range=", ""),
        (&["-d", "-5"], "--date-range=-5", ""),
        (&["--date-range=a=b"], "--date-range=a=b", ""),
        (&["--d", "today"], "--date-range=today", ""),
        (&["--D", "today"], "--date-range=today", ""),
        (&["-date", "today"], "--date-range=today", ""),
        (&["+date=today"], "--date-range=today", ""),
        (&["--det", "5"], "--detail=5", ""),
        (&["--Detail", "5"], "--detail=5", ""),
        (&["-h", "-1"], "--host-cnt=-1", ""),
        (&["--h", "3"], "--host-cnt=3", ""),
        (&["-", "-Q"], "--quiet", "-"),
        (&["a", "-q", "b", "--", "-q"], "--quiet", "a b -q"),
        (&["--no"], "--no-no-msg-size", ""),
        (&["--problems"], "--problems-first", ""),
        (&["--iso"], "--iso-date-time", ""),
        (&["--smtpd-w", "3"], "--warning-detail=3", ""),
        // Underscores, also those of abbreviations, in names only.
        (&["--smtpd_stats", "--bounce_detail=3"], "--smtpd-stats --bounce-detail=3", ""),
        (&["--no_no", "--date_range=last_week"], "--no-no-msg-size --date-range=last_week", ""),
        // pfsum's own options.
        (&["--form=html"], "--format=html", ""),
        (&["--no-f", "--no_rot"], "--no-fold --no-rotated", ""),
        (&["--host", "mx"], "--host=mx", ""),
        // A count is missing: help is what was wanted.
        (&["-h"], "--help", ""),
        (&["-h", "mail.log"], "--help", "mail.log"),
        (&["-h", "--quiet"], "--help --quiet", ""),
        (&["-h", "all"], "--host-cnt=all", ""),
    ] {
        let typed = take_apart(words, false).unwrap();
        let joined = |words: Vec<OsString>| words.join(" ".as_ref()).into_string().unwrap();
        let seen = typed.choices.iter().map(Choice::to_word).collect();
        assert_eq!(
            (joined(seen), joined(typed.operands)),
            (options.into(), operands.into()),
            "{words:?}"
        );
    }
}

#[test]
fn every_name_of_pflogsumm_is_known_and_may_be_abbreviated_as_there() {
    let opts = opts(false);
    for name in PFLOGSUMM {
        assert!(opts.named(name).is_some(), "{name}");
    }
    // No other name of pflogsumm begins like these, whatever names pfsum adds.
    for as_pflogsumm in [false, true] {
        for name in PFLOGSUMM.iter().filter(|name| name.len() > 1) {
            let shortest = (2..=name.len()).map(|length| &name[..length]).find(|part| {
                let shared = PFLOGSUMM.iter().filter(|other| other.starts_with(part)).count();
                shared == 1 && (as_pflogsumm || !["host", "user"].contains(part))
            });
            let Some(part) = shortest else { continue };
            let typed = take_apart(&[&format!("--{part}"), "1"], as_pflogsumm).unwrap();
            let long = &opts.named(name).unwrap().long;
            assert_eq!(&typed.choices[0].long, long, "--{part}");
        }
    }
}

#[test]
fn under_the_name_of_pflogsumm_its_abbreviations_hide_our_options() {
    let typed = take_apart(&["--host", "5"], true).unwrap();
    assert_eq!(typed.choices[0].to_word(), "--host-cnt=5");
    let typed = take_apart(&["--format", "html"], true).unwrap();
    assert_eq!(typed.choices[0].to_word(), "--format=html");
}

#[test]
fn posixly_correct_ends_options_at_the_first_log() {
    let words = ["-q", "mail.log", "-e"].map(OsString::from);
    let typed = opts(false).take_apart(words, true).unwrap();
    assert_eq!((typed.choices.len(), typed.operands.len()), (1, 2));
    let typed = opts(false).take_apart(["+q".into()], true).unwrap();
    assert_eq!(typed.operands, ["+q"]);
}

#[cfg(unix)]
#[test]
fn a_name_of_a_file_need_not_be_text() {
    use std::os::unix::ffi::OsStringExt;
    let words = [b"--unprocd-file=\xff=\xfe".to_vec(), b"\xff".to_vec()].map(OsString::from_vec);
    let typed = opts(false).take_apart(words, false).unwrap();
    assert_eq!(typed.choices[0].value, Some(OsString::from_vec(b"\xff=\xfe".to_vec())));
    let args = resolve(&typed, &[]).unwrap().unwrap();
    assert_eq!(args.input.logs, [PathBuf::from(OsString::from_vec(b"\xff".to_vec()))]);
}
