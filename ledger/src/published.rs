//! The checkpoint on disk: the newest one, and the one that survives a power cut.

use std::path::Path;

use crate::checkpoint::{Checkpoint, CheckpointError};
use crate::files::{ANCHOR, CHECKPOINT, Durability, read_small, replace};
use crate::records::ReadError;

/// More than any checkpoint has, with a hundred post-quantum cosignatures.
pub(crate) const MAX_CHECKPOINT: u64 = 1 << 20;

/// The text of a checkpoint file; `None` when there is no such file.
pub(crate) fn read(dir: &Path, name: &str) -> Result<Option<String>, ReadError> {
    let bytes = read_small(&dir.join(name), MAX_CHECKPOINT).map_err(ReadError::io(name))?;
    let text = bytes.map(String::from_utf8).transpose();
    text.map_err(|_| CheckpointError::Malformed("it is not UTF-8").into())
}

/// The newest signed checkpoint, its text and its content, without checking the signature.
pub(crate) fn newest(dir: &Path) -> Result<(String, Checkpoint), ReadError> {
    let text = read(dir, CHECKPOINT)?.ok_or(CheckpointError::Malformed("the file is missing"))?;
    let checkpoint = Checkpoint::parse_unverified(&text)?;
    Ok((text, checkpoint))
}

/// The number of signed records.
pub(crate) fn size(dir: &Path) -> Result<u64, ReadError> {
    Ok(newest(dir)?.1.size)
}

/// Publishes a checkpoint. A power cut may bring the one before it back; the records are safe.
pub(crate) fn publish(dir: &Path, text: &str) -> std::io::Result<()> {
    replace(dir, CHECKPOINT, text.as_bytes(), Durability::Process)
}

/// Makes a published checkpoint survive a power cut.
pub(crate) fn anchor(dir: &Path, text: &str) -> std::io::Result<()> {
    replace(dir, ANCHOR, text.as_bytes(), Durability::PowerCut)
}

// Signatures are checked by whoever has a key: `recover`, `verify`, or the reader of a proof.
