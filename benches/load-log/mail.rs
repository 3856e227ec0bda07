//! Messages: into the queue, through the filter, to their recipients, again and again, and out of the queue.

use std::io;

use super::clock::{HOUR, MILLI, MINUTE, Micros, SECOND};
use super::delivery::{Answer, Attempt, Relay};
use super::people::{Person, client, signed};
use super::queue_id;
use super::settings::Profile;
use super::text::Text;
use super::world::{Task, World};

/// Where a message comes from.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Origin {
    Outside,
    /// The second pass through the content filter.
    Again,
    /// A notice or a forward.
    Here,
}

#[derive(Clone, Copy, PartialEq)]
enum Stage {
    /// Waits for its delivery agent.
    Active,
    /// The filter has opened a session for the second pass.
    Filtered,
    /// All recipients have an answer.
    Answered,
}

/// A queue file.
pub(crate) struct Mail {
    id: String,
    from: Option<Person>,
    pub(crate) size: i64,
    pub(crate) arrived: Micros,
    pub(crate) active: Micros,
    to: Vec<Person>,
    pub(crate) origin: Origin,
    stage: Stage,
    pub(crate) was_deferred: bool,
    host: u64,
    pub(crate) message_id: i64,
    /// The second pass, while the first waits for the filter's answer.
    second: Option<Box<Mail>>,
}

impl Mail {
    /// Writes the queue ID.
    pub(crate) fn named<'a>(&self, line: &'a mut Vec<u8>) -> &'a mut Vec<u8> {
        line.put(&self.id)
    }
}

/// `maximal_queue_lifetime`.
const LIFETIME: Micros = 10 * HOUR;

impl World {
    /// A new queue file, with its envelope.
    pub(crate) fn new_mail(
        &mut self,
        at: Micros,
        origin: Origin,
        user: Option<Person>,
        host: u64,
    ) -> Mail {
        self.files += 1;
        let inode = 0x4_0000 + self.files;
        let id = if self.settings.long_ids {
            queue_id::long(at, HOUR, inode)
        } else {
            queue_id::short(at, inode)
        };
        let relay = self.settings.profile == Profile::Relay;
        let from = user.or_else(|| {
            Some(if relay {
                self.people.user(&mut self.dice)
            } else {
                self.people.remote(&mut self.dice)
            })
        });
        let outgoing = relay || (user.is_some() && !self.one_in(3));
        let several = match self.dice.between(0, if relay { 12 } else { 20 }) {
            0 => self.dice.between(2, if relay { 30 } else { 6 }),
            _ => 1,
        };
        let mut to = Vec::new();
        for _ in 0..several {
            let person = if outgoing {
                self.people.remote(&mut self.dice)
            } else {
                self.people.user(&mut self.dice)
            };
            if !to.contains(&person) {
                to.push(person);
            }
        }
        let tail = self.dice.between(1, 60) * self.dice.between(1, 60);
        Mail {
            id,
            from,
            size: 900 + self.dice.between(0, 4_000) + tail * tail / 60,
            arrived: at,
            active: at,
            to,
            origin,
            stage: Stage::Active,
            was_deferred: false,
            host,
            message_id: self.dice.between(1 << 40, 1 << 46),
            second: None,
        }
    }

    /// The content has come: the message is accepted, or refused after all.
    pub(crate) fn content(
        &mut self,
        at: Micros,
        mut mail: Box<Mail>,
        host: u64,
        (service, pid): (&str, i64),
    ) -> io::Result<()> {
        self.message_id(at, &mail)?;
        let fate = if service == "pickup" { 999 } else { self.dice.between(0, 1_000) };
        match fate {
            0..12 => self.refuse_late(at, &mail, host),
            12..16 => self.set_aside(at, &mail, host, fate < 14),
            16..19 => {
                let line = self.log.line(at, service, pid);
                if self.settings.modern {
                    mail.named(line).put(": ");
                }
                line.put("lost connection after DATA (").number(mail.size).put(" bytes) from ");
                client(line, host, false);
                self.log.end()?;
                self.canceled(at, &mail, "canceled")
            }
            _ => {
                self.enter(at, &mut mail)?;
                let next = self.after(at, 8, 60);
                self.plan_mail(next, mail);
                Ok(())
            }
        }
    }

