//! A report with pseudonyms in place of users, hosts and addresses.
//!
//! Numbers, ranks and queue IDs stay as they are, because only texts are touched, and only
//! after everything is counted.

use crate::words::pseudonym::Pseudonyms;

use super::model::{Body, Queued, Report};
use super::table::{Group, Unit};

/// Columns whose words are the report's own, and queue IDs with the commands that name them.
const OWN: [&str; 14] = [
    "advice",
    "cause",
    "delete",
    "dominant",
    "dsn",
    "expires",
    "hold",
    "look",
    "next_try",
    "queue",
    "queue_id",
    "queue_ids",
    "retry",
    "title",
];

impl Report<'_> {
    /// Puts pseudonyms in.
    pub fn anonymize(&mut self, with: &Pseudonyms) {
        for host in &self.hosts {
            // A host may be called `mail`; in these two sentences that is a name.
            let (was, is) = (format!(" on {host}"), format!(" on {}", with.name(host)));
            if !host.contains(['.', ':']) && is != was {
                self.title = self.title.replace(&was, &is);
                self.verdict = self.verdict.replace(&was, &is);
            }
        }
        let hide = |text: &mut String| *text = with.text(text);
        let name = |text: &mut String| *text = with.name(text);
        hide(&mut self.title);
        hide(&mut self.verdict);
        self.hosts.iter_mut().for_each(name);
        for finding in &mut self.findings {
            hide(&mut finding.title);
            hide(&mut finding.detail);
            hide(&mut finding.command);
        }
        self.queue.iter_mut().for_each(|queued| hide_queued(queued, with));
        let samples = std::mem::take(&mut self.reading.samples);
        for (program, mut lines) in samples {
            lines.iter_mut().for_each(hide);
            self.reading.samples.entry(with.text(&program)).or_default().extend(lines);
        }
        for service in &mut self.reading.services {
            name(&mut service.host);
            hide(&mut service.instance);
        }
        for section in &mut self.sections {
            match &mut section.body {
                Body::Table(table) => table.rewrite(|column, text| {
                    let own = OWN.contains(&column.id) || column.unit != Unit::Text;
                    (!own).then(|| with.name(text))
                }),
                Body::Outline(outline) => {
                    outline.groups.iter_mut().for_each(|group| hide_group(group, with));
                }
                Body::Lines(lines) => lines.iter_mut().for_each(hide),
            }
        }
    }
}

fn hide_queued(queued: &mut Queued, with: &Pseudonyms) {
    let name = |text: &mut String| *text = with.name(text);
    let hide = |text: &mut String| *text = with.text(text);
    name(&mut queued.host);
    queued.sender.iter_mut().for_each(name);
    queued.recipients.iter_mut().for_each(name);
    queued.first_reason.iter_mut().for_each(hide);
    queued.last_reason.iter_mut().for_each(hide);
    for waiting in &mut queued.waiting {
        name(&mut waiting.recipient);
        waiting.first_reason.iter_mut().for_each(hide);
        waiting.last_reason.iter_mut().for_each(hide);
    }
}

fn hide_group(group: &mut Group, with: &Pseudonyms) {
    group.name = with.name(&group.name);
    group.groups.iter_mut().for_each(|group| hide_group(group, with));
    group.rows.rewrite(|_, text| Some(with.name(text)));
}
