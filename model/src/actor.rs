//! Who acted.

use serde::{Deserialize, Serialize};

/// The person and the software behind a record.
///
/// Before inspection the values are as received; after it `user`, `client_address` and
/// `api_key` are pseudonyms, and everything else is redacted text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Actor {
    /// How the user was found. [`IdentifiedBy::Nobody`] is the traceability gap, and is recorded.
    pub identified_by: IdentifiedBy,
    /// `user.id`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// `session.id` or `gen_ai.conversation.id`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
    /// `user.roles`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<String>,
    /// `gen_ai.agent.name` or `gen_ai.agent.id`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent: Option<String>,
    /// The key that was presented; after inspection its keyed fingerprint (`key_…`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub api_key: Option<String>,
    /// `client.address`; after inspection a pseudonym (`ip_…`), loopback excepted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_address: Option<String>,
    /// `user_agent.original`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_agent: Option<String>,
}

/// Where the user's identity was found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IdentifiedBy {
    /// No user was found: the traceability gap.
    #[default]
    Nobody,
    /// A claim of a token whose signature was verified.
    Token,
    /// A configured request header.
    Header,
    /// A field of the request (`user`, `metadata.user_id`, …).
    Request,
    /// An attribute of the telemetry.
    Telemetry,
    /// Plainsight acted itself.
    System,
}
