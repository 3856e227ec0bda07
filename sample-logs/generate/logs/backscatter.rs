//! The two notices of `february-2009.log` that cannot be returned, and every attempt at it.

use super::super::clock::{DAY, HOUR, MILLI, MINUTE, Micros, SECOND};
use super::super::postfix::{Attempt, Mail, Origin, Outcome, World, client};
use super::super::queue_id;
use super::february_2009::NS;

/// The dead mail exchanger of the forged senders.
const DEAD: &str = "connect to mx.poplar.example[203.0.113.25]:25: Connection timed out";

/// Two spam messages with forged senders, refused by the host they are relayed to; the notices about them.
pub(crate) fn backscatter(world: &mut World, at: Micros) -> Vec<Mail> {
    // The moments of arrival make the queue IDs 9DF7520804A and CC1D4208048.
    [(at + 0x9_DF75, 0x20_804A, "kxqwz"), (at + 41 * SECOND + 0xC_C1D4, 0x20_8048, "victor")]
        .into_iter()
        .map(|(made, inode, forged)| spam(world, made, inode, &format!("{forged}@poplar.example")))
        .collect()
}

fn spam(world: &mut World, made: Micros, inode: i64, forged: &str) -> Mail {
    let from = client("unknown", "203.0.113.140");
    let session = world.connect(&NS, "smtpd", made - 3_100 * MILLI, from);
    let mut mail = world.begin(&session, made - 2_200 * MILLI, "");
    world.message_id(&mut mail, made - 1_700 * MILLI, &format!("000d01c9$7ac0$6400a8c0@{forged}"));
    let size = world.dice.between(2_600, 3_900);
    world.accept(&mut mail, made - 1_300 * MILLI, forged, size, 1);
    world.disconnect(&session, made - 1_100 * MILLI, "");
    let at = world.deliver(
        &mail,
        &Attempt {
            program: "smtp",
            to: "sales@cedar.example",
            relay: "mail.cedar.example[198.51.100.7]:25",
            waits: [10, 720, 560],
            dsn: "5.1.1",
            outcome: Outcome::Bounced,
            reason: "host mail.cedar.example[198.51.100.7] said: 550 5.1.1 <sales@cedar.example>: \
                     Recipient address rejected: User unknown in local recipient table (in reply \
                     to RCPT TO command)",
            ..Attempt::default()
        },
    );
    let mut notice = world.queue_file(&NS, made, Origin::Here);
    notice.id = queue_id::short(made, inode);
    let id = World::own_id(&notice);
    world.message_id(&mut notice, at.max(made) + 20 * MILLI, &id);
    let line = format!("{}: sender non-delivery notification: {}", mail.id, notice.id);
    world.say(&NS, "bounce", made + 70 * MILLI, line);
    world.accept(&mut notice, made + 60 * MILLI, "", size + 1_912, 1);
    forged.clone_into(&mut notice.from);
    world.remove(&mail, made + 75 * MILLI);
    notice
}

/// What qmgr(8) does with the two notices: it looks into the deferred queue every 1000 seconds, tries the first
/// that is due, and suspends its destination when that fails; each waits 300 to 4000 seconds for its next turn.
pub(crate) fn retries(world: &mut World, notices: &[Mail], day: Micros) {
    let to: Vec<String> = notices.iter().map(|notice| notice.from.clone()).collect();
    let mut notices: Vec<Mail> = notices.to_vec();
    for notice in &mut notices {
        notice.from.clear();
    }
    let mut due: Vec<Micros> = Vec::new();
    let mut failed = None;
    for (notice, to) in notices.iter().zip(&to) {
        let at = attempt(world, notice, to, failed);
        failed = failed.or(Some(at));
        due.push(backoff(notice, at));
    }
    let end = day + DAY + 9 * HOUR;
    // The administrator has a look at 14:21 and asks for one of them: `postqueue -i CC1D4208048`.
    let asked = day + 14 * HOUR + 21 * MINUTE + 17 * SECOND;
    let mut scan = day - DAY + 16 * HOUR + 10 * MINUTE + SECOND;
    let mut waiting = true;
    while scan < end {
        scan += 1_000 * SECOND + 3 * MILLI;
        if waiting && scan > asked {
            waiting = false;
            if let (Some(notice), Some(due), Some(to)) =
                (notices.get_mut(1), due.get_mut(1), to.get(1))
            {
                world.activate(notice, asked, 1);
                *due = backoff(notice, attempt(world, notice, to, None));
            }
        }
        let mut failed = None;
        let mut at = scan;
        for ((notice, due), to) in notices.iter_mut().zip(&mut due).zip(&to) {
            if *due <= scan {
                at += world.moment(2, 9);
                world.activate(notice, at, 1);
                let at = attempt(world, notice, to, failed);
                failed = failed.or(Some(at));
                *due = backoff(notice, at);
            }
        }
    }
}

/// When a message that was put off is tried again: as long as it is old, within bounds.
fn backoff(mail: &Mail, at: Micros) -> Micros {
    at + (at - mail.arrived).clamp(300 * SECOND, 4_000 * SECOND)
}

/// One attempt at the dead exchanger; after another has just failed there, the destination is suspended.
fn attempt(world: &mut World, notice: &Mail, to: &str, failed: Option<Micros>) -> Micros {
    if let Some(failed) = failed {
        let waited = ((failed - notice.active) / MILLI).max(0);
        let reason = format!("delivery temporarily suspended: {DEAD}");
        return world.deliver(
            notice,
            &Attempt {
                program: "error",
                to,
                relay: "none",
                waits: [waited + 10, 0, 0],
                dsn: "4.4.1",
                outcome: Outcome::Deferred,
                reason: &reason,
                ..Attempt::default()
            },
        );
    }
    let smtp = world.worker(&NS, "smtp");
    let timeout = 30_000 + world.dice.between(20, 90);
    world.log.line(notice.active + timeout * MILLI, smtp, DEAD);
    world.deliver_by(
        smtp,
        notice,
        &Attempt {
            to,
            relay: "none",
            waits: [10, timeout, 0],
            dsn: "4.4.1",
            outcome: Outcome::Deferred,
            reason: DEAD,
            ..Attempt::default()
        },
    )
}
