//! Exponential backoff with full jitter: a random time between nothing and a bound that doubles.

use std::time::Duration;

/// The bound of the first wait.
const FIRST: Duration = Duration::from_millis(500);
/// The largest bound.
pub(super) const LONGEST: Duration = Duration::from_mins(1);

/// The waits of one sink.
#[derive(Debug)]
pub(super) struct Backoff {
    failures: u32,
    state: u64,
}

impl Backoff {
    /// Waits that are random by `seed` alone.
    pub(super) const fn new(seed: u64) -> Self {
        Self { failures: 0, state: seed }
    }

    /// The next wait.
    pub(super) fn next(&mut self) -> Duration {
        let bound = FIRST.saturating_mul(1 << self.failures.min(16)).min(LONGEST);
        self.failures = self.failures.saturating_add(1);
        let nanos = u64::try_from(bound.as_nanos()).unwrap_or(u64::MAX);
        Duration::from_nanos(self.random() % nanos)
    }

    /// It went well.
    pub(super) const fn reset(&mut self) {
        self.failures = 0;
    }

    /// SplitMix64.
    const fn random(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_double_and_end_at_the_longest() {
        for seed in 0..200 {
            let mut backoff = Backoff::new(seed);
            for failures in 0..12_u32 {
                let bound = FIRST.saturating_mul(1 << failures).min(LONGEST);
                assert!(backoff.next() < bound);
            }
            backoff.reset();
            assert!(backoff.next() < FIRST);
        }
    }

    #[test]
    fn equal_seeds_wait_equally() {
        let waits = |seed| {
            let mut backoff = Backoff::new(seed);
            [backoff.next(), backoff.next(), backoff.next()]
        };
        assert_eq!(waits(7), waits(7));
        assert_ne!(waits(7), waits(8));
    }
}
