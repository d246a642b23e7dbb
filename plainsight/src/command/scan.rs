//! `plainsight scan`: JSON lines in, what is in each text out, in the same order, as the configured
//! policy has it.
//!
//! Keeps nothing: the fingerprints' key lives as long as the process.

use std::io::{BufRead, Write};
use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Args;
use inspect::{Inspector, Scan};
use model::Origin;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use vault::EphemeralKeys;

use crate::cli::Verdict;
use crate::output;
use crate::policy;

/// Lines that are scanned together, across the cores.
const BATCH: usize = 2048;

/// Options of `scan`.
#[derive(Args)]
pub(crate) struct Options {
    /// The configuration, instead of plainsight.toml where there is one
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

/// A line of input.
#[derive(Deserialize)]
struct Input {
    #[serde(default)]
    id: Value,
    text: String,
    #[serde(default)]
    origin: Origin,
}

/// A line of output.
#[derive(Serialize)]
struct Output {
    id: Value,
    #[serde(flatten)]
    scan: Scan,
}

/// Scans standard input. A line that cannot be read is reported by its number and answered by a
/// line that says why; the others are scanned all the same.
pub(crate) fn run(options: &Options) -> Result<Verdict> {
    let (inspector, _) = policy::inspector(options.config.as_deref())?;
    let keys = EphemeralKeys::generate()?;
    let mut lines = std::io::stdin().lock().split(b'\n');
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let mut number = 0;
    let mut verdict = Verdict::Fine;
    loop {
        let batch: Vec<Vec<u8>> =
            lines.by_ref().take(BATCH).collect::<Result<_, _>>().context("standard input")?;
        if batch.is_empty() {
            break;
        }
        let scanned: Vec<Result<String, String>> =
            batch.par_iter().map(|line| scan(line, &inspector, &keys)).collect();
        for answer in scanned {
            number += 1;
            match answer {
                Ok(line) => out.write_all(line.as_bytes())?,
                Err(reason) => {
                    verdict = Verdict::FoundWrong;
                    output::complain(&format!("line {number}: {reason}"));
                    writeln!(out, "{}", serde_json::json!({"line": number, "error": reason}))?;
                }
            }
        }
        out.flush()?;
    }
    Ok(verdict)
}

/// The answer to one line, with its line feed; nothing for an empty line.
fn scan(line: &[u8], inspector: &Inspector, keys: &EphemeralKeys) -> Result<String, String> {
    if line.iter().all(u8::is_ascii_whitespace) {
        return Ok(String::new());
    }
    let text = String::from_utf8_lossy(line);
    let input: Input = serde_json::from_str(&text).map_err(|error| reason(&error))?;
    let scan = inspector.scan(&input.text, input.origin, keys);
    let output = Output { id: input.id, scan };
    serde_json::to_string(&output).map(|line| line + "\n").map_err(|error| reason(&error))
}

/// Says what is wrong without quoting the line, which may be sensitive.
fn reason(error: &serde_json::Error) -> String {
    format!("{:?} error at column {}", error.classify(), error.column()).to_lowercase()
}
