//! Opening a log: what is signed must be there; what a crash left behind it is mended.

mod sealed;
mod signed;
mod tiles;

use std::io;
use std::path::Path;

use crate::active::Active;
use crate::archive::Archive;
use crate::checkpoint::Checkpoint;
use crate::edge::{Edge, full_tiles};
use crate::files::{ANCHOR, CHECKPOINT, CHECKPOINT_NEW, SEGMENTS, TILES, remove_if_there};
use crate::frame::Frame;
use crate::hash::leaf_hash;
use crate::log::{LogOptions, sign};
use crate::note::NoteError;
use crate::problem::Problem;
use crate::records::{ReadError, Records};
use crate::segment::{self, SEQUENTIAL, Scanner, Step};
use crate::signer::Signers;
use crate::tile::{TileId, WIDTH};
use crate::{offsets, published};

use sealed::{check_sealed, cut, has_torn_header, scan_error};
use signed::signed_state;
use tiles::{TileCache, is_true, remake, signed_edge};

/// The newest tiles whose content is checked at every opening: what a power cut may have lost.
const CHECKED_TILES: u64 = 512;

/// The tiles before those, of which only the lengths are looked at.
const MEASURED_TILES: u64 = 4096;

const NANOS_PER_DAY: i64 = 86_400_000_000_000;

/// Why a log was not opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another writer has it open.
    #[error("could not open the log: another process is writing it")]
    Locked,
    /// What is signed is not there, or not as it was.
    #[error("could not open the log, it is damaged: {0}")]
    Damaged(#[from] Problem),
    /// The log is another one.
    #[error("could not open the log: it is `{found}`, not `{wanted}`")]
    Origin {
        /// The origin in its checkpoint.
        found: String,
        /// The origin that was asked for.
        wanted: String,
    },
    /// The key is not named as the log, so nobody could check the signatures.
    #[error("could not open the log: the key is named `{key}`, not `{origin}`")]
    Key {
        /// The name of the key.
        key: String,
        /// The origin of the log.
        origin: String,
    },
    /// The key cannot sign.
    #[error("could not open the log: {0}")]
    Note(#[from] NoteError),
    /// The file system failed.
    #[error("could not open {file}: {source}")]
    Io {
        /// The file, relative to the log's directory.
        file: String,
        /// Why.
        #[source]
        source: io::Error,
    },
}

impl OpenError {
    pub(crate) fn io(file: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let file = file.into();
        move |source| Self::Io { file, source }
    }
}

impl From<ReadError> for OpenError {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Damaged(problem) => Self::Damaged(problem),
            ReadError::Io { file, source } => Self::Io { file, source },
            ReadError::Checkpoint(error) => Problem::new(CHECKPOINT, error.to_string()).into(),
            other @ ReadError::NoSuchRecord { .. } => {
                Problem::new(SEGMENTS, other.to_string()).into()
            }
        }
    }
}

/// What was mended at the opening of a log; all zero after a clean end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Recovery {
    /// Whole records behind the last checkpoint, which were signed now.
    pub signed: u64,
    /// Bytes of a torn record, which were cut off.
    pub cut: u64,
    /// Tiles and bundles that were missing or wrong, and were made again from the segments.
    pub tiles: u64,
}

/// A log as it was found, ready to be written.
pub(crate) struct Found {
    pub(crate) edge: Edge,
    pub(crate) active: Active,
    pub(crate) last_time: i64,
    pub(crate) checkpoint: String,
    pub(crate) recovery: Recovery,
}

/// Opens or makes the log in `dir`, which the caller has locked.
pub(crate) fn open(
    dir: &Path,
    options: &LogOptions,
    signers: &Signers,
) -> Result<Found, OpenError> {
    let key = signers.log().verifying_key()?;
    if key.name() != options.origin {
        return Err(OpenError::Key { key: key.name().to_owned(), origin: options.origin.clone() });
    }
    for folder in [SEGMENTS, TILES] {
        std::fs::create_dir_all(dir.join(folder)).map_err(OpenError::io(folder))?;
    }
    remove_if_there(&dir.join(CHECKPOINT_NEW)).map_err(OpenError::io(CHECKPOINT_NEW))?;
    let Some((text, signed)) = signed_state(dir, &key)? else {
        return create(dir, options, signers);
    };
    if signed.origin != options.origin {
        return Err(OpenError::Origin { found: signed.origin, wanted: options.origin.clone() });
    }
    let mut recovering = Recovering::begin(dir, &signed)?;
    recovering.check_sealed_segments()?;
    recovering.check_tiles()?;
    recovering.scan_tail()?;
    recovering.finish(text, options, signers)
}

