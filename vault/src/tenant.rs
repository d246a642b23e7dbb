//! A tenant's keys, each for one purpose.

use std::sync::Arc;

use aws_lc_rs::hmac;
use model::TenantId;

use crate::database::{Database, TenantRow};
use crate::primitive::{Key, random, short_mac};
use crate::{OpenError, Vault, VaultError};

/// What the vault holds of a tenant, in memory.
pub(crate) struct Tenant {
    /// Random; shown in leaves.
    pub(crate) id: [u8; 16],
    /// Wraps the subjects' data keys.
    pub(crate) wrapping: Key,
    /// Encrypts what pseudonyms stand for.
    pub(crate) mapping: Key,
    /// Finds subjects and pseudonyms without showing them.
    pub(crate) lookup: hmac::Key,
    /// Fingerprints values.
    pub(crate) fingerprint: hmac::Key,
}

impl Tenant {
    fn new(id: [u8; 16], key: &Key) -> Result<Self, VaultError> {
        Ok(Self {
            id,
            wrapping: key.derive(&[b"plainsight tenant wrapping"])?,
            mapping: key.derive(&[b"plainsight tenant mapping"])?,
            lookup: key.derive(&[b"plainsight tenant lookup"])?.hmac(),
            fingerprint: key.derive(&[b"plainsight tenant fingerprint"])?.hmac(),
        })
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
        let row = self.reads.lock().tenant(&self.tenant_lookup(name))?;
        let Some((id, wrapped)) = row else {
            return Ok(None);
        };
        let tenant = Arc::new(self.unwrap_tenant(id, &wrapped)?);
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
        let wrapped = reads.tenant_by_id(id)?.ok_or(OpenError::UnknownKey)?;
        Ok(Arc::new(self.unwrap_tenant(*id, &wrapped)?))
    }

    fn new_tenant(&self, name: &TenantId) -> Result<Arc<Tenant>, VaultError> {
        self.writable()?;
        let mut tenants = self.tenants.write();
        if let Some(tenant) = tenants.get(name.as_str()) {
            return Ok(Arc::clone(tenant));
        }
        let (id, key) = (random()?, Key::random()?);
        let wrapped = self.root.derive(&[b"plainsight root wrapping"])?.wrap(&id, key.bytes())?;
        let tenant = Arc::new(Tenant::new(id, &key)?);
        let row = TenantRow { lookup: self.tenant_lookup(name), id, wrapped };
        self.memory.lock().add_tenant(row);
        tenants.insert(name.as_str().to_owned(), Arc::clone(&tenant));
        Ok(tenant)
    }

    fn unwrap_tenant(&self, id: [u8; 16], wrapped: &[u8]) -> Result<Tenant, VaultError> {
        let wrapping = self.root.derive(&[b"plainsight root wrapping"])?;
        Tenant::new(id, &wrapping.unwrap_key(&id, wrapped)?)
    }

    fn tenant_lookup(&self, name: &TenantId) -> [u8; 16] {
        short_mac(&self.tenant_lookup, &[name.as_str().as_bytes()])
    }
}
