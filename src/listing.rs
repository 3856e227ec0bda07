//! Listings: the mail queue as `postqueue -j` (3.1) or mailq(1) lists it.

use crate::postfix::QueueId;
use crate::syslog::{MONTHS, civil_from_days, days_from_civil};

/// A message in a listing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its queue ID.
    pub queue_id: QueueId,
    /// The queue it lies in: `deferred`, `active`, `hold`.
    pub queue: String,
    /// When it arrived.
    pub arrival: Arrival,
    /// Its size in bytes.
    pub size: u64,
    /// Envelope sender; empty for notices.
    pub sender: String,
    /// Recipients that are left, each with the reason it waits for, if there is one.
    pub recipients: Vec<(String, Option<String>)>,
}

/// When a message arrived, as its listing tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrival {
    /// In seconds of UTC.
    Utc(i64),
    /// On a wall clock, without a year: mailq(1).
    Wall {
        /// 1 to 12.
        month: u8,
        /// 1 to 31.
        day: u8,
        /// Second of the day.
        second: u32,
    },
}

impl Arrival {
    /// The second of UTC; of the years that a wall clock may mean, the last one that is not
    /// after `now` (UTC; a clock may be off by a day). `offset` is that of the wall clock.
    #[must_use]
    pub fn utc(self, now: i64, offset: i32) -> i64 {
        const DAY: i64 = 86_400;
        let (month, day, second) = match self {
            Arrival::Utc(utc) => return utc,
            Arrival::Wall { month, day, second } => (month, day, second),
        };
        let (year, _, _) = civil_from_days((now + DAY).div_euclid(DAY));
        let in_year = |year| {
            let days = days_from_civil(year, month, day)?;
            Some(days * DAY + i64::from(second) - i64::from(offset))
        };
        // The 29th of February is not in every year.
        let mut years = (year - 8..=year).rev().filter_map(in_year);
        years.find(|utc| *utc <= now + DAY).unwrap_or(now)
    }
}

/// Reads a listing of either form. Entries that are none, or whose queue ID is none, are left
/// out; how many is told beside the others.
#[must_use]
pub fn parse(text: &str) -> (Vec<Listed>, usize) {
    let first = text.trim_start();
    if first.starts_with('{') { of_json(first) } else { of_mailq(text) }
}

#[derive(serde::Deserialize)]
struct Entry {
    queue_name: String,
    queue_id: String,
    arrival_time: i64,
    message_size: u64,
    sender: String,
    #[serde(default)]
    recipients: Vec<Recipient>,
}

#[derive(serde::Deserialize)]
struct Recipient {
    address: String,
    delay_reason: Option<String>,
}

/// ```text
/// {"queue_name": "deferred", "queue_id": "6CF3C9A0E82", "arrival_time": 1795442739, "message_size": 1412, "sender": "MAILER-DAEMON", "recipients": [{"address": "ann@example.org", "delay_reason": "…"}]}
/// ```
fn of_json(text: &str) -> (Vec<Listed>, usize) {
    let (mut listed, mut wrong) = (Vec::new(), 0);
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        match serde_json::from_str(line).ok().and_then(of_entry) {
            Some(entry) => listed.push(entry),
            None => wrong += 1,
        }
    }
    (listed, wrong)
}

fn of_entry(entry: Entry) -> Option<Listed> {
    let told = |recipient: Recipient| (recipient.address, recipient.delay_reason);
    Some(Listed {
        queue_id: QueueId::parse(entry.queue_id.as_bytes())?,
        queue: entry.queue_name,
        arrival: Arrival::Utc(entry.arrival_time),
        size: entry.message_size,
        sender: sender(&entry.sender),
        recipients: entry.recipients.into_iter().map(told).collect(),
    })
}

/// ```text
/// -Queue ID-  --Size-- ----Arrival Time---- -Sender/Recipient-------
/// 6CF3C9A0E82    1412 Mon Nov 23 14:05:39  MAILER-DAEMON
/// (connect to mx.example.org[192.0.2.25]:25: Connection timed out)
///                                          ann@example.org
/// ```
///
/// `*` behind the ID is the active queue, `!` the hold queue, `#` forced expiry (3.5).
fn of_mailq(text: &str) -> (Vec<Listed>, usize) {
    let (mut listed, mut wrong) = (Vec::<Listed>::new(), 0);
    let mut reason: Option<&str> = None;
    for line in text.lines() {
        let said = line.trim();
        if said.is_empty() || line.starts_with('-') || said == "Mail queue is empty" {
            continue;
        }
        if let Some(inside) = said.strip_prefix('(').and_then(|said| said.strip_suffix(')')) {
            reason = Some(inside);
        } else if line.starts_with(' ') {
            match listed.last_mut() {
                Some(last) => last.recipients.push((said.to_owned(), reason.map(str::to_owned))),
                None => wrong += 1,
            }
        } else {
            reason = None;
            match header(said) {
                Some(entry) => listed.push(entry),
                None => wrong += 1,
            }
        }
    }
    (listed, wrong)
}

