//! `plainsight checkpoint`: the newest signed checkpoint (C2SP tlog-checkpoint).

use std::io::Write;

use anyhow::Result;
use clap::Args;

use crate::cli::{Data, Verdict};

/// Options of `checkpoint`.
#[derive(Args)]
pub(crate) struct Options {
    #[command(flatten)]
    data: Data,
}

/// Prints it byte for byte.
pub(crate) fn run(options: &Options) -> Result<Verdict> {
    let reader = ledger::Reader::open(&server::Layout::new(&options.data.data).ledger())?;
    std::io::stdout().lock().write_all(reader.checkpoint()?.as_bytes())?;
    Ok(Verdict::Fine)
}