    fn message_id(&mut self, at: Micros, mail: &Mail) -> io::Result<()> {
        let pid = self.one_of(21_000);
        let line = self.log.line(at, "cleanup", pid);
        mail.named(line).put(": message-id=<").number(mail.message_id).put("@mail.example>");
        self.log.end()
    }

    /// A queue file that never became a message: Postfix 3.10 and later say so.
    fn canceled(&mut self, at: Micros, mail: &Mail, how: &str) -> io::Result<()> {
        if !self.settings.modern {
            return Ok(());
        }
        let pid = self.one_of(21_000);
        mail.named(self.log.line(at, "cleanup", pid)).put(": removed (").put(how).put(")");
        self.log.end()
    }

    fn refuse_late(&mut self, at: Micros, mail: &Mail, host: u64) -> io::Result<()> {
        let pid = self.one_of(21_000);
        let header = self.one_in(2);
        let temporary = !header && self.one_in(2);
        let line = self.log.line(at, "cleanup", pid);
        mail.named(line).put(": ");
        line.put(if header {
            "reject: header Subject: Cheap pills from "
        } else {
            "milter-reject: END-OF-MESSAGE from "
        });
        client(line, host, false);
        if !header {
            line.put(if temporary {
                ": 4.7.1 Try again later"
            } else {
                ": 5.7.1 Command rejected"
            });
        }
        self.context(mail);
        if header {
            self.log_tail(": 5.7.1 No thanks");
        }
        self.log.end()?;
        self.totals.reject(at, if temporary { "4" } else { "5" });
        self.canceled(at, mail, "canceled")
    }

    /// Held or discarded by a header check: accepted all the same, its size is in no line.
    fn set_aside(&mut self, at: Micros, mail: &Mail, host: u64, hold: bool) -> io::Result<()> {
        let pid = self.one_of(21_000);
        let line = self.log.line(at, "cleanup", pid);
        mail.named(line).put(if hold { ": hold: " } else { ": discard: " });
        client(line.put("header Subject: Invoice from "), host, false);
        self.context(mail);
        self.log.end()?;
        if let Some(from) = mail.from {
            self.totals.receive(mail.arrived, &self.people, from, 0);
        }
        if hold {
            self.totals.held += 1;
            self.totals.queued += 1;
            return Ok(());
        }
        self.totals.discarded += 1;
        self.canceled(at, mail, "discarded")
    }

    /// `; from=<…> to=<…> proto=ESMTP helo=<…>` at the end of the line under way.
    fn context(&mut self, mail: &Mail) {
        let line = self.log.tail();
        line.put("; from=<");
        if let Some(from) = mail.from {
            self.people.address(line, from);
        }
        line.put("> to=<");
        if let Some(&to) = mail.to.last() {
            self.people.address(line, to);
        }
        line.put("> proto=ESMTP helo=<mail.example>");
    }

    fn log_tail(&mut self, text: &str) {
        self.log.tail().put(text);
    }

    /// Into the queue.
    fn enter(&mut self, at: Micros, mail: &mut Mail) -> io::Result<()> {
        self.totals.queued += 1;
        match (mail.origin, mail.from) {
            (Origin::Outside, Some(from)) => {
                self.totals.receive(mail.arrived, &self.people, from, mail.size);
            }
            (Origin::Here, _) => self.totals.generated += 1,
            _ => {}
        }
        self.activate(at, mail)
    }

