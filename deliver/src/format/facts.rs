//! The facts of a record as a flat list of named values: what CEF, LEEF, ECS, Sentinel and
//! structured syslog are made from. Names are OpenTelemetry's, as in rules.
//!
//! Facts hold no content, but every attribute of the record, redacted as it is kept.

use model::{Alert, Call, Event, EventOutcome, Exchange, Logged, Record};
use serde_json::Value;

/// Named values, in a fixed order.
#[derive(Debug, Default)]
pub(crate) struct Facts(Vec<(String, Value)>);

impl Facts {
    /// Those of a record.
    pub(crate) fn of(logged: &Logged) -> Self {
        let mut facts = Self::default();
        let record = &logged.record;
        facts.identity(logged);
        facts.actor(record);
        if let Some(call) = &record.call {
            facts.call(call);
        }
        if let Some(exchange) = &record.exchange {
            facts.exchange(exchange);
        }
        if let Some(event) = &record.event {
            facts.event(event);
        }
        if let Some(alert) = &record.alert {
            facts.alert(alert);
        }
        facts.found(record);
        for (name, value) in &record.attributes {
            if !facts.0.iter().any(|(known, _)| known == name) {
                facts.put(name, value.clone());
            }
        }
        facts
    }

    /// Names and values.
    pub(crate) fn into_iter(self) -> impl Iterator<Item = (String, Value)> {
        self.0.into_iter()
    }

    fn put(&mut self, name: &str, value: impl Into<Value>) {
        self.0.push((name.to_owned(), value.into()));
    }

    fn maybe(&mut self, name: &str, value: Option<impl Into<Value>>) {
        if let Some(value) = value {
            self.put(name, value);
        }
    }

    fn list(&mut self, name: &str, values: &[String]) {
        if !values.is_empty() {
            self.put(name, values);
        }
    }

    fn identity(&mut self, logged: &Logged) {
        let record = &logged.record;
        self.put("plainsight.index", logged.index);
        self.put("plainsight.kind", record.kind.as_str());
        if !record.part.is_whole() {
            self.put("plainsight.part", record.part.as_str());
        }
        self.put("plainsight.door", record.source.door.as_str());
        self.maybe("plainsight.dialect", record.source.dialect.as_deref());
        self.put("plainsight.tenant", record.tenant.as_str());
        self.maybe("service.name", record.source.service.as_deref());
        self.maybe("duration_ms", record.duration.map(|nanos| nanos / 1_000_000));
        self.maybe("trace_id", record.trace_id.map(|id| id.to_string()));
        self.maybe("span_id", record.span_id.map(|id| id.to_string()));
        self.maybe("parent_span_id", record.parent_span_id.map(|id| id.to_string()));
        self.maybe("span.name", record.name.as_deref());
        self.maybe("status.ok", record.status.ok);
        self.maybe("error.type", record.status.error_type.as_deref());
        self.maybe("error.message", record.status.message.as_deref());
    }

    fn actor(&mut self, record: &Record) {
        let actor = &record.actor;
        self.maybe("user.id", actor.user.as_deref());
        self.list("user.roles", &actor.roles);
        self.maybe("session.id", actor.session.as_deref());
        self.maybe("gen_ai.agent.name", actor.agent.as_deref());
        self.maybe("api_key", actor.api_key.as_deref());
        self.maybe("client.address", actor.client_address.as_deref());
        self.maybe("user_agent.original", actor.user_agent.as_deref());
    }

    fn call(&mut self, call: &Call) {
        let named = (!call.operation.is_empty()).then_some(call.operation.as_str());
        self.maybe("gen_ai.operation.name", named);
        self.maybe("gen_ai.provider.name", call.provider.as_deref());
        self.maybe("gen_ai.request.model", call.request_model.as_deref());
        self.maybe("gen_ai.response.model", call.response_model.as_deref());
        self.maybe("gen_ai.response.id", call.response_id.as_deref());
        self.list("gen_ai.response.finish_reasons", &call.finish_reasons);
        self.maybe("gen_ai.usage.input_tokens", call.usage.input_tokens);
        self.maybe("gen_ai.usage.output_tokens", call.usage.output_tokens);
        self.maybe("server.address", call.server_address.as_deref());
        for (name, value) in &call.parameters {
            self.put(&format!("gen_ai.request.{name}"), value.clone());
        }
    }

