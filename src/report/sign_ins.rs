//! *Sign-ins*: who tried in vain, and what signed-in users sent.

use std::cmp::Reverse;

use super::model::Section;
use super::sections::page;
use super::table::{Column, Table, Unit};
use super::{View, rank};

/// How many rows a page of text shows.
const ROWS: usize = 20;

/// The sections, in their order.
pub(super) fn sections(view: &View<'_>) -> [Section<'static>; 2] {
    [failures(view), users(view)]
}

/// *Failed sign-ins*: by client network and user.
fn failures(view: &View<'_>) -> Section<'static> {
    const COLUMNS: &[Column] = &[
        Column { id: "count", title: "failures", unit: Unit::Count },
        Column { id: "network", title: "network", unit: Unit::Text },
        Column { id: "user", title: "user", unit: Unit::Text },
    ];
    let texts = &view.names.texts;
    let mut rows: Vec<_> = view.tallies.sign_ins.failures.iter().collect();
    let total = rows.len();
    let shown = page(view, view.shown.detail.user, ROWS).of(total);
    rank::first_by_key(&mut rows, shown, |((network, user), count)| {
        (Reverse(**count), texts.text(*network), texts.text(*user))
    });
    let mut table = Table::new(COLUMNS);
    for ((network, user), count) in rows {
        let user = match texts.text(*user) {
            b"" => b"(user not in the log)",
            user => user,
        };
        table.push(&[texts.text(*network), user], &[*count]);
    }
    Section::of("sign_in_failures", "Failed sign-ins", total, table)
}

/// *Signed-in users*: what they sent, and what everybody else did.
fn users(view: &View<'_>) -> Section<'static> {
    const COLUMNS: &[Column] = &[
        Column { id: "messages", title: "messages", unit: Unit::Count },
        Column { id: "recipients", title: "recipients", unit: Unit::Count },
        Column { id: "after_failures", title: "after failures", unit: Unit::Count },
        Column { id: "user", title: "user", unit: Unit::Text },
    ];
    let texts = &view.names.texts;
    let mut rows: Vec<_> = view.tallies.sign_ins.users.iter().collect();
    let mut table = Table::new(COLUMNS);
    if rows.is_empty() {
        return Section::of("users", "Signed-in users", 0, table);
    }
    let (messages, recipients) = rows.iter().fold((0, 0), |(messages, recipients), (_, sent)| {
        (messages + sent.messages, recipients + sent.recipients)
    });
    let total = rows.len() + 1;
    let shown = page(view, view.shown.detail.user, ROWS).of(rows.len());
    rank::first_by_key(&mut rows, shown, |(user, sent)| {
        (Reverse((sent.messages, sent.recipients)), texts.text(**user))
    });
    for (user, sent) in rows {
        let numbers = [sent.messages, sent.recipients, sent.after_failures];
        table.push(&[texts.text(*user)], &numbers);
    }
    let totals = &view.tallies.totals;
    let rest =
        [totals.received.saturating_sub(messages), totals.delivered.saturating_sub(recipients), 0];
    table.push(&[b"(everybody else)"], &rest);
    Section::of("users", "Signed-in users", total, table)
}
