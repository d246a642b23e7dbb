//! The signed tree while a log is opened: from tiles where they are true, else from the records.

use std::path::Path;

use crate::archive::{Archive, entries_match, tile_range};
use crate::checkpoint::Checkpoint;
use crate::edge::{Edge, FullTile};
use crate::files::SEGMENTS;
use crate::hash::Hash;
use crate::problem::Problem;
use crate::records::{ReadError, Records};
use crate::tile::{TileId, WIDTH, full_hashes};
use crate::tree::root_of;

use super::{OpenError, Recovery};

/// The leaf hashes of the tile that was asked for last.
#[derive(Default)]
pub(super) struct TileCache {
    tile: Option<(u64, Vec<Hash>)>,
}

impl TileCache {
    /// The signed hash of a leaf.
    pub(super) fn leaf(
        &mut self,
        archive: &Archive<'_>,
        edge: &Edge,
        index: u64,
    ) -> Result<Option<Hash>, ReadError> {
        if let Some(hash) = edge.hash_at(0, index) {
            return Ok(Some(hash));
        }
        let number = index / WIDTH;
        if self.tile.as_ref().is_none_or(|(of, _)| *of != number) {
            self.tile = archive.authentic(edge, 0, number)?.map(|hashes| (number, hashes));
        }
        let place = usize::try_from(index % WIDTH).unwrap_or_default();
        Ok(self.tile.as_ref().and_then(|(_, hashes)| hashes.get(place).copied()))
    }
}

/// The right edge of the signed tree, from tiles if they lead to the signed root, else from all
/// records.
pub(super) fn signed_edge(
    dir: &Path,
    signed: &Checkpoint,
    recovery: &mut Recovery,
) -> Result<Edge, OpenError> {
    let archive = Archive::new(dir);
    let (edge, made) = archive.claimed_edge(signed.size)?;
    if edge.root() == signed.root {
        recovery.tiles += write_tiles(&archive, &made)?;
        return Ok(edge);
    }
    let edge = replay(dir, signed.size, |_| Ok(()))?;
    if edge.root() != signed.root {
        let what = "the records do not hash to the signed root";
        return Err(Problem::new(SEGMENTS, what).of(0..signed.size).into());
    }
    replay(dir, signed.size, |tile| {
        if archive.claimed(tile.id)?.as_deref() != Some(&tile.bytes) {
            recovery.tiles += write_tiles(&archive, std::slice::from_ref(tile))?;
        }
        Ok(())
    })
}

/// Builds the tree again from all records, and shows each full tile on the way.
fn replay(
    dir: &Path,
    size: u64,
    mut see: impl FnMut(&FullTile) -> Result<(), OpenError>,
) -> Result<Edge, OpenError> {
    let (mut edge, mut full) = (Edge::default(), Vec::new());
    let mut records = Records::range(dir, 0..size);
    while records.advance(|frame| edge.push(frame.leaf_bytes, &mut full))?.is_some() {
        full.drain(..).try_for_each(|tile| see(&tile))?;
    }
    Ok(edge)
}

fn write_tiles(archive: &Archive<'_>, tiles: &[FullTile]) -> Result<u64, OpenError> {
    for tile in tiles {
        archive.write(tile).map_err(OpenError::io(tile.id.to_string()))?;
    }
    Ok(tiles.len() as u64)
}

/// Whether the level-0 tile and the bundle `number` are those of the signed tree.
pub(super) fn is_true(archive: &Archive<'_>, edge: &Edge, number: u64) -> Result<bool, ReadError> {
    let Some(hashes) = archive.authentic(edge, 0, number)? else {
        return Ok(false);
    };
    let bundle = archive.claimed(TileId::entries(number))?;
    Ok(bundle.is_some_and(|bundle| entries_match(&bundle, &hashes)))
}

/// Makes the level-0 tile and the bundle `number` again, if the segments agree with the signed tree.
pub(super) fn remake(archive: &Archive<'_>, edge: &Edge, number: u64) -> Result<u64, OpenError> {
    let made = archive.remake(number)?;
    let root = full_hashes(&made[0].bytes).map(|hashes| root_of(&hashes));
    if root.is_none() || root != archive.parent(edge, 0, number)? {
        let what = "the records do not hash to the signed tree";
        return Err(Problem::new(SEGMENTS, what).of(tile_range(number)).into());
    }
    write_tiles(archive, &made)
}

// A tile is written only when the records agree with what is signed.
