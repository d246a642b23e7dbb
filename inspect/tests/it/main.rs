//! What inspection finds, and what it must not touch.

#![expect(
    clippy::unwrap_used,
    clippy::string_slice,
    reason = "a test that cannot go on has failed"
)]

mod examples;
mod invariants;
mod leaks;
mod records;
mod world;
