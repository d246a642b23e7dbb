//! What inspection found, and what was done about it.

use serde::{Deserialize, Serialize};

use crate::{Fingerprint, TenantId};

/// A sensitive value that was found in a record and taken out of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// The type: `EMAIL_ADDRESS`, `CREDIT_CARD`, `SECRET`, …
    #[serde(rename = "type")]
    pub kind: String,
    /// The exact kind, where there is one: `openai-api-key`, `jwt`, …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subtype: Option<String>,
    /// The field, as a path: `content/2`, `attributes/url.full`, `actor/session`.
    pub place: String,
    /// Where its replacement starts in the redacted field, in Unicode code points.
    pub start: u32,
    /// Where its replacement ends, exclusive.
    pub end: u32,
    /// How sure the detector is, from 0 to 1.
    pub confidence: f32,
    /// Keyed fingerprint of the value: the same value can be recognised, not recovered.
    pub fingerprint: Fingerprint,
    /// What was done.
    pub action: Action,
}

/// What a policy does with a sensitive value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Leave the value where it is, and tell of it.
    Keep,
    /// Replace by the type's name alone.
    Drop,
    /// Replace by the type's name and a hint, such as the last four digits.
    Mask,
    /// Replace by a keyed pseudonym, so that equal values stay equal.
    Pseudonymize,
    /// Replace as `pseudonymize` does, and keep the original under its own key.
    Seal,
}

/// Whether everything in a record was looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Inspection {
    /// Every field was inspected.
    #[default]
    Complete,
    /// A detector failed or a bound was reached; what was not inspected was dropped.
    Partial,
}

/// An original that a `seal` policy kept, encrypted under the subject's seal key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SealedOriginal {
    /// Position of its finding in the record's list.
    pub finding: u32,
    /// Ciphertext, hexadecimal.
    pub ciphertext: String,
}

/// A sign of an attack in a record's content, such as an instruction to ignore instructions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Signal {
    /// The signal's name: `instruction_override`, `system_prompt_extraction`, …
    pub name: String,
    /// The field it was seen in, as in [`Finding::place`].
    pub place: String,
    /// Its weight, from 0 to 1.
    pub score: f32,
}

/// Gives keyed fingerprints. The vault has the key.
pub trait Keyed {
    /// The fingerprint of `value` as a `label` (a type's name, say) within `tenant`.
    fn fingerprint(&self, tenant: &TenantId, label: &str, value: &[u8]) -> Fingerprint;
}
