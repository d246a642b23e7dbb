//! How well and how fast sensitive values are found, beside two other programs on the same rows.
//!
//! Rows are labelled ones of others, when they are there, and a corpus made here.

mod corpus;
mod group;
mod hostile;
mod missed;
mod ours;
mod peers;
mod report;
pub(crate) mod rows;
mod score;
mod speed;
mod texts;

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;

use crate::english::prose;
use crate::random::Random;
use crate::say;
use peers::Peers;
use rows::Row;
use score::Score;

/// Options of `inspect`.
#[derive(Args)]
pub(crate) struct Options {
    /// Labelled rows to judge by, instead of both sets (JSON lines, may be gzipped)
    #[arg(long)]
    rows: Option<PathBuf>,
    /// Show the misses of a type (`IBAN`), family or group (`secrets`, `names`, `identifiers`,
    /// `addressesanddates`, `ALL`), or false positives (`FP`, `FP:PERSON`), or
    /// what is found in part (`LEAK:ADDRESS`)
    #[arg(long)]
    missed: Option<String>,
    /// Run Presidio and detect-secrets on the same rows
    #[arg(long)]
    peers: bool,
    /// Measure speed and hostile texts too
    #[arg(long)]
    speed: bool,
    /// Print a hostile text by its number, and what it costs, and do nothing else
    #[arg(long)]
    hostile: Option<u64>,
}

/// Measures.
pub(crate) fn run(options: &Options) -> Result<()> {
    if let Some(number) = options.hostile {
        say(&hostile::one(&ours::inspector()?, &corpus::rows(), number));
        return Ok(());
    }
    let peers = if options.peers { Some(Peers::prepare()?) } else { None };
    for (title, rows) in sets(options)? {
        evaluate(options, &title, &rows, peers.as_ref())?;
    }
    if options.speed { measure(peers.as_ref()) } else { Ok(()) }
}

/// The sets of rows to judge by.
fn sets(options: &Options) -> Result<Vec<(String, Vec<Row>)>> {
    if let Some(path) = &options.rows {
        return Ok(vec![(path.display().to_string(), rows::read(path)?)]);
    }
    let mut sets = Vec::new();
    match rows::labelled() {
        Some(path) => sets.push(("Rows labelled by others".to_owned(), rows::read(&path)?)),
        None => say("skipped: the rows labelled by others are not here (PLAINSIGHT_EVAL_DATA)"),
    }
    sets.push(("Made here, 16 languages".to_owned(), corpus::rows()));
    sets.push(("English prose made here, nothing sensitive".to_owned(), texts::rows()));
    Ok(sets)
}

fn evaluate(options: &Options, title: &str, rows: &[Row], peers: Option<&Peers>) -> Result<()> {
    let found = ours::find(&ours::inspector()?, rows);
    if let Some(wanted) = &options.missed {
        missed::show(wanted, rows, &found);
        return Ok(());
    }
    let mut programs = vec![("Plainsight", Score::of(rows, &found))];
    if let Some(peers) = peers {
        let answers = peers.find(rows, None)?;
        programs.extend(answers.iter().map(|peer| (peer.name, Score::of(rows, &peer.found))));
    }
    say(&report::tables(&format!("{title}: {} rows", rows.len()), &programs));
    Ok(())
}

fn measure(peers: Option<&Peers>) -> Result<()> {
    let inspector = ours::inspector()?;
    let rows = corpus::rows();
    say(&speed::table(&inspector, &texts::all(&rows)?));
    if let Some(peers) = peers {
        let text = prose(&mut Random::new(1), 256 << 10);
        for peer in peers.find(&[], Some(&text))? {
            say(&format!("{}: {:.3} MB/s", peer.name, peer.speed.unwrap_or_default()));
        }
    }
    say(&hostile::table(&inspector, &rows));
    Ok(())
}
