//! Services: who wrote a line, told apart by host, instance and master.cf name.

use std::hash::Hash;

use foldhash::fast::RandomState;
use hashbrown::{HashMap, HashSet};

use crate::names::{Names, Text};
use crate::postfix::{Program, Tag};

/// A daemon of one Postfix instance on one host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(align(8))] // 28 bytes would be copied in two pieces that overlap, which wait for each other
pub struct Service {
    /// The host as syslog names it.
    pub host: Text,
    /// Number of the host, in order of appearance.
    pub host_number: u32,
    /// The syslog name of the instance.
    pub instance: Text,
    /// Number of host and instance together: queue IDs are unique within it.
    pub instance_number: u32,
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
    hosts: Numbers<Text>,
    /// The first labels of their names.
    labels: HashSet<Box<[u8]>, RandomState>,
    instances: Numbers<(u32, Text)>,
    /// Those of each host, up to [`NAMES`].
    of_host: Vec<Vec<u32>>,
    /// Which of them have a queue manager, as far as the log has shown.
    managed: Vec<bool>,
    /// The last few lookups, by the number of the writer.
    recent: Vec<Option<(u32, Service)>>,
}

/// Places for recent lookups; a mail host has two dozen writers.
const PLACES: usize = 256;

/// So many syslog names of a host may stand for one instance. A name beyond is taken for an instance
/// of its own.
const NAMES: usize = 256;

impl Services {
    /// The service that wrote a line.
    #[inline] // once a line
    pub(super) fn of(&mut self, host: &[u8], tag: &Tag<'_>, names: &mut Names) -> Service {
        match self.recent.get(tag.writer as usize % PLACES) {
            Some(Some((writer, service))) if *writer == tag.writer => *service,
            _ => self.look_up(host, tag, names),
        }
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
        let Some(&service) = self.list.get(at as usize) else {
            return self.introduce(host, tag, names);
        };
        self.recent.resize(PLACES, None);
        // A tag that alone does not say which service it was is of nobody.
        if let Some(recent) = self.recent.get_mut(tag.writer as usize % PLACES)
            && tag.writer != 0
        {
            *recent = Some((tag.writer, service));
        }
        service
    }

    fn introduce(&mut self, host: &[u8], tag: &Tag<'_>, names: &mut Names) -> Service {
        self.labels.insert(first_label(host).into());
        let host = names.texts.intern(host).0;
        let instance = names.texts.intern(tag.instance).0;
        let (host_number, _) = self.hosts.of(host);
        let (instance_number, new) = self.instances.of((host_number, instance));
        if new {
            self.note_instance(host_number, instance_number);
        }
        let label = match tag.service {
            b"submission/smtpd" | b"submissions/smtpd" | b"smtps/smtpd" => b"smtpd",
            service => service,
        };
        let name = names.texts.intern(tag.service).0;
        let label = names.texts.intern(label).0;
        Service { host, host_number, instance, instance_number, name, label, program: tag.program }
    }

    /// How many numbers of host and instance together there are.
    pub(super) fn instances(&self) -> u32 {
        u32::try_from(self.instances.list.len()).unwrap_or(u32::MAX)
    }

    fn note_instance(&mut self, host: u32, instance: u32) {
        let host = host as usize;
        if host >= self.of_host.len() {
            self.of_host.resize(host + 1, Vec::new());
        }
        if let Some(instances) = self.of_host.get_mut(host).filter(|known| known.len() < NAMES) {
            instances.push(instance);
        }
    }

    /// Whether a name is that of a host of the log, by its first label.
    pub(super) fn is_host(&self, name: &[u8]) -> bool {
        let label = first_label(name);
        !label.is_empty() && label != b"unknown" && self.labels.contains(label)
    }

    /// Whether a host writes under several syslog names.
    pub(super) fn share_hosts(&self) -> bool {
        self.instances.list.len() > self.hosts.list.len()
    }

    /// Notes that an instance has a queue manager.
    pub(super) fn manages(&mut self, instance: u32) {
        let at = instance as usize;
        if at >= self.managed.len() {
            self.managed.resize(at + 1, false);
        }
        if let Some(managed) = self.managed.get_mut(at) {
            *managed = true;
        }
    }

    /// The other syslog names that may stand for the same instance: those of its host,
    /// unless both have a queue manager.
    pub(super) fn other_names(&self, instance: u32) -> impl Iterator<Item = u32> {
        let managed = |at: u32| self.managed.get(at as usize).copied().unwrap_or(false);
        let host = self.instances.list.get(instance as usize).map(|(host, _)| *host as usize);
        let names = host.and_then(|host| self.of_host.get(host)).into_iter().flatten().copied();
        names.filter(move |&other| other != instance && !(managed(other) && managed(instance)))
    }

    /// The hosts, in order of appearance.
    pub(super) fn hosts(&self) -> &[Text] {
        &self.hosts.list
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

/// Things with a number each, in order of appearance.
struct Numbers<T> {
    list: Vec<T>,
    numbers: HashMap<T, u32, RandomState>,
}

impl<T> Default for Numbers<T> {
    fn default() -> Self {
        Numbers { list: Vec::new(), numbers: HashMap::default() }
    }
}

impl<T: Copy + Eq + Hash> Numbers<T> {
    /// The number of a thing, and whether it is new.
    fn of(&mut self, thing: T) -> (u32, bool) {
        let next = u32::try_from(self.list.len()).unwrap_or(u32::MAX);
        let number = *self.numbers.entry(thing).or_insert(next);
        if number == next {
            self.list.push(thing);
        }
        (number, number == next)
    }
}
