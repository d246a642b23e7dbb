//! Entries of an hour in memory, with the files that hold them.

use std::path::{Path, PathBuf};

use hashbrown::HashMap;
use model::Fingerprint;

use super::OnceError;
use super::coverage::{Coverage, Range};
use super::entry::Entry;
use super::file::{self, Name};
use super::log::{self, Log, Run};

#[derive(Debug)]
pub(super) struct Table {
    pub(super) hour: i64,
    /// The indexes it covers, written or not.
    pub(super) covers: Coverage,
    entries: HashMap<Fingerprint, u64>,
    /// Its files. The last one takes new entries while there is a log.
    files: Vec<PathBuf>,
    log: Option<Log>,
}

impl Table {
    pub(super) fn new(hour: i64) -> Self {
        Self {
            hour,
            covers: Coverage::default(),
            entries: HashMap::new(),
            files: Vec::new(),
            log: None,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(super) fn get(&self, fingerprint: &Fingerprint) -> Option<u64> {
        self.entries.get(fingerprint).copied()
    }

    /// Adds what a file holds. A file of an earlier process is never written to again.
    pub(super) fn load(&mut self, path: PathBuf, run: Run) {
        self.entries.extend(run.entries);
        self.covers.add_all(&run.covers);
        self.files.push(path);
    }

    pub(super) fn add(&mut self, entries: &[Entry], covers: Range) {
        self.entries.extend(entries.iter().copied());
        self.covers.add(covers);
    }

    /// Whether writing needs a new file.
    pub(super) fn needs_log(&self) -> bool {
        self.log.as_ref().is_none_or(Log::is_full)
    }

    pub(super) fn begin_log(&mut self, dir: &Path, name: Name) -> Result<(), OnceError> {
        let path = name.path(dir);
        self.log = Some(Log::create(dir, &path, self.hour).map_err(OnceError::at(&path))?);
        self.files.push(path);
        Ok(())
    }

    pub(super) fn write(&mut self, entries: &[Entry], covers: Range) -> Result<(), OnceError> {
        let (Some(log), Some(path)) = (&mut self.log, self.files.last()) else { return Ok(()) };
        let written = log.append(&log::encode_frame(entries, covers)).map_err(OnceError::at(path));
        if log.is_torn() {
            self.log = None;
        }
        written
    }

    pub(super) fn to_sorted(&self) -> Vec<Entry> {
        let mut entries: Vec<Entry> =
            self.entries.iter().map(|(key, index)| (*key, *index)).collect();
        entries.sort_unstable();
        entries
    }

    pub(super) fn remove_files(&self) -> Result<(), OnceError> {
        self.files.iter().map(|path| file::remove(path)).fold(Ok(()), Result::and)
    }
}
