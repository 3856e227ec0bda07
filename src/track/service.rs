//! Services: who wrote a line, told apart by host, instance and master.cf name.

use foldhash::fast::RandomState;
use hashbrown::{HashMap, HashSet};

use crate::names::{Names, Text};
use crate::postfix::{Program, Tag};

/// A daemon of one Postfix instance on one host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Service {
    /// The host as syslog names it.
    pub host: Text,
    /// Number of the host, in order of appearance.
    pub host_number: u16,
    /// The syslog name of the instance.
    pub instance: Text,
    /// Number of host and instance together: queue IDs are unique within it.
    pub instance_number: u16,
    /// What the tag says behind the instance: `smtpd`, `submission/smtpd`, `relay/smtp`.
    pub name: Text,
    /// The same without the names that the sample master.cf gives to submission: they are smtpd.
    pub label: Text,
    /// Which program it runs.
    pub program: Program,
}

/// Services seen so far.
#[derive(Default)]
pub(super) struct Services {
    list: Vec<Service>,
    /// By host, instance and service as they are written.
    found: HashMap<(Text, Text, Text), u32, RandomState>,
    hosts: Vec<Text>,
    /// The first labels of their names.
    labels: HashSet<Box<[u8]>, RandomState>,
    instances: Vec<(u16, Text)>,
    /// Which of them have a queue manager, as far as the log has shown.
    managed: Vec<bool>,
    /// The last few lookups, by the number of the writer, with the place in the list.
    recent: Vec<(u32, u32)>,
}

/// Places for recent lookups; a mail host has two dozen writers.
const PLACES: usize = 256;

impl Services {
    /// The service that wrote a line.
    #[inline] // once a line
    pub(super) fn of(&mut self, host: &[u8], tag: &Tag<'_>, names: &mut Names) -> Service {
        if let Some(&(writer, at)) = self.recent.get(tag.writer as usize % PLACES)
            && writer == tag.writer
            && writer != 0
            && let Some(service) = self.list.get(at as usize)
        {
            return *service;
        }
        self.look_up(host, tag, names)
    }

    #[cold]
    fn look_up(&mut self, host: &[u8], tag: &Tag<'_>, names: &mut Names) -> Service {
        let mut name = |text: &[u8]| -> Text { names.texts.intern(text).0 };
        let key = (name(host), name(tag.instance), name(tag.service));
        let at = match self.found.get(&key) {
            Some(&at) => at,
            None => {
                let service = self.introduce(host, tag, names);
                let at = u32::try_from(self.list.len()).unwrap_or(u32::MAX);
                self.list.push(service);
                self.found.insert(key, at);
                at
            }
        };
        self.recent.resize(PLACES, (0, 0));
        if let Some(recent) = self.recent.get_mut(tag.writer as usize % PLACES) {
            *recent = (tag.writer, at);
        }
        self.list.get(at as usize).copied().unwrap_or_else(|| self.introduce(host, tag, names))
    }

    fn introduce(&mut self, host: &[u8], tag: &Tag<'_>, names: &mut Names) -> Service {
        self.labels.insert(first_label(host).into());
        let host = names.texts.intern(host).0;
        let instance = names.texts.intern(tag.instance).0;
        let host_number = place(&mut self.hosts, host);
        let instance_number = place(&mut self.instances, (host_number, instance));
        let label = match tag.service {
            b"submission/smtpd" | b"submissions/smtpd" | b"smtps/smtpd" => b"smtpd",
            service => service,
        };
        let name = names.texts.intern(tag.service).0;
        let label = names.texts.intern(label).0;
        Service { host, host_number, instance, instance_number, name, label, program: tag.program }
    }

    /// The numbers of host and instance together.
    pub(super) fn instances(&self) -> std::ops::Range<u16> {
        0..u16::try_from(self.instances.len()).unwrap_or(u16::MAX)
    }

    /// Whether a name is that of a host of the log, by its first label.
    pub(super) fn is_host(&self, name: &[u8]) -> bool {
        let label = first_label(name);
        !label.is_empty() && label != b"unknown" && self.labels.contains(label)
    }

    /// Whether a host writes under several syslog names.
    pub(super) fn share_hosts(&self) -> bool {
        self.instances.len() > self.hosts.len()
    }

    /// Notes that an instance has a queue manager.
    pub(super) fn manages(&mut self, instance: u16) {
        let at = usize::from(instance);
        if at >= self.managed.len() {
            self.managed.resize(at + 1, false);
        }
        if let Some(managed) = self.managed.get_mut(at) {
            *managed = true;
        }
    }

    /// The other syslog names that may stand for the same instance: those of its host,
    /// unless both have a queue manager.
    pub(super) fn other_names(&self, instance: u16) -> impl Iterator<Item = u16> {
        let managed = |at: u16| self.managed.get(usize::from(at)).copied().unwrap_or(false);
        let host = |at: u16| self.instances.get(usize::from(at)).map(|(host, _)| *host);
        self.instances().filter(move |&other| {
            other != instance
                && host(other) == host(instance)
                && !(managed(other) && managed(instance))
        })
    }

    /// The hosts, in order of appearance.
    pub(super) fn hosts(&self) -> &[Text] {
        &self.hosts
    }

    /// The services, in order of appearance.
    pub(super) fn all(&self) -> &[Service] {
        &self.list
    }
}

/// `mx1` of `mx1.example.org`.
fn first_label(name: &[u8]) -> &[u8] {
    let end = crate::near::place(name, b'.').unwrap_or(name.len());
    name.get(..end).unwrap_or(name)
}

/// The number of an item in a list, at its end if it is new.
fn place<T: PartialEq>(list: &mut Vec<T>, item: T) -> u16 {
    let at = list.iter().position(|known| *known == item).unwrap_or_else(|| {
        list.push(item);
        list.len() - 1
    });
    u16::try_from(at).unwrap_or(u16::MAX)
}
