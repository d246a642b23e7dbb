//! Fingerprints without a vault, for `scan`: their key dies with the process.

use aws_lc_rs::hmac;
use model::{Fingerprint, Keyed, TenantId};

use crate::VaultError;
use crate::primitive::{Key, short_mac};

/// A random fingerprint key.
pub struct EphemeralKeys(hmac::Key);

impl EphemeralKeys {
    /// Makes a new one.
    ///
    /// # Errors
    /// When the system gives no random bytes.
    pub fn generate() -> Result<Self, VaultError> {
        Ok(Self(Key::random()?.hmac()))
    }
}

impl Keyed for EphemeralKeys {
    fn fingerprint(&self, tenant: &TenantId, label: &str, value: &[u8]) -> Fingerprint {
        let parts = [tenant.as_str().as_bytes(), label.as_bytes(), value];
        Fingerprint(short_mac(&self.0, &parts))
    }
}
