//! The request part of a call: from the captured body to a record.
//!
//! A request that does not parse is recorded by its shape, with the problem; it was forwarded all
//! the same.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use http_body_util::BodyExt;
use model::{Actor, Call, Kind, Outcome, Part, Record, TenantId};
use serde_json::Value;
use tokio::sync::oneshot;

use super::call::CallStart;
use super::capture::{Capture, Captured};
use super::dialect::{self, ParsedRequest};
use super::happening::{RequestEnd, RequestEnding};
use super::recording::Context;
use crate::identity::{Identified, RequestFields};
use crate::record::RecordError;

/// How long the rest of a request that the upstream did not want is waited for.
const DRAIN: Duration = Duration::from_secs(10);

/// What the request part knew, and the answer part repeats.
#[derive(Clone, Default)]
pub(super) struct Known {
    pub(super) kind: Kind,
    pub(super) name: Option<String>,
    pub(super) tenant: TenantId,
    pub(super) actor: Actor,
    pub(super) call: Option<Call>,
    pub(super) request_bytes: Option<u64>,
}

/// Records the request part; in closed mode, says whether it is durable.
pub(super) async fn record(context: Arc<Context>, call: Arc<CallStart>, end: RequestEnd) -> Known {
    let RequestEnd { capture, how, durable } = end;
    let (captured, outcome) = read_to_end(capture, how).await;
    let parsed = dialect::parse_request(&call, captured.bytes.clone()).await;
    let truncated = captured.truncated || parsed.truncated && outcome.is_none();
    let identified = identify(&context, &call, &parsed).await;
    let mut part = assemble(&context, &call, parsed, identified);
    if let Some(exchange) = &mut part.exchange {
        exchange.request_bytes = Some(captured.seen);
        exchange.truncated = truncated;
        exchange.outcome = outcome;
    }
    let known = Known::of(&part);
    keep(&context, part, durable).await;
    drop(captured);
    known
}

async fn keep(
    context: &Context,
    part: Record,
    durable: Option<oneshot::Sender<Result<(), RecordError>>>,
) {
    match durable {
        None => context.keep.or_lose(part).await,
        Some(durable) => {
            let recorded = context.keep.or_refuse(part).await;
            // Nobody waits any more when the client went away meanwhile.
            let _ = durable.send(recorded);
        }
    }
}

/// Reads what the upstream did not want, so that the record has the whole prompt.
async fn read_to_end(mut capture: Capture, how: RequestEnding) -> (Captured, Option<Outcome>) {
    let broken = match how {
        RequestEnding::Complete => false,
        RequestEnding::Broken => true,
        RequestEnding::Unread(mut rest) => {
            let drained = tokio::time::timeout(DRAIN, drain(&mut capture, &mut rest)).await;
            drained != Ok(true)
        }
    };
    (capture.finish(), broken.then_some(Outcome::ClientDisconnected))
}

/// Whether the body came to its end.
async fn drain(capture: &mut Capture, rest: &mut Body) -> bool {
    while let Some(frame) = rest.frame().await {
        match frame.as_ref().map(http_body::Frame::data_ref) {
            Ok(Some(chunk)) => capture.push(chunk),
            Ok(None) => {}
            Err(_) => return false,
        }
    }
    true
}

async fn identify(context: &Context, call: &CallStart, parsed: &ParsedRequest) -> Identified {
    let fields = RequestFields { user: parsed.user.as_deref(), session: parsed.session.as_deref() };
    context.resolver.resolve(&call.headers, call.peer, fields).await
}

fn assemble(
    context: &Context,
    call: &CallStart,
    parsed: ParsedRequest,
    identified: Identified,
) -> Record {
    let mut attributes = parsed.attributes;
    context.headers.of_request(&call.headers, &mut attributes);
    attributes.extend(identified.attributes);
    note_problems(&parsed.problems, &mut attributes);
    let facts = parsed
        .call
        .map(|facts| Call { server_address: Some(call.upstream.authority().to_owned()), ..facts });
    Record {
        kind: parsed.kind,
        part: Part::Request,
        tenant: identified.tenant,
        actor: identified.actor,
        name: facts.as_ref().and_then(span_name),
        call: facts,
        content: parsed.content,
        attributes,
        ..call.part()
    }
}

/// Adds what could not be read to the attributes.
pub(super) fn note_problems(problems: &[String], attributes: &mut BTreeMap<String, Value>) {
    if !problems.is_empty() {
        attributes.insert("plainsight.problems".to_owned(), problems.into());
    }
}

/// `{operation} {model}`, as the GenAI conventions name spans.
fn span_name(call: &Call) -> Option<String> {
    if call.operation.is_empty() {
        return None;
    }
    Some(match &call.request_model {
        Some(model) => format!("{} {model}", call.operation),
        None => call.operation.clone(),
    })
}

impl Known {
    fn of(part: &Record) -> Self {
        Self {
            kind: part.kind,
            name: part.name.clone(),
            tenant: part.tenant.clone(),
            actor: part.actor.clone(),
            call: part.call.as_ref().map(repeated),
            request_bytes: part.exchange.as_ref().and_then(|exchange| exchange.request_bytes),
        }
    }
}

/// The facts that make the answer part readable by itself.
fn repeated(call: &Call) -> Call {
    Call {
        operation: call.operation.clone(),
        provider: call.provider.clone(),
        request_model: call.request_model.clone(),
        stream: call.stream,
        server_address: call.server_address.clone(),
        ..Call::default()
    }
}
