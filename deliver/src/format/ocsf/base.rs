//! Base Event, 0: telemetry, and what Plainsight did itself.

use model::Logged;
use serde_json::Value;

use super::parts::{self, Class};
use crate::format::Teller;

/// An event of no other class.
pub(super) fn event(logged: &Logged, teller: &Teller) -> Value {
    let class = Class { uid: 0, activity: 99 };
    parts::activity(&class, logged, teller)
        .with("activity_name", logged.record.kind.as_str())
        .with("unmapped", parts::unmapped(logged, teller))
        .into()
}
