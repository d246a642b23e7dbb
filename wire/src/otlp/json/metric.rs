//! Metrics in OTLP/JSON.

use opentelemetry_proto::tonic::metrics::v1::exponential_histogram_data_point::Buckets;
use opentelemetry_proto::tonic::metrics::v1::metric::Data;
use opentelemetry_proto::tonic::metrics::v1::summary_data_point::ValueAtQuantile;
use opentelemetry_proto::tonic::metrics::v1::{
    AggregationTemporality, Exemplar, ExponentialHistogram, ExponentialHistogramDataPoint, Gauge,
    Histogram, HistogramDataPoint, Metric, NumberDataPoint, Sum, Summary, SummaryDataPoint,
    exemplar, number_data_point,
};
use serde_json::Value;

use super::super::fault::Fault;
use super::any_value::attributes;
use super::scalar::{
    boolean, camel_case, double, enumeration, field, id, int32, int64, list, message, string,
    uint32, uint64,
};

/// A `Metric`.
pub(crate) fn metric(value: Value) -> Result<Metric, Fault> {
    let mut metric = Metric::default();
    for (name, value) in message(value)? {
        let name = camel_case(name);
        match name.as_str() {
            "name" => metric.name = field(&name, value, string)?,
            "description" => metric.description = field(&name, value, string)?,
            "unit" => metric.unit = field(&name, value, string)?,
            "metadata" => {
                metric.metadata = attributes(value)?;
            }
            _ => {
                if let Some(data) = data(&name, value).map_err(|fault| fault.within(&name))? {
                    metric.data = Some(data);
                }
            }
        }
    }
    Ok(metric)
}

fn data(kind: &str, value: Value) -> Result<Option<Data>, Fault> {
    if value.is_null() {
        return Ok(None);
    }
    Ok(match kind {
        "gauge" => Some(Data::Gauge(Gauge { data_points: parts(value, number_point)?.points })),
        "sum" => {
            let Parts { points, temporality, monotonic } = parts(value, number_point)?;
            Some(Data::Sum(Sum {
                data_points: points,
                aggregation_temporality: temporality,
                is_monotonic: monotonic,
            }))
        }
        "histogram" => {
            let Parts { points, temporality, .. } = parts(value, histogram_point)?;
            Some(Data::Histogram(Histogram {
                data_points: points,
                aggregation_temporality: temporality,
            }))
        }
        "exponentialHistogram" => {
            let Parts { points, temporality, .. } = parts(value, exponential_point)?;
            Some(Data::ExponentialHistogram(ExponentialHistogram {
                data_points: points,
                aggregation_temporality: temporality,
            }))
        }
        "summary" => {
            Some(Data::Summary(Summary { data_points: parts(value, summary_point)?.points }))
        }
        _ => None,
    })
}

/// What the five kinds of metric have between them.
struct Parts<P> {
    points: Vec<P>,
    temporality: i32,
    monotonic: bool,
}

fn parts<P>(value: Value, read: impl Fn(Value) -> Result<P, Fault>) -> Result<Parts<P>, Fault> {
    let mut parts = Parts { points: Vec::new(), temporality: 0, monotonic: false };
    for (name, value) in message(value)? {
        let name = camel_case(name);
        match name.as_str() {
            "dataPoints" => {
                parts.points = list(value, &read).map_err(|fault| fault.within(&name))?;
            }
            "aggregationTemporality" => {
                parts.temporality = field(&name, value, |value| enumeration(value, temporality))?;
            }
            "isMonotonic" => parts.monotonic = field(&name, value, boolean)?,
            _ => {}
        }
    }
    Ok(parts)
}

fn temporality(name: &str) -> Option<i32> {
    AggregationTemporality::from_str_name(name).map(i32::from)
}

fn number_point(value: Value) -> Result<NumberDataPoint, Fault> {
    let mut point = NumberDataPoint::default();
    for (name, value) in message(value)? {
        let name = camel_case(name);
        match name.as_str() {
            "attributes" => point.attributes = attributes(value)?,
            "startTimeUnixNano" => point.start_time_unix_nano = field(&name, value, uint64)?,
            "timeUnixNano" => point.time_unix_nano = field(&name, value, uint64)?,
            "flags" => point.flags = field(&name, value, uint32)?,
            "exemplars" => point.exemplars = exemplars(value)?,
            "asDouble" => {
                let value = field(&name, value, double)?;
                point.value = Some(number_data_point::Value::AsDouble(value));
            }
            "asInt" => {
                let value = field(&name, value, int64)?;
                point.value = Some(number_data_point::Value::AsInt(value));
            }
            _ => {}
        }
    }
    Ok(point)
}

