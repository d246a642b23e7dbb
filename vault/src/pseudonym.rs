//! Pseudonyms: random names for users and addresses, and fingerprints that stand for keys and
//! attachments.
//!
//! A pseudonym is random and not a hash, so that it is nobody's once its mapping is deleted, also
//! for whoever holds every key.

use std::sync::Arc;

use model::{Fingerprint, Keyed, Sealed, TenantId};

use crate::database::PseudonymRow;
use crate::primitive::{random, readable, short_mac};
use crate::tenant::{EpochKeys, Tenant};
use crate::{Vault, VaultError};

/// What a pseudonym stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Space {
    /// A user: `u_…`.
    User,
    /// A network address: `ip_…`.
    Address,
}

impl Space {
    const fn prefix(self) -> &'static str {
        match self {
            Self::User => "u_",
            Self::Address => "ip_",
        }
    }
}

impl Vault {
    /// The pseudonym of `clear`, assigned at random the first time. New ones are durable after
    /// [`Vault::sync`].
    ///
    /// # Errors
    /// When the database or the cryptographic library fails.
    pub fn pseudonym(
        &self,
        tenant: &TenantId,
        space: Space,
        clear: &str,
    ) -> Result<String, VaultError> {
        let tenant = self.tenant(tenant)?;
        let lookup = lookup(&tenant, space, clear);
        match self.find_pseudonym(&lookup)? {
            Some(name) => Ok(name.to_string()),
            None => self.new_pseudonym(&tenant, lookup, space, clear),
        }
    }

    /// The pseudonym of `clear`, if it has one.
    ///
    /// # Errors
    /// When the database fails.
    pub fn known_pseudonym(
        &self,
        tenant: &TenantId,
        space: Space,
        clear: &str,
    ) -> Result<Option<String>, VaultError> {
        let Some(tenant) = self.known_tenant(tenant)? else {
            return Ok(None);
        };
        let found = self.find_pseudonym(&lookup(&tenant, space, clear))?;
        Ok(found.map(|name| name.to_string()))
    }

    /// Whom a pseudonym stands for; `None` when nobody does, or no longer, or not durably yet. The
    /// caller records that it asked.
    ///
    /// # Errors
    /// When the database fails or the mapping was altered.
    pub fn resolve(
        &self,
        tenant: &TenantId,
        name: &str,
    ) -> Result<Option<Sealed<String>>, VaultError> {
        let Some(tenant) = self.known_tenant(tenant)? else {
            return Ok(None);
        };
        let reads = self.reads.lock();
        let Some((epoch, mapping)) = reads.mapping(&tenant.id, name)? else {
            return Ok(None);
        };
        let open = |keys: &EpochKeys| keys.mapping.unwrap(name.as_bytes(), &mapping);
        let clear = self.with_epoch(&reads, &tenant, epoch, open)?.ok_or(VaultError::Altered)?;
        let clear = String::from_utf8(clear).map_err(|_| VaultError::Altered)?;
        Ok(Some(Sealed::new(clear)))
    }

    /// Deletes a pseudonym's mapping: from now on it stands for nobody. Says whether it stood for
    /// someone.
    ///
    /// # Errors
    /// When the database fails; [`VaultError::Busy`] when the mapping is deleted but another
    /// process keeps its last trace from being overwritten: ask again.
    pub fn forget(&self, tenant: &TenantId, name: &str) -> Result<bool, VaultError> {
        let mut writes = self.writable()?.lock();
        let Some(tenant) = self.known_tenant(tenant)? else {
            return Ok(false);
        };
        // While the reader is held, nobody can put back into memory what is being deleted.
        let reads = self.reads.lock();
        self.write_pending(&mut writes)?;
        let forgotten = writes.forget(&tenant.id, name)?;
        if let Some(lookup) = &forgotten {
            self.memory.lock().forget_pseudonym(lookup);
        }
        drop(reads);
        writes.truncate_journal()?;
        Ok(forgotten.is_some())
    }

    /// The keyed fingerprint of an API key, as it stands in records.
    pub fn api_key_fingerprint(&self, tenant: &TenantId, key: &str) -> String {
        let Fingerprint(bytes) = self.fingerprint(tenant, "api_key", key.as_bytes());
        let mut short = [0; 10];
        short.copy_from_slice(&bytes[..10]);
        format!("key_{}", readable(short))
    }

    /// The keyed hash of an attachment, given its plain hash.
    pub fn blob_hash(&self, tenant: &TenantId, hash: &str) -> String {
        self.fingerprint(tenant, "blob", hash.as_bytes()).to_string()
    }

    fn find_pseudonym(&self, lookup: &[u8; 16]) -> Result<Option<Arc<str>>, VaultError> {
        if let Some(name) = self.memory.lock().pseudonym(lookup) {
            return Ok(Some(name));
        }
        let reads = self.reads.lock();
        let Some(name) = reads.pseudonym(lookup)? else {
            return Ok(None);
        };
        let name: Arc<str> = name.into();
        self.memory.lock().remember_pseudonym(*lookup, Arc::clone(&name));
        Ok(Some(name))
    }

    fn new_pseudonym(
        &self,
        tenant: &Tenant,
        lookup: [u8; 16],
        space: Space,
        clear: &str,
    ) -> Result<String, VaultError> {
        self.writable()?;
        let name = format!("{}{}", space.prefix(), readable(random()?));
        let mapping = tenant.current.mapping.wrap(name.as_bytes(), clear.as_bytes())?;
        let reads = self.reads.lock();
        let mut memory = self.memory.lock();
        // Another thread may have assigned one, and made it durable, since the look-up.
        if let Some(earlier) = memory.pseudonym(&lookup) {
            return Ok(earlier.to_string());
        }
        if let Some(earlier) = reads.pseudonym(&lookup)? {
            return Ok(earlier);
        }
        memory.add_pseudonym(PseudonymRow {
            lookup,
            tenant: tenant.id,
            name: name.clone(),
            tenant_epoch: tenant.epoch(),
            mapping,
        });
        Ok(name)
    }
}

fn lookup(tenant: &Tenant, space: Space, clear: &str) -> [u8; 16] {
    short_mac(&tenant.lookup, &[b"pseudonym", space.prefix().as_bytes(), clear.as_bytes()])
}
