//! The options: one field each, its comment is its help.

use std::path::PathBuf;

use chrono::NaiveDateTime;
use serde::Serialize;

use super::asking::Asking;
use super::mail::options::Mailing;
use super::showing::Showing;
use super::value::{Count, Format, Section, Suppress, Verp, Width, instant, threads, year};
use super::watching::Watching;

/// How it is started.
const USAGE: &str = "\
pfsum [OPTIONS] [LOG]...                the report
       pfsum count WHAT... [OPTIONS] [LOG]...  numbers, or a table with --by
       pfsum trace KEY [OPTIONS] [LOG]...      what became of a message, or of all that match
       pfsum queue [OPTIONS] [LOG]...          what is queued, since when, and why
       pfsum COMMAND --help                    what the command takes";

/// What `--help` ends with.
const MANNERS: &str = "\
N is a number, `all`, or 0 or `none` for nothing; without it, text has all of a list that
pflogsumm has and a page of any other. Options may be abbreviated.
Each long option may stand in a config file: date-range = \"yesterday\"

Exit status: 0 done; 1 done, but some input could not be read or understood;
2 wrong usage or no way to write; 3 an alert's condition held";

/// Summarizes Postfix logs: what came in, what went out, what is stuck and why.
#[derive(Clone, Debug, PartialEq, Serialize, clap::Parser)]
#[command(
    name = "pfsum",
    version,
    disable_help_flag = true,
    disable_version_flag = true,
    args_override_self = true,
    after_help = MANNERS,
    override_usage = USAGE
)]
pub(crate) struct Args {
    #[command(flatten)]
    #[serde(flatten)]
    pub(crate) input: Input,
    #[command(flatten)]
    #[serde(flatten)]
    pub(crate) selection: Selection,
    #[command(flatten)]
    #[serde(flatten)]
    pub(crate) asking: Asking,
    #[command(flatten)]
    #[serde(flatten)]
    pub(crate) counting: Counting,
    #[command(flatten)]
    #[serde(flatten)]
    pub(crate) report: Report,
    #[command(flatten)]
    #[serde(flatten)]
    pub(crate) watching: Watching,
    #[command(flatten)]
    #[serde(flatten)]
    pub(crate) mailing: Mailing,
    #[command(flatten)]
    #[serde(flatten)]
    pub(crate) showing: Showing,
    #[command(flatten)]
    #[serde(flatten)]
    pub(crate) output: Output,
}

/// What is read.
#[derive(Clone, Debug, PartialEq, Serialize, clap::Args)]
#[command(next_help_heading = "Input")]
#[serde(rename_all = "kebab-case")]
pub(crate) struct Input {
    /// Logs to read, compressed or not, in any order; `-` is standard input
    #[arg(value_name = "LOG", help_heading = "Arguments")]
    #[serde(skip)]
    pub(crate) logs: Vec<PathBuf>,

    /// Read the journal of systemd
    #[arg(long, conflicts_with = "logs")]
    pub(crate) journal: bool,

    /// Do not look for rotated siblings (mail.log.1, mail.log.2.gz) of a LOG
    #[arg(long)]
    pub(crate) no_rotated: bool,

    /// Say what would be read, and why
    #[arg(long)]
    #[serde(skip)]
    pub(crate) list_inputs: bool,

    /// The queue as `postqueue -j` or `mailq` printed it; `-` is standard input
    #[arg(long, value_name = "FILE", help_heading = "Questions", hide = true)]
    #[serde(skip)]
    pub(crate) queue: Option<PathBuf>,

    /// Year of the first stamp that bears none
    #[arg(long, value_name = "YEAR", value_parser = year)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) year: Option<i32>,

    /// Without effect: Postfix is known by its daemons, whatever its syslog name
    #[arg(long, value_name = "NAME")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) syslog_name: Option<String>,

    /// Write the lines that were not understood to FILE
    #[arg(long, value_name = "FILE")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) unprocd_file: Option<PathBuf>,

    /// Use this many threads [default: as many as help]
    #[arg(long, value_name = "COUNT", value_parser = threads)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) threads: Option<u16>,
}

