//! Filters as they are typed: which senders, recipients, hosts, fates and reasons are meant.

use anyhow::{Context, Result, anyhow};
use pfsum::answer::Filters;
use pfsum::answer::pattern::Outcome;
use pfsum::postfix::QueueId;
use pfsum::words::cause::Cause;
use regex::bytes::RegexBuilder;

use super::ask::unknown;
use super::asking::Asking;

/// Reads the filters; gives them also as they were typed.
pub(crate) fn read(asking: &Asking) -> Result<(Filters, Vec<String>)> {
    let texts = |list: &[String]| list.iter().map(|text| text.clone().into_bytes()).collect();
    let filters = Filters {
        from: patterns("--from", &asking.from)?,
        to: patterns("--to", &asking.to)?,
        client: patterns("--client", &asking.client)?,
        relay: patterns("--relay", &asking.relay)?,
        user: texts(&asking.user),
        service: texts(&asking.service),
        queue_id: asking.queue_id.iter().map(|text| queue_id(text)).collect::<Result<_>>()?,
        message_id: asking.message_id.iter().map(|text| bare(text).as_bytes().to_vec()).collect(),
        not_message_id: None,
        status: asking.status.iter().map(|text| outcome(text)).collect::<Result<_>>()?,
        cause: asking.cause.iter().map(|text| cause(text)).collect::<Result<_>>()?,
        reason: asking.reason.as_deref().map(regex).transpose()?,
    };
    let mut typed: Vec<String> = lists(asking)
        .iter()
        .filter(|(_, list)| !list.is_empty())
        .map(|(name, list)| format!("{name} {}", list.join(" or ")))
        .collect();
    typed.extend(asking.reason.iter().map(|reason| format!("reason {reason}")));
    Ok((filters, typed))
}

/// The filters that may be repeated, by the names of their options.
pub(crate) fn lists(asking: &Asking) -> [(&'static str, &[String]); 10] {
    [
        ("from", &asking.from),
        ("to", &asking.to),
        ("client", &asking.client),
        ("relay", &asking.relay),
        ("user", &asking.user),
        ("service", &asking.service),
        ("queue-id", &asking.queue_id),
        ("message-id", &asking.message_id),
        ("status", &asking.status),
        ("cause", &asking.cause),
    ]
}

fn patterns<P: std::str::FromStr<Err: std::fmt::Display>>(
    option: &str,
    typed: &[String],
) -> Result<Vec<P>> {
    let parse = |text: &String| text.parse().map_err(|error| anyhow!("{option} {text:?}: {error}"));
    typed.iter().map(parse).collect()
}

fn queue_id(text: &str) -> Result<QueueId> {
    QueueId::parse(text.as_bytes()).ok_or_else(|| {
        anyhow!("--queue-id {text:?}: no queue ID, which looks like 4C2B31F0A9 or 4jXDgg0rVKz6v2L")
    })
}

fn outcome(text: &str) -> Result<Outcome> {
    let names = Outcome::NAMES;
    let found = names.iter().find(|(name, _)| name.eq_ignore_ascii_case(text));
    found.map(|(_, outcome)| *outcome).ok_or_else(|| {
        anyhow!("--status {}", unknown("STATUS", text, names.iter().map(|(name, _)| *name)))
    })
}

fn cause(text: &str) -> Result<Cause> {
    let names = Cause::ALL.iter().map(|cause| cause.id());
    Cause::named(text).ok_or_else(|| anyhow!("--cause {}", unknown("CAUSE", text, names)))
}

fn regex(text: &str) -> Result<regex::bytes::Regex> {
    let regex = RegexBuilder::new(text).case_insensitive(true).unicode(false).build();
    regex.with_context(|| format!("--reason {text:?}")).map_err(|error| {
        let said = format!("{error:#}");
        anyhow!(
            "{}",
            said.lines()
                .map(str::trim)
                .filter(|line| !line.is_empty())
                .collect::<Vec<_>>()
                .join(" ")
        )
    })
}

/// A message-id without its angle brackets.
fn bare(text: &str) -> &str {
    text.strip_prefix('<').and_then(|text| text.strip_suffix('>')).unwrap_or(text)
}
