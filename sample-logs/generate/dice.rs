//! Chance that repeats: a small random number generator, so that every run makes the same bytes.

/// `SplitMix64`: one addition and three multiplications a number, and good enough for made-up mail.
pub(crate) struct Dice(u64);

impl Dice {
    /// The same seed gives the same numbers on every machine.
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Any 64 bits.
    pub(crate) fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number in `low..high`; `low` when that is empty.
    pub(crate) fn between(&mut self, low: i64, high: i64) -> i64 {
        let span = u64::try_from(high - low).unwrap_or(0).max(1);
        low + i64::try_from(self.roll() % span).unwrap_or(0)
    }

    /// One of several, all equally likely; the default of the type when there is none.
    pub(crate) fn pick<T: Copy + Default>(&mut self, from: &[T]) -> T {
        let span = u64::try_from(from.len()).unwrap_or(0).max(1);
        let at = usize::try_from(self.roll() % span).unwrap_or(0);
        from.get(at).copied().unwrap_or_default()
    }

    /// Puts a list into random order (Fisher and Yates).
    pub(crate) fn shuffle<T>(&mut self, list: &mut [T]) {
        for last in (1..list.len()).rev() {
            let span = u64::try_from(last + 1).unwrap_or(1);
            let other = usize::try_from(self.roll() % span).unwrap_or(0);
            list.swap(last, other);
        }
    }
}
