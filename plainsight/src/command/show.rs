//! `plainsight show`: one record whole, as it lies in the log.

use anyhow::{Context, Result, bail};
use clap::Args;
use model::Logged;
use store::Entry;

use crate::cli::{Data, Verdict};
use crate::output;
use crate::read::Source;

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
    let index = options.index;
    let logged: Logged = match Source::open(&options.data.data)? {
        Source::Server(server) => {
            let answer = server.get(&format!("/api/v1/records/{index}"));
            serde_json::from_value(answer.with_context(|| format!("record {index}"))?)?
        }
        Source::Files(files) => match files.archive()?.read(index)? {
            Entry::Readable(logged) => {
                files.note_access("records.show", &["index"], 1);
                *logged
            }
            Entry::Erased { index } => bail!("record {index} was erased: its key was destroyed"),
        },
    };
    output::say(&serde_json::to_string_pretty(&logged)?);
    Ok(Verdict::Fine)
}
