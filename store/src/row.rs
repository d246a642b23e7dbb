//! The row of the `record` table: one thing that a user would count.
//!
//! [`Row::of`] makes it of a record and [`Row::absorb`] folds a further part in. It holds no
//! content: messages, findings and tool calls have tables of their own.

use model::{
    Actor, Body, Call, EventOutcome, Exchange, IdentifiedBy, Inspection, Logged, Outcome, Part,
    Record,
};

use crate::attributes::Attributes;
use crate::table::table;

table! {
    /// One row of `record`.
    Row
    id: i64 = "INTEGER PRIMARY KEY",
    log_time: i64 = "INTEGER NOT NULL",
    log_hour: i64 = "INTEGER NOT NULL",
    time: i64 = "INTEGER NOT NULL",
    kind: String = "TEXT NOT NULL",
    tenant: String = "TEXT NOT NULL",
    user_id: Option<String> = "TEXT",
    user_source: Option<String> = "TEXT",
    session_id: Option<String> = "TEXT",
    roles: Option<String> = "TEXT",
    agent: Option<String> = "TEXT",
    api_key: Option<String> = "TEXT",
    client_address: Option<String> = "TEXT",
    user_agent: Option<String> = "TEXT",
    door: String = "TEXT NOT NULL",
    service: Option<String> = "TEXT",
    dialect: Option<String> = "TEXT",
    name: Option<String> = "TEXT",
    operation: Option<String> = "TEXT",
    provider: Option<String> = "TEXT",
    request_model: Option<String> = "TEXT",
    response_model: Option<String> = "TEXT",
    stream: Option<bool> = "INTEGER",
    status: Option<String> = "TEXT",
    error_type: Option<String> = "TEXT",
    error_message: Option<String> = "TEXT",
    http_status: Option<i64> = "INTEGER",
    http_method: Option<String> = "TEXT",
    http_path: Option<String> = "TEXT",
    outcome: Option<String> = "TEXT",
    input_tokens: Option<i64> = "INTEGER",
    output_tokens: Option<i64> = "INTEGER",
    cache_read_tokens: Option<i64> = "INTEGER",
    cache_write_tokens: Option<i64> = "INTEGER",
    reasoning_tokens: Option<i64> = "INTEGER",
    duration: Option<i64> = "INTEGER",
    first_chunk: Option<i64> = "INTEGER",
    finish_reason: Option<String> = "TEXT",
    trace_id: Option<String> = "TEXT",
    span_id: Option<String> = "TEXT",
    parent_span_id: Option<String> = "TEXT",
    request_bytes: Option<i64> = "INTEGER",
    response_bytes: Option<i64> = "INTEGER",
    truncated: bool = "INTEGER NOT NULL",
    partial: bool = "INTEGER NOT NULL",
    finding_count: i64 = "INTEGER NOT NULL",
    attack_score: Option<f64> = "REAL",
    event_action: Option<String> = "TEXT",
    event_outcome: Option<String> = "TEXT",
    event_target: Option<String> = "TEXT",
    event_reason: Option<String> = "TEXT",
    attributes: Option<String> = "TEXT",
    shared: Option<i64> = "INTEGER",
    parts: i64 = "INTEGER NOT NULL",
    repeats: i64 = "INTEGER NOT NULL",
    fingerprint: Option<Vec<u8>> = "BLOB",
    seen: Option<Vec<u8>> = "BLOB",
    rank: i64 = "INTEGER NOT NULL",
    refused: bool = "INTEGER NOT NULL",
}

/// The two values of `status`.
const OK: &str = "ok";
const ERROR: &str = "error";

/// Columns that an index is built on. Of these a further part may change the first three.
pub(crate) const KEYS: &[&str] = &[
    "time",
    "user_id",
    "session_id",
    "id",
    "log_hour",
    "kind",
    "tenant",
    "trace_id",
    "span_id",
    "fingerprint",
];

/// Bytes of a fingerprint that [`Row::seen`](Row) keeps of each part: the row is already known to
/// be the right one, so that eight tell its few parts apart.
const SEEN: usize = 8;

