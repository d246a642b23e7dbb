//! The writer: appends batches, each durable and signed before the call returns.

use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};

use crate::active::Active;
use crate::archive::Archive;
use crate::checkpoint::Checkpoint;
use crate::edge::{Edge, FullTile};
use crate::files::is_full;
use crate::frame::{self, MAX_PAYLOAD};
use crate::hash::{Hash, payload_hash};
use crate::leaf::{Leaf, minute_of};
use crate::lock::Lock;
use crate::recover::{self, OpenError, Recovery};
use crate::signer::Signers;
use crate::{lock, published};

const NANOS_PER_DAY: i64 = 86_400_000_000_000;

/// The room that is reserved at once, so that it rarely costs a system call.
const STEP: Range<u64> = 64 << 10..4 << 20;

/// How a log is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogOptions {
    /// The name of the log, in every checkpoint: a schema-less URL such as `example.com/log`.
    pub origin: String,
    /// The size at which a segment ends and the next begins. A segment is longer only when a single
    /// batch is.
    pub segment_bytes: u64,
}

impl LogOptions {
    /// Segments of 64 MiB.
    pub fn new(origin: impl Into<String>) -> Self {
        Self { origin: origin.into(), segment_bytes: 64 << 20 }
    }
}

/// A record to append.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The class of the record, as the caller numbers them.
    pub class: u8,
    /// A random id that stands for the tenant.
    pub tenant: [u8; 16],
    /// A random id that stands for the key under which the payload is sealed.
    pub key: [u8; 16],
    /// A keyed commitment to the plain text.
    pub commitment: [u8; 32],
    /// What is stored, sealed by the caller.
    pub payload: Vec<u8>,
}

/// Where a batch went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Appended {
    /// The index of the first record; the others follow without a gap.
    pub first: u64,
    /// The log times of the records in their order, a nanosecond apart.
    pub log_times: Range<i64>,
}

/// Why a batch was not appended. In every case none of its records are in the log.
#[derive(Debug, thiserror::Error)]
pub enum AppendError {
    /// The disk is full. The log goes on when there is room again.
    #[error("could not append: the disk is full")]
    Full {
        /// What the file system said.
        #[source]
        source: io::Error,
    },
    /// A file could not be written. What was written is taken back, and the log goes on.
    #[error("could not append: {source}")]
    Write {
        /// What the file system said.
        #[source]
        source: io::Error,
    },
    /// The disk failed to make records durable, or to take them back: what is on it is unknown, and
    /// the log accepts nothing more until it is opened again.
    #[error("could not append: the disk failed, and the log has stopped: {source}")]
    Failed {
        /// What the file system said.
        #[source]
        source: io::Error,
    },
    /// The log stopped at an earlier failure.
    #[error("could not append: the log has stopped after a failure of the disk")]
    Stopped,
    /// A payload is longer than a record can be.
    #[error("could not append: record {position} of the batch is longer than 64 MiB")]
    TooLong {
        /// Its place in the batch.
        position: usize,
    },
    /// There are no later log times: the clock is at the end of what 64 bits hold.
    #[error("could not append: the clock is beyond the year 2262")]
    Clock,
}

impl AppendError {
    /// Whether the same batch may succeed later without opening the log again.
    pub fn is_recoverable(&self) -> bool {
        matches!(self, Self::Full { .. } | Self::Write { .. })
    }

    fn recoverable(source: io::Error) -> Self {
        if is_full(&source) { Self::Full { source } } else { Self::Write { source } }
    }
}

/// A log that is open for appending, by one writer only.
pub struct Log {
    dir: PathBuf,
    options: LogOptions,
    signers: Signers,
    edge: Edge,
    active: Active,
    last_time: i64,
    checkpoint: String,
    recovery: Recovery,
    stopped: bool,
    batch: Batch,
    _lock: Lock,
}

/// A batch on its way to the disk; kept for its buffers.
#[derive(Default)]
struct Batch {
    frames: Vec<u8>,
    offsets: Vec<u8>,
    full: Vec<FullTile>,
}

