//! `plainsight scan`: JSON lines in, what is in each text out, in the same order, as the configured
//! policy has it.
//!
//! What it takes of memory is bounded by the longest line, a few times over. Keeps nothing: the
//! fingerprints' key lives as long as the process.

use std::io::Write;
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
use crate::lines::{self, Bounds, Line};
use crate::output;
use crate::policy;

/// What is scanned together, across the cores.
const BOUNDS: Bounds = Bounds { lines: 2048, bytes: 4 << 20, longest: 256 << 20 };

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
    let inspector = policy::inspector_with_judges(options.config.as_deref())?;
    let keys = EphemeralKeys::generate()?;
    let mut input = std::io::stdin().lock();
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let mut number = 0;
    let mut verdict = Verdict::Fine;
    loop {
        let batch = lines::batch(&mut input, BOUNDS).context("standard input")?;
        if batch.is_empty() {
            break;
        }
        let scanned: Vec<Result<Vec<u8>, String>> =
            batch.into_par_iter().map(|line| scan(line, &inspector, &keys)).collect();
        for answer in scanned {
            number += 1;
            match answer {
                Ok(line) => out.write_all(&line)?,
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

/// The answer to one line, with its line feed; nothing for an empty line. Of a long one the line,
/// its text and the answer are not all held at the same time.
fn scan(line: Line, inspector: &Inspector, keys: &EphemeralKeys) -> Result<Vec<u8>, String> {
    let line = line.ok_or_else(|| format!("longer than {} bytes", BOUNDS.longest))?;
    if line.iter().all(u8::is_ascii_whitespace) {
        return Ok(Vec::new());
    }
    let Input { id, text, origin } = read(&line)?;
    drop(line);
    let scan = inspector.scan(&text, origin, keys);
    drop(text);
    let mut answer = Vec::with_capacity(scan.redacted.len());
    serde_json::to_writer(&mut answer, &Output { id, scan }).map_err(|error| reason(&error))?;
    answer.push(b'\n');
    Ok(answer)
}

/// What a line says. Sequences that are no UTF-8 are replaced.
fn read(line: &[u8]) -> Result<Input, String> {
    serde_json::from_str(&String::from_utf8_lossy(line)).map_err(|error| reason(&error))
}

/// Says what is wrong without quoting the line, which may be sensitive.
fn reason(error: &serde_json::Error) -> String {
    format!("{:?} error at column {}", error.classify(), error.column()).to_lowercase()
}
