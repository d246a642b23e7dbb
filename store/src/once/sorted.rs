//! A run on the disk, sorted by fingerprint: a filter says most absences, fences say where to look.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;

use model::Fingerprint;

use super::bloom::Bloom;
use super::file::{self, RunName};
use super::{OnceError, entry};

/// Entries between two fences: what one look reads.
const PAGE: usize = 128;

#[derive(Debug)]
pub(super) struct Sorted {
    pub(super) name: RunName,
    file: File,
    filter: Bloom,
    /// The first fingerprint of each page.
    fences: Vec<Fingerprint>,
}

impl Sorted {
    /// Replaces the run's file by a sorted one.
    pub(super) fn create(
        dir: &Path,
        name: RunName,
        mut entries: Vec<(Fingerprint, u64)>,
    ) -> Result<Self, OnceError> {
        entries.sort_unstable();
        let mut bytes = Vec::with_capacity(entries.len() * entry::LEN);
        let mut filter = Bloom::new(entries.len());
        for (fingerprint, index) in &entries {
            entry::encode(fingerprint, *index, &mut bytes);
            filter.insert(fingerprint);
        }
        let path = name.path(dir);
        let temporary = path.with_extension("sorting");
        let replace = || -> std::io::Result<File> {
            std::fs::write(&temporary, &bytes)?;
            std::fs::rename(&temporary, &path)?;
            File::open(&path)
        };
        let file = replace().map_err(OnceError::at(&path))?;
        let fences =
            entries.chunks(PAGE).filter_map(|page| page.first()).map(|(first, _)| *first).collect();
        Ok(Self { name, file, filter, fences })
    }

    /// The index of a fingerprint. A page that cannot be read has none.
    pub(super) fn get(&self, fingerprint: &Fingerprint) -> Option<u64> {
        if !self.filter.may_have(fingerprint) {
            return None;
        }
        let page = self.fences.partition_point(|fence| fence <= fingerprint).checked_sub(1)?;
        let mut bytes = vec![0; PAGE * entry::LEN];
        let offset = (page * PAGE * entry::LEN) as u64;
        let mut length = 0;
        while let Ok(count @ 1..) =
            self.file.read_at(bytes.get_mut(length..)?, offset + length as u64)
        {
            length += count;
        }
        bytes.truncate(length);
        let entries = file::parse(&bytes).entries;
        let place = entries.binary_search_by_key(fingerprint, |(known, _)| *known).ok()?;
        entries.get(place).map(|(_, index)| *index)
    }
}
