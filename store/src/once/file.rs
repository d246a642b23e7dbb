//! The file of a run: entries, one after the other. A torn last entry is passed over.

use std::path::{Path, PathBuf};

use model::Fingerprint;

use super::{OnceError, entry};

/// The name of a run: its hour since the epoch, and its number within the hour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct RunName {
    pub(super) hour: i64,
    pub(super) number: u32,
}

impl RunName {
    pub(super) fn path(self, dir: &Path) -> PathBuf {
        dir.join(format!("{}-{}.once", self.hour, self.number))
    }

    fn parse(file: &str) -> Option<Self> {
        let (hour, number) = file.strip_suffix(".once")?.split_once('-')?;
        Some(Self { hour: hour.parse().ok()?, number: number.parse().ok()? })
    }
}

/// What a file holds.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Contents {
    pub(super) entries: Vec<(Fingerprint, u64)>,
    /// Entries that do not match their check.
    pub(super) damaged: u64,
    /// Bytes up to the end of the last whole entry.
    pub(super) whole: u64,
}

/// The runs in `dir`, oldest first. Other files are left alone.
pub(super) fn runs(dir: &Path) -> Result<Vec<RunName>, OnceError> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(dir).map_err(OnceError::at(dir))? {
        let file = entry.map_err(OnceError::at(dir))?.file_name();
        names.extend(file.to_str().and_then(RunName::parse));
    }
    names.sort_unstable();
    Ok(names)
}

pub(super) fn read(dir: &Path, name: &RunName) -> Result<Contents, OnceError> {
    let path = name.path(dir);
    Ok(parse(&std::fs::read(&path).map_err(OnceError::at(&path))?))
}

pub(super) fn parse(bytes: &[u8]) -> Contents {
    let (whole, _) = bytes.as_chunks::<{ entry::LEN }>();
    let mut contents = Contents { whole: (whole.len() * entry::LEN) as u64, ..Contents::default() };
    contents.entries.reserve(whole.len());
    for bytes in whole {
        match entry::decode(bytes) {
            Some(entry) => contents.entries.push(entry),
            None => contents.damaged += 1,
        }
    }
    contents
}

pub(super) fn remove(dir: &Path, name: &RunName) -> Result<(), OnceError> {
    let path = name.path(dir);
    std::fs::remove_file(&path).map_err(OnceError::at(&path))
}
