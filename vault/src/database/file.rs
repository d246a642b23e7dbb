//! The file: how it is opened, and its tables from version to version.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags, TransactionBehavior};
use zeroize::Zeroizing;

use super::upgrade;
use crate::VaultError;
use crate::primitive::Key;

/// What makes each version of the tables from the one before. `user_version` counts them.
const VERSIONS: [(u32, &str); 3] = [(1, TABLES), (2, CREATED), (3, EPOCHS)];

pub(super) const NEWEST: u32 = 3;

/// KiB of decrypted pages that a connection keeps, as SQLite wants them counted. Look-ups are
/// random, so that with SQLite's 2 MB a row costs several decryptions from 50,000 subjects on.
const CACHE: i64 = -16_384;

/// SQLCipher 4's own settings.
const CIPHER: &str = "PRAGMA cipher_page_size = 4096; PRAGMA cipher_hmac_algorithm = HMAC_SHA512;";

pub(super) const TABLES: &str = "
CREATE TABLE IF NOT EXISTS tenant (
    lookup BLOB PRIMARY KEY, id BLOB NOT NULL, epoch INTEGER NOT NULL, wrapped BLOB NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS data_key (
    id BLOB PRIMARY KEY, tenant BLOB NOT NULL, subject BLOB NOT NULL, epoch INTEGER NOT NULL,
    wrapped BLOB
) WITHOUT ROWID;
CREATE UNIQUE INDEX IF NOT EXISTS data_key_subject ON data_key (tenant, subject, epoch);
CREATE TABLE IF NOT EXISTS pseudonym (
    lookup BLOB PRIMARY KEY, tenant BLOB NOT NULL, name TEXT NOT NULL UNIQUE, mapping BLOB NOT NULL
) WITHOUT ROWID;
";

/// Days since the Unix epoch: coarse, so that a row does not tell which record made it.
const CREATED: &str = "
ALTER TABLE tenant ADD COLUMN created INTEGER NOT NULL DEFAULT 0;
ALTER TABLE data_key ADD COLUMN created INTEGER NOT NULL DEFAULT 0;
ALTER TABLE pseudonym ADD COLUMN created INTEGER NOT NULL DEFAULT 0;
";

/// Keys of a tenant by epoch, and which of them wraps a row. Where a day of retiring stands, a
/// newer one is in use; the row stays, for what it once wrapped.
const EPOCHS: &str = "
CREATE TABLE root_epoch (
    epoch INTEGER PRIMARY KEY, created INTEGER NOT NULL, retired INTEGER
);
CREATE TABLE kept_key (label TEXT PRIMARY KEY, wrapped BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE tenant_key (
    tenant BLOB NOT NULL, epoch INTEGER NOT NULL, wrapped BLOB NOT NULL,
    created INTEGER NOT NULL, retired INTEGER, PRIMARY KEY (tenant, epoch)
) WITHOUT ROWID;
ALTER TABLE data_key ADD COLUMN tenant_epoch INTEGER NOT NULL DEFAULT 1;
ALTER TABLE pseudonym ADD COLUMN tenant_epoch INTEGER NOT NULL DEFAULT 1;
";

/// Opens the file and says how many tables and indexes it has.
pub(super) fn connect(
    path: &Path,
    key: &Key,
    flags: OpenFlags,
) -> Result<(Connection, i64), VaultError> {
    let connection = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    let text = Zeroizing::new(format!("x'{}'", hex::encode(key.bytes())));
    // SQLCipher would tell of a wrong key on the standard error, past every setting of ours.
    connection
        .pragma_update(None, "cipher_log_level", "NONE")
        .map_err(|_| VaultError::Cryptography)?;
    // The library's own message could quote the statement, and the key is in it.
    connection.pragma_update(None, "key", text.as_str()).map_err(|_| VaultError::Cryptography)?;
    // By name: the store changes the process's defaults for the files that it attaches.
    connection.execute_batch(CIPHER)?;
    connection.busy_timeout(std::time::Duration::from_secs(10))?;
    let tables = connection.query_row("SELECT count(*) FROM sqlite_master", [], |row| row.get(0));
    match tables {
        Ok(tables) => {
            connection.pragma_update(None, "cache_size", CACHE)?;
            Ok((connection, tables))
        }
        Err(error) if is_not_a_database(&error) => {
            Err(VaultError::WrongKey { path: PathBuf::from(path) })
        }
        Err(error) => Err(error.into()),
    }
}

pub(super) fn version(connection: &Connection) -> rusqlite::Result<u32> {
    connection.query_row("PRAGMA user_version", [], |row| row.get(0))
}

pub(super) fn bring_up_to_date(
    connection: &mut Connection,
    path: &Path,
    root: &Key,
    day: i64,
) -> Result<(), VaultError> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let present = version(&transaction)?;
    if present > NEWEST {
        return Err(VaultError::Newer { path: path.to_owned() });
    }
    for (version, statements) in VERSIONS.iter().filter(|(version, _)| *version > present) {
        transaction.execute_batch(statements)?;
        transaction.pragma_update(None, "user_version", version)?;
    }
    if present < 3 {
        upgrade::begin_epochs(&transaction, root, present == 0, day)?;
    }
    transaction.commit()?;
    Ok(())
}

fn is_not_a_database(error: &rusqlite::Error) -> bool {
    error.sqlite_error_code() == Some(rusqlite::ErrorCode::NotADatabase)
}
