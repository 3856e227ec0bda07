//! The options that change how the report looks to others: own templates, and privacy.

use std::path::PathBuf;

use serde::Serialize;

/// Own look, and what others may see.
#[derive(Clone, Debug, Default, PartialEq, Serialize, clap::Args)]
#[command(next_help_heading = "Own look, and privacy")]
#[serde(rename_all = "kebab-case")]
pub(crate) struct Showing {
    /// Write the report by this template: a page if its name ends with .html, else text
    #[arg(long, value_name = "FILE")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) template: Option<PathBuf>,

    /// Write the built-in templates to DIR, to begin with
    #[arg(long, value_name = "DIR")]
    #[serde(skip)]
    pub(crate) write_templates: Option<PathBuf>,

    /// Put pseudonyms in place of users, hosts and addresses; others at each run
    #[arg(long)]
    pub(crate) anonymize: bool,

    /// The same, with the same pseudonyms each time: made from what FILE holds
    #[arg(long, value_name = "FILE")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) anonymize_key: Option<PathBuf>,
}

impl Showing {
    /// Whether names are to be replaced.
    pub(crate) fn hides(&self) -> bool {
        self.anonymize || self.anonymize_key.is_some()
    }
}
