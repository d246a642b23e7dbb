//! A histogram of durations, in Prometheus' text format.
//!
//! Has fixed bounds, since a histogram whose bounds move cannot be added up over servers.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Upper bounds in microseconds: from a group commit on a fast disk to a disk that hangs.
const BOUNDS: [u64; 13] = [
    500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000,
    2_500_000, 10_000_000,
];

/// Counts durations.
#[derive(Debug, Default)]
pub(super) struct Histogram {
    /// How many were within each bound and above the one before.
    within: [AtomicU64; BOUNDS.len()],
    above: AtomicU64,
    micros: AtomicU64,
}

impl Histogram {
    /// Counts one.
    pub(super) fn add(&self, duration: Duration) {
        let micros = u64::try_from(duration.as_micros()).unwrap_or(u64::MAX);
        let position = BOUNDS.partition_point(|bound| *bound < micros);
        let bucket = self.within.get(position).unwrap_or(&self.above);
        bucket.fetch_add(1, Ordering::Relaxed);
        self.micros.fetch_add(micros, Ordering::Relaxed);
    }

    /// Writes the buckets, the sum and the count of `name`, in seconds.
    pub(super) fn render(&self, name: &str, text: &mut String) {
        let mut count = 0;
        for (bound, bucket) in BOUNDS.into_iter().zip(&self.within) {
            count += bucket.load(Ordering::Relaxed);
            let bound = Duration::from_micros(bound).as_secs_f64();
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{name}_bucket{{le=\"{bound}\"}} {count}");
        }
        count += self.above.load(Ordering::Relaxed);
        let sum = Duration::from_micros(self.micros.load(Ordering::Relaxed)).as_secs_f64();
        let _ = writeln!(text, "{name}_bucket{{le=\"+Inf\"}} {count}");
        let _ = writeln!(text, "{name}_sum {sum}\n{name}_count {count}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_add_up() {
        let histogram = Histogram::default();
        for micros in [0, 500, 501, 3_000, 20_000_000] {
            histogram.add(Duration::from_micros(micros));
        }
        let mut text = String::new();
        histogram.render("x_seconds", &mut text);
        for line in [
            "x_seconds_bucket{le=\"0.0005\"} 2\n",
            "x_seconds_bucket{le=\"0.001\"} 3\n",
            "x_seconds_bucket{le=\"0.005\"} 4\n",
            "x_seconds_bucket{le=\"10\"} 4\n",
            "x_seconds_bucket{le=\"+Inf\"} 5\n",
            "x_seconds_sum 20.004001\n",
            "x_seconds_count 5\n",
        ] {
            assert!(text.contains(line), "{line}{text}");
        }
    }
}
