//! A recorder whose recordings are counted and timed, for doors that hand it on.
//!
//! Looks into no record.

use std::sync::Arc;

use model::Observation;

use super::{Counted, Metrics};
use crate::record::{Record, Recorded};

/// Records for one door, and counts it.
pub struct Measured {
    recorder: Arc<dyn Record>,
    metrics: Arc<Metrics>,
    door: Counted,
}

impl Measured {
    /// Counts what `door` records with `recorder`.
    pub fn new(recorder: Arc<dyn Record>, metrics: Arc<Metrics>, door: Counted) -> Self {
        Self { recorder, metrics, door }
    }
}

impl Record for Measured {
    fn record(&self, observations: Vec<Observation>) -> Recorded<'_> {
        let recording = self.metrics.timed(self.recorder.record(observations));
        Box::pin(async move {
            let receipts = recording.await?;
            self.metrics.records(self.door, receipts.len() as u64, 0);
            Ok(receipts)
        })
    }
}
