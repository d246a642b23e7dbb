//! The rows: wrapped keys and encrypted mappings, under look-ups that show nothing.
//!
//! The file itself is encrypted too (SQLCipher), so that not even counts and times lie open.

mod epochs;
mod file;
mod tallies;
mod upgrade;

use std::cmp::Ordering;
use std::path::Path;

use rusqlite::{Connection, OpenFlags, OptionalExtension, Transaction, params};

use crate::VaultError;
use crate::pending::Pending;
use crate::primitive::Key;
use crate::root::is_file;

use file::{NEWEST, bring_up_to_date, connect, version};

pub(crate) use tallies::Tallies;

/// A wrapped data key. Without the key: it was destroyed.
#[derive(Clone)]
pub(crate) struct DataKeyRow {
    pub(crate) id: [u8; 16],
    pub(crate) tenant: [u8; 16],
    pub(crate) subject: [u8; 16],
    pub(crate) epoch: i64,
    /// Which of the tenant's keys wraps it.
    pub(crate) tenant_epoch: u32,
    pub(crate) wrapped: Option<Vec<u8>>,
}

/// An encrypted mapping.
#[derive(Clone)]
pub(crate) struct PseudonymRow {
    pub(crate) lookup: [u8; 16],
    pub(crate) tenant: [u8; 16],
    pub(crate) name: String,
    /// Which of the tenant's keys encrypts it.
    pub(crate) tenant_epoch: u32,
    pub(crate) mapping: Vec<u8>,
}

/// A tenant's wrapped keys: the lasting ones, and those of its first epoch.
#[derive(Clone)]
pub(crate) struct TenantRow {
    pub(crate) lookup: [u8; 16],
    pub(crate) id: [u8; 16],
    pub(crate) lasting: Vec<u8>,
    pub(crate) first: Vec<u8>,
}

/// All of a tenant's wrapped keys.
pub(crate) struct TenantKeys {
    pub(crate) id: [u8; 16],
    pub(crate) lasting: Vec<u8>,
    /// In rising order; the last is in use.
    pub(crate) epochs: Vec<(u32, Vec<u8>)>,
}

pub(crate) struct Database(Connection);

impl Database {
    /// Opens the database to write. `root` and `day` are what an upgrade needs.
    pub(crate) fn open(
        path: &Path,
        key: &Key,
        create: bool,
        root: &Key,
        day: i64,
    ) -> Result<Self, VaultError> {
        if !create {
            expect_file(path)?;
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
        let (mut connection, tables) = connect(path, key, flags)?;
        if tables == 0 && !create {
            return Err(VaultError::Missing { path: path.to_owned() });
        }
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "secure_delete", true)?;
        bring_up_to_date(&mut connection, path, root, day)?;
        Ok(Self(connection))
    }

