//! Delays: how long deliveries took, in a histogram that adds up, and where the time went.

/// The delays of deliveries to one destination.
///
/// A histogram of eight steps to each doubling: a percentile is right within a twelfth of
/// itself, and two histograms add up to that of both.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Delays {
    /// Deliveries by step; few steps are in use, so only those are kept.
    steps: Vec<(u16, u32)>,
    /// Deliveries.
    pub count: u64,
    /// The longest delay, in milliseconds.
    pub longest: u64,
    /// The four parts of all together, in milliseconds: before the queue manager (and in a
    /// content filter), in it, connecting, transmitting.
    pub parts: [u64; 4],
}

/// Steps to each doubling.
const STEPS: u64 = 8;

/// The step of a delay in milliseconds.
fn step(delay: u64) -> u16 {
    let exponent = u64::from((delay / STEPS).checked_ilog2().map_or(0, |log| log + 1));
    // Below sixteen each millisecond has its own step.
    let within = if exponent == 0 { delay } else { (delay >> (exponent - 1)) - STEPS };
    u16::try_from(exponent * STEPS + within).unwrap_or(u16::MAX)
}

/// The least delay of a step.
fn least(step: u16) -> u64 {
    let (exponent, within) = (u64::from(step) / STEPS, u64::from(step) % STEPS);
    if exponent == 0 { within } else { (STEPS + within) << (exponent - 1) }
}

impl Delays {
    /// Adds deliveries.
    pub fn add(&mut self, delay: u64, parts: [u64; 4], times: u64) {
        self.count += times;
        self.longest = self.longest.max(delay);
        // What the parts do not hold passed before this queue ID: in a content filter.
        let before = delay.saturating_sub(parts.iter().sum());
        for (sum, part) in self.parts.iter_mut().zip(parts) {
            *sum += part * times;
        }
        if let (Some(first), true) = (self.parts.first_mut(), parts != [0; 4]) {
            *first += before * times;
        }
        self.tally(step(delay), u32::try_from(times).unwrap_or(u32::MAX));
    }

    fn tally(&mut self, step: u16, times: u32) {
        match self.steps.iter_mut().find(|(known, _)| *known == step) {
            Some((_, count)) => *count = count.saturating_add(times),
            None => self.steps.push((step, times)),
        }
    }

    /// Adds the delays of another.
    pub fn merge(&mut self, other: &Delays) {
        self.count += other.count;
        self.longest = self.longest.max(other.longest);
        for (mine, theirs) in self.parts.iter_mut().zip(other.parts) {
            *mine += theirs;
        }
        for &(step, times) in &other.steps {
            self.tally(step, times);
        }
    }

    /// The delay in milliseconds that so many percent of the deliveries did not exceed.
    #[must_use]
    pub fn percentile(&self, percent: u64) -> u64 {
        let mut steps = self.steps.clone();
        steps.sort_unstable();
        let mut left = (self.count * percent).div_ceil(100);
        for (step, times) in steps {
            left = left.saturating_sub(u64::from(times));
            if left == 0 {
                // The middle of the step.
                let (low, high) = (least(step), least(step + 1));
                return (low + (high - low) / 2).min(self.longest);
            }
        }
        self.longest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_follow_each_other_without_a_gap() {
        for at in 0..300 {
            assert_eq!(step(least(at)), at);
            assert_eq!(step(least(at + 1) - 1), at);
        }
    }

    #[test]
    fn a_percentile_is_right_within_a_twelfth_and_adds_up() {
        let (mut low, mut high, mut all) =
            (Delays::default(), Delays::default(), Delays::default());
        for delay in 1..=1000 {
            let half = if delay <= 500 { &mut low } else { &mut high };
            half.add(delay, [0, 0, delay, 0], 1);
            all.add(delay, [0, 0, delay, 0], 1);
        }
        low.merge(&high);
        for (percent, right) in [(50, 500), (95, 950), (99, 990), (100, 1000)] {
            let found = all.percentile(percent);
            assert!(found.abs_diff(right) * 12 <= right, "{percent}: {found}");
            assert_eq!(low.percentile(percent), found);
        }
        assert_eq!((low.count, low.longest, low.parts), (1000, 1000, [0, 0, 500_500, 0]));
    }
}
