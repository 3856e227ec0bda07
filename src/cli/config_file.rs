//! The config file: a key for each long option, in TOML or as pflogsumm wrote
//! it.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::{env, fs};

use anyhow::{Context, Result, anyhow, bail};
use clap::CommandFactory;
use pfsum::error::shown;
use toml::Value;

use super::args::Args;
use super::getopt::{Choice, Opt, Opts, Takes, gone};
use super::nearest::question;
use super::setting::Setting;

/// Options that ask for something else than a report, or would read another
/// file.
pub(crate) const NOT_IN_A_FILE: &[&str] = &[
    "by",
    "config",
    "dump-config",
    "help",
    "limit",
    "list-inputs",
    "now",
    "queue",
    "require-match",
    "section",
    "top",
    "version",
    "write-templates",
];

/// Lists the files that are read when none is named and they exist: the later
/// goes before the earlier.
pub(crate) fn usual_places() -> Vec<PathBuf> {
    let absolute = |name| env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let home = absolute("XDG_CONFIG_HOME").or_else(|| Some(absolute("HOME")?.join(".config")));
    let mut places = vec![PathBuf::from("/etc/pfsum.toml")];
    places.extend(home.map(|home| home.join("pfsum/config.toml")));
    // A home that may not be looked into (`sudo -u postfix`) holds no file for us.
    places.retain(|place| fs::metadata(place).is_ok());
    places
}

/// Reads the files in order; what a later one says of an option goes before
/// what an earlier one said.
pub(crate) fn read_all(files: &[PathBuf], opts: &Opts) -> Result<Vec<Setting>> {
    let mut settings: Vec<Setting> = Vec::new();
    for file in files {
        let later = read(file, opts)?;
        settings.retain(|earlier| later.iter().all(|setting| setting.long != earlier.long));
        settings.extend(later);
    }
    Ok(settings)
}

fn read(file: &Path, opts: &Opts) -> Result<Vec<Setting>> {
    let name = || shown(file);
    let bytes = fs::read(file).with_context(name)?;
    let text = String::from_utf8(bytes).map_err(|_| anyhow!("{}: not UTF-8 text", name()))?;
    let mut settings = parse(&text, opts).with_context(name)?;
    for setting in &mut settings {
        setting.place.insert_str(0, &name());
    }
    Ok(settings)
}

/// Reads the text of a file.
///
/// ```text
/// date-range = "yesterday"
/// detail = 20
/// zero_fill = true
/// ```
///
/// or, as pflogsumm's file is written,
///
/// ```text
/// ; nightly
/// [default]
/// date-range = yesterday
/// smtpd-stats = yes
/// ```
fn parse(text: &str, opts: &Opts) -> Result<Vec<Setting>> {
    let pairs: Vec<(String, Value)> = match text.parse::<toml::Table>() {
        Ok(table) => table.into_iter().collect(),
        Err(error) => ini(text).ok_or_else(|| anyhow!("{}", one_line(&error, text)))?,
    };
    let mut settings: Vec<Setting> = Vec::new();
    for (key, value) in pairs {
        let line = line_of(&key, text);
        let setting = setting(&key, &value, opts);
        let setting = line
            .iter()
            .fold(setting, |setting, line| setting.with_context(|| format!("line {line}")))?;
        let Some(mut setting) = setting else { continue };
        setting.place = line.map(|line| format!(": line {line}")).unwrap_or_default();
        settings.retain(|earlier| earlier.long != setting.long);
        settings.push(setting);
    }
    Ok(settings)
}

/// The line that gives a key its value, from 1.
fn line_of(key: &str, text: &str) -> Option<usize> {
    let names = |line: &str| {
        line.split_once('=').map(|(name, _)| name.trim().trim_matches(['"', '\'']) == key)
    };
    let at = text.lines().position(|line| names(line) == Some(true));
    at.map(|at| at + 1)
}

/// Says where and why the text is no TOML.
fn one_line(error: &toml::de::Error, text: &str) -> String {
    let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
    let line = before.bytes().filter(|&byte| byte == b'\n').count() + 1;
    format!("line {line}: {}", error.message().replace('\n', ", "))
}

/// Reads the pairs of an INI file; `None` if a line has another form.
///
/// A value that opens a quote or a bracket and does not close it is a mistake in
/// TOML, so it has another form.
fn ini(text: &str) -> Option<Vec<(String, Value)>> {
    let mut pairs = Vec::new();
    for line in text.lines().map(str::trim) {
        if line.is_empty() || line.starts_with(['#', ';']) || line == "[default]" {
            continue;
        }
        let (key, value) = line.split_once('=')?;
        let (key, value) = (key.trim_end(), value.trim_start());
        let bare = ['"', '\'']
            .iter()
            .find_map(|quote| value.strip_prefix(*quote)?.strip_suffix(*quote))
            .unwrap_or(value);
        let word =
            !key.is_empty() && key.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
        if !word || bare.starts_with(['"', '\'', '[', '{']) {
            return None;
        }
        pairs.push((key.to_owned(), Value::String(bare.to_owned())));
    }
    Some(pairs)
}

