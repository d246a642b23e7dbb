//! What happened beside model traffic: sign-ins, grants, feedback, changes.

use serde::{Deserialize, Serialize};

/// The body of an event of the events API, and of what Plainsight records of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Event {
    /// What was done, in the words of the field: `login`, `role.grant`, `prompt.update`, `thumbs_down`.
    pub action: String,
    /// How it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<EventOutcome>,
    /// What it was done to: an account, a role, a resource, a record.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// Why, as the source says it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// How an event ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventOutcome {
    /// It was done.
    Success,
    /// It was tried and failed.
    Failure,
    /// It was refused.
    Denied,
    /// The source does not say.
    Unknown,
}
