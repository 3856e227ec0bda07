//! What command lines mean, and how mistakes in them are told.

use super::*;

/// A change to the choices of a run without options.
type Change = fn(&mut Config);

fn assert_changes(cases: &[(&[&str], Change)]) {
    for (words, change) in cases {
        let actual = config(words);
        let mut expected = Config::default();
        expected.reading.now = TODAY * DAY + DAY / 2;
        expected.reading.zone = actual.reading.zone.clone();
        // As many as there are processors.
        expected.reading.threads = std::thread::available_parallelism().unwrap().get();
        // The next test is about them.
        expected.reporting.same_logs.clone_from(&actual.reporting.same_logs);
        change(&mut expected);
        assert_eq!(actual, expected, "{words:?}");
    }
}

#[test]
fn the_same_logs_are_named_again_by_absolute_dates_and_for_a_shell() {
    for (words, same) in [
        (&[][..], ""),
        (&["-d", "2009-02-17", "mail.log"], "-d 2009-02-17 mail.log"),
        (&["a b", "it's", "-d", "2009-02"], r"-d 2009-02-01..2009-02-28 'a b' 'it'\''s'"),
        (&["-d", "2009-02-17T08:00..2009-02-17T12:00"], "-d 2009-02-17T08:00..2009-02-17T12:00"),
        (&["--journal", "--host", "mx1"], "--host mx1 --journal"),
        (&["--verp-mung", "--no-fold", "-i", "x"], "--no-fold --ignore-case --verp-mung=1 x"),
        (&["--whole-domains", "--rej-add-to", "--srs-mung"], "--whole-domains --srs-mung"),
    ] {
        assert_eq!(config(words).reporting.same_logs, same, "{words:?}");
    }
    assert_eq!(config(&["-d", "yesterday"]).reporting.same_logs.len(), "-d 2025-11-04".len());
}

#[test]
fn options_change_what_they_say_and_nothing_else() {
    assert_changes(&[
        (&[], |_| {}),
        (&["--year", "2024"], |c| c.reading.year = Some(2024)),
        (&["--host", "a", "--host=b,c"], |c| {
            c.reading.host = ["a", "b", "c"].map(String::from).into();
        }),
        (&["--instance", "postfix-out"], |c| c.reading.instance = vec!["postfix-out".into()]),
        (&["--syslog-name", "mx"], |c| c.reading.syslog_name = Some("mx".into())),
        (&["--syslog-name", "0"], |_| {}),
        (&["--syslog-name", ""], |_| {}),
        (&["--threads", "3"], |c| c.reading.threads = 3),
        (&["--no-rotated"], |c| c.reading.rotated = false),
        (&["--unprocd-file", "|x"], |c| c.reading.unprocessed = Some("|x".into())),
        (&["-d", "today"], |c| c.reading.period = Period::days(TODAY, TODAY)),
        (&["-d", "last_week"], |c| c.reading.period = Period::days(TODAY - 10, TODAY - 4)),
        (&["-d", "last week", "--dow0mon"], |c| {
            c.reading.period = Period::days(TODAY - 9, TODAY - 3);
            c.reporting.dow0mon = true;
        }),
        (&["--no-fold"], |c| c.counting.fold = false),
        (&["-i"], |c| c.counting.ignore_case = true),
        (&["--use-orig-to"], |c| c.counting.use_orig_to = true),
        (&["--discard-delivers"], |c| c.counting.discard_delivers = true),
        (&["-m"], |c| c.counting.uucp = true),
        (&["--verp-mung"], |c| c.counting.verp = 1),
        (&["--verp-mung", "0"], |c| c.counting.verp = 1),
        (&["--verp-mung", "7"], |c| c.counting.verp = 2),
        (&["--srs-mung"], |c| c.counting.srs = true),
        (&["--rej-add-from"], |c| c.counting.reject_from = true),
        (&["--rej-add-to"], |c| c.counting.reject_to = true),
        (&["--verbose-msg-detail", "--colwidth=90"], |c| {
            c.counting.verbose = true;
            c.reporting.colwidth = None;
        }),
        (&["-e"], |c| c.counting.messages = true),
        (&["--classic"], |c| c.reporting.classic = true),
        (&["--format", "html"], |c| c.reporting.format = Format::Html),
        (&["--format", "json"], |c| c.reporting.format = Format::Json),
        (&["-q"], |c| c.reporting.quiet = true),
        (&["--problems-first"], |c| c.reporting.problems_first = true),
        (&["--iso-date-time"], |c| c.reporting.iso_dates = true),
        (&["--zero-fill"], |c| c.reporting.zero_fill = true),
        (&["--smtpd-stats"], |c| c.reporting.smtpd_stats = true),
        (&["--pscrn-stats"], |c| c.reporting.pscrn_stats = true),
        (&["--ssl-tls-stats"], |c| c.reporting.ssl_tls_stats = true),
        (&["--colwidth", "100"], |c| c.reporting.colwidth = Some(100)),
        (&["--colwidth", "0"], |c| c.reporting.colwidth = None),
        (&["--no-no-msg-size"], |c| c.reporting.no_size = false),
        (&["--whole-domains"], |c| c.reporting.whole_domains = true),
        (&["--mailq"], |c| c.reporting.mailq = true),
        (&["--suppress", "host/domain per-hour,size-detail"], |c| {
            c.reporting.suppress =
                Suppress { host_domain: true, per_hour: true, size_detail: true };
        }),
        (&["--suppress", "per-hour", "--suppress=rdns-warnings"], |c| {
            c.counting.suppress_rdns = true;
        }),
        (&["-x", "trace", "--smtp-detail=3"], |_| {}),
    ]);
}

