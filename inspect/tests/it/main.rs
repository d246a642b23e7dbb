//! What inspection finds, and what it must not touch.

mod examples;
mod invariants;
mod records;
mod world;
