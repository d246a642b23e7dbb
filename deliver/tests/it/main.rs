//! Tests of what leaves Plainsight: formats against their specifications, transports and couriers
//! against receivers that misbehave.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking, and says what it skipped"
)]

mod courier_trouble;
mod format_frames;
mod format_snapshots;
mod http_double;
mod kafka_double;
mod ledger_double;
mod ocsf_events;
mod ocsf_schema;
mod real_nats;
mod real_process;
mod real_syslog;
mod samples;
mod settings;
mod sink_aws;
mod sink_http;
mod sink_kafka;
mod sink_stream;
