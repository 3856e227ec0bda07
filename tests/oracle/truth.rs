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
    /// When it was, and its line was written, in true milliseconds.
    pub(crate) at: i64,
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

/// A message that is in the queue when the world ends.
#[derive(Debug)]
pub(crate) struct Queued {
    pub(crate) host: &'static str,
    pub(crate) id: String,
    pub(crate) hop: usize,
    /// Recipients that are not done with, and the attempts for them: when, and why not.
    pub(crate) open: Vec<(String, Vec<(i64, String)>)>,
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

impl End {
    fn name(self) -> &'static str {
        match self {
            End::Delivered => "delivered",
            End::Discarded => "discarded",
            End::Bounced => "bounced",
            End::Expired => "expired",
            End::Deleted => "deleted",
            End::Queued => "still queued",
        }
    }
}

/// Everything that is true of a world.
#[derive(Debug, Default)]
pub(crate) struct Truth {
    pub(crate) deeds: Vec<Deed>,
    /// What became of messages, by hop, and when.
    ends: Vec<(usize, i64, End)>,
    /// When a line last told that a message is, or was, in the queue, by hop.
    last: BTreeMap<usize, i64>,
    /// Of which message a hop is another one, and when the log ties the two.
    pub(crate) hops: BTreeMap<usize, (usize, i64)>,
    pub(crate) queue: Vec<Queued>,
    /// Stretches of time within which no log begins: half of what happens in them cannot be
    /// told from something else.
    pub(crate) whole: Vec<(i64, i64)>,
}

/// Numbers of which hours and days tell as well.
const COURSE: [&str; 5] = ["received", "delivered", "deferrals", "bounced", "rejected"];

impl Truth {
    /// Something became of a message on one of its hops.
    pub(crate) fn ends(&mut self, hop: usize, at: i64, end: End) {
        self.ends.push((hop, at, end));
    }

    /// A line tells that a hop is in the queue, or was.
    pub(crate) fn told_of(&mut self, hop: usize, at: i64) {
        let last = self.last.entry(hop).or_insert(at);
        *last = at.max(*last);
    }

    /// When a log begins that is to begin at `at`.
    pub(crate) fn beginning(&self, mut at: i64) -> i64 {
        while let Some((from, _)) = self.whole.iter().find(|(from, to)| *from < at && at <= *to) {
            at = *from;
        }
        at
    }

    /// What a log tells that begins at `at`.
    pub(crate) fn since(mut self, at: i64) -> Truth {
        self.deeds.retain(|deed| deed.at >= at);
        self.last.retain(|_, last| *last >= at);
        self.ends.retain(|(_, when, _)| *when >= at);
        // Where nothing ties them, hops are messages.
        let tied = |(hop, (message, when)): (&usize, &(usize, i64))| {
            (*hop, if *when >= at { *message } else { *hop })
        };
        let whose: BTreeMap<usize, usize> = self.hops.iter().map(tied).collect();
        let whose = |hop: usize| whose.get(&hop).copied().unwrap_or(hop);
        self.last = self.last.iter().map(|(hop, last)| (whose(*hop), *last)).collect();
        self.ends.iter_mut().for_each(|(hop, _, _)| *hop = whose(*hop));
        let known = self.known();
        self.ends.retain(|(message, _, _)| known.contains(message));
        self.queue.retain(|queued| known.contains(&whose(queued.hop)));
        for queued in &mut self.queue {
            queued.open.iter_mut().for_each(|(_, tries)| tries.retain(|(when, _)| *when >= at));
        }
        self.settle_swallowed();
        self
    }

    /// The messages whose beginning is told.
    fn begun(&self) -> BTreeSet<usize> {
        let begun = self.deeds.iter().filter(|deed| ["received", "generated"].contains(&deed.what));
        begun.map(|deed| deed.message).collect()
    }

    /// The messages that are told of.
    fn known(&self) -> BTreeSet<usize> {
        self.begun().into_iter().chain(self.last.keys().copied()).collect()
    }

    /// The books: how messages began and ended; the worst of what became of one counts.
    pub(crate) fn books(&self) -> Numbers {
        let mut numbers = Numbers::new();
        let begun = self.begun();
        for what in ["received", "generated"] {
            let deeds = self.deeds.iter().filter(|deed| deed.what == what);
            add(&mut numbers, what, deeds.count() as u64);
        }
        for message in self.known() {
            add(&mut numbers, "before", u64::from(!begun.contains(&message)));
            let ends = self.ends.iter().filter(|(of, _, _)| *of == message);
            let worst = ends.map(|(_, _, end)| *end).max().unwrap_or_default();
            add(&mut numbers, format!("ended {}", worst.name()), 1);
        }
        numbers
    }

    /// Messages in the queue at the end, by host and queue ID, and who waits of those whom the
    /// log has told of.
    pub(crate) fn queue(&self) -> Vec<((String, String), Vec<Waits>)> {
        let queued = self.queue.iter().map(|queued| {
            let tried = queued.open.iter().filter(|(_, tries)| !tries.is_empty());
            let mut tried: Vec<_> = tried.collect();
            tried.sort_by_key(|(_, tries)| tries[0].0);
            let waits = tried.into_iter().map(|(recipient, tries)| Waits {
                recipient: recipient.clone(),
                attempts: tries.len() as u64,
                first_reason: tries.first().map(|(_, reason)| reason.clone()),
                last_reason: tries.last().map(|(_, reason)| reason.clone()),
            });
            ((queued.host.to_owned(), queued.id.clone()), waits.collect())
        });
        let mut queue: Vec<(_, Vec<Waits>)> = queued.collect();
        queue.sort_by(|(one, _), (other, _)| one.cmp(other));
        queue
    }

    /// A content filter of which no mail came back is no filter as far as the log tells.
    fn settle_swallowed(&mut self) {
        let came_back = self.deeds.iter().any(|deed| deed.what == "hops_folded");
        if came_back {
            return;
        }
        for deed in self.deeds.iter_mut().filter(|deed| deed.what == "swallowed_by_filter") {
            deed.what = "delivered";
            self.ends.retain(|(message, _, _)| *message != deed.message);
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
        add(&mut numbers, "still_queued", self.queue.len() as u64);
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
