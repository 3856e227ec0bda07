//! What one run is to do, made of the options typed.

use std::path::PathBuf;

use anyhow::{Result, bail};
use chrono::Weekday;
use pfsum::config::{Config, Counting, Detail, Limit, Reading, Reporting};
use pfsum::{Period, config};

use super::alert::{self, Alert};
use super::args::Args;
use super::mail::Mail;
use super::showing::Showing;
use super::value::{Count, Format};
use super::{clock, dates, same};

/// Everything a run needs to know.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Plan {
    /// The choices that shape the report.
    pub(crate) config: Config,
    /// What is read.
    pub(crate) inputs: Inputs,
    /// Where the report goes; `None` is standard output.
    pub(crate) output: Option<PathBuf>,
    /// Conditions that are said when they hold.
    pub(crate) alerts: Vec<Alert>,
    /// Whom it is mailed to, and how.
    pub(crate) mail: Option<Mail>,
    /// Whether nothing is written or sent when nothing needs attention.
    pub(crate) only_if_attention: bool,
    /// Its look, and whose names are seen.
    pub(crate) showing: Showing,
    /// What is wanted of it.
    pub(crate) task: Task,
}

/// Where the lines come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Inputs {
    /// Nothing was named: standard input if something is there, else the
    /// system's log.
    Usual,
    /// These were; `-` is standard input.
    Named(Vec<PathBuf>),
    /// The journal of systemd.
    Journal,
}

/// What a run prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Task {
    /// The report.
    Report,
    /// The inputs it would be made of.
    ListInputs,
}

impl Plan {
    /// Makes a plan of settled options.
    pub(crate) fn new(args: &Args) -> Result<Self> {
        let inputs = match (args.input.journal, args.input.logs.as_slice()) {
            (true, _) => Inputs::Journal,
            (false, []) => Inputs::Usual,
            (false, logs) => Inputs::Named(logs.to_vec()),
        };
        if args.showing.hides() && args.input.unprocd_file.is_some() {
            bail!("--unprocd-file writes lines as they are, which --anonymize is against");
        }
        let reading = reading(args)?;
        let same_logs = same::logs(args, reading.period);
        let mail = Mail::of(&args.mailing, args.output.output.as_deref())?;
        let same_mail = same::mail(&args.asking);
        let mut reporting = Reporting { same_logs, same_mail, ..reporting(args) };
        if mail.is_some() {
            if !matches!(args.output.format, Format::Text | Format::Html) {
                bail!("--mail-to sends text and HTML, and no other --format");
            }
            reporting.format = config::Format::Text;
        }
        Ok(Self {
            config: Config { reading, counting: counting(args), reporting },
            inputs,
            output: args.output.output.clone(),
            mail,
            showing: args.showing.clone(),
            only_if_attention: args.mailing.only_if_attention,
            alerts: alert::read(&args.watching.alert, args.report.classic)?,
            task: if args.input.list_inputs { Task::ListInputs } else { Task::Report },
        })
    }
}

fn reading(args: &Args) -> Result<Reading> {
    for (option, names) in
        [("--host", &args.selection.host), ("--instance", &args.selection.instance)]
    {
        if names.iter().any(String::is_empty) {
            bail!("{option} \"\": that names none");
        }
    }
    let now = args.selection.now.unwrap_or_else(clock::now);
    let week_start = if args.selection.dow0mon { Weekday::Mon } else { Weekday::Sun };
    let period = match &args.selection.date_range {
        Some(text) => dates::parse(text, now, week_start)?,
        None => Period::ALWAYS,
    };
    Ok(Reading {
        year: args.input.year,
        host: args.selection.host.clone(),
        instance: args.selection.instance.clone(),
        // pflogsumm takes an empty name and 0 for no name.
        syslog_name: args.input.syslog_name.clone().filter(|name| !name.is_empty() && name != "0"),
        threads: args.input.threads.map_or_else(as_many_as_help, usize::from),
        rotated: !args.input.no_rotated,
        period,
        unprocessed: args.input.unprocd_file.clone(),
        now: now.and_utc().timestamp(),
        zone: clock::local_zone(),
    })
}

fn as_many_as_help() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZeroUsize::get)
}

fn counting(args: &Args) -> Counting {
    let Args { counting, report, .. } = args;
    Counting {
        fold: !counting.no_fold,
        ignore_case: counting.ignore_case,
        use_orig_to: counting.use_orig_to,
        discard_delivers: counting.discard_delivers,
        uucp: counting.uucp_mung,
        verp: counting.verp_mung.map_or(0, |level| level.0),
        srs: counting.srs_mung,
        reject_from: counting.rej_add_from,
        reject_to: counting.rej_add_to,
        verbose: counting.verbose_msg_detail,
        suppress_rdns: args.suppresses("rdns-warnings"),
        messages: report.extended_detail || args.shows("messages"),
        kept: Counting::default().kept,
    }
}

fn reporting(args: &Args) -> Reporting {
    let Args { report, output, .. } = args;
    Reporting {
        classic: report.classic,
        format: output.format.into(),
        section: output.section.map(|section| section.0.to_owned()),
        quiet: output.quiet,
        problems_first: report.problems_first,
        iso_dates: output.iso_date_time,
        zero_fill: report.zero_fill,
        smtpd_stats: report.smtpd_stats,
        pscrn_stats: report.pscrn_stats,
        ssl_tls_stats: report.ssl_tls_stats,
        detail: detail(args),
        colwidth: output.colwidth.0,
        no_size: !report.no_no_msg_size,
        suppress: config::Suppress {
            host_domain: args.suppresses("host/domain"),
            per_hour: args.suppresses("per-hour"),
            size_detail: args.suppresses("size-detail"),
        },
        whole_domains: args.counting.whole_domains,
        mailq: report.mailq || args.shows("mailq"),
        dow0mon: args.selection.dow0mon,
        same_logs: String::new(),
        same_mail: Vec::new(),
    }
}

fn detail(args: &Args) -> Detail {
    let report = &args.report;
    let limit = |count: Option<Count>| count.map_or(Limit::Usual, |count| count.0);
    Detail {
        bounce: limit(report.bounce_detail),
        deferral: limit(report.deferral_detail),
        expired: limit(report.expired_detail),
        pscrn: limit(report.pscrn_detail),
        reject: limit(report.reject_detail),
        warning: limit(report.warning_detail),
        host: limit(report.host_cnt),
        user: limit(report.user_cnt),
    }
}

impl Args {
    /// Whether a section is asked for that is not there by itself.
    fn shows(&self, name: &str) -> bool {
        self.output.section.is_some_and(|section| section.0 == name)
    }

    fn suppresses(&self, name: &str) -> bool {
        self.report.suppress.as_ref().is_some_and(|list| list.has(name))
    }
}
