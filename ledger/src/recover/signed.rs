//! The checkpoint from which a log is opened.

use std::path::Path;

use crate::checkpoint::{Checkpoint, CheckpointError};
use crate::files::{ANCHOR, CHECKPOINT, read_small};
use crate::note::VerifyingKey;
use crate::problem::Problem;
use crate::published;

use super::OpenError;

/// The newest checkpoint that can be believed; `None` when there never was one.
pub(super) fn signed_state(
    dir: &Path,
    key: &VerifyingKey,
) -> Result<Option<(String, Checkpoint)>, OpenError> {
    let newest = load(dir, CHECKPOINT, key)?;
    let anchor = load(dir, ANCHOR, key)?;
    match (newest, anchor) {
        (Loaded::Missing, Loaded::Signed(_, anchor)) if anchor.size > 0 => {
            Err(Problem::new(CHECKPOINT, "the file is missing").into())
        }
        (Loaded::Missing, _) => Ok(None),
        (Loaded::Signed(text, newest), Loaded::Signed(older, anchor)) => {
            Ok(Some(if anchor.size > newest.size { (older, anchor) } else { (text, newest) }))
        }
        (Loaded::Signed(text, signed), _) | (Loaded::Blank, Loaded::Signed(text, signed)) => {
            Ok(Some((text, signed)))
        }
        (Loaded::Blank, _) => Err(Problem::new(CHECKPOINT, "the file is empty").into()),
    }
}

enum Loaded {
    Missing,
    /// Empty or zeros: what some file systems leave after a power cut.
    Blank,
    Signed(String, Checkpoint),
}

fn load(dir: &Path, name: &str, key: &VerifyingKey) -> Result<Loaded, OpenError> {
    let bytes =
        read_small(&dir.join(name), published::MAX_CHECKPOINT).map_err(OpenError::io(name))?;
    let Some(bytes) = bytes else {
        return Ok(Loaded::Missing);
    };
    if bytes.iter().all(|byte| *byte == 0) {
        return Ok(Loaded::Blank);
    }
    let damaged = |error: CheckpointError| Problem::new(name, error.to_string());
    let text = String::from_utf8(bytes)
        .map_err(|_| damaged(CheckpointError::Malformed("it is not UTF-8")))?;
    let checkpoint = Checkpoint::open(&text, std::slice::from_ref(key)).map_err(damaged)?;
    Ok(Loaded::Signed(text, checkpoint))
}

// Whether the records are those that it signs is for the others.
