//! Keys: per-subject data keys, sealing, pseudonyms, fingerprints.
//!
//! ```text
//! root key → tenant key → subject's data key (by epoch) → HKDF for each record → AES-256-GCM
//!  (epoch)    (epoch)   → key of the mappings of pseudonyms
//!          → look-up and fingerprint keys of the tenant, which last
//! ```
//!
//! Destroying a subject's data key erases every record that was sealed for it and leaves every leaf
//! of the ledger as it was. Deleting a pseudonym's mapping makes the pseudonym nobody's.
//!
//! This crate knows nothing of the ledger, of SQL views, or of what is sensitive.

mod error;
mod primitive;
mod wrap;

// The root key, and how a vault is opened with it.
mod envelope;
mod opening;
mod root;

// What is kept.
mod database;

// What is remembered.
mod cache;
mod memory;
mod pending;

// The vault, and what it does.
mod data_key;
mod pseudonym;
mod rotation;
mod sealing;
mod status;
mod subject;
mod tenant;
mod vault;

// A payload's form.
mod compress;
mod payload;

mod ephemeral;

pub use ephemeral::EphemeralKeys;
pub use error::{OpenError, VaultError};
pub use payload::SealedPayload;
pub use pseudonym::Space;
pub use root::{RootKey, RootSource};
pub use rotation::NextRoot;
pub use status::{RootEpoch, Status, TenantStatus};
pub use subject::Subject;
pub use vault::{Vault, VaultOptions};
