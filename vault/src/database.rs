//! The rows: wrapped keys and encrypted mappings, under look-ups that show nothing.
//!
//! The file itself is encrypted too (SQLCipher), so that not even counts and times lie open.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags, OptionalExtension, params};

use crate::VaultError;
use crate::primitive::Key;
use crate::root::io;

const SCHEMA: &str = "
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

/// A wrapped data key. Without the key: it was destroyed.
pub(crate) struct DataKeyRow {
    pub(crate) id: [u8; 16],
    pub(crate) tenant: [u8; 16],
    pub(crate) subject: [u8; 16],
    pub(crate) epoch: i64,
    pub(crate) wrapped: Option<Vec<u8>>,
}

/// An encrypted mapping.
pub(crate) struct PseudonymRow {
    pub(crate) lookup: [u8; 16],
    pub(crate) tenant: [u8; 16],
    pub(crate) name: String,
    pub(crate) mapping: Vec<u8>,
}

/// A tenant's wrapped key.
pub(crate) struct TenantRow {
    pub(crate) lookup: [u8; 16],
    pub(crate) id: [u8; 16],
    pub(crate) wrapped: Vec<u8>,
}

/// A tenant's random id, and its wrapped key.
pub(crate) type TenantKey = ([u8; 16], Vec<u8>);

pub(crate) struct Database(Connection);