impl Log {
    /// Opens the log in `dir`, or makes one when there is none. A tail that a crash left unsigned is
    /// signed if whole and cut if torn; any other damage is an error that says what and where.
    pub fn open(
        dir: &Path,
        options: LogOptions,
        signers: impl Into<Signers>,
    ) -> Result<Self, OpenError> {
        let signers = signers.into();
        std::fs::create_dir_all(dir).map_err(OpenError::io("the log's directory"))?;
        let lock = lock::take(dir).map_err(OpenError::io("the log's directory"))?;
        let lock = lock.ok_or(OpenError::Locked)?;
        let found = recover::open(dir, &options, &signers)?;
        Ok(Self {
            dir: dir.to_owned(),
            options,
            signers,
            edge: found.edge,
            active: found.active,
            last_time: found.last_time,
            checkpoint: found.checkpoint,
            recovery: found.recovery,
            stopped: false,
            batch: Batch::default(),
            _lock: lock,
        })
    }

    /// The number of records.
    pub fn size(&self) -> u64 {
        self.edge.size()
    }

    /// The root of the tree.
    pub fn root(&self) -> Hash {
        self.edge.root()
    }

    /// The newest checkpoint, a signed note.
    pub fn checkpoint(&self) -> &str {
        &self.checkpoint
    }

    /// What had to be mended when the log was opened.
    pub fn recovery(&self) -> &Recovery {
        &self.recovery
    }

    /// The directory of the log.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Appends a batch, all of it or nothing. When it returns, the records are on the disk and a
    /// signed checkpoint covers them. `now_nanos` is the present time in nanoseconds since the epoch;
    /// log times follow it, and never go back.
    pub fn append(&mut self, batch: &[Entry], now_nanos: i64) -> Result<Appended, AppendError> {
        if self.stopped {
            return Err(AppendError::Stopped);
        }
        if let Some(position) = batch.iter().position(|entry| entry.payload.len() > MAX_PAYLOAD) {
            return Err(AppendError::TooLong { position });
        }
        let first = self.size();
        let log_times = self.log_times(batch.len(), now_nanos)?;
        if !batch.is_empty() {
            let day = log_times.start.div_euclid(NANOS_PER_DAY);
            self.make_room(batch, day)?;
            let edge = self.stage(batch, &log_times);
            self.write_out(edge, batch.len() as u64, day)?;
            self.last_time = log_times.end - 1;
        }
        Ok(Appended { first, log_times })
    }

    /// Log times for `count` records: after every earlier one, and all within one UTC day.
    fn log_times(&self, count: usize, now: i64) -> Result<Range<i64>, AppendError> {
        let length = i64::try_from(count).map_err(|_| AppendError::Clock)?;
        let after_last = self.last_time.checked_add(1).ok_or(AppendError::Clock)?;
        let mut start = now.max(after_last);
        let end = start.checked_add(length).ok_or(AppendError::Clock)?;
        let midnight = (end - 1).div_euclid(NANOS_PER_DAY).saturating_mul(NANOS_PER_DAY);
        if count > 0 && start < midnight {
            start = midnight;
        }
        Ok(start..start.checked_add(length).ok_or(AppendError::Clock)?)
    }

    /// Begins another segment if this one is full or of another day, and reserves room in it.
    fn make_room(&mut self, batch: &[Entry], day: i64) -> Result<(), AppendError> {
        let length: u64 =
            batch.iter().map(|entry| frame::encoded_len(entry.payload.len()) as u64).sum();
        let full = self.active.end() + length > self.options.segment_bytes;
        let other_day = self.active.day.is_some_and(|of| of != day);
        if !self.active.is_empty() && (full || other_day) {
            self.roll()?;
        }
        let step = (self.options.segment_bytes / 16).clamp(STEP.start, STEP.end);
        self.active.reserve(length, step).map_err(AppendError::recoverable)
    }

