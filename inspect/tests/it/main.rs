//! What inspection finds, and what it must not touch.

#![expect(
    clippy::unwrap_used,
    clippy::string_slice,
    reason = "a test that cannot go on has failed"
)]

mod asked;
mod attack_model;
mod chunks;
#[cfg(feature = "onnx")]
mod classifier;
mod custom;
mod evasion;
mod examples;
mod invariants;
mod leaks;
mod phrases;
mod policy;
mod records;
mod secrets;
mod signals;
mod world;
