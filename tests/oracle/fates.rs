//! What else happens to mail: an operator or its age puts an end to it, its sender is told, a
//! new message takes its place.

use super::{File, Open, Postfix};
use crate::truth::{End, Queued};
use crate::world::{Fate, Filter, Goes, Leg, Letter, Passage, Taken};

/// Nothing special befalls what is made here.
pub(super) const NOTICE: Letter = Letter {
    sender: 0,
    size: 0,
    taken: Taken::Queued,
    passage_down: 0,
    filter: Filter::Passes,
    one_refused: false,
    delay_notice: false,
    legs: Vec::new(),
    fate: Fate::None,
};

impl Postfix {
    /// What an operator or time does to a message between two rounds: when it is tried again,
    /// if ever.
    pub(super) fn befall(
        &mut self,
        rounds: u8,
        at: i64,
        next: i64,
        mut file: File,
        fate: Fate,
    ) -> Option<(i64, File)> {
        let id = file.id.clone();
        let place = file.place;
        let is_now = |when: u8| when == rounds && at <= self.until;
        match fate {
            Fate::Expires(when) if when == rounds => {
                // In the same breath as the last deferral.
                self.expired(at - 4_990, &file, "expired");
                None
            }
            Fate::ForceExpired(when) if is_now(when) => {
                self.line(at, place, "postsuper", format!("{id}: expired"));
                self.active(at + 500, &file);
                self.expired(at + 510, &file, "force-expired");
                None
            }
            Fate::Deleted(when) if is_now(when) => {
                self.says(at, &file, "postsuper", "removed");
                self.truth.ends(file.life, at, End::Deleted);
                self.ids.free(place, (file.born, at), &id);
                None
            }
            Fate::Held(when, back) if is_now(when) => {
                self.says(at, &file, "postsuper", "placed on hold");
                let later = at + 120_000;
                if !back || later > self.until {
                    self.stays(&file);
                    return None;
                }
                self.line(later, place, "postsuper", format!("{id}: released from hold"));
                Some((later + 300, file))
            }
            Fate::Requeued(when)
                if is_now(when) && self.setup.passage == Passage::Straight && !file.is_notice =>
            {
                self.says(at, &file, "postsuper", "requeued");
                let new = self.ids.draw(place, at + 700);
                self.line(
                    at + 700,
                    place,
                    "pickup",
                    format!("{new}: uid=110 from=<{}> orig_id={id}", file.sender),
                );
                self.line(
                    at + 710,
                    place,
                    "cleanup",
                    format!("{new}: message-id=<{}>", file.message_id),
                );
                self.ids.free(place, (file.born, at), &id);
                (file.id, file.size) = (new, file.size + 63);
                Some((at + 720, file))
            }
            _ => Some((next, file)),
        }
    }

    fn expired(&mut self, at: i64, file: &File, word: &str) {
        let said = format!("from=<{}>, status={word}, returned to sender", file.sender);
        self.says(at, file, "qmgr", &said);
        self.deed_of(at, "expired", file);
        self.truth.ends(file.life, at, End::Expired);
        self.notice(at + 20, file, "sender non-delivery notification");
        self.removed(at + 60, file);
    }

    /// It is in the queue when the log ends.
    pub(super) fn stays(&mut self, file: &File) {
        self.truth.ends(file.life, self.until, End::Queued);
        self.truth.queue.push(Queued {
            host: file.place.host,
            id: file.id.clone(),
            hop: file.life,
            open: file.legs.iter().map(|open| (open.to.clone(), open.tries.clone())).collect(),
        });
    }

    /// bounce(8) tells the sender; nobody is told of a notice.
    pub(super) fn notice(&mut self, at: i64, about: &File, what: &str) {
        if about.sender.is_empty() {
            return;
        }
        let goes = match about.sender.as_str() {
            "dead@example.org" => Goes::Bounce,
            "stuck@example.org" => Goes::Never,
            "ann@example.net" => Goes::Smtp,
            _ => Goes::Local,
        };
        let leg = Leg { to: 0, alias: false, put_off: 0, why: 0, goes };
        let open = Open { to: about.sender.clone(), leg, tries: Vec::new() };
        self.messages += 1;
        let id = self.ids.draw(about.place, at);
        let file = File {
            message: self.messages,
            life: self.messages,
            sender: String::new(),
            message_id: format!("20261103080000.{id}@mx1.example.com"),
            id,
            size: 2_000 + about.size,
            born: at,
            legs: vec![open],
            is_notice: true,
            passed: true,
            place: about.place,
        };
        // Since 3.11 the notice is named before its own lines.
        let named = if self.setup.new { at } else { at + 8 };
        self.says(named, about, "bounce", &format!("{what}: {}", file.id));
        if what == "sender non-delivery notification" {
            self.truth.ends(about.life, named, End::Bounced);
        }
        self.made_here(at + 3, file);
    }

    /// local(8) replaces a recipient by a new message; gives its queue ID.
    pub(super) fn forward(&mut self, at: i64, file: &File, open: &Open) -> String {
        let leg = Leg { alias: true, put_off: 0, goes: Goes::Local, ..open.leg };
        let new = self.made_of(at, file, open, "forwarded", leg);
        let id = new.id.clone();
        self.made_here(at, new);
        id
    }

    /// A message of its own for another address of one recipient.
    pub(super) fn made_of(
        &mut self,
        at: i64,
        file: &File,
        open: &Open,
        prefix: &str,
        leg: Leg,
    ) -> File {
        let to = format!("{prefix}.{}", open.to.trim_matches('"').replace(['"', ',', ' '], ""));
        self.messages += 1;
        File {
            message: self.messages,
            life: self.messages,
            id: self.ids.draw(file.place, at),
            size: file.size + 90,
            born: at,
            legs: vec![Open { to, leg, tries: Vec::new() }],
            is_notice: true,
            passed: true,
            ..file.clone()
        }
    }

    fn made_here(&mut self, at: i64, file: File) {
        self.line(
            at,
            file.place,
            "cleanup",
            format!("{}: message-id=<{}>", file.id, file.message_id),
        );
        self.deed_of(at, "generated", &file);
        let racing = if self.setup.racy { 30 } else { 4 };
        self.live(at + racing, file, &NOTICE);
    }
}
