//! `plainsight sinks`: how delivery stands, and a test alert to each sink.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use clap::{Args, Subcommand};
use model::SystemClock;
use serde_json::Value;
use server::config::Config;
use server::{Layout, delivery};

use crate::cli::{Data, Verdict};
use crate::command::serve;
use crate::output::{self, Format};
use crate::read::Server;

/// What to do with the sinks.
#[derive(Subcommand)]
pub(crate) enum Action {
    /// Show how far each sink of the running server is, and its last trouble
    Status(StatusOptions),
    /// Send a test alert to each sink of the configuration, past its queue
    Test(TestOptions),
}

/// Options of `sinks status`.
#[derive(Args)]
pub(crate) struct StatusOptions {
    /// How to print it
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    #[command(flatten)]
    data: Data,
}

/// Options of `sinks test`.
#[derive(Args)]
pub(crate) struct TestOptions {
    /// Only the sink of this name
    name: Option<String>,
    /// The configuration, instead of plainsight.toml
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(flatten)]
    data: Data,
}

pub(crate) fn run(action: &Action) -> Result<Verdict> {
    match action {
        Action::Status(options) => status(options),
        Action::Test(options) => test(options),
    }
}

fn status(options: &StatusOptions) -> Result<Verdict> {
    let server = Server::of(&options.data.data)?.context("no server runs here")?;
    let mut answer = server.get("/api/v1/status")?;
    let sinks: Vec<Value> = serde_json::from_value(answer["sinks"].take())?;
    let columns = [
        "name",
        "state",
        "cursor",
        "behind",
        "sent",
        "retried",
        "dead",
        "last_error",
        "last_error_time",
        "last_sent_time",
    ];
    let cells = |sink: &Value| columns.iter().map(|name| sink[*name].clone()).collect();
    let rows: Vec<Vec<Value>> = sinks.iter().map(cells).collect();
    output::rows(&columns.map(str::to_owned), &rows, options.format)?;
    Ok(Verdict::Fine)
}

/// Exit code 1 when one of them did not take it.
fn test(options: &TestOptions) -> Result<Verdict> {
    let serve = serve::Options {
        data: Some(options.data.data.clone()),
        config: options.config.clone(),
        ..serve::Options::default()
    };
    let config = serve.load()?;
    let wanted =
        |sink: &&deliver::Config| options.name.as_ref().is_none_or(|name| *name == sink.name);
    let sinks: Vec<&deliver::Config> = config.sinks.iter().filter(wanted).collect();
    if sinks.is_empty() {
        bail!("no such sink is configured");
    }
    let mut verdict = Verdict::Fine;
    for sink in sinks {
        match serve::runtime()?.block_on(send(sink, &config)) {
            Ok(()) => output::say(&format!("{}: took the test alert", sink.name)),
            Err(error) => {
                output::say(&format!("{}: {error:#}", sink.name));
                verdict = Verdict::FoundWrong;
            }
        }
    }
    Ok(verdict)
}

async fn send(sink: &deliver::Config, config: &Config) -> Result<()> {
    let teller = delivery::teller(&Layout::new(&config.data))
        .context("start `plainsight serve` once: the log's key says who tells")?;
    let tried = delivery::try_out(sink, &teller, Arc::new(SystemClock)).await;
    tried.map_err(anyhow::Error::msg)
}
