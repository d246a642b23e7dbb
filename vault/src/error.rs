//! What can go wrong with keys. No message names a key, a subject or a value.

use std::path::PathBuf;

/// Why the vault could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// A file or folder could not be used.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The reason.
        source: std::io::Error,
    },
    /// The root key file is not one.
    #[error("{} does not hold a root key of 64 hexadecimal digits", path.display())]
    RootKey {
        /// The file.
        path: PathBuf,
    },
    /// Others may read the root key.
    #[error("{} may be read by others (mode {mode:03o}): run chmod 600", path.display())]
    Exposed {
        /// The file.
        path: PathBuf,
        /// Its permissions.
        mode: u32,
    },
    /// The root key that the caller gave is not one.
    #[error("the given root key is neither 64 hexadecimal digits nor base64 of 32 bytes")]
    GivenKey,
    /// The root key is kept outside the data directory, and the caller gave none.
    #[error("the root key of this data directory is kept elsewhere, and was not given")]
    NotGiven,
    /// The root key has been rotated since.
    #[error(
        "this root key is the one of epoch {epoch}, which is retired: that of epoch {current} is \
         needed"
    )]
    RetiredRoot {
        /// Its epoch.
        epoch: u32,
        /// The epoch that counts.
        current: u32,
    },
    /// The rotation to this root key did not come to its end.
    #[error(
        "the rotation to this root key did not come to its end: that of epoch {current} is needed"
    )]
    UnfinishedRoot {
        /// The epoch that counts.
        current: u32,
    },
    /// The root key is to be replaced by itself.
    #[error("the new root key is the one that is in use")]
    SameRoot,
    /// Another process rotated the root key since the vault was opened.
    #[error("the root key was rotated by another process: try again")]
    Rotated,
    /// The file with the database's wrapped key is none.
    #[error("{} is damaged: restore it from a backup", path.display())]
    Envelope {
        /// The file.
        path: PathBuf,
    },
    /// The database was written by an earlier version of this program, and is opened to read.
    #[error("{} was written by an older plainsight: run `plainsight serve` once", path.display())]
    Older {
        /// The database.
        path: PathBuf,
    },
    /// The root key is gone, but its database is not.
    #[error("{} is missing beside its key database: restore it from a backup", path.display())]
    RootKeyMissing {
        /// The root key's file.
        path: PathBuf,
    },
    /// The database is gone, or emptied, but its root key is not.
    #[error("{} is missing or empty beside its root key: restore it from a backup", path.display())]
    Missing {
        /// The database.
        path: PathBuf,
    },
    /// The database does not open with this root key.
    #[error("{} does not open with this root key, or is damaged", path.display())]
    WrongKey {
        /// The database.
        path: PathBuf,
    },
    /// The database was written by a later version of this program.
    #[error("{} was written by a newer version of plainsight", path.display())]
    Newer {
        /// The database.
        path: PathBuf,
    },
    /// What was destroyed may still lie in the database's journal.
    #[error("another process is reading the key database, so that a trace remains: try again")]
    Busy,
    /// The database failed.
    #[error("key database: {0}")]
    Database(#[from] rusqlite::Error),
    /// A wrapped key does not open: its row was changed.
    #[error("a wrapped key was altered")]
    Altered,
    /// The cryptographic library failed.
    #[error("cryptography failed")]
    Cryptography,
    /// A record is larger than can be opened.
    #[error("record is larger than {limit} bytes")]
    TooLarge {
        /// The largest that can be opened.
        limit: usize,
    },
    /// A payload could not be compressed.
    #[error("compression failed")]
    Compression,
    /// The vault was opened to read.
    #[error("the vault was opened to read only")]
    ReadOnly,
}

impl From<aws_lc_rs::error::Unspecified> for VaultError {
    fn from(_: aws_lc_rs::error::Unspecified) -> Self {
        Self::Cryptography
    }
}

/// Why a payload does not open.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Its key was destroyed.
    #[error("its key was destroyed")]
    Erased,
    /// Its key is not in this vault, nor ever was.
    #[error("its key is not in this vault")]
    UnknownKey,
    /// It is not what was sealed.
    #[error("it was altered")]
    Tampered,
    /// The vault failed.
    #[error(transparent)]
    Vault(#[from] VaultError),
}
