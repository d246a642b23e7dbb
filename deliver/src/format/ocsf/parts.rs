//! What the classes have in common: head, metadata, actor, endpoints, model, unmapped data.

use std::net::IpAddr;

use model::{EventOutcome, Logged, Record, Severity};

use super::VERSION;
use crate::format::facts::{self, Facts};
use crate::format::{Teller, severity};
use crate::json::Object;

/// A class of events and an activity in it.
pub(super) struct Class {
    pub(super) uid: u32,
    pub(super) activity: u32,
}

/// The base attributes of every class. `part` tells the events of one record apart.
pub(super) fn head(class: &Class, logged: &Logged, teller: &Teller, part: usize) -> Object {
    let record = &logged.record;
    let severity = severity(logged);
    Object::of("class_uid", class.uid)
        .with("category_uid", class.uid / 1000)
        .with("activity_id", class.activity)
        .with("type_uid", u64::from(class.uid) * 100 + u64::from(class.activity))
        .with("severity_id", severity_id(severity))
        .with("severity", caption(severity))
        .with("time", record.time.millis())
        .with("message", facts::sentence(record))
        .maybe("duration", record.duration.map(|nanos| nanos / 1_000_000))
        .with("timezone_offset", 0)
        .with("metadata", metadata(class, logged, teller, part))
}

/// The head of a class that says how something ended.
pub(super) fn activity(class: &Class, logged: &Logged, teller: &Teller) -> Object {
    let (id, name) = status(&logged.record);
    let detail = logged.record.status.message.as_deref();
    let reason = logged.record.event.as_ref().and_then(|event| event.reason.as_deref());
    head(class, logged, teller, 0)
        .with("status_id", id)
        .with("status", name)
        .maybe("status_code", logged.record.status.error_type.as_deref())
        .maybe("status_detail", detail.or(reason))
}

fn metadata(class: &Class, logged: &Logged, teller: &Teller, part: usize) -> Object {
    let record = &logged.record;
    let product = Object::of("name", "Plainsight")
        .with("vendor_name", "Plainsight")
        .with("uid", teller.instance.as_str())
        .with("version", teller.version.as_str());
    Object::of("version", VERSION)
        .with("product", product)
        .with("uid", teller.key(logged.index, part))
        .with("sequence", logged.index)
        .with("logged_time", logged.log_time.millis())
        .with("log_name", record.kind.as_str())
        .with("log_provider", record.source.door.as_str())
        .with("tenant_uid", record.tenant.as_str())
        .maybe("correlation_uid", record.trace_id.map(|id| id.to_string()))
        .list("profiles", profiles(class, record))
}

/// The profiles whose attributes an event of this record has.
fn profiles(class: &Class, record: &Record) -> Vec<&'static str> {
    if matches!(class.uid, 6003 | 6005) && has_model_context(record) {
        vec!["ai_operation"]
    } else {
        Vec::new()
    }
}

/// Whether an event of this record may say which model it is about.
fn has_model_context(record: &Record) -> bool {
    record.call.is_some() && record.alert.is_none() && record.event.is_none()
}

pub(super) const fn severity_id(severity: Severity) -> u8 {
    match severity {
        Severity::Informational => 1,
        Severity::Low => 2,
        Severity::Medium => 3,
        Severity::High => 4,
        Severity::Critical => 5,
    }
}

const fn caption(severity: Severity) -> &'static str {
    match severity {
        Severity::Informational => "Informational",
        Severity::Low => "Low",
        Severity::Medium => "Medium",
        Severity::High => "High",
        Severity::Critical => "Critical",
    }
}

fn status(record: &Record) -> (u8, &'static str) {
    match (record.event.as_ref().and_then(|event| event.outcome), record.status.ok) {
        (Some(EventOutcome::Success), _) | (None, Some(true)) => (1, "Success"),
        (Some(EventOutcome::Failure | EventOutcome::Denied), _) | (None, Some(false)) => {
            (2, "Failure")
        }
        _ => (0, "Unknown"),
    }
}

/// Who acted: user, session, and the application through which.
pub(super) fn actor(record: &Record) -> Object {
    let actor = &record.actor;
    let session = Object::default().maybe("uid", actor.session.as_deref());
    Object::of("app_name", record.source.service.as_deref().unwrap_or("unknown"))
        .object("user", user(record))
        .object("session", session)
        .maybe("invoked_by", actor.agent.as_deref())
}

