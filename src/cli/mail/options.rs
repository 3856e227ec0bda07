//! The options that send the report by mail.

use std::path::PathBuf;

use serde::Serialize;

/// Whom the report is sent to, and how.
#[derive(Clone, Debug, Default, PartialEq, Serialize, clap::Args)]
#[command(next_help_heading = "Mail")]
#[serde(rename_all = "kebab-case")]
pub(crate) struct Mailing {
    /// Mail the report, as text and HTML; several are set apart by commas
    #[arg(long, value_name = "ADDRESS", value_delimiter = ',')]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) mail_to: Vec<String>,

    /// Who it comes from, also on the envelope; the first --mail-to if not given
    #[arg(long, value_name = "ADDRESS")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) mail_from: Option<String>,

    /// Its subject, where {host}, {date} and {verdict} are replaced
    #[arg(long, value_name = "TEXT")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) subject: Option<String>,

    /// Attach the whole page of --format html
    #[arg(long)]
    pub(crate) attach_html: bool,

    #[arg(
        long,
        value_name = "URL",
        help = "Send it to this server instead of by sendmail: smtp://HOST[:PORT], smtps://HOST, or \
            smtp+starttls://HOST"
    )]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) smtp: Option<String>,

    /// Sign in there with what FILE holds: user and password, a line each
    #[arg(long, value_name = "FILE")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) smtp_login: Option<PathBuf>,

    /// Write and send nothing on days when nothing needs attention
    #[arg(long)]
    pub(crate) only_if_attention: bool,

    /// Leave the mails that pfsum sent out of the report
    #[arg(long)]
    pub(crate) skip_own_mail: bool,
}
