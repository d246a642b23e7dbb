//! How far an import is, so that it can go on after it was broken off.

use std::path::{Path, PathBuf};

use anyhow::Result;
use aws_lc_rs::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};

/// A file below `DATA/imports`, named by a hash: paths may say more than they should.
pub(super) struct Progress {
    file: PathBuf,
    state: State,
}

#[derive(Serialize, Deserialize)]
struct State {
    /// Length of the export; another length is another export.
    length: u64,
    /// Records that are done.
    done: u64,
}

impl Progress {
    pub(super) fn open(data: &Path, export: &Path, length: u64, restart: bool) -> Result<Self> {
        let name = digest(&SHA256, export.canonicalize()?.as_os_str().as_encoded_bytes());
        let folder = data.join("imports");
        std::fs::create_dir_all(&folder)?;
        let file = folder.join(format!("{}.json", hex::encode(name.as_ref())));
        let earlier =
            std::fs::read(&file).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
        let state = earlier
            .filter(|state: &State| !restart && state.length == length)
            .unwrap_or(State { length, done: 0 });
        Ok(Self { file, state })
    }

    /// Records that an earlier import recorded.
    pub(super) const fn done(&self) -> u64 {
        self.state.done
    }

    /// Everything up to the record `last` is recorded.
    pub(super) fn reached(&mut self, last: Option<u64>) -> Result<()> {
        if let Some(last) = last {
            self.state.done = last;
            std::fs::write(&self.file, serde_json::to_vec(&self.state)?)?;
        }
        Ok(())
    }

    /// The whole export is recorded.
    pub(super) fn finish(self) -> Result<()> {
        if self.file.try_exists()? {
            std::fs::remove_file(&self.file)?;
        }
        Ok(())
    }
}