impl Row {
    /// The row of a record that nothing has been folded into yet. Findings are not counted yet.
    pub(crate) fn of(logged: &Logged, id: i64, log_hour: i64, attributes: &Attributes) -> Self {
        let record = &logged.record;
        let mut row = Self {
            id,
            log_time: logged.log_time.nanos(),
            log_hour,
            time: record.time.nanos(),
            kind: record.kind.as_str().to_owned(),
            tenant: record.tenant.0.clone(),
            door: record.source.door.as_str().to_owned(),
            service: record.source.service.clone(),
            dialect: record.source.dialect.clone(),
            name: record.name.clone(),
            status: record.status.ok.map(|ok| if ok { OK } else { ERROR }.to_owned()),
            error_type: record.status.error_type.clone(),
            error_message: record.status.message.clone(),
            duration: record.duration.map(integer),
            partial: record.inspection == Inspection::Partial,
            attack_score: attack_score(record),
            refused: is_refused(record),
            attributes: attributes.own.clone(),
            shared: attributes.shared.as_ref().map(|shared| shared.id),
            parts: 1,
            rank: rank(record.part),
            seen: record.fingerprint.map(|print| print.0.iter().take(SEEN).copied().collect()),
            ..Self::default()
        };
        row.set_place(record);
        row.set_actor(&record.actor);
        if let Some(call) = &record.call {
            row.set_call(call);
        }
        if let Some(exchange) = &record.exchange {
            row.set_exchange(exchange);
        }
        row.set_event(record);
        row
    }

    fn set_place(&mut self, record: &Record) {
        self.trace_id = record.trace_id.map(|id| id.to_string());
        self.span_id = record.span_id.map(|id| id.to_string());
        self.parent_span_id = record.parent_span_id.map(|id| id.to_string());
        if !crate::identity::folds(record) {
            self.fingerprint = record.fingerprint.map(|print| print.0.to_vec());
        }
    }

    fn set_actor(&mut self, actor: &Actor) {
        self.user_id.clone_from(&actor.user);
        self.user_source = user_source(actor.identified_by).map(str::to_owned);
        self.session_id.clone_from(&actor.session);
        self.roles = (!actor.roles.is_empty()).then(|| json(&actor.roles));
        self.agent.clone_from(&actor.agent);
        self.api_key.clone_from(&actor.api_key);
        self.client_address.clone_from(&actor.client_address);
        self.user_agent.clone_from(&actor.user_agent);
    }

    fn set_call(&mut self, call: &Call) {
        self.operation = (!call.operation.is_empty()).then(|| call.operation.clone());
        self.provider.clone_from(&call.provider);
        self.request_model.clone_from(&call.request_model);
        self.response_model.clone_from(&call.response_model);
        self.stream = call.stream;
        self.input_tokens = call.usage.input_tokens.map(integer);
        self.output_tokens = call.usage.output_tokens.map(integer);
        self.cache_read_tokens = call.usage.cache_read_tokens.map(integer);
        self.cache_write_tokens = call.usage.cache_write_tokens.map(integer);
        self.reasoning_tokens = call.usage.reasoning_tokens.map(integer);
        self.first_chunk = call.time_to_first_chunk.map(integer);
        self.finish_reason =
            (!call.finish_reasons.is_empty()).then(|| call.finish_reasons.join(","));
    }

    fn set_exchange(&mut self, exchange: &Exchange) {
        self.http_status = exchange.status.map(i64::from);
        self.http_method = Some(exchange.method.clone()).filter(|method| !method.is_empty());
        self.http_path = Some(exchange.path.clone()).filter(|path| !path.is_empty());
        self.outcome = exchange.outcome.map(|outcome| outcome_name(outcome).to_owned());
        self.request_bytes = exchange.request_bytes.map(integer);
        self.response_bytes = exchange.response_bytes.map(integer);
        self.truncated = exchange.truncated;
    }

    fn set_event(&mut self, record: &Record) {
        let Some(event) = &record.event else { return };
        self.event_action = Some(event.action.clone()).filter(|action| !action.is_empty());
        self.event_outcome = event.outcome.map(|outcome| event_outcome(outcome).to_owned());
        self.event_target.clone_from(&event.target);
        self.event_reason.clone_from(&event.reason);
    }

    /// Whether a part with this fingerprint is already in the row.
    pub(crate) fn has_seen(&self, record: &Record) -> bool {
        let (Some(seen), Some(print)) = (&self.seen, record.fingerprint) else {
            return false;
        };
        seen.chunks_exact(SEEN).any(|part| print.0.starts_with(part))
    }

