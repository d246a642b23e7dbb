//! An OTLP/JSON request, item by item, read as tolerantly as what exporters send demands:
//! 64-bit integers as strings or numbers, `"NaN"`, `null` ids, ids in hexadecimal or base64, enums
//! as numbers or names, names in camelCase or snake_case, unknown fields.
//!
//! The outer lists are cut into raw items without being parsed, so that depth, and faults, stay
//! within one item. Message content that is itself JSON text is not read here.

mod any_value;
mod cut;
mod log;
mod metric;
mod repair;
mod scalar;
mod trace;

use std::borrow::Cow;

use opentelemetry_proto::tonic::logs::v1::LogRecord;
use opentelemetry_proto::tonic::metrics::v1::Metric;
use opentelemetry_proto::tonic::trace::v1::Span;
use serde_json::Value;
use serde_json::value::RawValue;

use super::fault::{DecodeError, Fault};
use super::limits::Limits;
use super::record::Context;
use super::signal::{Decoded, Intake, Item, Position, Signal};
use cut::{Cut, Member, cut, reason};

pub(crate) use log::log_record;
pub(crate) use metric::metric;
pub(crate) use repair::repair;
pub(crate) use trace::span;

/// Reads a request in JSON, within the default [`Limits`].
///
/// # Errors
/// When `bytes` are not a JSON object, or one that holds no field of a request.
pub fn decode_json(signal: Signal, bytes: &[u8]) -> Result<Decoded, DecodeError> {
    decode_json_within(&Limits::default(), signal, bytes)
}

/// Reads a request in JSON, within `limits`.
///
/// # Errors
/// As for [`decode_json`].
pub fn decode_json_within(
    limits: &Limits,
    signal: Signal,
    bytes: &[u8],
) -> Result<Decoded, DecodeError> {
    let text = text(bytes)?;
    match signal {
        Signal::Traces => request::<Span>(&text, limits),
        Signal::Logs => request::<LogRecord>(&text, limits),
        Signal::Metrics => request::<Metric>(&text, limits),
    }
}

/// The body as text. A byte that is no UTF-8 is replaced: it costs a character, not the batch.
fn text(bytes: &[u8]) -> Result<Cow<'_, str>, DecodeError> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if bytes.is_empty() {
        return Err(fault(0, "empty body"));
    }
    Ok(String::from_utf8_lossy(bytes))
}

fn fault(byte: usize, reason: impl Into<Cow<'static, str>>) -> DecodeError {
    DecodeError { encoding: "JSON", byte, reason: reason.into() }
}

fn syntax(text: &str, error: &serde_json::Error) -> DecodeError {
    let before = text.split_inclusive('\n').take(error.line().saturating_sub(1));
    let byte = before.map(str::len).sum::<usize>() + error.column().saturating_sub(1);
    fault(byte, reason(error))
}

fn request<I: Item>(text: &str, limits: &Limits) -> Result<Decoded, DecodeError> {
    let error = match cut(text, I::PATH[0]) {
        Ok(whole) => return resources::<I>(whole, limits),
        Err(error) => error,
    };
    // `NaN` and `Infinity` without quotes are what Python's encoder writes.
    let mended = repair(text).ok_or_else(|| syntax(text, &error))?;
    let whole = cut(&mended, I::PATH[0]).map_err(|error| syntax(&mended, &error))?;
    resources::<I>(whole, limits)
}

fn resources<I: Item>(whole: Cut<'_>, limits: &Limits) -> Result<Decoded, DecodeError> {
    if !whole.listed && !whole.others.is_empty() {
        return Err(fault(0, format!("not an OTLP request: it holds no {}", I::PATH[0])));
    }
    let mut intake = Intake::new(limits);
    for (position, resource) in whole.items.into_iter().enumerate() {
        resource_items::<I>(resource, position, &mut intake);
    }
    Ok(intake.decoded)
}

fn resource_items<I: Item>(raw: &RawValue, resource: usize, intake: &mut Intake<'_>) {
    let path = || format!("{}[{resource}]", I::PATH[0]);
    let whole = match cut(raw.get(), I::PATH[1]) {
        Ok(whole) => whole,
        Err(error) => {
            return intake.decoded.reject(path, Fault::new("", reason(&error)), 1);
        }
    };
    let described = surrounding(&whole.others, "resource", any_value::resource, intake, path);
    let mut context = Context::of_resource(described);
    for (position, scope) in whole.items.into_iter().enumerate() {
        scope_items::<I>(scope, [resource, position], &mut context, intake);
    }
}

fn scope_items<I: Item>(
    raw: &RawValue,
    [resource, scope]: [usize; 2],
    context: &mut Context,
    intake: &mut Intake<'_>,
) {
    let path = || format!("{}[{resource}].{}[{scope}]", I::PATH[0], I::PATH[1]);
    let whole = match cut(raw.get(), I::PATH[2]) {
        Ok(whole) => whole,
        Err(error) => {
            return intake.decoded.reject(path, Fault::new("", reason(&error)), 1);
        }
    };
    context.enter_scope(surrounding(&whole.others, "scope", any_value::scope, intake, path));
    for (item, raw) in whole.items.into_iter().enumerate() {
        let at = Position { resource, scope, item };
        intake.item(at, context, || Ok(I::from_json(parse(raw.get())?)?.into()));
    }
}

/// The resource or the scope. When it cannot be read, its items go without.
fn surrounding<T>(
    all: &[Member<'_>],
    name: &'static str,
    read: impl FnOnce(Value) -> Result<T, Fault>,
    intake: &mut Intake<'_>,
    path: impl FnOnce() -> String,
) -> Option<T> {
    let (_, raw) = all.iter().rev().find(|(found, _)| found == name)?;
    match parse(raw.get()).and_then(read) {
        Ok(read) => Some(read),
        Err(fault) => {
            intake.surrounding(path, fault.within(name));
            None
        }
    }
}

/// Parses one item: at most 128 levels deep, which serde_json enforces.
fn parse(text: &str) -> Result<Value, Fault> {
    let parsed = serde_json::from_str(text);
    parsed.or_else(|error| {
        let repaired = repair(text).and_then(|text| serde_json::from_str(&text).ok());
        repaired.ok_or_else(|| Fault::new("", reason(&error)))
    })
}
