//! The vault: finds or makes keys and pseudonyms, seals and opens.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use hashbrown::HashMap;
use model::{Class, Fingerprint, Keyed, Sealed, TenantId};
use parking_lot::{Mutex, RwLock};

use crate::cache::Cache;
use crate::database::{DataKeyRow, Database, PseudonymRow, TenantRow};
use crate::payload::{self, Bound, SealedPayload};
use crate::pending::Pending;
use crate::primitive::{Key, random, readable, short_mac};
use crate::subject::Subject;
use crate::tenant::Tenant;
use crate::{OpenError, VaultError, root};

/// Data keys and pseudonyms that are kept in memory.
const CACHED: usize = 100_000;

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

/// A subject's data key.
struct DataKey {
    id: [u8; 16],
    key: Key,
}

/// Tenant and subject, as their look-ups.
type SubjectRef = ([u8; 16], [u8; 16]);

struct Memory {
    by_subject: Cache<SubjectRef, Arc<DataKey>>,
    by_id: Cache<[u8; 16], Arc<DataKey>>,
    pseudonyms: Cache<[u8; 16], Arc<str>>,
    pending: Pending,
}

/// The keys of a data directory.
pub struct Vault {
    root: Key,
    tenant_lookup: aws_lc_rs::hmac::Key,
    reads: Mutex<Database>,
    /// `None` in a vault that was opened to read.
    writes: Option<Mutex<Database>>,
    tenants: RwLock<HashMap<String, Arc<Tenant>>>,
    memory: Mutex<Memory>,
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
    /// When the root key may be read by others, or does not belong to the database, or the
    /// database is gone.
    pub fn open(dir: &Path) -> Result<Self, VaultError> {
        let (root, is_new) = root::open_or_create(&root_path(dir))?;
        let path = database_path(dir);
        let folder = dir.join("vault");
        std::fs::create_dir_all(&folder).map_err(|source| root::io(&folder, source))?;
        let key = root.derive(&[b"plainsight vault database"])?;
        let writes = Database::open(&path, &key, is_new)?;
        let reads = Database::open_read_only(&path, &key)?;
        Self::new(root, reads, Some(writes))
    }

    /// Opens the vault to read, beside a running server or without one.
    ///
    /// # Errors
    /// As [`Vault::open`], and when there is no vault.
    pub fn open_read_only(dir: &Path) -> Result<Self, VaultError> {
        let root = root::read(&root_path(dir))?;
        let key = root.derive(&[b"plainsight vault database"])?;
        let reads = Database::open_read_only(&database_path(dir), &key)?;
        Self::new(root, reads, None)
    }

