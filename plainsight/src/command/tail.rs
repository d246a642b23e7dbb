//! `plainsight tail`: the newest records, straight from the log, as JSON lines.

use std::time::Duration;

use anyhow::Result;
use clap::Args;
use store::Entry;

use crate::cli::{Data, Verdict};
use crate::output;
use crate::read;

/// How often the log is looked at.
const PAUSE: Duration = Duration::from_millis(200);

/// Options of `tail`.
#[derive(Args)]
pub(crate) struct Options {
    /// How many of the newest records to begin with
    #[arg(short = 'n', long, default_value_t = 10)]
    lines: u64,
    /// End after these instead of waiting for more
    #[arg(long)]
    no_follow: bool,
    #[command(flatten)]
    data: Data,
}

/// Prints until it is interrupted.
pub(crate) fn run(options: &Options) -> Result<Verdict> {
    let data = read::Data::open(&options.data.data)?;
    let mut next = data.archive()?.ledger().size()?.saturating_sub(options.lines);
    loop {
        let archive = data.archive()?;
        for entry in archive.iter(next) {
            next += 1;
            match entry? {
                Entry::Readable(logged) => output::say(&serde_json::to_string(&logged)?),
                Entry::Erased { index } => {
                    output::say(&serde_json::json!({"index": index, "erased": true}).to_string());
                }
            }
        }
        if options.no_follow {
            return Ok(Verdict::Fine);
        }
        std::thread::sleep(PAUSE);
    }
}