/// Keys that pflogsumm does not have and that a file without a value must not seem to set: names
/// would be shown, everybody's mail told, nobody alarmed.
const NEVER_EMPTY: [&str; 14] = [
    "alert",
    "anonymize-key",
    "cause",
    "client",
    "from",
    "mail-to",
    "message-id",
    "queue-id",
    "reason",
    "relay",
    "service",
    "status",
    "to",
    "user",
];

/// Makes a setting of a pair; `None` if the value is empty, as pflogsumm writes
/// an option that is not set.
fn setting(key: &str, value: &Value, opts: &Opts) -> Result<Option<Setting>> {
    let hyphens = key.replace('_', "-");
    if value.as_str() == Some("") {
        if NEVER_EMPTY.contains(&hyphens.as_str()) {
            bail!("{key}: it has no value");
        }
        return Ok(None);
    }
    if let Some(limit) = gone(&hyphens) {
        let on = truth(value).ok_or_else(|| anyhow!("{key}: accepted are true and false"))?;
        let zero = Choice { long: limit.to_owned(), value: Some("0".into()) };
        return Ok(on.then(|| Setting::of(limit, vec![zero])));
    }
    let known = || opts.longs().filter(|long| !NOT_IN_A_FILE.contains(long));
    let opt = opts
        .named(key)
        .filter(|_| hyphens.chars().count() > 1)
        .ok_or_else(|| anyhow!("unknown key `{key}`{}", question(&hyphens, known(), "")))?;
    let choices = choices(opt, value).with_context(|| key.to_owned())?;
    if NOT_IN_A_FILE.contains(&opt.long.as_str()) && !choices.is_empty() {
        bail!("`{key}` can only be given on the command line");
    }
    check(&choices).map_err(|said| anyhow!("{key}: {said}"))?;
    Ok(Some(Setting::of(&opt.long, choices)))
}

/// Gives the choices that would say the same on the command line.
fn choices(opt: &Opt, value: &Value) -> Result<Vec<Choice>> {
    let choice = |value| Choice { long: opt.long.clone(), value };
    if opt.takes != Takes::Value {
        match truth(value) {
            Some(true) => return Ok(vec![choice(None)]),
            Some(false) => return Ok(Vec::new()),
            None if opt.takes == Takes::Nothing => bail!("accepted are true and false"),
            None => {}
        }
    }
    let words = match value {
        Value::Array(values) => values.iter().map(word).collect::<Result<Vec<_>>>()?,
        value => vec![word(value)?],
    };
    if opt.repeats {
        return Ok(words.into_iter().map(|word| choice(Some(opt.value(word.into())))).collect());
    }
    Ok(vec![choice(Some(OsString::from(words.join(" "))))])
}

/// Reads a value as yes or no, in the words of both kinds of file; `none` is no.
fn truth(value: &Value) -> Option<bool> {
    match value {
        Value::Boolean(on) => Some(*on),
        Value::Integer(0) => Some(false),
        Value::Integer(1) => Some(true),
        Value::String(word) => match word.to_ascii_lowercase().as_str() {
            "yes" | "true" | "1" => Some(true),
            "no" | "false" | "0" | "none" => Some(false),
            _ => None,
        },
        _ => None,
    }
}

/// Writes a value as it would stand on the command line.
fn word(value: &Value) -> Result<String> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Integer(number) => Ok(number.to_string()),
        Value::Datetime(date) => Ok(date.to_string()),
        _ => bail!("accepted is text or a number, or a list of them"),
    }
}