    fn exchange(&mut self, exchange: &Exchange) {
        self.put("http.request.method", exchange.method.as_str());
        self.put("url.path", exchange.path.as_str());
        self.maybe("http.response.status_code", exchange.status);
        self.maybe("http.request.body.size", exchange.request_bytes);
        self.maybe("http.response.body.size", exchange.response_bytes);
    }

    fn event(&mut self, event: &Event) {
        self.put("event.action", event.action.as_str());
        self.maybe("event.outcome", event.outcome.map(outcome));
        self.maybe("event.target", event.target.as_deref());
        self.maybe("event.reason", event.reason.as_deref());
    }

    fn alert(&mut self, alert: &Alert) {
        self.put("alert.id", alert.id.as_str());
        self.put("rule.id", alert.rule.id.as_str());
        self.put("rule.title", alert.rule.title.as_str());
        self.put("rule.digest", alert.rule.digest.as_str());
        self.put("alert.severity", alert.severity.as_str());
        self.put("alert.score", score(alert.score));
        self.put("alert.reason", alert.reason.as_str());
        self.put("alert.action", alert.action.as_str());
        self.list("alert.tags", &alert.tags);
        self.put("alert.evidence", alert.evidence.as_slice());
        self.put("alert.count", alert.count);
        for (name, value) in &alert.entities {
            if !self.0.iter().any(|(known, _)| known == name) {
                self.put(name, value.as_str());
            }
        }
    }

    fn found(&mut self, record: &Record) {
        let mut types: Vec<String> = record.findings.iter().map(|one| one.kind.clone()).collect();
        types.sort_unstable();
        types.dedup();
        self.list("finding.type", &types);
        if !record.findings.is_empty() {
            self.put("finding.count", record.findings.len());
        }
        let mut signals: Vec<String> = record.signals.iter().map(|one| one.name.clone()).collect();
        signals.sort_unstable();
        signals.dedup();
        self.list("signal.name", &signals);
    }
}

/// A score in hundredths: what a reader can tell apart, and the same text on every machine.
pub(crate) fn score(score: f32) -> f64 {
    (f64::from(score) * 100.0).round() / 100.0
}

/// A value as text: lists as their members with commas between them.
pub(crate) fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(members) => members.iter().map(text).collect::<Vec<_>>().join(","),
        other => other.to_string(),
    }
}

/// The word for an outcome.
pub(crate) const fn outcome(outcome: EventOutcome) -> &'static str {
    match outcome {
        EventOutcome::Success => "success",
        EventOutcome::Failure => "failure",
        EventOutcome::Denied => "denied",
        EventOutcome::Unknown => "unknown",
    }
}

/// Whether an event failed or was refused.
pub(crate) fn is_unsuccessful(record: &Record) -> bool {
    let outcome = record.event.as_ref().and_then(|event| event.outcome);
    matches!(outcome, Some(EventOutcome::Failure | EventOutcome::Denied))
}

/// One sentence about a record.
pub(crate) fn sentence(record: &Record) -> String {
    if let Some(alert) = &record.alert {
        return alert.reason.clone();
    }
    let what = match (&record.event, &record.call) {
        (Some(event), _) if !event.action.is_empty() => event.action.as_str(),
        (_, Some(call)) if !call.operation.is_empty() => call.operation.as_str(),
        _ => record.name.as_deref().unwrap_or_default(),
    };
    match what {
        "" => record.kind.as_str().to_owned(),
        what => format!("{}: {what}", record.kind.as_str()),
    }
}

/// What structured syslog says beside the message (RFC 5424 §6.3).
pub(crate) fn structured(logged: &Logged) -> Vec<(&'static str, String)> {
    let record = &logged.record;
    let mut facts = vec![
        ("index", logged.index.to_string()),
        ("kind", record.kind.as_str().to_owned()),
        ("tenant", record.tenant.as_str().to_owned()),
    ];
    if let Some(alert) = &record.alert {
        facts.push(("alert", alert.id.clone()));
        facts.push(("rule", alert.rule.id.clone()));
        facts.push(("severity", alert.severity.as_str().to_owned()));
        facts.push(("count", alert.count.to_string()));
    }
    facts
}
