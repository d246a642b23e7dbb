//! The segment that is being written: reserving room, writing, syncing, and taking back.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::Path;

use rustix::fs::{FallocateFlags, fallocate};
use rustix::io::Errno;

use crate::files::{SEGMENTS, sync_dir};
use crate::offsets::OFFSET_LEN;
use crate::segment::{HEADER_LEN, header, name, offsets_name};

/// What the writer asks of the disk, so that a test can put a failing one in its place.
pub(crate) trait Medium: Send + Sync {
    /// Writes all bytes at that place.
    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<()>;
    /// Returns when everything written is on the disk.
    fn sync(&self) -> io::Result<()>;
    /// Reserves room, so that a later write does not find the disk full.
    fn reserve(&self, from: u64, length: u64) -> io::Result<()>;
    /// Cuts the file.
    fn cut(&self, length: u64) -> io::Result<()>;
}

impl Medium for File {
    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<()> {
        self.write_all_at(bytes, offset)
    }

    fn sync(&self) -> io::Result<()> {
        self.sync_data()
    }

    fn reserve(&self, from: u64, length: u64) -> io::Result<()> {
        match fallocate(self, FallocateFlags::empty(), from, length) {
            // Such a file system says that it is full when it is written to, which is handled too.
            Err(Errno::OPNOTSUPP | Errno::NOSYS) | Ok(()) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    fn cut(&self, length: u64) -> io::Result<()> {
        self.set_len(length)
    }
}

/// The last segment of a log.
pub(crate) struct Active {
    /// The log day of its records, in days since the epoch; `None` while it has none.
    pub(crate) day: Option<i64>,
    end: u64,
    reserved: u64,
    count: u64,
    pub(crate) medium: Box<dyn Medium>,
    offsets: File,
}

impl Active {
    /// A new segment, durable before the call returns.
    pub(crate) fn create(dir: &Path, first: u64) -> io::Result<Self> {
        let path = dir.join(name(first));
        let made = Self::create_files(dir, &path, first);
        if made.is_err() {
            let _ = std::fs::remove_file(path);
            let _ = std::fs::remove_file(dir.join(offsets_name(first)));
        }
        made
    }

    fn create_files(dir: &Path, path: &Path, first: u64) -> io::Result<Self> {
        let make = || OpenOptions::new().write(true).create(true).truncate(true).clone();
        let file = make().open(path)?;
        file.write_all_at(&header(first), 0)?;
        file.sync_all()?;
        let offsets = make().open(dir.join(offsets_name(first)))?;
        sync_dir(&dir.join(SEGMENTS))?;
        Ok(Self::with_files(None, HEADER_LEN as u64, 0, file, offsets))
    }

    /// A segment that has `count` records up to the byte `end`. What lies behind is cut off, and the
    /// rest made durable.
    pub(crate) fn reopen(
        dir: &Path,
        first: u64,
        day: Option<i64>,
        end: u64,
        count: u64,
    ) -> io::Result<Self> {
        let file = OpenOptions::new().write(true).open(dir.join(name(first)))?;
        file.set_len(end)?;
        file.sync_all()?;
        let offsets = OpenOptions::new().write(true).open(dir.join(offsets_name(first)))?;
        Ok(Self::with_files(day, end, count, file, offsets))
    }

    fn with_files(day: Option<i64>, end: u64, count: u64, file: File, offsets: File) -> Self {
        Self { day, end, reserved: end, count, medium: Box::new(file), offsets }
    }

    /// The byte behind the last record.
    pub(crate) fn end(&self) -> u64 {
        self.end
    }

    /// Whether it has no records yet.
    pub(crate) fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Reserves room for `length` more bytes, `step` at a time while there is plenty.
    pub(crate) fn reserve(&mut self, length: u64, step: u64) -> io::Result<()> {
        let need = self.end + length;
        if need <= self.reserved {
            return Ok(());
        }
        let plenty = need.max(self.reserved + step);
        for target in [plenty, need] {
            match self.medium.reserve(self.reserved, target - self.reserved) {
                Ok(()) => {
                    self.reserved = target;
                    return Ok(());
                }
                Err(error) if target == need => {
                    // Part of it may have been reserved.
                    let _ = self.medium.cut(self.reserved);
                    return Err(error);
                }
                Err(_) => {}
            }
        }
        Ok(())
    }

    /// Writes frames and their offsets behind the last record. They count only after `commit`.
    pub(crate) fn write(&mut self, frames: &[u8], offsets: &[u8]) -> io::Result<()> {
        self.medium.write_at(frames, self.end)?;
        self.offsets.write_all_at(offsets, self.count * OFFSET_LEN)
    }

    /// Makes what was written durable.
    pub(crate) fn sync(&self) -> io::Result<()> {
        self.medium.sync()
    }

    /// Counts what was written.
    pub(crate) fn commit(&mut self, length: u64, count: u64, day: i64) {
        self.end += length;
        self.count += count;
        self.reserved = self.reserved.max(self.end);
        self.day.get_or_insert(day);
    }

    /// Takes back what was written and not committed, durably.
    pub(crate) fn undo(&mut self) -> io::Result<()> {
        self.offsets.set_len(self.count * OFFSET_LEN)?;
        self.seal()
    }

    /// Cuts off the reserved room, durably.
    pub(crate) fn seal(&mut self) -> io::Result<()> {
        self.medium.cut(self.end)?;
        self.reserved = self.end;
        self.medium.sync()
    }
}

// When to begin another segment is decided by `log`.