    pub(crate) fn open_read_only(path: &Path, key: &Key) -> Result<Self, VaultError> {
        expect_file(path)?;
        let (connection, tables) = connect(path, key, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        if tables == 0 {
            return Err(VaultError::Missing { path: path.to_owned() });
        }
        match version(&connection)?.cmp(&NEWEST) {
            Ordering::Less => Err(VaultError::Older { path: path.to_owned() }),
            Ordering::Greater => Err(VaultError::Newer { path: path.to_owned() }),
            Ordering::Equal => Ok(Self(connection)),
        }
    }

    pub(crate) fn tenant(&self, lookup: &[u8; 16]) -> Result<Option<TenantKeys>, VaultError> {
        self.tenant_keys("SELECT id, wrapped FROM tenant WHERE lookup = ?1", lookup)
    }

    /// A tenant's wrapped keys by its random id.
    pub(crate) fn tenant_by_id(&self, id: &[u8; 16]) -> Result<Option<TenantKeys>, VaultError> {
        self.tenant_keys("SELECT id, wrapped FROM tenant WHERE id = ?1", id)
    }

    fn tenant_keys(&self, sql: &str, by: &[u8; 16]) -> Result<Option<TenantKeys>, VaultError> {
        let mut query = self.0.prepare_cached(sql)?;
        let row = query.query_row([by], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
        let Some((id, lasting)) = row else {
            return Ok(None);
        };
        let mut query = self.0.prepare_cached(
            "SELECT epoch, wrapped FROM tenant_key WHERE tenant = ?1 ORDER BY epoch",
        )?;
        let epochs = query.query_map([&id], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(Some(TenantKeys { id, lasting, epochs: epochs.collect::<Result<_, _>>()? }))
    }

    pub(crate) fn data_key(&self, id: &[u8; 16]) -> Result<Option<DataKeyRow>, VaultError> {
        let mut query = self.0.prepare_cached(
            "SELECT id, tenant, subject, epoch, tenant_epoch, wrapped FROM data_key WHERE id = ?1",
        )?;
        Ok(query.query_row([id], data_key_row).optional()?)
    }

    /// The newest data key of a subject.
    pub(crate) fn newest_data_key(
        &self,
        tenant: &[u8; 16],
        subject: &[u8; 16],
    ) -> Result<Option<DataKeyRow>, VaultError> {
        let mut query = self.0.prepare_cached(
            "SELECT id, tenant, subject, epoch, tenant_epoch, wrapped FROM data_key
             WHERE tenant = ?1 AND subject = ?2 ORDER BY epoch DESC LIMIT 1",
        )?;
        Ok(query.query_row(params![tenant, subject], data_key_row).optional()?)
    }

    pub(crate) fn pseudonym(&self, lookup: &[u8; 16]) -> Result<Option<String>, VaultError> {
        let mut query = self.0.prepare_cached("SELECT name FROM pseudonym WHERE lookup = ?1")?;
        Ok(query.query_row([lookup], |row| row.get(0)).optional()?)
    }

    /// What a pseudonym stands for, encrypted, and under which of the tenant's keys.
    pub(crate) fn mapping(
        &self,
        tenant: &[u8; 16],
        name: &str,
    ) -> Result<Option<(u32, Vec<u8>)>, VaultError> {
        let mut query = self.0.prepare_cached(
            "SELECT tenant_epoch, mapping FROM pseudonym WHERE name = ?1 AND tenant = ?2",
        )?;
        let row = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?));
        Ok(query.query_row(params![name, tenant], row).optional()?)
    }

    /// Writes new rows in one transaction, durable when it returns. `day` counts from the epoch.
    pub(crate) fn insert(&mut self, new: &Pending, day: i64) -> Result<(), VaultError> {
        let transaction = self.0.transaction()?;
        for row in &new.tenants {
            insert_tenant(&transaction, row, day)?;
        }
        for (row, _) in new.keys.values() {
            transaction
                .prepare_cached(
                    "INSERT INTO data_key
                     (id, tenant, subject, epoch, tenant_epoch, wrapped, created)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                )?
                .execute(params![
                    row.id,
                    row.tenant,
                    row.subject,
                    row.epoch,
                    row.tenant_epoch,
                    row.wrapped,
                    day
                ])?;
        }
        for row in new.pseudonyms.values() {
            transaction
                .prepare_cached(
                    "INSERT INTO pseudonym (lookup, tenant, name, tenant_epoch, mapping, created)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                )?
                .execute(params![
                    row.lookup,
                    row.tenant,
                    row.name,
                    row.tenant_epoch,
                    row.mapping,
                    day
                ])?;
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
        Ok(ids.collect::<Result<_, _>>()?)
    }

    /// Deletes a mapping. Gives its look-up, if there was one.
    pub(crate) fn forget(
        &self,
        tenant: &[u8; 16],
        name: &str,
    ) -> Result<Option<[u8; 16]>, VaultError> {
        let mut delete = self.0.prepare_cached(
            "DELETE FROM pseudonym WHERE name = ?1 AND tenant = ?2 RETURNING lookup",
        )?;
        let mut lookups = delete.query_map(params![name, tenant], |row| row.get(0))?;
        let lookup = lookups.next().transpose()?;
        // To the end, which is where the row is gone.
        lookups.try_for_each(|more| more.map(|_: [u8; 16]| ()))?;
        Ok(lookup)
    }

    /// Leaves no page with a destroyed key in the write-ahead log.
    pub(crate) fn truncate_journal(&self) -> Result<(), VaultError> {
        let is_busy: bool =
            self.0.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
        if is_busy { Err(VaultError::Busy) } else { Ok(()) }
    }
}

fn insert_tenant(
    transaction: &Transaction<'_>,
    row: &TenantRow,
    day: i64,
) -> Result<(), VaultError> {
    transaction
        .prepare_cached(
            "INSERT INTO tenant (lookup, id, epoch, wrapped, created) VALUES (?1, ?2, 1, ?3, ?4)",
        )?
        .execute(params![row.lookup, row.id, row.lasting, day])?;
    transaction
        .prepare_cached(
            "INSERT INTO tenant_key (tenant, epoch, wrapped, created) VALUES (?1, 1, ?2, ?3)",
        )?
        .execute(params![row.id, row.first, day])?;
    Ok(())
}

fn data_key_row(row: &rusqlite::Row<'_>) -> rusqlite::Result<DataKeyRow> {
    Ok(DataKeyRow {
        id: row.get(0)?,
        tenant: row.get(1)?,
        subject: row.get(2)?,
        epoch: row.get(3)?,
        tenant_epoch: row.get(4)?,
        wrapped: row.get(5)?,
    })
}

fn expect_file(path: &Path) -> Result<(), VaultError> {
    if is_file(path)? { Ok(()) } else { Err(VaultError::Missing { path: path.to_owned() }) }
}

#[cfg(test)]
mod tests;
