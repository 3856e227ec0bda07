//! More strangers than are kept: totals stay exact, and the report says so.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::fmt::Write;
use std::io::Cursor;
use std::path::Path;

use pfsum::answer::{Breakdown, Key, Measure, Question};
use pfsum::input::Reader;
use pfsum::names::OTHERS;
use pfsum::report::{Body, Group, Report};
use pfsum::{Config, Period, Summary};

/// 2026-11-23 12:00, in seconds since 1970.
const NOW: i64 = 1_795_435_200;

/// One client tries `users` addresses, each twice in a row, and the first one once more.
fn dictionary_attack(users: usize) -> String {
    let mut log = String::new();
    for user in (0..users).flat_map(|user| [user, user]).chain([0]) {
        let (id, from) = ("postfix/smtpd[10]: NOQUEUE", "unknown[192.0.2.7]");
        writeln!(
            log,
            "Nov 22 09:00:00 mx {id}: reject: RCPT from {from}: 550 5.1.1 <u{user}@example.com>: \
             Recipient address rejected: User unknown in local recipient table; \
             from=<a@example.net> to=<u{user}@example.com> proto=ESMTP helo=<x>"
        )
        .unwrap();
    }
    log
}

/// A client connects and leaves from each of `clients` addresses.
fn scan(clients: usize) -> String {
    let mut log = String::new();
    for client in 1..=clients {
        let line = "Nov 22 09:00:00 mx postfix/smtpd[10]:";
        writeln!(log, "{line} connect from unknown[198.51.100.{client}]").unwrap();
        writeln!(log, "{line} disconnect from unknown[198.51.100.{client}] quit=1").unwrap();
    }
    log
}

/// Each of so many messages is put off by a reply that bears a number of its own, too short to be
/// taken for a serial.
fn numbered_replies(messages: usize) -> String {
    let mut log = String::new();
    for number in 0..messages {
        let id = format!("{:X}", 0xA0_0000 + number);
        writeln!(
            log,
            "Nov 22 09:00:00 mx postfix/qmgr[1]: {id}: from=<ann@example.net>, size=900, nrcpt=1 (queue active)\n\
             Nov 22 09:00:01 mx postfix/smtp[2]: {id}: to=<bob@example.org>, \
             relay=mx.example.org[192.0.2.25]:25, delay=1, delays=0/0/0/1, dsn=4.7.1, status=deferred \
             (host mx.example.org[192.0.2.25] said: 451 4.7.1 Server busy, ticket t{number}t)"
        )
        .unwrap();
    }
    log
}

/// A password is guessed from so many networks; then a user signs in from another one.
fn guesses(networks: usize) -> String {
    let mut log = String::new();
    let line = "Nov 22 09:00:00 mx postfix/smtpd[10]:";
    for network in 1..=networks {
        writeln!(
            log,
            "{line} warning: unknown[198.51.{network}.9]: SASL LOGIN authentication failed: \
             UGFzc3dvcmQ6, sasl_username=ann"
        )
        .unwrap();
    }
    writeln!(
        log,
        "{line} A10001: client=unknown[203.0.113.5], sasl_method=PLAIN, sasl_username=ann\n\
         Nov 22 09:00:00 mx postfix/cleanup[11]: A10001: message-id=<1@example.net>\n\
         Nov 22 09:00:00 mx postfix/qmgr[1]: A10001: from=<ann@example.net>, size=900, nrcpt=1 \
         (queue active)"
    )
    .unwrap();
    log
}

fn read(log: String, kept: usize) -> Summary {
    asked(log, kept, None)
}

/// Reads a log, and breaks refusals and deliveries down.
fn asked(log: String, kept: usize, by: Option<Vec<Key>>) -> Summary {
    let mut config = Config::default();
    (config.reading.now, config.counting.kept) = (NOW, kept);
    let breakdown = by.map(|by| {
        let measures = vec![Measure::Rejected, Measure::Deferrals];
        Breakdown::new(measures, by, Period::ALWAYS, &config.counting, &config.reporting)
    });
    let mut summary = Summary::new(config);
    summary.ask(Some(Question { breakdown, ..Question::default() }));
    let mut reader = Reader::from_stream(Path::new("log"), Box::new(Cursor::new(log))).unwrap();
    summary.read(&mut reader, NOW).unwrap();
    summary.finish();
    summary
}

/// The lines of the rejects, with their counts.
fn rejects(report: &Report<'_>) -> Vec<(String, u64)> {
    fn lines(group: &Group<'_>, out: &mut Vec<(String, u64)>) {
        group.groups.iter().for_each(|group| lines(group, out));
        let [count, text] = ["count", "text"].map(|id| group.rows.place(id).unwrap());
        for row in group.rows.rows() {
            match (row.cell(text), row.cell(count)) {
                (pfsum::report::Cell::Text(text), pfsum::report::Cell::Number(count)) => {
                    out.push((text.shown().into_owned(), count));
                }
                other => unreachable!("{other:?}"),
            }
        }
    }
    let section = report.sections.iter().find(|section| section.id == "rejects").unwrap();
    let Body::Outline(outline) = &section.body else { unreachable!("{section:?}") };
    let mut out = Vec::new();
    outline.groups.iter().for_each(|group| lines(group, &mut out));
    out
}