/// Lets clap judge one setting by itself, so that a mistake is told with its
/// key.
fn check(choices: &[Choice]) -> Result<(), String> {
    let words = choices.iter().map(Choice::to_word);
    Args::command()
        .no_binary_name(true)
        .try_get_matches_from(words)
        .map(|_| ())
        .map_err(|error| super::said_by(&error).1)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;

    fn words(text: &str) -> Result<Vec<String>, String> {
        let opts = Opts::of(&Args::command(), false);
        let settings = parse(text, &opts).map_err(|error| format!("{error:#}"))?;
        let words = settings.iter().flat_map(|setting| &setting.choices).map(Choice::to_word);
        Ok(words.map(|word| word.into_string().unwrap()).collect())
    }

    #[test]
    fn a_key_says_what_the_option_of_its_name_says() {
        for (text, expected) in [
            ("", &[] as &[&str]),
            ("# nothing\n", &[]),
            ("quiet = true", &["--quiet"]),
            ("quiet = false", &[]),
            ("zero_fill = true\niso-date-time = true", &["--iso-date-time", "--zero-fill"]),
            ("detail = 20", &["--detail=20"]),
            (
                "bounce-detail = \"all\"\nuser-cnt = \"none\"",
                &["--bounce-detail=all", "--user-cnt=none"],
            ),
            ("host = [\"mx1\", \"mx2\"]", &["--host=mx1", "--host=mx2"]),
            ("host = \"mx1\"", &["--host=mx1"]),
            ("mail-to = \"ann, bob\"", &["--mail-to=ann,bob"]),
            ("suppress = [\"per-hour\", \"size-detail\"]", &["--suppress=per-hour size-detail"]),
            ("date-range = 2026-11-22", &["--date-range=2026-11-22"]),
            ("date-range = \"last week\"", &["--date-range=last week"]),
            ("verp-mung = true", &["--verp-mung"]),
            ("verp-mung = 2", &["--verp-mung=2"]),
            ("verp-mung = false", &[]),
            ("verp-mung = \"none\"", &[]),
            ("smtpd-warning-detail = 0", &["--warning-detail=0"]),
            ("no-bounce-detail = true", &["--bounce-detail=0"]),
            ("no-bounce-detail = false", &[]),
            ("debug = \"trace\"", &["--debug=trace"]),
            ("help = false", &[]),
        ] {
            assert_eq!(words(text).unwrap(), expected, "{text}");
        }
    }

    #[test]
    fn the_file_of_pflogsumm_is_understood_and_its_no_means_no() {
        for (text, expected) in [
            ("date-range = yesterday\n", &["--date-range=yesterday"] as &[&str]),
            (
                "; a\n  # b\n\n[default]\n  quiet = yes\r\ndate-range=last week\n",
                &["--quiet", "--date-range=last week"],
            ),
            (
                "date-range = today\nzero-fill = no\nsmtpd-stats = FALSE\npscrn-stats = 0\n",
                &["--date-range=today"],
            ),
            (
                "syslog-name = mx\nquiet = 1\nuser-cnt = none\nhost-cnt = all\n",
                &["--syslog-name=mx", "--quiet", "--user-cnt=none", "--host-cnt=all"],
            ),
            (
                "suppress = 'per-hour size-detail'\ndate-range = today",
                &["--suppress=per-hour size-detail", "--date-range=today"],
            ),
            // What pflogsumm --dump-config writes.
            (
                "         bounce-detail = all\n                config = \n            date-range = yesterday\n",
                &["--bounce-detail=all", "--date-range=yesterday"],
            ),
        ] {
            assert_eq!(words(text).unwrap(), expected, "{text}");
        }
    }

    #[test]
    fn a_mistake_is_told_with_its_key_and_what_is_accepted() {
        for (text, said) in [
            ("fromat = \"html\"", "unknown key `fromat`; did you mean format?"),
            ("smtp_stats = true", "unknown key `smtp_stats`; did you mean smtpd-stats?"),
            ("d = \"today\"", "unknown key `d`"),
            ("quiet = \"maybe\"", "quiet: accepted are true and false"),
            ("quiet = [true]", "quiet: accepted are true and false"),
            ("detail = 3.5", "detail: accepted is text or a number, or a list of them"),
            (
                "detail = \"many\"",
                "detail: \"many\": accepted are a number, 0 or `none` for nothing, and `all`",
            ),
            ("format = \"pdf\"", "format: \"pdf\": accepted are text, html, json, csv, prometheus"),
            ("year = 26", "year: \"26\": accepted is a year from 1970 to 9999"),
            ("config = \"other\"", "`config` can only be given on the command line"),
            ("list_inputs = true", "`list_inputs` can only be given on the command line"),
            (
                "suppress = \"hours\"",
                "suppress: \"hours\": \"hours\" is none of host/domain, per-hour, rdns-warnings, size-detail",
            ),
            ("date-range = yesterday\nqiet = yes", "unknown key `qiet`; did you mean quiet?"),
        ] {
            let error = words(text).unwrap_err();
            let (line, error) = error.split_once(": ").unwrap();
            assert_eq!(error, said, "{text}");
            // The mistake is in the last line.
            assert_eq!(line, format!("line {}", text.lines().count()), "{text}");
        }
    }

    #[test]
    fn a_broken_file_is_told_with_its_line() {
        for (text, line) in [
            ("quiet = true\nformat = \"html\n", "line 2: "),
            ("quiet = true\n\nzero-fill\n", "line 3: "),
            ("date-range = yesterday\n[other]\nquiet = yes\n", "line 1: "),
            ("host = [\"a\"\n", "line "),
        ] {
            let said = words(text).unwrap_err();
            assert!(said.starts_with(line) && said.lines().count() == 1, "{text}: {said}");
        }
    }

    #[test]
    fn a_later_file_goes_before_an_earlier_one() {
        let folder = env::temp_dir().join(format!("pfsum-config-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let files = [folder.join("etc.toml"), folder.join("home.toml")];
        fs::write(&files[0], "quiet = true\nhost = [\"a\", \"b\"]\nyear = 2024\n").unwrap();
        fs::write(&files[1], "quiet = false\nhost = \"c\"\n").unwrap();
        let opts = Opts::of(&Args::command(), false);
        let settings = read_all(&files, &opts).unwrap();
        let mut words: Vec<_> =
            settings.iter().flat_map(|setting| &setting.choices).map(Choice::to_word).collect();
        words.sort();
        assert_eq!(words, ["--host=c", "--year=2024"]);
        fs::remove_dir_all(&folder).unwrap();
        let said = format!("{:#}", read_all(&files, &opts).unwrap_err());
        assert!(said.starts_with(&files[0].display().to_string()), "{said}");
    }
}
