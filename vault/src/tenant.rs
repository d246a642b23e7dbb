//! A tenant's keys, each for one purpose.
//!
//! Those that encrypt have epochs: a rotation begins a new one, and the earlier ones go on opening
//! what they sealed. Those for look-ups and fingerprints last: with new ones nobody would be found
//! under the pseudonym they had, and the same value would no longer have the same fingerprint, so
//! that what was recorded before a rotation and after it could not be joined. They encrypt nothing,
//! so a rotation of the root key protects them as well as new ones would be.

use std::sync::Arc;

use aws_lc_rs::hmac;
use model::TenantId;

use crate::database::{Database, TenantKeys, TenantRow};
use crate::primitive::{Key, random, short_mac};
use crate::{OpenError, Vault, VaultError, wrap};

/// What the vault holds of a tenant, in memory.
pub(crate) struct Tenant {
    /// Random; shown in leaves.
    pub(crate) id: [u8; 16],
    /// Those in use.
    pub(crate) current: EpochKeys,
    earlier: Vec<EpochKeys>,
    /// Finds subjects and pseudonyms without showing them.
    pub(crate) lookup: hmac::Key,
    /// Fingerprints values.
    pub(crate) fingerprint: hmac::Key,
}

/// The keys of one epoch.
pub(crate) struct EpochKeys {
    epoch: u32,
    /// Wraps the subjects' data keys.
    pub(crate) wrapping: Key,
    /// Encrypts what pseudonyms stand for.
    pub(crate) mapping: Key,
}

impl EpochKeys {
    fn new(epoch: u32, key: &Key) -> Result<Self, VaultError> {
        Ok(Self {
            epoch,
            wrapping: key.derive(&[b"plainsight tenant wrapping"])?,
            mapping: key.derive(&[b"plainsight tenant mapping"])?,
        })
    }
}

impl Tenant {
    pub(crate) const fn epoch(&self) -> u32 {
        self.current.epoch
    }

    fn unwrap(root: &Key, keys: &TenantKeys) -> Result<Self, VaultError> {
        let (lookup, fingerprint) = wrap::open_lasting(root, &keys.id, &keys.lasting)?;
        let open = |(epoch, wrapped): &(u32, Vec<u8>)| {
            EpochKeys::new(*epoch, &wrap::open_epoch(root, &keys.id, *epoch, wrapped)?)
        };
        let mut earlier = keys.epochs.iter().map(open).collect::<Result<Vec<_>, _>>()?;
        let current = earlier.pop().ok_or(VaultError::Altered)?;
        let (lookup, fingerprint) = (lookup.hmac(), fingerprint.hmac());
        Ok(Self { id: keys.id, current, earlier, lookup, fingerprint })
    }

    fn keys(&self, epoch: u32) -> Option<&EpochKeys> {
        let mut all = std::iter::once(&self.current).chain(&self.earlier);
        all.find(|keys| keys.epoch == epoch)
    }
}

impl Vault {
    /// The tenant's keys, made the first time.
    pub(crate) fn tenant(&self, name: &TenantId) -> Result<Arc<Tenant>, VaultError> {
        match self.known_tenant(name)? {
            Some(tenant) => Ok(tenant),
            None => self.new_tenant(name),
        }
    }

    pub(crate) fn known_tenant(&self, name: &TenantId) -> Result<Option<Arc<Tenant>>, VaultError> {
        if let Some(tenant) = self.tenants.read().get(name.as_str()) {
            return Ok(Some(Arc::clone(tenant)));
        }
        // The reader is held to the end, so that no rotation comes in between.
        let reads = self.reads.lock();
        let Some(keys) = reads.tenant(&self.tenant_lookup(name))? else {
            return Ok(None);
        };
        let tenant = Arc::new(self.unwrap_tenant(&reads, &keys)?);
        self.tenants.write().insert(name.as_str().to_owned(), Arc::clone(&tenant));
        Ok(Some(tenant))
    }

    /// The keys of the tenant that a leaf names.
    pub(crate) fn tenant_by_id(
        &self,
        reads: &Database,
        id: &[u8; 16],
    ) -> Result<Arc<Tenant>, OpenError> {
        if let Some(tenant) = self.tenants.read().values().find(|tenant| tenant.id == *id) {
            return Ok(Arc::clone(tenant));
        }
        let keys = reads.tenant_by_id(id)?.ok_or(OpenError::UnknownKey)?;
        Ok(Arc::new(self.unwrap_tenant(reads, &keys)?))
    }

    /// Does something with a tenant's keys of one epoch, which may be newer than the tenant that
    /// the caller holds.
    pub(crate) fn with_epoch<T>(
        &self,
        reads: &Database,
        tenant: &Tenant,
        epoch: u32,
        open: impl FnOnce(&EpochKeys) -> Result<T, VaultError>,
    ) -> Result<T, VaultError> {
        if let Some(keys) = tenant.keys(epoch) {
            return open(keys);
        }
        let keys = reads.tenant_by_id(&tenant.id)?.ok_or(VaultError::Altered)?;
        let tenant = self.unwrap_tenant(reads, &keys)?;
        open(tenant.keys(epoch).ok_or(VaultError::Altered)?)
    }

    fn new_tenant(&self, name: &TenantId) -> Result<Arc<Tenant>, VaultError> {
        self.writable()?;
        let reads = self.reads.lock();
        let mut tenants = self.tenants.write();
        if let Some(tenant) = tenants.get(name.as_str()) {
            return Ok(Arc::clone(tenant));
        }
        // Another thread may have made it, and a rotation have had it forgotten, meanwhile.
        if let Some(keys) = reads.tenant(&self.tenant_lookup(name))? {
            return Ok(Arc::new(self.unwrap_tenant(&reads, &keys)?));
        }
        let (id, first) = (random()?, Key::random()?);
        let (lookup, fingerprint) = (Key::random()?, Key::random()?);
        let root = self.root.read();
        let row = TenantRow {
            lookup: self.tenant_lookup(name),
            id,
            lasting: wrap::lasting(&root.wrapping, &id, &lookup, &fingerprint)?,
            first: wrap::epoch(&root.wrapping, &id, 1, &first)?,
        };
        let current = EpochKeys::new(1, &first)?;
        let (lookup, fingerprint) = (lookup.hmac(), fingerprint.hmac());
        let tenant = Tenant { id, current, earlier: Vec::new(), lookup, fingerprint };
        let tenant = Arc::new(tenant);
        self.memory.lock().add_tenant(row);
        tenants.insert(name.as_str().to_owned(), Arc::clone(&tenant));
        Ok(tenant)
    }

    fn unwrap_tenant(&self, reads: &Database, keys: &TenantKeys) -> Result<Tenant, VaultError> {
        let root = self.root.read();
        match Tenant::unwrap(&root.wrapping, keys) {
            Err(VaultError::Altered) if reads.root_epoch()? != root.epoch => {
                Err(VaultError::Rotated)
            }
            unwrapped => unwrapped,
        }
    }

    fn tenant_lookup(&self, name: &TenantId) -> [u8; 16] {
        short_mac(&self.tenant_lookup, &[name.as_str().as_bytes()])
    }
}
