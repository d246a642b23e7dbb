//! `plainsight verify`: the whole log, offline, on the data directory or a copy of it.

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Args;
use ledger::{VerifyOptions, VerifyingKey};
use server::Layout;

use crate::cli::{Data, Verdict};
use crate::output;

/// Options of `verify`.
#[derive(Args)]
pub(crate) struct Options {
    /// The log's verifying key (C2SP vkey), from a place the log's keeper cannot change
    /// [default: the one in the data directory]
    #[arg(long, value_name = "VKEY")]
    key: Option<String>,
    /// A checkpoint kept elsewhere; the log must still contain all that it promises. May be given
    /// again
    #[arg(long, value_name = "FILE")]
    checkpoint: Vec<PathBuf>,
    #[command(flatten)]
    data: Data,
}

/// Prints every problem with its place. Exit code 1 when there is one.
pub(crate) fn run(options: &Options) -> Result<Verdict> {
    let layout = Layout::new(&options.data.data);
    let key = match &options.key {
        Some(key) => key.clone(),
        None => std::fs::read_to_string(layout.verifying_key()).with_context(|| {
            format!("{}: name the key with --key", layout.verifying_key().display())
        })?,
    };
    let key: VerifyingKey = key.trim().parse().context("the verifying key")?;
    let outside: Vec<String> = options
        .checkpoint
        .iter()
        .map(|file| std::fs::read_to_string(file).with_context(|| file.display().to_string()))
        .collect::<Result<_>>()?;
    let verify = VerifyOptions { key: Some(key), outside, ..VerifyOptions::default() };
    let report = ledger::verify(&layout.ledger(), &verify);
    for problem in &report.problems {
        output::say(&problem.to_string());
    }
    if report.omitted > 0 {
        output::say(&format!("and {} problems more", report.omitted));
    }
    let verdict = if report.is_clean() { "verified" } else { "NOT VERIFIED" };
    let unsigned = match report.unsigned {
        0 => String::new(),
        count => format!(", and {count} that are not signed yet"),
    };
    output::say(&format!(
        "{verdict}: {} records in {} segments of {}{unsigned}",
        report.size,
        report.segments,
        report.origin.as_deref().unwrap_or("a log without a checkpoint")
    ));
    Ok(if report.is_clean() { Verdict::Fine } else { Verdict::FoundWrong })
}
