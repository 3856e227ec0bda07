//! Password guessing that succeeded: mail of a signed-in user from a network that had failed
//! to sign in again and again.
//!
//! `sample-logs/sasl-guessing.log`: 22 failures of three names, then nine messages of one.

use std::collections::BTreeMap;

use super::{Finding, Severity, View, counted, pfsum};
use crate::names::Text;
use crate::report::printable;
use crate::words::shell::quoted;

/// Failures of the network: who mistypes a password gives up, or has found it, before.
const FAILURES: u64 = 10;

/// How many names were tried, of which the log tells some, or none (before 3.9).
fn names_tried(users: &[Text], view: &View<'_>) -> String {
    let told = users.iter().filter(|user| !view.names.texts.text(**user).is_empty()).count() as u64;
    match told {
        0 => "the log does not say which names were tried there".to_owned(),
        told if told < users.len() as u64 => {
            format!("at least {} tried there", counted(told, "name was", "names were"))
        }
        told => format!("{} tried there", counted(told, "name was", "names were")),
    }
}

pub(super) fn find(view: &View<'_>) -> Option<Finding> {
    let sign_ins = &view.tallies.sign_ins;
    let texts = &view.names.texts;
    // Of each network: failures, and the names that were tried.
    let suspects = sign_ins.after_failures.keys().map(|(_, network)| (*network, (0, Vec::new())));
    let mut failures: BTreeMap<Text, (u64, Vec<Text>)> = suspects.collect();
    for ((network, user), times) in &sign_ins.failures {
        if let Some((sum, users)) = failures.get_mut(network) {
            *sum += times;
            users.push(*user);
        }
    }
    let guessed = sign_ins.after_failures.iter().filter_map(|((user, network), messages)| {
        let (failed, users) = failures.get(network)?;
        (*failed >= FAILURES).then_some((*messages, *user, *network, *failed, users))
    });
    let mut guessed: Vec<_> = guessed.collect();
    guessed.sort_by_key(|(messages, user, network, ..)| {
        (std::cmp::Reverse(*messages), texts.text(*user), texts.text(*network))
    });
    let (_, user, network, failed, users) = guessed.first()?;
    let count: u64 = guessed.iter().map(|(messages, ..)| messages).sum();
    let (name, network) = (printable(texts.text(*user)), printable(texts.text(*network)));
    // A device with an old password tries one name only: its owner's.
    let own = users.as_slice() == [*user];
    let others = match guessed.len() {
        1 => String::new(),
        several => format!(" and {} more", several - 1),
    };
    Some(Finding {
        id: "password_guessed",
        severity: if own { Severity::Look } else { Severity::Harm },
        title: format!(
            "Password guessed? {name}{others} sent {} after {}",
            counted(count, "message", "messages"),
            counted(*failed, "failed sign-in", "failed sign-ins"),
        ),
        detail: format!("Both came from {network}; {}.", names_tried(users, view)),
        advice: "If it was not the user: change the password, stop the account's mail in the \
                 queue, and block the network."
            .to_owned(),
        count,
        queue_ids: Vec::new(),
        command: pfsum(view, &format!("count received --by client,hour --user {}", quoted(&name))),
    })
}
