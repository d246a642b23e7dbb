//! Data Security Finding, 2006: sensitive values that inspection found in a record and took out.

use std::collections::BTreeMap;

use model::{Action, Finding, Logged};
use serde_json::Value;

use super::parts::{self, Class};
use crate::format::Teller;
use crate::json::Object;

/// What was found in a record. It has types and counts, no value.
pub(super) fn event(logged: &Logged, teller: &Teller) -> Value {
    let record = &logged.record;
    let findings = &record.findings;
    let counts = counts(findings);
    let types: Vec<&str> = counts.keys().copied().collect();
    let title = format!("sensitive data in a record of kind {}", record.kind.as_str());
    let info = Object::of("uid", teller.key(logged.index, 1))
        .with("title", title.as_str())
        .with("created_time", logged.log_time.millis())
        .list("types", types.iter().copied())
        .list("related_events", [Object::of("uid", teller.key(logged.index, 0))])
        .with("related_events_count", 1);
    let pattern = types.join(", ");
    let (category_id, category) = category(&counts);
    let security = Object::of("category_id", category_id)
        .with("category", category)
        .with("data_lifecycle_state_id", 2)
        .with("detection_system_id", 10)
        .with("detection_pattern", pattern.as_str())
        .with("status_id", if is_complete(logged) { 1 } else { 2 })
        .with("total", findings.len());
    let kept = findings.iter().any(|finding| finding.action == Action::Keep);
    let class = Class { uid: 2006, activity: 1 };
    let mut unmapped = Object::default();
    for (kind, count) in counts {
        unmapped = unmapped.with(&format!("finding.{kind}"), count);
    }
    parts::head(&class, logged, teller, 1)
        .with("message", format!("{title}: {pattern}"))
        .with("status_id", if kept { 1 } else { 4 })
        .with("finding_info", info)
        .with("data_security", security)
        .with("actor", parts::actor(record))
        .with("src_endpoint", parts::src_endpoint(record))
        .with("unmapped", unmapped)
        .into()
}

fn is_complete(logged: &Logged) -> bool {
    logged.record.inspection == model::Inspection::Complete
}

fn counts(findings: &[Finding]) -> BTreeMap<&str, u64> {
    let mut counts = BTreeMap::new();
    for finding in findings {
        *counts.entry(finding.kind.as_str()).or_insert(0) += 1;
    }
    counts
}

/// Secrets weigh more than accounts, and accounts more than what else says who somebody is.
fn category(counts: &BTreeMap<&str, u64>) -> (u8, &'static str) {
    let has =
        |words: &[&str]| counts.keys().any(|kind| words.iter().any(|word| kind.contains(word)));
    if has(&["SECRET", "KEY", "TOKEN", "PASSWORD"]) {
        (6, "Security")
    } else if has(&["CARD", "IBAN", "BANK", "ACCOUNT"]) {
        (3, "Financial")
    } else {
        (1, "Personal")
    }
}
