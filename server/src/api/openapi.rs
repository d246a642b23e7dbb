//! The API's description (OpenAPI 3.1), from the table of routes.
//!
//! Committed as docs/openapi.json; `cargo xtask tidy` compares the two.

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, SchemaGenerator};
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::gate::CSRF_HEADER;
use super::parameters;
use super::repeats;
use super::routes::{Access, Form, Media, Parameter, ROUTES, Route};
use crate::people::{Right, Role};
use crate::wording::SAYS_SOMETHING;

/// A refusal (RFC 9457).
#[derive(Serialize, JsonSchema)]
struct Problem {
    /// `about:blank`, or `urn:plainsight:problem/…` where the status does not say it all.
    r#type: String,
    title: String,
    status: u16,
    detail: String,
    /// The same as `detail`, for clients of the first version.
    error: Told,
}

/// What is wrong.
#[derive(Serialize, JsonSchema)]
struct Told {
    message: String,
}

/// The description, in JSON.
pub fn document() -> String {
    let settings = SchemaSettings::draft2020_12()
        .with(|settings| settings.definitions_path = "/components/schemas".into());
    let mut generator = settings.into_generator();
    generator.subschema_for::<Problem>();
    let mut paths: Map<String, Value> = Map::new();
    for route in ROUTES {
        let item = paths.entry(route.path).or_insert_with(|| path_item(route));
        if let Some(item) = item.as_object_mut() {
            let method = route.method.to_lowercase();
            item.insert(method, operation(route, &mut generator));
        }
    }
    let schemas = generator.take_definitions(true);
    let whole = json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Plainsight",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Reads what LLM applications did, judges alerts, manages people. Every reading is recorded.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "description": "The administrator's token, or an API token"},
                "session": {
                    "type": "apiKey", "in": "cookie", "name": "__Host-plainsight",
                    "description": format!("A session's cookie; `plainsight` without TLS. Writes say `{CSRF_HEADER}` with it"),
                },
            },
        },
        "x-rights": Right::ALL.map(|right| json!({"name": right, "meaning": right.meaning()})),
        "x-roles": Role::ALL.map(|role| json!({
            "name": role,
            "meaning": role.meaning(),
            "rights": Right::ALL.into_iter().filter(|right| role.rights().has(*right)).collect::<Vec<_>>(),
        })),
    });
    let mut text = serde_json::to_string_pretty(&whole).unwrap_or_default();
    text.push('\n');
    text
}

