//! Splunk HTTP Event Collector: JSON objects one after the other, without a list around them.

use serde_json::Value;

use super::Format;
use crate::json::{self, Object};
use crate::outgoing::Outgoing;

/// Where Splunk keeps the events.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Destination {
    /// `index`; none for the token's own.
    pub index: Option<String>,
    /// `host`.
    pub host: String,
}

/// One event in its envelope. The idempotency key is the indexed field `plainsight_key`.
pub fn event(outgoing: &Outgoing, format: Format, destination: &Destination) -> String {
    let millis = outgoing.time.millis();
    let time = format!("{}.{:03}", millis.div_euclid(1_000), millis.rem_euclid(1_000));
    let envelope = Object::of("time", time)
        .with("host", destination.host.as_str())
        .with("source", "plainsight")
        .with("sourcetype", format!("plainsight:{}", format.as_str()))
        .maybe("index", destination.index.as_deref())
        .with("event", payload(outgoing, format))
        .with("fields", Object::of("plainsight_key", outgoing.key.as_str()));
    json::line(&envelope.into())
}

/// The event as a value: an object, or the line of a format that is no JSON.
fn payload(outgoing: &Outgoing, format: Format) -> Value {
    let parsed = format.is_json().then(|| serde_json::from_slice(&outgoing.payload).ok()).flatten();
    parsed.unwrap_or_else(|| String::from_utf8_lossy(&outgoing.payload).into())
}
