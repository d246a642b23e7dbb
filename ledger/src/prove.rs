//! Proofs that a record is in a signed log, as a text that anybody checks offline (C2SP tlog-proof).

use std::collections::HashMap;
use std::fmt;
use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::archive::Archive;
use crate::checkpoint::{Checkpoint, CheckpointError, parse_size};
use crate::edge::{Edge, full_tiles};
use crate::hash::{Hash, empty_root, leaf_hash};
use crate::note::VerifyingKey;
use crate::problem::Problem;
use crate::proof::{
    Nodes, ProofError, check_consistency, check_inclusion, prove_consistency, prove_inclusion,
};
use crate::published;
use crate::reader::{Reader, tile_leaves};
use crate::records::ReadError;
use crate::tile::{HEIGHT, TileId, WIDTH};
use crate::tree::root_of;

/// The first line of every proof.
const MAGIC: &str = "c2sp.org/tlog-proof@v1";

/// A tree of 2^64 leaves has paths of 64 hashes.
const MAX_HASHES: usize = 64;

/// A proof that a leaf is at an index of a signed log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// The record's place.
    pub index: u64,
    /// Its leaf. It travels as the proof's extra data, so that the text is enough by itself.
    pub leaf: Vec<u8>,
    /// The audit path, from the leaf's sibling up.
    pub hashes: Vec<Hash>,
    /// The signed checkpoint.
    pub checkpoint: String,
}

/// Why a proof does not prove anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CheckError {
    /// Not the text of a proof.
    #[error("the proof is malformed: {0}")]
    Malformed(&'static str),
    /// The checkpoint is not signed by the right key, or malformed.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// The path does not lead to the root.
    #[error(transparent)]
    Proof(#[from] ProofError),
}

impl Proof {
    /// Checks the proof with the log's public key, and gives what was signed.
    pub fn verify(&self, keys: &[VerifyingKey]) -> Result<Checkpoint, CheckError> {
        let checkpoint = Checkpoint::open(&self.checkpoint, keys)?;
        let leaf = leaf_hash(&self.leaf);
        check_inclusion(self.index, checkpoint.size, &leaf, &self.hashes, &checkpoint.root)?;
        Ok(checkpoint)
    }
}

impl fmt::Display for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{MAGIC}\nextra {}\nindex {}", STANDARD.encode(&self.leaf), self.index)?;
        for hash in &self.hashes {
            writeln!(f, "{hash}")?;
        }
        write!(f, "\n{}", self.checkpoint)
    }
}

impl FromStr for Proof {
    type Err = CheckError;

    fn from_str(text: &str) -> Result<Self, CheckError> {
        let malformed = CheckError::Malformed;
        let (head, checkpoint) = text
            .split_once("\n\n")
            .ok_or(malformed("it has no empty line before the checkpoint"))?;
        let mut lines = head.split('\n');
        if lines.next() != Some(MAGIC) {
            return Err(malformed("it does not begin with c2sp.org/tlog-proof@v1"));
        }
        let leaf = lines.next().and_then(|line| line.strip_prefix("extra "));
        let leaf = leaf.and_then(|leaf| STANDARD.decode(leaf).ok());
        let index = lines.next().and_then(|line| line.strip_prefix("index ")).and_then(parse_size);
        let hashes: Option<Vec<Hash>> = lines.take(MAX_HASHES + 1).map(Hash::from_base64).collect();
        let hashes = hashes.ok_or(malformed("a line is not a hash in base64"))?;
        if hashes.len() > MAX_HASHES {
            return Err(malformed("it has more than 64 hashes"));
        }
        Ok(Self {
            index: index.ok_or(malformed("the index is not a plain number"))?,
            leaf: leaf.ok_or(malformed("it does not carry the leaf as extra data"))?,
            hashes,
            checkpoint: checkpoint.to_owned(),
        })
    }
}

