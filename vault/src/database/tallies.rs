//! How many rows there are, and how old: what a person may know of a vault without a key.

use super::Database;
use crate::{TenantStatus, VaultError};

/// Counts and days. Days count from the Unix epoch.
pub(crate) struct Tallies {
    /// Epoch, first day, day of retiring.
    pub(crate) roots: Vec<(u32, i64, Option<i64>)>,
    pub(crate) tenants: Vec<TenantStatus>,
    /// Subjects with a living data key.
    pub(crate) subjects: u32,
    pub(crate) destroyed: u32,
    pub(crate) pseudonyms: u32,
    /// The first day of the oldest data key that lives.
    pub(crate) oldest: Option<i64>,
}

impl Database {
    pub(crate) fn tallies(&self) -> Result<Tallies, VaultError> {
        let count = |sql: &str| self.0.query_row(sql, [], |row| row.get::<_, u32>(0));
        let oldest = "SELECT min(created) FROM data_key WHERE wrapped IS NOT NULL";
        Ok(Tallies {
            roots: self.root_epochs()?,
            tenants: self.tenant_tallies()?,
            subjects: count(
                "SELECT count(*) FROM
                 (SELECT DISTINCT tenant, subject FROM data_key WHERE wrapped IS NOT NULL)",
            )?,
            destroyed: count("SELECT count(*) FROM data_key WHERE wrapped IS NULL")?,
            pseudonyms: count("SELECT count(*) FROM pseudonym")?,
            oldest: self.0.query_row(oldest, [], |row| row.get(0))?,
        })
    }

    fn root_epochs(&self) -> Result<Vec<(u32, i64, Option<i64>)>, VaultError> {
        let sql = "SELECT epoch, created, retired FROM root_epoch ORDER BY epoch";
        let mut query = self.0.prepare(sql)?;
        let rows = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    fn tenant_tallies(&self) -> Result<Vec<TenantStatus>, VaultError> {
        let mut query = self.0.prepare(
            "SELECT t.id, t.epoch, k.created,
                 (SELECT count(*) FROM data_key d WHERE d.tenant = t.id
                  AND d.wrapped IS NOT NULL AND d.tenant_epoch = t.epoch),
                 (SELECT count(*) FROM data_key d WHERE d.tenant = t.id
                  AND d.wrapped IS NOT NULL AND d.tenant_epoch < t.epoch)
             FROM tenant t JOIN tenant_key k ON k.tenant = t.id AND k.epoch = t.epoch
             ORDER BY t.id",
        )?;
        let rows = query.query_map([], |row| {
            Ok(TenantStatus {
                id: row.get(0)?,
                epoch: row.get(1)?,
                since: row.get(2)?,
                data_keys: row.get(3)?,
                earlier_data_keys: row.get(4)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}
