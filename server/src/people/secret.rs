//! Secrets that are handed out once, and kept as digests only: sessions, API tokens, invitations.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand;
use model::Sealed;
use serde::{Deserialize, Serialize};

/// SHA-256 of a secret. The secrets are random and long, so that a plain digest tells nothing.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) struct Digest([u8; 32]);

/// There were no random numbers.
#[derive(Debug, thiserror::Error)]
#[error("there are no random numbers")]
pub struct NoRandomness;

impl Digest {
    /// The digest of a secret.
    pub(crate) fn of(secret: &str) -> Self {
        let mut bytes = [0; 32];
        bytes.copy_from_slice(digest(&SHA256, secret.as_bytes()).as_ref());
        Self(bytes)
    }

    /// A short name for it, which tells nothing of the secret.
    pub(crate) fn name(&self) -> String {
        hex::encode(self.0.split_at(6).0)
    }
}

impl std::fmt::Debug for Digest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Digest(…)")
    }
}

impl From<Digest> for String {
    fn from(digest: Digest) -> Self {
        hex::encode(digest.0)
    }
}

impl TryFrom<String> for Digest {
    type Error = hex::FromHexError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes)?;
        Ok(Self(bytes))
    }
}

/// A new secret of 256 bits behind `prefix`, so that a scanner for secrets can know it.
///
/// # Errors
/// When the system has no random numbers.
pub(crate) fn new(prefix: &str) -> Result<Sealed<String>, NoRandomness> {
    let mut bytes = [0_u8; 32];
    rand::fill(&mut bytes).map_err(|_| NoRandomness)?;
    Ok(Sealed::new(format!("{prefix}{}", hex::encode(bytes))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_goes_through_json_and_shows_nothing() {
        let secret = new("ps_").unwrap();
        let digest = Digest::of(secret.expose());
        let json = serde_json::to_string(&digest).unwrap();
        assert_eq!(serde_json::from_str::<Digest>(&json).unwrap(), digest);
        assert_eq!(format!("{digest:?}"), "Digest(…)");
        assert!(serde_json::from_str::<Digest>("\"00\"").is_err());
        assert_ne!(Digest::of(new("ps_").unwrap().expose()), digest);
    }
}
