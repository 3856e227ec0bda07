//! The manners of pflogsumm's command line, turned into those of clap.
//!
//! pflogsumm reads its options with Perl's `Getopt::Long`: `--detail 5`,
//! `-detail=5`, `+det 5` and `--DETAIL 5` are the same, and nothing is bundled.
//! Scripts of twenty years rely on it, so the words are resolved here, against
//! the options clap knows, and clap sees each as `--name` or `--name=value`.

use std::ffi::{OsStr, OsString};
use std::iter::Peekable;

use anyhow::{Result, bail};
use clap::Command;

use super::nearest::question;

/// What pflogsumm 1.3.0 calls its options. Their abbreviations go before those
/// of pfsum's own options, so that a new option breaks no old script.
pub(crate) const PFLOGSUMM: &[&str] = &[
    "bounce-detail",
    "colwidth",
    "config",
    "d",
    "date-range",
    "debug",
    "deferral-detail",
    "detail",
    "dow0mon",
    "dump-config",
    "e",
    "expired-detail",
    "extended-detail",
    "h",
    "help",
    "host-cnt",
    "i",
    "ignore-case",
    "iso-date-time",
    "m",
    "mailq",
    "no-no-msg-size",
    "problems-first",
    "pscrn-detail",
    "pscrn-stats",
    "q",
    "quiet",
    "rej-add-from",
    "rej-add-to",
    "reject-detail",
    "smtp-detail",
    "smtpd-stats",
    "smtpd-warning-detail",
    "srs-mung",
    "ssl-tls-stats",
    "suppress",
    "syslog-name",
    "u",
    "unprocd-file",
    "use-orig-to",
    "user-cnt",
    "uucp-mung",
    "verbose-msg-detail",
    "verp-mung",
    "version",
    "warning-detail",
    "x",
    "zero-fill",
];

/// Options that pflogsumm 1.1.5 had and 1.3.0 has not, with the limit each sets
/// to 0.
const GONE: &[(&str, &str)] = &[
    ("no-bounce-detail", "bounce-detail"),
    ("no-deferral-detail", "deferral-detail"),
    ("no-reject-detail", "reject-detail"),
    ("no-smtpd-warnings", "warning-detail"),
];

/// Whether an option is followed by a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Takes {
    /// Never.
    Nothing,
    /// Always.
    Value,
    /// By a number, if one stands there.
    Number,
}

/// One option clap knows, under all its names.
#[derive(Debug)]
pub(crate) struct Opt {
    /// The name clap is told.
    pub(crate) long: String,
    /// That name, its aliases and the letter.
    names: Vec<String>,
    /// Whether a value follows.
    pub(crate) takes: Takes,
    /// Whether it may be given several times.
    pub(crate) repeats: bool,
    /// Whether its value may be several, set apart by commas.
    lists: bool,
    /// Whether `--help` shows it.
    pub(crate) shown: bool,
}

impl Opt {
    /// A value as clap takes it: a list without the blanks of a sentence, as in
    /// `ann@example.org, bob@example.org`.
    pub(crate) fn value(&self, written: OsString) -> OsString {
        match written.to_str() {
            Some(list) if self.lists => {
                list.split(',').map(str::trim).collect::<Vec<_>>().join(",").into()
            }
            _ => written,
        }
    }
}

/// Every option clap knows, and how their names may be written.
#[derive(Debug)]
pub(crate) struct Opts {
    all: Vec<Opt>,
    as_pflogsumm: bool,
}

/// One option as it was chosen, on the command line or in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Choice {
    /// Its long name.
    pub(crate) long: String,
    /// Its value.
    pub(crate) value: Option<OsString>,
}

impl Choice {
    /// Writes it in the one way clap is shown.
    pub(crate) fn to_word(&self) -> OsString {
        let mut word = OsString::from(format!("--{}", self.long));
        if let Some(value) = &self.value {
            word.push("=");
            word.push(value);
        }
        word
    }
}

