//! Tests of the store through its public API.

#![expect(clippy::unwrap_used, reason = "a test ends at the first failure")]

mod columns;
mod counts;
mod crash;
mod early;
mod evaluations;
mod folding;
mod hostile;
mod made;
mod privacy;
mod search;
mod views;
