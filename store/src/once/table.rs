//! A run in memory, with its file.

use std::fs::{File, OpenOptions};
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use hashbrown::HashMap;
use model::Fingerprint;

use super::file::{Contents, RunName};
use super::{OnceError, entry};

#[derive(Debug)]
pub(super) struct Table {
    pub(super) name: RunName,
    path: PathBuf,
    file: File,
    entries: HashMap<Fingerprint, u64>,
}

impl Table {
    pub(super) fn create(dir: &Path, name: RunName) -> Result<Self, OnceError> {
        Self::load(dir, name, Contents::default())
    }

    /// The run as its file has it; what is torn at the file's end is cut.
    pub(super) fn load(dir: &Path, name: RunName, contents: Contents) -> Result<Self, OnceError> {
        let path = name.path(dir);
        let open = || -> std::io::Result<File> {
            let mut file =
                OpenOptions::new().create(true).truncate(false).write(true).open(&path)?;
            file.set_len(contents.whole)?;
            file.seek(SeekFrom::End(0))?;
            Ok(file)
        };
        let file = open().map_err(OnceError::at(&path))?;
        Ok(Self { name, file, entries: contents.entries.into_iter().collect(), path })
    }

    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(super) fn get(&self, fingerprint: &Fingerprint) -> Option<u64> {
        self.entries.get(fingerprint).copied()
    }

    pub(super) fn insert(&mut self, entries: &[(Fingerprint, u64)]) -> Result<(), OnceError> {
        let mut bytes = Vec::with_capacity(entries.len() * entry::LEN);
        for (fingerprint, index) in entries {
            self.entries.insert(*fingerprint, *index);
            entry::encode(fingerprint, *index, &mut bytes);
        }
        self.file.write_all(&bytes).map_err(OnceError::at(&self.path))
    }

    pub(super) fn into_entries(self) -> Vec<(Fingerprint, u64)> {
        self.entries.into_iter().collect()
    }
}