    /// Folds a further part in. Where both say something, the part that knows best is believed:
    /// a whole span before an answer, an answer before a request, and a log event last.
    pub(crate) fn absorb(&mut self, mut part: Self) {
        let stronger = part.rank > self.rank;
        macro_rules! pick {
            ($($field:ident)*) => {
                $(if part.$field.is_some() && (stronger || self.$field.is_none()) {
                    self.$field = part.$field;
                })*
            };
        }
        self.attributes =
            crate::attributes::merge(self.attributes.take(), part.attributes.take(), stronger);
        if self.status.is_none() || part.failed() == Some(true) {
            self.status = part.status.take();
        }
        self.attack_score = larger(self.attack_score, part.attack_score);
        pick!(user_id user_source session_id roles agent api_key client_address user_agent);
        pick!(service dialect name operation provider request_model response_model stream);
        pick!(error_type error_message http_status http_method http_path outcome);
        pick!(input_tokens output_tokens cache_read_tokens cache_write_tokens reasoning_tokens);
        pick!(duration first_chunk finish_reason parent_span_id request_bytes response_bytes);
        pick!(event_action event_outcome event_target event_reason shared);
        if stronger {
            self.door = part.door;
        }
        self.time = self.time.min(part.time);
        self.truncated |= part.truncated;
        self.partial |= part.partial;
        self.refused |= part.refused;
        self.parts += part.parts;
        self.repeats += part.repeats;
        self.rank = self.rank.max(part.rank);
        self.seen.get_or_insert_default().extend(part.seen.unwrap_or_default());
    }

    /// Whether it failed; `None` where nobody said.
    pub(crate) fn failed(&self) -> Option<bool> {
        self.status.as_deref().map(|status| status == ERROR)
    }

    /// Whether the indexes need not be touched to write this row over `old`: all [`KEYS`] are equal.
    pub(crate) fn has_keys_of(&self, old: &Self) -> bool {
        let keys = |row: &Self| (row.time, row.user_id.clone(), row.session_id.clone());
        keys(self) == keys(old)
    }

    /// The model that answered, or else the one that was asked for.
    pub(crate) fn model(&self) -> Option<&str> {
        self.response_model.as_deref().or(self.request_model.as_deref())
    }
}

fn rank(part: Part) -> i64 {
    match part {
        Part::Whole => 3,
        Part::Response => 2,
        Part::Request => 1,
        Part::Content => 0,
    }
}

/// Whether a model would not answer: it or its provider said so, or its words do.
fn is_refused(record: &Record) -> bool {
    let reasons = record.call.iter().flat_map(|call| &call.finish_reasons);
    let mut reasons = reasons.map(String::as_str);
    reasons.any(|reason| matches!(reason, "content_filter" | "refusal" | "SAFETY"))
        || record.content.iter().any(|segment| matches!(segment.body, Body::Refusal { .. }))
        || record.signals.iter().any(|signal| signal.name == "refusal")
}

/// The score from which on a record counts as an attack.
pub(crate) const ATTACK: f64 = 0.5;

fn attack_score(record: &Record) -> Option<f64> {
    record.signals.iter().map(|signal| f64::from(signal.score)).reduce(f64::max)
}

fn larger(one: Option<f64>, other: Option<f64>) -> Option<f64> {
    one.into_iter().chain(other).reduce(f64::max)
}

fn integer(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn json(list: &[String]) -> String {
    serde_json::to_string(list).unwrap_or_default()
}

const fn user_source(source: IdentifiedBy) -> Option<&'static str> {
    match source {
        IdentifiedBy::Nobody => None,
        IdentifiedBy::Token => Some("token"),
        IdentifiedBy::Header => Some("header"),
        IdentifiedBy::Request => Some("request"),
        IdentifiedBy::Telemetry => Some("telemetry"),
        IdentifiedBy::System => Some("system"),
    }
}

const fn outcome_name(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Complete => "complete",
        Outcome::ClientDisconnected => "client_disconnected",
        Outcome::UpstreamDisconnected => "upstream_disconnected",
        Outcome::UpstreamUnreachable => "upstream_unreachable",
        Outcome::UpstreamTimeout => "upstream_timeout",
        Outcome::Refused => "refused",
    }
}

const fn event_outcome(outcome: EventOutcome) -> &'static str {
    match outcome {
        EventOutcome::Success => "success",
        EventOutcome::Failure => "failure",
        EventOutcome::Denied => "denied",
        EventOutcome::Unknown => "unknown",
    }
}
