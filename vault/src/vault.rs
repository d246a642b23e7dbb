//! The vault: what it consists of, how it is opened, and what makes it durable.
//!
//! Locks are taken in the order writer, reader, tenants, memory. It does not say here what keys and
//! pseudonyms are for: `data_key`, `tenant`, `pseudonym` and `sealing` do.

use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use hashbrown::HashMap;
use model::{Clock, Fingerprint, Keyed, Sealed, SystemClock, TenantId};
use parking_lot::{Mutex, RwLock};

use crate::VaultError;
use crate::database::Database;
use crate::memory::Memory;
use crate::primitive::{Key, random, short_mac};
use crate::root::{self, Root, RootKey};
use crate::tenant::Tenant;

/// Data keys and pseudonyms that are kept in memory.
const CACHED: usize = 100_000;

const SECONDS_A_DAY: i64 = 86_400;

/// The keys of a data directory.
pub struct Vault {
    pub(crate) root: Key,
    pub(crate) tenant_lookup: aws_lc_rs::hmac::Key,
    pub(crate) reads: Mutex<Database>,
    /// `None` in a vault that was opened to read.
    writes: Option<Mutex<Database>>,
    pub(crate) tenants: RwLock<HashMap<String, Arc<Tenant>>>,
    pub(crate) memory: Mutex<Memory>,
    clock: Arc<dyn Clock>,
}

/// Where the root key comes from, and the time.
pub struct VaultOptions {
    /// The root key; `None` for the file in the data directory, which is made on first use.
    pub root: Option<RootKey>,
    /// Gives the day that stands beside a new key.
    pub clock: Arc<dyn Clock>,
}

impl Default for VaultOptions {
    fn default() -> Self {
        Self { root: None, clock: Arc::new(SystemClock) }
    }
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Vault(…)")
    }
}

impl Vault {
    /// Opens the vault of the data directory `dir`, making root key and database on first use.
    ///
    /// # Errors
    /// When the root key may be read by others, or does not belong to the database, or either of
    /// the two is gone.
    pub fn open(dir: &Path) -> Result<Self, VaultError> {
        Self::open_with(dir, VaultOptions::default())
    }

    /// As [`Vault::open`], with a root key that is kept elsewhere.
    ///
    /// # Errors
    /// As [`Vault::open`].
    pub fn open_with(dir: &Path, options: VaultOptions) -> Result<Self, VaultError> {
        let path = database_path(dir);
        let root = Root::open(&keys_path(dir), options.root, &path)?;
        make_folder(&dir.join("vault"))?;
        let key = root.key().derive(&[b"plainsight vault database"])?;
        let writes = Database::open(&path, &key, root.is_new())?;
        root::sync_folder(&dir.join("vault"))?;
        root::sync_folder(dir)?;
        let root = root.keep()?;
        let reads = Database::open_read_only(&path, &key)?;
        Self::new(root, reads, Some(writes), options.clock)
    }

    /// Opens the vault to read, beside a running server or without one.
    ///
    /// # Errors
    /// As [`Vault::open`], and when there is no vault.
    pub fn open_read_only(dir: &Path) -> Result<Self, VaultError> {
        Self::open_read_only_with(dir, VaultOptions::default())
    }

    /// As [`Vault::open_read_only`], with a root key that is kept elsewhere.
    ///
    /// # Errors
    /// As [`Vault::open_read_only`].
    pub fn open_read_only_with(dir: &Path, options: VaultOptions) -> Result<Self, VaultError> {
        let root = root::read(&keys_path(dir), options.root)?;
        let key = root.derive(&[b"plainsight vault database"])?;
        let reads = Database::open_read_only(&database_path(dir), &key)?;
        Self::new(root, reads, None, options.clock)
    }

    fn new(
        root: Key,
        reads: Database,
        writes: Option<Database>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, VaultError> {
        Ok(Self {
            tenant_lookup: root.derive(&[b"plainsight tenant lookup"])?.hmac(),
            root,
            reads: Mutex::new(reads),
            writes: writes.map(Mutex::new),
            tenants: RwLock::default(),
            memory: Mutex::new(Memory::new(CACHED)),
            clock,
        })
    }

    /// A key for something at rest beside the ledger, such as the operational copy.
    ///
    /// # Errors
    /// When the cryptographic library fails.
    pub fn subkey(&self, label: &str) -> Result<Sealed<[u8; 32]>, VaultError> {
        let key = self.root.derive(&[b"plainsight subkey", label.as_bytes()])?;
        Ok(Sealed::new(*key.bytes()))
    }

    /// Makes new keys and pseudonyms durable. Does nothing when nothing is new.
    ///
    /// # Errors
    /// When the database fails; what is new is then kept for the next try.
    pub fn sync(&self) -> Result<(), VaultError> {
        // First the writer, then what is new: whoever finds nothing new knows it is written.
        self.writes.as_ref().map_or(Ok(()), |writes| self.write_pending(&mut writes.lock()))
    }

    pub(crate) fn write_pending(&self, writes: &mut Database) -> Result<(), VaultError> {
        let Some(pending) = self.memory.lock().begin_writing() else {
            return Ok(());
        };
        let day = self.clock.now().secs().div_euclid(SECONDS_A_DAY);
        let written = writes.insert(&pending, day);
        drop(pending);
        self.memory.lock().end_writing(written.is_ok());
        written
    }

    pub(crate) fn writable(&self) -> Result<&Mutex<Database>, VaultError> {
        self.writes.as_ref().ok_or(VaultError::ReadOnly)
    }
}

impl Keyed for Vault {
    fn fingerprint(&self, tenant: &TenantId, label: &str, value: &[u8]) -> Fingerprint {
        match self.tenant(tenant) {
            Ok(tenant) => Fingerprint(short_mac(&tenant.fingerprint, &[label.as_bytes(), value])),
            // Without the tenant's key nothing can be sealed either, and the caller will hear of
            // it there. Until then a fingerprint nobody can compute is as good as none.
            Err(_) => Fingerprint(random().unwrap_or([0; 16])),
        }
    }
}

fn keys_path(dir: &Path) -> PathBuf {
    dir.join("keys")
}

fn database_path(dir: &Path) -> PathBuf {
    dir.join("vault").join("vault.db")
}

fn make_folder(folder: &Path) -> Result<(), VaultError> {
    let made = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder);
    made.map_err(|source| root::io(folder, source))
}
