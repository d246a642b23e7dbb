//! Opens SQLite files under the store's key.
//!
//! Settings, measured on two cores with SHA and AES instructions (records of 2 KB, 2,000 a batch,
//! CPU time per record; first without, then with full-text index):
//! pages of 4 KiB with SQLCipher's default HMAC-SHA512 18.7 µs, with HMAC-SHA256 16.0 µs, without
//! any HMAC 12.7 µs, in the clear 8.8 µs; HMAC-SHA256 with text index 70 µs at 4 KiB, 63 µs at
//! 8 KiB, 60 µs at 16 KiB. We take 8 KiB and HMAC-SHA256: larger pages cost more in the indexes
//! whose keys come in random order. The HMAC stays: without it CBC can be altered unseen, and a
//! damaged page would be read as data instead of being named and rebuilt.
//!
//! The key is raw, so no time goes into deriving it. It does not choose the key.

use std::path::Path;

use model::Sealed;
use rusqlite::{Connection, OpenFlags};

use crate::functions;

/// The page size of every day file, in bytes.
pub(crate) const PAGE_SIZE: usize = 8_192;

/// How a file is opened.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Created where it is missing, and written.
    Write,
    /// Only read.
    Read,
}

/// `x'…'`, the form in which SQLCipher takes a raw key.
pub(crate) fn key_literal(key: &Sealed<[u8; 32]>) -> Sealed<String> {
    Sealed::new(format!("x'{}'", hex::encode(key.expose())))
}

/// SQLCipher takes the settings of an *attached* file from process-wide defaults alone, so they
/// are set here too. Another SQLCipher file in this process has to set its own by name.
pub(crate) fn set_defaults(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch(&format!(
        "PRAGMA cipher_default_page_size = {PAGE_SIZE};
         PRAGMA cipher_default_hmac_algorithm = HMAC_SHA256;"
    ))
}

/// Opens one day file.
pub(crate) fn open(
    path: &Path,
    key: &Sealed<[u8; 32]>,
    mode: Mode,
) -> rusqlite::Result<Connection> {
    let flags = match mode {
        Mode::Write => OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE,
        Mode::Read => OpenFlags::SQLITE_OPEN_READ_ONLY,
    };
    let connection = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    let literal = key_literal(key);
    connection.execute_batch(&format!(
        "PRAGMA key = \"{}\";
         PRAGMA cipher_page_size = {PAGE_SIZE};
         PRAGMA cipher_hmac_algorithm = HMAC_SHA256;",
        literal.expose()
    ))?;
    functions::register_times(&connection)?;
    if mode == Mode::Write {
        functions::register_sums(&connection)?;
        set_writing(&connection)?;
    }
    Ok(connection)
}

/// `synchronous=NORMAL`: the write-ahead log is synced at checkpoints only. A power cut may lose
/// the last transactions, never the file, and the cursor in the same transaction says from where
/// the ledger has to be read again. OFF would save one fsync per 64 MiB and could leave a file
/// whose pages are from different times.
///
/// `secure_delete=FAST` overwrites what is deleted in pages that are written anyway; zeroing pages
/// that merges of the text index set free would double what is written. Erasing does that.
fn set_writing(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch(
        "PRAGMA journal_mode = WAL;
         PRAGMA synchronous = NORMAL;
         PRAGMA wal_autocheckpoint = 8000;
         PRAGMA journal_size_limit = 134217728;
         PRAGMA cache_size = -24576;
         PRAGMA temp_store = MEMORY;
         PRAGMA secure_delete = FAST;",
    )?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(())
}
