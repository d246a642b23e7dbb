//! Records and originals, sealed and opened.

use model::{Class, Sealed, TenantId};

use crate::payload::{self, Bound, SealedPayload};
use crate::primitive::Key;
use crate::{OpenError, Subject, Vault, VaultError};

impl Vault {
    /// Encrypts a record under its subject's data key. New keys are durable after [`Vault::sync`].
    ///
    /// # Errors
    /// When the record is larger than can be opened, or the database or the cryptographic library
    /// fails.
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
    /// [`OpenError::Erased`] when the key was destroyed, [`OpenError::UnknownKey`] when it was
    /// never here, [`OpenError::Tampered`] when anything of the payload or the leaf's fields was
    /// changed.
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
        let sealed = original_key(&data_key.key)?.wrap(&data_key.id, original)?;
        Ok(hex::encode([data_key.id.as_slice(), &sealed].concat()))
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
        let tenant = self.known_tenant(tenant)?.ok_or(OpenError::UnknownKey)?;
        let bytes = hex::decode(sealed).map_err(|_| OpenError::Tampered)?;
        let Some((id, wrapped)) = bytes.split_first_chunk::<16>() else {
            return Err(OpenError::Tampered);
        };
        let data_key = self.data_key_by_id(&tenant.id, id)?;
        let original = original_key(&data_key.key)?.unwrap(id, wrapped)?;
        original.map(Sealed::new).ok_or(OpenError::Tampered)
    }
}

/// Originals have a key of their own, so that whoever is given one for records has none for them.
fn original_key(data_key: &Key) -> Result<Key, VaultError> {
    data_key.derive(&[b"plainsight sealed original"])
}
