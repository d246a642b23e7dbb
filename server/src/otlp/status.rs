//! `google.rpc.Status`, in which OTLP tells errors (OTLP specification 1.7, "Failures").
//!
//! Only `RetryInfo` is among the details, as only that one has a meaning in OTLP.

use std::time::Duration;

use prost::Message;
use serde_json::json;

use super::intake::Refusal;

/// `google.rpc.Status`.
#[derive(Clone, PartialEq, Message)]
struct Status {
    #[prost(int32, tag = "1")]
    code: i32,
    #[prost(string, tag = "2")]
    message: String,
    #[prost(message, repeated, tag = "3")]
    details: Vec<Any>,
}

/// `google.protobuf.Any`.
#[derive(Clone, PartialEq, Message)]
struct Any {
    #[prost(string, tag = "1")]
    type_url: String,
    #[prost(bytes = "vec", tag = "2")]
    value: Vec<u8>,
}

/// `google.rpc.RetryInfo`.
#[derive(Clone, PartialEq, Message)]
struct RetryInfo {
    #[prost(message, optional, tag = "1")]
    retry_delay: Option<Delay>,
}

/// `google.protobuf.Duration`.
#[derive(Clone, PartialEq, Message)]
struct Delay {
    #[prost(int64, tag = "1")]
    seconds: i64,
    #[prost(int32, tag = "2")]
    nanos: i32,
}

/// The status in protobuf: an HTTP body, or the value of `grpc-status-details-bin`.
pub(super) fn protobuf(refusal: &Refusal) -> Vec<u8> {
    Status {
        code: refusal.code() as i32,
        message: refusal.to_string(),
        details: refusal.retry_after().map(retry_info).into_iter().collect(),
    }
    .encode_to_vec()
}

/// The status in JSON.
pub(super) fn json(refusal: &Refusal) -> Vec<u8> {
    let mut status = json!({"code": refusal.code() as i32, "message": refusal.to_string()});
    if let Some(delay) = refusal.retry_after() {
        // The JSON mapping of `Any` and `Duration`.
        let delay = format!("{}.{:03}s", delay.as_secs(), delay.subsec_millis());
        status["details"] = json!([{"@type": RETRY_INFO, "retryDelay": delay}]);
    }
    status.to_string().into_bytes()
}

const RETRY_INFO: &str = "type.googleapis.com/google.rpc.RetryInfo";

fn retry_info(delay: Duration) -> Any {
    let delay = Delay {
        seconds: i64::try_from(delay.as_secs()).unwrap_or(i64::MAX),
        nanos: i32::try_from(delay.subsec_nanos()).unwrap_or_default(),
    };
    let value = RetryInfo { retry_delay: Some(delay) }.encode_to_vec();
    Any { type_url: RETRY_INFO.to_owned(), value }
}
