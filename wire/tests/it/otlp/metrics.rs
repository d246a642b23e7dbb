//! Metrics of every kind, and their bounds.

use serde_json::{Value, json};
use wire::otlp::{Limits, Signal, decode_json, decode_json_within};

use super::build::records;

fn request(metrics: &Value) -> Vec<u8> {
    json!({"resourceMetrics": [{
        "resource": {"attributes": [{"key": "service.name", "value": {"stringValue": "demo"}}]},
        "scopeMetrics": [{"scope": {"name": "s"}, "metrics": metrics}],
    }]})
    .to_string()
    .into_bytes()
}

#[test]
fn every_kind_of_metric() {
    let metrics = json!([
        {"name": "gen_ai.client.token.usage", "unit": "{token}", "description": "tokens",
         "histogram": {"aggregationTemporality": "AGGREGATION_TEMPORALITY_CUMULATIVE",
            "dataPoints": [{
                "startTimeUnixNano": "1795000000000000000", "timeUnixNano": "1795000001000000000",
                "count": "2", "sum": 24.0, "min": 12, "max": "12",
                "bucketCounts": ["0", 2, "0"], "explicitBounds": [0.0, "Infinity"],
                "exemplars": [{"timeUnixNano": "1795000000500000000", "asInt": "12",
                    "traceId": "11111111111111111111111111111111", "spanId": null}],
                "attributes": [{"key": "gen_ai.token.type", "value": {"stringValue": "output"}}]}]}},
        {"name": "calls", "sum": {"aggregation_temporality": 1, "is_monotonic": true,
            "data_points": [{"time_unix_nano": 1_795_000_000_000_000_000_u64, "as_int": "3"}]}},
        {"name": "load", "gauge": {"dataPoints": [
            {"timeUnixNano": "1795000000000000000", "asDouble": "NaN"}]}},
        {"name": "latency", "summary": {"dataPoints": [
            {"timeUnixNano": "1795000000000000000", "count": 1, "sum": 0.5,
             "quantileValues": [{"quantile": 0.5, "value": 0.5}]}]}},
        {"name": "sizes", "exponentialHistogram": {"dataPoints": [
            {"timeUnixNano": "1795000000000000000", "count": 1, "scale": -1, "zeroCount": "0",
             "positive": {"offset": 2, "bucketCounts": ["1"]}}]}},
    ]);
    let decoded = decode_json(Signal::Metrics, &request(&metrics)).unwrap();
    assert_eq!(decoded.rejected, []);
    assert_eq!(decoded.accepted, 5);
    insta::assert_json_snapshot!("metrics", records(decoded));
}

#[test]
fn points_beyond_the_limit_are_rejected_by_count() {
    let point = json!({"timeUnixNano": "1795000000000000000", "asInt": 1});
    let metrics = json!([{"name": "calls", "sum": {"dataPoints": vec![point; 10]}}]);
    let limits = Limits { points: 4, ..Limits::default() };
    let decoded = decode_json_within(&limits, Signal::Metrics, &request(&metrics)).unwrap();
    assert_eq!((decoded.accepted, decoded.rejected_count), (4, 6));
    assert_eq!(decoded.rejected[0].item, "resourceMetrics[0].scopeMetrics[0].metrics[0]");
}
