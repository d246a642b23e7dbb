//! The index by which a part counts once within 24 hours, across restarts.
//!
//! ```text
//! insert → table (memory, and a log file) → sorted run (disk; filter and fences in memory)
//!                                         → merged with others of its hour and size
//! ```
//!
//! Everything belongs to the hour it was recorded in, and goes with it a day later. A hundred
//! million fingerprints take less than 100 MB of memory.
//!
//! It holds keyed fingerprints and indexes only. It is not durable with each insert and need not be:
//! it knows through which index it is whole, and what follows is read from the ledger again.

mod bloom;
mod coverage;
mod entry;
mod file;
mod log;
mod merging;
mod open;
mod sorted;
mod sorting;
mod table;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use model::{Fingerprint, Timestamp};

use coverage::{Coverage, Range};
use entry::Entry;
use file::{Kind, Name};
use log::FRAME_ENTRIES;
pub use log::{End, Run, parse_run};
use merging::Merging;
use sorted::Sorted;
use table::Table;

/// Entries that a hash table of 2^18 places holds: no table is larger.
const TABLE: usize = 229_376;
/// Entries with which a table is full; one frame may still go over it.
const FULL: usize = TABLE - FRAME_ENTRIES;
/// Runs of one hour and size that are merged into one.
const MERGED: usize = 16;
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
    /// In memory, by hour.
    tables: Vec<Table>,
    /// On the disk, by hour and number.
    sorted: Vec<Arc<Sorted>>,
    merging: Option<Merging>,
    /// The oldest hour that is kept.
    oldest: i64,
    /// The number of the next file.
    number: u32,
    /// The index that follows on what was inserted.
    next: u64,
    /// The indexes that were written.
    written: Coverage,
    /// Whether the beginning of what is kept could not be read.
    is_headless: bool,
    damaged: u64,
}

impl Once {
    /// The ledger index of the part with this fingerprint.
    pub fn lookup(&self, fingerprint: &Fingerprint) -> Option<u64> {
        let newest = self.tables.iter().rev().find_map(|table| table.get(fingerprint));
        newest.or_else(|| self.sorted.iter().rev().find_map(|run| run.get(fingerprint)))
    }

    /// Adds entries that were recorded at `time`, and drops what was a day old then. They are found
    /// at once, also when they could not be written.
    ///
    /// Entries come in ledger order and follow on what was inserted before: an index that is left
    /// out is taken for one without a fingerprint. After [`Once::open`] they go on from
    /// [`Once::last_index`].
    ///
    /// # Errors
    /// The first that a file gave. Nothing is lost from memory; [`Once::last_index`] stays where it
    /// is until the files are whole again.
    pub fn insert(
        &mut self,
        entries: &[(Fingerprint, u64)],
        time: Timestamp,
    ) -> Result<(), OnceError> {
        let mut done = self.expire(time);
        let hour = hour_of(time);
        if hour < self.oldest {
            return done;
        }
        if self.merging.is_some() {
            done = done.and(self.merge());
        }
        let mut frames = entries.chunks(FRAME_ENTRIES).peekable();
        while let Some(frame) = frames.next() {
            let following = frames.peek().and_then(|next| next.first()).map(|(_, index)| *index);
            let covers = self.cover(frame, following);
            done = done.and(self.insert_frame(frame, covers, hour));
        }
        done
    }

    /// Drops what is older than a day at `now`, to the hour. Costs nothing within the same hour.
    ///
    /// # Errors
    /// When a file cannot be removed. Its entries are not found any more, and it is removed by the
    /// next [`Once::open`].
    pub fn expire(&mut self, now: Timestamp) -> Result<(), OnceError> {
        let oldest = hour_of(now).saturating_sub(HOURS);
        if oldest <= self.oldest {
            return Ok(());
        }
        self.oldest = oldest;
        let tables = self.tables.extract_if(.., |table| table.hour < oldest);
        let done = tables.map(|table| table.remove_files()).fold(Ok(()), Result::and);
        let runs = self.sorted.extract_if(.., |run| run.name.hour < oldest);
        runs.map(|run| file::remove(&run.name.path(&self.dir))).fold(done, Result::and)
    }

    /// The ledger index through which everything that is kept is on the disk, without a hole; `None`
    /// when nothing is, or when the beginning was lost.
    pub fn last_index(&self) -> Option<u64> {
        let (from, through) = self.written.first()?;
        (from == 0 || !self.is_headless).then_some(through)
    }

    /// Files that were damaged when the index was opened, wholly or in part.
    pub const fn damaged(&self) -> u64 {
        self.damaged
    }

    /// The indexes that are known with this frame: all from the last one known, up to what follows.
    fn cover(&mut self, frame: &[Entry], following: Option<u64>) -> Range {
        let indexes = || frame.iter().map(|(_, index)| *index);
        let from = indexes().min().unwrap_or(self.next).min(self.next);
        let through = match following {
            Some(following) => following.saturating_sub(1),
            None => indexes().max().unwrap_or(0),
        };
        if from <= through {
            self.next = self.next.max(through.saturating_add(1));
        }
        (from, through)
    }

