//! Reading a log beside its writer, also from another process.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use crate::archive::Archive;
use crate::checkpoint::Checkpoint;
use crate::edge::{Edge, full_tiles, partial_width};
use crate::files::{CHECKPOINT, SEGMENTS};
use crate::hash::Hash;
use crate::problem::Problem;
use crate::records::{ReadError, Records, Stored};
use crate::tile::{TileId, TileKind, WIDTH, encode_hashes, parse_entries, push_entry};
use crate::{published, segment};

/// A gap between two checkpoints that is read record by record; a larger one is read from tiles.
const CATCH_UP: u64 = 16_384;

/// A log that is open for reading. It sees what is signed, and no more.
pub struct Reader {
    dir: PathBuf,
    known: Mutex<Known>,
    edge: Mutex<Option<Arc<Edge>>>,
}

/// What was true at the last look, and stays true because a log only grows.
#[derive(Default)]
struct Known {
    size: u64,
    firsts: Vec<u64>,
}

impl Reader {
    /// Opens the log in `dir`. An error when it has no readable checkpoint.
    pub fn open(dir: &Path) -> Result<Self, ReadError> {
        let reader = Self { dir: dir.to_owned(), known: Mutex::default(), edge: Mutex::new(None) };
        reader.size()?;
        Ok(reader)
    }

    /// The directory of the log.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The number of signed records now.
    pub fn size(&self) -> Result<u64, ReadError> {
        published::size(&self.dir)
    }

    /// The newest checkpoint, a signed note. The signature is not checked here.
    pub fn checkpoint(&self) -> Result<String, ReadError> {
        Ok(published::newest(&self.dir)?.0)
    }

    /// The record at `index`, with its checksum, leaf and payload checked against each other.
    pub fn read(&self, index: u64) -> Result<Stored, ReadError> {
        let firsts = self.segments_for(index)?;
        let ended = || Problem::new(SEGMENTS, "no segment holds this record").of_one(index);
        Records::one(&self.dir, firsts, index).next().unwrap_or_else(|| Err(ended().into()))
    }

    /// The records from `from` on, in order. See [`Records`] for what happens at the end.
    pub fn iter(&self, from: u64) -> Records {
        Records::published(&self.dir, from)
    }

    /// The segments, known to be all that there are up to `index`.
    pub(crate) fn segments_for(&self, index: u64) -> Result<Vec<u64>, ReadError> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if index >= known.size {
            let size = self.size()?;
            if index >= size {
                return Err(ReadError::NoSuchRecord { index, size });
            }
            known.firsts = segment::list(&self.dir).map_err(ReadError::io(SEGMENTS))?;
            known.size = size;
        }
        Ok(known.firsts.clone())
    }

    /// The bytes of a tile or bundle, by its C2SP path such as `tile/0/x001/067` or
    /// `tile/entries/000.p/17`; `None` when the path is none, or the log has no such tile. Nothing is
    /// given out that does not lead to the root in the checkpoint.
    pub fn tile(&self, path: &str) -> Result<Option<Vec<u8>>, ReadError> {
        let Some(id) = TileId::parse(path) else {
            return Ok(None);
        };
        let (_, checkpoint) = published::newest(&self.dir)?;
        let edge = self.edge(&checkpoint)?;
        let level = match id.kind {
            TileKind::Hashes(level) => level,
            TileKind::Entries => 0,
        };
        let full = full_tiles(edge.size(), level);
        let width = usize::from(id.width);
        if id.number < full {
            self.full_tile(&edge, id, level).map(|bytes| first_of(&bytes, id.kind, width))
        } else if id.number == full && width <= partial_width(edge.size(), level) {
            let bytes = match id.kind {
                TileKind::Hashes(level) => encode_hashes(edge.hashes(level)),
                TileKind::Entries => edge.bundle().to_vec(),
            };
            Ok(first_of(&bytes, id.kind, width))
        } else {
            Ok(None)
        }
    }

    fn full_tile(&self, edge: &Edge, id: TileId, level: u8) -> Result<Vec<u8>, ReadError> {
        let archive = Archive::new(&self.dir);
        let bytes = match id.kind {
            TileKind::Hashes(_) => {
                archive.authentic(edge, level, id.number)?.map(|hashes| encode_hashes(&hashes))
            }
            TileKind::Entries => archive.authentic_entries(edge, id.number)?,
        };
        let file = TileId { width: 256, ..id }.to_string();
        bytes.ok_or_else(|| untrue(&file, level, id.number).into())
    }

    /// The right edge of the tree that the checkpoint signs, kept from call to call.
    pub(crate) fn edge(&self, signed: &Checkpoint) -> Result<Arc<Edge>, ReadError> {
        let mut kept = self.edge.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(edge) = kept.as_ref().filter(|edge| edge.size() == signed.size) {
            return if edge.root() == signed.root {
                Ok(edge.clone())
            } else {
                Err(other_root(signed))
            };
        }
        let near = kept
            .take()
            .filter(|edge| (edge.size()..=edge.size() + CATCH_UP).contains(&signed.size));
        let edge = match near {
            Some(edge) => self.grown(&edge, signed.size)?,
            None => Archive::new(&self.dir).claimed_edge(signed.size)?.0,
        };
        if edge.root() != signed.root {
            return Err(other_root(signed));
        }
        Ok(kept.insert(Arc::new(edge)).clone())
    }

    fn grown(&self, edge: &Edge, size: u64) -> Result<Edge, ReadError> {
        let (mut edge, mut full) = (edge.clone(), Vec::new());
        let mut records = Records::range(&self.dir, edge.size()..size);
        while records.advance(|frame| edge.push(frame.leaf_bytes, &mut full))?.is_some() {
            full.clear();
        }
        Ok(edge)
    }
}

/// The first `width` hashes or leaves of a tile, which is what a partial tile is.
fn first_of(bytes: &[u8], kind: TileKind, width: usize) -> Option<Vec<u8>> {
    match kind {
        TileKind::Hashes(_) => bytes.get(..width * Hash::LEN).map(<[u8]>::to_vec),
        TileKind::Entries => {
            let leaves = parse_entries(bytes)?;
            let mut bundle = Vec::new();
            for leaf in leaves.get(..width)? {
                push_entry(&mut bundle, leaf);
            }
            Some(bundle)
        }
    }
}

fn other_root(signed: &Checkpoint) -> ReadError {
    Problem::new(CHECKPOINT, "the records and tiles do not hash to the signed root")
        .of(0..signed.size)
        .into()
}

fn untrue(file: &str, level: u8, number: u64) -> Problem {
    Problem::new(file, "the tile is missing or does not lead to the signed root")
        .of(tile_leaves(level, number))
}

/// The records below a full tile.
pub(crate) fn tile_leaves(level: u8, number: u64) -> Range<u64> {
    let unit = WIDTH.checked_pow(u32::from(level) + 1).unwrap_or(u64::MAX);
    number.saturating_mul(unit)..number.saturating_add(1).saturating_mul(unit)
}

// It holds no key: whoever must not trust the machine checks the checkpoint's signature, see `prove`
// and `verify`.
