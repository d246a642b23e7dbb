//! Files that are there whole or not at all, and the names of the log's own.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::Path;

/// The newest signed checkpoint.
pub(crate) const CHECKPOINT: &str = "checkpoint";

/// A signed checkpoint that survives a power cut: written at each new segment and at the end.
pub(crate) const ANCHOR: &str = "checkpoint.anchor";

/// A checkpoint that is being written.
pub(crate) const CHECKPOINT_NEW: &str = "checkpoint.tmp";

/// The folder of segments and their offsets.
pub(crate) const SEGMENTS: &str = "segments";

/// The folder of tiles and bundles.
pub(crate) const TILES: &str = "tile";

/// Makes the names in a folder durable.
pub(crate) fn sync_dir(dir: &Path) -> io::Result<()> {
    let dir = if dir.as_os_str().is_empty() { Path::new(".") } else { dir };
    File::open(dir)?.sync_all()
}

/// The content of a file of at most `max` bytes; `None` when there is no such file. What is no
/// regular file, or is longer, is an error.
pub(crate) fn read_small(path: &Path, max: u64) -> io::Result<Option<Vec<u8>>> {
    let Some(file) = open_regular(path)? else {
        return Ok(None);
    };
    let mut bytes = Vec::new();
    file.take(max + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > max {
        return Err(io::Error::new(
            io::ErrorKind::FileTooLarge,
            "the file is longer than it can be",
        ));
    }
    Ok(Some(bytes))
}

/// Opens a regular file for reading; `None` when there is none. Anything else under that name, such
/// as a link or a pipe, is an error: it could lead elsewhere, or never end.
pub(crate) fn open_regular(path: &Path) -> io::Result<Option<File>> {
    let metadata = match fs::symlink_metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    if !metadata.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is not a regular file"));
    }
    File::open(path).map(Some)
}

/// Whether the new content of a file must survive a power cut.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Durability {
    /// It may be lost to a power cut, but not to the end of the process.
    Process,
    /// It is on the disk before the call returns.
    PowerCut,
}

/// Replaces `dir/name` at once; a reader sees the old content or the new.
pub(crate) fn replace(dir: &Path, name: &str, content: &[u8], how: Durability) -> io::Result<()> {
    let temporary = dir.join(CHECKPOINT_NEW);
    let written =
        write_new(&temporary, content, how).and_then(|()| fs::rename(&temporary, dir.join(name)));
    if written.is_err() {
        let _ = fs::remove_file(&temporary);
    }
    written?;
    if how == Durability::PowerCut { sync_dir(dir) } else { Ok(()) }
}

fn write_new(path: &Path, content: &[u8], how: Durability) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).open(path)?;
    file.write_all(content)?;
    if how == Durability::PowerCut { file.sync_all() } else { Ok(()) }
}

/// Removes a file that may not be there.
pub(crate) fn remove_if_there(path: &Path) -> io::Result<()> {
    use io::ErrorKind::{NotADirectory, NotFound};
    match fs::remove_file(path) {
        Err(error) if !matches!(error.kind(), NotFound | NotADirectory) => Err(error),
        _ => Ok(()),
    }
}

/// Whether an error says that there is no room, which may pass.
pub(crate) fn is_full(error: &io::Error) -> bool {
    use io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
    matches!(error.kind(), StorageFull | QuotaExceeded | FileTooLarge)
}

// What is in the files is not known here.