/// A command line taken apart.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Typed {
    /// The options in the order they were given.
    pub(crate) choices: Vec<Choice>,
    /// All other words.
    pub(crate) operands: Vec<OsString>,
}

impl Opts {
    /// Collects the options of a command. Under the name of pflogsumm, its
    /// options and their abbreviations hide pfsum's own (`--host 5`).
    pub(crate) fn of(command: &Command, as_pflogsumm: bool) -> Self {
        let all = command
            .get_arguments()
            .filter_map(|arg| {
                let long = arg.get_long()?.to_owned();
                let mut names = vec![long.clone()];
                names.extend(arg.get_all_aliases().into_iter().flatten().map(str::to_owned));
                names.extend(arg.get_short().map(String::from));
                let takes = match arg.get_num_args() {
                    _ if !arg.get_action().takes_values() => Takes::Nothing,
                    Some(count) if count.min_values() == 0 => Takes::Number,
                    _ => Takes::Value,
                };
                let repeats = matches!(arg.get_action(), clap::ArgAction::Append);
                let lists = arg.get_value_delimiter().is_some();
                Some(Opt { long, names, takes, repeats, lists, shown: !arg.is_hide_set() })
            })
            .collect();
        Self { all, as_pflogsumm }
    }

    /// Finds the option that is called exactly this, hyphens or underscores.
    pub(crate) fn named(&self, name: &str) -> Option<&Opt> {
        let name = name.replace('_', "-");
        self.all.iter().find(|opt| opt.names.contains(&name))
    }

    /// Lists the long names that `--help` shows.
    pub(crate) fn longs(&self) -> impl Iterator<Item = &str> {
        self.all.iter().filter(|opt| opt.shown).map(|opt| opt.long.as_str())
    }

    /// Finds what a name typed on the command line stands for.
    fn find(&self, typed: &str, name: &str) -> Result<&Opt> {
        let old = |word: &str| PFLOGSUMM.contains(&word);
        let exact = |word: &str| word == name;
        let prefix = |word: &str| !name.is_empty() && word.starts_with(name);
        let mut found = self.matching(|word| exact(word) && (old(word) || !self.as_pflogsumm));
        if found.is_empty() {
            found = self.matching(|word| old(word) && prefix(word));
        }
        if found.is_empty() {
            found = self.matching(exact);
        }
        if found.is_empty() {
            found = self.matching(prefix);
            found.retain(|opt| opt.shown);
        }
        match found.as_slice() {
            [opt] => Ok(opt),
            [] => bail!(
                "unknown option {}{} (--help lists all)",
                typed.escape_debug(),
                question(name, self.longs(), "--")
            ),
            several => {
                let longs: Vec<_> = several.iter().map(|opt| format!("--{}", opt.long)).collect();
                bail!("{typed} may be any of {}", longs.join(", "))
            }
        }
    }

    fn matching(&self, accepts: impl Fn(&str) -> bool) -> Vec<&Opt> {
        self.all.iter().filter(|opt| opt.names.iter().any(|name| accepts(name))).collect()
    }

    /// Takes a command line apart, the program's name not among its words.
    ///
    /// `posix` is whether `POSIXLY_CORRECT` is set: then `+` begins no option and
    /// the first operand ends them.
    pub(crate) fn take_apart(
        &self,
        words: impl IntoIterator<Item = OsString>,
        posix: bool,
    ) -> Result<Typed> {
        let mut typed = Typed::default();
        let mut words = words.into_iter().peekable();
        while let Some(word) = words.next() {
            if word == "--" {
                typed.operands.extend(words.by_ref());
            } else if let Some(parts) = Parts::of(&word, posix) {
                let choice = self.choose(parts, &mut words)?;
                typed.choices.push(choice);
            } else {
                typed.operands.push(word);
                if posix {
                    typed.operands.extend(words.by_ref());
                }
            }
        }
        Ok(typed)
    }

