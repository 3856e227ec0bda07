//! What the summary tells: the report, and from whom the lines came.

use std::collections::{BTreeMap, BTreeSet};

use super::{Reading, Sample, Summary};
use crate::answer::Gather;
use crate::config::Reporting;
use crate::postfix::QueueId;
use crate::report::missed::Missed;
use crate::report::model::Instance;
use crate::report::waiting::{self, Beside};
use crate::report::{self, Report, View};
use crate::words::pseudonym::Known;

impl Summary {
    /// Makes the report; call it after [`finish`](Summary::finish).
    #[must_use]
    pub fn report(&self) -> Report<'_> {
        self.report_as(&self.config.reporting)
    }

    /// Makes the report in another form, of the same counts.
    #[must_use]
    pub fn report_as(&self, shown: &Reporting) -> Report<'_> {
        let (reading, hosts) = self.read_from();
        report::build(self.view(reading, hosts, shown))
    }

    /// What is missing, if it is so much that the totals cannot be relied on.
    #[must_use]
    pub fn missed(&self) -> Option<Missed> {
        let read = &self.reading;
        Missed::of([read.unreadable, read.lines], [read.not_understood, read.postfix_lines])
    }

    /// Says what is queued and why; call it after [`finish`](Summary::finish).
    #[must_use]
    pub fn queue_report(&self, mut beside: Beside<'_>) -> Report<'_> {
        let (reading, hosts) = self.read_from();
        let mut view = self.view(reading, hosts, &self.config.reporting);
        let gather = self.question.as_ref().and_then(|question| question.gather.as_ref());
        let Some(filters) = gather.map(Gather::filters) else {
            return waiting::build_queue(view, &beside);
        };
        if let Some(listing) = &mut beside.listing {
            // The log may not know the recipients of what was never tried.
            let asked: BTreeSet<QueueId> = view.queued.iter().map(|m| m.queue_id).collect();
            listing
                .retain(|listed| asked.contains(&listed.queue_id) || filters.takes_listed(listed));
            view.queued = self.tracker.queued().collect();
        }
        let asks = |recipient: &str| filters.takes_recipient(recipient);
        waiting::build_queue(view, &Beside { asks: Some(&asks), ..beside })
    }

    fn view<'s>(
        &'s self,
        reading: report::model::Reading,
        hosts: Vec<String>,
        shown: &Reporting,
    ) -> View<'s> {
        View {
            names: &self.names,
            tallies: &self.tallies,
            days: &self.days,
            reading,
            hosts,
            queued: self.queued(),
            last: self.until(),
            now: self.config.reading.now,
            folds: self.config.counting.fold,
            whole_reasons: self.config.counting.verbose,
            each_message: self.config.counting.messages,
            shown: shown.clone(),
            threads: self.config.reading.threads,
        }
    }

    /// What was read and from which hosts, as the report says it.
    fn read_from(&self) -> (report::model::Reading, Vec<String>) {
        let Reading {
            files, lines, postfix_lines, not_understood, unreadable, repeated, lost, ..
        } = self.reading;
        let lines_of = |sample: &Sample| {
            let program = match sample.program.as_slice() {
                b"" => "unreadable".to_owned(),
                program => report::printable(program),
            };
            (program, sample.lines.iter().map(|line| report::printable(line)).collect())
        };
        let samples = self.samples.list.iter().map(lines_of).collect();
        let reading = report::model::Reading {
            files,
            lines,
            postfix_lines,
            not_understood,
            unreadable,
            repeated,
            lost,
            others: self.names.turned_away(),
            samples,
            services: self.services(),
        };
        (reading, self.hosts_counted())
    }

    /// Who wrote, in order of appearance.
    fn services(&self) -> Vec<Instance> {
        let text = |name| report::printable(self.names.texts.text(name));
        let mut instances: Vec<Instance> = Vec::new();
        let (mut places, mut known) = (BTreeMap::new(), BTreeSet::new());
        for service in self.tracker.services() {
            let new = instances.len();
            let at = *places.entry(service.instance_number).or_insert(new);
            if at == new {
                let (host, instance) = (text(service.host), text(service.instance));
                instances.push(Instance { host, instance, services: Vec::new() });
            }
            if known.insert((at, service.label))
                && let Some(instance) = instances.get_mut(at)
            {
                instance.services.push(text(service.label));
            }
        }
        instances
    }

    /// The hosts whose lines count, in order of appearance.
    fn hosts_counted(&self) -> Vec<String> {
        let hosts = self.tracker.services().iter().map(|service| service.host);
        let mut known = BTreeSet::new();
        let hosts = hosts.filter(|host| known.insert(*host));
        hosts.map(|host| report::printable(self.names.texts.text(host))).collect()
    }

    /// Names that may be mentioned in a text without a mark: hosts, users, local parts.
    #[must_use]
    pub fn known_names(&self) -> Known {
        let names = &self.names;
        let shown = |name: &[u8]| report::printable(name);
        let local = |address: &[u8]| {
            let end = address.iter().rposition(|byte| *byte == b'@').unwrap_or(address.len());
            address.get(..end).map(shown)
        };
        let peer = |peer: &[u8]| {
            let end = peer.iter().position(|byte| *byte == b'[')?;
            peer.get(..end).map(shown)
        };
        let sign_ins = &self.tallies.sign_ins;
        let tried = sign_ins.failures.keys().map(|(_, user)| *user);
        let users = sign_ins.users.keys().copied().chain(tried);
        let users = users.map(|user| shown(names.texts.text(user)));
        let peers =
            names.clients.texts().filter_map(peer).chain(names.relays.texts().filter_map(peer));
        let hosts = names.domains.texts().map(shown).chain(self.hosts().into_iter().map(shown));
        Known {
            users: names.addresses.texts().filter_map(local).chain(users).collect(),
            hosts: hosts.chain(peers).collect(),
        }
    }

    /// Some of the lines that were not understood, by program.
    #[must_use]
    pub fn samples(&self) -> &[Sample] {
        &self.samples.list
    }

    /// The hosts that wrote lines of Postfix, also those that were left out, in
    /// the order of their names.
    #[must_use]
    pub fn hosts(&self) -> Vec<&[u8]> {
        let counted =
            self.tracker.services().iter().map(|service| self.names.texts.text(service.host));
        sorted(counted.chain(self.selection.left_out.iter().map(|(host, _)| host.as_slice())))
    }

    /// The instances of Postfix that wrote lines, also those that were left
    /// out, in the order of their names.
    #[must_use]
    pub fn instances(&self) -> Vec<&[u8]> {
        let services = self.tracker.services().iter();
        let counted = services.map(|service| self.names.texts.text(service.instance));
        sorted(
            counted.chain(self.selection.left_out.iter().map(|(_, instance)| instance.as_slice())),
        )
    }
}

fn sorted<'n>(names: impl Iterator<Item = &'n [u8]>) -> Vec<&'n [u8]> {
    let mut names: Vec<&[u8]> = names.collect();
    names.sort_unstable();
    names.dedup();
    names
}
