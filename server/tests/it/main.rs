//! Tests of the server against the outside: sockets, files, whole calls.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod api_console;
mod api_oidc;
mod api_people;
mod api_reads;
mod api_world;
mod config;
mod config_hostile;
#[cfg(feature = "console")]
mod console_page;
mod events_door;
mod events_parse;
mod identity_tokens;
mod listen;
mod otlp_grpc;
mod otlp_http;
mod otlp_world;
mod proxy_recording;
mod proxy_streaming;
mod proxy_transparency;
mod proxy_trouble;
mod proxy_world;
mod unseal;
