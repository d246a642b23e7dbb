//! Files that do not belong to the log: unknown, renamed, or beyond its end.

use std::fs;
use std::path::Path;

use crate::edge::full_tiles;
use crate::files::{ANCHOR, CHECKPOINT, CHECKPOINT_NEW, SEGMENTS, TILES};
use crate::problem::Problem;
use crate::segment;
use crate::tile::{TileId, TileKind};

use super::Live;
use super::findings::Findings;

/// Deeper than the path of any tile.
const MAX_DEPTH: usize = 12;

/// Looks at every name in the log's directory. `size` records were read, `signed` of them signed.
pub(super) fn look(
    dir: &Path,
    signed: Option<u64>,
    size: u64,
    live: &Live<'_>,
    findings: &mut Findings,
) {
    let known = |path: &str| match path {
        CHECKPOINT | ANCHOR | CHECKPOINT_NEW => true,
        _ => match path.split_once('/') {
            Some((SEGMENTS, name)) => is_segment_file(dir, name),
            Some((TILES, _)) => is_tile(path, signed.map_or(size, |signed| signed.max(size)), live),
            _ => false,
        },
    };
    visit(dir, "", 0, &known, findings);
}

fn is_segment_file(dir: &Path, name: &str) -> bool {
    let beside_segment = |first: u64| fs::symlink_metadata(dir.join(segment::name(first))).is_ok();
    segment::parse_name(name, "seg").is_some()
        || segment::parse_name(name, "idx").is_some_and(beside_segment)
}

fn is_tile(path: &str, size: u64, live: &Live<'_>) -> bool {
    let Some(id) = TileId::parse(path).filter(TileId::is_full) else {
        return false;
    };
    let level = match id.kind {
        TileKind::Hashes(level) => level,
        TileKind::Entries => 0,
    };
    id.number < full_tiles(size, level) || live.now()
}

fn visit(
    dir: &Path,
    below: &str,
    depth: usize,
    known: &dyn Fn(&str) -> bool,
    findings: &mut Findings,
) {
    let listed = fs::read_dir(dir.join(below)).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let mut entries = match listed {
        Ok(entries) => entries,
        Err(error) => {
            let name = if below.is_empty() { "." } else { below };
            return findings.add(Problem::new(name, format!("could not read the folder: {error}")));
        }
    };
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = if below.is_empty() { name } else { format!("{below}/{name}") };
        match entry.file_type() {
            Ok(kind) if kind.is_dir() && depth < MAX_DEPTH => {
                visit(dir, &path, depth + 1, known, findings);
            }
            Ok(kind) if kind.is_file() && known(&path) => {}
            Ok(kind) if kind.is_file() => {
                findings.add(Problem::new(path, "the file does not belong to the log"));
            }
            _ => findings.add(Problem::new(path, "it is not a regular file of the log")),
        }
    }
}

// What is in the files that belong is checked by the others.
