//! An alarm: what was seen, in which records, how bad it is, and what to do.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::Timestamp;

/// An alarm that a rule raised. It has pseudonyms and indices, no content.
///
/// The same records and rules give the same alert, byte for byte.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Alert {
    /// `al_` and 32 hexadecimal digits, from the rule, the tenant, the entities and the first
    /// evidence: a later count of the same alarm has the same id.
    pub id: String,
    /// The rule that raised it.
    pub rule: RaisedBy,
    /// How bad it is (`level` of Sigma).
    pub severity: Severity,
    /// How sure it is, from 0 to 1.
    pub score: f32,
    /// Why, in one sentence.
    pub reason: String,
    /// What to do, in one sentence.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub action: String,
    /// Tags of the rule: `atlas.aml.t0051.000`, `owasp.llm01.2025`, …
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Who and what is involved, by field: `user.id`, `session.id`, `gen_ai.tool.name`, …
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub entities: BTreeMap<String, String>,
    /// Ledger indices of the records that it rests on, the first hundred.
    pub evidence: Vec<u64>,
    /// Event time of the first of them.
    pub first_seen: Timestamp,
    /// Event time of the last of them.
    pub last_seen: Timestamp,
    /// How often it was seen: an alert that repeats is counted, not raised again.
    pub count: u64,
}

/// The rule behind an alert.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RaisedBy {
    /// Its id (`id` of Sigma).
    pub id: String,
    /// Its title.
    pub title: String,
    /// SHA-256 of its text, hexadecimal: which version of it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub digest: String,
}

/// How bad an alert is: the levels of Sigma.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Worth knowing.
    #[default]
    Informational,
    /// To be looked at within a day.
    Low,
    /// To be looked at within four hours.
    Medium,
    /// To be looked at within an hour.
    High,
    /// To be looked at at once.
    Critical,
}

impl Severity {
    /// The name in records, views and rules.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Informational => "informational",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}
