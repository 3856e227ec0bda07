//! The words that name the same logs, the same period and the same mail again, counted likewise.

use std::borrow::Cow;
use std::path::PathBuf;

use chrono::DateTime;
use pfsum::input::STDIN;
use pfsum::words::clean;
use pfsum::words::shell::quoted;
use pfsum::{Period, Summary};

use super::args::{Args, Counting};
use super::asking::Asking;
use super::filters;
use super::plan::Inputs;

/// `--no-fold -d 2009-02-17 mail.log`: with days as dates, because tomorrow *yesterday* is another
/// day.
pub(super) fn logs(args: &Args, period: Period) -> String {
    let mut words = counting(&args.counting);
    if args.selection.date_range.is_some() {
        words.extend(["-d".to_owned(), quoted(&dates(period))]);
    }
    if let Some(year) = args.input.year {
        words.extend(["--year".to_owned(), year.to_string()]);
    }
    for host in &args.selection.host {
        words.extend(["--host".to_owned(), word(host)]);
    }
    for instance in &args.selection.instance {
        words.extend(["--instance".to_owned(), word(instance)]);
    }
    if args.input.no_rotated {
        words.push("--no-rotated".to_owned());
    }
    if args.input.journal {
        words.push("--journal".to_owned());
    }
    // A path may name the host; whoever is shown this has other files anyway.
    let hides = args.showing.hides();
    let named = |log: &PathBuf| {
        if hides { "LOG".to_owned() } else { word(&named_file(&log.to_string_lossy())) }
    };
    words.extend(args.input.logs.iter().map(named));
    words.join(" ")
}

/// The options by which the numbers of a report would be others.
fn counting(counting: &Counting) -> Vec<String> {
    let &Counting {
        no_fold,
        whole_domains,
        ignore_case,
        use_orig_to,
        discard_delivers,
        uucp_mung,
        verp_mung,
        srs_mung,
        // Words that are shown, and options of the report alone.
        rej_add_from: _,
        rej_add_to: _,
        verbose_msg_detail: _,
    } = counting;
    let options = [
        ("no-fold", no_fold),
        ("whole-domains", whole_domains),
        ("ignore-case", ignore_case),
        ("use-orig-to", use_orig_to),
        ("discard-delivers", discard_delivers),
        ("uucp-mung", uucp_mung),
        ("srs-mung", srs_mung),
    ];
    let chosen = options.into_iter().filter(|(_, is_chosen)| *is_chosen);
    let verp = verp_mung.filter(|level| level.0 > 0);
    let verp = verp.map(|level| format!("--verp-mung={}", level.0));
    chosen.map(|(option, _)| format!("--{option}")).chain(verp).collect()
}

/// `--to @example.org`: each filter as an option and its word.
pub(super) fn mail(asking: &Asking) -> Vec<(String, String)> {
    let lists = filters::lists(asking).into_iter();
    let words = lists.flat_map(|(name, words)| words.iter().map(move |text| (name, text)));
    let reason = asking.reason.iter().map(|regex| ("reason", regex));
    words.chain(reason).map(|(name, text)| (format!("--{name}"), word(text))).collect()
}

/// The same where nothing was named and a log was piped in: without a name, what is meant the
/// next time would be the log of the system.
pub(super) fn as_read(words: &str, inputs: &Inputs, summary: &Summary) -> String {
    let is_piped = || summary.sources.iter().any(|source| source.name == STDIN);
    match (inputs, words) {
        (Inputs::Usual, "") if is_piped() => "-".to_owned(),
        (Inputs::Usual, _) if is_piped() => format!("{words} -"),
        _ => words.to_owned(),
    }
}

/// A word as a shell takes it. What would steer a terminal is shown as what it is, and then names
/// nothing any more.
fn word(text: &str) -> String {
    let mut shown = String::new();
    clean::printable(text.as_bytes(), &mut shown);
    quoted(&shown)
}

/// The name of a log where options stand as well: `-` is standard input, `-x.log` would be options.
fn named_file(name: &str) -> Cow<'_, str> {
    let is_option = name.starts_with('-') && name != "-";
    if is_option { format!("./{name}").into() } else { name.into() }
}

/// A day, two days or two minutes, as `--date-range` takes them.
fn dates(period: Period) -> String {
    const DAY: i64 = 86_400;
    let (Some(first), Some(last)) = (period.first, period.last) else { return String::new() };
    let whole = first.rem_euclid(DAY) == 0 && last.rem_euclid(DAY) == DAY - 1;
    let form = if whole { "%Y-%m-%d" } else { "%Y-%m-%dT%H:%M" };
    let [from, to] = [first, last]
        .map(|second| DateTime::from_timestamp(second, 0).map(|at| at.format(form).to_string()));
    match (from, to) {
        (Some(from), Some(to)) if from == to => from,
        (Some(from), Some(to)) => format!("{from}..{to}"),
        _ => String::new(),
    }
}
