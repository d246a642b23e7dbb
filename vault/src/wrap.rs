//! What the root key wraps, and what each of it is bound to: so that no row opens in the place of
//! another.

use zeroize::Zeroizing;

use crate::VaultError;
use crate::primitive::Key;

/// The label of the key that finds tenants without showing their names.
pub(crate) const TENANT_LOOKUP: &str = "tenant lookup";

/// The key that wraps, derived from the root key.
pub(crate) fn wrapping(root: &Key) -> Result<Key, VaultError> {
    root.derive(&[b"plainsight root wrapping"])
}

/// Wraps a key of the vault's own, by its label.
pub(crate) fn kept(wrapping: &Key, label: &str, key: &Key) -> Result<Vec<u8>, VaultError> {
    wrapping.wrap(&bound_kept(label), key.bytes())
}

/// Opens what [`kept`] made.
pub(crate) fn open_kept(wrapping: &Key, label: &str, wrapped: &[u8]) -> Result<Key, VaultError> {
    wrapping.unwrap_key(&bound_kept(label), wrapped)
}

/// Wraps a tenant's keys for one epoch.
pub(crate) fn epoch(
    wrapping: &Key,
    tenant: &[u8; 16],
    epoch: u32,
    key: &Key,
) -> Result<Vec<u8>, VaultError> {
    wrapping.wrap(&bound_epoch(tenant, epoch), key.bytes())
}

/// Opens what [`epoch`] made.
pub(crate) fn open_epoch(
    wrapping: &Key,
    tenant: &[u8; 16],
    epoch: u32,
    wrapped: &[u8],
) -> Result<Key, VaultError> {
    wrapping.unwrap_key(&bound_epoch(tenant, epoch), wrapped)
}

/// Wraps a tenant's lasting keys: for look-ups, and for fingerprints.
pub(crate) fn lasting(
    wrapping: &Key,
    tenant: &[u8; 16],
    lookup: &Key,
    fingerprint: &Key,
) -> Result<Vec<u8>, VaultError> {
    let both = Zeroizing::new([lookup.bytes().as_slice(), fingerprint.bytes()].concat());
    wrapping.wrap(tenant, &both)
}

/// Opens what [`lasting`] made.
pub(crate) fn open_lasting(
    wrapping: &Key,
    tenant: &[u8; 16],
    wrapped: &[u8],
) -> Result<(Key, Key), VaultError> {
    let both = Zeroizing::new(wrapping.unwrap(tenant, wrapped)?.ok_or(VaultError::Altered)?);
    let (lookup, fingerprint) = both.split_first_chunk::<32>().ok_or(VaultError::Altered)?;
    let fingerprint = fingerprint.try_into().map_err(|_| VaultError::Altered)?;
    Ok((Key::new(*lookup), Key::new(fingerprint)))
}

fn bound_kept(label: &str) -> Vec<u8> {
    [b"kept ", label.as_bytes()].concat()
}

fn bound_epoch(tenant: &[u8; 16], epoch: u32) -> Vec<u8> {
    [tenant.as_slice(), &epoch.to_be_bytes()].concat()
}
