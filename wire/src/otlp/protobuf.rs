//! An OTLP/protobuf request, item by item.
//!
//! Only the framing down to the items is walked here; each item is decoded by prost, alone.

use opentelemetry_proto::tonic::common::v1::InstrumentationScope;
use opentelemetry_proto::tonic::logs::v1::LogRecord;
use opentelemetry_proto::tonic::metrics::v1::Metric;
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message;

use super::fault::{DecodeError, Fault};
use super::framing::{Broken, Fields};
use super::limits::Limits;
use super::mend::{self, Shape};
use super::record::Context;
use super::signal::{Decoded, Intake, Item, Position, Read, Signal};

/// Field numbers shared by the requests of all three signals.
const RESOURCES: u64 = 1;
const SURROUNDING: u64 = 1;
const CONTENTS: u64 = 2;

/// The note on an item that was mended.
const REPLACED: &str = "a text was not UTF-8: what is no character is replaced by U+FFFD";

/// Reads a request in protobuf, within the default [`Limits`].
///
/// # Errors
/// When nothing can be read from `bytes`: they are no protobuf, or hold no field of a request.
pub fn decode_protobuf(signal: Signal, bytes: &[u8]) -> Result<Decoded, DecodeError> {
    decode_protobuf_within(&Limits::default(), signal, bytes)
}

/// Reads a request in protobuf, within `limits`.
///
/// # Errors
/// As for [`decode_protobuf`].
pub fn decode_protobuf_within(
    limits: &Limits,
    signal: Signal,
    bytes: &[u8],
) -> Result<Decoded, DecodeError> {
    match signal {
        Signal::Traces => request::<Span>(bytes, limits),
        Signal::Logs => request::<LogRecord>(bytes, limits),
        Signal::Metrics => request::<Metric>(bytes, limits),
    }
}

fn error(byte: usize, reason: &'static str) -> DecodeError {
    DecodeError { encoding: "protobuf", byte, reason: reason.into() }
}

fn request<I: Item>(bytes: &[u8], limits: &Limits) -> Result<Decoded, DecodeError> {
    let mut intake = Intake::new(limits);
    let mut resources = 0;
    for field in Fields::of(bytes) {
        match field {
            Ok(field) if field.number == RESOURCES => {
                resource_items::<I>(field.bytes, resources, &mut intake);
                resources += 1;
            }
            Ok(_) => {}
            Err((byte, reason)) if resources == 0 => return Err(error(byte, reason)),
            Err(broken) => cut_off(&mut intake, || format!("{}[{resources}]", I::PATH[0]), broken),
        }
    }
    if resources == 0 && !bytes.is_empty() {
        return Err(error(0, "not an OTLP request: it holds no resource"));
    }
    Ok(intake.decoded)
}

/// Notes that the rest of a list could not be found. How many items that were is unknown: one.
fn cut_off(intake: &mut Intake<'_>, item: impl FnOnce() -> String, (byte, reason): Broken) {
    intake.decoded.reject(item, Fault::new("", format!("{reason} (byte {byte})")), 1);
}

fn resource_items<I: Item>(bytes: &[u8], resource: usize, intake: &mut Intake<'_>) {
    let path = || format!("{}[{resource}]", I::PATH[0]);
    let described: Option<Resource> =
        surrounding(bytes, intake, &mend::RESOURCE, || format!("{}.resource", path()));
    let mut context = Context::of_resource(described);
    let mut scopes = 0;
    for field in Fields::of(bytes) {
        match field {
            Ok(field) if field.number == CONTENTS => {
                scope_items::<I>(field.bytes, [resource, scopes], &mut context, intake);
                scopes += 1;
            }
            Ok(_) => {}
            Err(broken) => {
                cut_off(intake, || format!("{}.{}[{scopes}]", path(), I::PATH[1]), broken);
            }
        }
    }
}

fn scope_items<I: Item>(
    bytes: &[u8],
    [resource, scope]: [usize; 2],
    context: &mut Context,
    intake: &mut Intake<'_>,
) {
    let path = || format!("{}[{resource}].{}[{scope}]", I::PATH[0], I::PATH[1]);
    let described: Option<InstrumentationScope> =
        surrounding(bytes, intake, &mend::SCOPE, || format!("{}.scope", path()));
    context.enter_scope(described);
    let mut at = Position { resource, scope, item: 0 };
    for field in Fields::of(bytes) {
        match field {
            Ok(field) if field.number == CONTENTS => {
                intake.item(at, context, || read::<I>(field.bytes));
                at.item += 1;
            }
            Ok(_) => {}
            Err(broken) => cut_off(intake, || at.path::<I>(), broken),
        }
    }
}

/// Decodes an item. Where a text of it is not UTF-8, its broken characters are replaced.
fn read<I: Item>(bytes: &[u8]) -> Result<Read<I>, Fault> {
    let error = match I::decode(bytes) {
        Ok(item) => return Ok(item.into()),
        Err(error) => error,
    };
    let mended = mend::mended(I::TEXTS, bytes).and_then(|bytes| I::decode(&*bytes).ok());
    match mended {
        Some(item) => Ok(Read { item, note: Some(REPLACED) }),
        None => Err(error.into()),
    }
}

/// The resource or the scope: the last field 1 of its message, which may stand after the items.
fn surrounding<M: Message + Default>(
    bytes: &[u8],
    intake: &mut Intake<'_>,
    texts: &Shape,
    path: impl FnOnce() -> String,
) -> Option<M> {
    let fields = Fields::of(bytes).map_while(Result::ok);
    let found = fields.filter(|field| field.number == SURROUNDING).last()?;
    match M::decode(found.bytes) {
        Ok(message) => Some(message),
        Err(error) => {
            let mended = mend::mended(texts, found.bytes);
            intake.surrounding(path, error.into());
            M::decode(&*mended?).ok()
        }
    }
}
