//! Open Cybersecurity Schema Framework 1.8.0.
//!
//! | record | class |
//! |---|---|
//! | alert | Detection Finding 2004 |
//! | sign-in | Authentication 3002 |
//! | retrieval, memory | Datastore Activity 6005, profile `ai_operation` |
//! | model call, tool call, agent's step, proxied exchange, event about an account, a grant, a setting | API Activity 6003, profile `ai_operation` where a model is known |
//! | telemetry and what Plainsight did itself | Base Event 0 |
//! | sensitive data found in any of them | beside it a Data Security Finding 2006 |
//!
//! What has no attribute stands in `unmapped`. A finding has no `ai_model`: the profile is not on
//! the findings classes.

mod api;
mod authentication;
mod base;
mod data_security;
mod datastore;
mod finding;
mod parts;

use model::{Kind, Logged};
use serde_json::Value;

use super::Teller;

/// The version of the schema.
pub const VERSION: &str = "1.8.0";

/// The events that a record makes.
pub fn events(logged: &Logged, teller: &Teller) -> Vec<Value> {
    let record = &logged.record;
    let event = match (&record.alert, record.kind) {
        (Some(alert), Kind::Alert) => finding::event(logged, alert, teller),
        (_, Kind::SignIn) => authentication::event(logged, teller),
        (_, Kind::Retrieval | Kind::Memory) => datastore::event(logged, teller),
        (_, kind) if is_activity(kind) => api::event(logged, teller),
        _ => base::event(logged, teller),
    };
    let mut events = vec![event];
    if !record.findings.is_empty() {
        events.push(data_security::event(logged, teller));
    }
    events
}

/// Whether a record of this kind is something that somebody asked a service to do.
const fn is_activity(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Interaction
            | Kind::ToolCall
            | Kind::Embedding
            | Kind::Agent
            | Kind::Workflow
            | Kind::AgentMessage
            | Kind::Guardrail
            | Kind::Exchange
            | Kind::Account
            | Kind::Authorization
            | Kind::Configuration
            | Kind::Access
            | Kind::Amendment
    )
}