#[test]
fn counts_limit_their_own_list_and_detail_fills_the_rest() {
    use Limit::{All, Off, Top};
    assert_changes(&[
        (&["-h", "5", "-u", "0"], |c| {
            (c.reporting.detail.host, c.reporting.detail.user) = (Top(5), Off);
        }),
        (&["--host-cnt=-1", "--user-cnt", "+007"], |c| {
            (c.reporting.detail.host, c.reporting.detail.user) = (All, Top(7));
        }),
        (&["-u", "all"], |c| c.reporting.detail.user = All),
        (&["--detail", "all"], |c| fill(c, All)),
        (&["--bounce-detail", "1"], |c| c.reporting.detail.bounce = Top(1)),
        (&["--deferral-detail", "2"], |c| c.reporting.detail.deferral = Top(2)),
        (&["--expired-detail", "0"], |c| c.reporting.detail.expired = Off),
        (&["--pscrn-detail", "4"], |c| c.reporting.detail.pscrn = Top(4)),
        (&["--reject-detail", "1_000"], |c| c.reporting.detail.reject = Top(1000)),
        (&["--warning-detail", "6"], |c| c.reporting.detail.warning = Top(6)),
        (&["--smtpd-warning-detail", "0"], |c| c.reporting.detail.warning = Off),
        (&["--warning-detail", "6", "--smtpd-warning-detail", "2"], |c| {
            c.reporting.detail.warning = Top(2);
        }),
        (&["--no-bounce-detail", "--no_deferral_detail"], |c| {
            (c.reporting.detail.bounce, c.reporting.detail.deferral) = (Off, Off);
        }),
        (&["--no-reject-detail", "--no_smtpd_warnings"], |c| {
            (c.reporting.detail.reject, c.reporting.detail.warning) = (Off, Off);
        }),
        (&["--detail", "9"], |c| fill(c, Top(9))),
        (&["--detail", "0"], |c| fill(c, Off)),
        (&["--detail", "9", "--warning-detail=all", "-h", "0", "-u", "3"], |c| {
            fill(c, Top(9));
            let detail = &mut c.reporting.detail;
            (detail.warning, detail.host, detail.user) = (All, Off, Top(3));
        }),
        (&["-h", "3", "-h", "4"], |c| c.reporting.detail.host = Top(4)),
        (&["-h", "99999999999999999999"], |c| {
            c.reporting.detail.host = Top(i64::MAX.try_into().unwrap());
        }),
    ]);
}

fn fill(config: &mut Config, limit: Limit) {
    let detail = &mut config.reporting.detail;
    for each in [
        &mut detail.bounce,
        &mut detail.deferral,
        &mut detail.expired,
        &mut detail.pscrn,
        &mut detail.reject,
        &mut detail.warning,
        &mut detail.host,
        &mut detail.user,
    ] {
        *each = limit;
    }
}

#[test]
fn inputs_output_and_task_are_what_was_named() {
    let named = |logs: &[&str]| Inputs::Named(logs.iter().map(PathBuf::from).collect());
    for (words, inputs) in [
        (&[] as &[&str], Inputs::Usual),
        (&["a", "-q", "b"], named(&["a", "b"])),
        (&["-"], named(&["-"])),
        (&["--", "-q", "--year"], named(&["-q", "--year"])),
        (&["a;rm *|", ">b", "<c"], named(&["a;rm *|", ">b", "<c"])),
        (&["--journal"], Inputs::Journal),
    ] {
        assert_eq!(plan(words).unwrap().inputs, inputs, "{words:?}");
    }
    assert_eq!(plan(&["--list-inputs"]).unwrap().task, Task::ListInputs);
    assert_eq!(plan(&["--output", "x=y"]).unwrap().output, Some("x=y".into()));
    assert!(plan(&["--journal", "a"]).is_err());
}

