//! The recording proxy: `/openai/…`, `/anthropic/…` and `/up/NAME/…` on the main listener.
//!
//! Bytes pass untouched and at once; a copy is read beside them, bounded in memory, and becomes the
//! request part and the answer part of a call. In the order in which a call meets them:
//!
//! ```text
//! connection → proxy → target → passage → hop → request_body → upstream → connector
//!                         ↓                          ↓             ↓
//!                     recording ← happening ← capture, answer_tee ← answer_body → client
//!                         ↓
//!                request, answer → dialect → keep → recorder
//! ```
//!
//! It changes no byte, adds no header, and never waits for the record unless it is told to.

mod ahead;
mod answer;
mod answer_body;
mod answer_reader;
mod answer_tee;
mod call;
mod capture;
mod config;
mod connection;
mod connector;
mod dialect;
mod happening;
mod hop;
mod keep;
mod losses;
mod passage;
#[expect(clippy::module_inception, reason = "the proxy itself is one part of the proxy")]
mod proxy;
mod recorded_headers;
mod recording;
mod refusal;
mod request;
mod request_body;
mod shape;
mod target;
mod trace;
mod upstream;

pub use config::{Config, Dialect, OnRecordFailure, UpstreamConfig};
pub use connection::Connection;
pub(crate) use connector::Connector;
pub use losses::Losses;
pub use proxy::Proxy;
pub use shape::shape;
pub use target::{Target, UrlError};
pub use trace::parse as parse_traceparent;
pub use upstream::UpstreamError;
