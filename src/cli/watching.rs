//! The options that tell, beside the report: when to raise an alarm.

use serde::Serialize;

/// What is watched.
#[derive(Clone, Debug, Default, PartialEq, Serialize, clap::Args)]
#[command(next_help_heading = "Alerts")]
#[serde(rename_all = "kebab-case")]
pub(crate) struct Watching {
    /// Say it, and end with status 3, if this holds of the report: 'deferrals>100',
    /// 'bytes-received>=2GB', 'queue-age>4h', finding:backscatter; may be repeated
    #[arg(long, value_name = "CONDITION")]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) alert: Vec<String>,
}
