//! The index by which a part counts once within 24 hours, across restarts.
//!
//! Entries go to the newest run: a table in memory and a file beside it. A run ends with its hour,
//! or when it is large. The newest runs stay in memory; older large ones are sorted on disk, with a
//! filter and fences in memory. After a day a run's file is deleted.
//!
//! It holds keyed fingerprints and indexes only, and can be made anew from the ledger.

mod bloom;
mod entry;
mod file;
mod sorted;
mod table;

use std::path::{Path, PathBuf};

use model::{Fingerprint, Timestamp};

use file::RunName;
use sorted::Sorted;
use table::Table;

/// Entries of one run.
const RUN: usize = 900_000;
/// Entries that stay in memory.
const IN_MEMORY: usize = 1_800_000;
/// Hours after which a run is dropped.
const HOURS: i64 = 24;

/// Why the index could not be read or written.
#[derive(Debug, thiserror::Error)]
#[error("{}: {source}", path.display())]
pub struct OnceError {
    path: PathBuf,
    source: std::io::Error,
}

impl OnceError {
    fn at(path: &Path) -> impl Fn(std::io::Error) -> Self {
        move |source| Self { path: path.to_owned(), source }
    }
}

/// What was recorded within 24 hours.
#[derive(Debug)]
pub struct Once {
    dir: PathBuf,
    /// In memory, oldest first; the last one takes new entries.
    tables: Vec<Table>,
    /// On disk.
    sorted: Vec<Sorted>,
    last_index: Option<u64>,
    damaged: u64,
}

impl Once {
    /// Opens the index in `dir`, or makes it.
    ///
    /// # Errors
    /// When a file cannot be read or written.
    pub fn open(dir: &Path, now: Timestamp) -> Result<Self, OnceError> {
        std::fs::create_dir_all(dir).map_err(OnceError::at(dir))?;
        let mut once = Self {
            dir: dir.to_owned(),
            tables: Vec::new(),
            sorted: Vec::new(),
            last_index: None,
            damaged: 0,
        };
        for name in file::runs(dir)? {
            once.load(name, now)?;
        }
        once.make_room()?;
        Ok(once)
    }

    /// The ledger index of the part with this fingerprint.
    pub fn lookup(&self, fingerprint: &Fingerprint) -> Option<u64> {
        let newest = self.tables.iter().rev().find_map(|table| table.get(fingerprint));
        newest.or_else(|| self.sorted.iter().rev().find_map(|run| run.get(fingerprint)))
    }

    /// Adds entries, and drops what is older than a day. They are found at once, also when they
    /// could not be written.
    ///
    /// # Errors
    /// When the file cannot be written; the index is then complete only until the process ends.
    pub fn insert(
        &mut self,
        entries: &[(Fingerprint, u64)],
        now: Timestamp,
    ) -> Result<(), OnceError> {
        if entries.is_empty() {
            return Ok(());
        }
        self.last_index = entries.iter().map(|(_, index)| *index).chain(self.last_index).max();
        let hour = hour_of(now);
        let fits = self.tables.last().is_some_and(|run| run.name.hour >= hour && run.len() < RUN);
        if !fits {
            self.expire(now)?;
            self.begin_run(hour)?;
            self.make_room()?;
        }
        self.tables.last_mut().map_or(Ok(()), |run| run.insert(entries))
    }

    /// The largest ledger index that was ever added.
    pub const fn last_index(&self) -> Option<u64> {
        self.last_index
    }

    /// Entries that were damaged on disk and are passed over.
    pub const fn damaged(&self) -> u64 {
        self.damaged
    }

    fn load(&mut self, name: RunName, now: Timestamp) -> Result<(), OnceError> {
        let contents = file::read(&self.dir, &name)?;
        self.damaged += contents.damaged;
        self.last_index =
            contents.entries.iter().map(|(_, index)| *index).chain(self.last_index).max();
        if name.hour + HOURS < hour_of(now) {
            return file::remove(&self.dir, &name);
        }
        self.tables.push(Table::load(&self.dir, name, contents)?);
        Ok(())
    }

    fn begin_run(&mut self, hour: i64) -> Result<(), OnceError> {
        let newest = self
            .tables
            .iter()
            .map(|table| table.name)
            .chain(self.sorted.iter().map(|run| run.name))
            .max();
        let name = match newest {
            Some(name) if name.hour >= hour => RunName { hour: name.hour, number: name.number + 1 },
            _ => RunName { hour, number: 0 },
        };
        self.tables.push(Table::create(&self.dir, name)?);
        Ok(())
    }

    /// Sorts the oldest runs onto the disk while too much is in memory.
    fn make_room(&mut self) -> Result<(), OnceError> {
        while self.tables.len() > 1 && self.tables.iter().map(Table::len).sum::<usize>() > IN_MEMORY
        {
            let oldest = self.tables.remove(0);
            self.sorted.push(Sorted::create(&self.dir, oldest.name, oldest.into_entries())?);
        }
        Ok(())
    }

    fn expire(&mut self, now: Timestamp) -> Result<(), OnceError> {
        let oldest = hour_of(now) - HOURS;
        let tables = self.tables.iter().map(|table| table.name);
        let old: Vec<RunName> = tables
            .chain(self.sorted.iter().map(|run| run.name))
            .filter(|name| name.hour < oldest)
            .collect();
        self.tables.retain(|table| table.name.hour >= oldest);
        self.sorted.retain(|run| run.name.hour >= oldest);
        old.iter().try_for_each(|name| file::remove(&self.dir, name))
    }
}

const fn hour_of(time: Timestamp) -> i64 {
    time.secs().div_euclid(3600)
}

#[cfg(test)]
mod tests;