/// Makes an empty log. Its checkpoint comes first, so that segments without one are known as damage.
fn create(dir: &Path, options: &LogOptions, signers: &Signers) -> Result<Found, OpenError> {
    if !segment::list(dir).map_err(OpenError::io(SEGMENTS))?.is_empty() {
        return Err(
            Problem::new(CHECKPOINT, "the file is missing, though there are segments").into()
        );
    }
    let edge = Edge::default();
    let checkpoint = sign(&options.origin, &edge, signers);
    published::anchor(dir, &checkpoint).map_err(OpenError::io(ANCHOR))?;
    published::publish(dir, &checkpoint).map_err(OpenError::io(CHECKPOINT))?;
    crate::files::sync_dir(dir).map_err(OpenError::io(CHECKPOINT))?;
    let active = Active::create(dir, 0).map_err(OpenError::io(SEGMENTS))?;
    Ok(Found { edge, active, last_time: i64::MIN, checkpoint, recovery: Recovery::default() })
}

/// A log while it is being opened.
struct Recovering<'a> {
    dir: &'a Path,
    signed: &'a Checkpoint,
    firsts: Vec<u64>,
    edge: Edge,
    last_time: i64,
    /// Where the last segment ends, and how many records it has.
    end: u64,
    count: u64,
    recovery: Recovery,
}

impl<'a> Recovering<'a> {
    fn begin(dir: &'a Path, signed: &'a Checkpoint) -> Result<Self, OpenError> {
        let mut firsts = segment::list(dir).map_err(OpenError::io(SEGMENTS))?;
        if let Some(last) = firsts.last().copied().filter(|last| *last >= signed.size)
            && has_torn_header(dir, last)?
        {
            remove_if_there(&dir.join(segment::name(last))).map_err(OpenError::io(SEGMENTS))?;
            firsts.pop();
        }
        if firsts.is_empty() && signed.size == 0 {
            Active::create(dir, 0).map_err(OpenError::io(SEGMENTS))?;
            firsts.push(0);
        }
        if firsts.first() != Some(&0) {
            return Err(Problem::new(segment::name(0), "the file is missing").into());
        }
        let mut recovery = Recovery::default();
        let edge = signed_edge(dir, signed, &mut recovery)?;
        Ok(Self { dir, signed, firsts, edge, last_time: i64::MIN, end: 0, count: 0, recovery })
    }

    /// Sees that each ended segment reaches exactly to the next, without reading it through.
    fn check_sealed_segments(&mut self) -> Result<(), OpenError> {
        for pair in self.firsts.windows(2) {
            if let [first, next] = *pair
                && next <= self.signed.size
            {
                check_sealed(self.dir, first, next)?;
            }
        }
        Ok(())
    }

    /// Sees that the newest tiles are true, and makes those again that are not.
    fn check_tiles(&mut self) -> Result<(), OpenError> {
        let count = full_tiles(self.signed.size, 0);
        let scanned = self.scanned_from().map_or(0, |first| first / WIDTH);
        let checked = count.saturating_sub(CHECKED_TILES).min(scanned);
        let archive = Archive::new(self.dir);
        for number in checked.saturating_sub(MEASURED_TILES)..count {
            let ids = [TileId::hashes(0, number), TileId::entries(number)];
            let good = ids.iter().all(|id| archive.has_full_length(*id));
            if !good || (number >= checked && !is_true(&archive, &self.edge, number)?) {
                self.recovery.tiles += remake(&archive, &self.edge, number)?;
            }
        }
        Ok(())
    }

    /// The segment from which everything is read: the one that holds the first unsigned record.
    fn scanned_from(&self) -> Option<u64> {
        segment::containing(&self.firsts, self.signed.size).map(|(first, _)| first)
    }

