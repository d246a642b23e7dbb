//! The tree, recomputed from the records, and compared with every tile, bundle and signed root.

use std::path::Path;

use crate::archive::Archive;
use crate::checkpoint::Checkpoint;
use crate::edge::{Edge, FullTile};
use crate::hash::Hash;
use crate::problem::Problem;
use crate::reader::tile_leaves;
use crate::tile::{TileId, TileKind, WIDTH, parse_entries};

use super::Live;
use super::findings::Findings;

/// A root that somebody signed.
pub(super) struct Root {
    file: String,
    size: u64,
    hash: Hash,
}

impl Root {
    pub(super) fn of(file: &str, checkpoint: &Checkpoint) -> Self {
        Self { file: file.to_owned(), size: checkpoint.size, hash: checkpoint.root }
    }
}

/// The tree so far.
pub(super) struct Recomputed<'a> {
    archive: Archive<'a>,
    /// The number of signed records; `None` when no checkpoint can be read.
    signed: Option<u64>,
    /// The roots still to come, largest size first.
    roots: Vec<Root>,
    edge: Edge,
    full: Vec<FullTile>,
    /// A record was lost and nothing stands in for it: the tree cannot go on.
    broken: bool,
    bundle: Option<(u64, Vec<u8>)>,
}

impl<'a> Recomputed<'a> {
    pub(super) fn new(dir: &'a Path, signed: Option<u64>, mut roots: Vec<Root>) -> Self {
        roots.sort_by(|a, b| b.size.cmp(&a.size).then_with(|| b.file.cmp(&a.file)));
        Self {
            archive: Archive::new(dir),
            signed,
            roots,
            edge: Edge::default(),
            full: Vec::new(),
            broken: false,
            bundle: None,
        }
    }

    /// The number of leaves so far.
    pub(super) fn size(&self) -> u64 {
        self.edge.size()
    }

    /// Takes the leaf of record `index`, which is passed over unless it is the next.
    pub(super) fn push(
        &mut self,
        index: u64,
        leaf: &[u8],
        live: &Live<'_>,
        findings: &mut Findings,
    ) {
        if self.broken || index != self.size() {
            return;
        }
        self.compare_roots(findings);
        self.edge.push(leaf, &mut self.full);
        for tile in std::mem::take(&mut self.full) {
            self.compare_tile(&tile, live, findings);
        }
    }

    /// Goes on to record `to` without the records before it. Their leaves are taken from the bundles,
    /// so that what comes after can still be compared; where there is no bundle, the tree ends.
    pub(super) fn skip_to(&mut self, to: u64, live: &Live<'_>, findings: &mut Findings) {
        while !self.broken && self.size() < to {
            let index = self.size();
            match self.bundled_leaf(index) {
                Some(leaf) => self.push(index, &leaf, live, findings),
                None => self.broken = true,
            }
        }
    }

    fn bundled_leaf(&mut self, index: u64) -> Option<Vec<u8>> {
        let number = index / WIDTH;
        if self.bundle.as_ref().is_none_or(|(of, _)| *of != number) {
            let bytes = self.archive.claimed(TileId::entries(number)).ok()??;
            self.bundle = Some((number, bytes));
        }
        let (_, bytes) = self.bundle.as_ref()?;
        let place = usize::try_from(index % WIDTH).ok()?;
        parse_entries(bytes)?.get(place).map(|leaf| leaf.to_vec())
    }

    fn compare_roots(&mut self, findings: &mut Findings) {
        let size = self.size();
        while let Some(root) = self.roots.pop_if(|root| root.size <= size) {
            if root.size == size && root.hash != self.edge.root() {
                let what = "the records do not hash to the signed root";
                findings.add(Problem::new(root.file, what).of(0..size));
            }
        }
    }

    fn compare_tile(&self, tile: &FullTile, live: &Live<'_>, findings: &mut Findings) {
        let file = tile.id.to_string();
        let signed = self.signed.is_none_or(|signed| self.size() <= signed);
        let claimed = match self.archive.claimed(tile.id) {
            Ok(claimed) => claimed,
            Err(error) => return findings.add(Problem::new(file, error.to_string())),
        };
        match claimed {
            // A tile behind the checkpoint may be in the making, or lost in a crash.
            claimed if !signed && unfinished(claimed.as_deref(), &tile.bytes) => {}
            None => findings.add(Problem::new(file, "the file is missing").of(leaves_of(tile.id))),
            Some(bytes) if bytes == tile.bytes => {}
            Some(_) if !signed && live.now() => {}
            Some(bytes) => findings.add(difference(tile, &bytes)),
        }
    }

    /// Compares the last root, and says of those that were not reached that they were not.
    pub(super) fn finish(&mut self, findings: &mut Findings) {
        if !self.broken {
            self.compare_roots(findings);
        }
        for root in std::mem::take(&mut self.roots) {
            let what = "the records do not reach to the signed root, or are damaged before it";
            findings.add(Problem::new(root.file, what).of(self.size().min(root.size)..root.size));
        }
    }
}

fn unfinished(claimed: Option<&[u8]>, whole: &[u8]) -> bool {
    claimed.is_none_or(|claimed| whole.starts_with(claimed))
}

/// The first place where a file differs from what the records give.
fn difference(tile: &FullTile, bytes: &[u8]) -> Problem {
    let same = tile.bytes.iter().zip(bytes).take_while(|(a, b)| a == b).count();
    let whole = leaves_of(tile.id);
    let unit = (whole.end - whole.start) / WIDTH;
    let hash_or_leaf = (same * 256 / tile.bytes.len().max(1)).min(255) as u64;
    let first = whole.start + hash_or_leaf * unit;
    Problem::new(tile.id.to_string(), "the file is not what the records give")
        .at(same as u64)
        .of(first..first + unit)
}

fn leaves_of(id: TileId) -> std::ops::Range<u64> {
    match id.kind {
        TileKind::Hashes(level) => tile_leaves(level, id.number),
        TileKind::Entries => tile_leaves(0, id.number),
    }
}

// Files that no tile of the tree has as its name are found by `foreign`.
