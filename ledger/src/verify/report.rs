//! What to verify against, and what came of it.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use crate::hash::Hash;
use crate::note::VerifyingKey;
use crate::problem::Problem;

/// What to verify a log against.
#[derive(Clone, Debug)]
pub struct VerifyOptions {
    /// The log's public key, which must have come another way than with the log. Without it, nobody
    /// knows who signed.
    pub key: Option<VerifyingKey>,
    /// Checkpoints of this log that were kept elsewhere, as signed notes: against them, a log that was
    /// rolled back or forked shows.
    pub outside: Vec<String>,
    /// How many problems are listed; the rest is counted.
    pub max_problems: usize,
    /// Counts the records that were read so far, for whoever waits.
    pub progress: Arc<AtomicU64>,
}

impl Default for VerifyOptions {
    fn default() -> Self {
        Self { key: None, outside: Vec::new(), max_problems: 1000, progress: Arc::default() }
    }
}

/// What is known of the checkpoint's signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signature {
    /// By the given key.
    Good,
    /// Not by the given key; listed as a problem.
    Bad,
    /// No key was given.
    Unchecked,
}

/// The result of a verification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The name of the log, if it has a readable checkpoint.
    pub origin: Option<String>,
    /// The number of records that the checkpoint signs.
    pub size: u64,
    /// The root that it signs.
    pub root: Option<Hash>,
    /// Who signed it.
    pub signature: Signature,
    /// The number of segment files.
    pub segments: u64,
    /// The records that were read and are whole, the unsigned ones included.
    pub records: u64,
    /// The bytes of these records.
    pub bytes: u64,
    /// Whole records behind the checkpoint: a crash left them, or a writer is at work. No damage.
    pub unsigned: u64,
    /// The log times of the first and last whole record, in nanoseconds since the epoch.
    pub log_times: Option<(i64, i64)>,
    /// The number of outside checkpoints that it was compared with.
    pub outside: usize,
    /// What is wrong, in a stable order.
    pub problems: Vec<Problem>,
    /// Further problems that are not listed.
    pub omitted: u64,
}

impl Report {
    /// Whether nothing is wrong.
    pub fn is_clean(&self) -> bool {
        self.problems.is_empty() && self.omitted == 0
    }
}

// How it is shown is for the command line.
