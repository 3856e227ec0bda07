//! Messages that are still in the queue.

use crate::syslog::Moment;
use crate::track::Message;

use super::model::Queued;
use super::span::iso;
use super::{View, printable};

/// The messages, the oldest first.
pub(super) fn messages(view: &View<'_>) -> Vec<Queued> {
    let mut queued = view.queued.clone();
    queued.sort_by_key(|message| (message.arrived.utc(), message.arrived.micros, message.queue_id));
    queued.into_iter().map(|message| entry(view, message)).collect()
}

fn entry(view: &View<'_>, message: &Message) -> Queued {
    let names = view.names;
    let last = message.stuck().max_by_key(|stuck| stuck.last);
    Queued {
        queue_id: message.queue_id.to_string(),
        host: printable(names.texts.text(message.service.host)),
        arrival: stamp(message.arrived),
        age_seconds: (view.last.utc() - message.arrived.utc()).max(0),
        attempts: u64::from(message.deferrals),
        sender: message.sender.map(|sender| printable(names.addresses.text(sender))),
        recipients: message
            .stuck()
            .map(|stuck| printable(names.addresses.text(stuck.recipient)))
            .collect(),
        last_reason: last.map(|stuck| printable(&stuck.reason)),
        cause: None,
    }
}

/// `2026-11-22T03:14:07+01:00`.
fn stamp(at: Moment) -> String {
    let second = at.wall.rem_euclid(86_400);
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    let sign = if at.offset < 0 { '-' } else { '+' };
    let offset = at.offset.abs() / 60;
    let (hours, minutes) = (offset / 60, offset % 60);
    format!("{}T{hour:02}:{minute:02}:{second:02}{sign}{hours:02}:{minutes:02}", iso(at.day()))
}
