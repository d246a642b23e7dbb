//! What a person may know of a vault: epochs, counts, days; and no key.

use crate::database::Tallies;
use crate::root::RootSource;
use crate::{Vault, VaultError};

/// The state of a vault. Days count from the Unix epoch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// Where the root key comes from.
    pub source: RootSource,
    /// Epochs of the root key; the last one counts.
    pub roots: Vec<RootEpoch>,
    /// Tenants, by their ids.
    pub tenants: Vec<TenantStatus>,
    /// Subjects whose records can be read.
    pub subjects: u32,
    /// Data keys that were destroyed.
    pub destroyed: u32,
    /// Pseudonyms that stand for someone.
    pub pseudonyms: u32,
    /// The day on which the oldest data key was made that is not destroyed.
    pub oldest: Option<i64>,
    /// Today.
    pub today: i64,
}

/// An epoch of the root key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RootEpoch {
    /// Its number, from 1.
    pub epoch: u32,
    /// Its first day.
    pub since: i64,
    /// The day on which it was retired.
    pub retired: Option<i64>,
    /// Whether its key is in a file of the data directory.
    pub is_here: bool,
}

/// A tenant's keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TenantStatus {
    /// Its random id, as it stands in leaves.
    pub id: [u8; 16],
    /// The epoch of its keys.
    pub epoch: u32,
    /// The first day of that epoch.
    pub since: i64,
    /// Data keys of this epoch that are not destroyed.
    pub data_keys: u32,
    /// Data keys of earlier epochs that are not destroyed.
    pub earlier_data_keys: u32,
}

impl Vault {
    /// Where the root key comes from.
    pub fn root_source(&self) -> RootSource {
        self.root.read().place.source()
    }

    /// The state of the vault, as it is durable.
    ///
    /// # Errors
    /// When the database or the folder of root keys cannot be read.
    pub fn status(&self) -> Result<Status, VaultError> {
        let tallies = self.reads.lock().tallies()?;
        let retired = self.paths.roots.retired()?;
        let source = self.root_source();
        let root = |(epoch, since, retired_on): (u32, i64, Option<i64>)| {
            let is_current = retired_on.is_none() && source == RootSource::File;
            let is_here = is_current || retired.contains(&epoch);
            RootEpoch { epoch, since, retired: retired_on, is_here }
        };
        let Tallies { roots, tenants, subjects, destroyed, pseudonyms, oldest } = tallies;
        Ok(Status {
            source,
            roots: roots.into_iter().map(root).collect(),
            tenants,
            subjects,
            destroyed,
            pseudonyms,
            oldest,
            today: self.today(),
        })
    }
}
