//! Microsoft Sentinel, Logs Ingestion API: a list of flat rows for a custom table.

use model::Logged;
use serde_json::Value;

use super::facts::{self, Facts};
use super::{Teller, severity, time};
use crate::json::Object;
use crate::outgoing::Outgoing;

/// A row with the columns that every table has, and all facts as one dynamic column, so that a new
/// fact needs no new column.
pub fn row(logged: &Logged, teller: &Teller) -> Value {
    let record = &logged.record;
    let alert = record.alert.as_deref();
    let mut facts_column = Object::default();
    for (name, value) in Facts::of(logged).into_iter() {
        facts_column = facts_column.with(&name, value);
    }
    Object::of("TimeGenerated", time::rfc3339(record.time))
        .with("EventKey", teller.key(logged.index, 0))
        .with("Instance", teller.instance.as_str())
        .with("Tenant", record.tenant.as_str())
        .with("Kind", record.kind.as_str())
        .with("Severity", severity(logged).as_str())
        .with("Message", facts::sentence(record))
        .maybe("UserId", record.actor.user.as_deref().or_else(|| entity(logged, "user.id")))
        .maybe(
            "SessionId",
            record.actor.session.as_deref().or_else(|| entity(logged, "session.id")),
        )
        .maybe("AlertId", alert.map(|alert| alert.id.as_str()))
        .maybe("RuleId", alert.map(|alert| alert.rule.id.as_str()))
        .maybe("RuleTitle", alert.map(|alert| alert.rule.title.as_str()))
        .with("Facts", facts_column)
        .into()
}

fn entity<'a>(logged: &'a Logged, name: &str) -> Option<&'a str> {
    logged.record.alert.as_ref()?.entities.get(name).map(String::as_str)
}

/// The body of one request.
pub fn body(batch: &[Outgoing]) -> Vec<u8> {
    let mut body = vec![b'['];
    for (position, outgoing) in batch.iter().enumerate() {
        if position > 0 {
            body.push(b',');
        }
        body.extend_from_slice(&outgoing.payload);
    }
    body.push(b']');
    body
}
