//! `plainsight replay`: every alert again, by the rules of then, compared with those recorded.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use server::Layout;
use server::detector::{Replayed, Told, replay};

use crate::cli::{Data, Verdict};
use crate::files::Files;
use crate::output::{self, Answer};
use crate::policy;

/// Options of `replay`.
#[derive(Args)]
pub(crate) struct Options {
    /// How to answer
    #[arg(long, value_enum, default_value_t = Answer::Text)]
    format: Answer,
    /// The configuration whose detect.classifier was in force
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(flatten)]
    data: Data,
}

/// Reads the whole log. Works beside a running server, whose newest alerts may then be missing.
pub(crate) fn run(options: &Options) -> Result<Verdict> {
    let files = Files::open(&options.data.data, None)?;
    let judges = policy::judges(options.config.as_deref())?;
    let replayed = replay(&files.archive()?, &Layout::new(&options.data.data), &judges)?;
    if options.format == Answer::Json {
        output::say(&serde_json::to_string_pretty(&replayed)?);
    } else {
        tell(&replayed);
    }
    Ok(if replayed.is_same() { Verdict::Fine } else { Verdict::FoundWrong })
}

fn tell(replayed: &Replayed) {
    let Replayed { records, alerts, missing, further } = replayed;
    let each = |what: &str, told: &[Told]| {
        for Told { alert, .. } in told {
            let evidence = alert.evidence.first().copied().unwrap_or_default();
            output::say(&format!("{what}: {} {} (record {evidence})", alert.id, alert.rule.title));
        }
    };
    each("recorded, and not told again", missing);
    each("told again, and not recorded", further);
    output::say(&format!(
        "{records} records, {alerts} alerts recorded: {} not told again, {} told and not recorded",
        missing.len(),
        further.len()
    ));
}
