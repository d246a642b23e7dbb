//! The courier of one sink: reads the log from its cursor, delivers in order and at least once, and
//! moves the cursor only past what is settled.
//!
//! Each sink has a courier, a cursor and a task of its own, so that the trouble of one touches no
//! other. A courier waits for its receiver as long as it takes: the log keeps what it has not sent.

mod backoff;
mod bucket;
mod cursor;
mod dead;
mod status;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use model::{Clock, Logged};
use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout};

use backoff::Backoff;
use bucket::Bucket;
use cursor::Cursor;
pub use cursor::CursorError;
use dead::DeadLetters;
pub use status::{State, Status};

use crate::config::{Config, From};
use crate::format::{self, Format, Teller};
use crate::outgoing::Outgoing;
use crate::sink::{Delivered, Rejected, Sink, SinkError, Trouble};

/// Records that are read at once.
const READ: usize = 512;
/// How long a courier sleeps at most when the log does not grow.
const IDLE: Duration = Duration::from_secs(1);
/// How long the cursor may lag behind in its file while nothing is delivered: reading those records
/// again costs little.
const UNSAVED: Duration = Duration::from_secs(5);
/// How long deliveries may go on before the cursor is written down: a burst to a receiver that takes
/// one event at a time would wait for the disk at each. What is not written down by a sudden end is
/// delivered again, under the same keys.
const GATHER: Duration = Duration::from_millis(200);
/// Events refused one after the other, after which the receiver is suspected rather than they.
const SUSPICION: u32 = 10;

/// Where records come from.
pub trait Source: Send + Sync {
    /// Records from index `from` on, at most `max`, in order. Beyond the end there are none, which
    /// is no error. May block.
    ///
    /// # Errors
    /// When the log cannot be read; it is asked again later.
    fn read(&self, from: u64, max: usize) -> Result<Batch, SourceError>;
}

/// What a source gives.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    /// The records. Those that were erased are left out.
    pub records: Vec<Logged>,
    /// The index to read from next.
    pub next: u64,
    /// The index that the next record of the log will get.
    pub end: u64,
}

/// The log cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("the log cannot be read: {0}")]
pub struct SourceError(pub String);

/// What a courier works with, beside its sink.
pub struct Surroundings {
    /// The log.
    pub source: Arc<dyn Source>,
    /// Says how long the log is, whenever it grows.
    pub grown: watch::Receiver<u64>,
    /// The clock of dead letters and of the status.
    pub clock: Arc<dyn Clock>,
    /// Who tells.
    pub teller: Teller,
    /// The seed of the jitter.
    pub seed: u64,
}

/// A courier, ready to run.
pub struct Courier {
    sink: Box<dyn Sink>,
    config: Config,
    format: Format,
    around: Surroundings,
    cursor: Cursor,
    dead: DeadLetters,
    backoff: Backoff,
    bucket: Bucket,
    status: watch::Sender<Status>,
    refused_in_a_row: u32,
    /// The event that is being tried once more.
    second_look: Option<String>,
    saved: Instant,
}

impl Courier {
    /// A courier with its cursor and its dead letters in `folder`.
    ///
    /// # Errors
    /// When the cursor cannot be read.
    pub fn open(
        config: Config,
        sink: Box<dyn Sink>,
        folder: &Path,
        around: Surroundings,
    ) -> Result<Self, CursorError> {
        let cursor = Cursor::open(&folder.join(format!("{}.cursor", config.name)))?
            .of(&around.teller.instance);
        let dead = DeadLetters::at(folder.join(format!("{}.dead.jsonl", config.name)));
        let status = Status::starting(&config.name, cursor.place());
        Ok(Self {
            sink,
            format: config.format(),
            backoff: Backoff::new(around.seed),
            bucket: Bucket::new(config.rate, Instant::now()),
            status: watch::Sender::new(status),
            refused_in_a_row: 0,
            second_look: None,
            saved: Instant::now(),
            config,
            around,
            cursor,
            dead,
        })
    }

    /// The status, as it changes.
    pub fn status(&self) -> watch::Receiver<Status> {
        self.status.subscribe()
    }

    /// Delivers for ever. It may be dropped at any moment: what was not settled is delivered again
    /// by the next courier of the same name.
    pub async fn run(mut self) {
        loop {
            match self.read().await {
                Ok(batch) => self.carry(batch).await,
                Err(trouble) => self.wait(trouble, None, State::Retrying).await,
            }
        }
    }

