//! The reader that detects: records in the order of the log, alerts back into the log.
//!
//! ```text
//! cursor → records (memory, or the log) → inspect::judge → detect::Engine → alerts → recorder
//! ```
//!
//! It never holds back recording. What it knows of the past is in memory, so that after a start, and
//! when rules change, the newest records before its cursor are shown to the rules again, without
//! raising anything. Which rules were in force from where on is a record, and their text is kept
//! under the digest in it: a replay can tell the same.

mod cursor;
mod files;
mod history;

use std::borrow::{Borrow, Cow};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use detect::{Engine, Problem, Weight};
use model::{Clock, Logged, Observation, Timestamp};
use serde::{Deserialize, Serialize};
use store::Archive;
use tokio::runtime::Handle;
use vault::Vault;

use crate::engine::Layout;
use crate::pace::{Niceness, Turns, make_way, step_back};
use crate::record::{Record, RecordError};
use crate::recorder::{self, Progress};
use cursor::Cursor;
pub use files::{Look, RuleFiles, look};
pub use history::{HistoryError, Replayed, Told, hunt, replay};

/// Records that are looked at before their alerts are recorded.
const BATCH: usize = 256;
/// Records before the cursor that rules are shown again.
pub const SHOWN_AGAIN: u64 = 100_000;
/// How long records gather.
const GATHER: Duration = Duration::from_millis(20);
/// After a failure, the pause before the next try.
const RETRY: Duration = Duration::from_secs(1);
/// How often an operator's rule files are looked at for a change.
const RELOAD: Duration = Duration::from_secs(2);
/// The cursor is written down after so many records, or with the alerts of a batch.
const KEEP: u64 = 4096;

/// What is set of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Whether records are looked at.
    pub enabled: bool,
    /// Whether the rules that come with the program are used.
    pub shipped: bool,
    /// Files and folders of further rules.
    pub rules: Vec<PathBuf>,
}

impl Default for Config {
    fn default() -> Self {
        Self { enabled: true, shipped: true, rules: Vec::new() }
    }
}

/// What a detector is built from.
pub(crate) struct Parts {
    pub(crate) config: Config,
    pub(crate) layout: Layout,
    pub(crate) vault: Arc<Vault>,
    pub(crate) progress: Progress,
    /// Not held: the recorder ends before its readers do.
    pub(crate) recorder: Weak<dyn Record>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) runtime: Handle,
}

/// The running reader.
pub struct Detector {
    thread: Option<JoinHandle<()>>,
    cursor: Arc<AtomicU64>,
}

impl Detector {
    /// Starts reading where it stopped. Ends when the recorder has ended.
    ///
    /// # Errors
    /// When its folder or the thread cannot be made.
    pub(crate) fn start(parts: Parts) -> std::io::Result<Self> {
        let folder = parts.layout.detect();
        std::fs::create_dir_all(&folder)?;
        let cursor = Cursor::open(parts.layout.cursor(), 0);
        let shared = Arc::new(AtomicU64::new(cursor.next()));
        let position = cursor.next();
        let told = Arc::clone(&shared);
        let reading = Reading { cursor, position, pending: Vec::new(), told, rules: None, parts };
        let thread =
            std::thread::Builder::new().name("detect".to_owned()).spawn(move || reading.run())?;
        Ok(Self { thread: Some(thread), cursor: shared })
    }

    /// The index of the next record it will look at.
    pub fn cursor(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.cursor)
    }
}

/// Waits until the thread has ended: a process must not end around it.
impl Drop for Detector {
    fn drop(&mut self) {
        if let Some(thread) = self.thread.take() {
            // A panic of the thread was reported when it happened.
            let _ = thread.join();
        }
    }
}

struct Reading {
    /// Up to where alerts are recorded.
    cursor: Cursor,
    /// The next record to look at.
    position: u64,
    /// What is yet to be recorded before the cursor may go on.
    pending: Vec<Observation>,
    told: Arc<AtomicU64>,
    rules: Option<InForce>,
    parts: Parts,
}

