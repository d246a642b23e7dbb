//! The one thread that appends: group commit, once, acknowledgement.
//!
//! While one group is being written, the next gathers in the queue; so the slower the disk, the
//! larger the groups. Records that are admitted already are waited for a moment, so that a fast disk
//! does not turn each batch into a group with a checkpoint and a sync of its own.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use ledger::{Appended, Entry, Log};
use model::{Clock, Fingerprint, Logged, Record, Timestamp};
use parking_lot::RwLock;
use store::Once;
use tokio::sync::{oneshot, watch};
use vault::Vault;

use super::admission::{Admission, Ticket};
use super::outage::Outage;
use super::prepare::{Prepared, Preparer};
use super::tail::Tail;
use crate::record::{Receipt, RecordError};

/// Jobs that may wait for the thread; what admission bounds is records and bytes.
const QUEUED_JOBS: usize = 8192;
/// Records in one group: bounds the time to the first acknowledgement.
const GROUP_RECORDS: usize = 4096;
/// How long a group waits for records that are being prepared.
const GATHER: Duration = Duration::from_millis(2);
/// Records kept in memory for the reader that indexes, and for the one that detects.
const TAIL_RECORDS: usize = 1024;

/// A batch on its way to the log, and whom to tell.
pub(super) struct Job {
    pub(super) prepared: Vec<Prepared>,
    pub(super) reply: oneshot::Sender<Result<Vec<Receipt>, RecordError>>,
    pub(super) ticket: Ticket,
}

/// How far the log is, for its readers.
#[derive(Clone)]
pub struct Progress {
    size: watch::Receiver<u64>,
    tails: Arc<Tails>,
    admission: Arc<Admission>,
}

/// The newest records, for each of the readers that keep up.
struct Tails {
    index: Tail,
    detect: Tail,
}

impl Progress {
    /// Records that wait to be appended.
    pub fn waiting(&self) -> usize {
        self.admission.waiting()
    }

    /// Records in the log. Changes after each group, and the channel closes with the recorder.
    pub fn size(&self) -> watch::Receiver<u64> {
        self.size.clone()
    }

    /// The newest records, for the indexer.
    pub fn tail(&self) -> &Tail {
        &self.tails.index
    }

    /// The newest records, for the detector.
    pub fn watched(&self) -> &Tail {
        &self.tails.detect
    }
}

/// The running thread.
pub struct Committer {
    thread: Option<JoinHandle<()>>,
    progress: Progress,
}

impl Committer {
    pub(super) fn start(
        log: Log,
        vault: Arc<Vault>,
        once: Arc<RwLock<Once>>,
        clock: Arc<dyn Clock>,
        preparer: Arc<Preparer>,
        admission: Arc<Admission>,
    ) -> std::io::Result<(SyncSender<Job>, Self)> {
        let (queue, jobs) = sync_channel(QUEUED_JOBS);
        let (size, watched) = watch::channel(log.size());
        let tail = || Tail::new(TAIL_RECORDS);
        let tails = Arc::new(Tails { index: tail(), detect: tail() });
        let progress = Progress {
            size: watched,
            tails: Arc::clone(&tails),
            admission: Arc::clone(&admission),
        };
        let outage = Outage::default();
        let last = Timestamp::default();
        let writer =
            Writer { log, vault, once, clock, preparer, admission, size, tails, outage, last };
        let thread = std::thread::Builder::new()
            .name("commit".to_owned())
            .spawn(move || writer.run(&jobs))?;
        Ok((queue, Self { thread: Some(thread), progress }))
    }

    /// How far the log is.
    pub fn progress(&self) -> Progress {
        self.progress.clone()
    }
}

/// Waits until the thread has ended: a process must not end around it.
impl Drop for Committer {
    fn drop(&mut self) {
        if let Some(thread) = self.thread.take() {
            // A panic of the thread was reported when it happened.
            let _ = thread.join();
        }
    }
}

struct Writer {
    log: Log,
    vault: Arc<Vault>,
    once: Arc<RwLock<Once>>,
    clock: Arc<dyn Clock>,
    preparer: Arc<Preparer>,
    admission: Arc<Admission>,
    size: watch::Sender<u64>,
    tails: Arc<Tails>,
    outage: Outage,
    last: Timestamp,
}

impl Writer {
    fn run(mut self, jobs: &Receiver<Job>) {
        while let Ok(first) = jobs.recv() {
            self.forget_old();
            let group = self.gather(first, jobs);
            self.commit(group);
        }
    }

    fn gather(&self, first: Job, jobs: &Receiver<Job>) -> Group {
        let deadline = Instant::now() + GATHER;
        let mut group = Group::default();
        group.add(first, &self.once.read());
        while group.records.len() < GROUP_RECORDS {
            let left = deadline.saturating_duration_since(Instant::now());
            let job = match jobs.try_recv() {
                Err(TryRecvError::Empty) if self.admission.waiting() > group.admitted => {
                    jobs.recv_timeout(left).ok()
                }
                job => job.ok(),
            };
            let Some(job) = job else { break };
            group.add(job, &self.once.read());
        }
        group
    }

