//! Alerts: conditions on the numbers of the report. One that holds is said, and is status 3.

use anyhow::{Result, anyhow, bail};
use pfsum::Summary;
use pfsum::answer::Measure;
use pfsum::report::model::Severity;
use pfsum::report::{Report, finding_names};

use super::nearest::question;
use super::notice::say;

/// A condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Alert {
    what: What,
    is: Comparison,
    limit: u64,
    /// As it was typed.
    typed: String,
}

/// A number of the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    /// A total, by the name `count` has for it.
    Total(Measure),
    /// What a finding counts; 0 if there is none.
    Finding(&'static str),
    /// How many findings there are, all or of one kind.
    Findings(Option<Severity>),
    /// The age of the oldest message in the queue, in seconds.
    QueueAge,
    /// Lines of Postfix that were not understood.
    NotUnderstood,
    /// Lines that do not begin like one of syslog.
    Unreadable,
    /// Lines that a logger dropped.
    Lost,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Comparison {
    Above,
    AtLeast,
    Below,
    AtMost,
    Equal,
    Unequal,
}

/// Operators, the longer before their beginnings.
const OPERATORS: [(&str, Comparison); 7] = [
    (">=", Comparison::AtLeast),
    ("<=", Comparison::AtMost),
    ("!=", Comparison::Unequal),
    ("==", Comparison::Equal),
    (">", Comparison::Above),
    ("<", Comparison::Below),
    ("=", Comparison::Equal),
];

/// What is no total and no finding.
const OTHERS: [(&str, What); 7] = [
    ("findings", What::Findings(None)),
    ("findings:harm", What::Findings(Some(Severity::Harm))),
    ("findings:look", What::Findings(Some(Severity::Look))),
    ("queue-age", What::QueueAge),
    ("not-understood", What::NotUnderstood),
    ("unreadable", What::Unreadable),
    ("lost", What::Lost),
];

const SIZES: [(&str, u64); 8] = [
    ("", 1),
    ("B", 1),
    ("kB", 1_000),
    ("MB", 1_000_000),
    ("GB", 1_000_000_000),
    ("KiB", 1 << 10),
    ("MiB", 1 << 20),
    ("GiB", 1 << 30),
];
const SPANS: [(&str, u64); 5] = [("", 1), ("s", 1), ("min", 60), ("h", 3600), ("d", 86_400)];
const PLAIN: [(&str, u64); 1] = [("", 1)];

impl Alert {
    /// Reads `deferrals>100`, `bytes-received >= 2GB`, `finding:backscatter`.
    pub(crate) fn parse(typed: &str) -> Result<Self> {
        let refused = |said: String| anyhow!("--alert {typed:?}: {said}");
        let at = typed.find(['<', '>', '=', '!']).unwrap_or(typed.len());
        let (name, rest) = typed.split_at(at);
        let what = What::named(name.trim()).map_err(refused)?;
        let (is, number) = if rest.is_empty() && matches!(what, What::Finding(_)) {
            (Comparison::Above, "0")
        } else {
            let found =
                OPERATORS.iter().find_map(|(sign, is)| Some((*is, rest.strip_prefix(sign)?)));
            found.ok_or_else(|| {
                refused("a condition is WHAT, one of > >= < <= = !=, and a number".to_owned())
            })?
        };
        let limit = what.limit(number.trim()).map_err(refused)?;
        Ok(Self { what, is, limit, typed: typed.trim().to_owned() })
    }

    /// Whether it is about findings, which the classic report does not have.
    fn is_about_findings(&self) -> bool {
        matches!(self.what, What::Finding(_) | What::Findings(_))
    }

    /// Says the conditions that hold; false if none does.
    pub(crate) fn any_holds(alerts: &[Alert], report: &Report<'_>, summary: &Summary) -> bool {
        let mut any = false;
        for alert in alerts {
            let number = alert.what.of(report, summary);
            if alert.is.holds(number, alert.limit) {
                let name = alert.what.name();
                say(&format!("alert: {name} is {number} ({})", alert.typed.escape_debug()));
                any = true;
            }
        }
        any
    }
}

/// Reads conditions.
pub(crate) fn read(typed: &[String], classic: bool) -> Result<Vec<Alert>> {
    let alerts: Vec<Alert> = typed.iter().map(|text| Alert::parse(text)).collect::<Result<_>>()?;
    if let Some(alert) = alerts.iter().find(|alert| classic && alert.is_about_findings()) {
        bail!("--alert {:?}: --classic leaves findings out", alert.typed);
    }
    Ok(alerts)
}

impl What {
    fn named(name: &str) -> Result<Self, String> {
        let typed = name.to_ascii_lowercase().replace('_', "-");
        if let Some(id) = typed.strip_prefix("finding:") {
            let found = finding_names().find(|known| known.replace('_', "-") == id);
            return found.map(What::Finding).ok_or_else(|| {
                let question = question(&id.replace('-', "_"), finding_names(), "finding:");
                let names: Vec<&str> = finding_names().collect();
                format!("there is no finding {id:?}{question} (there are {})", names.join(", "))
            });
        }
        let other = OTHERS.iter().find(|(known, _)| *known == typed).map(|(_, what)| *what);
        other.or_else(|| Measure::named(&typed).map(What::Total)).ok_or_else(|| {
            let known = OTHERS.iter().map(|(known, _)| *known);
            let known = known.chain(Measure::ALL.iter().map(|measure| measure.name()));
            let question = question(&typed, known.clone(), "");
            let known: Vec<&str> = known.collect();
            format!(
                "nothing is called {name:?}{question} (accepted are finding:ID, {})",
                known.join(", ")
            )
        })
    }

    fn name(self) -> String {
        match self {
            What::Finding(id) => format!("finding:{id}"),
            What::Total(measure) => measure.name().to_owned(),
            _ => {
                let name = OTHERS.iter().find(|(_, what)| *what == self).map(|(name, _)| *name);
                let unit = if self == What::QueueAge { " in seconds" } else { "" };
                format!("{}{unit}", name.unwrap_or_default())
            }
        }
    }

    /// Reads a number in the units of what it limits.
    fn limit(self, text: &str) -> Result<u64, String> {
        let units: &[(&str, u64)] = match self {
            What::Total(Measure::BytesReceived | Measure::BytesDelivered) => &SIZES,
            What::QueueAge => &SPANS,
            _ => &PLAIN,
        };
        let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
        let (digits, unit) = text.split_at(end);
        let factor = units.iter().find(|(name, _)| name.eq_ignore_ascii_case(unit.trim()));
        let limit = digits.parse::<u64>().ok().zip(factor);
        limit.and_then(|(number, (_, factor))| number.checked_mul(*factor)).ok_or_else(|| {
            let names: Vec<&str> = units.iter().map(|(name, _)| *name).skip(1).collect();
            match names.as_slice() {
                [] => format!("{text:?} is no whole number"),
                names => format!("{text:?} is no whole number, alone or with {}", names.join(", ")),
            }
        })
    }

    fn of(self, report: &Report<'_>, summary: &Summary) -> u64 {
        let findings = |wanted: Option<Severity>| {
            report
                .findings
                .iter()
                .filter(|f| wanted.is_none_or(|wanted| f.severity == wanted))
                .count()
        };
        match self {
            What::Total(measure) => measure.total(report, &summary.tallies),
            What::Finding(id) => {
                report.findings.iter().filter(|finding| finding.id == id).map(|f| f.count).sum()
            }
            What::Findings(wanted) => findings(wanted) as u64,
            What::QueueAge => {
                let ages = report.queue.iter().map(|message| message.age_seconds);
                u64::try_from(ages.max().unwrap_or(0)).unwrap_or(0)
            }
            What::NotUnderstood => report.reading.not_understood,
            What::Unreadable => report.reading.unreadable,
            What::Lost => report.reading.lost,
        }
    }
}

impl Comparison {
    fn holds(self, number: u64, limit: u64) -> bool {
        match self {
            Comparison::Above => number > limit,
            Comparison::AtLeast => number >= limit,
            Comparison::Below => number < limit,
            Comparison::AtMost => number <= limit,
            Comparison::Equal => number == limit,
            Comparison::Unequal => number != limit,
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_condition_is_read_with_its_unit() {
        let read = |text: &str| {
            let alert = Alert::parse(text).unwrap();
            (alert.what, alert.is, alert.limit)
        };
        let total = What::Total(Measure::BytesReceived);
        assert_eq!(read("bytes_received >= 2 GB"), (total, Comparison::AtLeast, 2_000_000_000));
        assert_eq!(read("queue-age>4h"), (What::QueueAge, Comparison::Above, 14_400));
        let backscatter = What::Finding("backscatter");
        assert_eq!(read("finding:backscatter"), (backscatter, Comparison::Above, 0));
        assert_eq!(read("finding:backscatter!=3"), (backscatter, Comparison::Unequal, 3));
        assert_eq!(read("Deferrals==0"), (What::Total(Measure::Deferrals), Comparison::Equal, 0));
    }

    #[test]
    fn a_bad_condition_is_refused_with_what_is_accepted() {
        for (text, said) in [
            ("defferals>1", "; did you mean deferrals? (accepted are finding:ID, findings, "),
            ("finding:backscater", "; did you mean finding:backscatter? (there are "),
            ("deferrals", "a condition is WHAT, one of > >= < <= = !=, and a number"),
            ("deferrals=>5", "\">5\" is no whole number"),
            ("deferrals>many", "\"many\" is no whole number"),
            ("deferrals>10%", "\"10%\" is no whole number"),
            ("bytes-received>2XB", "alone or with B, kB, MB, GB, KiB, MiB, GiB"),
            ("queue-age>99999999999999999999h", "no whole number, alone or with s, min, h, d"),
            ("", "nothing is called \"\""),
        ] {
            let error = Alert::parse(text).unwrap_err().to_string();
            assert!(error.starts_with("--alert ") && error.contains(said), "{text}: {error}");
        }
    }

    #[test]
    fn each_comparison_has_its_edge() {
        for (sign, below, at, above) in [
            (">", false, false, true),
            (">=", false, true, true),
            ("<", true, false, false),
            ("<=", true, true, false),
            ("=", false, true, false),
            ("!=", true, false, true),
        ] {
            let alert = Alert::parse(&format!("deferrals{sign}5")).unwrap();
            let holds = [4, 5, 6].map(|number| alert.is.holds(number, alert.limit));
            assert_eq!(holds, [below, at, above], "{sign}");
        }
    }
}