    async fn read(&mut self) -> Result<Batch, Trouble> {
        let source = Arc::clone(&self.around.source);
        let from = self.cursor.next();
        let max = if from.is_some() { READ } else { 0 };
        let read = tokio::task::spawn_blocking(move || source.read(from.unwrap_or(0), max)).await;
        let batch = read.map_err(|_| Trouble::Source)?.map_err(|error| {
            tracing::warn!(sink = %self.config.name, %error, "a courier cannot read");
            Trouble::Source
        })?;
        match from {
            Some(from) if from <= batch.end => Ok(batch),
            // A log that was put back to an earlier state goes on from its end.
            Some(_) => {
                tracing::warn!(sink = %self.config.name, "the log is shorter than its cursor says");
                Ok(Batch { next: batch.end, end: batch.end, records: Vec::new() })
            }
            None => {
                let next = match self.config.from {
                    From::Start => 0,
                    From::Now => batch.end,
                };
                Ok(Batch { next, end: batch.end, records: Vec::new() })
            }
        }
    }

    /// Delivers what a batch of records makes, and moves on behind it.
    async fn carry(&mut self, batch: Batch) {
        self.status.send_if_modified(|status| status.reaches(batch.end));
        // Where a new sink begins must outlast a restart, or what comes between would be lost.
        let begins = self.cursor.next().is_none();
        let mut events = self.events(&batch.records).into_iter().peekable();
        let mut unsaved = false;
        while events.peek().is_some() {
            let chunk = self.chunk(&mut events);
            self.deliver(chunk).await;
            let next = events.peek().map_or(batch.next, |event| event.index);
            self.cursor.advance(next);
            unsaved = self.saved.elapsed() < GATHER;
            if !unsaved {
                self.save().await;
            }
        }
        self.cursor.advance(batch.next);
        self.status.send_if_modified(|status| status.stands_at(self.cursor.place()));
        if begins || unsaved || self.saved.elapsed() >= UNSAVED {
            self.save().await;
        }
        if batch.records.is_empty() && batch.next >= batch.end {
            self.idle(batch.end).await;
        }
    }

    fn events(&self, records: &[Logged]) -> Vec<Outgoing> {
        let wanted = |logged: &&Logged| {
            self.config.kinds.contains(&logged.record.kind)
                && format::severity(logged) >= self.config.min_severity
        };
        let wanted = records.iter().filter(wanted);
        wanted.flat_map(|logged| self.format.events(logged, &self.around.teller)).collect()
    }

    /// As many events as the sink takes at once; at least one.
    fn chunk(
        &self,
        events: &mut std::iter::Peekable<impl Iterator<Item = Outgoing>>,
    ) -> Vec<Outgoing> {
        let limits = self.sink.limits();
        let most = self.config.batch.unwrap_or(limits.events).clamp(1, limits.events);
        let mut chunk: Vec<Outgoing> = Vec::new();
        let mut bytes = 0;
        while let Some(event) = events.next_if(|event| {
            let fits = bytes + event.payload.len() <= limits.bytes;
            chunk.is_empty() || (chunk.len() < most && fits)
        }) {
            bytes += event.payload.len();
            chunk.push(event);
        }
        chunk
    }

    /// Delivers until everything is settled: taken, or a dead letter. Parts of what is refused as a
    /// whole are tried apart, in order.
    async fn deliver(&mut self, chunk: Vec<Outgoing>) {
        let mut waiting = vec![chunk];
        while let Some(part) = waiting.pop() {
            let pause = self.bucket.take(part.len(), Instant::now());
            sleep(pause).await;
            match self.attempt(&part).await {
                Ok(delivered) => {
                    if let Some(again) = self.settle(part, delivered).await {
                        waiting.push(again);
                    }
                }
                Err(SinkError::Batch(trouble)) if part.len() > 1 => {
                    let mut first = part;
                    let second = first.split_off(first.len() / 2);
                    self.note(trouble, State::Retrying, 0);
                    waiting.extend([second, first]);
                }
                Err(SinkError::Batch(trouble)) if self.suspects(&part) => {
                    self.note(trouble, State::Refused, part.len());
                    self.wait(trouble, Some(backoff::LONGEST), State::Refused).await;
                    waiting.push(part);
                }
                Err(SinkError::Batch(trouble)) => {
                    let reason = trouble.to_string();
                    self.bury(&part, &[Rejected { at: 0, reason }], trouble).await;
                }
                Err(SinkError::Later { trouble, after }) => {
                    self.note(trouble, State::Retrying, part.len());
                    self.wait(trouble, after, State::Retrying).await;
                    waiting.push(part);
                }
                Err(SinkError::Refused(trouble)) => {
                    self.note(trouble, State::Refused, part.len());
                    self.wait(trouble, Some(backoff::LONGEST), State::Refused).await;
                    waiting.push(part);
                }
            }
        }
    }