    fn activate(&mut self, at: Micros, mail: &mut Mail) -> io::Result<()> {
        mail.active = at;
        mail.stage = Stage::Active;
        let line = self.log.line(at, "qmgr", 730);
        mail.named(line).put(": from=<");
        if let Some(from) = mail.from {
            self.people.address(line, from);
        }
        line.put(">, size=").number(mail.size).put(", nrcpt=");
        line.number(signed(u64::try_from(mail.to.len()).unwrap_or(0))).put(" (queue active)");
        self.log.end()
    }

    /// Tried again after it was put off.
    pub(crate) fn retry(&mut self, at: Micros, mut mail: Box<Mail>) -> io::Result<()> {
        self.activate(at, &mut mail)?;
        let next = self.after(at, 5, 900);
        self.plan_mail(next, mail);
        Ok(())
    }

    /// The next step of a message.
    pub(crate) fn mail(&mut self, at: Micros, mut mail: Box<Mail>) -> io::Result<()> {
        let filtered = self.settings.profile == Profile::Mx
            && mail.origin == Origin::Outside
            && mail.message_id % 100 < 45;
        match mail.stage {
            Stage::Active if filtered => {
                self.filter(at, mail);
                Ok(())
            }
            Stage::Filtered => self.filtered(at, mail),
            Stage::Active => {
                let took = if self.is_here(&mail) {
                    self.dice.between(3, 60)
                } else {
                    self.dice.between(150, 2_500)
                };
                mail.stage = Stage::Answered;
                self.plan_mail(at + took * MILLI, mail);
                Ok(())
            }
            Stage::Answered => self.answered(at, mail),
        }
    }

    fn is_here(&self, mail: &Mail) -> bool {
        self.settings.profile != Profile::Relay
            && mail.to.iter().all(|to| matches!(to, Person::User(_)))
    }

    /// The filter opens the session of the second pass; one in fifty messages is swallowed instead.
    fn filter(&mut self, at: Micros, mut mail: Box<Mail>) {
        let next = self.after(at, 120, 900);
        mail.stage = Stage::Filtered;
        if !self.one_in(50) {
            let mut second = self.new_mail(next - 30 * MILLI, Origin::Again, mail.from, mail.host);
            second.to.clone_from(&mail.to);
            second.size = mail.size + 471;
            second.message_id = mail.message_id;
            mail.second = Some(Box::new(second));
        }
        self.plan_mail(next, mail);
    }

    fn filtered(&mut self, at: Micros, mut mail: Box<Mail>) -> io::Result<()> {
        let second = mail.second.take();
        if let Some(second) = &second {
            let pid = self.one_of(19_000);
            self.log.line(at, "smtpd", pid).put("connect from localhost[127.0.0.1]");
            self.log.end()?;
            let line = self.log.line(at, "smtpd", pid);
            second.named(line).put(": client=localhost[127.0.0.1], orig_queue_id=");
            mail.named(line).put(", orig_client=");
            client(line, mail.host, false);
            self.log.end()?;
            self.message_id(at, second)?;
        }
        let answer = second.as_ref().map(|second| second.id.clone());
        if let Some(mut second) = second {
            self.enter(at, &mut second)?;
            self.log
                .line(at, "smtpd", 19_001)
                .put("disconnect from localhost[127.0.0.1] ehlo=1 mail=1 rcpt=1 data=1 quit=1 commands=5");
            self.log.end()?;
            let next = self.after(at, 8, 60);
            self.plan_mail(next, second);
            self.totals.folded += 1;
        } else {
            self.totals.swallowed += signed(u64::try_from(mail.to.len()).unwrap_or(0));
        }
        let pid = self.one_of(20_000);
        for &to in &mail.to {
            let attempt =
                Attempt { relay: Relay::Filter, waits: [6, 2, (at - mail.active) / MILLI - 8] };
            self.record(at, "smtp", pid, &mail, to, &attempt);
            let line = self.log.tail();
            match &answer {
                Some(id) => {
                    line.put("2.0.0, status=sent (250 2.0.0 from MTA(smtp:[127.0.0.1]:10025): ");
                    line.put("250 2.0.0 Ok: queued as ").put(id).put(")");
                }
                None => {
                    line.put("2.7.0, status=sent (250 2.7.0 Ok, discarded, id=04711-09 - spam)");
                }
            }
            self.log.end()?;
        }
        self.remove(at, &mail)
    }