    /// Resolves one option, taking its value from the next word if it must.
    fn choose(
        &self,
        Parts { typed, name, value: given }: Parts,
        words: &mut Peekable<impl Iterator<Item = OsString>>,
    ) -> Result<Choice> {
        if let Some(limit) = gone(&name)
            && given.is_none()
        {
            return Ok(Choice { long: limit.to_owned(), value: Some("0".into()) });
        }
        let opt = self.find(&typed, &name)?;
        let next_is_count = words.peek().is_some_and(|word| is_count(word));
        if name == "h" && given.is_none() && !next_is_count {
            return Ok(Choice { long: "help".to_owned(), value: None });
        }
        let value = value_of(opt, given, words)?;
        Ok(Choice { long: opt.long.clone(), value })
    }
}

/// Finds the value of an option: what stands behind its `=`, or else the next
/// word.
fn value_of(
    opt: &Opt,
    given: Option<OsString>,
    words: &mut Peekable<impl Iterator<Item = OsString>>,
) -> Result<Option<OsString>> {
    match opt.takes {
        Takes::Nothing => match given {
            None => Ok(None),
            Some(value) => {
                bail!("--{} takes no value, but got {:?}", opt.long, value.to_string_lossy())
            }
        },
        Takes::Number => {
            let given = given.filter(|value| !value.is_empty());
            Ok(given.or_else(|| words.next_if(|word| is_integer(word))))
        }
        Takes::Value => {
            // An empty word is a value, nothing behind `=` is none.
            let value = match given {
                Some(value) => Some(value).filter(|value| !value.is_empty()),
                None => words.next(),
            };
            match value {
                None => bail!("--{} needs a value (--help says which)", opt.long),
                Some(value) => Ok(Some(opt.value(value))),
            }
        }
    }
}

/// Finds what an option of an older pflogsumm, now gone, stands for: the limit
/// it sets to 0.
pub(crate) fn gone(key: &str) -> Option<&'static str> {
    GONE.iter().find(|(old, _)| *old == key).map(|(_, limit)| *limit)
}

/// A word that is an option: `--name=value`.
struct Parts {
    /// The prefix and the name, as they were typed.
    typed: String,
    /// The name, lower-case and with hyphens.
    name: String,
    /// What stands behind `=`.
    value: Option<OsString>,
}

impl Parts {
    /// Splits a word; `None` if it is no option.
    fn of(word: &OsStr, posix: bool) -> Option<Self> {
        let bytes = word.as_encoded_bytes();
        let start = match bytes {
            b"-" | b"" => return None,
            [b'-', b'-', ..] => 2,
            [b'-', ..] => 1,
            [b'+', ..] if !posix => 1,
            _ => return None,
        };
        // A name is never empty: `--=x` asks for an option called `=x`.
        let equals = bytes.iter().skip(start + 1).position(|&byte| byte == b'=');
        let end = equals.map_or(bytes.len(), |at| start + 1 + at);
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Some(Self {
            typed: text(bytes.get(..end)?),
            name: text(bytes.get(start..end)?).to_lowercase().replace('_', "-"),
            value: bytes.get(end + 1..).filter(|_| equals.is_some()).map(os_string),
        })
    }
}

#[cfg(unix)]
fn os_string(bytes: &[u8]) -> OsString {
    use std::os::unix::ffi::OsStrExt;
    OsStr::from_bytes(bytes).to_owned()
}

#[cfg(not(unix))]
fn os_string(bytes: &[u8]) -> OsString {
    String::from_utf8_lossy(bytes).into_owned().into()
}

/// Tells whether `Getopt::Long` would take the word as a number.
fn is_integer(word: &OsStr) -> bool {
    word.to_str().is_some_and(|text| super::value::integer(text).is_some())
}

/// Tells whether the word behind `-h` is meant as its count.
fn is_count(word: &OsStr) -> bool {
    is_integer(word) || word.eq_ignore_ascii_case("all") || word.eq_ignore_ascii_case("none")
}
