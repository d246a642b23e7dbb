//! `plainsight prove`: that a record is in the log (C2SP tlog-proof).

use anyhow::Result;
use clap::Args;
use server::Layout;

use crate::cli::{Data, Verdict};
use crate::output;

/// Options of `prove`.
#[derive(Args)]
pub(crate) struct Options {
    /// Ledger index
    index: u64,
    #[command(flatten)]
    data: Data,
}

/// Prints the proof: it holds leaf, inclusion and checkpoint, and needs nothing else but the
/// verifying key to be checked.
pub(crate) fn run(options: &Options) -> Result<Verdict> {
    let proof = ledger::prove(&Layout::new(&options.data.data).ledger(), options.index)?;
    output::say(proof.to_string().trim_end());
    Ok(Verdict::Fine)
}
