//! The mail system of a load log: everything that is in flight, and what happens next.

use std::io;

use super::agenda::Agenda;
use super::clock::{MILLI, MINUTE, Micros};
use super::dice::Dice;
use super::log::Log;
use super::mail::Mail;
use super::pace::Pace;
use super::people::{People, signed};
use super::session::Session;
use super::settings::{Profile, Settings};
use super::text::Text;
use super::totals::Totals;

/// What is due at a moment.
pub(crate) enum Task {
    /// The next client comes.
    Arrival,
    /// A session goes on.
    Session(Session),
    /// A message goes on.
    Mail(Box<Mail>),
    /// A message that was put off is tried again.
    Retry(Box<Mail>),
}

pub(crate) struct World {
    pub(crate) settings: Settings,
    pub(crate) people: People,
    pub(crate) dice: Dice,
    pub(crate) log: Log,
    pub(crate) totals: Totals,
    pub(crate) agenda: Agenda<Task>,
    /// Processes of smtpd(8) that wait for a client.
    pub(crate) idle: Vec<i64>,
    pub(crate) processes: i64,
    /// Queue files so far; each has an inode of its own.
    pub(crate) files: i64,
    /// Names of the dictionary that have been tried.
    pub(crate) guessed: u64,
    /// Sessions and messages that will write lines yet, those put off apart.
    pub(crate) busy: u64,
    noise: u64,
    stopped: bool,
}

impl World {
    pub(crate) fn new(settings: Settings, log: Log) -> Self {
        Self {
            people: People::new(settings.users, settings.remotes, settings.domains),
            dice: Dice::new(settings.seed),
            log,
            totals: Totals::default(),
            agenda: Agenda::new(),
            idle: Vec::new(),
            processes: 2_000,
            files: 0,
            guessed: 0,
            busy: 0,
            noise: 0,
            stopped: false,
            settings,
        }
    }

    /// Lives through the days of the log.
    ///
    /// After the last arrival all that is under way comes to its end, so that no total depends on a message cut
    /// in half; what waits for another attempt stays queued.
    pub(crate) fn run(&mut self) -> io::Result<()> {
        let mut pace = Pace::new(self.settings.end, self.goal());
        let mut now = self.settings.start;
        self.agenda.push(now, Task::Arrival);
        while let Some((at, task)) = self.agenda.pop() {
            match task {
                Task::Arrival => {
                    now = at;
                    if self.is_enough(at) {
                        self.stopped = true;
                        continue;
                    }
                    let session = self.arrival();
                    self.session(at, session)?;
                    self.noise(at)?;
                    let next = pace.next(at, self.written(), &mut self.dice);
                    self.agenda.push(next, Task::Arrival);
                }
                Task::Session(session) => {
                    now = at;
                    self.busy -= 1;
                    self.session(at, session)?;
                }
                Task::Mail(mail) => {
                    now = at;
                    self.busy -= 1;
                    self.mail(at, mail)?;
                }
                Task::Retry(_) if self.stopped => {}
                Task::Retry(mail) => self.retry(at, mail)?,
            }
        }
        // What is missing to the number of lines, other programs say.
        while self.written() + 0.5 < self.goal() {
            now = (now + 10 * MILLI).min(self.settings.end - 1).max(now);
            self.other(now)?;
        }
        self.log.flush()
    }

    /// Plans the next step of a session.
    pub(crate) fn plan_session(&mut self, at: Micros, session: Session) {
        self.busy += 1;
        self.agenda.push(at, Task::Session(session));
    }

    /// Plans the next step of a message.
    pub(crate) fn plan_mail(&mut self, at: Micros, mail: Box<Mail>) {
        self.busy += 1;
        self.agenda.push(at, Task::Mail(mail));
    }

    #[allow(clippy::cast_precision_loss)]
    fn goal(&self) -> f64 {
        match self.settings.bytes {
            0 => self.settings.lines as f64,
            bytes => bytes as f64,
        }
    }

