//! The hosts and instances whose lines count.

use std::collections::BTreeSet;

use crate::config;

/// How many hosts and instances are remembered beyond those that count.
const MOST: usize = 1000;

/// What the report is limited to, and what that leaves out.
#[derive(Debug, Default)]
pub(super) struct Selection {
    hosts: Vec<String>,
    instances: Vec<String>,
    /// Hosts and instances that were left out.
    pub(super) left_out: BTreeSet<(Vec<u8>, Vec<u8>)>,
    /// The last line's, because the next one's are mostly the same.
    last: (Vec<u8>, Vec<u8>, bool),
}

impl Selection {
    pub(super) fn new(reading: &config::Reading) -> Self {
        Self { hosts: reading.host.clone(), instances: reading.instance.clone(), ..Self::default() }
    }

    /// Whether every line counts, which costs nothing to know.
    pub(super) fn is_everything(&self) -> bool {
        self.hosts.is_empty() && self.instances.is_empty()
    }

    /// Whether a line of this host and instance counts.
    pub(super) fn includes(&mut self, host: &[u8], instance: &[u8]) -> bool {
        let (last_host, last_instance, counts) = &self.last;
        if last_host == host && last_instance == instance {
            return *counts;
        }
        let counts = any(&self.hosts, |wanted| is_host(wanted.as_bytes(), host))
            && any(&self.instances, |wanted| wanted.as_bytes() == instance);
        self.last = (host.to_vec(), instance.to_vec(), counts);
        if !counts && self.left_out.len() < MOST {
            self.left_out.insert((host.to_vec(), instance.to_vec()));
        }
        counts
    }
}

fn any(wanted: &[String], fits: impl Fn(&String) -> bool) -> bool {
    wanted.is_empty() || wanted.iter().any(fits)
}

/// Whether a name of the user's means a host of the log: `mx1` is
/// `mx1.example.net` too, because loggers write the one or the other.
fn is_host(wanted: &[u8], host: &[u8]) -> bool {
    let label = host.split(|&b| b == b'.').next().unwrap_or_default();
    wanted.eq_ignore_ascii_case(host) || wanted.eq_ignore_ascii_case(label)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limited(hosts: &[&str], instances: &[&str]) -> Selection {
        let strings = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
        let reading = config::Reading {
            host: strings(hosts),
            instance: strings(instances),
            ..config::Reading::default()
        };
        Selection::new(&reading)
    }

    #[test]
    fn a_host_goes_by_its_whole_name_or_its_first_label() {
        let mut selection = limited(&["mx1", "MX2.example.net"], &[]);
        for (host, counts) in [
            (&b"mx1"[..], true),
            (b"mx1.example.net", true),
            (b"mx10", false),
            (b"mx2.example.net", true),
            (b"mx2.example.com", false),
            (b"mx2", false),
        ] {
            assert_eq!(selection.includes(host, b"postfix"), counts, "{host:?}");
        }
        assert_eq!(selection.left_out.len(), 3);
    }

    #[test]
    fn host_and_instance_must_both_fit() {
        let mut selection = limited(&["mx1"], &["postfix-out"]);
        assert!(selection.includes(b"mx1", b"postfix-out"));
        assert!(
            !selection.includes(b"mx1", b"postfix") && !selection.includes(b"mx2", b"postfix-out")
        );
        assert!(limited(&[], &[]).is_everything());
    }
}
