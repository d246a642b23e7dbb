//! PagerDuty Events API v2. The alert's id is the `dedup_key`: a repeat of an alert joins its
//! incident and opens no other.

use model::{Logged, Severity};
use serde_json::Value;

use super::facts::{self, Facts};
use super::{Teller, severity, time};
use crate::json::{self, Object};
use crate::outgoing::Outgoing;

/// Signs of `summary` (Events API v2).
const SUMMARY: usize = 1024;

/// An event of action `trigger`, less its routing key.
pub fn event(logged: &Logged, teller: &Teller) -> Value {
    let record = &logged.record;
    let alert = record.alert.as_deref();
    let mut details = Object::default();
    for (name, value) in Facts::of(logged).into_iter() {
        details = details.with(&name, value);
    }
    let title = alert.map_or_else(String::new, |alert| format!("{}: ", alert.rule.title));
    let summary: String =
        format!("{title}{}", facts::sentence(record)).chars().take(SUMMARY).collect();
    let payload = Object::of("summary", summary)
        .with("source", teller.host.as_str())
        .with("severity", word(severity(logged)))
        .with("timestamp", time::rfc3339(record.time))
        .with("component", record.source.service.as_deref().unwrap_or("plainsight"))
        .with("class", alert.map_or(record.kind.as_str(), |alert| alert.rule.id.as_str()))
        .with("custom_details", details);
    Object::of("event_action", "trigger")
        .with("dedup_key", alert.map_or_else(|| teller.key(logged.index, 0), |one| one.id.clone()))
        .with("client", "Plainsight")
        .with("payload", payload)
        .into()
}

/// Severities of PagerDuty.
const fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "critical",
        Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Informational => "info",
    }
}

/// The body of a request.
pub fn body(outgoing: &Outgoing, routing_key: &str) -> Vec<u8> {
    let event: Value = serde_json::from_slice(&outgoing.payload).unwrap_or_default();
    let mut event = event.as_object().cloned().unwrap_or_default();
    event.insert("routing_key".to_owned(), routing_key.into());
    json::line(&Value::Object(event)).into_bytes()
}
