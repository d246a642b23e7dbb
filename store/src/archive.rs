//! The ledger read as records: every entry opened with the vault's keys.
//!
//! Does not write: neither the ledger nor the operational copy.

use std::path::Path;
use std::sync::Arc;

use model::{Logged, Timestamp};
use vault::Vault;

/// The ledger and the keys to it.
pub struct Archive {
    reader: ledger::Reader,
    vault: Arc<Vault>,
}

/// What lies at an index.
#[derive(Debug)]
pub enum Entry {
    /// A record that can be read.
    Readable(Box<Logged>),
    /// A record whose key was destroyed. Its place and its proof remain.
    Erased {
        /// Its index.
        index: u64,
    },
}

impl Entry {
    /// The record, unless it was erased.
    pub fn readable(self) -> Option<Logged> {
        match self {
            Self::Readable(logged) => Some(*logged),
            Self::Erased { .. } => None,
        }
    }
}

/// Why the archive could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// The ledger could not be read.
    #[error("ledger: {0}")]
    Ledger(#[from] ledger::ReadError),
    /// An entry does not open.
    #[error("entry {index}: {source}")]
    Entry {
        /// The entry's index.
        index: u64,
        /// The vault's reason.
        source: vault::OpenError,
    },
    /// An entry opened, but holds no record.
    #[error("entry {index}: {source}")]
    Record {
        /// The entry's index.
        index: u64,
        /// The decoder's reason.
        source: model::DecodeError,
    },
}

impl Archive {
    /// Opens the ledger in `dir`, beside a running writer or without one.
    ///
    /// # Errors
    /// When there is no ledger, or its checkpoint cannot be read.
    pub fn open(dir: &Path, vault: Arc<Vault>) -> Result<Self, ArchiveError> {
        Ok(Self { reader: ledger::Reader::open(dir)?, vault })
    }

    /// The ledger itself: checkpoint, tiles, raw entries.
    pub const fn ledger(&self) -> &ledger::Reader {
        &self.reader
    }

    /// The entry at `index`.
    ///
    /// # Errors
    /// When it is not there, damaged, or its key is not in the vault.
    pub fn read(&self, index: u64) -> Result<Entry, ArchiveError> {
        self.open_entry(&self.reader.read(index)?)
    }

    /// All entries from `index` on, in order, up to the newest signed one. Each may fail as
    /// [`Archive::read`] does.
    pub fn iter(&self, from: u64) -> impl Iterator<Item = Result<Entry, ArchiveError>> + '_ {
        self.reader.iter(from).map(|stored| self.open_entry(&stored?))
    }

    /// Opens what the ledger has.
    ///
    /// # Errors
    /// As [`Archive::read`].
    pub fn open_entry(&self, stored: &ledger::Stored) -> Result<Entry, ArchiveError> {
        let index = stored.index;
        let leaf = &stored.leaf;
        let opened = self.vault.open_payload(
            leaf.class,
            &leaf.tenant,
            &leaf.key,
            &leaf.commitment,
            &stored.payload,
        );
        let plaintext = match opened {
            Ok(plaintext) => plaintext,
            Err(vault::OpenError::Erased) => return Ok(Entry::Erased { index }),
            Err(source) => return Err(ArchiveError::Entry { index, source }),
        };
        let record =
            model::decode(&plaintext).map_err(|source| ArchiveError::Record { index, source })?;
        let log_time = Timestamp::from_nanos(stored.log_time);
        Ok(Entry::Readable(Box::new(Logged { index, log_time, record })))
    }
}
