//! Detection Finding, 2004: an alert.

use model::{Alert, Logged};
use serde_json::Value;

use super::parts::{self, Class, Pivot};
use crate::format::facts::score;
use crate::format::{Teller, atlas, tags};
use crate::json::Object;

/// An alert; an update of the same finding once it has repeated.
pub(super) fn event(logged: &Logged, alert: &Alert, teller: &Teller) -> Value {
    let class = Class { uid: 2004, activity: if alert.count > 1 { 2 } else { 1 } };
    let confidence = score(alert.score);
    let remediation = (!alert.action.is_empty()).then(|| Object::of("desc", alert.action.as_str()));
    parts::head(&class, logged, teller, 0)
        .with("is_alert", true)
        .with("status_id", 1)
        .with("status", "New")
        .with("count", alert.count)
        .with("start_time", alert.first_seen.millis())
        .with("end_time", alert.last_seen.millis())
        .with("confidence_id", confidence_id(confidence))
        .with("confidence_score", percent(confidence))
        .with("finding_info", info(logged, alert, teller))
        .with("evidences", vec![Value::from(evidence(alert))])
        .list("resources", resources(alert))
        .list("observables", observables(alert))
        .maybe("remediation", remediation)
        .with("unmapped", parts::unmapped(logged, teller))
        .into()
}

fn confidence_id(score: f64) -> u8 {
    match score {
        score if score >= 0.8 => 3,
        score if score >= 0.5 => 2,
        _ => 1,
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a score from 0 to 1 in hundredths")]
fn percent(score: f64) -> i64 {
    (score * 100.0).round() as i64
}

fn info(logged: &Logged, alert: &Alert, teller: &Teller) -> Object {
    let analytic = Object::of("type_id", 1)
        .with("type", "Rule")
        .with("uid", alert.rule.id.as_str())
        .with("name", alert.rule.title.as_str())
        .with("version", alert.rule.digest.as_str());
    let tags = alert.tags.iter().map(|tag| {
        let (name, value) = tags::split(tag);
        Object::of("name", name).with("value", value)
    });
    let related = alert.evidence.iter().map(|index| Object::of("uid", teller.key(*index, 0)));
    Object::of("uid", alert.id.as_str())
        .with("title", alert.rule.title.as_str())
        .with("desc", alert.reason.as_str())
        .with("analytic", analytic)
        .with("created_time", logged.log_time.millis())
        .with("first_seen_time", alert.first_seen.millis())
        .with("last_seen_time", alert.last_seen.millis())
        .list("data_sources", ["plainsight ledger"])
        .list("attacks", attacks(&alert.tags))
        .list("tags", tags)
        .list("related_events", related)
        .with("related_events_count", alert.evidence.len())
}

fn attacks(tags: &[String]) -> Vec<Object> {
    let found = tags.iter().filter_map(|tag| tags::technique(tag));
    found
        .map(|technique| {
            let sub = technique.sub.as_deref().map(named);
            Object::of("technique", named(&technique.id)).maybe("sub_technique", sub)
        })
        .collect()
}

/// A technique with its name; one without a known name is called by its identifier, since readers
/// of older versions of the schema want a name.
fn named(uid: &str) -> Object {
    Object::of("name", atlas::name(uid).unwrap_or(uid)).with("uid", uid)
}

fn entity<'a>(alert: &'a Alert, name: &str) -> Option<&'a str> {
    alert.entities.get(name).map(String::as_str)
}

/// Who and what it is about. The model and the agent stand in `data`, since no finding has the
/// profile `ai_operation`.
fn evidence(alert: &Alert) -> Object {
    let mut data = Object::default();
    for (name, value) in &alert.entities {
        data = data.with(name, value.as_str());
    }
    let data = data.with("evidence", alert.evidence.as_slice());
    let user = Object::default()
        .maybe("uid", entity(alert, "user.id").or_else(|| entity(alert, "api_key")))
        .maybe(
            "credential_uid",
            entity(alert, "api_key").filter(|_| alert.entities.contains_key("user.id")),
        );
    let session = Object::default().maybe("uid", entity(alert, "session.id"));
    let actor = Object::default()
        .object("user", user)
        .object("session", session)
        .maybe("app_name", entity(alert, "service.name"));
    let tool = entity(alert, "gen_ai.tool.name").map(|tool| Object::of("operation", tool));
    Object::of("data", data)
        .object("actor", actor)
        .maybe("api", tool)
        .maybe("src_endpoint", entity(alert, "client.address").map(|uid| Object::of("uid", uid)))
}

fn resources(alert: &Alert) -> Vec<Object> {
    let kinds = [
        ("gen_ai.request.model", "model", 4),
        ("gen_ai.agent.name", "agent", 2),
        ("gen_ai.tool.name", "tool", 3),
        ("service.name", "service", 3),
    ];
    kinds
        .into_iter()
        .filter_map(|(name, kind, role)| Some((entity(alert, name)?, kind, role)))
        .map(|(name, kind, role)| Object::of("name", name).with("type", kind).with("role_id", role))
        .collect()
}

fn observables(alert: &Alert) -> Vec<Object> {
    parts::observables([
        ("evidences[].actor.user.uid", Pivot::User, entity(alert, "user.id")),
        ("evidences[].actor.user.credential_uid", Pivot::Credential, entity(alert, "api_key")),
        ("evidences[].src_endpoint.uid", Pivot::Endpoint, entity(alert, "client.address")),
    ])
}