    /// Ends the segment and begins the next.
    fn roll(&mut self) -> Result<(), AppendError> {
        published::anchor(&self.dir, &self.checkpoint).map_err(AppendError::recoverable)?;
        self.active.seal().map_err(|source| self.stop(source))?;
        self.active =
            Active::create(&self.dir, self.edge.size()).map_err(AppendError::recoverable)?;
        Ok(())
    }

    /// Encodes the batch into the buffers and gives the tree as it will be.
    fn stage(&mut self, batch: &[Entry], log_times: &Range<i64>) -> Edge {
        let Batch { frames, offsets, full } = &mut self.batch;
        frames.clear();
        offsets.clear();
        full.clear();
        let mut edge = self.edge.clone();
        for (entry, log_time) in batch.iter().zip(log_times.clone()) {
            let offset = self.active.end() + frames.len() as u64;
            offsets.extend_from_slice(&offset.to_be_bytes());
            let leaf = leaf_of(entry, log_time);
            let leaf = frame::encode(frames, edge.size(), log_time, &leaf, &entry.payload);
            edge.push(&leaf, full);
        }
        edge
    }

    /// Brings the staged batch to the disk: frames, tiles, sync, checkpoint, in this order, so that
    /// nothing is signed that is absent and every tile is there before the checkpoint needs it.
    fn write_out(&mut self, edge: Edge, count: u64, day: i64) -> Result<(), AppendError> {
        let written = self.active.write(&self.batch.frames, &self.batch.offsets);
        if let Err(error) = written.and_then(|()| self.write_tiles()) {
            return Err(self.undo(error));
        }
        self.active.sync().map_err(|source| self.stop(source))?;
        let checkpoint = sign(&self.options.origin, &edge, &self.signers);
        if let Err(error) = published::publish(&self.dir, &checkpoint) {
            return Err(self.undo(error));
        }
        self.active.commit(self.batch.frames.len() as u64, count, day);
        self.checkpoint = checkpoint;
        self.edge = edge;
        Ok(())
    }

    fn write_tiles(&self) -> io::Result<()> {
        let archive = Archive::new(&self.dir);
        self.batch.full.iter().try_for_each(|tile| archive.write(tile))
    }

    /// Takes a batch back that could not be written whole.
    fn undo(&mut self, cause: io::Error) -> AppendError {
        let archive = Archive::new(&self.dir);
        let tiles = self.batch.full.iter().try_for_each(|tile| archive.remove(tile.id));
        match self.active.undo().and(tiles) {
            Ok(()) => AppendError::recoverable(cause),
            Err(source) => self.stop(source),
        }
    }

    fn stop(&mut self, source: io::Error) -> AppendError {
        self.stopped = true;
        AppendError::Failed { source }
    }

    /// Ends the log: reserved room is given back and the checkpoint survives a power cut. Dropping
    /// the log does the same, without saying whether it worked.
    pub fn close(mut self) -> Result<(), AppendError> {
        self.finish()
    }

    fn finish(&mut self) -> Result<(), AppendError> {
        if self.stopped {
            return Ok(());
        }
        self.stopped = true;
        let sealed = self.active.seal();
        sealed
            .and_then(|()| published::anchor(&self.dir, &self.checkpoint))
            .map_err(|source| AppendError::Failed { source })
    }
}

impl Drop for Log {
    fn drop(&mut self) {
        let _ = self.finish();
    }
}

fn leaf_of(entry: &Entry, log_time: i64) -> Leaf {
    Leaf {
        class: entry.class,
        minute: minute_of(log_time),
        tenant: entry.tenant,
        key: entry.key,
        payload_hash: payload_hash(log_time, &entry.payload),
        payload_len: u32::try_from(entry.payload.len()).unwrap_or(u32::MAX),
        commitment: entry.commitment,
    }
}

/// The signed checkpoint of a tree.
pub(crate) fn sign(origin: &str, edge: &Edge, signers: &Signers) -> String {
    Checkpoint { origin: origin.to_owned(), size: edge.size(), root: edge.root() }.sign(signers)
}

// It knows nothing of what is in a payload, and reads nothing back: that is for `reader`.

#[cfg(test)]
#[path = "log_tests.rs"]
mod tests;
