//! Clients and what they do: bring mail, are refused, guess passwords, or go away.

use std::io;

use super::clock::{MILLI, Micros, SECOND};
use super::mail::{Mail, Origin};
use super::people::{Person, address, client};
use super::settings::Profile;
use super::text::Text;
use super::world::World;

/// What a client is up to.
#[derive(Clone, Copy, PartialEq)]
enum Plan {
    Mail,
    Refused,
    Attack,
    Guess,
    Leave,
    Screened,
    Local,
}

/// A session under way.
pub(crate) struct Session {
    plan: Plan,
    service: &'static str,
    pid: i64,
    host: u64,
    /// The user who signs in, if any.
    user: Option<Person>,
    step: u8,
    /// Messages or recipients yet to come.
    left: i64,
    done: i64,
    mail: Option<Box<Mail>>,
}

/// Shares of a hundred arrivals: mail, refusals, guessing, leaving, and what postscreen(8) stops; the rest is local.
fn shares(profile: Profile) -> [i64; 5] {
    match profile {
        Profile::Mx => [42, 27, 4, 7, 18],
        Profile::Relay => [88, 4, 0, 3, 0],
        Profile::Submission => [60, 6, 22, 10, 0],
    }
}

const REPLIES: [(&str, &str); 8] = [
    ("554 5.7.1 <", ">: Relay access denied"),
    ("550 5.1.1 <", ">: Recipient address rejected: User unknown in virtual mailbox table"),
    ("550 5.1.1 <", ">: Recipient address rejected: User unknown in local recipient table"),
    (
        "450 4.2.0 <",
        ">: Recipient address rejected: Greylisted, see http://postgrey.example.org/help/example.net.html",
    ),
    (
        "554 5.7.1 Service unavailable; Client host [",
        "] blocked using dnsbl.example.net; http://www.example.net/query?ip=",
    ),
    ("450 4.1.8 <", ">: Sender address rejected: Domain not found"),
    ("450 4.7.25 Client host rejected: cannot find your hostname, [", "]"),
    ("504 5.5.2 <", ">: Helo command rejected: need fully-qualified hostname"),
];

impl World {
    /// Somebody comes.
    pub(crate) fn arrival(&mut self) -> Session {
        let mut chance = self.dice.between(0, 100);
        let plans = [Plan::Mail, Plan::Refused, Plan::Guess, Plan::Leave, Plan::Screened];
        let mut plan = Plan::Local;
        for (share, candidate) in shares(self.settings.profile).into_iter().zip(plans) {
            if chance < share {
                plan = candidate;
                break;
            }
            chance -= share;
        }
        if matches!(plan, Plan::Refused | Plan::Leave) && self.is_attacked() {
            plan = Plan::Attack;
        }
        let signs_in = match self.settings.profile {
            Profile::Mx => self.one_in(9),
            Profile::Relay => false,
            Profile::Submission => true,
        };
        let user = if plan == Plan::Mail && signs_in {
            Some(self.people.user(&mut self.dice))
        } else {
            None
        };
        let host = match self.people.remote(&mut self.dice) {
            Person::User(rank) | Person::Remote(rank) => rank / 3,
        };
        let left = match (plan, self.settings.profile) {
            (Plan::Attack, _) => self.dice.between(15, 40),
            (Plan::Mail, Profile::Relay) => self.dice.between(1, 5),
            (Plan::Guess, _) => self.dice.between(1, 4),
            (Plan::Refused, _) => self.dice.between(1, 3),
            _ => 1,
        };
        let service =
            if user.is_some() || plan == Plan::Guess { "submission/smtpd" } else { "smtpd" };
        let pid = self.idle.pop().unwrap_or_else(|| {
            self.processes += self.dice.between(1, 4);
            self.processes
        });
        Session { plan, service, pid, host, user, step: 0, left, done: 0, mail: None }
    }

    /// The next step of a session.
    pub(crate) fn session(&mut self, at: Micros, mut session: Session) -> io::Result<()> {
        let next = match session.plan {
            Plan::Local => return self.local(at, &session),
            Plan::Screened => return self.screened(at, session),
            _ if session.step == 0 => self.connect(at, &session)?,
            Plan::Mail => self.bring(at, &mut session)?,
            Plan::Refused | Plan::Attack => self.refuse(at, &mut session)?,
            Plan::Guess => self.guess_password(at, &mut session)?,
            Plan::Leave => {
                let line = self.log.line(at, session.service, session.pid);
                if self.settings.modern {
                    line.put("NOQUEUE: ");
                }
                line.put("lost connection after EHLO from ");
                client(line, session.host, true);
                self.log.end()?;
                None
            }
        };
        session.step += 1;
        match next {
            Some(next) => self.plan_session(next, session),
            None => self.disconnect(at, &session)?,
        }
        Ok(())
    }

