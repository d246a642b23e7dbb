//! API Activity, 6003: a call of a model, of a tool, of Plainsight's own API.

use model::{Exchange, Kind, Logged, Record};
use serde_json::Value;

use super::parts::{self, Class, Pivot};
use crate::format::Teller;
use crate::json::Object;

/// A call.
pub(super) fn event(logged: &Logged, teller: &Teller) -> Value {
    let record = &logged.record;
    let class = Class { uid: 6003, activity: activity(record) };
    let event = parts::activity(&class, logged, teller)
        .with("actor", parts::actor(record))
        .with("api", api(record))
        .with("src_endpoint", parts::src_endpoint(record))
        .object("dst_endpoint", parts::dst_endpoint(record))
        .list("resources", target(record))
        .list("observables", observables(record))
        .with("unmapped", parts::unmapped(logged, teller));
    let event = match &record.exchange {
        Some(exchange) => with_exchange(event, exchange, record),
        None => event,
    };
    parts::with_model(event, record).into()
}

/// Create, read, update, delete, or other: from the verb where there is one. A call of a model
/// makes an answer.
fn activity(record: &Record) -> u32 {
    match (record.kind, record.event.as_ref().map(|event| event.action.as_str())) {
        (Kind::Access, _) => 2,
        (Kind::Interaction | Kind::Embedding, _) => 1,
        (_, Some(action)) => match action.rsplit(['.', '_']).next().unwrap_or_default() {
            "create" | "created" | "add" | "grant" => 1,
            "read" | "view" | "list" => 2,
            "update" | "updated" | "change" | "changed" => 3,
            "delete" | "deleted" | "remove" | "revoke" => 4,
            _ => 99,
        },
        _ => 99,
    }
}

fn api(record: &Record) -> Object {
    let call = record.call.as_ref();
    let operation = match (&record.event, call, &record.exchange) {
        (Some(event), _, _) if !event.action.is_empty() => event.action.clone(),
        (_, Some(call), _) if !call.operation.is_empty() => call.operation.clone(),
        (_, _, Some(exchange)) => format!("{} {}", exchange.method, exchange.path),
        _ => record.name.clone().unwrap_or_else(|| record.kind.as_str().to_owned()),
    };
    let uid = record.span_id.map(|id| id.to_string());
    let request = uid.map(|uid| Object::of("uid", uid));
    let service = record.source.service.as_deref().map(|name| Object::of("name", name));
    let response = Object::default()
        .maybe("code", record.exchange.as_ref().and_then(|exchange| exchange.status))
        .maybe("error", record.status.error_type.as_deref())
        .maybe("error_message", record.status.message.as_deref());
    Object::of("operation", operation)
        .maybe("request", request)
        .object("response", response)
        .maybe("service", service)
}

fn with_exchange(event: Object, exchange: &Exchange, record: &Record) -> Object {
    // The schema knows the methods of RFC 9110; another one stands in `unmapped`.
    let known = ["CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE"];
    let method = known.contains(&exchange.method.as_str()).then_some(exchange.method.as_str());
    let url = (!exchange.path.is_empty()).then(|| Object::of("path", exchange.path.as_str()));
    let request = Object::default()
        .maybe("http_method", method)
        .maybe("url", url)
        .maybe("version", exchange.protocol.as_deref())
        .maybe("user_agent", record.actor.user_agent.as_deref())
        .maybe("body_length", exchange.request_bytes);
    let response = exchange
        .status
        .map(|code| Object::of("code", code).maybe("body_length", exchange.response_bytes));
    event.object("http_request", request).maybe("http_response", response)
}

fn target(record: &Record) -> Vec<Object> {
    let target = record.event.as_ref().and_then(|event| event.target.as_deref());
    target.map(|name| Object::of("name", name).with("role_id", 1)).into_iter().collect()
}

fn observables(record: &Record) -> Vec<Object> {
    parts::observables([
        ("actor.user.uid", Pivot::User, record.actor.user.as_deref()),
        ("actor.user.credential_uid", Pivot::Credential, record.actor.api_key.as_deref()),
    ])
}
