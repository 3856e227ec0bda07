//! The options that ask: of which messages, by what, and how much of the answer.

use serde::Serialize;

use super::value::Count;

/// Of which messages, and what beside the report.
#[derive(Clone, Debug, Default, PartialEq, Serialize, clap::Args)]
#[command(next_help_heading = "Filters (each may be repeated)")]
#[serde(rename_all = "kebab-case")]
pub(crate) struct Asking {
    /// Only mail from this sender: an address, @example.org, @*.example.org, or <>
    #[arg(long, value_name = "ADDRESS")]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) from: Vec<String>,

    /// Only mail to this recipient, likewise
    #[arg(long, value_name = "ADDRESS")]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) to: Vec<String>,

    /// Only what this client brought: a name, *.example.org, an address or a network
    #[arg(long, value_name = "HOST")]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) client: Vec<String>,

    /// Only what was, or was to be, given to this host, likewise
    #[arg(long, value_name = "HOST")]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) relay: Vec<String>,

    /// Only what this user sent, by its `sasl_username`
    #[arg(long, value_name = "NAME")]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) user: Vec<String>,

    /// Only mail that this service handled: smtpd, submission/smtpd, relay
    #[arg(long, value_name = "NAME")]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) service: Vec<String>,

    /// Only the message of this queue ID
    #[arg(long, value_name = "ID")]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) queue_id: Vec<String>,

    /// Only the message of this message-id
    #[arg(long, value_name = "ID")]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) message_id: Vec<String>,

    /// Only recipients that were sent, forwarded, deferred, bounced, expired, rejected, held
    /// or discarded
    #[arg(long, value_name = "STATUS", value_delimiter = ',')]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) status: Vec<String>,

    /// Only failures of this root cause, as JSON names it: greylisted, mailbox-full, tls
    #[arg(long, value_name = "CAUSE", value_delimiter = ',')]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) cause: Vec<String>,

    /// Only failures whose reason this regular expression matches
    #[arg(long, value_name = "REGEX")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<String>,

    /// Break the numbers down by one KEY, or two
    #[arg(
        long,
        value_name = "KEY",
        value_delimiter = ',',
        help_heading = "Questions",
        hide = true
    )]
    #[serde(skip)]
    pub(crate) by: Vec<String>,

    /// Rows to show
    #[arg(long, value_name = "N", help_heading = "Questions", hide = true)]
    #[serde(skip)]
    pub(crate) top: Option<Count>,

    /// How many messages to tell, the newest
    #[arg(long, value_name = "N", help_heading = "Questions", hide = true)]
    #[serde(skip)]
    pub(crate) limit: Option<Count>,

    /// End with status 1 if nothing is found
    #[arg(long, help_heading = "Questions", hide = true)]
    #[serde(skip)]
    pub(crate) require_match: bool,
}