    fn stranger(session: &Session) -> bool {
        session.plan != Plan::Mail
    }

    fn connect(&mut self, at: Micros, session: &Session) -> io::Result<Option<Micros>> {
        let Session { service, pid, host, .. } = *session;
        if self.settings.profile == Profile::Mx && service == "smtpd" {
            let port = self.dice.between(10_000, 60_000);
            for (word, rest) in [("CONNECT from [", " to [198.51.100.25]:25"), ("PASS OLD [", "")] {
                let line = self.log.line(at, "postscreen", 744);
                address(line.put(word), host);
                line.put("]:").number(port).put(rest);
                self.log.end()?;
            }
        }
        let stranger = Self::stranger(session);
        client(self.log.line(at, service, pid).put("connect from "), host, stranger);
        self.log.end()?;
        if session.plan == Plan::Mail && self.dice.between(0, 3) > 0 {
            let line = self.log.line(at, service, pid);
            client(line.put("Anonymous TLS connection established from "), host, stranger);
            line.put(
                ": TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits) key-exchange X25519 ",
            );
            line.put("server-signature ECDSA (prime256v1) server-digest SHA256");
            self.log.end()?;
        }
        Ok(Some(self.after(at, 80, 700)))
    }

    fn disconnect(&mut self, at: Micros, session: &Session) -> io::Result<()> {
        let Session { plan, service, pid, host, done, .. } = *session;
        let line = self.log.line(at, service, pid);
        client(line.put("disconnect from "), host, plan != Plan::Mail);
        match plan {
            Plan::Mail => {
                line.put(" ehlo=1 mail=").number(done).put(" rcpt=").number(done).put(" data=");
                line.number(done).put(" quit=1 commands=").number(2 + 3 * done);
            }
            Plan::Guess => {
                line.put(" ehlo=1 auth=0/").number(done).put(" commands=1/").number(1 + done);
            }
            Plan::Refused | Plan::Attack => {
                line.put(" ehlo=1 mail=1 rcpt=0/").number(done);
                line.put(" quit=1 commands=3/").number(3 + done);
            }
            Plan::Leave | Plan::Screened | Plan::Local => {
                line.put(" ehlo=1 commands=1");
            }
        }
        self.log.end()?;
        self.idle.push(pid);
        Ok(())
    }

    /// A message: `client=`, `message-id=`, then the queue; the session ends or brings another.
    fn bring(&mut self, at: Micros, session: &mut Session) -> io::Result<Option<Micros>> {
        let Session { service, pid, host, user, .. } = *session;
        let Some(mail) = session.mail.take() else {
            let mail = Box::new(self.new_mail(at, Origin::Outside, user, host));
            let line = self.log.line(at, service, pid);
            client(mail.named(line).put(": client="), host, false);
            if let Some(user) = user {
                self.people.address(line.put(", sasl_method=PLAIN, sasl_username="), user);
            }
            self.log.end()?;
            session.mail = Some(mail);
            return Ok(Some(self.after(at, 15, 90)));
        };
        session.done += 1;
        session.left -= 1;
        self.content(at, mail, host, (service, pid))?;
        let next = self.after(at, 20, 400);
        if session.left > 0 {
            return Ok(Some(next));
        }
        Ok(None)
    }

