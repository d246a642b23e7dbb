//! The keys that version 3 wants: those that last, apart from those that rotate.
//!
//! Until version 2 all keys of a tenant were derived from one, and those beside them from the root
//! key. They stay what they were, so that look-ups, fingerprints and files at rest still fit.

use rusqlite::{Transaction, params};

use crate::VaultError;
use crate::primitive::Key;
use crate::wrap;

/// Fills the tables of epochs, in the transaction that makes them.
pub(super) fn begin_epochs(
    transaction: &Transaction<'_>,
    root: &Key,
    is_new: bool,
    day: i64,
) -> Result<(), VaultError> {
    let since = "SELECT coalesce(min(nullif(created, 0)), ?1) FROM tenant";
    let since: i64 = transaction.query_row(since, [day], |row| row.get(0))?;
    transaction.execute("INSERT INTO root_epoch (epoch, created) VALUES (1, ?1)", [since])?;
    let wrapping = wrap::wrapping(root)?;
    let earlier = [
        (wrap::TENANT_LOOKUP, root.derive(&[b"plainsight tenant lookup"])?),
        ("store", root.derive(&[b"plainsight subkey", b"store"])?),
    ];
    for (label, derived) in earlier {
        let key = if is_new { Key::random()? } else { derived };
        let wrapped = wrap::kept(&wrapping, label, &key)?;
        let insert = "INSERT INTO kept_key (label, wrapped) VALUES (?1, ?2)";
        transaction.execute(insert, params![label, wrapped])?;
    }
    separate_tenants(transaction, &wrapping)
}

fn separate_tenants(transaction: &Transaction<'_>, wrapping: &Key) -> Result<(), VaultError> {
    let mut tenants = transaction.prepare("SELECT id, wrapped, created FROM tenant")?;
    let mut update = transaction.prepare("UPDATE tenant SET wrapped = ?2 WHERE id = ?1")?;
    let mut insert = transaction.prepare(
        "INSERT INTO tenant_key (tenant, epoch, wrapped, created) VALUES (?1, 1, ?2, ?3)",
    )?;
    let mut rows = tenants.query([])?;
    while let Some(row) = rows.next()? {
        let (id, wrapped): ([u8; 16], Vec<u8>) = (row.get(0)?, row.get(1)?);
        let only = wrapping.unwrap_key(&id, &wrapped)?;
        let lookup = only.derive(&[b"plainsight tenant lookup"])?;
        let fingerprint = only.derive(&[b"plainsight tenant fingerprint"])?;
        update.execute(params![id, wrap::lasting(wrapping, &id, &lookup, &fingerprint)?])?;
        insert.execute(params![
            id,
            wrap::epoch(wrapping, &id, 1, &only)?,
            row.get::<_, i64>(2)?
        ])?;
    }
    Ok(())
}
