//! The record as Plainsight keeps it.

use model::Logged;
use serde_json::Value;

use super::{Teller, time};
use crate::json::Object;

/// The record with its place in the log. Sealed originals never leave; content only if the sink
/// was told to tell it.
pub(crate) fn event(logged: &Logged, teller: &Teller) -> Value {
    let mut record = logged.record.clone();
    record.sealed.clear();
    if !teller.content {
        record.content.clear();
        if let Some(call) = &mut record.call {
            call.tool_definitions.clear();
        }
    }
    let record = serde_json::to_value(&record).unwrap_or_default();
    Object::of("id", teller.key(logged.index, 0))
        .with("instance", teller.instance.as_str())
        .with("index", logged.index)
        .with("log_time", time::rfc3339(logged.log_time))
        .with("record", record)
        .into()
}
