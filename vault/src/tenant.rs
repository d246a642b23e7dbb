//! A tenant's keys, each for one purpose.

use aws_lc_rs::hmac;

use crate::VaultError;
use crate::primitive::Key;

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
    pub(crate) fn new(id: [u8; 16], key: &Key) -> Result<Self, VaultError> {
        Ok(Self {
            id,
            wrapping: key.derive(&[b"plainsight tenant wrapping"])?,
            mapping: key.derive(&[b"plainsight tenant mapping"])?,
            lookup: key.derive(&[b"plainsight tenant lookup"])?.hmac(),
            fingerprint: key.derive(&[b"plainsight tenant fingerprint"])?.hmac(),
        })
    }
}
