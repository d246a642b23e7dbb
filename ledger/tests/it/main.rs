//! Tests of the ledger through its public interface.

#![expect(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "these are tests")]
#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    reason = "the numbers of the tests are small"
)]

mod append;
mod fixture;
mod formats;
mod go;
mod history;
mod kill;
mod live;
mod parsers;
mod proofs;
mod recovery;
mod tamper;
mod tiles;
mod vectors;