    /// An answer for every recipient; what is put off is tried again later.
    fn answered(&mut self, at: Micros, mut mail: Box<Mail>) -> io::Result<()> {
        let here = self.is_here(&mail);
        let pid = self.one_of(if here { 23_000 } else { 20_000 });
        let mut left = Vec::new();
        let mut bounced = false;
        let recipients = std::mem::take(&mut mail.to);
        let suspended = mail.was_deferred && self.one_in(2);
        for to in recipients {
            match if here {
                self.deliver_here(at, pid, &mut mail, to)?
            } else {
                self.send(at, pid, &mut mail, to, suspended)?
            } {
                Answer::Done => {}
                Answer::Later => left.push(to),
                Answer::Never => bounced = true,
            }
        }
        if bounced {
            self.notify(at, &mail)?;
        }
        if left.is_empty() {
            return self.remove(at, &mail);
        }
        mail.to = left;
        let age = at - mail.arrived;
        if age > LIFETIME {
            let line = self.log.line(at, "qmgr", 730);
            mail.named(line).put(": from=<");
            if let Some(from) = mail.from {
                self.people.address(line, from);
            }
            line.put(">, status=expired, returned to sender");
            self.log.end()?;
            self.totals.expired += 1;
            self.notify(at, &mail)?;
            return self.remove(at, &mail);
        }
        let wait = age.clamp(5 * MINUTE, 66 * MINUTE);
        let next = at + wait + self.dice.between(0, 5 * MINUTE);
        self.agenda.push(next, Task::Retry(mail));
        Ok(())
    }

    fn remove(&mut self, at: Micros, mail: &Mail) -> io::Result<()> {
        self.totals.queued -= 1;
        mail.named(self.log.line(at, "qmgr", 730)).put(": removed");
        self.log.end()
    }

    /// The sender gets a notice, unless there is none: a notice about a notice is not sent.
    fn notify(&mut self, at: Micros, mail: &Mail) -> io::Result<()> {
        let Some(to) = mail.from else { return Ok(()) };
        let mut notice = self.new_mail(at, Origin::Here, None, 0);
        notice.from = None;
        notice.to = vec![to];
        notice.size = mail.size / 4 + 2_300;
        if self.settings.modern {
            self.noticed(at, mail, &notice)?;
        }
        self.message_id(at, &notice)?;
        if !self.settings.modern {
            self.noticed(at, mail, &notice)?;
        }
        self.enter(at, &mut notice)?;
        self.plan_mail(at + 20 * MILLI, Box::new(notice));
        Ok(())
    }

    fn noticed(&mut self, at: Micros, mail: &Mail, notice: &Mail) -> io::Result<()> {
        let line = self.log.line(at, "bounce", 24_000);
        mail.named(line).put(": sender non-delivery notification: ").put(&notice.id);
        self.log.end()
    }

    /// local(8) makes a new message for a recipient elsewhere.
    pub(crate) fn forward(&mut self, at: Micros, mail: &Mail) -> io::Result<String> {
        let mut copy = self.new_mail(at, Origin::Here, mail.from, 0);
        copy.to = vec![self.people.remote(&mut self.dice)];
        copy.from = mail.from;
        copy.size = mail.size + 214;
        copy.message_id = mail.message_id;
        self.message_id(at, &copy)?;
        self.enter(at, &mut copy)?;
        let id = copy.id.clone();
        self.plan_mail(at + SECOND / 50, Box::new(copy));
        Ok(id)
    }
}
