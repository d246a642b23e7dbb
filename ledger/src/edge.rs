//! The right edge of the tiled tree: the tiles that are not full yet, which is all of the tree that
//! a writer keeps in memory.

use crate::hash::{Hash, leaf_hash};
use crate::tile::{HEIGHT, TileId, WIDTH, WIDTH_USIZE, encode_hashes, push_entry};
use crate::tree::{Frontier, perfect_subtrees, root_of};

/// A tile or bundle that became full.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FullTile {
    /// Its address.
    pub(crate) id: TileId,
    /// Its content.
    pub(crate) bytes: Vec<u8>,
}

/// The incomplete tile of each level and the incomplete bundle. Its memory is bounded by the number
/// of levels, not by the number of leaves.
#[derive(Clone, Debug, Default)]
pub(crate) struct Edge {
    frontier: Frontier,
    levels: Vec<Vec<Hash>>,
    bundle: Vec<u8>,
}

impl Edge {
    /// The edge of a tree of `size` leaves: the hashes of its incomplete tile at each level, lowest
    /// first, and the leaves of its incomplete bundle. `None` when their numbers do not fit the size.
    pub(crate) fn from_parts(
        size: u64,
        levels: Vec<Vec<Hash>>,
        leaves: &[Vec<u8>],
    ) -> Option<Self> {
        let fits = (0..8).all(|level| {
            levels.get(level as usize).map_or(0, Vec::len) == partial_width(size, level)
        });
        if !fits || leaves.len() != partial_width(size, 0) {
            return None;
        }
        let nodes = levels.iter().rev().flat_map(|hashes| perfect_subtrees(hashes)).collect();
        let mut bundle = Vec::new();
        for leaf in leaves {
            push_entry(&mut bundle, leaf);
        }
        Some(Self { frontier: Frontier::from_nodes(size, nodes)?, levels, bundle })
    }

    /// The number of leaves in the whole tree.
    pub(crate) fn size(&self) -> u64 {
        self.frontier.size()
    }

    /// The root of the whole tree.
    pub(crate) fn root(&self) -> Hash {
        self.frontier.root()
    }

    /// Appends a leaf, and to `full` the tiles that it completes, lowest level first.
    pub(crate) fn push(&mut self, leaf: &[u8], full: &mut Vec<FullTile>) {
        let hash = leaf_hash(leaf);
        self.frontier.push(hash);
        push_entry(&mut self.bundle, leaf);
        let number = (self.size() - 1) / WIDTH;
        if self.size().is_multiple_of(WIDTH) {
            let bytes = std::mem::take(&mut self.bundle);
            full.push(FullTile { id: TileId::entries(number), bytes });
        }
        self.push_hash(0, hash, number, full);
    }

    fn push_hash(&mut self, level: u8, hash: Hash, number: u64, full: &mut Vec<FullTile>) {
        let (mut level, mut hash, mut number) = (level, hash, number);
        loop {
            let hashes = self.level_mut(level);
            hashes.push(hash);
            if hashes.len() < WIDTH_USIZE {
                return;
            }
            hash = root_of(hashes);
            full.push(FullTile { id: TileId::hashes(level, number), bytes: encode_hashes(hashes) });
            hashes.clear();
            level += 1;
            number /= WIDTH;
        }
    }

    fn level_mut(&mut self, level: u8) -> &mut Vec<Hash> {
        let level = usize::from(level);
        if self.levels.len() <= level {
            self.levels.resize_with(level + 1, Vec::new);
        }
        &mut self.levels[level]
    }

    /// The hashes of the incomplete tile at `level`; none when it is empty.
    pub(crate) fn hashes(&self, level: u8) -> &[Hash] {
        self.levels.get(usize::from(level)).map_or(&[], Vec::as_slice)
    }

    /// The leaves of the incomplete bundle.
    pub(crate) fn bundle(&self) -> &[u8] {
        &self.bundle
    }

    /// Hash number `index` of `level`, when it lies in the incomplete tile.
    pub(crate) fn hash_at(&self, level: u8, index: u64) -> Option<Hash> {
        let first = full_tiles(self.size(), level) * WIDTH;
        let place = usize::try_from(index.checked_sub(first)?).ok()?;
        self.hashes(level).get(place).copied()
    }
}

/// The number of hashes at a level of the tiled tree.
pub(crate) fn hashes_at_level(size: u64, level: u8) -> u64 {
    size.checked_shr(HEIGHT * u32::from(level)).unwrap_or(0)
}

/// The number of full tiles at a level.
pub(crate) fn full_tiles(size: u64, level: u8) -> u64 {
    hashes_at_level(size, level) / WIDTH
}

/// The number of hashes in the incomplete tile at a level.
pub(crate) fn partial_width(size: u64, level: u8) -> usize {
    (hashes_at_level(size, level) % WIDTH) as usize
}

// It trusts what it is given: `authority` checks parts read from disk against the signed root.

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tile::{full_hashes, parse_entries};

    fn grown(size: u64) -> (Edge, Vec<FullTile>) {
        let (mut edge, mut full) = (Edge::default(), Vec::new());
        for i in 0..size {
            edge.push(&i.to_be_bytes(), &mut full);
        }
        (edge, full)
    }

    #[test]
    fn the_tiles_of_seventy_thousand_leaves_are_those_of_the_specification() {
        let (edge, full) = grown(70_000);
        let count = |level| {
            full.iter().filter(|tile| tile.id.kind == crate::TileKind::Hashes(level)).count()
        };
        assert_eq!((count(0), count(1), count(2)), (273, 1, 0));
        let widths: Vec<usize> = (0..4).map(|level| edge.hashes(level).len()).collect();
        assert_eq!(widths, [112, 17, 1, 0]);
        let leaves: Vec<Vec<u8>> =
            parse_entries(edge.bundle()).unwrap().into_iter().map(<[u8]>::to_vec).collect();
        let again = Edge::from_parts(70_000, edge.levels.clone(), &leaves).unwrap();
        assert_eq!(again.root(), edge.root());
        assert_eq!(again.bundle(), edge.bundle());
    }

    #[test]
    fn a_full_tile_hashes_to_its_parent() {
        let (edge, full) = grown(600);
        for number in 0..2 {
            let tile = full.iter().find(|tile| tile.id == TileId::hashes(0, number)).unwrap();
            assert_eq!(Some(root_of(&full_hashes(&tile.bytes).unwrap())), edge.hash_at(1, number));
        }
        assert_eq!(edge.hash_at(1, 2), None);
        assert_eq!(edge.hash_at(0, 511), None);
        assert!(edge.hash_at(0, 512).is_some());
    }
}