#[test]
fn mistakes_are_told_with_what_is_accepted() {
    for (words, said) in [
        (
            &["--fromat", "html"] as &[&str],
            "unknown option --fromat; did you mean --format? (--help lists all)",
        ),
        (&["-hq"], "unknown option -hq (--help lists all)"),
        (&["-5"], "unknown option -5 (--help lists all)"),
        (&["---q"], "unknown option ---q (--help lists all)"),
        (&["--=q"], "unknown option --=q (--help lists all)"),
        (&["+"], "unknown option + (--help lists all)"),
        (&["--noquiet"], "unknown option --noquiet; did you mean --quiet? (--help lists all)"),
        (&["--deb\u{1b}"], "unknown option --deb\\u{1b} (--help lists all)"),
        (&["--smtpd"], "--smtpd may be any of --smtpd-stats, --warning-detail"),
        (&["--rej"], "--rej may be any of --rej-add-from, --rej-add-to, --reject-detail"),
        (&["--quiet=1"], "--quiet takes no value, but got \"1\""),
        (&["--quiet="], "--quiet takes no value, but got \"\""),
        (&["--detail"], "--detail needs a value (--help says which)"),
        (&["-d="], "--date-range needs a value (--help says which)"),
        (
            &["--detail", "3.5"],
            "--detail \"3.5\": accepted are a number, 0 or `none` for nothing, and `all`",
        ),
        (
            &["-u", "--", "5"],
            "--user-cnt \"--\": accepted are a number, 0 or `none` for nothing, and `all`",
        ),
        (
            &["--verp-mung=x"],
            "--verp-mung \"x\": accepted are 1, 2, or no value at all, which is 1",
        ),
        (&["--format", "pdf"], "--format \"pdf\": accepted are text, html, json, csv, prometheus"),
        (
            &["--colwidth", "wide"],
            "--colwidth \"wide\": accepted are a number of columns, and 0 or `none` for no limit",
        ),
        (&["--year", "99"], "--year \"99\": accepted is a year from 1970 to 9999"),
        (&["--threads", "0"], "--threads \"0\": accepted is a number from 1 to 65535"),
        (&["--threads", "x"], "--threads \"x\": accepted is a number from 1 to 65535"),
        (&["--output", ""], "--output \"\": that names no file"),
        (&["--template", ""], "--template \"\": that names no file"),
        (&["--write-templates", ""], "--write-templates \"\": that names no file"),
        (&[""], "LOG \"\": that names no file"),
        (&["--host", ""], "--host \"\": that names none"),
        (&["--instance", "a,"], "--instance \"\": that names none"),
        (
            &["--suppress", "perhour"],
            "--suppress \"perhour\": \"perhour\" is none of host/domain, per-hour, rdns-warnings, size-detail; did you mean per-hour?",
        ),
        (&["--journal", "mail.log"], "--journal cannot be given together with LOG"),
        (
            &["-d", "2025-02-30"],
            "--date-range \"2025-02-30\": there is no day 30 in February 2025: it has 28 days",
        ),
    ] {
        assert_eq!(plan(words).map(|_| ()).unwrap_err(), said, "{words:?}");
    }
}

/// A value for each option that takes one, not its default.
fn sample(long: &str) -> &'static str {
    match long {
        "alert" => "deferrals>100",
        "format" => "html",
        "section" => "senders",
        "suppress" => "per-hour",
        "date-range" => "2025-10",
        "year" => "2024",
        "config" | "output" | "unprocd-file" => "some/file",
        "mail-to" | "mail-from" => "bob@example.org",
        "smtp" => "smtp://127.0.0.1",
        "host" | "instance" | "syslog-name" => "name",
        "verp-mung" => "2",
        _ => "3",
    }
}

fn sample_word(long: &str) -> String {
    match opts(false).named(long).unwrap().takes {
        Takes::Nothing => format!("--{long}"),
        _ => format!("--{long}={}", sample(long)),
    }
}

