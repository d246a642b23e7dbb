//! Tiles on disk, and why one is believed: only because a chain of hashes leads from it to a root.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::edge::{Edge, FullTile, full_tiles, hashes_at_level, partial_width};
use crate::files::{read_small, remove_if_there};
use crate::hash::{Hash, leaf_hash};
use crate::leaf::LEAF_LEN;
use crate::problem::Problem;
use crate::records::{ReadError, Records};
use crate::tile::{
    TileId, TileKind, WIDTH, WIDTH_USIZE, encode_hashes, full_hashes, parse_entries, push_entry,
};
use crate::tree::root_of;

/// A full bundle of the longest leaves that C2SP allows.
pub(crate) const MAX_TILE: u64 = WIDTH * (2 + 65_535);

/// The tiles below a log's directory. A file is only a claim; see [`Archive::authentic`].
pub(crate) struct Archive<'a> {
    dir: &'a Path,
}

impl<'a> Archive<'a> {
    pub(crate) fn new(dir: &'a Path) -> Self {
        Self { dir }
    }

    fn path(&self, id: TileId) -> PathBuf {
        self.dir.join(id.to_string())
    }

    /// The bytes that a file claims to be; `None` when there is none.
    pub(crate) fn claimed(&self, id: TileId) -> Result<Option<Vec<u8>>, ReadError> {
        read_small(&self.path(id), MAX_TILE).map_err(ReadError::io(id.to_string()))
    }

    /// Whether the file has the length of a full tile or bundle, which costs no reading.
    pub(crate) fn has_full_length(&self, id: TileId) -> bool {
        let hash = Hash::LEN as u64;
        let entry = 2 + LEAF_LEN as u64;
        let unit = if id.kind == TileKind::Entries { entry } else { hash };
        fs::metadata(self.path(id)).is_ok_and(|file| file.len() == WIDTH * unit)
    }

