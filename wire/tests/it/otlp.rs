//! OTLP: every dialect, both encodings, broken and hostile requests, real captures.

mod build;
mod captures;
mod conversation;
mod dialects;
mod hostile;
mod kinds;
mod logs;
mod metrics;
mod partial;