/// The user; empty where nobody is known. A key without a user is an account of its own.
pub(super) fn user(record: &Record) -> Object {
    let actor = &record.actor;
    let Some(uid) = actor.user.as_deref().or(actor.api_key.as_deref()) else {
        return Object::default();
    };
    let groups = actor.roles.iter().map(|role| Object::of("name", role.as_str()));
    Object::of("uid", uid).maybe("credential_uid", actor.api_key.as_deref()).list("groups", groups)
}

/// The client. Its address is a pseudonym, except where it is loopback.
pub(super) fn src_endpoint(record: &Record) -> Object {
    match record.actor.client_address.as_deref() {
        Some(address) if address.parse::<IpAddr>().is_ok() => Object::of("ip", address),
        Some(pseudonym) => Object::of("uid", pseudonym),
        None => Object::of("svc_name", record.source.service.as_deref().unwrap_or("unknown")),
    }
}

/// The server of the model, where it is known.
pub(super) fn dst_endpoint(record: &Record) -> Object {
    let address = record.call.as_ref().and_then(|call| call.server_address.as_deref());
    let Some(address) = address else {
        return Object::default();
    };
    let (host, port) = match address.rsplit_once(':') {
        Some((host, port)) if !host.contains(':') || host.starts_with('[') => {
            (host, port.parse::<u16>().ok())
        }
        _ => (address, None),
    };
    let host = host.trim_matches(['[', ']']);
    let named = if host.parse::<IpAddr>().is_ok() { "ip" } else { "hostname" };
    Object::of(named, host).maybe("port", port)
}

/// `ai_model` and `message_context` of the profile `ai_operation`.
pub(super) fn with_model(event: Object, record: &Record) -> Object {
    let Some(call) = record.call.as_ref().filter(|_| has_model_context(record)) else {
        return event;
    };
    let name = call.request_model.as_deref().or(call.response_model.as_deref());
    let model = name.map(|name| {
        Object::of("name", name)
            .with("ai_provider", call.provider.as_deref().unwrap_or("unknown"))
            .maybe("version", call.response_model.as_deref())
    });
    let usage = call.usage;
    let total = usage.input_tokens.zip(usage.output_tokens).map(|(input, output)| input + output);
    let (role_id, role) = role(record);
    let service = record.source.service.as_deref().unwrap_or("unknown");
    let context = Object::of("ai_role_id", role_id)
        .with("ai_role", role)
        .with("service", Object::of("name", service))
        .maybe("uid", call.response_id.as_deref())
        .maybe("prompt_tokens", usage.input_tokens)
        .maybe("completion_tokens", usage.output_tokens)
        .maybe("total_tokens", total);
    event.maybe("ai_model", model).with("message_context", context)
}

const fn role(record: &Record) -> (u8, &'static str) {
    use model::Kind;
    match record.kind {
        Kind::ToolCall => (3, "Tool"),
        Kind::Agent | Kind::AgentMessage => (4, "Agent"),
        Kind::Workflow => (5, "Orchestrator"),
        Kind::Retrieval | Kind::Memory => (6, "Retriever"),
        _ => (2, "Assistant"),
    }
}

/// All facts, by name, for what no attribute takes; and what was said, if the sink tells it.
pub(super) fn unmapped(logged: &Logged, teller: &Teller) -> Object {
    let mut unmapped = Object::default();
    for (name, value) in Facts::of(logged).into_iter() {
        unmapped = unmapped.with(&name, value);
    }
    let content = &logged.record.content;
    if teller.content && !content.is_empty() {
        unmapped = unmapped.maybe("content", serde_json::to_value(content).ok());
    }
    unmapped
}

/// What an observable is: a type that every version of the schema has, and a word for it.
#[derive(Clone, Copy)]
pub(super) enum Pivot {
    User,
    Credential,
    Endpoint,
}

/// Observables: the values that an analyst pivots on.
pub(super) fn observables<'a>(
    pairs: impl IntoIterator<Item = (&'static str, Pivot, Option<&'a str>)>,
) -> Vec<Object> {
    let present = pairs.into_iter().filter_map(|(name, pivot, value)| Some((name, pivot, value?)));
    present
        .map(|(name, pivot, value)| {
            let (id, word) = match pivot {
                Pivot::User => (4, "User Name"),
                Pivot::Credential => (99, "User Credential ID"),
                Pivot::Endpoint => (99, "Network Endpoint UID"),
            };
            let observable = Object::of("name", name).with("type_id", id).with("type", word);
            observable.with("value", value)
        })
        .collect()
}