    /// Writes a tile that became full. Not synced: a lost tile is made again from the segments.
    pub(crate) fn write(&self, tile: &FullTile) -> io::Result<()> {
        let path = self.path(tile.id);
        match fs::write(&path, &tile.bytes) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                fs::create_dir_all(path.parent().unwrap_or(self.dir))?;
                fs::write(&path, &tile.bytes)
            }
            written => written,
        }
    }

    /// Takes back a tile whose leaves were not signed after all.
    pub(crate) fn remove(&self, id: TileId) -> io::Result<()> {
        remove_if_there(&self.path(id))
    }

    /// The hashes of a full tile, believed because they lead up to the root of `edge`. `None` when
    /// the file is missing or does not lead there.
    pub(crate) fn authentic(
        &self,
        edge: &Edge,
        level: u8,
        number: u64,
    ) -> Result<Option<Vec<Hash>>, ReadError> {
        let claimed = self.claimed(TileId::hashes(level, number))?;
        let Some(hashes) = claimed.as_deref().and_then(full_hashes) else {
            return Ok(None);
        };
        let parent = self.parent(edge, level, number)?;
        Ok((parent == Some(root_of(&hashes))).then_some(hashes))
    }

    /// What the full tile must hash to, from the edge or from an authentic tile above. The recursion
    /// is as deep as the tiled tree, at most 8.
    pub(crate) fn parent(
        &self,
        edge: &Edge,
        level: u8,
        number: u64,
    ) -> Result<Option<Hash>, ReadError> {
        if let Some(parent) = edge.hash_at(level + 1, number) {
            return Ok(Some(parent));
        }
        if number / WIDTH >= full_tiles(edge.size(), level + 1) {
            return Ok(None);
        }
        let above = self.authentic(edge, level + 1, number / WIDTH)?;
        Ok(above.and_then(|above| above.get(place_in_tile(number)).copied()))
    }

    /// The bytes of a full bundle, believed because each leaf hashes to its place in an authentic tile.
    pub(crate) fn authentic_entries(
        &self,
        edge: &Edge,
        number: u64,
    ) -> Result<Option<Vec<u8>>, ReadError> {
        let Some(hashes) = self.authentic(edge, 0, number)? else {
            return Ok(None);
        };
        let Some(bytes) = self.claimed(TileId::entries(number))? else {
            return Ok(None);
        };
        Ok(entries_match(&bytes, &hashes).then_some(bytes))
    }

    /// The right edge of the tree of `size` leaves as the files claim it to be; the caller compares
    /// its root with a signed one. Tiles that are missing are made from the segments and given back.
    pub(crate) fn claimed_edge(&self, size: u64) -> Result<(Edge, Vec<FullTile>), ReadError> {
        let mut made = Vec::new();
        let leaves = Records::leaves(self.dir, size - size % WIDTH..size)?;
        let mut levels = vec![leaves.iter().map(|leaf| leaf_hash(leaf)).collect::<Vec<Hash>>()];
        for level in 1..8 {
            let count = hashes_at_level(size, level);
            let first = count - partial_width(size, level) as u64;
            let hashes =
                (first..count).map(|number| self.claimed_root(level - 1, number, &mut made));
            levels.push(hashes.collect::<Result<_, _>>()?);
        }
        let edge = Edge::from_parts(size, levels, &leaves)
            .ok_or_else(|| Problem::new(crate::files::SEGMENTS, "the records end too early"))?;
        Ok((edge, made))
    }

    fn claimed_root(
        &self,
        level: u8,
        number: u64,
        made: &mut Vec<FullTile>,
    ) -> Result<Hash, ReadError> {
        let id = TileId::hashes(level, number);
        if let Some(hashes) = self.claimed(id)?.as_deref().and_then(full_hashes) {
            return Ok(root_of(&hashes));
        }
        let hashes: Vec<Hash> = if level == 0 {
            let leaves = Records::leaves(self.dir, tile_range(number))?;
            leaves.iter().map(|leaf| leaf_hash(leaf)).collect()
        } else {
            let children =
                (0..WIDTH).map(|child| self.claimed_root(level - 1, number * WIDTH + child, made));
            children.collect::<Result<_, _>>()?
        };
        made.push(FullTile { id, bytes: encode_hashes(&hashes) });
        Ok(root_of(&hashes))
    }

    /// The level-0 tile and the bundle `number`, from the segments.
    pub(crate) fn remake(&self, number: u64) -> Result<[FullTile; 2], ReadError> {
        let leaves = Records::leaves(self.dir, tile_range(number))?;
        let hashes: Vec<Hash> = leaves.iter().map(|leaf| leaf_hash(leaf)).collect();
        let mut bundle = Vec::new();
        for leaf in &leaves {
            push_entry(&mut bundle, leaf);
        }
        Ok([
            FullTile { id: TileId::hashes(0, number), bytes: encode_hashes(&hashes) },
            FullTile { id: TileId::entries(number), bytes: bundle },
        ])
    }
}

/// The records of the level-0 tile `number`.
pub(crate) fn tile_range(number: u64) -> std::ops::Range<u64> {
    number.saturating_mul(WIDTH)..number.saturating_add(1).saturating_mul(WIDTH)
}

fn place_in_tile(number: u64) -> usize {
    usize::try_from(number % WIDTH).unwrap_or_default()
}

/// Whether the leaves of a bundle hash to `hashes`, one by one.
pub(crate) fn entries_match(bundle: &[u8], hashes: &[Hash]) -> bool {
    parse_entries(bundle).is_some_and(|leaves| {
        leaves.len() == hashes.len()
            && leaves.len() <= WIDTH_USIZE
            && leaves.iter().zip(hashes).all(|(leaf, hash)| leaf_hash(leaf) == *hash)
    })
}

// Go's reader of tiles skipped this check for some of them (CVE-2026-56865); here no tile is handed
// out without it.