    #[allow(clippy::cast_precision_loss)]
    fn written(&self) -> f64 {
        match self.settings.bytes {
            0 => self.log.lines as f64,
            _ => self.log.bytes as f64,
        }
    }

    /// Whether what is under way will fill the rest of the log.
    #[allow(clippy::cast_precision_loss)]
    fn is_enough(&self, at: Micros) -> bool {
        let line = if self.settings.bytes > 0 { 160.0 } else { 1.0 };
        let coming = self.busy as f64 * 16.0 * line;
        at > self.settings.end - 3 * MINUTE || self.written() + coming + 60.0 * line > self.goal()
    }

    /// A moment some milliseconds from now.
    pub(crate) fn after(&mut self, at: Micros, low: i64, high: i64) -> Micros {
        at + self.dice.between(low * MILLI, high * MILLI)
    }

    /// One in so many.
    pub(crate) fn one_in(&mut self, many: u64) -> bool {
        self.dice.roll().is_multiple_of(many)
    }

    /// The process of a daemon of which there are a few.
    pub(crate) fn one_of(&mut self, first: i64) -> i64 {
        first + self.dice.between(0, 20)
    }

    /// As many lines of other programs as their share asks for.
    fn noise(&mut self, at: Micros) -> io::Result<()> {
        while self.noise * 1_000 < self.log.lines * self.settings.noise {
            self.other(at)?;
        }
        Ok(())
    }

    fn other(&mut self, at: Micros) -> io::Result<()> {
        self.noise += 1;
        let number = self.dice.between(1_000, 90_000);
        let kind = match self.settings.profile {
            Profile::Submission => self.dice.between(0, 6),
            Profile::Mx | Profile::Relay => self.dice.between(0, 9),
        };
        match kind {
            0..4 => {
                let person = self.people.user(&mut self.dice);
                let line = self.log.other(at, "dovecot", 811);
                line.put("imap-login: Login: user=<");
                self.people.address(line, person);
                line.put(">, method=PLAIN, rip=198.51.100.").number(number % 250);
                line.put(", lip=198.51.100.25, mpid=").number(number).put(", TLS");
            }
            4 => {
                self.log.other(at, "opendkim", 701).put("key data is not secure: not a problem");
            }
            5 => {
                let line = self.log.other(at, "rspamd", 702);
                line.put("<").number(number).put(">; task; rspamd_task_write_log: scan done");
            }
            6 => {
                self.log
                    .line(at, "anvil", 733)
                    .put("statistics: max connection rate ")
                    .number(number % 9 + 1)
                    .put("/60s for (smtp:198.18.4.")
                    .number(number % 250)
                    .put(") at Nov 16 08:00:01");
            }
            7 => {
                let line = self.log.line(at, "smtp", 20_000 + number % 20);
                line.put("connect to mx.pine7.example[198.18.9.").number(number % 250);
                line.put("]:25: Connection timed out");
            }
            _ => {
                let line = self.log.line(at, "smtpd", 2_000 + number % 50);
                line.put("warning: hostname host").number(number % 999);
                line.put(".pool.example does not resolve to address 198.18.3.");
                line.number(number % 250).put(": Name or service not known");
            }
        }
        self.log.end()
    }

    /// Names of the dictionary left for this part of the log.
    pub(crate) fn is_attacked(&mut self) -> bool {
        let done = self.written() / self.goal();
        #[allow(clippy::cast_precision_loss)]
        let due = self.settings.dictionary as f64 * (done * 1.25).min(1.0);
        #[allow(clippy::cast_precision_loss)]
        let tried = self.guessed as f64;
        tried < due
    }

    /// The next name of the dictionary.
    pub(crate) fn guess(&mut self) -> Option<i64> {
        if self.guessed >= self.settings.dictionary {
            return None;
        }
        self.guessed += 1;
        Some(signed(self.guessed))
    }
}
