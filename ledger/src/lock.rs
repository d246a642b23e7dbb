//! One writer at a time: an advisory lock on the log's directory, released when the process ends.

use std::fs::File;
use std::io;
use std::path::Path;
use std::thread;
use std::time::Duration;

use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;

/// How often to try: `verify` takes the lock for an instant to see whether there is a writer.
const TRIES: u32 = 20;
const PAUSE: Duration = Duration::from_millis(5);

/// The lock, held as long as this value lives.
#[derive(Debug)]
pub(crate) struct Lock {
    _dir: File,
}

/// Takes the lock; `None` when another writer has it.
pub(crate) fn take(dir: &Path) -> io::Result<Option<Lock>> {
    let dir = File::open(dir)?;
    for _ in 0..TRIES {
        match flock(&dir, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => return Ok(Some(Lock { _dir: dir })),
            Err(Errno::WOULDBLOCK) => thread::sleep(PAUSE),
            Err(error) => return Err(error.into()),
        }
    }
    Ok(None)
}

/// Whether a writer has the log open now. Where locks are not supported, no.
pub(crate) fn is_taken(dir: &Path) -> bool {
    let probe = File::open(dir).map(|dir| flock(&dir, FlockOperation::NonBlockingLockShared));
    matches!(probe, Ok(Err(Errno::WOULDBLOCK)))
}

// It keeps two honest writers apart; it is no protection against anybody else.
