//! Data keys: found, made, destroyed.
//!
//! Does not encrypt records.

use std::sync::Arc;

use model::TenantId;

use crate::database::{DataKeyRow, Database};
use crate::primitive::{Key, random, short_mac};
use crate::tenant::{EpochKeys, Tenant};
use crate::{OpenError, Subject, Vault, VaultError};

/// Tenant's id and subject's look-up.
pub(crate) type SubjectRef = ([u8; 16], [u8; 16]);

/// A subject's data key.
pub(crate) struct DataKey {
    /// Random; shown in leaves.
    pub(crate) id: [u8; 16],
    pub(crate) subject: SubjectRef,
    /// Which of the tenant's keys wraps it.
    pub(crate) tenant_epoch: u32,
    pub(crate) key: Key,
}

impl Vault {
    /// Destroys every data key of a subject: its records are erased. Says how many keys there were.
    ///
    /// A record that another thread is sealing for this subject at this moment may be erased with
    /// the others; what is sealed after the return has a new key.
    ///
    /// # Errors
    /// When the database fails; [`VaultError::Busy`] when the keys are destroyed but another
    /// process keeps their last trace from being overwritten: ask again.
    pub fn destroy_subject(
        &self,
        tenant: &TenantId,
        subject: &Subject,
    ) -> Result<usize, VaultError> {
        let mut writes = self.writable()?.lock();
        let Some(tenant) = self.known_tenant(tenant)? else {
            return Ok(0);
        };
        let subject = subject_ref(&tenant, subject);
        // While the reader is held, nobody can put back into memory what is being destroyed.
        let reads = self.reads.lock();
        self.write_pending(&mut writes)?;
        let ids = writes.destroy(&subject.0, &subject.1)?;
        self.memory.lock().forget_subject(&subject, &ids);
        drop(reads);
        writes.truncate_journal()?;
        Ok(ids.len())
    }

    /// The data key under which the subject's next record is sealed.
    pub(crate) fn data_key(
        &self,
        tenant: &Tenant,
        subject: &Subject,
    ) -> Result<Arc<DataKey>, VaultError> {
        let subject = subject_ref(tenant, subject);
        // A key from before a rotation goes on opening what it sealed, and seals nothing more.
        let is_in_use = |tenant_epoch: u32| tenant_epoch >= tenant.epoch();
        let remembered = self.memory.lock().data_key(&subject);
        if let Some(key) = remembered.filter(|key| is_in_use(key.tenant_epoch)) {
            return Ok(key);
        }
        let reads = self.reads.lock();
        let newest = reads.newest_data_key(&subject.0, &subject.1)?;
        let epoch = newest.as_ref().map_or(1, |row| row.epoch + 1);
        match newest.filter(|row| row.wrapped.is_some() && is_in_use(row.tenant_epoch)) {
            Some(row) => {
                let key = Arc::new(self.unwrap(&reads, tenant, &row)?);
                self.memory.lock().remember_key(&key);
                Ok(key)
            }
            None => self.new_data_key(tenant, subject, epoch),
        }
    }

    /// The caller holds the reader, so that no two threads make a key for one subject.
    fn new_data_key(
        &self,
        tenant: &Tenant,
        subject: SubjectRef,
        epoch: i64,
    ) -> Result<Arc<DataKey>, VaultError> {
        self.writable()?;
        let mut memory = self.memory.lock();
        let remembered = memory.data_key(&subject);
        let remembered = remembered.filter(|key| key.tenant_epoch >= tenant.epoch());
        // One that is not durable yet has this epoch's place in the database.
        if let Some(earlier) = remembered.or_else(|| memory.pending_key(&subject)) {
            return Ok(earlier);
        }
        let (id, tenant_epoch, key) = (random()?, tenant.epoch(), Key::random()?);
        let wrapped = tenant.current.wrapping.wrap(&bound(&id, &subject.1), key.bytes())?;
        let key = Arc::new(DataKey { id, subject, tenant_epoch, key });
        let row = DataKeyRow {
            id: key.id,
            tenant: subject.0,
            subject: subject.1,
            epoch,
            tenant_epoch,
            wrapped: Some(wrapped),
        };
        memory.add_key(row, &key);
        Ok(key)
    }

    /// The data key that a leaf names.
    pub(crate) fn data_key_by_id(
        &self,
        tenant: &[u8; 16],
        id: &[u8; 16],
    ) -> Result<Arc<DataKey>, OpenError> {
        let remembered = self.memory.lock().data_key_by_id(id);
        if let Some(key) = remembered {
            return if key.subject.0 == *tenant { Ok(key) } else { Err(OpenError::Tampered) };
        }
        let reads = self.reads.lock();
        let row = reads.data_key(id)?.ok_or(OpenError::UnknownKey)?;
        if row.tenant != *tenant {
            return Err(OpenError::Tampered);
        }
        if row.wrapped.is_none() {
            return Err(OpenError::Erased);
        }
        self.load_by_id(&reads, &row)
    }

    fn load_by_id(&self, reads: &Database, row: &DataKeyRow) -> Result<Arc<DataKey>, OpenError> {
        let tenant = self.tenant_by_id(reads, &row.tenant)?;
        let key = Arc::new(self.unwrap(reads, &tenant, row)?);
        self.memory.lock().remember_key_by_id(&key);
        Ok(key)
    }

    fn unwrap(
        &self,
        reads: &Database,
        tenant: &Tenant,
        row: &DataKeyRow,
    ) -> Result<DataKey, VaultError> {
        let wrapped = row.wrapped.as_deref().unwrap_or_default();
        let bound = bound(&row.id, &row.subject);
        let open = |keys: &EpochKeys| keys.wrapping.unwrap_key(&bound, wrapped);
        let key = self.with_epoch(reads, tenant, row.tenant_epoch, open)?;
        let (subject, tenant_epoch) = ((row.tenant, row.subject), row.tenant_epoch);
        Ok(DataKey { id: row.id, subject, tenant_epoch, key })
    }
}

fn subject_ref(tenant: &Tenant, subject: &Subject) -> SubjectRef {
    let (kind, name) = subject.parts();
    (tenant.id, short_mac(&tenant.lookup, &[b"subject", kind.as_bytes(), name.as_bytes()]))
}

/// A wrapped key is bound to its row. The tenant is bound by whose key wraps it.
fn bound(id: &[u8; 16], subject: &[u8; 16]) -> Vec<u8> {
    [id.as_slice(), subject].concat()
}
