//! Where a sink stands in the log, in a small durable file.

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// Why a cursor cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CursorError {
    /// The file cannot be read or written.
    #[error("the cursor {} cannot be used: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The reason.
        source: std::io::Error,
    },
    /// The file is no cursor. Where the sink stands is not guessed.
    #[error("the cursor {} is damaged", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
    },
}

/// A cursor and its file.
#[derive(Debug)]
pub(super) struct Cursor {
    path: PathBuf,
    kept: Kept,
}

/// What the file holds.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    version: u8,
    /// Which log it is a place in.
    instance: String,
    /// Everything below it is settled; none before the first look at the log.
    next: Option<u64>,
    sent: u64,
    dead: u64,
}

/// What a status tells of a cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) next: u64,
    pub(super) sent: u64,
    pub(super) dead: u64,
}

impl Cursor {
    /// Reads the cursor, or begins one.
    pub(super) fn open(path: &Path) -> Result<Self, CursorError> {
        let path = path.to_owned();
        let kept = match std::fs::read(&path) {
            Ok(bytes) => serde_json::from_slice(&bytes)
                .map_err(|_| CursorError::Damaged { path: path.clone() })?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Kept::default(),
            Err(source) => return Err(CursorError::Io { path, source }),
        };
        Ok(Self { path, kept })
    }

    /// The cursor in the log `instance`: a place in another log is none in this one.
    pub(super) fn of(mut self, instance: &str) -> Self {
        if self.kept.instance != instance {
            self.kept = Kept { version: 1, instance: instance.to_owned(), ..Kept::default() };
        }
        self
    }

    pub(super) const fn next(&self) -> Option<u64> {
        self.kept.next
    }

    pub(super) fn place(&self) -> Place {
        let Kept { next, sent, dead, .. } = self.kept;
        Place { next: next.unwrap_or_default(), sent, dead }
    }

    pub(super) const fn advance(&mut self, next: u64) {
        self.kept.next = Some(next);
    }

    pub(super) const fn sent(&mut self, events: u64) {
        self.kept.sent += events;
    }

    pub(super) const fn dead(&mut self, events: u64) {
        self.kept.dead += events;
    }

    /// Makes the cursor durable: a new file beside the old one, then in its place.
    pub(super) async fn save(&self) -> std::io::Result<()> {
        let bytes = serde_json::to_vec(&self.kept)?;
        let path = self.path.clone();
        tokio::task::spawn_blocking(move || replace(&path, &bytes)).await?
    }
}

fn replace(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let fresh = path.with_extension("cursor.new");
    let mut options = OpenOptions::new();
    let mut file = options.write(true).create(true).truncate(true).mode(0o600).open(&fresh)?;
    file.write_all(bytes)?;
    file.sync_data()?;
    std::fs::rename(&fresh, path)?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or_else(|| Path::new(".")))?.sync_all()
}
