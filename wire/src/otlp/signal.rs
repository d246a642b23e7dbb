//! The three signals, and what decoding a request gives.

use model::{Observation, Record, Sealed};
use opentelemetry_proto::tonic::logs::v1::LogRecord;
use opentelemetry_proto::tonic::metrics::v1::Metric;
use opentelemetry_proto::tonic::trace::v1::Span;
use serde_json::Value;

use super::fault::{Fault, Rejected};
use super::json;
use super::limits::Limits;
use super::mend::{self, Shape};
use super::record::{self, Context};

/// What a request carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Signal {
    /// `ExportTraceServiceRequest`.
    Traces,
    /// `ExportLogsServiceRequest`.
    Logs,
    /// `ExportMetricsServiceRequest`.
    Metrics,
}

/// What a request held.
#[derive(Clone, Debug, Default)]
pub struct Decoded {
    /// One per span, log record and metric, in their order on the wire.
    pub observations: Vec<Observation>,
    /// What was not taken in: the first [`Decoded::REJECTIONS`] of it.
    pub rejected: Vec<Rejected>,
    /// Spans, log records or data points taken in.
    pub accepted: u64,
    /// Spans, log records or data points not taken in.
    pub rejected_count: u64,
}

impl Decoded {
    /// How many rejections are described. All are counted.
    pub const REJECTIONS: usize = 1_000;

    /// Notes that something was not taken in.
    pub(crate) fn reject(&mut self, item: impl FnOnce() -> String, fault: Fault, count: u64) {
        self.rejected_count = self.rejected_count.saturating_add(count);
        if self.rejected.len() < Self::REJECTIONS {
            let Fault { field, reason } = fault;
            self.rejected.push(Rejected { item: item(), field, reason, count });
        }
    }

    /// Notes that an item was taken in, and what of it was not.
    fn accept(&mut self, taken: Taken, item: impl FnOnce() -> String) {
        self.accepted = self.accepted.saturating_add(taken.accepted);
        self.observations.push(Sealed::new(taken.record));
        if let Some((fault, count)) = taken.rejected {
            self.reject(item, fault, count);
        }
    }
}

/// An item made into a record.
pub(crate) struct Taken {
    pub(crate) record: Record,
    /// Spans, log records or data points in it.
    pub(crate) accepted: u64,
    /// What had to be left out of it, and how many data points that were.
    pub(crate) rejected: Option<(Fault, u64)>,
}

impl From<Record> for Taken {
    fn from(record: Record) -> Self {
        Self { record, accepted: 1, rejected: None }
    }
}

/// A span, a log record or a metric. The three requests have the same shape down to their items:
/// resources (field 1), their scopes (field 2), their items (field 2).
pub(crate) trait Item: prost::Message + Default {
    /// The names of the three lists, in JSON and in paths.
    const PATH: [&'static str; 3];

    /// Which of its fields in protobuf are texts, or hold some.
    const TEXTS: &'static Shape;

    /// Reads one from JSON.
    fn from_json(value: Value) -> Result<Self, Fault>;

    /// Makes a record of it.
    fn into_record(self, context: &Context, limits: &Limits) -> Result<Taken, Fault>;

    /// How many spans, log records or data points it is.
    fn weight(&self) -> u64 {
        1
    }
}

impl Item for Span {
    const PATH: [&'static str; 3] = ["resourceSpans", "scopeSpans", "spans"];
    const TEXTS: &'static Shape = &mend::SPAN;

    fn from_json(value: Value) -> Result<Self, Fault> {
        json::span(value)
    }

    fn into_record(self, context: &Context, limits: &Limits) -> Result<Taken, Fault> {
        record::span(self, context, limits).map(Taken::from)
    }
}

impl Item for LogRecord {
    const PATH: [&'static str; 3] = ["resourceLogs", "scopeLogs", "logRecords"];
    const TEXTS: &'static Shape = &mend::LOG_RECORD;

    fn from_json(value: Value) -> Result<Self, Fault> {
        json::log_record(value)
    }

    fn into_record(self, context: &Context, limits: &Limits) -> Result<Taken, Fault> {
        record::log(self, context, limits).map(Taken::from)
    }
}

impl Item for Metric {
    const PATH: [&'static str; 3] = ["resourceMetrics", "scopeMetrics", "metrics"];
    const TEXTS: &'static Shape = &mend::METRIC;

    fn from_json(value: Value) -> Result<Self, Fault> {
        json::metric(value)
    }

    fn into_record(self, context: &Context, limits: &Limits) -> Result<Taken, Fault> {
        record::metric(self, context, limits)
    }

    fn weight(&self) -> u64 {
        record::points(self)
    }
}

/// Takes in the items of a request one by one.
pub(crate) struct Intake<'a> {
    pub(crate) limits: &'a Limits,
    pub(crate) decoded: Decoded,
    items: usize,
}

/// An item that was read, and what is odd about it.
pub(crate) struct Read<I> {
    pub(crate) item: I,
    pub(crate) note: Option<&'static str>,
}

impl<I> From<I> for Read<I> {
    fn from(item: I) -> Self {
        Self { item, note: None }
    }
}

/// Adds to the notes of a record.
fn add_note(record: &mut Record, note: &str) {
    let notes = record.attributes.entry("plainsight.notes".to_owned());
    if let Value::Array(notes) = notes.or_insert_with(|| Value::Array(Vec::new())) {
        notes.push(note.into());
    }
}

/// Where an item stands in its request.
#[derive(Clone, Copy)]
pub(crate) struct Position {
    pub(crate) resource: usize,
    pub(crate) scope: usize,
    pub(crate) item: usize,
}

impl Position {
    /// The path of the item.
    pub(crate) fn path<I: Item>(self) -> String {
        let [resources, scopes, items] = I::PATH;
        let Self { resource, scope, item } = self;
        format!("{resources}[{resource}].{scopes}[{scope}].{items}[{item}]")
    }
}

impl<'a> Intake<'a> {
    /// Nothing taken in yet.
    pub(crate) fn new(limits: &'a Limits) -> Self {
        Self { limits, decoded: Decoded::default(), items: 0 }
    }

    /// Takes one item in, or notes why not.
    pub(crate) fn item<I: Item>(
        &mut self,
        at: Position,
        context: &Context,
        decode: impl FnOnce() -> Result<Read<I>, Fault>,
    ) {
        self.items += 1;
        if self.items > self.limits.items {
            let reason = format!("more than {} items in one request", self.limits.items);
            return self.decoded.reject(|| at.path::<I>(), Fault::new("", reason), 1);
        }
        let Read { item, note } = match decode() {
            Ok(read) => read,
            Err(fault) => return self.decoded.reject(|| at.path::<I>(), fault, 1),
        };
        let weight = item.weight();
        match item.into_record(context, self.limits) {
            Ok(mut taken) => {
                if let Some(note) = note {
                    add_note(&mut taken.record, note);
                }
                self.decoded.accept(taken, || at.path::<I>());
            }
            Err(fault) => self.decoded.reject(|| at.path::<I>(), fault, weight),
        }
    }

    /// Notes a resource or scope that could not be read. Its items are taken in all the same.
    pub(crate) fn surrounding(&mut self, item: impl FnOnce() -> String, fault: Fault) {
        self.decoded.reject(item, fault, 0);
    }
}