    /// Reads the last segment: its signed records must be those of the tree, and whole records behind
    /// them are taken into it.
    fn scan_tail(&mut self) -> Result<(), OpenError> {
        let from = self.scanned_from().unwrap_or_default();
        let scanned: Vec<u64> =
            self.firsts.iter().copied().filter(|first| *first >= from).collect();
        for (place, first) in scanned.iter().enumerate() {
            self.scan(*first, scanned.get(place + 1).copied())?;
        }
        if self.count == 0 && self.edge.size() > 0 {
            let last = self.edge.size() - 1;
            let mut records = Records::range(self.dir, last..last + 1);
            self.last_time = records.advance(|frame| frame.log_time)?.unwrap_or(i64::MIN);
        }
        Ok(())
    }

    fn scan(&mut self, first: u64, next: Option<u64>) -> Result<(), OpenError> {
        let file = segment::name(first);
        let mut scanner = Scanner::open(self.dir, first, SEQUENTIAL).map_err(scan_error(&file))?;
        let mut starts = Vec::new();
        let mut tiles = TileCache::default();
        let why = loop {
            let (at, index) = (scanner.offset(), scanner.index());
            match scanner.next_step().map_err(OpenError::io(&*file))? {
                Step::Frame(frame) => {
                    self.take(&frame, &file, at, &mut tiles)?;
                    starts.push(at);
                }
                Step::End | Step::Blank => break "the segment ends before this record".to_owned(),
                Step::Bad(error) => break format!("{error} (record {index})"),
            }
        };
        let (at, index) = (scanner.offset(), scanner.index());
        if index < self.signed.size || next.is_some_and(|next| next != index) {
            return Err(Problem::new(file, why).at(at).of_one(index).into());
        }
        if scanner.first_nonzero().map_err(OpenError::io(&*file))?.is_some() {
            self.recovery.cut += scanner.file_len().map_err(OpenError::io(&*file))? - at;
        }
        self.end = at;
        self.count = starts.len() as u64;
        offsets::write(self.dir, first, &starts)
            .map_err(OpenError::io(segment::offsets_name(first)))?;
        if next.is_some() { cut(self.dir, first, at) } else { Ok(()) }
    }

    /// Takes one record: a signed one must be in the tree, another is appended to it.
    fn take(
        &mut self,
        frame: &Frame<'_>,
        file: &str,
        at: u64,
        tiles: &mut TileCache,
    ) -> Result<(), OpenError> {
        let problem = |what: &str| Problem::new(file, what).at(at).of_one(frame.index);
        if frame.log_time <= self.last_time {
            return Err(problem("the record is not later than the one before").into());
        }
        self.last_time = frame.log_time;
        let archive = Archive::new(self.dir);
        if frame.index < self.signed.size {
            let signed = tiles.leaf(&archive, &self.edge, frame.index)?;
            let same = signed == Some(leaf_hash(frame.leaf_bytes));
            return if same {
                Ok(())
            } else {
                Err(problem("the record is not the one that was signed").into())
            };
        }
        let mut full = Vec::new();
        self.edge.push(frame.leaf_bytes, &mut full);
        self.recovery.signed += 1;
        full.iter().try_for_each(|tile| archive.write(tile)).map_err(OpenError::io(TILES))
    }

    /// Makes the tail durable, and only then signs it.
    fn finish(
        self,
        text: String,
        options: &LogOptions,
        signers: &Signers,
    ) -> Result<Found, OpenError> {
        let first = self.firsts.last().copied().unwrap_or_default();
        let day = (self.count > 0).then(|| self.last_time.div_euclid(NANOS_PER_DAY));
        let active = Active::reopen(self.dir, first, day, self.end, self.count)
            .map_err(OpenError::io(segment::name(first)))?;
        let unchanged = self.edge.size() == self.signed.size;
        let checkpoint = if unchanged { text } else { sign(&options.origin, &self.edge, signers) };
        published::publish(self.dir, &checkpoint).map_err(OpenError::io(CHECKPOINT))?;
        published::anchor(self.dir, &checkpoint).map_err(OpenError::io(ANCHOR))?;
        let Self { edge, last_time, recovery, .. } = self;
        Ok(Found { edge, active, last_time, checkpoint, recovery })
    }
}

// It never repairs what is signed: such damage is for a person with a backup, and `verify`.