    async fn attempt(&mut self, part: &[Outgoing]) -> Result<Delivered, SinkError> {
        let limits = self.sink.limits();
        if let [single] = part
            && single.payload.len() > limits.bytes
        {
            return Err(SinkError::Batch(Trouble::TooLarge));
        }
        let attempt = timeout(limits.patience, self.sink.deliver(part)).await;
        attempt.unwrap_or(Err(SinkError::later(Trouble::Timeout)))
    }

    /// Counts what was taken, buries what was rejected, and gives back what is to be sent again,
    /// after a pause.
    async fn settle(&mut self, part: Vec<Outgoing>, delivered: Delivered) -> Option<Vec<Outgoing>> {
        let Delivered { again, rejected, after } = delivered;
        let taken = part.len() - again.len().min(part.len()) - rejected.len().min(part.len());
        if taken > 0 {
            self.refused_in_a_row = 0;
            let now = self.around.clock.now();
            self.cursor.sent(taken as u64);
            self.status.send_modify(|status| status.sends(taken as u64, now));
        }
        if !rejected.is_empty() {
            self.bury(&part, &rejected, Trouble::Rejected).await;
        }
        if again.is_empty() {
            self.backoff.reset();
            return None;
        }
        self.note(Trouble::Rejected, State::Retrying, again.len());
        if taken > 0 {
            self.backoff.reset();
        }
        self.wait(Trouble::Rejected, after, State::Retrying).await;
        let chosen = part.into_iter().enumerate().filter(|(at, _)| again.contains(at));
        Some(chosen.map(|(_, event)| event).collect())
    }

    /// Whether to give the receiver time and to try an event once more. When it refuses everything,
    /// it is the receiver that is suspected to be wrong.
    fn suspects(&mut self, part: &[Outgoing]) -> bool {
        let key = part.first().map(|event| event.key.clone());
        let first_look = self.second_look != key;
        if self.refused_in_a_row >= SUSPICION && first_look {
            self.second_look = key;
            return true;
        }
        false
    }

    /// Keeps what the receiver will never take as dead letters.
    async fn bury(&mut self, part: &[Outgoing], rejected: &[Rejected], trouble: Trouble) {
        self.refused_in_a_row += 1;
        let now = self.around.clock.now();
        while let Err(trouble) = self.dead.add(&self.config.name, now, part, rejected).await {
            self.wait(trouble, None, State::Retrying).await;
        }
        self.cursor.dead(rejected.len() as u64);
        self.status.send_modify(|status| status.buries(rejected.len() as u64, trouble, now));
    }

    fn note(&self, trouble: Trouble, state: State, events: usize) {
        let now = self.around.clock.now();
        // Once for each time of trouble, not for each attempt.
        if !matches!(self.status.borrow().state, State::Retrying | State::Refused) {
            tracing::warn!(sink = %self.config.name, %trouble, "a delivery waits");
        }
        self.status.send_modify(|status| status.fails(trouble, state, events as u64, now));
    }

    /// Waits as long as the receiver asks, or else a growing, random time.
    async fn wait(&mut self, trouble: Trouble, after: Option<Duration>, state: State) {
        let own = self.backoff.next();
        let now = self.around.clock.now();
        self.status.send_modify(|status| status.fails(trouble, state, 0, now));
        sleep(after.map_or(own, |after| after.max(own))).await;
    }

    async fn save(&mut self) {
        self.saved = Instant::now();
        if self.cursor.save().await.is_err() {
            self.note(Trouble::Disk, State::Retrying, 0);
        }
        self.status.send_if_modified(|status| status.stands_at(self.cursor.place()));
    }

    async fn idle(&mut self, end: u64) {
        self.status.send_if_modified(Status::rests);
        if *self.around.grown.borrow_and_update() > end {
            return;
        }
        match timeout(IDLE, self.around.grown.changed()).await {
            Ok(Ok(())) | Err(_) => {}
            // Nobody says any more that the log grows.
            Ok(Err(_)) => sleep(IDLE).await,
        }
    }
}