/// Rules at work, and what their files looked like.
struct InForce {
    engine: Engine,
    digest: String,
    look: Look,
    looked: Instant,
}

/// Why it could not go on for now.
#[derive(Debug, thiserror::Error)]
enum DetectError {
    #[error(transparent)]
    Archive(#[from] store::ArchiveError),
    #[error("rules: {0}")]
    Files(#[from] std::io::Error),
    #[error(transparent)]
    Record(#[from] RecordError),
    #[error("the recorder has ended")]
    Ended,
}

impl Reading {
    fn run(mut self) {
        step_back(Niceness::Some);
        let mut size = self.parts.progress.size();
        loop {
            let target = *size.borrow_and_update();
            let ended = match self.step(target) {
                Ok(()) => self.wait(&mut size),
                Err(DetectError::Ended) => true,
                Err(error) => {
                    tracing::error!(%error, "could not detect, trying again");
                    std::thread::sleep(RETRY);
                    size.has_changed().is_err()
                }
            };
            if ended {
                break;
            }
        }
        if let Err(error) = self.cursor.keep(1) {
            tracing::warn!(%error, "could not keep the detector's cursor");
        }
    }

    /// Waits for more records, or for the time to look at the rule files; tells whether the
    /// recorder has ended.
    fn wait(&self, size: &mut tokio::sync::watch::Receiver<u64>) -> bool {
        let changed = self
            .parts
            .runtime
            .block_on(async { tokio::time::timeout(RELOAD, size.changed()).await });
        if changed.is_ok() {
            std::thread::sleep(GATHER);
        }
        matches!(changed, Ok(Err(_)))
    }

    fn step(&mut self, target: u64) -> Result<(), DetectError> {
        self.settle()?;
        if self.rules_have_changed()? {
            self.load()?;
        }
        while self.position < target {
            match self.parts.progress.watched().take(self.position, BATCH) {
                Some(batch) => self.see(&batch, None)?,
                None => self.read_ledger(target)?,
            }
        }
        Ok(())
    }

    fn rules_have_changed(&mut self) -> Result<bool, DetectError> {
        let Some(rules) = &mut self.rules else { return Ok(true) };
        if self.parts.config.rules.is_empty() || rules.looked.elapsed() < RELOAD {
            return Ok(false);
        }
        rules.looked = Instant::now();
        Ok(look(&self.parts.config.rules)? != rules.look)
    }

    /// Takes the rules as they are now into force: what is broken is told and left out, and the
    /// others are shown what came before.
    fn load(&mut self) -> Result<(), DetectError> {
        let config = &self.parts.config;
        let look = look(&config.rules)?;
        let files = RuleFiles::in_force(config)?;
        let digest = files.digest();
        if let Some(rules) = self.rules.as_mut().filter(|rules| rules.digest == digest) {
            rules.look = look;
            return Ok(());
        }
        files.keep(&self.parts.layout.rules())?;
        let (set, problems) = files.load();
        let count = set.rules().len();
        let mut engine = Engine::new(set);
        let raising = self.position;
        let shown = raising.saturating_sub(SHOWN_AGAIN);
        self.show(&mut engine, shown, raising)?;
        self.rules = Some(InForce { engine, digest: digest.clone(), look, looked: Instant::now() });
        let now = self.parts.clock.now();
        self.pending.push(recorder::rules(&digest, shown, raising, count, now));
        self.pending.extend(problems.iter().filter_map(|problem| broken(problem, now)));
        self.settle()
    }

    /// Shows records to new rules, without raising anything.
    fn show(&self, engine: &mut Engine, from: u64, to: u64) -> Result<(), DetectError> {
        if from >= to {
            return Ok(());
        }
        let archive = Archive::open(&self.parts.layout.ledger(), Arc::clone(&self.parts.vault))?;
        for (entry, index) in archive.iter(from).zip(from..to) {
            if let Some(logged) = entry?.readable() {
                let begin = Instant::now();
                engine.rehearse(&judged(&logged));
                make_way(&self.parts.progress, begin.elapsed());
            }
            if index % 1024 == 0 && self.has_ended() {
                return Err(DetectError::Ended);
            }
        }
        engine.begin();
        Ok(())
    }

    /// Reads from the log until memory can take over.
    fn read_ledger(&mut self, target: u64) -> Result<(), DetectError> {
        let archive = Archive::open(&self.parts.layout.ledger(), Arc::clone(&self.parts.vault))?;
        let mut batch = Vec::with_capacity(BATCH);
        let mut next = self.position;
        let count = usize::try_from(target - next).unwrap_or(usize::MAX);
        for entry in archive.iter(next).take(count) {
            next += 1;
            batch.extend(entry?.readable());
            if batch.len() == BATCH {
                self.see(&batch, Some(next))?;
                batch.clear();
            }
        }
        self.see(&batch, Some(next))
    }

    /// Looks at records and records what they raise.
    fn see<L: Borrow<Logged>>(
        &mut self,
        batch: &[L],
        next: Option<u64>,
    ) -> Result<(), DetectError> {
        if self.has_ended() {
            return Err(DetectError::Ended);
        }
        let begin = Instant::now();
        let newest = *self.parts.progress.size().borrow();
        let mut turns = Turns::new(newest.saturating_sub(self.position));
        let Some(rules) = &mut self.rules else { return Ok(()) };
        for logged in batch {
            turns.next();
            let logged: &Logged = logged.borrow();
            let tenant = &logged.record.tenant;
            let alerts = rules.engine.see(&judged(logged)).into_iter();
            self.pending.extend(alerts.map(|alert| recorder::raised(alert, tenant.clone())));
        }
        let worked = begin.elapsed();
        let last = batch.last().map(|last| last.borrow().index + 1);
        self.position = next.or(last).unwrap_or(self.position);
        self.settle()?;
        make_way(&self.parts.progress, worked);
        Ok(())
    }

    /// Whether the recorder has ended: what is yet to be looked at is left to the next start.
    fn has_ended(&self) -> bool {
        self.parts.recorder.strong_count() == 0
    }

    /// Records what is pending; then the cursor may go on to where records were looked at.
    fn settle(&mut self) -> Result<(), DetectError> {
        let is_told = !self.pending.is_empty();
        if is_told {
            self.record(&self.pending)?;
            self.pending.clear();
        }
        self.cursor.advance(self.position);
        self.told.store(self.position, Ordering::Release);
        self.cursor.keep(if is_told { 1 } else { KEEP })?;
        Ok(())
    }

    /// Records, however long the queue is full: an alert is never dropped.
    fn record(&self, observations: &[Observation]) -> Result<(), DetectError> {
        loop {
            let recorder = self.parts.recorder.upgrade().ok_or(DetectError::Ended)?;
            let told = self.parts.runtime.block_on(recorder.record(observations.to_vec()));
            drop(recorder);
            match told {
                Ok(_) => return Ok(()),
                Err(RecordError::Busy { retry_after }) => {
                    std::thread::sleep(retry_after.min(RETRY));
                }
                Err(error) => return Err(error.into()),
            }
        }
    }
}

/// A record as rules see it: with what the classifier of attacks says of its texts.
fn judged(logged: &Logged) -> Cow<'_, Logged> {
    let signals = inspect::judge(&logged.record);
    if signals.is_empty() {
        return Cow::Borrowed(logged);
    }
    let mut logged = logged.clone();
    logged.record.signals.extend(signals);
    Cow::Owned(logged)
}

/// The alert of a rule that is left out.
fn broken(problem: &Problem, now: Timestamp) -> Option<Observation> {
    tracing::warn!(%problem, "a rule");
    (problem.weight == Weight::Error)
        .then(|| recorder::alert("rule.broken", &problem.to_string(), now))
}
