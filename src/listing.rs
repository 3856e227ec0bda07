//! Listings: the mail queue as `postqueue -j` (3.1) or mailq(1) lists it.

use crate::postfix::QueueId;

/// A message in a listing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its queue ID.
    pub queue_id: QueueId,
    /// The queue it lies in: `deferred`, `active`, `hold`.
    pub queue: String,
    /// When it arrived, in seconds of UTC; mailq tells no year.
    pub arrival: Option<i64>,
    /// Its size in bytes.
    pub size: u64,
    /// Envelope sender; empty for notices.
    pub sender: String,
    /// Recipients that are left, each with the reason it waits for, if there is one.
    pub recipients: Vec<(String, Option<String>)>,
}

/// Reads a listing of either form. Entries whose queue ID is none are left out; how many is
/// told beside the others.
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
        let entry = serde_json::from_str::<Entry>(line).ok();
        match entry.and_then(|entry| Some((QueueId::parse(entry.queue_id.as_bytes())?, entry))) {
            Some((queue_id, entry)) => listed.push(Listed {
                queue_id,
                queue: entry.queue_name,
                arrival: Some(entry.arrival_time),
                size: entry.message_size,
                sender: sender(&entry.sender),
                recipients: entry
                    .recipients
                    .into_iter()
                    .map(|recipient| (recipient.address, recipient.delay_reason))
                    .collect(),
            }),
            None => wrong += 1,
        }
    }
    (listed, wrong)
}

/// ```text
/// -Queue ID-  --Size-- ----Arrival Time---- -Sender/Recipient-------
/// 6CF3C9A0E82    1412 Mon Nov 23 14:05:39  MAILER-DAEMON
/// (connect to mx.example.org[192.0.2.25]:25: Connection timed out)
///                                          ann@example.org
/// ```
///
/// `*` behind the ID is the active queue, `!` the hold queue.
fn of_mailq(text: &str) -> (Vec<Listed>, usize) {
    let (mut listed, mut wrong) = (Vec::<Listed>::new(), 0);
    let mut reason = None;
    for line in text.lines() {
        let said = line.trim();
        if said.is_empty() || line.starts_with('-') || said == "Mail queue is empty" {
            continue;
        }
        if said.starts_with('(') {
            reason = Some(said.trim_start_matches('(').trim_end_matches(')').to_owned());
        } else if line.starts_with(' ') {
            if let Some(last) = listed.last_mut() {
                last.recipients.push((said.to_owned(), reason.clone()));
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
    let mut words = line.split_whitespace();
    let id = words.next()?;
    let size = words.next()?.parse().ok()?;
    let queue = match id.chars().last()? {
        '*' => "active",
        '!' => "hold",
        _ => "deferred",
    };
    let queue_id = QueueId::parse(id.trim_end_matches(['*', '!', '#']).as_bytes())?;
    // Weekday, month, day and time of day.
    let sender_word = words.nth(4)?;
    Some(Listed {
        queue_id,
        queue: queue.to_owned(),
        arrival: None,
        size,
        sender: sender(sender_word),
        recipients: Vec::new(),
    })
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
{"queue_name": "hold", "queue_id": "E7B199A1429", "arrival_time": 1795442669, "message_size": 1398, "forced_expire": false, "sender": "bob@example.net", "recipients": [{"address": "ann@example.org"}, {"address": "cyd@example.org"}]}
"#;
    const MAILQ: &str = "\
-Queue ID-  --Size-- ----Arrival Time---- -Sender/Recipient-------
6CF3C9A0E82    1412 Mon Nov 23 14:05:39  MAILER-DAEMON
(connect to mx.example.org[192.0.2.25]:25: Connection timed out)
                                         ann@example.org

E7B199A1429!    1398 Mon Nov 23 14:04:29  bob@example.net
                                         ann@example.org
                                         cyd@example.org

-- 2 Kbytes in 2 Requests.
";

    #[test]
    fn both_forms_tell_the_same_but_for_the_time() {
        let (mut json, wrong) = parse(JSON);
        assert_eq!((json.len(), wrong), (2, 0));
        assert_eq!(json[0].arrival, Some(1_795_442_739));
        assert_eq!((json[1].queue.as_str(), json[1].recipients.len()), ("hold", 2));
        json.iter_mut().for_each(|listed| listed.arrival = None);
        assert_eq!(parse(MAILQ), (json, 0));
    }

    #[test]
    fn what_is_no_queue_id_gets_nowhere() {
        let hostile = JSON.replace("6CF3C9A0E82", "ALL").replace("E7B199A1429", "A;reboot");
        assert_eq!(parse(&hostile), (Vec::new(), 2));
        assert_eq!(parse(&MAILQ.replace("6CF3C9A0E82", "ALL")).1, 1);
    }
}
