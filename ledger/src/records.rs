//! The records of a log in order, across segments, up to what is signed.

use std::io;
use std::path::{Path, PathBuf};

use crate::checkpoint::CheckpointError;
use crate::frame::Frame;
use crate::leaf::Leaf;
use crate::offsets;
use crate::problem::Problem;
use crate::published;
use crate::segment::{self, ScanError, Scanner, Step};

/// A record as it lies in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// Its place in the log, for ever.
    pub index: u64,
    /// When it was appended, in nanoseconds since the epoch.
    pub log_time: i64,
    /// Its commitment.
    pub leaf: Leaf,
    /// What was stored.
    pub payload: Vec<u8>,
}

impl From<Frame<'_>> for Stored {
    fn from(frame: Frame<'_>) -> Self {
        Self {
            index: frame.index,
            log_time: frame.log_time,
            leaf: frame.leaf,
            payload: frame.payload.to_vec(),
        }
    }
}

/// Why a record, tile or proof could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The log is not that long.
    #[error("could not find record {index}: the log has {size}")]
    NoSuchRecord {
        /// The record that was asked for.
        index: u64,
        /// The number of records.
        size: u64,
    },
    /// The log is damaged; `verify` tells more.
    #[error("could not read the log: {0}")]
    Damaged(#[from] Problem),
    /// The checkpoint cannot be read.
    #[error("could not read the checkpoint: {0}")]
    Checkpoint(#[from] CheckpointError),
    /// The file system failed.
    #[error("could not read {file}: {source}")]
    Io {
        /// The file, relative to the log's directory.
        file: String,
        /// Why.
        #[source]
        source: io::Error,
    },
}

impl ReadError {
    pub(crate) fn io(file: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let file = file.into();
        move |source| Self::Io { file, source }
    }
}

/// How far to read.
#[derive(Clone, Copy, Debug)]
enum Limit {
    /// Up to the newest checkpoint, which is read again whenever its end is reached.
    Checkpoint,
    /// Up to a given index, whatever is signed.
    Fixed(u64),
}

/// Reads records in order with buffered reads. At the end of the log it gives `None`, and goes on
/// when more has been appended. After an error it gives `None` for ever.
pub struct Records {
    dir: PathBuf,
    limit: Limit,
    known: u64,
    next: u64,
    firsts: Vec<u64>,
    open: Option<Open>,
    failed: bool,
    chunk: usize,
}

struct Open {
    first: u64,
    until: Option<u64>,
    scanner: Scanner,
}

impl Records {
    /// The signed records from `from` on.
    pub(crate) fn published(dir: &Path, from: u64) -> Self {
        Self::new(dir, from, Limit::Checkpoint, segment::SEQUENTIAL)
    }

    /// The records of a range, signed or not.
    pub(crate) fn range(dir: &Path, range: std::ops::Range<u64>) -> Self {
        Self::new(dir, range.start, Limit::Fixed(range.end), segment::SEQUENTIAL)
    }

    /// One record, with the segments that are known to the caller.
    pub(crate) fn one(dir: &Path, firsts: Vec<u64>, index: u64) -> Self {
        let end = index.saturating_add(1);
        let mut records = Self::new(dir, index, Limit::Fixed(end), segment::RANDOM);
        records.firsts = firsts;
        records.known = end;
        records
    }

    fn new(dir: &Path, next: u64, limit: Limit, chunk: usize) -> Self {
        let dir = dir.to_owned();
        Self { dir, limit, known: 0, next, firsts: Vec::new(), open: None, failed: false, chunk }
    }

    /// The leaves of a range, as they are hashed into the tree.
    pub(crate) fn leaves(
        dir: &Path,
        range: std::ops::Range<u64>,
    ) -> Result<Vec<Vec<u8>>, ReadError> {
        let mut leaves = Vec::new();
        let mut records = Self::range(dir, range);
        while records.advance(|frame| leaves.push(frame.leaf_bytes.to_vec()))?.is_some() {}
        Ok(leaves)
    }

    /// Shows the next record to `see`, without copying it. `None` at the end.
    pub(crate) fn advance<T>(
        &mut self,
        see: impl FnOnce(Frame<'_>) -> T,
    ) -> Result<Option<T>, ReadError> {
        if self.failed || !self.has_next()? {
            return Ok(None);
        }
        let result = self.read_next(see);
        self.failed = result.is_err();
        result.map(Some)
    }

    fn has_next(&mut self) -> Result<bool, ReadError> {
        if self.next < self.known {
            return Ok(true);
        }
        // What was read ahead may have been written since.
        self.open = None;
        self.known = match self.limit {
            Limit::Fixed(end) => end,
            Limit::Checkpoint => published::size(&self.dir)?,
        };
        if self.next >= self.known {
            return Ok(false);
        }
        self.firsts = segment::list(&self.dir).map_err(ReadError::io(crate::files::SEGMENTS))?;
        Ok(true)
    }

    fn read_next<T>(&mut self, see: impl FnOnce(Frame<'_>) -> T) -> Result<T, ReadError> {
        let index = self.next;
        if self.open.as_ref().is_some_and(|open| open.until == Some(index)) {
            self.open = None;
        }
        let open = match &mut self.open {
            Some(open) => open,
            None => self.open.insert(locate(&self.dir, &self.firsts, index, self.chunk)?),
        };
        let file = segment::name(open.first);
        let at = open.scanner.offset();
        let damaged = |what: String| Problem::new(file.clone(), what).at(at).of_one(index).into();
        let seen = match open.scanner.next_step().map_err(ReadError::io(file.clone()))? {
            Step::Frame(frame) => see(frame),
            Step::End | Step::Blank => {
                return Err(damaged("the segment ends before this record".to_owned()));
            }
            Step::Bad(error) => return Err(damaged(error.to_string())),
        };
        self.next += 1;
        Ok(seen)
    }
}

impl Iterator for Records {
    type Item = Result<Stored, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        let item = self.advance(|frame| Stored::from(frame)).transpose()?;
        self.failed |= item.is_err();
        Some(item)
    }
}

/// A scanner that stands before record `index`.
fn locate(dir: &Path, firsts: &[u64], index: u64, chunk: usize) -> Result<Open, ReadError> {
    let missing =
        || Problem::new(crate::files::SEGMENTS, "no segment holds this record").of_one(index);
    let (first, until) = segment::containing(firsts, index).ok_or_else(missing)?;
    let file = segment::name(first);
    let mut scanner = Scanner::open(dir, first, chunk).map_err(|error| match error {
        ScanError::Io(source) => ReadError::Io { file: file.clone(), source },
        other => Problem::new(file.clone(), other.to_string()).of_one(index).into(),
    })?;
    let hint = offsets::lookup(dir, first, index).ok().flatten();
    match hint {
        Some(offset) if scanner.holds(index, offset).map_err(ReadError::io(file.clone()))? => {
            scanner.seek(offset, index);
        }
        _ => walk_to(&mut scanner, &file, index)?,
    }
    Ok(Open { first, until, scanner })
}

/// Goes to record `index` frame by frame, for when the offsets are missing or wrong.
fn walk_to(scanner: &mut Scanner, file: &str, index: u64) -> Result<(), ReadError> {
    while scanner.index() < index {
        let (at, here) = (scanner.offset(), scanner.index());
        let what = match scanner.next_step().map_err(ReadError::io(file))? {
            Step::Frame(_) => continue,
            Step::End | Step::Blank => "the segment ends before this record".to_owned(),
            Step::Bad(error) => error.to_string(),
        };
        return Err(Problem::new(file, what).at(at).of_one(here).into());
    }
    Ok(())
}

// Checks each record by itself. Whether it is in the signed tree is the business of `prove` and
// `verify`.
