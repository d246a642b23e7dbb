//! What inspection finds, and what it must not touch.

#![expect(
    clippy::unwrap_used,
    clippy::string_slice,
    reason = "a test that cannot go on has failed"
)]

mod asked_texts;
mod asked_tokens;
mod attack_model;
mod chunks;
mod custom;
mod evasion;
mod examples;
mod invariants;
mod leaks;
mod phrases;
mod policy;
mod records;
mod secrets;
#[cfg(feature = "onnx")]
mod sequence_classifier;
mod signals;
#[cfg(feature = "onnx")]
mod token_classifier;
mod world;
