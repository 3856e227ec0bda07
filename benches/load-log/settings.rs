//! The options of the command line.

use super::clock::{DAY, Micros, midnight};

pub(crate) const USAGE: &str = "load-log [--lines N | --bytes N] [--out FILE] [--truth FILE]
  --profile mx|relay|submission   what the mail system is (mx)
  --days N              the log spans N days (1)
  --start YYYY-MM-DD    the first day (2026-11-16)
  --seed N              the same seed gives the same bytes (1)
  --stamps bsd|rfc3339  how lines are stamped (bsd)
  --ids short|long      queue IDs (short)
  --modern              Postfix 3.11: tls= in delivery records, removed (canceled)
  --users N --remotes N --domains N   how many mailboxes, addresses and domains elsewhere there are
  --dictionary N        N distinct recipients that do not exist are tried and refused (0)
  --noise N             per mille of lines by other programs (100)
Numbers take k, m or g.";

/// What the mail system is for.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Profile {
    /// A mail exchanger: strangers, a content filter, mailboxes.
    Mx,
    /// A smart host: many recipients a message, and retries.
    Relay,
    /// Where users sign in, and others guess their passwords.
    Submission,
}

/// What is asked for.
pub(crate) struct Settings {
    pub(crate) lines: u64,
    /// Instead of lines, when it is not 0.
    pub(crate) bytes: u64,
    pub(crate) out: Option<String>,
    pub(crate) truth: Option<String>,
    pub(crate) profile: Profile,
    pub(crate) start: Micros,
    pub(crate) end: Micros,
    pub(crate) seed: u64,
    pub(crate) rfc3339: bool,
    pub(crate) long_ids: bool,
    pub(crate) modern: bool,
    pub(crate) users: u64,
    pub(crate) remotes: u64,
    pub(crate) domains: u64,
    pub(crate) dictionary: u64,
    pub(crate) noise: u64,
}

impl Settings {
    /// Reads the options; the error says which one is not understood.
    pub(crate) fn parse(arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut settings = Self {
            lines: 100_000,
            bytes: 0,
            out: None,
            truth: None,
            profile: Profile::Mx,
            start: midnight(2026, 11, 16),
            end: 1,
            seed: 1,
            rfc3339: false,
            long_ids: false,
            modern: false,
            users: 0,
            remotes: 0,
            domains: 0,
            dictionary: 0,
            noise: 100,
        };
        let mut arguments = arguments;
        while let Some(option) = arguments.next() {
            if option == "--modern" {
                settings.modern = true;
                continue;
            }
            let value = arguments.next().ok_or(format!("{option} needs a value"))?;
            settings.set(&option, value)?;
        }
        // `end` has held the number of days so far.
        settings.end = settings.start + settings.end * DAY;
        let expected = if settings.bytes > 0 { settings.bytes / 160 } else { settings.lines };
        for (count, least, divisor) in [
            (&mut settings.users, 200, 120),
            (&mut settings.remotes, 2_000, 8),
            (&mut settings.domains, 500, 60),
        ] {
            if *count == 0 {
                *count = (expected / divisor).max(least);
            }
        }
        Ok(settings)
    }

    fn set(&mut self, option: &str, value: String) -> Result<(), String> {
        match (option, value.as_str()) {
            ("--profile", "mx") => self.profile = Profile::Mx,
            ("--profile", "relay") => self.profile = Profile::Relay,
            ("--profile", "submission") => self.profile = Profile::Submission,
            ("--stamps", "bsd" | "rfc3339") => self.rfc3339 = value == "rfc3339",
            ("--ids", "short" | "long") => self.long_ids = value == "long",
            ("--out", "-") => self.out = None,
            ("--out", _) => self.out = Some(value),
            ("--truth", _) => self.truth = Some(value),
            ("--start", _) => self.start = date(&value)?,
            ("--lines", _) => self.lines = number(&value)?,
            ("--bytes", _) => self.bytes = number(&value)?,
            ("--days", _) => self.end = i64::try_from(number(&value)?.max(1)).unwrap_or(1),
            ("--seed", _) => self.seed = number(&value)?,
            ("--users", _) => self.users = number(&value)?,
            ("--remotes", _) => self.remotes = number(&value)?,
            ("--domains", _) => self.domains = number(&value)?,
            ("--dictionary", _) => self.dictionary = number(&value)?,
            ("--noise", _) => self.noise = number(&value)?,
            _ => return Err(format!("{option} {value}: not understood")),
        }
        Ok(())
    }
}

fn number(text: &str) -> Result<u64, String> {
    let (digits, factor) = match text.as_bytes().last() {
        Some(b'k') => (text.trim_end_matches('k'), 1_000),
        Some(b'm') => (text.trim_end_matches('m'), 1_000_000),
        Some(b'g') => (text.trim_end_matches('g'), 1_000_000_000),
        _ => (text, 1),
    };
    digits.parse::<u64>().map(|count| count * factor).map_err(|_| format!("{text}: not a number"))
}

fn date(text: &str) -> Result<Micros, String> {
    let parts: Vec<i64> = text.split('-').filter_map(|part| part.parse().ok()).collect();
    match parts.as_slice() {
        [year, month, day] => Ok(midnight(*year, *month, *day)),
        _ => Err(format!("{text}: not a date")),
    }
}
