//! The one way into the ledger: inspect, redact, seal, append, acknowledge.
//!
//! ```text
//! record() → admit (bounded) → prepare (any thread: identity, inspection, sealing)
//!          → commit (one thread: once, keys durable, append, fsync) → receipts
//! ```
//!
//! Nothing is dropped in silence: what is not admitted is refused with a delay, and what could not
//! be appended is refused with the reason.

mod admission;
mod commit;
mod failures;
mod identity;
mod outage;
mod own;
mod prepare;
mod tail;

use std::sync::Arc;
use std::sync::mpsc::SyncSender;

use inspect::Inspector;
use model::{Clock, Observation};
use parking_lot::RwLock;
use store::Once;
use tokio::sync::oneshot;
use vault::Vault;

use crate::compute::compute;
use crate::record::{Receipt, Record, RecordError, Recorded};

pub use admission::{Admission, Limits};
pub use commit::{Committer, Progress};
pub use own::{InForce, access, alert, person, raised, rules, system};
pub use tail::Tail;

use prepare::{Prepared, Preparer};

/// What the recorder is built from.
pub struct Parts {
    /// The detectors and the policy.
    pub inspector: Inspector,
    /// The keys.
    pub vault: Arc<Vault>,
    /// The log.
    pub log: ledger::Log,
    /// What was recorded within 24 hours.
    pub once: Once,
    /// The time of the append.
    pub clock: Arc<dyn Clock>,
    /// How much may wait.
    pub limits: Limits,
}

/// Records observations durably.
pub struct Recorder {
    preparer: Arc<Preparer>,
    admission: Arc<Admission>,
    queue: SyncSender<commit::Job>,
}

impl Recorder {
    /// Starts the thread that appends. It stops, and closes the log, when the recorder is dropped;
    /// the handle tells when that is done.
    ///
    /// # Errors
    /// When the thread cannot be started.
    pub fn start(parts: Parts) -> std::io::Result<(Self, Committer)> {
        let once = Arc::new(RwLock::new(parts.once));
        let admission = Arc::new(Admission::new(parts.limits));
        let preparer =
            Arc::new(Preparer::new(parts.inspector, Arc::clone(&parts.vault), Arc::clone(&once)));
        let (queue, committer) = Committer::start(
            parts.log,
            parts.vault,
            once,
            parts.clock,
            Arc::clone(&preparer),
            Arc::clone(&admission),
        )?;
        Ok((Self { preparer, admission, queue }, committer))
    }

    /// How much waits.
    pub const fn admission(&self) -> &Arc<Admission> {
        &self.admission
    }

    async fn keep(&self, observations: Vec<Observation>) -> Result<Vec<Receipt>, RecordError> {
        let ticket = self.admission.admit(&observations)?;
        let prepared = self.prepare(observations).await?;
        let (reply, receipts) = oneshot::channel();
        self.queue
            .try_send(commit::Job { prepared, reply, ticket })
            .map_err(|_| self.admission.busy())?;
        receipts.await.map_err(|_| stopped())?
    }

    /// Off the reactor, so that forwarding never waits for inspection.
    async fn prepare(&self, observations: Vec<Observation>) -> Result<Vec<Prepared>, RecordError> {
        let preparer = Arc::clone(&self.preparer);
        compute(move || preparer.prepare(observations)).await.map_err(|_| stopped())?
    }
}

impl Record for Recorder {
    fn record(&self, observations: Vec<Observation>) -> Recorded<'_> {
        Box::pin(self.keep(observations))
    }
}

fn stopped() -> RecordError {
    RecordError::Unavailable { reason: "the recorder has stopped".to_owned() }
}
