//! A logged request, a logged answer, or both, as one record.
//!
//! It does not know how a log writes them.

use model::{Part, Record, Status, Timestamp};
use serde_json::{Map, Value};

use super::line::{Imported, Line, LineError, duration_between, take_time};
use super::lookup::Lookup;
use crate::provider::{Dialect, Endpoint, read_answer, read_request, take_rest};

/// What a log has of one exchange.
pub(super) struct Exchange {
    pub(super) dialect: Dialect,
    pub(super) endpoint: Endpoint,
    pub(super) request: Option<Map<String, Value>>,
    pub(super) answer: Option<Map<String, Value>>,
    /// What the log says beside the bodies.
    pub(super) around: Lookup,
}

impl Exchange {
    /// Makes the record. Its trace is the exchange's own: these logs know no other.
    pub(super) fn into_imported(mut self, line: &Line) -> Result<Imported, LineError> {
        if self.request.is_none() && self.answer.is_none() {
            return Err(LineError::new("request", "is absent, and so is the response"));
        }
        let around = &mut self.around;
        let start = take_time(
            around,
            &["start_time", "request_time", "timestamp", "time", "created_at", "created", "date"],
        );
        let end = take_time(around, &["end_time", "response_time", "completed_at"]);
        let answer_id = self.answer.as_ref().and_then(|answer| answer.get("id")?.as_str());
        let name = answer_id.unwrap_or(&line.name).to_owned();
        let time = start.or_else(|| self.answer_time()).or(end);
        let mut record = line.record(&name, &name, time);
        record.duration = duration_between(start, end).or_else(|| self.take_duration());
        self.fill(&mut record);
        Ok(Imported::one(record))
    }

    /// `created` or `created_at` of the answer.
    fn answer_time(&self) -> Option<Timestamp> {
        let answer = self.answer.as_ref()?;
        let created = answer.get("created").or_else(|| answer.get("created_at"))?;
        super::time::time_of(created)
    }

    fn take_duration(&mut self) -> Option<u64> {
        let millis = self.around.take(&["duration_ms", "latency_ms", "response_ms"])?.as_f64()?;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked")]
        let nanos = (0.0..1e12).contains(&millis).then_some((millis * 1e6) as u64);
        nanos
    }

    fn fill(self, record: &mut Record) {
        let Self { dialect, endpoint, request, answer, mut around } = self;
        let actor = &mut record.actor;
        actor.user = around.take_text(&["user_id", "user", "end_user"]);
        actor.session = around.take_text(&["session_id", "conversation_id", "thread_id"]);
        if actor.user.is_some() {
            actor.identified_by = model::IdentifiedBy::Telemetry;
        }
        let has_request = request.is_some();
        if let Some(request) = request {
            read_request(dialect, endpoint, request).fill(record);
        }
        if let Some(answer) = answer {
            record.kind = endpoint.kind();
            let answer = read_answer(dialect, endpoint, answer);
            let ok = answer.error.is_none();
            answer.fill(record);
            record.status.ok = Some(ok);
        }
        if !has_request {
            record.part = Part::Response;
        }
        read_status(&mut around, record);
        take_rest("import.", around.0, &mut record.attributes);
    }
}

/// The HTTP status, and an error that the log has beside the bodies.
fn read_status(around: &mut Lookup, record: &mut Record) {
    let code = around.get(&["status_code"]).and_then(Value::as_u64);
    if let Some(code) = code {
        around.take(&["status_code"]);
        record.status.ok = Some(code < 400);
        record.attributes.insert("http.response.status_code".to_owned(), code.into());
        if code >= 400 && record.status.error_type.is_none() {
            record.status.error_type = Some(code.to_string());
        }
    }
    match around.take(&["error"]) {
        Some(Value::String(message)) => record.status = failed(None, Some(message)),
        Some(Value::Object(error)) => {
            let text = |name: &str| error.get(name).and_then(Value::as_str).map(str::to_owned);
            record.status = failed(text("code").or_else(|| text("type")), text("message"));
        }
        _ => {}
    }
}

fn failed(error_type: Option<String>, message: Option<String>) -> Status {
    Status { ok: Some(false), error_type, message }
}

/// The body inside a logged message, with what is beside it: `{body, status_code, …}` or the body.
pub(super) fn body_of(value: Value, around: &mut Lookup) -> Option<Map<String, Value>> {
    let Value::Object(mut fields) = super::lookup::unwrapped(value) else {
        return None;
    };
    match fields.remove("body").map(super::lookup::unwrapped) {
        Some(Value::Object(body)) => {
            // Headers hold keys; nothing here needs them.
            fields.remove("headers");
            for (name, value) in fields {
                around.0.entry(name).or_insert(value);
            }
            Some(body)
        }
        Some(other) => {
            fields.insert("body".to_owned(), other);
            Some(fields)
        }
        None => Some(fields),
    }
}
