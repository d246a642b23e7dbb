//! Up to where records were looked at and their alerts recorded, in a small file.

use std::io;
use std::path::PathBuf;

/// The index of the next record to look at.
#[derive(Debug)]
pub(super) struct Cursor {
    path: PathBuf,
    next: u64,
    kept: u64,
}

impl Cursor {
    /// Reads the file; without one that can be read, `otherwise` is where to begin.
    pub(super) fn open(path: PathBuf, otherwise: u64) -> Self {
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        let next = text.trim().parse().unwrap_or(otherwise);
        Self { path, next, kept: next }
    }

    pub(super) const fn next(&self) -> u64 {
        self.next
    }

    /// Goes on to `next`.
    pub(super) const fn advance(&mut self, next: u64) {
        self.next = next;
    }

    /// Writes it down when it has moved by `step` or more. It need not be synced: after a power cut
    /// an older one shows records again, and their alerts are known then.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub(super) fn keep(&mut self, step: u64) -> io::Result<()> {
        if self.next < self.kept + step.max(1) {
            return Ok(());
        }
        let fresh = self.path.with_extension("new");
        std::fs::write(&fresh, format!("{}\n", self.next))?;
        std::fs::rename(fresh, &self.path)?;
        self.kept = self.next;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_kept_and_found_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("cursor");
        let mut cursor = Cursor::open(path.clone(), 7);
        assert_eq!(cursor.next(), 7);
        cursor.advance(12);
        cursor.keep(10).unwrap();
        assert_eq!(Cursor::open(path.clone(), 0).next(), 0, "it has not moved by ten");
        cursor.keep(1).unwrap();
        assert_eq!(Cursor::open(path, 0).next(), 12);
    }
}