    /// What refused recipients hear.
    fn refuse(&mut self, at: Micros, session: &mut Session) -> io::Result<Option<Micros>> {
        let Session { service, pid, host, plan, .. } = *session;
        let guess = if plan == Plan::Attack { self.guess() } else { None };
        if plan == Plan::Attack && guess.is_none() {
            return Ok(None);
        }
        let from = self.people.remote(&mut self.dice);
        let to = self.people.user(&mut self.dice);
        let kind = if plan == Plan::Attack { 1 } else { self.dice.between(0, 8) };
        let (head, tail) =
            usize::try_from(kind).ok().and_then(|at| REPLIES.get(at)).copied().unwrap_or_default();
        let warned = plan == Plan::Refused && self.one_in(25);
        let line = self.log.line(at, service, pid);
        line.put(if warned {
            "NOQUEUE: reject_warning: RCPT from "
        } else {
            "NOQUEUE: reject: RCPT from "
        });
        client(line, host, true);
        line.put(": ").put(head);
        let recipient = |people: &super::people::People, line: &mut Vec<u8>| match guess {
            Some(word) => {
                line.put("guess").number(word).put("@example.net");
            }
            None => people.address(line, to),
        };
        match kind {
            0..4 => recipient(&self.people, line),
            5 => self.people.address(line, from),
            4 | 6 => address(line, host),
            _ => line.extend_from_slice(b"friend"),
        }
        line.put(tail);
        if kind == 4 {
            address(line, host);
        }
        self.people.address(line.put("; from=<"), from);
        recipient(&self.people, line.put("> to=<"));
        line.put("> proto=ESMTP helo=<friend>");
        self.log.end()?;
        if warned {
            self.totals.reject_warnings += 1;
        } else {
            self.totals.reject(at, head);
        }
        session.done += 1;
        session.left -= 1;
        Ok((session.left > 0).then(|| self.after(at, 40, 900)))
    }

    fn guess_password(&mut self, at: Micros, session: &mut Session) -> io::Result<Option<Micros>> {
        let Session { service, pid, host, .. } = *session;
        let user = self.people.user(&mut self.dice);
        let line = self.log.line(at, service, pid);
        client(line.put("warning: "), host, true);
        if self.settings.modern {
            line.put(": SASL LOGIN authentication failed: (reason unavailable), sasl_username=");
            self.people.address(line, user);
        } else {
            line.put(": SASL LOGIN authentication failed: UGFzc3dvcmQ6");
        }
        self.log.end()?;
        session.done += 1;
        session.left -= 1;
        Ok((session.left > 0).then(|| self.after(at, 900, 4_000)))
    }

    /// Stopped by postscreen(8) before smtpd(8) sees it.
    fn screened(&mut self, at: Micros, mut session: Session) -> io::Result<()> {
        let host = session.host;
        if session.step == 0 {
            session.left = self.dice.between(10_000, 60_000);
        }
        let port = session.left;
        let line = if session.step == 1 {
            self.log.line(at, "dnsblog", 22_000 + port % 9)
        } else {
            self.log.line(at, "postscreen", 744)
        };
        match session.step {
            0 => address(line.put("CONNECT from ["), host),
            1 => address(line.put("addr "), host),
            2 => address(line.put("DNSBL rank 4 for ["), host),
            3 => address(line.put("NOQUEUE: reject: RCPT from ["), host),
            _ => address(line.put("DISCONNECT ["), host),
        }
        match session.step {
            0 => {
                line.put("]:").number(port).put(" to [198.51.100.25]:25");
            }
            1 => {
                line.put(" listed by domain dnsbl.example.net as 127.0.0.4");
            }
            3 => {
                let reply = "550 5.7.1 Service unavailable; client [";
                address(line.put("]:").number(port).put(": ").put(reply), host);
                let (from, to) =
                    (self.people.remote(&mut self.dice), self.people.user(&mut self.dice));
                self.people.address(line.put("] blocked using dnsbl.example.net; from=<"), from);
                self.people.address(line.put(">, to=<"), to);
                line.put(">, proto=ESMTP, helo=<friend>");
                self.totals.reject(at, reply);
            }
            _ => {
                line.put("]:").number(port);
            }
        }
        self.log.end()?;
        session.step += 1;
        if session.step < 5 {
            let next = if session.step == 2 { at + 6 * SECOND } else { at + 300 * MILLI };
            self.plan_session(next, session);
        } else {
            self.idle.push(session.pid);
        }
        Ok(())
    }

    /// A program on the host sends a message: pickup(8).
    fn local(&mut self, at: Micros, session: &Session) -> io::Result<()> {
        self.idle.push(session.pid);
        let user = self.people.user(&mut self.dice);
        let mail = Box::new(self.new_mail(at, Origin::Outside, Some(user), 0));
        let line = self.log.line(at, "pickup", 731);
        mail.named(line).put(": uid=1001 from=<");
        self.people.address(line, user);
        line.put(">");
        self.log.end()?;
        self.content(at, mail, 0, ("pickup", 731))
    }
}
