//! Elastic Common Schema 9: nested JSON with `@timestamp`, `ecs.version` and the four
//! categorisation fields. `gen_ai.*` is beta in ECS and has the names of OpenTelemetry.

use model::{EventOutcome, Kind, Logged, Record, Severity};
use serde_json::Value;

use super::facts::{self, Facts};
use super::{Teller, severity, tags, time};
use crate::json::Object;

/// The version of ECS whose fields are used.
pub const VERSION: &str = "9.4.0";

/// A record as an ECS event. What ECS has no field for stands under `plainsight`.
pub fn event(logged: &Logged, teller: &Teller) -> Value {
    let record = &logged.record;
    let mut event = Object::of("@timestamp", time::rfc3339(record.time))
        .at_path("ecs.version", VERSION)
        .at_path("observer.vendor", "Plainsight")
        .at_path("observer.product", "Plainsight")
        .at_path("observer.type", "llm-recorder")
        .at_path("observer.version", teller.version.as_str())
        .at_path("observer.name", teller.instance.as_str())
        .at_path("host.name", teller.host.as_str())
        .at_path("message", facts::sentence(record))
        .at_path("event.id", teller.key(logged.index, 0))
        .at_path("event.created", time::rfc3339(logged.log_time))
        .at_path("event.severity", number(severity(logged)));
    event = categories(event, record);
    if let Some(alert) = &record.alert {
        event = event
            .at_path("event.start", time::rfc3339(alert.first_seen))
            .at_path("event.end", time::rfc3339(alert.last_seen));
        event = techniques(event, &alert.tags);
    }
    for (name, value) in Facts::of(logged).into_iter() {
        if let Some(path) = field(&name) {
            event = event.at_path(&path, value);
        }
    }
    event.into()
}

/// The numbers that Elastic's detection rules use.
const fn number(severity: Severity) -> u8 {
    match severity {
        Severity::Informational => 0,
        Severity::Low => 21,
        Severity::Medium => 47,
        Severity::High => 73,
        Severity::Critical => 99,
    }
}

fn categories(event: Object, record: &Record) -> Object {
    let (kind, category, class) = match record.kind {
        Kind::Alert => ("alert", "intrusion_detection", "info"),
        Kind::SignIn => ("event", "authentication", "start"),
        Kind::Account | Kind::Authorization => ("event", "iam", "user"),
        Kind::Configuration | Kind::Amendment => ("event", "configuration", "change"),
        Kind::Retrieval | Kind::Memory => ("event", "database", "access"),
        Kind::Metric | Kind::Resource => ("metric", "host", "info"),
        Kind::System => ("event", "process", "info"),
        _ => ("event", "api", "access"),
    };
    event
        .at_path("event.kind", kind)
        .at_path("event.category", vec![category])
        .at_path("event.type", vec![class])
        .at_path("event.outcome", outcome(record))
}

fn outcome(record: &Record) -> &'static str {
    match (record.event.as_ref().and_then(|event| event.outcome), record.status.ok) {
        (Some(EventOutcome::Success), _) | (None, Some(true)) => "success",
        (Some(EventOutcome::Failure | EventOutcome::Denied), _) | (None, Some(false)) => "failure",
        _ => "unknown",
    }
}

fn techniques(event: Object, tags: &[String]) -> Object {
    let found: Vec<_> = tags.iter().filter_map(|tag| tags::technique(tag)).collect();
    if found.is_empty() {
        return event;
    }
    let framework = if found.iter().any(|one| one.id.starts_with("AML.")) {
        "MITRE ATLAS"
    } else {
        "MITRE ATT&CK"
    };
    let ids: Vec<String> = found.iter().map(|one| one.id.clone()).collect();
    let subs: Vec<String> = found.into_iter().filter_map(|one| one.sub).collect();
    let event = event.at_path("threat.framework", framework).at_path("threat.technique.id", ids);
    if subs.is_empty() { event } else { event.at_path("threat.technique.subtechnique.id", subs) }
}

/// Where ECS keeps a fact; `None` for one that is told otherwise.
fn field(name: &str) -> Option<String> {
    let path = match name {
        "event.outcome" | "alert.severity" => return None,
        "trace_id" => "trace.id",
        "span_id" => "span.id",
        "rule.title" => "rule.name",
        "rule.digest" => "rule.version",
        "alert.tags" => "tags",
        "event.action"
        | "event.reason"
        | "user.id"
        | "user.roles"
        | "user_agent.original"
        | "error.type"
        | "error.message"
        | "service.name"
        | "server.address"
        | "rule.id"
        | "http.request.method"
        | "client.address"
        | "session.id"
        | "http.response.status_code"
        | "url.path" => name,
        "http.request.body.size" => "http.request.body.bytes",
        "http.response.body.size" => "http.response.body.bytes",
        _ if name.starts_with("gen_ai.") => name,
        _ => {
            let own = name.strip_prefix("plainsight.").unwrap_or(name);
            return Some(format!("plainsight.{own}"));
        }
    };
    Some(path.to_owned())
}
