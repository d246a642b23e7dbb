//! `plainsight tail`: the newest records, as they lie in the log, as JSON lines.

use std::time::Duration;

use anyhow::Result;
use clap::Args;
use store::Entry;

use crate::cli::{Data, Verdict};
use crate::files::Files;
use crate::output;
use crate::read::Source;

/// How often the log is looked at where no server runs.
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

/// Prints until it is interrupted, or the server ends.
pub(crate) fn run(options: &Options) -> Result<Verdict> {
    match Source::open(&options.data.data)? {
        Source::Server(server) => {
            let (last, follow) = (options.lines, !options.no_follow);
            server.lines(&format!("/api/v1/log?last={last}&follow={follow}"), output::say)?;
        }
        Source::Files(files) => follow(&files, options)?,
    }
    Ok(Verdict::Fine)
}

fn follow(files: &Files, options: &Options) -> Result<()> {
    let size = files.archive()?.ledger().size()?;
    let mut next = size.saturating_sub(options.lines);
    let rows = usize::try_from(size - next).unwrap_or(usize::MAX);
    files.note_access("records.tail", &["last"], rows);
    let end = if options.no_follow { size } else { u64::MAX };
    loop {
        let archive = files.archive()?;
        for entry in archive.iter(next) {
            if next >= end {
                break;
            }
            next += 1;
            match entry? {
                Entry::Readable(logged) => output::say(&serde_json::to_string(&logged)?),
                Entry::Erased { index } => {
                    output::say(&serde_json::json!({"index": index, "erased": true}).to_string());
                }
            }
        }
        if options.no_follow {
            return Ok(());
        }
        std::thread::sleep(PAUSE);
    }
}
