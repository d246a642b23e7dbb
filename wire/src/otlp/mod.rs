//! OTLP bytes to observations: traces, logs and metrics, in protobuf and in JSON, whatever GenAI
//! dialect they speak.
//!
//! A request is walked by hand down to its items (spans, log records, metrics), and every item is
//! decoded alone: one that is broken costs only itself, and only one is in memory at a time. An
//! item's attributes then meet one [vocabulary](attribute::vocabulary) of all dialects, so that the
//! same conversation gives the same record however it was instrumented.
//!
//! This module opens no socket, reads no clock and inspects nothing: its records are raw.

mod attribute;
mod fault;
mod framing;
mod json;
mod limits;
mod mend;
mod message;
mod protobuf;
mod record;
mod response;
mod signal;

pub use fault::{DecodeError, Rejected};
pub use json::{decode_json, decode_json_within};
pub use limits::Limits;
pub use protobuf::{decode_protobuf, decode_protobuf_within};
pub use response::{Encoding, response};
pub use signal::{Decoded, Signal};
