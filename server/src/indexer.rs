//! The reader that keeps the operational copy: a cursor on the ledger, and nothing more.
//!
//! It can be stopped, lost and rebuilt. It never holds back recording: it runs at a lower
//! priority, and when it is behind it reads the ledger.

use std::borrow::Borrow;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use model::Logged;
use store::{Archive, Writer};
use tokio::runtime::Handle;
use vault::Vault;

use crate::pace::{Niceness, make_way, step_back};
use crate::recorder::Progress;

/// Records that are applied in one transaction.
const BATCH: usize = 1024;
/// How long records gather before they are applied together.
const GATHER: Duration = Duration::from_millis(50);
/// After a failure, the pause before the next try.
const RETRY: Duration = Duration::from_secs(1);

/// The running reader.
pub struct Indexer {
    thread: Option<JoinHandle<()>>,
    cursor: Arc<AtomicU64>,
}

impl Indexer {
    /// Starts reading where `writer` stopped. Ends when the recorder has ended and all is read.
    ///
    /// # Errors
    /// When the thread cannot be started.
    pub fn start(
        writer: Writer,
        ledger: PathBuf,
        vault: Arc<Vault>,
        progress: Progress,
        runtime: Handle,
    ) -> std::io::Result<Self> {
        let cursor = Arc::new(AtomicU64::new(writer.cursor()));
        let reading =
            Reading { writer, ledger, vault, progress, runtime, cursor: Arc::clone(&cursor) };
        let thread =
            std::thread::Builder::new().name("index".to_owned()).spawn(move || reading.run())?;
        Ok(Self { thread: Some(thread), cursor })
    }

    /// The index of the next record it will read.
    pub fn cursor(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.cursor)
    }
}

/// Waits until the thread has ended: a process must not end around it.
impl Drop for Indexer {
    fn drop(&mut self) {
        if let Some(thread) = self.thread.take() {
            // A panic of the thread was reported when it happened.
            let _ = thread.join();
        }
    }
}

struct Reading {
    writer: Writer,
    ledger: PathBuf,
    vault: Arc<Vault>,
    progress: Progress,
    runtime: Handle,
    cursor: Arc<AtomicU64>,
}

impl Reading {
    fn run(mut self) {
        step_back(Niceness::Utmost);
        let mut size = self.progress.size();
        loop {
            let target = *size.borrow_and_update();
            if let Err(error) = self.catch_up(target) {
                tracing::error!(%error, "could not index, trying again");
                if size.has_changed().is_err() {
                    // The recorder has ended; the next start reads on.
                    break;
                }
                std::thread::sleep(RETRY);
            } else if self.runtime.block_on(size.changed()).is_err() {
                break;
            } else {
                std::thread::sleep(GATHER);
            }
        }
    }

    fn catch_up(&mut self, target: u64) -> Result<(), IndexError> {
        while self.writer.cursor() < target {
            match self.progress.tail().take(self.writer.cursor(), BATCH) {
                Some(batch) => self.apply(&batch, None)?,
                None => self.read_ledger(target)?,
            }
        }
        Ok(())
    }

    /// Reads from the ledger until the tail can take over.
    fn read_ledger(&mut self, target: u64) -> Result<(), IndexError> {
        let archive = Archive::open(&self.ledger, Arc::clone(&self.vault))?;
        let mut batch = Vec::with_capacity(BATCH);
        let mut next = self.writer.cursor();
        for entry in archive.iter(next).take(usize::try_from(target - next).unwrap_or(usize::MAX)) {
            next += 1;
            batch.extend(entry?.readable());
            if batch.len() == BATCH {
                self.apply(&batch, Some(next))?;
                batch.clear();
            }
        }
        self.apply(&batch, Some(next))
    }

    fn apply<L: Borrow<Logged>>(
        &mut self,
        batch: &[L],
        next: Option<u64>,
    ) -> Result<(), IndexError> {
        let begin = Instant::now();
        self.writer.apply(batch)?;
        if let Some(next) = next {
            self.writer.pass_to(next);
        }
        self.cursor.store(self.writer.cursor(), Ordering::Release);
        make_way(&self.progress, begin.elapsed());
        Ok(())
    }
}

#[derive(Debug, thiserror::Error)]
enum IndexError {
    #[error(transparent)]
    Archive(#[from] store::ArchiveError),
    #[error(transparent)]
    Store(#[from] store::StoreError),
}
