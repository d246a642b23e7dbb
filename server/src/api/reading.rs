//! What the API reads from, and how many may read at once.
//!
//! Knows no path and no question.

use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use model::{Clock, EventOutcome, Kind, Timestamp};
use parking_lot::Mutex;
use serde_json::json;
use store::{Archive, Columns, Scope, Span};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use vault::Vault;

use super::caller::Caller;
use super::gate::Pace;
use super::in_force::Known;
use super::repeats::Repeats;
use super::runs::Runs;
use super::stores::Stores;
use super::unseal::Refused;
use crate::access::Tokens;
use crate::budget::Budget;
use crate::config;
use crate::delivery::Statuses;
use crate::detector::Detector;
use crate::engine::{Engine, Layout};
use crate::metrics::{Gauges, Metrics};
use crate::people::{People, Snapshot};
use crate::record::Record;
use crate::recorder::{self, Progress};
use crate::refusal::Refusal;

/// Reads that may run at once. Each holds a thread and a connection.
const READERS: usize = 8;
/// Reads that may wait for one of those.
const WAITING: usize = 64;
/// Passwords that are hashed at once: each takes a core and 19 MiB.
const HASHING: usize = 2;
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
    /// Who has an account.
    pub people: Arc<People>,
    /// Whether it is served over TLS.
    pub is_secure: bool,
    /// What is set.
    pub config: Arc<config::Config>,
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
            people: Arc::new(People::nobody(Arc::clone(&clock))),
            is_secure: false,
            config: Arc::default(),
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
    /// How fast callers ask.
    pub(super) pace: Pace,
    /// Writes that may be sent again.
    pub(super) repeats: Repeats,
    /// Held while people or tokens are changed and that is recorded.
    pub(super) changing: tokio::sync::Mutex<()>,
    hashing: Arc<Semaphore>,
    columns: Mutex<Columns>,
    /// Verifications of the log.
    pub(super) runs: Runs,
    /// The rules in force.
    pub(super) rules: Known,
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
            pace: Pace::default(),
            repeats: Repeats::default(),
            changing: tokio::sync::Mutex::new(()),
            hashing: Arc::new(Semaphore::new(HASHING)),
            columns: Mutex::default(),
            runs: Runs::default(),
            rules: Known::default(),
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

    /// Runs something that hashes a password or writes the file of people.
    pub(super) async fn hashing<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Self) -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, Refusal> {
        let turn = Arc::clone(&self.hashing).acquire_owned().await;
        let turn = turn.map_err(|_| Refusal::Internal)?;
        let shared = self.clone();
        tokio::task::spawn_blocking(move || {
            let result = work(&shared);
            drop(turn);
            result
        })
        .await
        .map_err(Refusal::internal)?
    }

    /// Asks the operational copy of the days in `span`, as far as `scope` sees it. Blocks.
    pub(super) fn ask<T>(
        &self,
        scope: &Scope,
        span: Span,
        question: impl FnOnce(&store::Reader) -> Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        self.stores.ask(scope, span, question)
    }

    /// Asks the columns of the days in `span`, as they are now. Blocks.
    pub(super) fn columns<T>(
        &self,
        span: Span,
        question: impl FnOnce(&Columns) -> T,
    ) -> Result<T, Refusal> {
        let mut columns = self.columns.lock();
        self.stores.ask(&Scope::default(), span, |reader| Ok(columns.refresh(reader)?))?;
        Ok(question(&columns))
    }

    /// Reads the columns of the last day ahead: one who signs in will ask for them.
    pub(super) fn warm(&self) {
        let (shared, now) = (self.clone(), self.clock.now());
        let since = Timestamp(now.nanos().saturating_sub(86_400_000_000_000));
        let span = Span { since: Some(since), until: Some(now) };
        // What fails here is told to whoever asks.
        tokio::task::spawn_blocking(move || shared.columns(span, |_| ()).ok());
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

    /// Records durably that somebody read: which filters were used, and how many rows are
    /// about to be seen. Where it cannot be recorded the answer is given all the same: who has to
    /// mend a full disk must be able to look. Nor is a recorder that is behind waited for without
    /// end: then the record follows the answer.
    pub(super) async fn note_access(
        &self,
        caller: &Caller,
        action: &str,
        filters: &[&str],
        rows: usize,
    ) {
        let access = recorder::access(&caller.name, action, filters, rows, self.clock.now());
        self.note(access).await;
    }

    /// Records durably that somebody signed in or out, or tried to. Somebody who has to mend a full
    /// disk must be able to sign in.
    pub(super) async fn note_person(
        &self,
        caller: &Caller,
        kind: Kind,
        action: &str,
        who: &str,
        outcome: EventOutcome,
    ) {
        let now = self.clock.now();
        let mut note = recorder::person(kind, action, who, None, outcome, now);
        note.expose_mut().actor.client_address = Some(caller.address.to_string());
        self.note(note).await;
    }

    /// Records a change of a person by `by`. What cannot be recorded is taken back. Held the lock
    /// `changing` since before the snapshot.
    pub(super) async fn keep_change<const N: usize>(
        &self,
        before: Snapshot,
        by: &str,
        action: &str,
        whom: Option<&str>,
        attributes: [(&str, String); N],
    ) -> Result<(), Refusal> {
        // People are pseudonyms in the record, those who are spoken of too.
        let tenant = model::TenantId::default();
        let pseudonym = |name| self.vault.pseudonym(&tenant, vault::Space::User, name);
        let about = whom.map(pseudonym).transpose().map_err(Refusal::internal)?;
        self.keep(before, by, action, about, attributes).await
    }

    /// Records a change of a token by `by`, likewise.
    pub(super) async fn keep_token<const N: usize>(
        &self,
        before: Snapshot,
        by: &str,
        action: &str,
        token: &str,
        attributes: [(&str, String); N],
    ) -> Result<(), Refusal> {
        self.keep(before, by, action, Some(token.to_owned()), attributes).await
    }

    async fn keep<const N: usize>(
        &self,
        before: Snapshot,
        by: &str,
        action: &str,
        about: Option<String>,
        attributes: [(&str, String); N],
    ) -> Result<(), Refusal> {
        let done = EventOutcome::Success;
        let now = self.clock.now();
        let mut note = recorder::person(Kind::Account, action, by, about, done, now);
        let attributes = attributes.into_iter().filter(|(_, value)| !value.is_empty());
        let attributes = attributes.map(|(name, value)| (name.to_owned(), json!(value)));
        note.expose_mut().attributes.extend(attributes);
        if let Err(error) = self.recorder.record(vec![note]).await {
            self.hashing(move |shared| Ok(shared.people.restore(before)?)).await?;
            return Err(error.into());
        }
        Ok(())
    }

    /// Records durably, as far as that can be had in time.
    pub(super) async fn note(&self, access: model::Observation) {
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
