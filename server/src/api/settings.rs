//! `/api/v1/settings`: what is set, without secrets, and a trial of the policy; `/api/v1/sinks`: how
//! each is doing, and a test alert.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use inspect::Inspector;
use model::{Origin, TenantId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use vault::EphemeralKeys;

use super::caller::Caller;
use super::parameters::{Parameters, body};
use super::reading::Shared;
use super::whole::Whole;
use crate::delivery;
use crate::refusal::Refusal;

/// A text to try the policy on.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Trial {
    #[schemars(length(max = 100_000))]
    text: String,
    /// Where it came from: `system`, `user`, `assistant`, `tool`, `retrieved`, `memory`, `agent`.
    #[schemars(with = "Option<OriginName>")]
    origin: Option<Origin>,
    #[schemars(length(max = 64))]
    tenant: Option<String>,
}

/// An origin, for the API's description.
#[derive(JsonSchema)]
#[serde(rename_all = "snake_case")]
#[expect(dead_code, reason = "only its schema is used")]
enum OriginName {
    System,
    User,
    Assistant,
    Tool,
    Retrieved,
    Memory,
    Agent,
}

/// What came of a test alert.
#[derive(Serialize, JsonSchema)]
pub(super) struct Tried {
    ok: bool,
    /// What was wrong.
    detail: Option<String>,
}

/// The longest text, in characters.
const LONGEST: usize = 100_000;
/// The longest name of a tenant.
const LONGEST_TENANT: usize = 64;

pub(super) async fn show(
    caller: Caller,
    State(shared): State<Shared>,
    parameters: Parameters,
) -> Result<Json<Value>, Refusal> {
    let names = parameters.finish()?;
    let mut settings = serde_json::to_value(&*shared.config).map_err(Refusal::internal)?;
    hide_credentials(&mut settings);
    settings["doors"] = doors(&shared.config);
    shared.note_access(&caller, "settings.show", &names, 0).await;
    Ok(Json(settings))
}

/// The ways in, and where they are.
fn doors(config: &crate::config::Config) -> Value {
    let door = |name: &str, address: &str| json!({"name": name, "address": address, "on": true});
    let mut doors = vec![
        door("events", &config.listen),
        door("OTLP over HTTP", &config.otlp.http),
        door("OTLP over gRPC", &config.otlp.grpc),
    ];
    let upstreams = config.proxy.upstreams.keys();
    doors.extend(upstreams.map(|name| door(&format!("proxy to {name}"), &config.listen)));
    json!(doors)
}

/// Names of settings whose values are none of a reader's business, though they should be references.
const SECRET: &[&str] = &["secret", "password", "token", "key"];

/// Takes out what is behind such a name, and user and password out of URLs.
fn hide_credentials(value: &mut Value) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                let is_secret = SECRET.iter().any(|secret| name.ends_with(secret));
                if is_secret && value.is_string() {
                    *value = json!("[set]");
                } else {
                    hide_credentials(value);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(hide_credentials),
        Value::String(text) => {
            let Some((scheme, rest)) = text.split_once("://") else { return };
            let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
            if let Some((_, host)) = authority.rsplit_once('@') {
                *text = format!("{scheme}://{host}{path}");
            }
        }
        _ => {}
    }
}

pub(super) async fn try_policy(
    State(shared): State<Shared>,
    Whole(bytes): Whole,
) -> Result<Json<Value>, Refusal> {
    let Trial { text, origin, tenant } = body(&bytes)?;
    if text.chars().count() > LONGEST {
        return Err(Refusal::parameter("text", "is longer than 100,000 characters"));
    }
    if tenant.as_ref().is_some_and(|tenant| tenant.chars().count() > LONGEST_TENANT) {
        return Err(Refusal::parameter("tenant", "is longer than 64 characters"));
    }
    let told = shared
        .blocking(move |shared| {
            let read = |file: &std::path::Path| std::fs::read_to_string(file);
            let inspector = Inspector::with_files(&shared.config.inspect, &read);
            let inspector = inspector.map_err(Refusal::internal)?;
            // Fingerprints of a trial match nothing that was recorded.
            let keys = EphemeralKeys::generate().map_err(Refusal::internal)?;
            let tenant = tenant.map(TenantId).unwrap_or_default();
            let explained = inspector.explain(&text, &tenant, origin, &keys);
            let scan = inspector.scan(&text, origin.unwrap_or_default(), &keys);
            Ok(json!({
                "text": explained.redacted,
                "inspection": explained.inspection,
                "findings": explained.findings,
                "incomplete": explained.incomplete,
                "attack": scan.attack,
            }))
        })
        .await?;
    Ok(Json(told))
}

pub(super) async fn sinks(
    caller: Caller,
    State(shared): State<Shared>,
    parameters: Parameters,
) -> Result<Json<Value>, Refusal> {
    let names = parameters.finish()?;
    let items: Vec<Value> = shared.sinks.iter().map(|status| json!(*status.borrow())).collect();
    shared.note_access(&caller, "sinks.list", &names, items.len()).await;
    Ok(Json(json!({"items": items, "next": null})))
}

pub(super) async fn try_sink(
    caller: Caller,
    State(shared): State<Shared>,
    Path(name): Path<String>,
    parameters: Parameters,
) -> Result<Json<Tried>, Refusal> {
    parameters.finish()?;
    let sink = shared.config.sinks.iter().find(|sink| sink.name == name);
    let sink = sink.ok_or(Refusal::NotFound)?;
    let teller = delivery::teller(&shared.layout).map_err(Refusal::internal)?;
    let tried = delivery::try_out(sink, &teller, Arc::clone(&shared.clock)).await;
    shared.note_access(&caller, "sinks.test", &["name"], 0).await;
    Ok(Json(Tried { ok: tried.is_ok(), detail: tried.err() }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_credential_is_shown() {
        let mut settings = json!({"a": [{"url": "https://u:p@h.example/x@y", "token": "t"}],
            "client_secret": "s", "plain": "https://h.example/"});
        hide_credentials(&mut settings);
        assert_eq!(
            settings,
            json!({"a": [{"url": "https://h.example/x@y", "token": "[set]"}],
                "client_secret": "[set]", "plain": "https://h.example/"})
        );
    }
}
