//! Services: who wrote a line, told apart by host, instance and master.cf name.

use foldhash::fast::RandomState;
use hashbrown::HashMap;

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
    /// What the tag says behind the instance: `smtpd`, `relay/smtp`. The names that the
    /// sample master.cf gives to submission are left out: they are smtpd.
    pub label: Text,
    /// Which program it runs.
    pub program: Program,
}

/// Services seen so far.
#[derive(Default)]
pub(super) struct Services {
    list: Vec<Service>,
    found: HashMap<Box<[u8]>, u32, RandomState>,
    hosts: Vec<Text>,
    instances: Vec<(u16, Text)>,
    /// The last few lookups, by a cheap hash of the tag: services take turns.
    recent: Vec<Recent>,
}

/// One lookup and its answer.
#[derive(Default)]
struct Recent {
    host: Box<[u8]>,
    instance: Box<[u8]>,
    service: Box<[u8]>,
    number: u32,
}

/// Slots of the cache of recent lookups; a mail host has a dozen services.
const SLOTS: usize = 64;

impl Services {
    /// The service that wrote a line.
    pub(super) fn of(&mut self, host: &[u8], tag: &Tag<'_>, names: &mut Names) -> Service {
        let edge = |text: &[u8]| usize::from(text.last().copied().unwrap_or(0)) + text.len() * 5;
        let middle = tag.service.get(tag.service.len().wrapping_sub(4)).copied().unwrap_or(0);
        let mixed =
            usize::from(middle).wrapping_mul(7) ^ edge(host).wrapping_mul(3) ^ edge(tag.instance);
        let slot = (edge(tag.service) ^ mixed) % SLOTS;
        if let Some(recent) = self.recent.get(slot)
            && recent.host.as_ref() == host
            && recent.service.as_ref() == tag.service
            && recent.instance.as_ref() == tag.instance
            && let Some(service) = self.list.get(recent.number as usize)
        {
            return *service;
        }
        self.look_up(slot, host, tag, names)
    }

    #[cold]
    fn look_up(&mut self, slot: usize, host: &[u8], tag: &Tag<'_>, names: &mut Names) -> Service {
        let key = [host, tag.instance, tag.service].join(&0);
        let number = match self.found.get(key.as_slice()) {
            Some(&number) => number,
            None => {
                let service = self.introduce(host, tag, names);
                let number = u32::try_from(self.list.len()).unwrap_or(u32::MAX);
                self.list.push(service);
                self.found.insert(key.into_boxed_slice(), number);
                number
            }
        };
        self.recent.resize_with(SLOTS, Recent::default);
        if let Some(recent) = self.recent.get_mut(slot) {
            let (host, instance, service) = (host.into(), tag.instance.into(), tag.service.into());
            *recent = Recent { host, instance, service, number };
        }
        self.list.get(number as usize).copied().unwrap_or_else(|| self.introduce(host, tag, names))
    }

    fn introduce(&mut self, host: &[u8], tag: &Tag<'_>, names: &mut Names) -> Service {
        let host = names.texts.intern(host).0;
        let instance = names.texts.intern(tag.instance).0;
        let host_number = place(&mut self.hosts, host);
        let instance_number = place(&mut self.instances, (host_number, instance));
        let label = match tag.service {
            b"submission/smtpd" | b"submissions/smtpd" | b"smtps/smtpd" => b"smtpd",
            service => service,
        };
        let label = names.texts.intern(label).0;
        Service { host, host_number, instance, instance_number, label, program: tag.program }
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

/// The number of an item in a list, at its end if it is new.
fn place<T: PartialEq>(list: &mut Vec<T>, item: T) -> u16 {
    let at = list.iter().position(|known| *known == item).unwrap_or_else(|| {
        list.push(item);
        list.len() - 1
    });
    u16::try_from(at).unwrap_or(u16::MAX)
}
