//! What `wire` makes of real bodies, and what it makes of broken ones.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test stops where it fails, and says what it measured or skipped"
)]

mod answer;
mod body;
mod chunk;
mod hostile;
mod import;
mod request;
mod sse;

mod otlp;
