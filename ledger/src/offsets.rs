//! The offsets beside a segment: for each of its records the byte where its frame begins, 8 bytes
//! big-endian. A hint for readers; the frame's checksum says whether it is true.

use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::Path;

use crate::files::open_regular;
use crate::segment::offsets_name;

/// The bytes of one offset.
pub(crate) const OFFSET_LEN: u64 = 8;

/// Where record `index` is said to begin in the segment that begins with record `first`.
pub(crate) fn lookup(dir: &Path, first: u64, index: u64) -> io::Result<Option<u64>> {
    let Some(place) = index.checked_sub(first).and_then(|n| n.checked_mul(OFFSET_LEN)) else {
        return Ok(None);
    };
    let Some(file) = open_regular(&dir.join(offsets_name(first)))? else {
        return Ok(None);
    };
    let mut bytes = [0; 8];
    match file.read_exact_at(&mut bytes, place) {
        Ok(()) => Ok(Some(u64::from_be_bytes(bytes))),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(None),
        Err(error) => Err(error),
    }
}

/// How many offsets the file holds; `None` when it is missing or its length is none that it can have.
pub(crate) fn count(dir: &Path, first: u64) -> io::Result<Option<u64>> {
    let Some(file) = open_regular(&dir.join(offsets_name(first)))? else {
        return Ok(None);
    };
    let length = file.metadata()?.len();
    Ok(length.is_multiple_of(OFFSET_LEN).then_some(length / OFFSET_LEN))
}

/// Writes the file anew.
pub(crate) fn write(dir: &Path, first: u64, offsets: &[u64]) -> io::Result<()> {
    let bytes: Vec<u8> = offsets.iter().flat_map(|offset| offset.to_be_bytes()).collect();
    std::fs::write(dir.join(offsets_name(first)), bytes)
}

// Never trusted, never needed: a reader that finds it wrong scans the segment.
