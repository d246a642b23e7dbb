//! `plainsight rules events`: what rules see of records, and which of them match.

use std::io::{BufRead, Write};
use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Args;
use detect::{Engine, Event, Rule};
use model::{Logged, Record};
use rayon::prelude::*;
use serde_json::{Map, json};
use vault::EphemeralKeys;

use super::{load, prepare, tell, verdict};
use crate::cli::Verdict;
use crate::policy;

/// How many records are inspected together.
const TOGETHER: usize = 512;

/// Options of `rules events`.
#[derive(Args)]
pub(crate) struct Options {
    /// Files and folders of rules; the shipped rules where none is named
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,

    /// Records as JSON, one a line, as in the examples of rules; standard input where none is named
    #[arg(long, value_name = "FILE")]
    records: Option<PathBuf>,

    /// The configuration that records are inspected by, instead of plainsight.toml where there is
    /// one
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

/// Prints an object a line: the record's line from 0, the category, the fields, and the ids of the
/// rules on single events that match.
pub(super) fn run(options: &Options) -> Result<Verdict> {
    let (rules, problems) = load(&options.paths)?;
    tell(&problems);
    let (inspector, _) = policy::inspector(options.config.as_deref())?;
    let keys = EphemeralKeys::generate()?;
    let mut engine = Engine::new(rules);
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let lines: Vec<String> = read(options)?;
    let mut index = 0;
    for chunk in lines.chunks(TOGETHER) {
        let prepared: Vec<Result<Record>> = chunk
            .par_iter()
            .map(|line| Ok(prepare(serde_json::from_str(line)?, &inspector, &keys)))
            .collect();
        for record in prepared {
            let record = record.with_context(|| format!("record {index}"))?;
            let logged = Logged { index, log_time: record.time, record };
            let mut written = Ok(());
            engine.matches(&logged, &mut |event, rules| {
                if written.is_ok() {
                    written = writeln!(out, "{}", line(event, rules));
                }
            });
            written?;
            index += 1;
        }
    }
    out.flush()?;
    Ok(verdict(&problems))
}

fn read(options: &Options) -> Result<Vec<String>> {
    let reader: Box<dyn BufRead> = match &options.records {
        Some(path) => {
            let file = std::fs::File::open(path).with_context(|| path.display().to_string())?;
            Box::new(std::io::BufReader::new(file))
        }
        None => Box::new(std::io::stdin().lock()),
    };
    let lines: std::io::Result<Vec<String>> = reader.lines().collect();
    Ok(lines?.into_iter().filter(|line| !line.trim().is_empty()).collect())
}

fn line(event: &Event<'_>, rules: &[&Rule]) -> serde_json::Value {
    let fields: Map<String, serde_json::Value> =
        event.fields().map(|(name, value)| (name.to_owned(), value.to_json())).collect();
    let ids: Vec<&str> = rules.iter().map(|rule| rule.id.as_str()).collect();
    json!({"record": event.index, "category": event.category.as_str(), "fields": fields, "rules": ids})
}
