//! Reads the ledger's records, in order, into day files.
//!
//! A batch is one transaction a file, with the cursor in it: whatever happens, the files say from
//! where the ledger has to be read again, and a record that is given twice is taken once. It does
//! not read the ledger itself.

use std::borrow::Borrow;
use std::path::{Path, PathBuf};

use model::{Logged, Sealed};

use crate::StoreError;
use crate::day::{Day, days_in};
use crate::file::DayFile;
use crate::sheet::Sheet;
use crate::tools::{Sheets, Side};

/// The one writer of the store.
pub struct Writer {
    folder: PathBuf,
    key: Sealed<[u8; 32]>,
    cursor: u64,
    today: Option<DayFile>,
    yesterday: Option<DayFile>,
}

/// Row ids hold an index and sixteen bits below it, in a signed 64-bit number.
const INDEX_LIMIT: u64 = 1 << 47;

impl Writer {
    /// Opens the store in `folder`, which is made when missing. `key` encrypts its files.
    ///
    /// # Errors
    /// When a file cannot be read: damaged, another key, another version. The message names it.
    pub fn open(folder: &Path, key: &Sealed<[u8; 32]>) -> Result<Self, StoreError> {
        std::fs::create_dir_all(folder).map_err(StoreError::io(folder))?;
        let mut writer = Self {
            folder: folder.to_owned(),
            key: key.clone(),
            cursor: 0,
            today: None,
            yesterday: None,
        };
        if let Some(day) = days_in(folder)?.last() {
            writer.turn_to(*day)?;
        }
        Ok(writer)
    }

    /// The next ledger index that the store wants.
    pub const fn cursor(&self) -> u64 {
        self.cursor
    }

    /// Takes records in index order. Those below the cursor are skipped. Returns the new cursor.
    ///
    /// A batch of some thousand records costs half as much a record as one of a hundred.
    ///
    /// # Errors
    /// When a file cannot be written. Then the batch is given again, after [`Writer::open`].
    pub fn apply<L: Borrow<Logged>>(&mut self, records: &[L]) -> Result<u64, StoreError> {
        let fresh = records.partition_point(|logged| logged.borrow().index < self.cursor);
        let records = records.get(fresh..).unwrap_or_default();
        let day = |logged: &L| Day::of(logged.borrow().log_time);
        for of_day in records.chunk_by(|one, next| day(one) == day(next)) {
            if let (Some(first), Some(last)) = (of_day.first(), of_day.last()) {
                self.turn_to(day(first))?;
                self.apply_day(of_day, last.borrow().index + 1)?;
            }
        }
        Ok(self.cursor)
    }

    /// Passes over entries that can no longer be read, since their keys were destroyed.
    pub fn pass_to(&mut self, next: u64) {
        self.cursor = self.cursor.max(next);
    }

    /// Removes every file, so that all can be read again from the ledger's beginning.
    ///
    /// # Errors
    /// When a file cannot be removed.
    pub fn reset(&mut self) -> Result<(), StoreError> {
        (self.today, self.yesterday) = (None, None);
        remove_files(&self.folder)?;
        self.cursor = 0;
        Ok(())
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(crate) const fn key(&self) -> &Sealed<[u8; 32]> {
        &self.key
    }

    /// Opens the day's file. Log time never goes back; should it, the newest file stays in use.
    fn turn_to(&mut self, day: Day) -> Result<(), StoreError> {
        if self.today.as_ref().is_some_and(|today| today.day >= day) {
            return Ok(());
        }
        let today = DayFile::open(&self.folder, day, &self.key, self.cursor)?;
        self.cursor = self.cursor.max(today.cursor());
        self.yesterday = self.take_yesterday(day.before())?;
        self.today = Some(today);
        Ok(())
    }

    /// The file of the day before the one that is turned to, if there is one.
    fn take_yesterday(&mut self, day: Day) -> Result<Option<DayFile>, StoreError> {
        if let Some(last) = self.today.take().filter(|last| last.day == day) {
            return Ok(Some(last));
        }
        let path = day.path(&self.folder);
        if path.try_exists().map_err(StoreError::io(&path))? {
            return DayFile::open(&self.folder, day, &self.key, self.cursor).map(Some);
        }
        Ok(None)
    }

    fn apply_day<L: Borrow<Logged>>(
        &mut self,
        records: &[L],
        cursor: u64,
    ) -> Result<(), StoreError> {
        let Some(today) = &mut self.today else {
            return Ok(());
        };
        let mut sheets =
            Sheets { today: Sheet::new(today), yesterday: self.yesterday.as_mut().map(Sheet::new) };
        for logged in records {
            sheets.place(logged.borrow())?;
        }
        // Yesterday first: if the program ends between the two, today's cursor says what comes
        // again, and yesterday's what it already has.
        if let Some(yesterday) = sheets.yesterday.filter(Sheet::is_changed) {
            yesterday.commit(cursor)?;
        }
        sheets.today.commit(cursor)?;
        self.cursor = cursor;
        Ok(())
    }
}

impl<'a> Sheets<'_, 'a> {
    /// Gives a record its place: a row of its own, a part of another, or a repeat.
    fn place(&mut self, logged: &'a Logged) -> Result<(), StoreError> {
        if logged.index >= INDEX_LIMIT {
            return Err(StoreError::IndexTooLarge(logged.index));
        }
        let Some((side, id)) = self.find(logged)? else {
            let id = logged.index.cast_signed();
            self.today.add(logged, id)?;
            return self.keep(Side::Today, id, logged);
        };
        let sheet = self.side(side);
        if sheet.has_applied(logged.index) {
            return Ok(());
        }
        let pending = sheet.pending(id)?;
        if pending.row.has_seen(&logged.record) {
            pending.row.repeats += 1;
            return Ok(());
        }
        sheet.fold(logged, id)?;
        self.keep(side, id, logged)
    }

    fn find(&self, logged: &Logged) -> Result<Option<(Side, i64)>, StoreError> {
        if let Some(id) = self.today.find(logged)? {
            return Ok(Some((Side::Today, id)));
        }
        let Some(yesterday) = &self.yesterday else {
            return Ok(None);
        };
        Ok(yesterday.find(logged)?.map(|id| (Side::Yesterday, id)))
    }

    fn keep(&mut self, side: Side, id: i64, logged: &'a Logged) -> Result<(), StoreError> {
        let record = &logged.record;
        let sheet = self.side(side);
        let kept = sheet.keep_content(id, &record.content)?;
        sheet.keep_findings(id, &record.findings, &kept)?;
        self.follow_tools(side, id, &kept, logged)
    }
}

impl Sheet<'_, '_> {
    fn is_changed(&self) -> bool {
        !self.changes.rows.is_empty() || !self.changes.calls.is_empty()
    }
}

/// Removes the day files in `folder`, and what SQLite keeps beside them. For `store rebuild`, when
/// a damaged file keeps the writer from opening.
///
/// # Errors
/// When a file cannot be removed.
pub fn remove_files(folder: &Path) -> Result<(), StoreError> {
    for day in days_in(folder)? {
        let path = day.path(folder);
        for suffix in ["-wal", "-shm", "-journal", ""] {
            let file = PathBuf::from(format!("{}{suffix}", path.display()));
            match std::fs::remove_file(&file) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(StoreError::io(&file)(error));
                }
                _ => {}
            }
        }
    }
    Ok(())
}
