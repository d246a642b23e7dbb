//! Opens the index: logs into tables, sorted runs by their filters and fences.
//!
//! A file that cannot be read is counted and left alone until its day is over.

use std::fs::File;
use std::io::{self, BufReader};
use std::path::Path;

use model::Timestamp;

use super::coverage::Coverage;
use super::file::{self, Kind, Name};
use super::log::{End, parse_run};
use super::sorted::Sorted;
use super::table::Table;
use super::{HOURS, Once, OnceError, TABLE, hour_of};

impl Once {
    /// Opens the index in `dir`, or makes it. Files that are older than a day at `now` are deleted.
    ///
    /// # Errors
    /// When the directory cannot be read or made, or an old file not be deleted. A file that cannot
    /// be read is no error: it is counted, and what it held is missing from
    /// [`Once::last_index`].
    pub fn open(dir: &Path, now: Timestamp) -> Result<Self, OnceError> {
        std::fs::create_dir_all(dir).map_err(OnceError::at(dir))?;
        let mut once = Self::empty(dir, now);
        for name in file::list(dir)? {
            once.number = once.number.max(name.number.saturating_add(1));
            if name.hour < once.oldest {
                file::remove(&name.path(dir))?;
            } else if once.load(name).is_err() {
                once.damaged += 1;
                once.lost();
            }
        }
        once.next = once.last_index().map_or(0, |last| last.saturating_add(1));
        // If it fails, memory holds more than it should, and the next full table tries again.
        let _ = once.make_room();
        Ok(once)
    }

    fn empty(dir: &Path, now: Timestamp) -> Self {
        Self {
            dir: dir.to_owned(),
            tables: Vec::new(),
            sorted: Vec::new(),
            merging: None,
            oldest: hour_of(now).saturating_sub(HOURS),
            number: 0,
            next: 0,
            written: Coverage::default(),
            is_headless: false,
            damaged: 0,
        }
    }

    fn load(&mut self, name: Name) -> io::Result<()> {
        match name.kind {
            Kind::Log => self.load_log(name),
            Kind::Sorted => {
                let run = Sorted::open(&self.dir, name)?;
                self.written.add(run.head.covers);
                self.put(run);
                Ok(())
            }
        }
    }

    fn load_log(&mut self, name: Name) -> io::Result<()> {
        let path = name.path(&self.dir);
        let run = parse_run(BufReader::with_capacity(1 << 16, File::open(&path)?))?;
        if run.hour != name.hour {
            return Err(io::ErrorKind::InvalidData.into());
        }
        self.written.add_all(&run.covers);
        self.damaged += u64::from(run.end == End::Damaged);
        if run.end != End::Whole {
            self.lost();
        }
        if run.entries.is_empty() {
            // It stays as the witness of what was lost, and a sort does not remove it.
            return Ok(());
        }
        let table = self.table_with_room(name.hour, run.entries.len());
        if let Some(table) = self.tables.get_mut(table) {
            table.load(path, run);
        }
        Ok(())
    }

    fn table_with_room(&mut self, hour: i64, entries: usize) -> usize {
        let has_room = |table: &Table| table.hour == hour && table.len() + entries <= TABLE;
        self.tables.iter().rposition(has_room).unwrap_or_else(|| {
            let end = self.tables.partition_point(|table| table.hour <= hour);
            self.tables.insert(end, Table::new(hour));
            end
        })
    }

    /// Something was lost. After other entries it is a hole; before all, nothing would tell.
    fn lost(&mut self) {
        self.is_headless |= self.written.first().is_none();
    }
}
