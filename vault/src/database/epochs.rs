//! Rows of the rotation: epochs of the root key and of tenants, and what is wrapped anew.
//!
//! Each change is one transaction. Nothing is deleted: what no longer counts has its day of
//! retiring.

use rusqlite::{OptionalExtension, Transaction, params};

use super::Database;
use crate::VaultError;
use crate::primitive::Key;
use crate::wrap;

impl Database {
    /// The root epoch that counts: that whose root key wraps the rows.
    pub(crate) fn root_epoch(&self) -> Result<u32, VaultError> {
        let sql = "SELECT max(epoch) FROM root_epoch WHERE retired IS NULL";
        Ok(self.0.query_row(sql, [], |row| row.get(0))?)
    }

    /// The wrapped key of the vault's own under `label`.
    pub(crate) fn kept_key(&self, label: &str) -> Result<Option<Vec<u8>>, VaultError> {
        let mut query = self.0.prepare_cached("SELECT wrapped FROM kept_key WHERE label = ?1")?;
        Ok(query.query_row([label], |row| row.get(0)).optional()?)
    }

    /// Keeps a wrapped key under `label`.
    pub(crate) fn keep_key(&self, label: &str, wrapped: &[u8]) -> Result<(), VaultError> {
        let insert = "INSERT INTO kept_key (label, wrapped) VALUES (?1, ?2)";
        self.0.execute(insert, params![label, wrapped])?;
        Ok(())
    }

    /// Gives every tenant the keys of a new epoch. Says how many tenants there are.
    pub(crate) fn rotate_tenants(&mut self, wrapping: &Key, day: i64) -> Result<u64, VaultError> {
        let transaction = self.0.transaction()?;
        let tenants: Vec<([u8; 16], u32)> = rows(&transaction, "SELECT id, epoch FROM tenant")?;
        let mut retire = transaction
            .prepare("UPDATE tenant_key SET retired = ?2 WHERE tenant = ?1 AND retired IS NULL")?;
        let mut insert = transaction.prepare(
            "INSERT INTO tenant_key (tenant, epoch, wrapped, created) VALUES (?1, ?2, ?3, ?4)",
        )?;
        let mut update = transaction.prepare("UPDATE tenant SET epoch = ?2 WHERE id = ?1")?;
        for (id, epoch) in &tenants {
            let next = epoch + 1;
            let wrapped = wrap::epoch(wrapping, id, next, &Key::random()?)?;
            retire.execute(params![id, day])?;
            insert.execute(params![id, next, wrapped, day])?;
            update.execute(params![id, next])?;
        }
        drop((retire, insert, update));
        transaction.commit()?;
        Ok(tenants.len() as u64)
    }

    /// Wraps everything that `old` wraps under `new`, which counts from then on as `epoch`.
    /// `before_end` hears of it when all is done but the end of the transaction.
    pub(crate) fn rewrap(
        &mut self,
        old: &Key,
        new: &Key,
        epoch: u32,
        day: i64,
        before_end: impl FnOnce() -> Result<(), VaultError>,
    ) -> Result<(), VaultError> {
        let transaction = self.0.transaction()?;
        rewrap_kept(&transaction, old, new)?;
        rewrap_tenants(&transaction, old, new)?;
        let retire = "UPDATE root_epoch SET retired = ?1 WHERE retired IS NULL";
        transaction.execute(retire, [day])?;
        let insert = "INSERT INTO root_epoch (epoch, created) VALUES (?1, ?2)";
        transaction.execute(insert, params![epoch, day])?;
        before_end()?;
        transaction.commit()?;
        Ok(())
    }
}

fn rewrap_kept(transaction: &Transaction<'_>, old: &Key, new: &Key) -> Result<(), VaultError> {
    let kept: Vec<(String, Vec<u8>)> = rows(transaction, "SELECT label, wrapped FROM kept_key")?;
    for (label, wrapped) in kept {
        let key = wrap::open_kept(old, &label, &wrapped)?;
        let update = "UPDATE kept_key SET wrapped = ?2 WHERE label = ?1";
        transaction.execute(update, params![label, wrap::kept(new, &label, &key)?])?;
    }
    Ok(())
}

fn rewrap_tenants(transaction: &Transaction<'_>, old: &Key, new: &Key) -> Result<(), VaultError> {
    let lasting: Vec<([u8; 16], Vec<u8>)> = rows(transaction, "SELECT id, wrapped FROM tenant")?;
    let mut update = transaction.prepare("UPDATE tenant SET wrapped = ?2 WHERE id = ?1")?;
    for (id, wrapped) in lasting {
        let (lookup, fingerprint) = wrap::open_lasting(old, &id, &wrapped)?;
        update.execute(params![id, wrap::lasting(new, &id, &lookup, &fingerprint)?])?;
    }
    let mut epochs = transaction.prepare("SELECT tenant, epoch, wrapped FROM tenant_key")?;
    let epochs = epochs.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    let epochs = epochs.collect::<Result<Vec<([u8; 16], u32, Vec<u8>)>, _>>()?;
    let sql = "UPDATE tenant_key SET wrapped = ?3 WHERE tenant = ?1 AND epoch = ?2";
    let mut update = transaction.prepare(sql)?;
    for (id, epoch, wrapped) in epochs {
        let key = wrap::open_epoch(old, &id, epoch, &wrapped)?;
        update.execute(params![id, epoch, wrap::epoch(new, &id, epoch, &key)?])?;
    }
    Ok(())
}

/// All rows of two columns.
fn rows<A: rusqlite::types::FromSql, B: rusqlite::types::FromSql>(
    transaction: &Transaction<'_>,
    sql: &str,
) -> Result<Vec<(A, B)>, VaultError> {
    let mut query = transaction.prepare(sql)?;
    let rows = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}
