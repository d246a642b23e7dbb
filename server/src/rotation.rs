//! New keys for the vault of an open data directory, and the record of that.
//!
//! What the rotation does is the vault's business.

use model::Clock;
use serde_json::json;
use vault::{NextRoot, Vault, VaultError};

use crate::record::{Record, RecordError};
use crate::recorder;

/// What is to be rotated.
#[derive(Debug)]
pub enum Rotation {
    /// The keys of every tenant.
    Tenants,
    /// The root key.
    Root(NextRoot),
}

/// What was rotated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rotated {
    /// The keys of so many tenants.
    Tenants(u64),
    /// The root key, which is of this epoch now.
    Root(u32),
}

/// Why it was not, or not recorded.
#[derive(Debug, thiserror::Error)]
pub enum RotationError {
    /// The keys could not be rotated.
    #[error("vault: {0}")]
    Vault(#[from] VaultError),
    /// The keys are new, but that is not on record.
    #[error("the keys were rotated, but that could not be recorded: {0}")]
    NotRecorded(#[from] RecordError),
}

/// Rotates keys. Blocks.
///
/// # Errors
/// When the vault fails.
pub fn rotate(vault: &Vault, rotation: Rotation) -> Result<Rotated, VaultError> {
    match rotation {
        Rotation::Tenants => vault.rotate().map(Rotated::Tenants),
        Rotation::Root(next) => vault.rotate_root(next).map(Rotated::Root),
    }
}

/// Records that `by` rotated keys.
///
/// # Errors
/// When the record cannot be kept.
pub async fn note(
    recorder: &dyn Record,
    by: &str,
    rotated: Rotated,
    clock: &dyn Clock,
) -> Result<(), RecordError> {
    let (action, reason, attribute) = match rotated {
        Rotated::Tenants(count) => {
            ("vault.rotate", "tenants have keys of a new epoch", ("tenants", json!(count)))
        }
        Rotated::Root(epoch) => {
            ("vault.rotate_root", "the root key is a new one", ("epoch", json!(epoch)))
        }
    };
    let mut note = recorder::system(action, reason, clock.now());
    let record = note.expose_mut();
    record.actor.user = Some(by.to_owned());
    record.attributes.insert(attribute.0.to_owned(), attribute.1);
    recorder.record(vec![note]).await.map(drop)
}