/// `GET /api/v1/openapi.json`.
pub(super) async fn show() -> ([(http::HeaderName, &'static str); 1], &'static str) {
    static TEXT: std::sync::LazyLock<String> = std::sync::LazyLock::new(document);
    ([(http::header::CONTENT_TYPE, "application/json")], &TEXT)
}

/// What all methods of a path have in common: its own parameters.
fn path_item(route: &Route) -> Value {
    let names = route.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    let parameters = names.map(|name| {
        json!({"name": name, "in": "path", "required": true, "schema": form(path_form(name))})
    });
    let parameters: Vec<Value> = parameters.collect();
    if parameters.is_empty() { json!({}) } else { json!({"parameters": parameters}) }
}

/// What stands in a path.
fn path_form(name: &str) -> Form {
    match name {
        "index" | "run" | "approval" => Form::Integer(0, (1 << 53) - 1),
        "alert" => Form::Pattern("^al_[0-9a-f]{32}$"),
        "token" => Form::Pattern("^[0-9a-f]{12}$"),
        "name" => Form::Pattern("^[a-z0-9._@-]{1,64}$"),
        "trace" => Form::Pattern("^[0-9a-f]{32}$"),
        _ => Form::Text(256),
    }
}

fn operation(route: &Route, generator: &mut SchemaGenerator) -> Value {
    let mut parameters: Vec<Value> = route.parameters().map(parameter).collect();
    if route.repeats {
        parameters.push(json!({
            "name": repeats::HEADER, "in": "header", "required": false,
            "description": "What is sent again under the same key within ten minutes is done once",
            "schema": {"type": "string", "pattern": "^[A-Za-z0-9_.:-]{1,128}$"},
        }));
    }
    let mut responses = Map::new();
    responses.insert(route.status.to_string(), answer(route, generator));
    for status in errors(route) {
        responses.insert(status.to_string(), refusal(status));
    }
    // Refused before it gets here, and without a word.
    let too_long = json!({"description": "The path and the query are longer than 65,534 bytes"});
    responses.insert("414".to_owned(), too_long);
    let mut operation = json!({
        "operationId": operation_id(route),
        "summary": route.about,
        "tags": [route.path.split('/').nth(3).unwrap_or_default()],
        "parameters": parameters,
        "responses": responses,
        "security": security(route),
        "x-roles": route.access.roles(),
        "x-right": route.access.right(),
        "x-all-tenants": matches!(route.access, Access::AllTenants(_)),
    });
    let content = match route.body {
        Media::Nothing => return operation,
        Media::Json(schema) => json!({"application/json": {"schema": schema(generator)}}),
        Media::Other(media) => json!({media: {"schema": {}}}),
        Media::OneOf(media) => content_of(media),
    };
    if let Some(operation) = operation.as_object_mut() {
        operation.insert("requestBody".to_owned(), json!({"required": true, "content": content}));
    }
    operation
}

/// `getRecordsByIndex`.
fn operation_id(route: &Route) -> String {
    let mut id = route.method.to_lowercase();
    for part in route.path.split(['/', '.', '_']).skip(3).filter(|part| !part.is_empty()) {
        let (by, word) = match part.strip_prefix('{') {
            Some(name) => ("By", name.trim_end_matches('}')),
            None => ("", part),
        };
        let mut letters = word.chars();
        let first = letters.next().map(|letter| letter.to_ascii_uppercase());
        id.push_str(by);
        id.extend(first.into_iter().chain(letters));
    }
    id
}

fn security(route: &Route) -> Value {
    match route.access {
        Access::Anybody => json!([]),
        Access::Session => json!([{"session": []}]),
        _ => json!([{"token": []}, {"session": []}]),
    }
}

fn answer(route: &Route, generator: &mut SchemaGenerator) -> Value {
    let about = route.about;
    match route.answer {
        Media::Nothing => json!({"description": about}),
        Media::Json(schema) => json!({
            "description": about,
            "content": {"application/json": {"schema": schema(generator)}},
        }),
        Media::Other(media) => json!({"description": about, "content": {media: {"schema": {}}}}),
        Media::OneOf(media) => json!({"description": about, "content": content_of(media)}),
    }
}

fn content_of(media: &[&str]) -> Value {
    let each = media.iter().map(|media| ((*media).to_owned(), json!({"schema": {}})));
    Value::Object(each.collect())
}

/// What a route may answer beside success.
fn errors(route: &Route) -> Vec<u16> {
    // Asked wrongly; too fast; it failed inside; the log cannot be written, or too many read.
    let mut all = vec![400, 429, 500, 503];
    if route.access != Access::Anybody {
        all.extend([401, 403]);
    }
    if route.body.is_json() {
        all.push(413);
    }
    if route.repeats {
        all.push(409);
    }
    all.extend(route.errors);
    all.sort_unstable();
    all.dedup();
    all
}

fn refusal(status: u16) -> Value {
    let reason =
        http::StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason());
    let problem = json!({"$ref": "#/components/schemas/Problem"});
    json!({
        "description": reason,
        "content": {"application/problem+json": {"schema": problem}},
    })
}

fn parameter(parameter: &Parameter) -> Value {
    json!({
        "name": parameter.name,
        "in": "query",
        "required": parameter.is_required,
        "description": parameter.about,
        "schema": form(parameter.form),
    })
}

fn form(form: Form) -> Value {
    match form {
        Form::Words(most) => {
            json!({"type": "string", "maxLength": most, "pattern": SAYS_SOMETHING})
        }
        Form::Text(most) => json!({"type": "string", "maxLength": most}),
        Form::Pattern(pattern) => json!({"type": "string", "pattern": pattern}),
        Form::Integer(least, most) => json!({"type": "integer", "minimum": least, "maximum": most}),
        Form::Flag => json!({"type": "boolean"}),
        Form::Time => json!({"anyOf": [
            {"type": "string", "format": "date-time"},
            {"type": "number", "minimum": 0, "maximum": parameters::LATEST},
        ]}),
        Form::Choices(choices) => {
            let one = choices.join("|");
            json!({"type": "string", "pattern": format!("^({one})(,({one}))*$")})
        }
        Form::Choice(choices) => json!({"type": "string", "enum": choices}),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reference_is_there_and_every_operation_has_its_own_name() {
        let text = document();
        let whole: Value = serde_json::from_str(&text).unwrap();
        for part in text.split("\"$ref\": \"#").skip(1) {
            let pointer = part.split('"').next().unwrap();
            assert!(whole.pointer(pointer).is_some(), "{pointer}");
        }
        let mut ids: Vec<String> = ROUTES.iter().map(operation_id).collect();
        ids.sort_unstable();
        let count = ids.len();
        ids.dedup();
        assert_eq!(ids.len(), count);
    }
}
