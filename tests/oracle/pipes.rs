//! What goes through programs under pipe(8), and comes back from sendmail(1): content filters, and
//! mailbox programs that redirect mail.

use super::fates::NOTICE;
use super::rounds::{BACKOFF, milli};
use super::{File, Open, Postfix};
use crate::truth::{Deed, End};
use crate::world::{Filter, Goes, Leg, Letter};

const FILTER: &str = "filter";

/// When the filter's exit is told, in milliseconds after the message became active: before
/// sendmail(1) has given back anything, between the lines of what came back, after its first
/// attempt, or when it may be gone.
const EXITS: [i64; 4] = [30, 90, 400, 5_000];

impl Postfix {
    /// All recipients go to a filter that gives mail back to sendmail(1).
    pub(super) fn pipe(&mut self, mut at: i64, mut file: File, letter: &Letter) {
        for round in 0..letter.passage_down {
            self.active(at, &file);
            let failed = ("pipe", FILTER, "4.3.0", "temporary failure. Command output: no memory");
            for n in 0..file.legs.len() {
                self.put_off(at + 30 + milli(n), &mut file, n, failed);
            }
            at += BACKOFF << round;
            if at > self.until {
                return self.stays(&file);
            }
        }
        self.active(at, &file);
        let when = at + EXITS[usize::from(letter.filter as u8 + letter.sender) % EXITS.len()];
        let what = match letter.filter {
            Filter::Keeps => "swallowed_by_filter",
            _ => "handed_on",
        };
        let (mut told, text) = (when, "delivered via filter service");
        for (n, open) in file.legs.clone().iter().enumerate() {
            if letter.filter == Filter::Splits || letter.filter == Filter::Passes && n == 0 {
                let splits = letter.filter == Filter::Splits;
                let legs = if splits { vec![open.clone()] } else { file.legs.clone() };
                self.back(at + 50 + milli(n), File { legs, ..file.clone() }, letter);
            }
            told = when + milli(n);
            self.outcome(told, &file, open, ("pipe", FILTER, "2.0.0"), "sent", text);
            self.deed_to(told, what, &file, open, FILTER, "2.0.0");
        }
        if letter.filter == Filter::Keeps {
            self.truth.ends(file.life, told, End::Discarded);
        }
        // Only the message-id ties the hops, and the first attempt for a recipient.
        self.truth.whole.push((file.born, told.max(at + 200) + 10));
        self.removed(told + 10, &file);
    }

    /// The message comes back.
    fn back(&mut self, at: i64, first: File, letter: &Letter) {
        let again = |open: &Open| Open { tries: Vec::new(), ..open.clone() };
        self.messages += 1;
        let file = File {
            id: self.ids.draw(first.place, at),
            life: self.messages,
            size: first.size + 211,
            legs: first.legs.iter().map(again).collect(),
            passed: true,
            ..first
        };
        self.picked_up(at, 65534, &file);
        self.deed_of(at, "hops_folded", &file);
        self.truth.hops.insert(file.life, (file.message, at));
        self.live(at + 10, file, letter);
    }

    /// A mailbox program sends a message on to somebody else, shortly before or after it says
    /// that it is done.
    pub(super) fn redirect(&mut self, at: i64, file: &File, open: &Open) {
        let at = if file.size.is_multiple_of(2) { at - 8 } else { at + 8 };
        let leg = Leg { alias: false, put_off: 0, goes: Goes::Smtp, ..open.leg };
        let new = self.made_of(at, file, open, "elsewhere", leg);
        self.picked_up(at, 97, &new);
        let (message, sender) = (new.message, Some(new.sender.clone()));
        let deed =
            Deed { message, sender, host: new.place.host, bytes: new.size, ..Deed::default() };
        self.deed(at, "received", deed);
        self.live(at + 20, new, &NOTICE);
    }

    fn picked_up(&mut self, at: i64, uid: u32, file: &File) {
        let File { id, sender, message_id, .. } = file;
        self.line(at, file.place, "pickup", format!("{id}: uid={uid} from=<{sender}>"));
        self.line(at + 5, file.place, "cleanup", format!("{id}: message-id=<{message_id}>"));
    }
}
