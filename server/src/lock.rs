//! One server on one data directory.

use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::fs::{FlockOperation, flock};

/// How often a held directory is tried.
const TRIES: usize = 20;
/// The time between two tries.
const PAUSE: Duration = Duration::from_millis(50);

/// Held as long as it lives; the kernel lets go of it when the process ends, however it ends.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

/// Why the directory could not be had.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Another process has it.
    #[error("data directory {} is in use by process {holder}", dir.display())]
    Held {
        /// The directory.
        dir: PathBuf,
        /// The other's process id, as it wrote it.
        holder: String,
    },
    /// The file could not be used.
    #[error("lock file {}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The reason.
        source: std::io::Error,
    },
}

impl Lock {
    /// Takes the directory; waits a moment for a command that records what it read.
    ///
    /// # Errors
    /// [`LockError::Held`] when another process has it.
    pub fn acquire(dir: &Path) -> Result<Self, LockError> {
        let mut tries = TRIES;
        loop {
            match Self::attempt(dir) {
                Err(LockError::Held { .. }) if tries > 1 => tries -= 1,
                result => return result,
            }
            std::thread::sleep(PAUSE);
        }
    }

    fn attempt(dir: &Path) -> Result<Self, LockError> {
        let path = dir.join("LOCK");
        let io = |source| LockError::Io { path: path.clone(), source };
        let mut file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .open(&path)
            .map_err(io)?;
        if flock(&file, FlockOperation::NonBlockingLockExclusive).is_err() {
            let mut holder = String::new();
            file.read_to_string(&mut holder).map_err(io)?;
            let holder = holder.trim().to_owned();
            return Err(LockError::Held { dir: dir.to_owned(), holder });
        }
        file.set_len(0).map_err(io)?;
        file.rewind().map_err(io)?;
        writeln!(file, "{}", std::process::id()).map_err(io)?;
        Ok(Self { _file: file })
    }

    /// Whether some process has the directory.
    pub fn is_held(dir: &Path) -> bool {
        Self::holder(dir).is_some()
    }

    /// The id of the process that has the directory, as it wrote it.
    pub fn holder(dir: &Path) -> Option<String> {
        let mut file = File::open(dir.join("LOCK")).ok()?;
        flock(&file, FlockOperation::NonBlockingLockShared).is_err().then(|| {
            let mut holder = String::new();
            // What cannot be read is held all the same.
            let _ = file.read_to_string(&mut holder);
            holder.trim().to_owned()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_is_refused_until_the_first_is_gone() {
        let dir = tempfile::tempdir().unwrap();
        let first = Lock::acquire(dir.path()).unwrap();
        assert_eq!(Lock::holder(dir.path()), Some(std::process::id().to_string()));
        let refused = Lock::acquire(dir.path()).unwrap_err();
        assert!(refused.to_string().ends_with(&format!("by process {}", std::process::id())));
        drop(first);
        assert!(!Lock::is_held(dir.path()));
        Lock::acquire(dir.path()).unwrap();
    }
}