#[test]
fn below_the_limit_all_is_exact() {
    let summary = read(dictionary_attack(20), 1000);
    let rows = rejects(&summary.report());
    assert_eq!((rows.len(), summary.names.turned_away()), (20, 0));
    assert_eq!(rows.first(), Some(&("u0@example.com".to_owned(), 3)));
    assert!(rows.iter().skip(1).all(|(_, count)| *count == 2), "{rows:?}");
}

#[test]
fn above_it_further_strangers_are_counted_together() {
    let summary = read(dictionary_attack(20), 12);
    assert_eq!(summary.tallies.totals.rejected(), 41, "totals are exact");
    let rows = rejects(&summary.report());
    let others = rows.iter().find(|(text, _)| text.as_bytes() == OTHERS).unwrap().1;
    assert_eq!(rows.iter().map(|(_, count)| count).sum::<u64>(), 41, "{rows:?}");
    assert_eq!(others, 2 * (20 - (rows.len() as u64 - 1)), "each of the others came twice");
    assert!(rows.contains(&("u0@example.com".to_owned(), 3)), "who was first is counted on");
    assert!(summary.names.texts.len() <= 13, "twelve, and what stands for the others");
    assert_eq!(summary.report().reading.others, others);
}

#[test]
fn a_client_that_is_not_kept_is_counted_as_connected() {
    let mut summary = read(scan(50), 8);
    assert_eq!(summary.tallies.connections.all.connections, 50);
    assert_eq!(summary.names.clients.len(), 9);
    let others = summary.names.clients.find(OTHERS).unwrap();
    assert_eq!(summary.tallies.connections.clients.get(others).unwrap().connections, 42);
    assert_eq!(summary.report().reading.others, 42);
}

#[test]
fn replies_with_a_number_each_are_told_apart_up_to_a_limit() {
    let summary = read(numbered_replies(20_050), 1_000_000);
    let troubles = &summary.tallies.causes.deferrals;
    let [sum, messages] = troubles
        .entries()
        .iter()
        .fold([0, 0], |[times, messages], (_, met)| [times + met.times, messages + met.messages]);
    assert_eq!([summary.tallies.totals.deferrals, sum, messages], [20_050; 3], "all are counted");
    assert_eq!(troubles.entries().len(), 20_001, "and those beyond it together");
    let kind = troubles.entries().first().unwrap().0;
    assert_eq!(troubles.messages_of(kind.cause), 20_050);
    assert_eq!(troubles.messages_at(kind.cause, kind.under), 20_050);
    assert_eq!(summary.report().reading.others, 50);
}

#[test]
fn a_network_that_was_not_kept_is_not_taken_for_that_of_a_user() {
    let summary = read(guesses(200), 20);
    let sign_ins = &summary.tallies.sign_ins;
    assert!(summary.names.turned_away() > 0);
    assert_eq!(sign_ins.users.values().map(|user| user.messages).sum::<u64>(), 1);
    assert_eq!(sign_ins.users.values().map(|user| user.after_failures).sum::<u64>(), 0);
}

/// What the keys of a row say, and its numbers.
type Row = (Vec<String>, Vec<u64>);

/// The rows of a table by these keys, and how often something was put to the others.
fn rows(log: String, kept: usize, by: &[Key]) -> (Vec<Row>, u64) {
    let summary = asked(log, kept, Some(by.to_vec()));
    let breakdown = summary.asked().unwrap().breakdown.as_ref().unwrap();
    let text = |key: &Vec<u8>| String::from_utf8(key.clone()).unwrap();
    let rows = breakdown.rows().into_iter();
    let rows = rows.map(|row| (row.keys.iter().map(text).collect(), row.counts)).collect();
    (rows, breakdown.turned_away())
}

#[test]
fn rows_of_refused_strangers_are_bounded() {
    let (found, turned_away) = rows(dictionary_attack(20), 12, &[Key::Hour, Key::Recipient]);
    assert_eq!(found.len(), 13);
    let row = |who: &str, count| (vec!["09".to_owned(), who.to_owned()], vec![count, 0]);
    // Twelve are kept, of whom the first came three times, and eight are not.
    assert_eq!(found.first(), Some(&row("(others)", 16)));
    assert!(
        found.contains(&row("u0@example.com", 3)) && found.contains(&row("u11@example.com", 2))
    );
    assert_eq!((turned_away, found.iter().map(|(_, counts)| counts[0]).sum::<u64>()), (16, 41));
    // No name is made of an address that is only written into a row.
    let summary = asked(dictionary_attack(20), 12, Some(vec![Key::Recipient]));
    assert_eq!(
        summary.names.addresses.len(),
        read(dictionary_attack(20), 12).names.addresses.len()
    );
}

#[test]
fn rows_of_the_words_of_servers_are_bounded_but_not_those_of_mail() {
    let (found, turned_away) = rows(numbered_replies(30), 12, &[Key::Reason]);
    assert_eq!((found.len(), turned_away), (13, 18));
    let of_queue = rows(numbered_replies(30), 0, &[Key::Recipient]);
    assert_eq!(of_queue, (vec![(vec!["bob@example.org".to_owned()], vec![0, 30])], 0));
}
