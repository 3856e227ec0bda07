//! Queue IDs: short ones are used again as soon as their file is gone, long ones tell the time.

use crate::postfix::Place;
use crate::world::{Ids, Setup};

/// Digits of base 52: no vowels.
const DIGITS: &[u8; 52] = b"0123456789BCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz";

/// Gives out queue IDs.
pub(crate) struct QueueIds {
    setup: Setup,
    drawn: u64,
    free: Vec<Free>,
    /// Which were used again so soon that late lines of the message before could be meant: from
    /// when that was made until then.
    pub(crate) soon: Vec<(i64, i64)>,
}

/// A queue ID whose file is gone.
struct Free {
    place: Place,
    id: String,
    born: i64,
    since: i64,
}

impl QueueIds {
    pub(crate) fn new(setup: Setup) -> QueueIds {
        QueueIds { setup, drawn: 0, free: Vec::new(), soon: Vec::new() }
    }

    /// The ID of a file that is made now. A short one is that of a file that is gone if there
    /// is any: the same inode, and the same microsecond of a later second.
    pub(crate) fn draw(&mut self, place: Place, at: i64) -> String {
        self.drawn += 1;
        if self.setup.ids == Ids::Long {
            return long(at, self.drawn);
        }
        let is_fit = |free: &Free| free.place == place && free.since + 900 < at;
        let gone = self.free.iter().position(is_fit);
        match gone.filter(|_| self.setup.ids == Ids::Reused) {
            Some(gone) => {
                let Free { id, born, since, .. } = self.free.swap_remove(gone);
                if at - since < 3_000 {
                    self.soon.push((born, at));
                }
                id
            }
            None => format!("{:05X}{:X}", self.drawn * 7919 % 1_000_000, 0x41A00 + self.drawn),
        }
    }

    /// The file of an ID, made at `born`, is gone.
    pub(crate) fn free(&mut self, place: Place, (born, since): (i64, i64), id: &str) {
        self.free.push(Free { place, id: id.to_owned(), born, since });
    }

    /// The ID of a file that is gone is not used again before that.
    pub(crate) fn not_before(&mut self, at: i64, id: &str) {
        for free in self.free.iter_mut().filter(|free| free.id == id) {
            free.since = at;
        }
    }
}

/// Seconds and microseconds to base 52, `z`, and the inode to base 51.
fn long(at: i64, inode: u64) -> String {
    let at = u64::try_from(at).unwrap();
    let mut id = digits(at / 1000, 52, 6);
    id.push_str(&digits(at % 1000 * 1000 + inode % 1000, 52, 4));
    id.push('z');
    id.push_str(&digits(0x41A00 + inode, 51, 1));
    id
}

fn digits(mut number: u64, base: u64, least: usize) -> String {
    let mut out = Vec::new();
    while number > 0 || out.len() < least {
        out.push(DIGITS[usize::try_from(number % base).unwrap()]);
        number /= base;
    }
    out.reverse();
    String::from_utf8(out).unwrap()
}
