//! `plainsight show`: one record whole, as it lies in the log.

use anyhow::{Result, bail};
use clap::Args;
use store::Entry;

use crate::cli::{Data, Verdict};
use crate::output;
use crate::read;

/// Options of `show`.
#[derive(Args)]
pub(crate) struct Options {
    /// Ledger index
    index: u64,
    #[command(flatten)]
    data: Data,
}

/// Prints the record as JSON.
pub(crate) fn run(options: &Options) -> Result<Verdict> {
    let archive = read::Data::open(&options.data.data)?.archive()?;
    match archive.read(options.index)? {
        Entry::Readable(logged) => output::say(&serde_json::to_string_pretty(&logged)?),
        Entry::Erased { index } => bail!("record {index} was erased: its key was destroyed"),
    }
    Ok(Verdict::Fine)
}
