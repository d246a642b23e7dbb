//! Tests of detect through its public API.

#![expect(clippy::unwrap_used, reason = "a test ends at the first failure")]

mod alerts;
mod correlations;
mod coverage;
mod events;
mod foreign;
mod hostile;
mod import;
mod made;
mod problems;
mod said;
mod shipped;
mod sigmahq;
mod steps;
mod testing;