    /// Memory first, then the files.
    fn insert_frame(
        &mut self,
        entries: &[Entry],
        covers: Range,
        hour: i64,
    ) -> Result<(), OnceError> {
        let (place, is_new) = self.table_for(hour);
        if let Some(table) = self.tables.get_mut(place) {
            table.add(entries, covers);
        }
        let written = self.write(place, entries, covers);
        if is_new { written.and(self.make_room()) } else { written }
    }

    /// The table of an hour that takes entries, and whether it is new.
    fn table_for(&mut self, hour: i64) -> (usize, bool) {
        let end = self.tables.partition_point(|table| table.hour <= hour);
        let newest = end.checked_sub(1).and_then(|place| Some((place, self.tables.get(place)?)));
        match newest {
            Some((place, table)) if table.hour == hour && table.len() < FULL => (place, false),
            _ => {
                self.tables.insert(end, Table::new(hour));
                (end, true)
            }
        }
    }

    fn write(&mut self, place: usize, entries: &[Entry], covers: Range) -> Result<(), OnceError> {
        let Some(table) = self.tables.get_mut(place) else { return Ok(()) };
        if table.needs_log() {
            let name = next_name(&mut self.number, table.hour, Kind::Log);
            table.begin_log(&self.dir, name)?;
        }
        table.write(entries, covers)?;
        self.written.add(covers);
        Ok(())
    }

    /// Sorts the largest tables onto the disk while there is more in memory than one full table.
    fn make_room(&mut self) -> Result<(), OnceError> {
        while self.tables.len() > 1 && self.tables.iter().map(Table::len).sum::<usize>() > TABLE {
            self.sort_largest()?;
        }
        Ok(())
    }

    /// The table stays until its sorted run is whole; then its files may be read again at worst.
    fn sort_largest(&mut self) -> Result<(), OnceError> {
        let sizes = self.tables.iter().enumerate();
        let Some((place, table)) = sizes.max_by_key(|(_, table)| table.len()) else {
            return Ok(());
        };
        let name = next_name(&mut self.number, table.hour, Kind::Sorted);
        let run = sorting::sort(&self.dir, name, table)?;
        sorting::publish(&self.dir, name)?;
        let table = self.tables.remove(place);
        self.written.add(run.head.covers);
        self.put(run);
        table.remove_files().and(self.merge())
    }

    /// Takes what was merged in the meantime, and begins the next merge.
    fn merge(&mut self) -> Result<(), OnceError> {
        match self.merging.take_if(|merging| merging.is_done()) {
            Some(merging) => self.take_merged(merging)?,
            None if self.merging.is_some() => return Ok(()),
            None => {}
        }
        if let Some(runs) = self.to_merge() {
            let hour = runs.first().map_or(0, |run| run.name.hour);
            let name = next_name(&mut self.number, hour, Kind::Sorted);
            self.merging = Some(Merging::begin(&self.dir, name, runs)?);
        }
        Ok(())
    }

    fn take_merged(&mut self, merging: Merging) -> Result<(), OnceError> {
        let inputs = merging.inputs.clone();
        let Some(merged) = merging.finish().transpose()? else { return Ok(()) };
        if merged.name.hour < self.oldest {
            return file::remove(&merged.name.unfinished(&self.dir));
        }
        sorting::publish(&self.dir, merged.name)?;
        self.sorted.retain(|run| !inputs.contains(&run.name));
        self.put(merged);
        let remove = |name: &Name| file::remove(&name.path(&self.dir));
        inputs.iter().map(remove).fold(Ok(()), Result::and)
    }

    /// Runs of one hour and size, when there are enough.
    fn to_merge(&self) -> Option<Vec<Arc<Sorted>>> {
        let kind = |run: &Sorted| (run.name.hour, level_of(run.head.count));
        let alike = |like| self.sorted.iter().filter(move |run| kind(run) == like);
        let like = |run: &Arc<Sorted>| kind(run);
        let kind = self.sorted.iter().map(like).find(|like| alike(*like).count() >= MERGED)?;
        Some(alike(kind).map(Arc::clone).collect())
    }

    fn put(&mut self, run: Sorted) {
        let place = self.sorted.partition_point(|known| known.name < run.name);
        self.sorted.insert(place, Arc::new(run));
    }
}

fn next_name(number: &mut u32, hour: i64, kind: Kind) -> Name {
    let name = Name { hour, number: *number, kind };
    *number = number.saturating_add(1);
    name
}

/// How often a run of so many entries was merged, about.
fn level_of(count: u64) -> u32 {
    (count / TABLE as u64).checked_ilog(MERGED as u64).map_or(0, |level| level + 1)
}

const fn hour_of(time: Timestamp) -> i64 {
    time.secs().div_euclid(3600)
}

#[cfg(test)]
mod tests;