/// The proof that record `index` is in the log in `dir`, against its newest checkpoint. It is checked
/// before it is given out.
pub fn prove(dir: &Path, index: u64) -> Result<Proof, ReadError> {
    Reader::open(dir)?.prove(index)
}

impl Reader {
    /// The proof that record `index` is in the log, as [`prove`].
    pub fn prove(&self, index: u64) -> Result<Proof, ReadError> {
        let (text, signed) = published::newest(self.dir())?;
        if index >= signed.size {
            return Err(ReadError::NoSuchRecord { index, size: signed.size });
        }
        let stored = self.read(index)?;
        let leaf = stored.leaf.encode().to_vec();
        let mut nodes = AuthenticNodes::new(self.dir(), self.edge(&signed)?);
        let hashes = prove_inclusion(&mut nodes, index, signed.size)?;
        check_inclusion(index, signed.size, &leaf_hash(&leaf), &hashes, &signed.root).map_err(
            |_| {
                Problem::new(crate::files::SEGMENTS, "the record is not the one that was signed")
                    .of_one(index)
            },
        )?;
        Ok(Proof { index, leaf, hashes, checkpoint: text })
    }

    /// The proof that the newest checkpoint continues `old`, for a witness or anybody who kept it.
    /// An error when it does not.
    pub fn prove_consistency(&self, old: &Checkpoint) -> Result<Vec<Hash>, ReadError> {
        let (_, signed) = published::newest(self.dir())?;
        if old.size > signed.size {
            return Err(ReadError::NoSuchRecord {
                index: old.size.saturating_sub(1),
                size: signed.size,
            });
        }
        if old.size == 0 && old.root == empty_root() {
            return Ok(Vec::new());
        }
        let mut nodes = AuthenticNodes::new(self.dir(), self.edge(&signed)?);
        let hashes = prove_consistency(&mut nodes, old.size, signed.size)?;
        let fork = || {
            Problem::new(crate::files::CHECKPOINT, "the log does not continue the older checkpoint")
        };
        check_consistency(old.size, signed.size, &old.root, &signed.root, &hashes)
            .map_err(|_| fork().of(0..old.size))?;
        Ok(hashes)
    }
}

/// The hashes of perfect subtrees, from tiles that lead to the signed root.
pub(crate) struct AuthenticNodes<'a> {
    archive: Archive<'a>,
    edge: Arc<Edge>,
    tiles: HashMap<(u8, u64), Vec<Hash>>,
}

impl<'a> AuthenticNodes<'a> {
    pub(crate) fn new(dir: &'a Path, edge: Arc<Edge>) -> Self {
        Self { archive: Archive::new(dir), edge, tiles: HashMap::new() }
    }

    fn tile(&mut self, level: u8, number: u64) -> Result<&[Hash], ReadError> {
        if number >= full_tiles(self.edge.size(), level) {
            return Ok(self.edge.hashes(level));
        }
        if !self.tiles.contains_key(&(level, number)) {
            let file = TileId::hashes(level, number).to_string();
            let what = "the tile is missing or does not lead to the signed root";
            let hashes = self.archive.authentic(&self.edge, level, number)?;
            let hashes =
                hashes.ok_or_else(|| Problem::new(file, what).of(tile_leaves(level, number)))?;
            self.tiles.insert((level, number), hashes);
        }
        Ok(self.tiles.get(&(level, number)).map_or(&[], Vec::as_slice))
    }
}

impl Nodes for AuthenticNodes<'_> {
    type Error = ReadError;

    fn node(&mut self, height: u32, index: u64) -> Result<Hash, ReadError> {
        let level = u8::try_from(height / HEIGHT).unwrap_or(u8::MAX);
        let within = height % HEIGHT;
        let first = index << within;
        let start = usize::try_from(first % WIDTH).unwrap_or_default();
        let hashes = self.tile(level, first / WIDTH)?;
        // What is missing here leads to another root, and the finished proof is checked.
        Ok(root_of(hashes.get(start..start + (1 << within)).unwrap_or_default()))
    }
}

// Signatures are made by `log` alone; a proof only carries one.