/// What the report is about.
#[derive(Clone, Debug, PartialEq, Serialize, clap::Args)]
#[command(next_help_heading = "Selection")]
#[serde(rename_all = "kebab-case")]
pub(crate) struct Selection {
    /// today, yesterday, this or last week or month, a day (2026-11-22), a month
    /// (2026-11), or FROM..TO, also to the minute or second (2026-11-22T08:00);
    /// TO belongs to it: the hours from 8 to 12 end at T11:59
    #[arg(short = 'd', long, value_name = "WHEN")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) date_range: Option<String>,

    /// Let weeks begin on Monday
    #[arg(long)]
    pub(crate) dow0mon: bool,

    /// Only this host of the log; may be repeated
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) host: Vec<String>,

    /// Only this Postfix instance; may be repeated
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) instance: Vec<String>,

    /// The local time to take for the present
    #[arg(long, hide = true, env = "PFSUM_NOW", hide_env = true, value_parser = instant)]
    #[serde(skip)]
    pub(crate) now: Option<NaiveDateTime>,
}

/// What is one message, one address, one reason.
#[derive(Clone, Debug, PartialEq, Serialize, clap::Args)]
#[command(next_help_heading = "Counting")]
#[serde(rename_all = "kebab-case")]
#[expect(clippy::struct_excessive_bools, reason = "one field a flag")]
pub(crate) struct Counting {
    /// Count each passage through a content filter as a message of its own
    #[arg(long)]
    pub(crate) no_fold: bool,

    /// Keep what stands before the registrable domain (mail.example.com)
    #[arg(long)]
    pub(crate) whole_domains: bool,

    /// Lower-case whole addresses, not only their domains
    #[arg(short = 'i', long)]
    pub(crate) ignore_case: bool,

    /// Count recipients as they were before aliases (`orig_to`)
    #[arg(long)]
    pub(crate) use_orig_to: bool,

    /// Count what the discard transport throws away as delivered, as pflogsumm does
    #[arg(long)]
    pub(crate) discard_delivers: bool,

    /// Make bang paths one way from left to right: host!user@hop is hop!user@host
    #[arg(short = 'm', long)]
    pub(crate) uucp_mung: bool,

    /// Make VERP senders one: 1 by their numbers, 2 by their recipient, too
    #[arg(
        long,
        value_name = "1|2",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "1"
    )]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) verp_mung: Option<Verp>,

    /// Undo SRS in senders
    #[arg(long)]
    pub(crate) srs_mung: bool,

    /// Show the sender in the reasons of rejects
    #[arg(long)]
    pub(crate) rej_add_from: bool,

    /// Show the recipient in the reasons of rejects
    #[arg(long)]
    pub(crate) rej_add_to: bool,

    /// Show reasons in full
    #[arg(long)]
    pub(crate) verbose_msg_detail: bool,
}

/// Which sections there are, and how long.
#[derive(Clone, Debug, PartialEq, Serialize, clap::Args)]
#[command(next_help_heading = "Report")]
#[serde(rename_all = "kebab-case")]
#[expect(clippy::struct_excessive_bools, reason = "one field a flag")]
pub(crate) struct Report {
    /// Show only the sections of pflogsumm
    #[arg(long)]
    pub(crate) classic: bool,

    /// Show each message
    #[arg(short = 'e', long)]
    pub(crate) extended_detail: bool,

    /// Show connections to smtpd
    #[arg(long)]
    pub(crate) smtpd_stats: bool,

    /// Show what postscreen did among the totals
    #[arg(long)]
    pub(crate) pscrn_stats: bool,

    /// Show TLS levels and SSL errors
    #[arg(long)]
    pub(crate) ssl_tls_stats: bool,

    /// Show the mail queue as it is now (runs mailq)
    #[arg(long)]
    pub(crate) mailq: bool,

    /// Show the problems before the traffic
    #[arg(long)]
    pub(crate) problems_first: bool,

    /// Give each day a row, and each row five columns
    #[arg(long)]
    pub(crate) zero_fill: bool,

    /// Do not list messages without a size
    #[arg(long)]
    pub(crate) no_no_msg_size: bool,

    /// Leave out sections, by name; `help` lists the names
    #[arg(long, value_name = "LIST")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) suppress: Option<Suppress>,

    /// Rows of each list below that has no number of its own
    #[arg(long, value_name = "N")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) detail: Option<Count>,

