//! How much may wait to be recorded. Beyond it, doors answer with a retryable error.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use model::{Body, Observation, Record};
use serde_json::Value;

use crate::record::RecordError;

/// Bounds of what waits between a door and the disk.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Records.
    pub records: usize,
    /// Bytes of content, roughly.
    pub bytes: usize,
}

/// Counts what waits.
#[derive(Debug)]
pub struct Admission {
    limits: Limits,
    records: AtomicUsize,
    bytes: AtomicUsize,
}

/// A place in the queue, given back when it is dropped.
#[derive(Debug)]
pub(super) struct Ticket {
    admission: Arc<Admission>,
    records: usize,
    bytes: usize,
}

impl Admission {
    /// Nothing waits yet.
    pub const fn new(limits: Limits) -> Self {
        Self { limits, records: AtomicUsize::new(0), bytes: AtomicUsize::new(0) }
    }

    /// Records that wait.
    pub fn waiting(&self) -> usize {
        self.records.load(Ordering::Relaxed)
    }

    /// Takes places for a batch. A batch larger than the whole queue is admitted when the queue
    /// is empty, since it could never be admitted otherwise.
    ///
    /// # Errors
    /// [`RecordError::Busy`] when there is no room.
    pub(super) fn admit(self: &Arc<Self>, batch: &[Observation]) -> Result<Ticket, RecordError> {
        let bytes = batch.iter().map(|observation| size(observation.expose())).sum();
        let waiting = self.records.fetch_add(batch.len(), Ordering::AcqRel);
        let held = self.bytes.fetch_add(bytes, Ordering::AcqRel);
        let ticket = Ticket { admission: Arc::clone(self), records: batch.len(), bytes };
        let room =
            waiting + batch.len() <= self.limits.records && held + bytes <= self.limits.bytes;
        if room || waiting == 0 { Ok(ticket) } else { Err(self.busy()) }
    }

    /// The refusal, with a delay that grows with the queue.
    pub(super) fn busy(&self) -> RecordError {
        let share = self.waiting().min(self.limits.records) * 900 / self.limits.records.max(1);
        let millis = 100 + u64::try_from(share).unwrap_or(900);
        RecordError::Busy { retry_after: Duration::from_millis(millis) }
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        self.admission.records.fetch_sub(self.records, Ordering::AcqRel);
        self.admission.bytes.fetch_sub(self.bytes, Ordering::AcqRel);
    }
}

/// Roughly the bytes that a record holds.
fn size(record: &Record) -> usize {
    let content: usize = record.content.iter().map(|segment| body_size(&segment.body)).sum();
    let attributes: usize =
        record.attributes.iter().map(|(key, value)| key.len() + value_size(value)).sum();
    512 + content + attributes
}

fn body_size(body: &Body) -> usize {
    match body {
        Body::Text { content } | Body::Reasoning { content } | Body::Refusal { content } => {
            content.len()
        }
        Body::ToolCall { arguments: value, .. }
        | Body::ToolResult { result: value, .. }
        | Body::Other { value, .. } => value_size(value),
        Body::Document { content, metadata, .. } => {
            content.len() + metadata.as_ref().map_or(0, value_size)
        }
        Body::Blob(_) | Body::Reference { .. } => 128,
    }
}

fn value_size(value: &Value) -> usize {
    match value {
        Value::String(text) => text.len(),
        Value::Array(items) => items.iter().map(value_size).sum(),
        Value::Object(map) => map.iter().map(|(key, value)| key.len() + value_size(value)).sum(),
        Value::Null | Value::Bool(_) | Value::Number(_) => 8,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn batch(records: usize) -> Vec<Observation> {
        vec![Observation::new(Record::default()); records]
    }

    #[test]
    fn a_full_queue_refuses_with_a_delay_and_recovers() {
        let admission = Arc::new(Admission::new(Limits { records: 10, bytes: 1 << 20 }));
        let first = admission.admit(&batch(8)).unwrap();
        let refusal = admission.admit(&batch(3)).unwrap_err();
        assert!(matches!(refusal, RecordError::Busy { retry_after } if !retry_after.is_zero()));
        assert_eq!(admission.waiting(), 8, "a refused batch holds no place");
        drop(first);
        assert!(admission.admit(&batch(10)).is_ok());
    }

    #[test]
    fn a_batch_larger_than_the_queue_gets_in_alone() {
        let admission = Arc::new(Admission::new(Limits { records: 10, bytes: 1 << 20 }));
        let large = admission.admit(&batch(50)).unwrap();
        assert!(admission.admit(&batch(1)).is_err());
        drop(large);
        assert_eq!(admission.waiting(), 0);
    }
}
