//! What the program means to do: plain choices, each stage given only its part.

use std::path::PathBuf;

use crate::{Period, Zone};

/// Every choice that shapes a report, apart from where its lines come from and
/// where it goes.
///
/// The defaults are those of a run without options.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Config {
    /// How lines are found and understood.
    pub reading: Reading,
    /// What is counted, and under which name.
    pub counting: Counting,
    /// What is shown.
    pub reporting: Reporting,
}

/// Chooses which lines are read and how their stamps are understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The year of the first stamp that has none; `None` finds it.
    pub year: Option<i32>,
    /// Only lines of these hosts; empty is all.
    pub host: Vec<String>,
    /// Only lines of these Postfix instances (`postfix`, `postfix-out`); empty
    /// is all.
    pub instance: Vec<String>,
    /// pflogsumm's option for the syslog name; Postfix is known by its daemons, so it has no effect.
    pub syslog_name: Option<String>,
    /// How many threads may work.
    pub threads: usize,
    /// Whether rotated siblings of a named log are read when the period needs
    /// them.
    pub rotated: bool,
    /// What the report is about, in wall-clock time.
    pub period: Period,
    /// Where lines go that were not understood.
    pub unprocessed: Option<PathBuf>,
    /// The present, in wall-clock seconds since 1970, for stamps without a year
    /// on standard input: the library never asks a clock.
    pub now: i64,
    /// The zone of the reader, for stamps that bear an offset.
    pub zone: Zone,
}

impl Default for Reading {
    fn default() -> Self {
        Self {
            year: None,
            host: Vec::new(),
            instance: Vec::new(),
            syslog_name: None,
            threads: 1,
            rotated: true,
            period: Period::ALWAYS,
            unprocessed: None,
            now: 0,
            zone: Zone::Utc,
        }
    }
}

/// Chooses what is one message, what is one address, and what is kept of them.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "independent switches of the command line")]
pub struct Counting {
    /// Whether the passages of one message through a content filter are one
    /// message.
    pub fold: bool,
    /// Whether the local part of addresses is lower-cased, too.
    pub ignore_case: bool,
    /// Whether a recipient is counted under `orig_to=` where there is one.
    pub use_orig_to: bool,
    /// Whether what the discard transport throws away counts as delivered.
    pub discard_delivers: bool,
    /// Whether bang paths become addresses.
    pub uucp: bool,
    /// How far VERP senders are made one: 0 not, 1 by the numbers they bear, 2
    /// by the recipient they name as well.
    pub verp: u8,
    /// Whether senders rewritten by SRS are counted under their own address.
    pub srs: bool,
    /// Whether the reasons of rejects show the sender.
    pub reject_from: bool,
    /// Whether the reasons of rejects show the recipient.
    pub reject_to: bool,
    /// Whether reasons stay whole instead of being condensed.
    pub verbose: bool,
    /// Whether warnings about names that do not resolve to their address are
    /// left out.
    pub suppress_rdns: bool,
    /// Whether each message is kept for *Message detail*.
    pub messages: bool,
    /// How many different clients are kept, and how many different reasons and other texts
    /// that strangers can choose; further ones are counted together.
    pub kept: usize,
}

impl Default for Counting {
    fn default() -> Self {
        Self {
            fold: true,
            ignore_case: false,
            use_orig_to: false,
            discard_delivers: false,
            uucp: false,
            verp: 0,
            srs: false,
            reject_from: false,
            reject_to: false,
            verbose: false,
            suppress_rdns: false,
            messages: false,
            kept: 1_000_000,
        }
    }
}

