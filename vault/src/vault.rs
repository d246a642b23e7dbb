//! The vault: what it consists of, how it is opened, and what makes it durable.
//!
//! Locks are taken in the order writer, reader, tenants, root, memory. It does not say here what
//! keys and pseudonyms are for: `data_key`, `tenant`, `pseudonym` and `sealing` do.

use std::path::Path;
use std::sync::Arc;

use hashbrown::HashMap;
use model::{Clock, Fingerprint, Keyed, Sealed, SystemClock, TenantId};
use parking_lot::{Mutex, RwLock};

use crate::database::Database;
use crate::memory::Memory;
use crate::opening::{Opened, Paths, Root};
use crate::primitive::{Key, random, short_mac};
use crate::root::RootKey;
use crate::tenant::Tenant;
use crate::{VaultError, wrap};

/// Data keys and pseudonyms that are kept in memory.
const CACHED: usize = 100_000;

const SECONDS_A_DAY: i64 = 86_400;

/// The keys of a data directory.
pub struct Vault {
    pub(crate) paths: Paths,
    pub(crate) root: RwLock<Root>,
    pub(crate) database_key: Key,
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
        let paths = Paths::new(dir);
        let (opened, writes) = paths.open(options.root, day(&*options.clock))?;
        Self::new(paths, opened, Some(writes), options.clock)
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
        let paths = Paths::new(dir);
        let opened = paths.open_read_only(options.root)?;
        Self::new(paths, opened, None, options.clock)
    }

    fn new(
        paths: Paths,
        opened: Opened,
        writes: Option<Database>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, VaultError> {
        let Opened { reads, database_key, root } = opened;
        let wrapped = reads.kept_key(wrap::TENANT_LOOKUP)?.ok_or(VaultError::Altered)?;
        let tenant_lookup = wrap::open_kept(&root.wrapping, wrap::TENANT_LOOKUP, &wrapped)?;
        Ok(Self {
            tenant_lookup: tenant_lookup.hmac(),
            paths,
            root: RwLock::new(root),
            database_key,
            reads: Mutex::new(reads),
            writes: writes.map(Mutex::new),
            tenants: RwLock::default(),
            memory: Mutex::new(Memory::new(CACHED)),
            clock,
        })
    }

    /// A key for something at rest beside the ledger, such as the operational copy, made the first
    /// time. It lasts, whatever is rotated.
    ///
    /// # Errors
    /// When the database fails, or there is no such key in a vault that was opened to read.
    pub fn subkey(&self, label: &str) -> Result<Sealed<[u8; 32]>, VaultError> {
        if let Some(key) = self.find_subkey(label)? {
            return Ok(key);
        }
        let writes = self.writable()?.lock();
        // Another thread may have made it since.
        if let Some(key) = self.find_subkey(label)? {
            return Ok(key);
        }
        let key = Key::random()?;
        let wrapped = wrap::kept(&self.root.read().wrapping, label, &key)?;
        writes.keep_key(label, &wrapped)?;
        Ok(Sealed::new(*key.bytes()))
    }

    fn find_subkey(&self, label: &str) -> Result<Option<Sealed<[u8; 32]>>, VaultError> {
        let reads = self.reads.lock();
        let Some(wrapped) = reads.kept_key(label)? else {
            return Ok(None);
        };
        let root = self.root.read();
        match wrap::open_kept(&root.wrapping, label, &wrapped) {
            Err(VaultError::Altered) if reads.root_epoch()? != root.epoch => {
                Err(VaultError::Rotated)
            }
            opened => Ok(Some(Sealed::new(*opened?.bytes()))),
        }
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
        let written = writes.insert(&pending, self.today());
        drop(pending);
        self.memory.lock().end_writing(written.is_ok());
        written
    }

    /// Days since the Unix epoch.
    pub(crate) fn today(&self) -> i64 {
        day(&*self.clock)
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

fn day(clock: &dyn Clock) -> i64 {
    clock.now().secs().div_euclid(SECONDS_A_DAY)
}
