//! The report: everything that is said, as plain values, before anything is laid out.

use std::collections::BTreeMap;

use serde::Serialize;

use super::missed::Missed;
use super::table::{Outline, Table};

/// What a log says of a period; JSON is this, and a template sees the same. Its longest lists
/// stay where they were counted, with the summary.
#[derive(Debug, Default, Serialize)]
pub struct Report<'n> {
    /// Version of this structure: it grows when a key changes its meaning or goes.
    pub schema: u32,
    /// Who made it.
    pub generator: Generator,
    /// The first line of the text.
    pub title: String,
    /// The one sentence that a reader in a hurry reads.
    pub verdict: String,
    /// What it is about.
    pub period: Span,
    /// The hosts that wrote the log, in order of appearance.
    pub hosts: Vec<String>,
    /// The sums.
    pub totals: Totals,
    /// Sums by hour of the day, all days together.
    pub hours: Vec<Hour>,
    /// Sums by calendar day, for days with at least one line of Postfix.
    pub days: Vec<Day>,
    /// Connections to smtpd(8).
    pub smtpd: Connections,
    /// Connections to postscreen(8).
    pub postscreen: Connections,
    /// What was read, and how well it was understood.
    pub reading: Reading,
    /// The two sides of the books.
    pub books: Books,
    /// What needs attention.
    pub findings: Vec<Finding>,
    /// Messages in the queue when the log, or the period, ends, the oldest first. A form that shows
    /// only some of them has no more than [`PAGE`](super::PAGE).
    pub queue: Vec<Queued>,
    /// How many there are.
    #[serde(skip)]
    pub queued: usize,
    /// Tables and lists, in the order of the text.
    pub sections: Vec<Section<'n>>,
    /// Whether the hops of a message are one message in it.
    #[serde(skip)]
    pub folds: bool,
    /// How it is to look; no part of what is said.
    #[serde(skip)]
    pub layout: Layout,
}

/// The program that made a report.
#[derive(Debug, Default, Serialize)]
pub struct Generator {
    /// Its name.
    pub name: &'static str,
    /// Its version.
    pub version: &'static str,
}

/// The time a report is about.
#[derive(Debug, Default, Serialize)]
pub struct Span {
    /// First day with a line of Postfix, else the first day asked for; ISO 8601.
    pub from: Option<String>,
    /// Last day, likewise.
    pub to: Option<String>,
    /// Calendar days with at least one line of Postfix; averages divide by it.
    pub days: u64,
}

/// The sums of the period. `docs/numbers.md` says what each counts and what it does not.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
#[allow(missing_docs)] // the names are the contract; their meanings stand in docs/numbers.md
pub struct Totals {
    pub received: u64,
    pub delivered: u64,
    pub forwarded: u64,
    pub deferred: u64,
    pub deferrals: u64,
    pub bounced: u64,
    pub expired: u64,
    pub canceled: u64,
    pub rejected: u64,
    pub rejected_temporary: u64,
    pub rejected_permanent: u64,
    pub reject_warnings: u64,
    pub held: u64,
    pub discarded: u64,
    pub discarded_by_transport: u64,
    pub swallowed_by_filter: u64,
    pub handed_on: u64,
    pub generated: u64,
    pub probes: u64,
    pub bytes_received: u64,
    pub bytes_delivered: u64,
    pub senders: u64,
    pub sending_domains: u64,
    pub recipients: u64,
    pub recipient_domains: u64,
    pub hops_folded: u64,
    pub still_queued: u64,
}

impl Totals {
    /// Whether no message, delivery or refusal was seen.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
}

/// Traffic of an hour of the day.
#[derive(Debug, Serialize)]
pub struct Hour {
    /// 0 to 23, on the wall clock.
    pub hour: u8,
    /// What happened.
    #[serde(flatten)]
    pub traffic: Traffic,
}

/// Traffic of a calendar day.
#[derive(Debug, Serialize)]
pub struct Day {
    /// ISO 8601.
    pub date: String,
    /// What happened.
    #[serde(flatten)]
    pub traffic: Traffic,
}

/// Traffic of a stretch of time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Traffic {
    /// Messages.
    pub received: u64,
    /// Recipients.
    pub delivered: u64,
    /// Deferrals: attempts, not messages.
    pub deferred: u64,
    /// Recipients.
    pub bounced: u64,
    /// Refusals.
    pub rejected: u64,
}

/// Connections to a daemon.
#[derive(Debug, Default, Serialize)]
pub struct Connections {
    /// How many ended.
    pub connections: u64,
    /// Of how many clients: folded hosts for smtpd(8), addresses for postscreen(8).
    pub clients: u64,
    /// How long they lasted together.
    pub seconds: u64,
}

/// What was read, and how well it was understood.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Reading {
    /// Sources that were read.
    pub files: u64,
    /// Lines, of any program.
    pub lines: u64,
    /// Lines of Postfix.
    pub postfix_lines: u64,
    /// Lines of Postfix that this version does not know.
    pub not_understood: u64,
    /// Lines that do not begin like a syslog line.
    pub unreadable: u64,
    /// Lines that syslog left out because they were equal to one before.
    pub repeated: u64,
    /// Lines that a logger says it dropped: if there are any, the totals are lower bounds.
    pub lost: u64,
    /// How often a client, reason or other text was counted as `(others)`, because more
    /// different ones were named than are kept.
    pub others: u64,
    /// A few lines of each kind that was not understood, by service.
    pub samples: BTreeMap<String, Vec<String>>,
    /// Services by host and instance, in order of appearance.
    pub services: Vec<Instance>,
}

