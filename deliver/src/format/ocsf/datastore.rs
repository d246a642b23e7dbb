//! Datastore Activity, 6005: a retrieval, a read or write of an agent's memory.

use model::{Kind, Logged, Record};
use serde_json::{Value, json};

use super::parts::{self, Class};
use crate::format::Teller;
use crate::json::Object;

/// Names under which instrumentation tells the store.
const STORE: [&str; 4] =
    ["gen_ai.data_source.id", "db.collection.name", "db.namespace", "db.system.name"];

/// A retrieval or a use of memory.
pub(super) fn event(logged: &Logged, teller: &Teller) -> Value {
    let record = &logged.record;
    let class = Class { uid: 6005, activity: activity(record) };
    let event = parts::activity(&class, logged, teller)
        .with("actor", parts::actor(record))
        .with("src_endpoint", parts::src_endpoint(record))
        .object("dst_endpoint", parts::dst_endpoint(record))
        .with("type_id", 1)
        .with("database", database(record))
        .with("unmapped", parts::unmapped(logged, teller));
    parts::with_model(event, record).into()
}

fn activity(record: &Record) -> u32 {
    let event = record.event.as_ref().map(|event| event.action.as_str());
    let operation = record.call.as_ref().map(|call| call.operation.as_str());
    match (record.kind, event.or(operation).unwrap_or_default()) {
        (Kind::Retrieval, _) => 4,
        (_, name) if name.contains("delete") => 7,
        (_, name) if name.contains("update") => 2,
        (_, name) if name.contains("write") || name.contains("create") => 5,
        _ => 1,
    }
}

fn database(record: &Record) -> Object {
    let named = STORE.iter().find_map(|name| record.attributes.get(*name)?.as_str());
    let name = named.or(record.source.service.as_deref()).unwrap_or("unknown");
    let (type_id, kind) = match record.kind {
        Kind::Retrieval => (7, "Vector"),
        _ => (99, "Agent memory"),
    };
    let model = record.call.as_ref().and_then(|call| call.request_model.as_deref());
    Object::of("name", name)
        .with("type_id", json!(type_id))
        .with("type", kind)
        .maybe("embedding_model", model.filter(|_| record.kind == Kind::Retrieval))
}