/// What an option says nothing without.
fn needed(long: &str) -> &'static [&'static str] {
    match long {
        "mail-from" | "subject" | "attach-html" | "smtp" => &["--mail-to=ann@example.org"],
        "smtp-login" => &["--mail-to=ann@example.org", "--smtp=smtps://mail.example.org"],
        _ => &[],
    }
}

#[test]
fn no_option_is_without_effect() {
    for long in opts(false).longs() {
        // Weeks matter to ranges of weeks only.
        let word = sample_word(long);
        // The last is a filter.
        if ["config", "dump-config", "help", "queue", "version", "skip-own-mail"].contains(&long) {
            continue;
        }
        let also = needed(long);
        let words: Vec<&str> = also.iter().copied().chain([word.as_str()]).collect();
        let without = plan(also).unwrap();
        let mut with = plan(&words).unwrap();
        with.config.reading.zone = without.config.reading.zone.clone();
        let asking = settled(&words, &[]).unwrap().asking;
        assert!(with != without || asking != Asking::default(), "{words:?}");
    }
}

#[test]
fn what_is_dumped_puts_the_same_in_force() {
    let every: Vec<String> =
        opts(false).longs().filter(|long| !NOT_IN_A_FILE.contains(long)).map(sample_word).collect();
    let every: Vec<&str> = every.iter().map(String::as_str).collect();
    let file = std::env::temp_dir().join(format!("pfsum-dump-{}.toml", std::process::id()));
    for words in [
        &[] as &[&str],
        &["--detail", "5", "--warning-detail", "all", "-h", "0"],
        &["--verp-mung", "--verbose-msg-detail", "-d", "last week"],
        &["--host", "a\"b\\,\u{e9}", "--suppress", "per-hour size-detail"],
        &every,
    ] {
        let typed = settled(words, &[]).unwrap();
        let mut text = Vec::new();
        dump::write(&typed, &opts(false), &mut text).unwrap();
        std::fs::write(&file, &text).unwrap();
        let settings = read_all(std::slice::from_ref(&file), &opts(false)).unwrap();
        let read = settled(&[], &settings).unwrap();
        assert_eq!(read, typed, "{}", String::from_utf8(text).unwrap());
    }
    std::fs::remove_file(file).unwrap();
}

#[test]
fn what_is_dumped_names_every_key() {
    let mut text = Vec::new();
    dump::write(&settled(&[], &[]).unwrap(), &opts(false), &mut text).unwrap();
    let text = String::from_utf8(text).unwrap();
    let keys = text.lines().skip(1).map(|line| line.trim_start_matches("# "));
    let mut keys: Vec<&str> = keys.filter_map(|line| Some(line.split_once(" =")?.0)).collect();
    keys.sort_unstable();
    let opts = opts(false);
    let mut longs: Vec<_> = opts.longs().filter(|long| !NOT_IN_A_FILE.contains(long)).collect();
    longs.sort_unstable();
    assert_eq!(keys, longs);
}

#[test]
fn what_is_typed_goes_before_what_a_file_says() {
    let setting = |long: &str, values: &[&str]| {
        let choice = |value: &&str| Choice {
            long: long.into(),
            value: Some(*value).filter(|value| !value.is_empty()).map(OsString::from),
        };
        Setting::of(long, values.iter().map(choice).collect())
    };
    let settings = [
        setting("host", &["a", "b"]),
        setting("detail", &["3"]),
        setting("warning-detail", &["all"]),
        setting("journal", &[""]),
        setting("quiet", &[""]),
    ];
    let args =
        settled(&["--host", "c", "--smtpd_warning_detail=1", "mail.log"], &settings).unwrap();
    let plan = Plan::new(&args).unwrap();
    assert_eq!(plan.config.reading.host, ["c"]);
    assert_eq!(plan.config.reporting.detail.warning, Limit::Top(1));
    assert_eq!(plan.config.reporting.detail.user, Limit::Top(3));
    assert_eq!(plan.inputs, Inputs::Named(vec!["mail.log".into()]));
    assert!(plan.config.reporting.quiet);
    let args = settled(&[], &settings).unwrap();
    assert_eq!(Plan::new(&args).unwrap().inputs, Inputs::Journal);
}

#[test]
fn the_help_explains_every_option_in_three_screens() {
    let help = Args::command().term_width(100).render_help().to_string();
    assert!(help.lines().count() <= 150, "{}", help.lines().count());
    for arg in Args::command().get_arguments().filter(|arg| !arg.is_hide_set()) {
        assert!(arg.get_help().is_some() && arg.get_help_heading().is_some(), "{arg}");
    }
}
