//! Foreign formats to and from the model: bytes in, values out.
//!
//! A body is decoded ([`body`]), cut into events ([`sse`]), read as JSON ([`json`]), and understood
//! in the words of its provider ([`provider`]). Telemetry ([`otlp`]) and the exports of other tools
//! ([`import`]) come in by doors of their own.
//!
//! Nothing here reads a clock, a socket or a file.

pub mod body;
pub mod sse;

pub mod json;

mod anthropic;
mod openai;
pub mod provider;

pub mod otlp;

pub mod import;
