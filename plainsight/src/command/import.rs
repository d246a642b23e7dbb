//! `plainsight import`: exports of other tools become records.
//!
//! Beside a running server through its API, otherwise straight into the log. An import that was
//! broken off goes on where it stopped.

mod progress;
mod target;

use std::fs::File;
use std::io::Read;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use model::Timestamp;
use server::import::{MAX_RECORD, Outcome};
use wire::import::{Format, Piece, Splitter};

use crate::cli::{Data, Verdict};
use crate::command::serve;
use crate::output;
use progress::Progress;
use target::Target;

/// Records that are sent together.
const BATCH_RECORDS: usize = 500;
/// Bytes that are sent together, when records are large.
const BATCH_BYTES: usize = 8 << 20;
/// The beginning of a file by which its format is recognised.
const DETECT: usize = 1 << 20;

/// Options of `import`.
#[derive(Args)]
pub(crate) struct Options {
    /// Files to import
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// openai, anthropic, langfuse, litellm, native or otlp [default: recognised by the content]
    #[arg(long)]
    format: Option<String>,
    /// Begin anew, even where an earlier import of the same file stopped half-way
    #[arg(long)]
    restart: bool,
    #[command(flatten)]
    data: Data,
}

/// Imports the files one after another. Bad records are reported by their number and skipped.
pub(crate) fn run(options: &Options) -> Result<Verdict> {
    serve::runtime()?.block_on(async {
        let target = Target::open(&options.data.data).await?;
        let mut verdict = Verdict::Fine;
        for file in &options.files {
            let outcome = import(file, options, &target).await;
            let outcome = outcome.with_context(|| file.display().to_string())?;
            output::say(&format!(
                "{}: {} recorded, {} known already, {} problems",
                file.display(),
                outcome.recorded,
                outcome.known,
                outcome.problems.len()
            ));
            if !outcome.problems.is_empty() {
                verdict = Verdict::FoundWrong;
            }
        }
        target.close().await;
        Ok(verdict)
    })
}

async fn import(path: &Path, options: &Options, target: &Target) -> Result<Outcome> {
    let mut file = File::open(path)?;
    let metadata = file.metadata()?;
    let length = metadata.len();
    let time = Timestamp::from_secs(metadata.mtime());
    let format = format(path, options.format.as_deref())?;
    let mut progress = Progress::open(&options.data.data, path, length, options.restart)?;
    let bar = bar(length);
    let mut splitter = Splitter::new(MAX_RECORD);
    let mut batch = Batch::default();
    let mut total = Outcome::default();
    let mut buffer = vec![0; 1 << 16];
    loop {
        let count = file.read(&mut buffer)?;
        let done = progress.done();
        let mut take = |piece: Piece<'_>| batch.take(piece, done);
        match buffer.get(..count) {
            Some([]) | None => splitter.finish(&mut take),
            Some(bytes) => splitter.push(bytes, &mut take),
        }
        bar.inc(count as u64);
        if batch.is_full() || count == 0 {
            let last = batch.last();
            let outcome = target.record(format, time, std::mem::take(&mut batch)).await?;
            add(&mut total, outcome, &bar);
            progress.reached(last)?;
        }
        if count == 0 {
            break;
        }
    }
    bar.finish_and_clear();
    progress.finish()?;
    Ok(total)
}

fn format(path: &Path, named: Option<&str>) -> Result<Format> {
    if let Some(name) = named {
        return Format::named(name).with_context(|| {
            let names: Vec<&str> = Format::ALL.iter().map(|format| format.as_str()).collect();
            format!("there is no format {name}: choose of {}", names.join(", "))
        });
    }
    let mut begin = Vec::new();
    File::open(path)?.take(DETECT as u64).read_to_end(&mut begin)?;
    let Some(format) = Format::detect(&begin) else {
        bail!("its format is not recognised: name it with --format");
    };
    Ok(format)
}

fn add(total: &mut Outcome, outcome: Outcome, bar: &ProgressBar) {
    total.recorded += outcome.recorded;
    total.known += outcome.known;
    for problem in outcome.problems {
        bar.suspend(|| {
            output::complain(&format!(
                "record {}: {} {}",
                problem.number, problem.field, problem.reason
            ));
        });
        total.problems.push(problem);
    }
}

fn bar(length: u64) -> ProgressBar {
    let style = ProgressStyle::with_template(
        "{bar:30} {bytes} of {total_bytes}, {bytes_per_sec}, {eta} left",
    );
    ProgressBar::new(length).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

/// Records on their way, each with its number in the file.
#[derive(Default)]
pub(crate) struct Batch {
    records: Vec<(u64, Vec<u8>)>,
    too_large: Vec<u64>,
    bytes: usize,
}

impl Batch {
    /// Takes a record, unless an earlier import had it.
    fn take(&mut self, piece: Piece<'_>, done: u64) {
        match piece {
            Piece::Record { number, bytes } if number > done => {
                self.bytes += bytes.len();
                self.records.push((number, bytes.to_vec()));
            }
            Piece::TooLarge { number } if number > done => self.too_large.push(number),
            Piece::Record { .. } | Piece::TooLarge { .. } => {}
        }
    }

    fn is_full(&self) -> bool {
        self.records.len() >= BATCH_RECORDS || self.bytes >= BATCH_BYTES
    }

    /// The number of its last record.
    fn last(&self) -> Option<u64> {
        let last = self.records.last().map(|(number, _)| *number);
        last.max(self.too_large.last().copied())
    }
}
