//! Trains and judges the classifier of attacks in `inspect`.
//!
//! ```text
//! rows + documents + generated texts → linear part → pooled → network → calibration → file
//! ```
//!
//! The same rows and seed make the same file. Judged is what each group of sources gets from a
//! model that saw neither the group nor near copies of it.

mod calibration;
mod documents;
mod file;
mod generated;
mod grammar;
mod head;
mod neighbours;
mod network;
mod report;
mod rows;
mod train;
mod units;
mod words;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::Args;
use inspect::attack_model::SIDES;
use rayon::prelude::*;

use crate::say;
use calibration::Calibration;
use documents::Folders;
use rows::Row;

const SEED: u64 = 42;

/// Options of `classifier`.
#[derive(Args)]
pub(crate) struct Options {
    /// Train on all rows, and write the model here, and beside it the table of usual neighbours
    #[arg(long, value_name = "FILE")]
    train: Option<PathBuf>,
    /// Hold out whole data sets instead of sources
    #[arg(long)]
    strict: bool,
    /// Labelled rows (JSON lines, may be gzipped)
    #[arg(long)]
    rows: Option<PathBuf>,
    #[command(flatten)]
    documents: Folders,
    /// Make the table of words' classes anew, and nothing else: from the data of the package
    /// spacy-lookups-data, unpacked here
    #[arg(long, value_name = "DIR")]
    words: Option<PathBuf>,
    /// Print the rows of a kind or data set that are judged wrongly
    #[arg(long)]
    missed: Option<String>,
}

/// Judges by cross-validation, and trains if it is asked to.
pub(crate) fn run(options: &Options) -> Result<()> {
    if let Some(folder) = &options.words {
        let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("../inspect/models");
        return put(&models.join("words.bin"), &words::table(folder)?);
    }
    let Some(path) = options.rows.clone().or_else(rows::labelled) else {
        say("skipped: the labelled rows are not here (PLAINSIGHT_EVAL_DATA)");
        return Ok(());
    };
    let rows = rows::read(&path)?;
    let documents = options.documents.rows()?;
    let scores = cross_validate(&rows, &documents, options.strict);
    let title = if options.strict { "Data sets held out" } else { "Sources held out" };
    say(&report::tables(&rows, &scores, title));
    if let Some(wanted) = &options.missed {
        show_missed(&rows, &scores, wanted);
    }
    match &options.train {
        Some(out) => write(&rows, &documents, &scores, out),
        None => Ok(()),
    }
}

/// The scores of each row, from a model that did not learn from its group.
fn cross_validate(rows: &[Row], documents: &[Row], strict: bool) -> Vec<[f32; SIDES]> {
    let mut groups: Vec<String> = rows.iter().map(|row| row.group(strict)).collect();
    groups.sort();
    groups.dedup();
    let judge = |group: &String| {
        let trained = train::train(&rows::without(rows, documents, group, strict), strict, SEED);
        let held = rows.iter().enumerate().filter(|(_, row)| row.group(strict) == *group);
        held.map(|(place, row)| (place, trained.scores(&row.units))).collect::<Vec<_>>()
    };
    let judged: Vec<Vec<(usize, [f32; SIDES])>> = groups.par_iter().map(judge).collect();
    let mut scores = vec![[0.0; SIDES]; rows.len()];
    for (place, score) in judged.into_iter().flatten() {
        scores[place] = score;
    }
    scores
}

/// Trains on all rows, and calibrates by the scores of the cross-validation.
fn write(rows: &[Row], documents: &[Row], scores: &[[f32; SIDES]], out: &Path) -> Result<()> {
    let calibrations = train::BOTH.map(|side| {
        let judged = rows.iter().zip(scores).filter(|(row, _)| row.is_of(side));
        let all: Vec<(f32, bool)> =
            judged.map(|(row, scores)| (scores[side as usize], row.kind.is_attack())).collect();
        let benign = report::benign(rows, scores, side);
        Calibration::fit(&all, &benign, &report::hard(rows, scores, side))
    });
    say(&format!("{calibrations:?}"));
    let all: Vec<&Row> = rows.iter().chain(documents).collect();
    let trained = train::train(&all, false, SEED);
    put(out, &file::bytes(&trained, calibrations))?;
    let table = neighbours::table(&rows.iter().collect::<Vec<_>>());
    put(&out.with_file_name("neighbours.bin"), &table)
}

fn put(path: &Path, bytes: &[u8]) -> Result<()> {
    std::fs::write(path, bytes).with_context(|| format!("write {}", path.display()))
}

fn show_missed(rows: &[Row], scores: &[[f32; SIDES]], wanted: &str) {
    for side in train::BOTH {
        let limit = calibration::limit(&report::benign(rows, scores, side), 0.01);
        for (row, scores) in rows.iter().zip(scores).filter(|(row, _)| row.is_of(side)) {
            let score = scores[side as usize];
            let is_wanted = row.family() == wanted || format!("{:?}", row.kind) == wanted;
            if is_wanted && (score > limit) != row.kind.is_attack() {
                let text: String = row.text.chars().take(400).collect();
                say(&format!("--- {side:?} {score:.2} (limit {limit:.2}) {}\n{text}", row.source));
            }
        }
    }
}
