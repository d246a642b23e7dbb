//! Measurements of the whole path, each beside a ceiling in the same run.
//!
//! The server is a process of its own, as users run it; the load comes from this process, on the
//! same cores. Figures and the commands that made them are kept in `bench/RESULTS.md`.

mod alerts;
mod ceiling;
mod classifier;
mod console;
mod conversation;
mod decode;
mod detect;
mod english;
mod hunt;
mod ingest;
mod inspect;
mod latency;
mod proxy;
mod questions;
mod random;
mod rules;
mod served;
mod upstream;

use std::path::PathBuf;

use anyhow::Result;
use clap::{Parser, Subcommand};

/// The same as the program's, so that the ceiling is its ceiling.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// Measures Plainsight.
#[derive(Parser)]
struct Cli {
    #[command(subcommand)]
    what: What,
    /// The binary to measure
    #[arg(long, global = true, default_value = "target/release/plainsight")]
    binary: PathBuf,
    /// Where to put data; on the disk to be measured
    #[arg(long, global = true, default_value = "target/bench-data")]
    data: PathBuf,
}

#[derive(Subcommand)]
enum What {
    /// Records a second, acknowledged durably over OTLP, and the ceiling
    Ingest(ingest::Options),
    /// Latency that the proxy adds
    Proxy(proxy::Options),
    /// From what happens to the alert, and to the alert's arrival at sinks
    Alerts(alerts::Options),
    /// How fast a rule goes over what was recorded
    Hunt(hunt::Options),
    /// How well and how fast sensitive values are found
    Inspect(inspect::Options),
    /// Records a second through all shipped rules, beside rsigma's own engine
    Detect(detect::Options),
    /// How well attacks are told from other texts, and training what tells them
    Classifier(classifier::Options),
    /// Imported rules of others on the inputs that their authors labelled
    Rules(rules::Options),
    /// How long reading requests, answers and OTLP takes
    Wire,
    /// What the console asks of the store
    Console(console::Options),
    /// Search, query and restart over many records
    Questions(questions::Options),
}

fn main() -> Result<()> {
    let cli = Cli::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        match &cli.what {
            What::Ingest(options) => ingest::run(options, &cli.binary, &cli.data).await,
            What::Proxy(options) => proxy::run(options, &cli.binary, &cli.data).await,
            What::Alerts(options) => alerts::run(options, &cli.binary, &cli.data).await,
            What::Hunt(options) => hunt::run(options, &cli.binary, &cli.data).await,
            What::Inspect(options) => inspect::run(options),
            What::Detect(options) => detect::run(options),
            What::Classifier(options) => classifier::run(options),
            What::Rules(options) => rules::run(options),
            What::Wire => decode::run(),
            What::Console(options) => console::run(options, &cli.data),
            What::Questions(options) => questions::run(options, &cli.binary, &cli.data).await,
        }
    })
}

#[expect(clippy::print_stdout, reason = "a measurement prints its figures")]
fn say(line: &str) {
    println!("{line}");
}
