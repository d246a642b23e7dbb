//! Latencies of a run, in microseconds.

/// Every latency that was measured.
#[derive(Debug, Default)]
pub(crate) struct Latencies(Vec<u64>);

impl Latencies {
    pub(crate) fn push(&mut self, micros: u64) {
        self.0.push(micros);
    }

    pub(crate) fn extend(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// The latency that a share `quantile` (0 to 1) of all does not exceed.
    pub(crate) fn quantile(&mut self, quantile: f64) -> u64 {
        self.0.sort_unstable();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a rank")]
        let rank = (quantile * self.0.len().saturating_sub(1) as f64).round() as usize;
        self.0.get(rank).copied().unwrap_or_default()
    }
}
