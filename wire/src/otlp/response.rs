//! The answer to a request: full success, or partial success with the rejected items by name
//! (OTLP specification 1.7, "Partial Success").
//!
//! HTTP status and retry hints are the door's business.

use std::fmt::Write as _;

use opentelemetry_proto::tonic::collector::logs::v1::{
    ExportLogsPartialSuccess, ExportLogsServiceResponse,
};
use opentelemetry_proto::tonic::collector::metrics::v1::{
    ExportMetricsPartialSuccess, ExportMetricsServiceResponse,
};
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTracePartialSuccess, ExportTraceServiceResponse,
};
use prost::Message as _;
use serde_json::json;

use super::signal::{Decoded, Signal};

/// How a request and its answer are encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// `application/x-protobuf`, and gRPC.
    Protobuf,
    /// `application/json`.
    Json,
}

/// How many bytes of rejections an answer describes.
const MESSAGE_BYTES: usize = 2_048;

/// Encodes the `Export…ServiceResponse` to a request.
pub fn response(signal: Signal, decoded: &Decoded, encoding: Encoding) -> Vec<u8> {
    if decoded.rejected.is_empty() {
        return match encoding {
            Encoding::Protobuf => Vec::new(),
            Encoding::Json => b"{}".to_vec(),
        };
    }
    let rejected = i64::try_from(decoded.rejected_count).unwrap_or(i64::MAX);
    let message = describe(decoded);
    match encoding {
        Encoding::Protobuf => in_protobuf(signal, rejected, message),
        Encoding::Json => in_json(signal, rejected, &message),
    }
}

fn in_protobuf(signal: Signal, rejected: i64, error_message: String) -> Vec<u8> {
    match signal {
        Signal::Traces => ExportTraceServiceResponse {
            partial_success: Some(ExportTracePartialSuccess {
                rejected_spans: rejected,
                error_message,
            }),
        }
        .encode_to_vec(),
        Signal::Logs => ExportLogsServiceResponse {
            partial_success: Some(ExportLogsPartialSuccess {
                rejected_log_records: rejected,
                error_message,
            }),
        }
        .encode_to_vec(),
        Signal::Metrics => ExportMetricsServiceResponse {
            partial_success: Some(ExportMetricsPartialSuccess {
                rejected_data_points: rejected,
                error_message,
            }),
        }
        .encode_to_vec(),
    }
}

fn in_json(signal: Signal, rejected: i64, message: &str) -> Vec<u8> {
    let name = match signal {
        Signal::Traces => "rejectedSpans",
        Signal::Logs => "rejectedLogRecords",
        Signal::Metrics => "rejectedDataPoints",
    };
    // Proto3's JSON mapping writes 64-bit integers as strings.
    json!({"partialSuccess": {name: rejected.to_string(), "errorMessage": message}})
        .to_string()
        .into_bytes()
}

/// The rejected items, as many as fit, and how many more there were.
fn describe(decoded: &Decoded) -> String {
    let mut text = String::new();
    for (position, rejected) in decoded.rejected.iter().enumerate() {
        if text.len() > MESSAGE_BYTES {
            let more = decoded.rejected.len() - position;
            let _ = write!(text, "; and {more} more");
            break;
        }
        let separator = if position == 0 { "" } else { "; " };
        let _ = write!(text, "{separator}{rejected}");
    }
    text
}