    fn new(root: Key, reads: Database, writes: Option<Database>) -> Result<Self, VaultError> {
        let tenant_lookup = root.derive(&[b"plainsight tenant lookup"])?.hmac();
        let memory = Memory {
            by_subject: Cache::new(CACHED),
            by_id: Cache::new(CACHED),
            pseudonyms: Cache::new(CACHED),
            pending: Pending::default(),
        };
        Ok(Self {
            root,
            tenant_lookup,
            reads: Mutex::new(reads),
            writes: writes.map(Mutex::new),
            tenants: RwLock::default(),
            memory: Mutex::new(memory),
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

    /// Encrypts a record under its subject's data key. New keys are durable after [`Vault::sync`].
    ///
    /// # Errors
    /// When the database or the cryptographic library fails.
    pub fn seal(
        &self,
        tenant: &TenantId,
        subject: &Subject,
        class: Class,
        plaintext: &[u8],
    ) -> Result<SealedPayload, VaultError> {
        let tenant = self.tenant(tenant)?;
        let key = self.data_key(&tenant, subject)?;
        let bound = Bound { class: class as u8, tenant: &tenant.id, key: &key.id };
        payload::seal(&key.key, bound, plaintext)
    }

    /// Decrypts what [`Vault::seal`] made, given the fields of its leaf.
    ///
    /// # Errors
    /// [`OpenError::Erased`] when the key was destroyed, [`OpenError::Tampered`] when anything of
    /// the payload or the leaf's fields was changed.
    pub fn open_payload(
        &self,
        class: u8,
        tenant: &[u8; 16],
        key: &[u8; 16],
        commitment: &[u8; 32],
        payload: &[u8],
    ) -> Result<Vec<u8>, OpenError> {
        let data_key = self.data_key_by_id(tenant, key)?;
        payload::open(&data_key.key, Bound { class, tenant, key }, commitment, payload)
    }

    /// Encrypts an original for a `seal` policy, hexadecimal. It dies with its subject's key.
    ///
    /// # Errors
    /// When the database or the cryptographic library fails.
    pub fn seal_original(
        &self,
        tenant: &TenantId,
        subject: &Subject,
        original: &[u8],
    ) -> Result<String, VaultError> {
        let tenant = self.tenant(tenant)?;
        let data_key = self.data_key(&tenant, subject)?;
        let key = data_key.key.derive(&[b"plainsight sealed original"])?;
        Ok(hex::encode([data_key.id.as_slice(), &key.wrap(&data_key.id, original)?].concat()))
    }

    /// Decrypts what [`Vault::seal_original`] made.
    ///
    /// # Errors
    /// As [`Vault::open_payload`].
    pub fn unseal_original(
        &self,
        tenant: &TenantId,
        sealed: &str,
    ) -> Result<Sealed<Vec<u8>>, OpenError> {
        let tenant = self.tenant(tenant)?;
        let bytes = hex::decode(sealed).map_err(|_| OpenError::Tampered)?;
        let Some((id, wrapped)) = bytes.split_first_chunk::<16>() else {
            return Err(OpenError::Tampered);
        };
        let key =
            self.data_key_by_id(&tenant.id, id)?.key.derive(&[b"plainsight sealed original"])?;
        key.unwrap(id, wrapped)?.map(Sealed::new).ok_or(OpenError::Tampered)
    }

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
        let lookup = pseudonym_lookup(&tenant, space, clear);
        if let Some(name) = self.find_pseudonym(&lookup)? {
            return Ok(name.to_string());
        }
        self.writable()?;
        let name = format!("{}{}", space.prefix(), readable(random()?));
        let mapping = tenant.mapping.wrap(name.as_bytes(), clear.as_bytes())?;
        let mut memory = self.memory.lock();
        if let Some(earlier) = memory.pending.pseudonyms.get(&lookup) {
            return Ok(earlier.name.clone());
        }
        // Another thread may have assigned one, and made it durable, since the look-up.
        if let Some(earlier) = memory.pseudonyms.peek(&lookup) {
            return Ok(earlier.to_string());
        }
        memory.pseudonyms.insert(lookup, name.as_str().into());
        let row = PseudonymRow { lookup, tenant: tenant.id, name: name.clone(), mapping };
        memory.pending.pseudonyms.insert(lookup, row);
        Ok(name)
    }

    /// The pseudonym of `clear`, if it ever had one.
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
        let found = self.find_pseudonym(&pseudonym_lookup(&tenant, space, clear))?;
        Ok(found.map(|name| name.to_string()))
    }

    /// Whom a pseudonym stands for; `None` when nobody does, or no longer. The caller records that
    /// it asked.
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
        let Some(mapping) = self.reads.lock().mapping(&tenant.id, name)? else {
            return Ok(None);
        };
        let clear = tenant.mapping.unwrap(name.as_bytes(), &mapping)?.ok_or(VaultError::Altered)?;
        let clear = String::from_utf8(clear).map_err(|_| VaultError::Altered)?;
        Ok(Some(Sealed::new(clear)))
    }

    /// Deletes a pseudonym's mapping: from now on it stands for nobody. Says whether it stood for
    /// someone.
    ///
    /// # Errors
    /// When the database fails.
    pub fn forget(&self, tenant: &TenantId, name: &str) -> Result<bool, VaultError> {
        self.sync()?;
        let tenant = self.tenant(tenant)?;
        let forgotten = self.writable()?.lock().forget(&tenant.id, name)?;
        self.memory.lock().pseudonyms = Cache::new(CACHED);
        Ok(forgotten)
    }

