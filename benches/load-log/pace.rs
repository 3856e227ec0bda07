//! How fast messages come in: by the hour of the day, and so that the log ends where it should.

use super::clock::{DAY, HOUR, Micros};
use super::dice::Dice;

/// How busy each hour is.
const HOURS: [f64; 24] = [
    3.0, 2.5, 2.0, 2.0, 2.2, 3.0, 4.5, 7.0, 10.0, 11.0, 11.0, 10.0, 9.0, 10.0, 10.5, 10.0, 9.0,
    7.5, 6.0, 5.5, 5.0, 4.5, 4.0, 3.5,
];

/// The time from one arrival to the next.
pub(crate) struct Pace {
    end: Micros,
    /// What the whole log shall come to, in lines or bytes.
    goal: f64,
    arrivals: f64,
}

impl Pace {
    pub(crate) fn new(end: Micros, goal: f64) -> Self {
        Self { end, goal, arrivals: 0.0 }
    }

    /// When the next one arrives, if `written` of the goal is done.
    #[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss)]
    pub(crate) fn next(&mut self, at: Micros, written: f64, dice: &mut Dice) -> Micros {
        self.arrivals += 1.0;
        // What an arrival has come to on the average; a guess while there are too few.
        let each = (written + 100.0) / (self.arrivals + 12.0);
        let busy = weight(at) / remaining(at, self.end);
        let rate = (self.goal - written).max(1.0) / each * busy;
        let chance = ((dice.roll() >> 11) as f64 + 1.0) / (1_u64 << 53) as f64;
        at + (-chance.ln() / rate * HOUR as f64).min(HOUR as f64) as Micros
    }
}

fn weight(at: Micros) -> f64 {
    usize::try_from(at.rem_euclid(DAY) / HOUR)
        .ok()
        .and_then(|hour| HOURS.get(hour))
        .copied()
        .unwrap_or(1.0)
}

/// The sum of the weights of the hours that are left.
#[allow(clippy::cast_precision_loss)]
fn remaining(at: Micros, end: Micros) -> f64 {
    let days = (end - at).max(0) / DAY;
    let mut sum = days as f64 * HOURS.iter().sum::<f64>();
    let mut from = at + days * DAY;
    while from < end {
        let to = ((from.div_euclid(HOUR) + 1) * HOUR).min(end);
        sum += weight(from) * (to - from) as f64 / HOUR as f64;
        from = to;
    }
    sum.max(0.01)
}
