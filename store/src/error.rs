//! What can go wrong in the store, in words that say which file and what to do.
//!
//! Messages hold no content of records; a user's own SQL may be quoted back by SQLite.

use std::path::Path;

/// Why the store could not be opened, written or read.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A folder or file could not be made, listed or removed.
    #[error("use {path}: {source}")]
    Io {
        /// The file or folder.
        path: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// A day file does not decrypt, or its pages do not hang together.
    #[error(
        "read store file {file}: it is damaged or was written with another key; \
         `plainsight store rebuild` makes it anew from the ledger"
    )]
    Damaged {
        /// The file.
        file: String,
        /// What SQLite said.
        source: rusqlite::Error,
    },
    /// A day file was written by another version of this program.
    #[error(
        "read store file {file}: its schema is version {found} and this program knows {known}; \
         `plainsight store rebuild` makes it anew from the ledger"
    )]
    Version {
        /// The file.
        file: String,
        /// The version it has.
        found: i64,
        /// The version this program writes.
        known: i64,
    },
    /// An index that no row id can hold (2^47 and more).
    #[error("store record {0}: its index is beyond what the store can address")]
    IndexTooLarge(u64),
    /// Any other failure of SQLite.
    #[error("write or read the store: {0}")]
    Sqlite(#[from] rusqlite::Error),
}

impl StoreError {
    pub(crate) fn io(path: &Path) -> impl FnOnce(std::io::Error) -> Self + use<> {
        let path = path.display().to_string();
        move |source| Self::Io { path, source }
    }

    /// Names the file in errors that mean damage.
    pub(crate) fn in_file(path: &Path) -> impl Fn(rusqlite::Error) -> Self + use<> {
        let file = path.display().to_string();
        move |source| {
            if means_damage(&source) {
                Self::Damaged { file: file.clone(), source }
            } else {
                Self::Sqlite(source)
            }
        }
    }
}

/// Whether SQLite speaks of a file that is not what it was.
fn means_damage(error: &rusqlite::Error) -> bool {
    use rusqlite::ErrorCode::{DatabaseCorrupt, NotADatabase, SystemIoFailure};
    matches!(error.sqlite_error_code(), Some(DatabaseCorrupt | NotADatabase | SystemIoFailure))
}

/// Why a query gave no answer.
#[derive(Debug, thiserror::Error)]
pub enum QueryError {
    /// The SQL has a mistake, or asks for something that is not allowed.
    #[error("run the query: {0}")]
    Sql(String),
    /// It does more than read.
    #[error("run the query: only a single SELECT over the documented views is allowed")]
    NotReadOnly,
    /// It took longer than the limit.
    #[error(
        "run the query within {0:?}: narrow it by time, user, session or kind, or raise the time limit"
    )]
    Time(std::time::Duration),
    /// It gave more rows than the limit.
    #[error("return more than {0} rows: add a LIMIT, or raise the row limit")]
    Rows(usize),
    /// Its answer was larger than the limit.
    #[error("return more than {0} bytes: select fewer columns or rows, or raise the byte limit")]
    Bytes(usize),
    /// The search text has no word in it.
    #[error("search: the text has no word to look for")]
    NoWords,
    /// The store itself failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}