    /// Destroys every data key of a subject: its records are erased. Says how many keys there were.
    ///
    /// # Errors
    /// When the database fails.
    pub fn destroy_subject(
        &self,
        tenant: &TenantId,
        subject: &Subject,
    ) -> Result<usize, VaultError> {
        self.sync()?;
        let tenant = self.tenant(tenant)?;
        let subject = subject_lookup(&tenant, subject);
        let ids = self.writable()?.lock().destroy(&tenant.id, &subject)?;
        let mut memory = self.memory.lock();
        memory.by_subject.remove(&(tenant.id, subject));
        for id in &ids {
            memory.by_id.remove(id);
        }
        Ok(ids.len())
    }

    /// Makes new keys and pseudonyms durable. Does nothing when nothing is new.
    ///
    /// # Errors
    /// When the database fails; what is new is then kept for the next try.
    pub fn sync(&self) -> Result<(), VaultError> {
        let Some(writes) = &self.writes else {
            return Ok(());
        };
        // First the writer, then what is new: whoever finds nothing new knows it is written.
        let mut writes = writes.lock();
        let pending = std::mem::take(&mut self.memory.lock().pending);
        if pending.is_empty() {
            return Ok(());
        }
        let pseudonyms: Vec<PseudonymRow> = pending.pseudonyms.into_values().collect();
        let written = writes.insert(&pending.tenants, &pending.keys, &pseudonyms);
        if written.is_err() {
            let mut memory = self.memory.lock();
            memory.pending.tenants.extend(pending.tenants);
            memory.pending.keys.extend(pending.keys);
            memory.pending.pseudonyms.extend(pseudonyms.into_iter().map(|row| (row.lookup, row)));
        }
        written
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

    fn writable(&self) -> Result<&Mutex<Database>, VaultError> {
        self.writes.as_ref().ok_or(VaultError::ReadOnly)
    }

    fn tenant(&self, name: &TenantId) -> Result<Arc<Tenant>, VaultError> {
        match self.known_tenant(name)? {
            Some(tenant) => Ok(tenant),
            None => self.new_tenant(name),
        }
    }

    fn known_tenant(&self, name: &TenantId) -> Result<Option<Arc<Tenant>>, VaultError> {
        if let Some(tenant) = self.tenants.read().get(name.as_str()) {
            return Ok(Some(Arc::clone(tenant)));
        }
        let lookup = short_mac(&self.tenant_lookup, &[name.as_str().as_bytes()]);
        let Some((id, wrapped)) = self.reads.lock().tenant(&lookup)? else {
            return Ok(None);
        };
        let tenant = Arc::new(self.unwrap_tenant(id, &wrapped)?);
        self.tenants.write().insert(name.as_str().to_owned(), Arc::clone(&tenant));
        Ok(Some(tenant))
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
        let lookup = short_mac(&self.tenant_lookup, &[name.as_str().as_bytes()]);
        self.memory.lock().pending.tenants.push(TenantRow { lookup, id, wrapped });
        tenants.insert(name.as_str().to_owned(), Arc::clone(&tenant));
        Ok(tenant)
    }

    fn unwrap_tenant(&self, id: [u8; 16], wrapped: &[u8]) -> Result<Tenant, VaultError> {
        let wrapping = self.root.derive(&[b"plainsight root wrapping"])?;
        Tenant::new(id, &wrapping.unwrap_key(&id, wrapped)?)
    }

    fn tenant_by_id(&self, id: &[u8; 16]) -> Result<Arc<Tenant>, OpenError> {
        if let Some(tenant) = self.tenants.read().values().find(|tenant| tenant.id == *id) {
            return Ok(Arc::clone(tenant));
        }
        let wrapped = self.reads.lock().tenant_by_id(id)?.ok_or(OpenError::UnknownKey)?;
        Ok(Arc::new(self.unwrap_tenant(*id, &wrapped)?))
    }

    fn data_key(&self, tenant: &Tenant, subject: &Subject) -> Result<Arc<DataKey>, VaultError> {
        let reference = (tenant.id, subject_lookup(tenant, subject));
        if let Some(key) = self.cached_key(&reference) {
            return Ok(key);
        }
        let row = self.reads.lock().subject(&reference.0, &reference.1)?;
        let epoch = row.as_ref().map_or(1, |row| row.epoch + 1);
        if let Some(row) = row.filter(|row| row.wrapped.is_some()) {
            let key = self.remember(tenant, &row)?;
            self.memory.lock().by_subject.insert(reference, Arc::clone(&key));
            return Ok(key);
        }
        self.new_data_key(tenant, reference, epoch)
    }

    fn cached_key(&self, reference: &SubjectRef) -> Option<Arc<DataKey>> {
        let mut memory = self.memory.lock();
        let key = memory.by_subject.peek(reference)?;
        if memory.by_subject.is_old(reference) {
            memory.by_subject.touch(reference);
        }
        Some(key)
    }

    fn new_data_key(
        &self,
        tenant: &Tenant,
        reference: SubjectRef,
        epoch: i64,
    ) -> Result<Arc<DataKey>, VaultError> {
        self.writable()?;
        let data_key = Arc::new(DataKey { id: random()?, key: Key::random()? });
        let (tenant_id, subject) = reference;
        let bound = wrapping_bound(&data_key.id, &subject);
        let wrapped = Some(tenant.wrapping.wrap(&bound, data_key.key.bytes())?);
        let mut memory = self.memory.lock();
        if let Some(earlier) = memory.by_subject.peek(&reference) {
            return Ok(earlier);
        }
        memory.by_subject.insert(reference, Arc::clone(&data_key));
        memory.by_id.insert(data_key.id, Arc::clone(&data_key));
        memory.pending.keys.push(DataKeyRow {
            id: data_key.id,
            tenant: tenant_id,
            subject,
            epoch,
            wrapped,
        });
        Ok(data_key)
    }

    fn data_key_by_id(&self, tenant: &[u8; 16], id: &[u8; 16]) -> Result<Arc<DataKey>, OpenError> {
        if let Some(key) = self.memory.lock().by_id.peek(id) {
            return Ok(key);
        }
        let row = self.reads.lock().data_key(id)?.filter(|row| row.tenant == *tenant);
        let row = row.ok_or(OpenError::UnknownKey)?;
        if row.wrapped.is_none() {
            return Err(OpenError::Erased);
        }
        let tenant = self.tenant_by_id(tenant)?;
        Ok(self.remember(&tenant, &row)?)
    }

    fn remember(&self, tenant: &Tenant, row: &DataKeyRow) -> Result<Arc<DataKey>, VaultError> {
        let bound = wrapping_bound(&row.id, &row.subject);
        let wrapped = row.wrapped.as_deref().unwrap_or_default();
        let key = tenant.wrapping.unwrap_key(&bound, wrapped)?;
        let data_key = Arc::new(DataKey { id: row.id, key });
        self.memory.lock().by_id.insert(row.id, Arc::clone(&data_key));
        Ok(data_key)
    }

    fn find_pseudonym(&self, lookup: &[u8; 16]) -> Result<Option<Arc<str>>, VaultError> {
        {
            let mut memory = self.memory.lock();
            if let Some(name) = memory.pseudonyms.peek(lookup) {
                if memory.pseudonyms.is_old(lookup) {
                    memory.pseudonyms.touch(lookup);
                }
                return Ok(Some(name));
            }
            if let Some(row) = memory.pending.pseudonyms.get(lookup) {
                return Ok(Some(row.name.as_str().into()));
            }
        }
        let Some(name) = self.reads.lock().pseudonym(lookup)? else {
            return Ok(None);
        };
        let name: Arc<str> = name.into();
        self.memory.lock().pseudonyms.insert(*lookup, Arc::clone(&name));
        Ok(Some(name))
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

fn root_path(dir: &Path) -> PathBuf {
    dir.join("keys").join("root.key")
}

fn database_path(dir: &Path) -> PathBuf {
    dir.join("vault").join("vault.db")
}

fn subject_lookup(tenant: &Tenant, subject: &Subject) -> [u8; 16] {
    let (kind, name) = subject.parts();
    short_mac(&tenant.lookup, &[b"subject", kind.as_bytes(), name.as_bytes()])
}

fn pseudonym_lookup(tenant: &Tenant, space: Space, clear: &str) -> [u8; 16] {
    short_mac(&tenant.lookup, &[b"pseudonym", space.prefix().as_bytes(), clear.as_bytes()])
}

/// A wrapped key is bound to its row.
fn wrapping_bound(id: &[u8; 16], subject: &[u8; 16]) -> Vec<u8> {
    [id.as_slice(), subject].concat()
}