impl Reading {
    /// What is missing, if it is so much that the totals cannot be relied on.
    #[must_use]
    pub fn missed(&self) -> Option<Missed> {
        Missed::of([self.unreadable, self.lines], [self.not_understood, self.postfix_lines])
    }
}

/// An instance of Postfix that wrote into the log.
#[derive(Clone, Debug, Serialize)]
pub struct Instance {
    /// The host, as syslog names it.
    pub host: String,
    /// The syslog name.
    pub instance: String,
    /// The services that wrote, without instance.
    pub services: Vec<String>,
}

/// Messages that began, and what became of them: both sides must be equal.
#[derive(Debug, Default, Serialize)]
#[allow(missing_docs)] // the names are those of the reconciliation in docs/numbers.md
pub struct Books {
    pub begun_before: u64,
    pub received: u64,
    pub generated: u64,
    pub delivered: u64,
    pub bounced: u64,
    pub expired: u64,
    pub discarded: u64,
    pub deleted: u64,
    pub still_queued: u64,
    pub unfinished: u64,
    pub end_not_in_log: u64,
    /// All that began.
    pub began: u64,
    /// All that ended, or are still here.
    pub ended: u64,
    /// Whether these two are equal.
    pub closes: bool,
}

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Mail is lost or late because of it, or somebody else sends as one of us.
    Harm,
    /// It may be as it should be.
    Look,
}

impl Severity {
    /// Its name in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Severity::Harm => "harm",
            Severity::Look => "look",
        }
    }
}

/// Something an administrator should look at.
#[derive(Debug, Serialize)]
pub struct Finding {
    /// Stable name.
    pub id: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong and how much of it, in one line.
    pub title: String,
    /// The cause: what was said, where, since when.
    pub detail: String,
    /// What can be done.
    pub advice: String,
    /// How many: `docs/findings.md` says of what.
    pub count: u64,
    /// Some of the messages concerned.
    pub queue_ids: Vec<String>,
    /// A command that shows more.
    pub command: String,
}

/// A message that is still in the queue.
#[derive(Debug, Serialize)]
pub struct Queued {
    /// Its queue ID.
    pub queue_id: String,
    /// The queue it lies in, as far as it is known: `deferred`, `hold`, `active`.
    pub queue: Option<String>,
    /// The host it is queued on, as syslog names it.
    pub host: String,
    /// When it arrived, ISO 8601 with the offset from UTC.
    pub arrival: String,
    /// From then to the last line of the log, or to the listing of the queue.
    pub age_seconds: i64,
    /// Bytes of content.
    pub size: Option<u64>,
    /// Attempts that were put off, all recipients together.
    pub attempts: u64,
    /// Envelope sender; empty for notices, null where the log does not say.
    pub sender: Option<String>,
    /// Recipients that are left, as far as the log, or the listing, names them.
    pub recipients: Vec<String>,
    /// Why the first attempt was put off.
    pub first_reason: Option<String>,
    /// Why the last attempt was put off.
    pub last_reason: Option<String>,
    /// The class of that reason.
    pub cause: Option<String>,
    /// What is known of each recipient that is left.
    pub waiting: Vec<Waiting>,
    /// The earliest time of the next attempt, ISO 8601; told by `pfsum queue`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_try: Option<String>,
    /// When it will be given up, ISO 8601; told by `pfsum queue`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires: Option<String>,
}

/// A recipient that a queued message is left for.
#[derive(Debug, Serialize)]
pub struct Waiting {
    /// Who.
    pub recipient: String,
    /// Attempts that were put off.
    pub attempts: u64,
    /// Why the first one was.
    pub first_reason: Option<String>,
    /// Why the last one was.
    pub last_reason: Option<String>,
    /// The class of that reason.
    pub cause: Option<String>,
}

/// A table or list of the report.
#[derive(Debug, Serialize)]
pub struct Section<'n> {
    /// Stable name.
    pub id: &'static str,
    /// Heading.
    pub title: &'static str,
    /// Rows that are shown; of an outline, its innermost ones.
    pub shown: usize,
    /// Rows there are.
    pub total: usize,
    /// The rows.
    #[serde(flatten)]
    pub body: Body<'n>,
}

impl<'n> Section<'n> {
    /// A table of `total` rows, of which those in it are shown.
    pub(super) fn of(
        id: &'static str,
        title: &'static str,
        total: usize,
        table: Table<'n>,
    ) -> Section<'n> {
        Section { id, title, shown: table.len(), total, body: Body::Table(table) }
    }
}

/// What stands under a heading.
#[derive(Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Body<'n> {
    /// Rows of equal columns.
    Table(Table<'n>),
    /// Counts under headings.
    Outline(Outline<'n>),
    /// Text that is shown as it is.
    Lines(Vec<String>),
}

/// How a report is to look.
#[derive(Clone, Debug, Default, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "independent switches of the command line")]
pub struct Layout {
    /// Only pflogsumm's sections.
    pub classic: bool,
    /// No headings of empty sections.
    pub quiet: bool,
    /// Dates and hours as ISO 8601 writes them.
    pub iso: bool,
    /// A row for each day of the log, five columns in each.
    pub zero_fill: bool,
    /// The totals of smtpd(8).
    pub smtpd: bool,
    /// The totals of postscreen(8).
    pub postscreen: bool,
    /// The table that is wanted, where it is one.
    pub section: Option<String>,
}
