//! The contract between the doors and the recorder.
//!
//! Does not record: [`crate::recorder`] does, and tests of the doors bring their own.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use model::Observation;

/// Resolves when the records are durable, with one receipt for each, in order.
pub type Recorded<'a> =
    Pin<Box<dyn Future<Output = Result<Vec<Receipt>, RecordError>> + Send + 'a>>;

/// Keeps records.
pub trait Record: Send + Sync {
    /// Inspects, redacts and appends `observations`: all of them, durably, or none.
    fn record(&self, observations: Vec<Observation>) -> Recorded<'_>;
}

/// Where a record is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Receipt {
    /// Appended at this ledger index.
    New(u64),
    /// The same part came within 24 hours before, and lies at this index.
    Known(u64),
}

impl Receipt {
    /// The ledger index.
    pub const fn index(self) -> u64 {
        match self {
            Self::New(index) | Self::Known(index) => index,
        }
    }
}

/// Why records were not kept. Either way nothing of the batch was.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// The queue is full.
    #[error("queue is full, retry in {} ms", retry_after.as_millis())]
    Busy {
        /// When it is worth another try.
        retry_after: Duration,
    },
    /// The log cannot be written.
    #[error("log cannot be written: {reason}")]
    Unavailable {
        /// What the disk or the log said.
        reason: String,
    },
}
