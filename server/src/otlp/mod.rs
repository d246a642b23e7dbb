//! The OTLP doors: traces, logs and metrics over HTTP and gRPC.
//!
//! A request is acknowledged when its records are durable, and not before. What the bytes mean is
//! the business of `wire::otlp`.

pub mod grpc;
pub mod http;

mod frame;
mod intake;
mod status;

use std::sync::Arc;

use crate::access::Tokens;
use crate::budget::Budget;
use crate::metrics::Metrics;
use crate::record::Record;

/// What the doors need.
#[derive(Clone)]
pub struct State {
    /// Keeps the records.
    pub recorder: Arc<dyn Record>,
    /// The most bytes of a request, as it comes and decoded.
    pub max_body: usize,
    /// The memory of the bodies that all doors read.
    pub bodies: Budget,
    /// Who may send.
    pub tokens: Arc<Tokens>,
    /// Counts.
    pub metrics: Arc<Metrics>,
}