fn header(line: &str) -> Option<Listed> {
    let (id, rest) = word(line)?;
    let (size, rest) = word(rest)?;
    let (_weekday, rest) = word(rest)?;
    let (month, rest) = word(rest)?;
    let (day, rest) = word(rest)?;
    let (time, from) = word(rest)?;
    let queue = match id.chars().last()? {
        '*' => "active",
        '!' => "hold",
        _ => "deferred",
    };
    Some(Listed {
        queue_id: QueueId::parse(id.trim_end_matches(['*', '!', '#']).as_bytes())?,
        queue: queue.to_owned(),
        arrival: wall(month, day, time)?,
        size: size.parse().ok()?,
        sender: sender(from.trim()),
        recipients: Vec::new(),
    })
}

/// The first word, and what follows it.
fn word(text: &str) -> Option<(&str, &str)> {
    text.trim_start().split_once(' ')
}

/// `Nov`, `23`, `14:05:39`.
fn wall(month: &str, day: &str, time: &str) -> Option<Arrival> {
    let month = MONTHS.iter().position(|name| *name == month)?;
    let day = day.parse().ok().filter(|day| (1..=31).contains(day))?;
    let mut second = 0;
    for (part, below) in time.split(':').zip([24, 60, 61]) {
        second = second * 60 + part.parse::<u32>().ok().filter(|part| *part < below)?;
    }
    Some(Arrival::Wall { month: u8::try_from(month + 1).ok()?, day, second })
}

/// The null sender goes by the name of the mail system.
fn sender(listed: &str) -> String {
    if listed == "MAILER-DAEMON" { String::new() } else { listed.to_owned() }
}

#[cfg(test)]
#[allow(clippy::indexing_slicing)]
mod tests {
    use super::*;

    const JSON: &str = r#"{"queue_name": "deferred", "queue_id": "6CF3C9A0E82", "arrival_time": 1795442739, "message_size": 1412, "forced_expire": false, "sender": "MAILER-DAEMON", "recipients": [{"address": "ann@example.org", "delay_reason": "connect to mx.example.org[192.0.2.25]:25: Connection timed out"}]}
{"queue_name": "hold", "queue_id": "E7B199A1429", "arrival_time": 1795442669, "message_size": 1398, "forced_expire": false, "sender": "\"bob b\"@example.net", "recipients": [{"address": "ann@example.org"}, {"address": "cyd@example.org"}]}
"#;
    const MAILQ: &str = "\
-Queue ID-  --Size-- ----Arrival Time---- -Sender/Recipient-------
6CF3C9A0E82    1412 Mon Nov 23 14:05:39  MAILER-DAEMON
(connect to mx.example.org[192.0.2.25]:25: Connection timed out)
                                         ann@example.org

E7B199A1429!    1398 Mon Nov 23 14:04:29  \"bob b\"@example.net
                                         ann@example.org
                                         cyd@example.org

-- 2 Kbytes in 2 Requests.
";
    /// Thu Nov 26 2026, noon in UTC.
    const NOW: i64 = 1_795_694_400;

    #[test]
    fn both_forms_tell_the_same() {
        let (json, wrong) = parse(JSON);
        assert_eq!((json.len(), wrong), (2, 0));
        assert_eq!((json[1].queue.as_str(), json[1].recipients.len()), ("hold", 2));
        let (mut mailq, wrong) = parse(MAILQ);
        assert_eq!((mailq.len(), wrong), (2, 0));
        for listed in &mut mailq {
            listed.arrival = Arrival::Utc(listed.arrival.utc(NOW, 0));
        }
        assert_eq!(mailq, json);
    }

    #[test]
    fn a_time_without_a_year_is_of_the_last_year_that_fits() {
        let told = Arrival::Wall { month: 11, day: 23, second: 14 * 3600 + 5 * 60 + 39 };
        assert_eq!(told.utc(NOW, 3600), 1_795_442_739 - 3600);
        // On Nov 20, 2026 no message of the 23rd can be there: it is a year old.
        assert_eq!(told.utc(NOW - 6 * 86_400, 0), 1_795_442_739 - 365 * 86_400);
    }

    #[test]
    fn what_is_no_queue_id_gets_nowhere() {
        let hostile = JSON.replace("6CF3C9A0E82", "ALL").replace("E7B199A1429", "A;reboot");
        assert_eq!(parse(&hostile), (Vec::new(), 2));
        assert_eq!(parse(&MAILQ.replace("6CF3C9A0E82", "ALL")).1, 2);
        assert_eq!(parse("mail system is down\n"), (Vec::new(), 1));
    }

    #[test]
    fn an_empty_queue_is_empty() {
        assert_eq!(parse("Mail queue is empty\n"), (Vec::new(), 0));
        assert_eq!(parse(""), (Vec::new(), 0));
    }
}
