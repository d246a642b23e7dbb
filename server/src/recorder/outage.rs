//! What went wrong with the log itself, told in the log once it can be written again.

use std::time::Duration;

use model::{Observation, Timestamp};

use super::own;
use crate::record::RecordError;

/// When to retry after the disk was full.
pub(super) const FULL_DELAY: Duration = Duration::from_secs(5);
/// A step back smaller than this is a correction of the clock, not worth a record.
const CLOCK_STEP: Duration = Duration::from_secs(1);

/// An outage that has not been told yet.
#[derive(Debug, Default)]
pub(super) struct Outage {
    untold: Option<Refusals>,
}

#[derive(Debug)]
struct Refusals {
    since: Timestamp,
    records: usize,
    reason: String,
}

impl Outage {
    /// Records could not be appended.
    pub(super) fn failed(&mut self, now: Timestamp, records: usize, error: &RecordError) {
        let reason = || match error {
            RecordError::Busy { .. } => "disk full".to_owned(),
            RecordError::Unavailable { reason } => reason.clone(),
        };
        let refusals = self.untold.get_or_insert_with(|| Refusals {
            since: now,
            records: 0,
            reason: reason(),
        });
        refusals.records += records;
    }

    /// The records to append with the next group: of an outage, and of a clock that jumped back.
    pub(super) fn to_tell(&self, now: Timestamp, last: Timestamp) -> Vec<Observation> {
        let mut records = Vec::new();
        if let Some(refusals) = &self.untold {
            let reason = format!(
                "{} records were refused since {} ms after the epoch: {}",
                refusals.records,
                refusals.since.millis(),
                refusals.reason
            );
            records.push(own::alert("recording.interrupted", &reason, now));
        }
        let back = last.since(now);
        if back >= CLOCK_STEP {
            let reason = format!("the clock went back by {} ms", back.as_millis());
            records.push(own::system("clock.jump", &reason, now));
        }
        records
    }

    /// A group was appended, and what was to be told with it.
    pub(super) fn over(&mut self) {
        self.untold = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outage_is_told_until_it_is_written() {
        let mut outage = Outage::default();
        let now = Timestamp::from_secs(100);
        assert!(outage.to_tell(now, now).is_empty());
        outage.failed(now, 3, &RecordError::Busy { retry_after: FULL_DELAY });
        outage.failed(now, 4, &RecordError::Busy { retry_after: FULL_DELAY });
        let told = outage.to_tell(now, now);
        let event = told[0].expose().event.clone().unwrap();
        assert_eq!(event.action, "recording.interrupted");
        assert!(event.reason.unwrap().starts_with("7 records were refused"));
        outage.over();
        assert!(outage.to_tell(now, now).is_empty());
    }

    #[test]
    fn a_clock_that_jumps_back_is_told() {
        let told = Outage::default().to_tell(Timestamp::from_secs(90), Timestamp::from_secs(100));
        assert_eq!(told.len(), 1);
    }
}
