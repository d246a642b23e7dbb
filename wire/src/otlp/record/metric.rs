//! A metric into a record: what it measures, and its data points as attributes.
//!
//! Nothing is aggregated.

use model::{Kind, Timestamp};
use opentelemetry_proto::tonic::metrics::v1::metric::Data;
use opentelemetry_proto::tonic::metrics::v1::{AggregationTemporality, Metric};
use serde_json::{Value, json};

use super::super::fault::Fault;
use super::super::limits::Limits;
use super::super::signal::Taken;
use super::context::Context;
use super::draft::{Draft, check};
use super::instant::instant;
use super::point::Point;

/// How many data points a metric has.
pub(crate) fn points(metric: &Metric) -> u64 {
    let count = match &metric.data {
        None => 0,
        Some(Data::Gauge(gauge)) => gauge.data_points.len(),
        Some(Data::Sum(sum)) => sum.data_points.len(),
        Some(Data::Histogram(histogram)) => histogram.data_points.len(),
        Some(Data::ExponentialHistogram(histogram)) => histogram.data_points.len(),
        Some(Data::Summary(summary)) => summary.data_points.len(),
    };
    count as u64
}

/// Makes a record of a metric. Data points beyond the limit are left out, and said to be.
pub(crate) fn metric(metric: Metric, context: &Context, limits: &Limits) -> Result<Taken, Fault> {
    let total = points(&metric);
    check(std::iter::once(&metric.metadata), limits)?;
    let mut draft = Draft::new(metric.metadata);
    draft.record.kind = Kind::Metric;
    draft.record.name = (!metric.name.is_empty()).then_some(metric.name);
    for (name, text) in [("metric.description", metric.description), ("metric.unit", metric.unit)] {
        if !text.is_empty() {
            draft.attribute(name.to_owned(), Value::String(text));
        }
    }
    let (latest, kept) = data(&mut draft, metric.data, limits)?;
    let (time, odd) = instant(latest);
    draft.record.time = time;
    if draft.record.time != Timestamp(0) || total > 0 {
        draft.note(odd);
    }
    let left_out = total - kept;
    let reason = || format!("more than {} data points in one metric", limits.points);
    let rejected = (left_out > 0).then(|| (Fault::new("dataPoints", reason()), left_out));
    Ok(Taken { record: draft.finish(context), accepted: kept, rejected })
}

/// Describes the data; gives the latest time and the number of points kept.
fn data(draft: &mut Draft, data: Option<Data>, limits: &Limits) -> Result<(u64, u64), Fault> {
    let Some(data) = data else { return Ok((0, 0)) };
    match data {
        Data::Gauge(gauge) => {
            describe(draft, "gauge", None);
            list(draft, gauge.data_points, limits)
        }
        Data::Sum(sum) => {
            describe(draft, "sum", Some(sum.aggregation_temporality));
            draft.attribute("metric.monotonic".to_owned(), json!(sum.is_monotonic));
            list(draft, sum.data_points, limits)
        }
        Data::Histogram(histogram) => {
            describe(draft, "histogram", Some(histogram.aggregation_temporality));
            list(draft, histogram.data_points, limits)
        }
        Data::ExponentialHistogram(histogram) => {
            describe(draft, "exponential_histogram", Some(histogram.aggregation_temporality));
            list(draft, histogram.data_points, limits)
        }
        Data::Summary(summary) => {
            describe(draft, "summary", None);
            list(draft, summary.data_points, limits)
        }
    }
}

fn describe(draft: &mut Draft, kind: &str, temporality: Option<i32>) {
    draft.attribute("metric.type".to_owned(), kind.into());
    let temporality = match temporality.map(AggregationTemporality::try_from) {
        Some(Ok(AggregationTemporality::Delta)) => "delta",
        Some(Ok(AggregationTemporality::Cumulative)) => "cumulative",
        _ => return,
    };
    draft.attribute("metric.temporality".to_owned(), temporality.into());
}

fn list<P: Point>(draft: &mut Draft, points: Vec<P>, limits: &Limits) -> Result<(u64, u64), Fault> {
    let mut latest = 0;
    let mut values = Vec::with_capacity(points.len().min(limits.points));
    for (position, point) in points.into_iter().take(limits.points).enumerate() {
        let within = |fault: Fault| fault.within(&format!("dataPoints[{position}]"));
        check(std::iter::once(point.attributes()), limits).map_err(within)?;
        latest = latest.max(point.time());
        values.push(point.into_value());
    }
    let kept = values.len() as u64;
    draft.attribute("metric.points".to_owned(), Value::Array(values));
    Ok((latest, kept))
}
