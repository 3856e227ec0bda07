//! What is true of a world: what happened, by date, folded into numbers with names.

use std::collections::{BTreeMap, BTreeSet};

/// Numbers by name; what is not named is 0.
pub(crate) type Numbers = BTreeMap<String, u64>;

/// Adds to a number.
pub(crate) fn add(numbers: &mut Numbers, name: impl Into<String>, count: u64) {
    if count > 0 {
        *numbers.entry(name.into()).or_default() += count;
    }
}

/// Something that happened.
#[derive(Clone, Debug, Default)]
pub(crate) struct Deed {
    /// What: the name of a number.
    pub(crate) what: &'static str,
    /// Seconds since 1970 by the clock of the host.
    pub(crate) wall: i64,
    /// The message, by its number in the world.
    pub(crate) message: usize,
    pub(crate) sender: Option<String>,
    pub(crate) recipient: Option<String>,
    pub(crate) relay: Option<String>,
    pub(crate) dsn: Option<String>,
    pub(crate) user: Option<String>,
    pub(crate) host: &'static str,
    pub(crate) bytes: u64,
}

/// A recipient that waits.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Waits {
    pub(crate) recipient: String,
    pub(crate) attempts: u64,
    pub(crate) first_reason: Option<String>,
    pub(crate) last_reason: Option<String>,
}

/// Fates of messages, the worst last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(crate) enum End {
    #[default]
    Delivered,
    Discarded,
    Bounced,
    Expired,
    Deleted,
    Queued,
}

/// Everything that is true of a world.
#[derive(Debug, Default)]
pub(crate) struct Truth {
    pub(crate) deeds: Vec<Deed>,
    /// What became of each message of the books.
    pub(crate) ends: BTreeMap<usize, End>,
    /// Messages in the queue at the end, by queue ID with host and instance: those of whom the
    /// log has told recipients that wait.
    pub(crate) queue: BTreeMap<(String, String), Vec<Waits>>,
}

/// Numbers of which hours and days tell as well.
const COURSE: [&str; 5] = ["received", "delivered", "deferrals", "bounced", "rejected"];

impl Truth {
    /// The worst of what became of a message counts.
    pub(crate) fn ends(&mut self, message: usize, end: End) {
        let known = self.ends.entry(message).or_default();
        *known = end.max(*known);
    }

    /// A content filter of which no mail came back is no filter as far as the log tells.
    pub(crate) fn settle_swallowed(&mut self) {
        let came_back = self.deeds.iter().any(|deed| deed.what == "hops_folded");
        for deed in &mut self.deeds {
            if deed.what == "swallowed_by_filter" && !came_back {
                deed.what = "delivered";
                self.ends.insert(deed.message, End::Delivered);
            }
        }
    }

    /// All numbers, or those of a stretch of time.
    pub(crate) fn numbers(&self, within: impl Fn(i64) -> bool) -> Numbers {
        let mut numbers = Numbers::new();
        let mut distinct: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
        for deed in self.deeds.iter().filter(|deed| within(deed.wall)) {
            add(&mut numbers, deed.what, 1);
            let refused = deed.what.starts_with("rejected_");
            let course = if refused { "rejected" } else { deed.what };
            if refused {
                add(&mut numbers, course, 1);
            }
            if COURSE.contains(&course) {
                add(&mut numbers, format!("hour {} {course}", deed.wall / 3600 % 24), 1);
                add(&mut numbers, format!("day {} {course}", deed.wall / 86_400), 1);
            }
            by_key(deed, &mut numbers);
            let mut once = |name, what: &Option<String>| {
                if let Some(what) = what.as_ref().filter(|what| !what.is_empty()) {
                    distinct.entry(name).or_default().insert(what.clone());
                }
            };
            match deed.what {
                "received" => {
                    add(&mut numbers, "bytes_received", deed.bytes);
                    once("senders", &deed.sender);
                }
                "delivered" => {
                    add(&mut numbers, "bytes_delivered", deed.bytes);
                    once("recipients", &deed.recipient);
                }
                "deferrals" => once("deferred", &Some(deed.message.to_string())),
                _ => {}
            }
        }
        for (name, of) in distinct {
            add(&mut numbers, name, of.len() as u64);
        }
        numbers
    }
}

fn by_key(deed: &Deed, numbers: &mut Numbers) {
    let whole = ["received", "delivered", "deferrals", "bounced", "forwarded"];
    if !whole.contains(&deed.what) {
        return;
    }
    let name = deed.what;
    let keys = [
        ("recipient", &deed.recipient, name != "received"),
        ("relay", &deed.relay, name != "received"),
        ("dsn", &deed.dsn, name == "deferrals" || name == "bounced"),
        ("sender", &deed.sender, true),
        ("user", &deed.user, name == "received"),
    ];
    for (key, value, is_told) in keys {
        if is_told {
            let value = shown(key, value.as_deref());
            add(numbers, format!("{name} by {key} {value}"), 1);
        }
    }
    add(numbers, format!("{name} by host {}", deed.host), 1);
}

/// How a key is written: hosts without their address, the null sender as `<>`, and `-` for
/// what is not known.
fn shown<'v>(key: &str, value: Option<&'v str>) -> &'v str {
    match value {
        None => "-",
        Some("") => "<>",
        Some(value) if key == "relay" => value.split('[').next().unwrap_or(value),
        Some(value) => value,
    }
}