/// Chooses what the report shows, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "independent switches of the command line")]
pub struct Reporting {
    /// Whether only pflogsumm's sections are shown.
    pub classic: bool,
    /// In which form.
    pub format: Format,
    /// Which table is written as CSV.
    pub section: Option<String>,
    /// Whether headings of empty sections are left out.
    pub quiet: bool,
    /// Whether the problem sections come before the traffic sections.
    pub problems_first: bool,
    /// Whether tables write dates and hours as ISO 8601 does.
    pub iso_dates: bool,
    /// Whether each day in range has a row with five columns.
    pub zero_fill: bool,
    /// Whether connections to smtpd(8) are shown.
    pub smtpd_stats: bool,
    /// Whether the totals show what postscreen(8) did.
    pub pscrn_stats: bool,
    /// Whether TLS levels and SSL errors are shown.
    pub ssl_tls_stats: bool,
    /// How many rows the lists have.
    pub detail: Detail,
    /// How many columns warnings may take; `None` is as many as they need.
    pub colwidth: Option<usize>,
    /// Whether messages without a size are listed; `--no-no-msg-size` turns it
    /// off.
    pub no_size: bool,
    /// Sections that are left out by name.
    pub suppress: Suppress,
    /// Whether domains stay whole instead of being cut to the registrable one.
    pub whole_domains: bool,
    /// Whether the output of mailq(1) is appended; whoever prints the report
    /// runs it.
    pub mailq: bool,
    /// Whether weeks begin on Monday instead of Sunday.
    pub dow0mon: bool,
    /// The words by which a command line names the same logs and the same period, and counts
    /// likewise, fit for a shell: findings end in a command that asks more about them.
    pub same_logs: String,
    /// The options by which it names the same mail, each with its word: the filters.
    pub same_mail: Vec<(String, String)>,
}

impl Default for Reporting {
    fn default() -> Self {
        Self {
            classic: false,
            format: Format::Text,
            section: None,
            quiet: false,
            problems_first: false,
            iso_dates: false,
            zero_fill: false,
            smtpd_stats: false,
            pscrn_stats: false,
            ssl_tls_stats: false,
            detail: Detail::default(),
            colwidth: Some(80),
            no_size: true,
            suppress: Suppress::default(),
            whole_domains: false,
            mailq: false,
            dow0mon: false,
            same_logs: String::new(),
            same_mail: Vec::new(),
        }
    }
}

/// A form in which the report can be written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Format {
    /// Plain text for a terminal or a mail.
    #[default]
    Text,
    /// One self-contained page.
    Html,
    /// The report itself, for programs.
    Json,
    /// One table of it, for spreadsheets.
    Csv,
    /// Its sums, for a monitoring system.
    Prometheus,
}

/// How many rows each kind of list shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Detail {
    /// Reasons of bounces, per group.
    pub bounce: Limit,
    /// Reasons of deferrals, per group.
    pub deferral: Limit,
    /// Expired messages.
    pub expired: Limit,
    /// What postscreen(8) did, per action.
    pub pscrn: Limit,
    /// Reasons of rejects, reject warnings, holds and discards, per group.
    pub reject: Limit,
    /// Warnings, per service.
    pub warning: Limit,
    /// Rows of the tables of hosts and domains.
    pub host: Limit,
    /// Rows of the lists of senders and recipients.
    pub user: Limit,
}

/// How much of a list is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Limit {
    /// As much as is usual: all of a list that pflogsumm has, and in text a page of any other.
    #[default]
    Usual,
    /// All of it.
    All,
    /// This many rows, those with the greatest counts; never zero.
    Top(usize),
    /// Nothing, not even the heading.
    Off,
}

impl Limit {
    /// Gives how many of `available` rows are shown.
    #[must_use]
    pub fn of(self, available: usize) -> usize {
        match self {
            Self::Usual | Self::All => available,
            Self::Top(most) => available.min(most),
            Self::Off => 0,
        }
    }

    /// Tells whether the section is there at all.
    #[must_use]
    pub fn is_on(self) -> bool {
        self != Self::Off
    }
}

/// Sections left out by `--suppress`; `rdns-warnings` is a matter of
/// [`Counting`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Suppress {
    /// All tables of the *Host/Domain Summary*.
    pub host_domain: bool,
    /// The tables of traffic per day and per hour, those of smtpd(8) as well.
    pub per_hour: bool,
    /// Senders and recipients by message size.
    pub size_detail: bool,
}
