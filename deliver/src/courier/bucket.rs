//! A token bucket: so many events a second, a second's worth at once.

use std::time::Duration;

use tokio::time::Instant;

/// The bucket of one sink.
#[derive(Debug)]
pub(super) struct Bucket {
    /// Events a second; none for no limit.
    rate: Option<f64>,
    level: f64,
    at: Instant,
}

impl Bucket {
    /// A full bucket.
    pub(super) fn new(rate: Option<f64>, now: Instant) -> Self {
        Self { rate, level: rate.unwrap_or_default().max(1.0), at: now }
    }

    /// Takes `events` tokens, and says how long to wait until they are there.
    pub(super) fn take(&mut self, events: usize, now: Instant) -> Duration {
        let Some(rate) = self.rate else {
            return Duration::ZERO;
        };
        let filled = now.duration_since(self.at).as_secs_f64() * rate;
        self.level = (self.level + filled).min(rate.max(1.0)) - events as f64;
        self.at = now;
        Duration::try_from_secs_f64((-self.level).max(0.0) / rate).unwrap_or(Duration::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_second_has_more_than_the_rate_after_the_first() {
        let start = Instant::now();
        let mut bucket = Bucket::new(Some(10.0), start);
        let mut now = start;
        for _ in 0..50 {
            now += bucket.take(3, now);
        }
        let took = now.duration_since(start).as_secs_f64();
        assert!((13.9..14.1).contains(&took), "{took}");
        assert_eq!(Bucket::new(None, start).take(1_000_000, start), Duration::ZERO);
    }
}