    /// Rows of the tables of hosts and domains (-h alone shows this help)
    #[arg(short = 'h', long, value_name = "N")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) host_cnt: Option<Count>,

    /// Rows of the lists of senders and recipients
    #[arg(short = 'u', long, value_name = "N")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) user_cnt: Option<Count>,

    /// Reasons of deferrals, per relay
    #[arg(long, value_name = "N")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) deferral_detail: Option<Count>,

    /// Reasons of bounces, per relay
    #[arg(long, value_name = "N")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) bounce_detail: Option<Count>,

    /// Expired messages
    #[arg(long, value_name = "N")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) expired_detail: Option<Count>,

    /// Reasons of rejects, reject warnings, holds and discards
    #[arg(long, value_name = "N")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reject_detail: Option<Count>,

    /// Clients of postscreen, per action
    #[arg(long, value_name = "N")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) pscrn_detail: Option<Count>,

    /// Warnings, per service
    #[arg(long, alias = "smtpd-warning-detail", value_name = "N")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) warning_detail: Option<Count>,

    /// Accepted for the sake of old scripts
    #[arg(long, hide = true, value_name = "N")]
    #[serde(skip)]
    pub(crate) smtp_detail: Option<Count>,
}

/// Where the report goes, and how it looks.
#[derive(Clone, Debug, PartialEq, Serialize, clap::Args)]
#[command(next_help_heading = "Output")]
#[serde(rename_all = "kebab-case")]
#[expect(clippy::struct_field_names, reason = "one field a flag")]
pub(crate) struct Output {
    /// How the report is written
    #[arg(long, value_name = "FORM", value_enum, default_value_t)]
    pub(crate) format: Format,

    /// The table that CSV is written of: totals, hours, senders ... (a wrong name lists all)
    #[arg(long, value_name = "NAME")]
    #[serde(skip)]
    pub(crate) section: Option<Section>,

    /// Write to FILE instead of standard output
    #[arg(long, value_name = "FILE")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) output: Option<PathBuf>,

    /// Leave out headings of empty sections
    #[arg(short = 'q', long)]
    pub(crate) quiet: bool,

    /// Write dates and hours in tables as 2026-11-22 and 08:00-09:00
    #[arg(long)]
    pub(crate) iso_date_time: bool,

    /// Columns warnings may take; 0 or `none` is no limit
    #[arg(long, value_name = "N", default_value_t)]
    pub(crate) colwidth: Width,

    /// Read options from FILE, not from /etc/pfsum.toml and ~/.config/pfsum/config.toml
    #[arg(long, value_name = "FILE")]
    #[serde(skip)]
    pub(crate) config: Option<PathBuf>,

    /// Print the options in force as such a file
    #[arg(long)]
    #[serde(skip)]
    pub(crate) dump_config: bool,

    /// Accepted for the sake of old scripts
    #[arg(short = 'x', long, hide = true, value_name = "FILE")]
    #[serde(skip)]
    pub(crate) debug: Option<PathBuf>,

    /// Print this help
    #[arg(long, action = clap::ArgAction::HelpShort)]
    #[serde(skip)]
    help: Option<bool>,

    /// Print the version
    #[arg(long, action = clap::ArgAction::Version)]
    #[serde(skip)]
    version: Option<bool>,
}

impl Args {
    /// Gives every count that is still unset the value of `--detail`, and lets
    /// the options that follow from others follow: what is then in force.
    ///
    /// pflogsumm cannot tell a count that was set to `all` from one that was not
    /// set; here `all` holds against `--detail`.
    #[must_use]
    pub(crate) fn settle(mut self, as_pflogsumm: bool) -> Self {
        let report = &mut self.report;
        let rest = report.detail;
        for count in [
            &mut report.host_cnt,
            &mut report.user_cnt,
            &mut report.deferral_detail,
            &mut report.bounce_detail,
            &mut report.expired_detail,
            &mut report.reject_detail,
            &mut report.pscrn_detail,
            &mut report.warning_detail,
        ] {
            *count = count.or(rest);
        }
        report.classic |= as_pflogsumm;
        if self.counting.verbose_msg_detail {
            self.output.colwidth = Width(None);
        }
        self
    }
}