    /// A part may be told again after 24 hours of log time.
    fn forget_old(&self) {
        if let Err(error) = self.once.write().expire(self.last.max(self.clock.now())) {
            tracing::warn!(%error, "could not drop old files of the index of the last 24 hours");
        }
    }

    fn commit(&mut self, mut group: Group) {
        let now = self.clock.now();
        let own = self.outage.to_tell(now, self.last);
        self.last = self.last.max(now);
        match self.preparer.prepare(own) {
            Ok(prepared) => group.add_own(prepared),
            Err(error) => tracing::error!(%error, "could not prepare an alert record"),
        }
        match self.append(&group.entries, now) {
            Ok(appended) => self.acknowledge(group, &appended),
            Err(error) => {
                tracing::error!(%error, records = group.entries.len(), "could not append");
                self.outage.failed(now, group.entries.len(), &error);
                group.refuse(&error);
            }
        }
    }

    /// New keys and pseudonyms are durable before the records that need them.
    fn append(&mut self, entries: &[Entry], now: Timestamp) -> Result<Appended, RecordError> {
        self.vault.sync().map_err(|error| unavailable(&error))?;
        self.log.append(entries, now.nanos()).map_err(|error| match error {
            error if error.is_recoverable() => {
                RecordError::Busy { retry_after: super::outage::FULL_DELAY }
            }
            error => unavailable(&error),
        })
    }

    fn acknowledge(&mut self, group: Group, appended: &Appended) {
        self.outage.over();
        let now = self.clock.now();
        if let Err(error) = self.once.write().insert(&group.fingerprints(appended.first), now) {
            // The index is rebuilt from the log when the server starts again.
            tracing::error!(%error, "could not keep the index of the last 24 hours");
        }
        let logged = (appended.first..).zip(appended.log_times.clone()).zip(group.records).map(
            |((index, log_time), record)| {
                let log_time = Timestamp::from_nanos(log_time);
                Arc::new(Logged { index, log_time, record })
            },
        );
        let logged: Vec<Arc<Logged>> = logged.collect();
        self.tails.detect.push(logged.iter().map(Arc::clone));
        self.tails.index.push(logged);
        self.size.send_replace(self.log.size());
        for answer in group.answers {
            answer.give(appended.first);
        }
    }
}

fn unavailable(error: &dyn std::error::Error) -> RecordError {
    RecordError::Unavailable { reason: error.to_string() }
}

/// Jobs that are appended together.
#[derive(Default)]
struct Group {
    entries: Vec<Entry>,
    records: Vec<Record>,
    identities: Vec<(Fingerprint, Option<Fingerprint>)>,
    positions: HashMap<Fingerprint, usize>,
    answers: Vec<Answer>,
    /// Records that it holds places of.
    admitted: usize,
}

/// Where a record of the group is, or will be.
#[derive(Clone, Copy)]
enum Place {
    /// At this index, since before.
    Known(u64),
    /// At this position of the group.
    New(usize),
    /// Told twice in the group, first at this position.
    Repeated(usize),
}

struct Answer {
    places: Vec<Place>,
    reply: oneshot::Sender<Result<Vec<Receipt>, RecordError>>,
    _ticket: Ticket,
}

impl Answer {
    fn give(self, first: u64) {
        let receipt = |place| match place {
            Place::Known(index) => Receipt::Known(index),
            Place::New(position) => Receipt::New(first + position as u64),
            Place::Repeated(position) => Receipt::Known(first + position as u64),
        };
        // Whoever asked may have gone; what was recorded stays recorded.
        let _ = self.reply.send(Ok(self.places.into_iter().map(receipt).collect()));
    }
}

impl Group {
    fn add(&mut self, job: Job, once: &Once) {
        self.admitted += job.prepared.len();
        let places = job.prepared.into_iter().map(|prepared| self.place(prepared, once)).collect();
        self.answers.push(Answer { places, reply: job.reply, _ticket: job.ticket });
    }

    fn add_own(&mut self, prepared: Vec<Prepared>) {
        for prepared in prepared {
            self.push(prepared);
        }
    }

    fn place(&mut self, prepared: Prepared, once: &Once) -> Place {
        if let Some(position) = self.positions.get(&prepared.part) {
            return Place::Repeated(*position);
        }
        match once.lookup(&prepared.part) {
            Some(index) => Place::Known(index),
            None => Place::New(self.push(prepared)),
        }
    }

    fn push(&mut self, prepared: Prepared) -> usize {
        let position = self.entries.len();
        self.positions.insert(prepared.part, position);
        self.identities.push((prepared.part, prepared.content));
        self.entries.push(prepared.entry);
        self.records.push(prepared.record);
        position
    }

    fn fingerprints(&self, first: u64) -> Vec<(Fingerprint, u64)> {
        let mut pairs = Vec::with_capacity(self.identities.len() * 2);
        for (offset, (part, content)) in self.identities.iter().enumerate() {
            let index = first + offset as u64;
            pairs.push((*part, index));
            pairs.extend(content.map(|content| (content, index)));
        }
        pairs
    }

    fn refuse(self, error: &RecordError) {
        for answer in self.answers {
            let _ = answer.reply.send(Err(error.clone()));
        }
    }
}
