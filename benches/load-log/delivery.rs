//! Attempts: what a recipient's server answers, and the delivery record of it.

use std::io;

use super::clock::{MILLI, Micros};
use super::mail::{Mail, Origin};
use super::people::Person;
use super::text::Text;
use super::world::World;

/// What a recipient's server says in the end.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Answer {
    Done,
    Later,
    Never,
}

#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Relay {
    None,
    Local,
    Filter,
    Host,
}

/// How an attempt went, in milliseconds.
pub(crate) struct Attempt {
    pub(crate) relay: Relay,
    pub(crate) waits: [i64; 3],
}

impl World {
    /// An answer from local(8).
    pub(crate) fn deliver_here(
        &mut self,
        at: Micros,
        pid: i64,
        mail: &mut Mail,
        to: Person,
    ) -> io::Result<Answer> {
        let attempt =
            Attempt { relay: Relay::Local, waits: [5, 0, (at - mail.active) / MILLI - 5] };
        let chance = self.dice.between(0, 1_000);
        // A notice or a forward is not forwarded again.
        if chance < 10 && mail.origin != Origin::Here {
            let forward = self.forward(at, mail)?;
            self.record(at, "local", pid, mail, to, &attempt);
            self.log.tail().put("2.0.0, status=sent (forwarded as ").put(&forward).put(")");
            self.totals.forwarded += 1;
            self.log.end()?;
            return Ok(Answer::Done);
        }
        self.record(at, "local", pid, mail, to, &attempt);
        let line = self.log.tail();
        let answer = match chance {
            10..14 => {
                line.put("4.2.2, status=deferred (cannot update mailbox: Disk quota exceeded)");
                Answer::Later
            }
            14..18 => {
                line.put("5.2.0, status=bounced (maildir delivery failed: mailbox is closed)");
                Answer::Never
            }
            _ => {
                line.put("2.0.0, status=sent (delivered to maildir)");
                Answer::Done
            }
        };
        self.log.end()?;
        self.count(at, mail, to, answer);
        Ok(answer)
    }

    /// An answer from another host, from none, or from none asked.
    pub(crate) fn send(
        &mut self,
        at: Micros,
        pid: i64,
        mail: &mut Mail,
        to: Person,
        suspended: bool,
    ) -> io::Result<Answer> {
        let bad = if mail.was_deferred { 640 } else { 45 };
        let chance = self.dice.between(0, 1_000);
        let took = (at - mail.active) / MILLI;
        if suspended {
            let attempt = Attempt { relay: Relay::None, waits: [took, 0, 0] };
            self.record(at, "error", pid, mail, to, &attempt);
            let line = self.log.tail();
            line.put("4.4.1, status=deferred (delivery temporarily suspended: connect to ");
            self.people.exchanger(line, to);
            line.put(":25: Connection timed out)");
            self.log.end()?;
            self.count(at, mail, to, Answer::Later);
            return Ok(Answer::Later);
        }
        let unreached = chance < bad / 2;
        let relay = if unreached { Relay::None } else { Relay::Host };
        let attempt = Attempt { relay, waits: [6, took / 3, took - took / 3 - 6] };
        self.record(at, "smtp", pid, mail, to, &attempt);
        let line = self.log.tail();
        let answer = if unreached {
            line.put("4.4.1, status=deferred (connect to ");
            self.people.exchanger(line, to);
            line.put(":25: Connection timed out)");
            Answer::Later
        } else if chance < bad {
            line.put("4.2.0, status=deferred (host ");
            self.people.exchanger(line, to);
            line.put(" said: 450 4.2.0 <");
            self.people.address(line, to);
            line.put(">: Recipient address rejected: Greylisted (in reply to RCPT TO command))");
            Answer::Later
        } else if chance > 985 {
            line.put("5.1.1, status=bounced (host ");
            self.people.exchanger(line, to);
            line.put(" said: 550 5.1.1 <");
            self.people.address(line, to);
            line.put(">: Recipient address rejected: User unknown (in reply to RCPT TO command))");
            Answer::Never
        } else {
            line.put("2.0.0, status=sent (250 2.0.0 Ok: queued as 4A")
                .number(mail.message_id % 999_999_999);
            line.put(")");
            Answer::Done
        };
        self.log.end()?;
        self.count(at, mail, to, answer);
        Ok(answer)
    }

    fn count(&mut self, at: Micros, mail: &mut Mail, to: Person, answer: Answer) {
        match answer {
            Answer::Done => self.totals.deliver(at, &self.people, to, mail.size),
            Answer::Later => {
                self.totals.defer(at, !mail.was_deferred);
                mail.was_deferred = true;
            }
            Answer::Never => self.totals.bounce(at),
        }
    }

    /// The beginning of a delivery record, up to `dsn=`.
    pub(crate) fn record(
        &mut self,
        at: Micros,
        program: &str,
        pid: i64,
        mail: &Mail,
        to: Person,
        attempt: &Attempt,
    ) {
        let [queued, connecting, sending] = attempt.waits;
        let waited = (mail.active - mail.arrived) / MILLI;
        let line = self.log.line(at, program, pid);
        self.people.address(mail.named(line).put(": to=<"), to);
        line.put(">, relay=");
        match attempt.relay {
            Relay::None => line.put("none"),
            Relay::Local => line.put("local"),
            Relay::Filter => line.put("127.0.0.1[127.0.0.1]:10024"),
            Relay::Host => {
                self.people.exchanger(line, to);
                line.put(":25")
            }
        };
        line.put(", delay=").seconds((at - mail.arrived) / MILLI).put(", delays=").seconds(waited);
        for part in [queued, connecting, sending] {
            line.put("/").seconds(part.max(0));
        }
        if self.settings.modern && program == "smtp" && attempt.relay != Relay::Filter {
            line.put(if attempt.relay == Relay::None { ", tls=may?" } else { ", tls=may" });
        }
        line.put(", dsn=");
    }
}
