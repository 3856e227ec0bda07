//! A daemon of Postfix stopped, or master(8) cannot start it.
//!
//! `sample-logs/quiet-day.log`: one fatal error of smtpd(8), which master(8) then throttles.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::outlines::{Said, Words, in_order, is_of_command, said};
use super::{Finding, Severity, View, counted, pfsum};
use crate::report::printable;

/// Every one is one too many: what the daemon had in hand waits or is refused.
const TIMES: u64 = 1;

/// What master(8) says of a start that came to nothing, beside the reason.
const START: &str = "daemon initialization failure";

/// A child that is to become a program and cannot (`pipe_command.c`, `spawn_command.c`): the daemon
/// goes on, and says itself what became of the mail.
const CHILDREN: [&[u8]; 2] = [b"pipe_command: ", b"spawn_command: "];

/// What a line tells of a death: what says most of it first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Told {
    /// The last words of the daemon.
    Own,
    /// The exit status or signal that master(8) found.
    Found,
    /// That nothing came of a start: master(8) throttles it, or could not start itself.
    Start,
}

/// How often one program died.
#[derive(Default)]
struct Deaths<'v> {
    own: u64,
    found: u64,
    starts: u64,
    /// What was said most often, of what says most.
    words: Option<(Told, Said<'v>)>,
}

impl<'v> Deaths<'v> {
    fn add(&mut self, told: Told, said: Said<'v>) {
        let sum = match told {
            Told::Own => &mut self.own,
            Told::Found => &mut self.found,
            Told::Start => &mut self.starts,
        };
        *sum += said.times;
        if self.words.as_ref().is_none_or(|(before, _)| told < *before) {
            self.words = Some((told, said));
        }
    }

    /// One death is up to three lines: whoever saw most of them saw all.
    fn times(&self) -> u64 {
        self.own.max(self.found).max(self.starts)
    }
}

pub(super) fn find(view: &View<'_>) -> Option<Finding> {
    let mut dead: Vec<(&[u8], Deaths<'_>)> = deaths(view).into_iter().collect();
    dead.sort_by_key(|(program, deaths)| (Reverse(deaths.times()), *program));
    let count = dead.iter().map(|(_, deaths)| deaths.times()).sum::<u64>();
    let (program, most) = dead.first().filter(|_| count >= TIMES)?;
    let (_, words) = most.words.as_ref()?;
    let others = match dead.len() - 1 {
        0 => String::new(),
        others => format!(" and {others} more"),
    };
    Some(Finding {
        id: "service_stopped",
        severity: Severity::Harm,
        title: format!(
            "A daemon of Postfix stopped {}: {}{others}",
            counted(count, "time", "times"),
            printable(program),
        ),
        detail: format!("{}: {}.", printable(words.by), printable(words.text)),
        advice: "While it cannot start, mail is refused or waits; the warnings of the same \
                 minute say more, and `postfix check` what is wrong with the configuration."
            .to_owned(),
        count,
        queue_ids: Vec::new(),
        command: pfsum(view, "count fatals panics warnings --by service,reason"),
    })
}

/// The deaths of each program.
fn deaths<'v>(view: &View<'v>) -> BTreeMap<&'v [u8], Deaths<'v>> {
    let details = &view.tallies.details;
    let is_child = |text: &[u8]| CHILDREN.iter().any(|child| text.starts_with(child));
    let of_daemon = |said: &Said<'_>| !is_of_command(said) && !is_child(said.text);
    let mut own = said(view, &details.panics, of_daemon);
    own.extend(said(view, &details.fatals, of_daemon));
    let start = Words::new(&[START]);
    let mut dead: BTreeMap<&[u8], Deaths<'v>> = BTreeMap::new();
    for said in in_order(own) {
        let told = if start.are_in(said.text) { Told::Start } else { Told::Own };
        dead.entry(program(said.by)).or_default().add(told, said);
    }
    for said in said(view, &details.warnings, |said| said.by == b"master") {
        if let Some((path, told)) = found_dead(said.text) {
            dead.entry(program(path)).or_default().add(told, said);
        }
    }
    dead
}

/// What master(8) says of a daemon that died: its path, and what that tells.
///
/// ```text
/// process /usr/libexec/postfix/smtpd exit status 1
/// process /usr/libexec/postfix/smtpd killed by signal 11
/// /usr/libexec/postfix/smtpd: bad command startup -- throttling
/// ```
fn found_dead(text: &[u8]) -> Option<(&[u8], Told)> {
    if let Some(path) = text.strip_suffix(b": bad command startup -- throttling") {
        return Some((path, Told::Start));
    }
    let rest = text.strip_prefix(b"process ")?;
    let path = rest.split(|byte| *byte == b' ').next()?;
    let end = rest.get(path.len()..)?;
    let is_end = end.starts_with(b" exit status ") || end.starts_with(b" killed by signal ");
    is_end.then_some((path, Told::Found))
}

/// `smtpd` of `/usr/libexec/postfix/smtpd`, and of the service `submission/smtpd`.
fn program(name: &[u8]) -> &[u8] {
    name.rsplit(|byte| *byte == b'/').next().unwrap_or(name)
}