fn histogram_point(value: Value) -> Result<HistogramDataPoint, Fault> {
    let mut point = HistogramDataPoint::default();
    for (name, value) in message(value)? {
        let name = camel_case(name);
        match name.as_str() {
            "attributes" => point.attributes = attributes(value)?,
            "startTimeUnixNano" => point.start_time_unix_nano = field(&name, value, uint64)?,
            "timeUnixNano" => point.time_unix_nano = field(&name, value, uint64)?,
            "flags" => point.flags = field(&name, value, uint32)?,
            "exemplars" => point.exemplars = exemplars(value)?,
            "count" => point.count = field(&name, value, uint64)?,
            "sum" => point.sum = Some(field(&name, value, double)?),
            "min" => point.min = Some(field(&name, value, double)?),
            "max" => point.max = Some(field(&name, value, double)?),
            "bucketCounts" => point.bucket_counts = numbers(&name, value, uint64)?,
            "explicitBounds" => point.explicit_bounds = numbers(&name, value, double)?,
            _ => {}
        }
    }
    Ok(point)
}

fn exponential_point(value: Value) -> Result<ExponentialHistogramDataPoint, Fault> {
    let mut point = ExponentialHistogramDataPoint::default();
    for (name, value) in message(value)? {
        let name = camel_case(name);
        match name.as_str() {
            "attributes" => point.attributes = attributes(value)?,
            "startTimeUnixNano" => point.start_time_unix_nano = field(&name, value, uint64)?,
            "timeUnixNano" => point.time_unix_nano = field(&name, value, uint64)?,
            "flags" => point.flags = field(&name, value, uint32)?,
            "exemplars" => point.exemplars = exemplars(value)?,
            "count" => point.count = field(&name, value, uint64)?,
            "sum" => point.sum = Some(field(&name, value, double)?),
            "min" => point.min = Some(field(&name, value, double)?),
            "max" => point.max = Some(field(&name, value, double)?),
            "scale" => point.scale = field(&name, value, int32)?,
            "zeroCount" => point.zero_count = field(&name, value, uint64)?,
            "zeroThreshold" => point.zero_threshold = field(&name, value, double)?,
            "positive" => point.positive = Some(buckets(value)?),
            "negative" => point.negative = Some(buckets(value)?),
            _ => {}
        }
    }
    Ok(point)
}

fn buckets(value: Value) -> Result<Buckets, Fault> {
    let mut buckets = Buckets::default();
    for (name, value) in message(value)? {
        let name = camel_case(name);
        match name.as_str() {
            "offset" => buckets.offset = field(&name, value, int32)?,
            "bucketCounts" => buckets.bucket_counts = numbers(&name, value, uint64)?,
            _ => {}
        }
    }
    Ok(buckets)
}

fn summary_point(value: Value) -> Result<SummaryDataPoint, Fault> {
    let mut point = SummaryDataPoint::default();
    for (name, value) in message(value)? {
        let name = camel_case(name);
        match name.as_str() {
            "attributes" => point.attributes = attributes(value)?,
            "startTimeUnixNano" => point.start_time_unix_nano = field(&name, value, uint64)?,
            "timeUnixNano" => point.time_unix_nano = field(&name, value, uint64)?,
            "flags" => point.flags = field(&name, value, uint32)?,
            "count" => point.count = field(&name, value, uint64)?,
            "sum" => point.sum = field(&name, value, double)?,
            "quantileValues" => {
                point.quantile_values =
                    list(value, quantile).map_err(|fault| fault.within(&name))?;
            }
            _ => {}
        }
    }
    Ok(point)
}

fn quantile(value: Value) -> Result<ValueAtQuantile, Fault> {
    let mut at = ValueAtQuantile::default();
    for (name, value) in message(value)? {
        match name.as_str() {
            "quantile" => at.quantile = field(&name, value, double)?,
            "value" => at.value = field(&name, value, double)?,
            _ => {}
        }
    }
    Ok(at)
}

fn exemplars(value: Value) -> Result<Vec<Exemplar>, Fault> {
    list(value, exemplar).map_err(|fault| fault.within("exemplars"))
}

fn exemplar(value: Value) -> Result<Exemplar, Fault> {
    let mut exemplar = Exemplar::default();
    for (name, value) in message(value)? {
        let name = camel_case(name);
        match name.as_str() {
            "filteredAttributes" => exemplar.filtered_attributes = attributes(value)?,
            "timeUnixNano" => exemplar.time_unix_nano = field(&name, value, uint64)?,
            "traceId" => exemplar.trace_id = field(&name, value, id)?,
            "spanId" => exemplar.span_id = field(&name, value, id)?,
            "asDouble" => {
                exemplar.value = Some(exemplar::Value::AsDouble(field(&name, value, double)?));
            }
            "asInt" => exemplar.value = Some(exemplar::Value::AsInt(field(&name, value, int64)?)),
            _ => {}
        }
    }
    Ok(exemplar)
}

fn numbers<T>(
    name: &str,
    value: Value,
    read: impl Fn(Value) -> Result<T, &'static str>,
) -> Result<Vec<T>, Fault> {
    let one = |value| read(value).map_err(|reason| Fault::new("", reason));
    list(value, one).map_err(|fault| fault.within(name))
}