impl Database {
    pub(crate) fn open(path: &Path, key: &Key, create: bool) -> Result<Self, VaultError> {
        if !create && !path.try_exists().map_err(|source| io(path, source))? {
            return Err(VaultError::Missing { path: path.to_owned() });
        }
        let connection =
            connect(path, key, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE)?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "secure_delete", true)?;
        connection.execute_batch(SCHEMA)?;
        Ok(Self(connection))
    }

    pub(crate) fn open_read_only(path: &Path, key: &Key) -> Result<Self, VaultError> {
        if !path.try_exists().map_err(|source| io(path, source))? {
            return Err(VaultError::Missing { path: path.to_owned() });
        }
        Ok(Self(connect(path, key, OpenFlags::SQLITE_OPEN_READ_ONLY)?))
    }

    pub(crate) fn tenant(&self, lookup: &[u8; 16]) -> Result<Option<TenantKey>, VaultError> {
        let mut query =
            self.0.prepare_cached("SELECT id, wrapped FROM tenant WHERE lookup = ?1")?;
        Ok(query.query_row([lookup], |row| Ok((row.get(0)?, row.get(1)?))).optional()?)
    }

    /// A tenant's wrapped key by its random id.
    pub(crate) fn tenant_by_id(&self, id: &[u8; 16]) -> Result<Option<Vec<u8>>, VaultError> {
        let mut query = self.0.prepare_cached("SELECT wrapped FROM tenant WHERE id = ?1")?;
        Ok(query.query_row([id], |row| row.get(0)).optional()?)
    }

    pub(crate) fn data_key(&self, id: &[u8; 16]) -> Result<Option<DataKeyRow>, VaultError> {
        let mut query = self.0.prepare_cached(
            "SELECT id, tenant, subject, epoch, wrapped FROM data_key WHERE id = ?1",
        )?;
        Ok(query.query_row([id], data_key_row).optional()?)
    }

    /// The newest data key of a subject.
    pub(crate) fn subject(
        &self,
        tenant: &[u8; 16],
        subject: &[u8; 16],
    ) -> Result<Option<DataKeyRow>, VaultError> {
        let mut query = self.0.prepare_cached(
            "SELECT id, tenant, subject, epoch, wrapped FROM data_key
             WHERE tenant = ?1 AND subject = ?2 ORDER BY epoch DESC LIMIT 1",
        )?;
        Ok(query.query_row(params![tenant, subject], data_key_row).optional()?)
    }

    pub(crate) fn pseudonym(&self, lookup: &[u8; 16]) -> Result<Option<String>, VaultError> {
        let mut query = self.0.prepare_cached("SELECT name FROM pseudonym WHERE lookup = ?1")?;
        Ok(query.query_row([lookup], |row| row.get(0)).optional()?)
    }

    pub(crate) fn mapping(
        &self,
        tenant: &[u8; 16],
        name: &str,
    ) -> Result<Option<Vec<u8>>, VaultError> {
        let mut query = self
            .0
            .prepare_cached("SELECT mapping FROM pseudonym WHERE name = ?1 AND tenant = ?2")?;
        Ok(query.query_row(params![name, tenant], |row| row.get(0)).optional()?)
    }

    /// Writes new rows in one transaction, durable when it returns.
    pub(crate) fn insert(
        &mut self,
        tenants: &[TenantRow],
        keys: &[DataKeyRow],
        pseudonyms: &[PseudonymRow],
    ) -> Result<(), VaultError> {
        let transaction = self.0.transaction()?;
        for row in tenants {
            transaction
                .prepare_cached(
                    "INSERT INTO tenant (lookup, id, epoch, wrapped) VALUES (?1, ?2, 1, ?3)",
                )?
                .execute(params![row.lookup, row.id, row.wrapped])?;
        }
        for row in keys {
            transaction
                .prepare_cached("INSERT INTO data_key (id, tenant, subject, epoch, wrapped) VALUES (?1, ?2, ?3, ?4, ?5)")?
                .execute(params![row.id, row.tenant, row.subject, row.epoch, row.wrapped])?;
        }
        for row in pseudonyms {
            transaction
                .prepare_cached(
                    "INSERT INTO pseudonym (lookup, tenant, name, mapping) VALUES (?1, ?2, ?3, ?4)",
                )?
                .execute(params![row.lookup, row.tenant, row.name, row.mapping])?;
        }
        transaction.commit()?;
        Ok(())
    }

    /// Destroys the data keys of a subject; the rows stay, so that "erased" is not "unknown".
    /// Gives the ids of the destroyed keys.
    pub(crate) fn destroy(
        &self,
        tenant: &[u8; 16],
        subject: &[u8; 16],
    ) -> Result<Vec<[u8; 16]>, VaultError> {
        let mut update = self.0.prepare_cached(
            "UPDATE data_key SET wrapped = NULL
             WHERE tenant = ?1 AND subject = ?2 AND wrapped IS NOT NULL RETURNING id",
        )?;
        let ids = update.query_map(params![tenant, subject], |row| row.get(0))?;
        let ids = ids.collect::<Result<_, _>>()?;
        self.truncate_journal()?;
        Ok(ids)
    }

    pub(crate) fn forget(&self, tenant: &[u8; 16], name: &str) -> Result<bool, VaultError> {
        let count = self
            .0
            .prepare_cached("DELETE FROM pseudonym WHERE name = ?1 AND tenant = ?2")?
            .execute(params![name, tenant])?;
        self.truncate_journal()?;
        Ok(count > 0)
    }

    /// Leaves no page with a destroyed key in the write-ahead log.
    fn truncate_journal(&self) -> Result<(), VaultError> {
        self.0.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
        Ok(())
    }
}

fn data_key_row(row: &rusqlite::Row<'_>) -> rusqlite::Result<DataKeyRow> {
    Ok(DataKeyRow {
        id: row.get(0)?,
        tenant: row.get(1)?,
        subject: row.get(2)?,
        epoch: row.get(3)?,
        wrapped: row.get(4)?,
    })
}

fn connect(path: &Path, key: &Key, flags: OpenFlags) -> Result<Connection, VaultError> {
    let connection = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.pragma_update(None, "key", format!("x'{}'", hex::encode(key.bytes())))?;
    connection.busy_timeout(std::time::Duration::from_secs(10))?;
    let opened: Result<i64, _> =
        connection.query_row("SELECT count(*) FROM sqlite_master", [], |row| row.get(0));
    match opened {
        Ok(_) => Ok(connection),
        Err(error) if is_not_a_database(&error) => {
            Err(VaultError::WrongKey { path: PathBuf::from(path) })
        }
        Err(error) => Err(error.into()),
    }
}

fn is_not_a_database(error: &rusqlite::Error) -> bool {
    error.sqlite_error_code() == Some(rusqlite::ErrorCode::NotADatabase)
}
