//! A request to a model: what was asked, of which model, with which tools, for whom.
//!
//! It does not know the caller's headers, address or key.

use std::collections::BTreeMap;
use std::fmt;

use model::{Call, Direction, IdentifiedBy, Kind, Part, Place, Record, Segment};
use serde::Serialize;
use serde_json::Value;
use thiserror::Error;

use super::identity::Identity;
use super::parameters::{take_known_attributes, take_parameters, take_rest, take_tools};
use super::problem;
use super::{Collector, Dialect, Endpoint, Fields, Problem, take_text};
use crate::{anthropic, json, openai};

/// A request, in the model's words. Uninspected: nothing may keep it.
#[derive(Clone, Serialize)]
pub struct ParsedRequest {
    /// What a record of it is.
    pub kind: Kind,
    /// The call's facts, as far as the request has them.
    pub call: Call,
    /// What goes into the model.
    pub content: Vec<Segment>,
    /// The end user that the request names.
    pub user: Option<String>,
    /// The conversation that the request names.
    pub session: Option<String>,
    /// What has no field of its own: `metadata.*`, `request.*` and a few names of OpenTelemetry.
    pub attributes: BTreeMap<String, Value>,
    /// Fields that were not as the provider defines them. The first 32.
    pub problems: Vec<Problem>,
    /// The body broke off, or held more than is kept.
    pub truncated: bool,
}

/// Shows no content.
impl fmt::Debug for ParsedRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ParsedRequest")
            .field("kind", &self.kind)
            .field("segments", &self.content.len())
            .field("problems", &self.problems)
            .field("truncated", &self.truncated)
            .finish_non_exhaustive()
    }
}

/// A body that is no request of any shape known.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("request {field} {reason}")]
pub struct RequestError {
    /// Which part of it: `body`.
    pub field: &'static str,
    /// What is wrong with it.
    pub reason: String,
}

/// Reads a request's body, already rid of its content coding. A body that broke off gives what had
/// arrived.
///
/// # Errors
/// When the body is not a JSON object at all. The exchange is then recorded by its shape.
pub fn parse_request(
    dialect: Dialect,
    path: &str,
    body: &[u8],
) -> Result<ParsedRequest, RequestError> {
    let error = |reason| RequestError { field: "body", reason };
    let parsed = json::parse(body).map_err(|not_json| error(format!("is {not_json}")))?;
    let Value::Object(fields) = parsed.value else {
        return Err(error("is not a JSON object".to_owned()));
    };
    let mut request = read_request(dialect, Endpoint::of(path), fields);
    request.truncated = parsed.truncated || parsed.too_deep;
    Ok(request)
}

/// Reads a request that is JSON already.
pub(crate) fn read_request(
    dialect: Dialect,
    endpoint: Endpoint,
    mut fields: Fields,
) -> ParsedRequest {
    let mut content = Collector::new(Direction::Input);
    read_content(endpoint, dialect, &mut fields, &mut content);
    let mut call = Call {
        operation: endpoint.operation().to_owned(),
        provider: dialect.provider().map(str::to_owned),
        ..Call::default()
    };
    let problems = &mut content.problems;
    call.request_model = take_text(&mut fields, "model", &Place::root(""), problems);
    if let Some(Value::Bool(stream)) = fields.get("stream") {
        call.stream = Some(*stream);
        fields.remove("stream");
    }
    let mut attributes = BTreeMap::new();
    let identity = Identity::take(&mut fields, &mut attributes, problems);
    call.tool_definitions = take_tools(&mut fields);
    take_parameters(&mut fields, &mut call);
    take_known_attributes(dialect, &mut fields, &mut attributes);
    take_rest("request.", fields, &mut attributes);
    ParsedRequest {
        kind: endpoint.kind(),
        call,
        content: content.segments,
        user: identity.user,
        session: identity.session,
        attributes,
        problems: content.problems.into_list(),
        truncated: false,
    }
}

/// Moves what is said to the model out of `fields`: by the endpoint, else by the body's shape.
fn read_content(
    endpoint: Endpoint,
    dialect: Dialect,
    fields: &mut Fields,
    content: &mut Collector,
) {
    let has = |name: &str| fields.contains_key(name);
    match endpoint {
        Endpoint::Chat => openai::chat::read_request(fields, content),
        Endpoint::Responses => openai::responses::read_request(fields, content),
        Endpoint::Embeddings => openai::completions::read_prompt(fields, "input", content),
        Endpoint::Messages => anthropic::messages::read_request(fields, content),
        Endpoint::Other(_) if has("messages") && dialect == Dialect::Anthropic => {
            anthropic::messages::read_request(fields, content);
        }
        Endpoint::Other(_) if has("messages") => openai::chat::read_request(fields, content),
        Endpoint::Other(_) if has("input") => openai::responses::read_request(fields, content),
        Endpoint::Completions | Endpoint::Other(_) => {
            openai::completions::read_prompt(fields, "prompt", content);
        }
    }
}

impl ParsedRequest {
    /// Puts the request into a record, whose ids, time and source are the caller's. A user that
    /// the caller knows already stands; the request's own word is then kept beside it.
    pub fn fill(self, record: &mut Record) {
        record.kind = self.kind;
        record.part = Part::Request;
        record.call = Some(self.call);
        record.content.extend(self.content);
        record.attributes.extend(self.attributes);
        problem::keep("request.problems", &self.problems, record);
        if self.truncated {
            record.attributes.insert("request.truncated".to_owned(), true.into());
        }
        let actor = &mut record.actor;
        match (self.user, &actor.user) {
            (Some(user), None) => {
                actor.user = Some(user);
                actor.identified_by = IdentifiedBy::Request;
            }
            (Some(user), Some(known)) if user != *known => {
                record.attributes.insert("request.user".to_owned(), user.into());
            }
            _ => {}
        }
        actor.session = actor.session.take().or(self.session);
    }
}
