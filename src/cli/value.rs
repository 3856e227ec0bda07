//! Values of options that are more than a word: counts, widths, names of
//! sections.

use std::fmt;
use std::str::FromStr;

use chrono::NaiveDateTime;
use pfsum::config::{self, Limit, Reporting};
use pfsum::render::csv;
use serde::{Serialize, Serializer};

use super::nearest::question;

/// Reads an integer as `Getopt::Long` does: a sign, digits, underscores among
/// them. What is too large becomes the largest.
pub(crate) fn integer(text: &str) -> Option<i64> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let fits = digits.starts_with(|first: char| first.is_ascii_digit())
        && digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'_');
    if !fits {
        return None;
    }
    let value = digits.replace('_', "").parse().unwrap_or(i64::MAX);
    Some(if text.starts_with('-') { -value } else { value })
}

/// A count that limits a list: a number, `all` or `none`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Count(pub(crate) Limit);

impl FromStr for Count {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let limit = match text.to_ascii_lowercase().as_str() {
            "all" => Limit::All,
            "none" => Limit::Off,
            text => match integer(text).ok_or(COUNT)? {
                0 => Limit::Off,
                negative if negative < 0 => Limit::All,
                most => Limit::Top(usize::try_from(most).unwrap_or(usize::MAX)),
            },
        };
        Ok(Self(limit))
    }
}

const COUNT: &str = "accepted are a number, 0 or `none` for nothing, and `all`";

impl Serialize for Count {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Limit::Usual | Limit::All => to.serialize_str("all"),
            Limit::Off => to.serialize_str("none"),
            Limit::Top(most) => to.serialize_i64(i64::try_from(most).unwrap_or(i64::MAX)),
        }
    }
}

/// A width in columns; `none` or 0 is as wide as need be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Width(pub(crate) Option<usize>);

impl Default for Width {
    fn default() -> Self {
        Self(Reporting::default().colwidth)
    }
}

impl FromStr for Width {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.parse::<Count>() {
            Ok(Count(Limit::Top(columns))) => Ok(Self(Some(columns))),
            Ok(_) => Ok(Self(None)),
            Err(_) => Err("accepted are a number of columns, and 0 or `none` for no limit".into()),
        }
    }
}

impl fmt::Display for Width {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(columns) => columns.fmt(f),
            None => f.write_str("none"),
        }
    }
}

impl Serialize for Width {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Some(columns) => to.serialize_u64(columns.try_into().unwrap_or(u64::MAX)),
            None => to.serialize_str("none"),
        }
    }
}

/// A level of `--verp-mung`: 1, or 2 for anything above it.
///
/// pflogsumm takes the option alone, and with any number up to 1, as level 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Verp(pub(crate) u8);

impl FromStr for Verp {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let level = integer(text).ok_or("accepted are 1, 2, or no value at all, which is 1")?;
        Ok(Self(if level > 1 { 2 } else { 1 }))
    }
}

/// The form of the report, as `--format` names it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Format {
    #[default]
    Text,
    Html,
    Json,
    Csv,
    Prometheus,
}

impl From<Format> for config::Format {
    fn from(format: Format) -> Self {
        match format {
            Format::Text => Self::Text,
            Format::Html => Self::Html,
            Format::Json => Self::Json,
            Format::Csv => Self::Csv,
            Format::Prometheus => Self::Prometheus,
        }
    }
}

/// A table of the report, as `--section` names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Section(pub(crate) &'static str);

impl FromStr for Section {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let typed = text.to_ascii_lowercase().replace('-', "_");
        csv::named(text).map(Self).ok_or_else(|| {
            let question = question(&typed, csv::names(), "");
            let names: Vec<&str> = csv::names().collect();
            format!("no such table{question} (accepted are {})", names.join(", "))
        })
    }
}

/// What `--suppress` can leave out.
pub(crate) const SUPPRESSIBLE: [&str; 4] =
    ["host/domain", "per-hour", "rdns-warnings", "size-detail"];

/// The sections `--suppress` names, apart by blanks or commas.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Suppress {
    /// The names are asked for.
    Help,
    /// These are left out.
    Names(Vec<&'static str>),
}

impl Suppress {
    /// Tells whether the section is left out.
    pub(crate) fn has(&self, name: &str) -> bool {
        matches!(self, Self::Names(names) if names.contains(&name))
    }
}

impl FromStr for Suppress {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut names = Vec::new();
        for word in text.split([' ', ',', '\t']).filter(|word| !word.is_empty()) {
            if word == "help" {
                return Ok(Self::Help);
            }
            let Some(name) = SUPPRESSIBLE.into_iter().find(|name| *name == word) else {
                let question = question(word, SUPPRESSIBLE, "");
                return Err(format!("{word:?} is none of {}{question}", SUPPRESSIBLE.join(", ")));
            };
            names.push(name);
        }
        Ok(Self::Names(names))
    }
}

impl Serialize for Suppress {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Help => to.serialize_str("help"),
            Self::Names(names) => to.serialize_str(&names.join(" ")),
        }
    }
}

/// Reads a year.
pub(crate) fn year(text: &str) -> Result<i32, String> {
    let year = text.parse().ok().filter(|year| (1970..=9999).contains(year));
    year.ok_or_else(|| "accepted is a year from 1970 to 9999".to_owned())
}

/// Reads how many threads may work.
pub(crate) fn threads(text: &str) -> Result<u16, String> {
    let threads = text.parse().ok().filter(|threads| *threads > 0);
    threads.ok_or_else(|| "accepted is a number from 1 to 65535".to_owned())
}

/// Reads the time `--now` sets.
pub(crate) fn instant(text: &str) -> Result<NaiveDateTime, String> {
    NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S")
        .map_err(|_| "accepted is a local time such as 2025-11-05T12:00:00".to_owned())
}
