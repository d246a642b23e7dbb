//! What the API reads from, and how many may read at once.
//!
//! Knows no path and no question.

use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use model::Clock;
use store::{Archive, Span};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use vault::Vault;

use super::stores::Stores;
use super::unseal::Refused;
use crate::access::Tokens;
use crate::budget::Budget;
use crate::config;
use crate::delivery::Statuses;
use crate::detector::Detector;
use crate::engine::{Engine, Layout};
use crate::metrics::{Gauges, Metrics};
use crate::record::Record;
use crate::recorder::{self, Progress};
use crate::refusal::Refusal;

/// Reads that may run at once. Each holds a thread and a connection.
const READERS: usize = 8;
/// Reads that may wait for one of those.
const WAITING: usize = 64;
/// How long an answer waits until it is recorded that it was given.
const PATIENCE: Duration = Duration::from_secs(2);

/// What the API needs.
pub struct Reading {
    /// Where ledger and operational copy lie.
    pub layout: Layout,
    /// The keys.
    pub vault: Arc<Vault>,
    /// How far the log is.
    pub progress: Progress,
    /// How far the operational copy is.
    pub cursor: Arc<AtomicU64>,
    /// Keeps what is imported, and who read what.
    pub recorder: Arc<dyn Record>,
    /// How many records wait to be appended.
    pub waiting: Arc<dyn Fn() -> usize + Send + Sync>,
    /// The present.
    pub clock: Arc<dyn Clock>,
    /// Who may read.
    pub tokens: Arc<Tokens>,
    /// Counts.
    pub metrics: Arc<Metrics>,
    /// The memory of the bodies that all doors read.
    pub bodies: Budget,
    /// How far detection is, where it is on.
    pub detected: Option<Arc<AtomicU64>>,
    /// How the sinks are doing.
    pub sinks: Statuses,
    /// Cancelled when the server ends, so that answers without end do.
    pub closing: CancellationToken,
}

impl Reading {
    /// What there is to read of a running engine.
    pub fn new(
        engine: &Engine,
        recorder: Arc<dyn Record>,
        tokens: Arc<Tokens>,
        metrics: Arc<Metrics>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        // Weak, since the recorder stops when it is let go of.
        let counted = Arc::downgrade(&engine.recorder);
        let waiting =
            move || counted.upgrade().map_or(0, |recorder| recorder.admission().waiting());
        Self {
            layout: engine.layout.clone(),
            vault: Arc::clone(&engine.vault),
            progress: engine.committer.progress(),
            cursor: engine.indexer.cursor(),
            recorder,
            waiting: Arc::new(waiting),
            clock,
            tokens,
            metrics,
            bodies: config::Recorder::default().bodies(),
            detected: engine.detector.as_ref().map(Detector::cursor),
            sinks: Arc::new([]),
            closing: CancellationToken::new(),
        }
    }
}

/// The reading that all handlers share.
#[derive(Clone)]
pub(super) struct Shared(Arc<Inner>);

pub(super) struct Inner {
    reading: Reading,
    /// Opened once, as it keeps what it has verified of the tree.
    archive: std::sync::OnceLock<Archive>,
    stores: Stores,
    running: Arc<Semaphore>,
    admitted: Arc<Semaphore>,
    /// Streams of `tail`.
    pub(super) tails: Arc<Semaphore>,
    /// Unsealings that were refused.
    pub(super) refused: Refused,
}

impl Deref for Inner {
    type Target = Reading;

    fn deref(&self) -> &Reading {
        &self.reading
    }
}

impl Deref for Shared {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl Shared {
    pub(super) fn new(reading: Reading) -> Self {
        Self(Arc::new(Inner {
            archive: std::sync::OnceLock::new(),
            stores: Stores::new(reading.layout.store(), Arc::clone(&reading.vault)),
            running: Arc::new(Semaphore::new(READERS)),
            admitted: Arc::new(Semaphore::new(READERS + WAITING)),
            tails: Arc::new(Semaphore::new(WAITING)),
            refused: Refused::default(),
            reading,
        }))
    }

    /// Runs something that blocks, when there is a place for it. It goes on to its end, and holds
    /// its place, when the caller goes away.
    pub(super) async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Self) -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, Refusal> {
        let admitted = Arc::clone(&self.admitted).try_acquire_owned();
        let admitted = admitted.map_err(|_| Refusal::Crowded)?;
        let running = Arc::clone(&self.running).acquire_owned().await;
        let running = running.map_err(|_| Refusal::Internal)?;
        let shared = self.clone();
        tokio::task::spawn_blocking(move || {
            let result = work(&shared);
            drop((admitted, running));
            result
        })
        .await
        .map_err(Refusal::internal)?
    }

    /// Asks the operational copy of the days in `span`. Blocks.
    pub(super) fn ask<T>(
        &self,
        span: Span,
        question: impl FnOnce(&store::Reader) -> Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        self.stores.ask(span, question)
    }

    /// The ledger. Blocks when it is opened.
    pub(super) fn archive(&self) -> Result<&Archive, Refusal> {
        if let Some(archive) = self.archive.get() {
            return Ok(archive);
        }
        let archive = Archive::open(&self.layout.ledger(), Arc::clone(&self.vault));
        let archive = archive.map_err(Refusal::internal)?;
        Ok(self.archive.get_or_init(|| archive))
    }

    /// The signed checkpoint. Blocks.
    pub(super) fn checkpoint(&self) -> Result<String, Refusal> {
        let ledger = self.archive()?.ledger();
        ledger.checkpoint().map_err(Refusal::internal)
    }

    /// Records durably that the administrator read: which filters were used, and how many rows are
    /// about to be seen. Where it cannot be recorded the answer is given all the same: who has to
    /// mend a full disk must be able to look. Nor is a recorder that is behind waited for without
    /// end: then the record follows the answer.
    pub(super) async fn note_access(&self, action: &str, filters: &[&str], rows: usize) {
        let access = recorder::access("admin", action, filters, rows, self.clock.now());
        let recorder = Arc::clone(&self.recorder);
        let recording = tokio::spawn(async move {
            if let Err(error) = recorder.record(vec![access]).await {
                tracing::warn!(%error, "could not record a reading");
            }
        });
        if tokio::time::timeout(PATIENCE, recording).await.is_err() {
            tracing::warn!("the recorder is behind: a reading is recorded after its answer");
        }
    }

    pub(super) fn gauges(&self) -> Gauges {
        Gauges {
            waiting: (self.waiting)() as u64,
            ledger_size: *self.progress.size().borrow(),
            cursor: self.cursor.load(Ordering::Acquire),
        }
    }
}
