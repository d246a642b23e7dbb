//! A data point as JSON. Times are text, floats without a number are their names.

use opentelemetry_proto::tonic::common::v1::KeyValue;
use opentelemetry_proto::tonic::metrics::v1::exponential_histogram_data_point::Buckets;
use opentelemetry_proto::tonic::metrics::v1::{
    Exemplar, ExponentialHistogramDataPoint, HistogramDataPoint, NumberDataPoint, SummaryDataPoint,
    exemplar, number_data_point,
};
use serde_json::{Map, Value, json};

use super::super::attribute::float;
use super::event::object;
use super::instant::rfc3339;

/// Exemplars kept of one point.
const EXEMPLARS: usize = 16;

/// Buckets kept of one point.
const BUCKETS: usize = 512;

/// A data point of any kind.
pub(crate) trait Point {
    /// Its attributes.
    fn attributes(&self) -> &Vec<KeyValue>;
    /// When it was measured.
    fn time(&self) -> u64;
    /// As JSON.
    fn into_value(self) -> Value;
}

/// A point under construction.
struct Described(Map<String, Value>);

impl Described {
    fn new(attributes: Vec<KeyValue>, start: u64, time: u64) -> Self {
        let mut described = Self(Map::new());
        if !attributes.is_empty() {
            described.add("attributes", object(attributes));
        }
        if start != 0 {
            described.add("start_time", rfc3339(start));
        }
        described.add("time", rfc3339(time));
        described
    }

    fn add(&mut self, name: &str, value: Value) {
        self.0.insert(name.to_owned(), value);
    }

    fn floats(&mut self, named: [(&str, Option<f64>); 3]) {
        for (name, value) in named {
            if let Some(value) = value {
                self.add(name, float(value));
            }
        }
    }

    fn exemplars(&mut self, exemplars: Vec<Exemplar>) {
        if !exemplars.is_empty() {
            let kept = exemplars.into_iter().take(EXEMPLARS).map(exemplar);
            self.add("exemplars", Value::Array(kept.collect()));
        }
    }
}

fn exemplar(exemplar: Exemplar) -> Value {
    let value = match exemplar.value {
        Some(exemplar::Value::AsDouble(value)) => float(value),
        Some(exemplar::Value::AsInt(value)) => json!(value),
        None => Value::Null,
    };
    json!({
        "time": rfc3339(exemplar.time_unix_nano),
        "value": value,
        "trace_id": hex::encode(exemplar.trace_id),
        "span_id": hex::encode(exemplar.span_id),
        "attributes": object(exemplar.filtered_attributes),
    })
}

impl Point for NumberDataPoint {
    fn attributes(&self) -> &Vec<KeyValue> {
        &self.attributes
    }

    fn time(&self) -> u64 {
        self.time_unix_nano
    }

    fn into_value(self) -> Value {
        let mut point =
            Described::new(self.attributes, self.start_time_unix_nano, self.time_unix_nano);
        match self.value {
            Some(number_data_point::Value::AsDouble(value)) => point.add("value", float(value)),
            Some(number_data_point::Value::AsInt(value)) => point.add("value", json!(value)),
            None => {}
        }
        point.exemplars(self.exemplars);
        Value::Object(point.0)
    }
}

impl Point for HistogramDataPoint {
    fn attributes(&self) -> &Vec<KeyValue> {
        &self.attributes
    }

    fn time(&self) -> u64 {
        self.time_unix_nano
    }

    fn into_value(self) -> Value {
        let mut point =
            Described::new(self.attributes, self.start_time_unix_nano, self.time_unix_nano);
        point.add("count", json!(self.count));
        point.floats([("sum", self.sum), ("min", self.min), ("max", self.max)]);
        let bounds = self.explicit_bounds.into_iter().take(BUCKETS).map(float);
        point.add("bounds", Value::Array(bounds.collect()));
        point.add("buckets", counts(self.bucket_counts));
        point.exemplars(self.exemplars);
        Value::Object(point.0)
    }
}

impl Point for ExponentialHistogramDataPoint {
    fn attributes(&self) -> &Vec<KeyValue> {
        &self.attributes
    }

    fn time(&self) -> u64 {
        self.time_unix_nano
    }

    fn into_value(self) -> Value {
        let mut point =
            Described::new(self.attributes, self.start_time_unix_nano, self.time_unix_nano);
        point.add("count", json!(self.count));
        point.floats([("sum", self.sum), ("min", self.min), ("max", self.max)]);
        point.add("scale", json!(self.scale));
        point.add("zero_count", json!(self.zero_count));
        point.add("zero_threshold", float(self.zero_threshold));
        for (name, buckets) in [("positive", self.positive), ("negative", self.negative)] {
            if let Some(Buckets { offset, bucket_counts }) = buckets {
                point.add(name, json!({"offset": offset, "buckets": counts(bucket_counts)}));
            }
        }
        point.exemplars(self.exemplars);
        Value::Object(point.0)
    }
}

impl Point for SummaryDataPoint {
    fn attributes(&self) -> &Vec<KeyValue> {
        &self.attributes
    }

    fn time(&self) -> u64 {
        self.time_unix_nano
    }

    fn into_value(self) -> Value {
        let mut point =
            Described::new(self.attributes, self.start_time_unix_nano, self.time_unix_nano);
        point.add("count", json!(self.count));
        point.add("sum", float(self.sum));
        let quantiles = self.quantile_values.into_iter().take(BUCKETS);
        let quantiles =
            quantiles.map(|at| json!({"quantile": float(at.quantile), "value": float(at.value)}));
        point.add("quantiles", Value::Array(quantiles.collect()));
        Value::Object(point.0)
    }
}

fn counts(counts: Vec<u64>) -> Value {
    Value::Array(counts.into_iter().take(BUCKETS).map(Value::from).collect())
}
