//! Writes sorted runs: from a table, or by merging others.
//!
//! A run is written beside its name and synced. The caller then publishes it under its name, and
//! removes what it replaces.

use std::fs::File;
use std::io::{self, BufWriter, Seek, SeekFrom, Write};
use std::iter::Peekable;
use std::path::Path;
use std::sync::Arc;

use super::OnceError;
use super::bloom::Bloom;
use super::coverage::{Coverage, Range};
use super::entry::{self, Entry};
use super::file::{self, Name};
use super::sorted::{BITS, HEADER, Head, PAGE, Sorted, Stream, fence};
use super::table::Table;

/// Bits of a filter for each entry of a merged run; there are few of these, but they are most of
/// the memory.
const MERGED_BITS: usize = 4;

/// Nothing is covered.
const NONE: Range = (1, 0);

/// Writes a table as a sorted run.
pub(super) fn sort(dir: &Path, name: Name, table: &Table) -> Result<Sorted, OnceError> {
    let filter = Bloom::new(table.len(), BITS);
    let entries = table.to_sorted().into_iter().map(Ok);
    write(dir, name, table.covers.first().unwrap_or(NONE), filter, entries)
}

/// Merges runs of one hour. Of two entries with the same fingerprint the later stays.
pub(super) fn merge(dir: &Path, name: Name, runs: &[Arc<Sorted>]) -> Result<Sorted, OnceError> {
    let mut covers = Coverage::default();
    for run in runs {
        covers.add(run.head.covers);
    }
    let count: u64 = runs.iter().map(|run| run.head.count).sum();
    let filter = Bloom::new(usize::try_from(count).unwrap_or(0), MERGED_BITS);
    let streams: io::Result<Vec<_>> =
        runs.iter().map(|run| run.stream().map(Iterator::peekable)).collect();
    let merge = Merge(streams.map_err(OnceError::at(dir))?);
    write(dir, name, covers.first().unwrap_or(NONE), filter, merge)
}

fn write(
    dir: &Path,
    name: Name,
    covers: Range,
    filter: Bloom,
    entries: impl Iterator<Item = io::Result<Entry>>,
) -> Result<Sorted, OnceError> {
    let unfinished = name.unfinished(dir);
    let write = || -> io::Result<Sorted> {
        let head = Head { hour: name.hour, covers, count: 0, words: 0, check: 0 };
        let run = Sorted { name, file: create(&unfinished)?, head, filter, fences: Vec::new() };
        fill(run, entries)
    };
    write().map_err(|error| {
        // If it stays, the next opening removes it.
        let _ = std::fs::remove_file(&unfinished);
        OnceError::at(&unfinished)(error)
    })
}

/// Gives a run its name.
pub(super) fn publish(dir: &Path, name: Name) -> Result<(), OnceError> {
    let path = name.path(dir);
    let publish = || std::fs::rename(name.unfinished(dir), &path).and_then(|()| file::sync(dir));
    publish().map_err(OnceError::at(&path))
}

fn create(path: &Path) -> io::Result<File> {
    File::options().read(true).write(true).create(true).truncate(true).open(path)
}

/// Writes everything to the run's file, the header last.
fn fill(mut run: Sorted, entries: impl Iterator<Item = io::Result<Entry>>) -> io::Result<Sorted> {
    let mut file = BufWriter::with_capacity(1 << 16, &run.file);
    file.write_all(&[0; HEADER])?;
    for entry in entries {
        let entry = entry?;
        if run.head.count.is_multiple_of(PAGE as u64) {
            run.fences.push(fence(&entry.0));
        }
        run.head.count += 1;
        run.filter.insert(&entry.0);
        file.write_all(&entry::encode_checked(&entry))?;
    }
    let mut check = crc32fast::Hasher::new();
    for number in run.filter.words().iter().chain(&run.fences) {
        check.update(&number.to_be_bytes());
        file.write_all(&number.to_be_bytes())?;
    }
    run.head.words = run.filter.words().len() as u64;
    run.head.check = check.finalize();
    file.seek(SeekFrom::Start(0))?;
    file.write_all(&run.head.encode())?;
    file.flush()?;
    drop(file);
    run.file.sync_all()?;
    Ok(run)
}

/// Entries of several streams, in order.
struct Merge(Vec<Peekable<Stream>>);

impl Merge {
    /// The smallest entry; an error before all.
    fn take_least(&mut self) -> Option<io::Result<Entry>> {
        let order = |stream: &mut Peekable<Stream>| match stream.peek() {
            Some(Ok(entry)) => Some(Some(*entry)),
            Some(Err(_)) => Some(None),
            None => None,
        };
        let heads = self.0.iter_mut().enumerate();
        let heads = heads.filter_map(|(place, stream)| Some((order(stream)?, place)));
        let (_, place) = heads.min()?;
        self.0.get_mut(place)?.next()
    }

    fn peek_same(&mut self, fingerprint: model::Fingerprint) -> bool {
        self.0.iter_mut().any(|stream| {
            stream.peek().is_some_and(|entry| matches!(entry, Ok(same) if same.0 == fingerprint))
        })
    }
}

impl Iterator for Merge {
    type Item = io::Result<Entry>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut entry = self.take_least()?;
        // Equal fingerprints come in the order of their indexes.
        while let Ok((fingerprint, _)) = entry
            && self.peek_same(fingerprint)
        {
            entry = self.take_least()?;
        }
        Some(entry)
    }
}
