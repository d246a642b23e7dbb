//! `plainsight serve`: everything, until it is interrupted.

use std::path::PathBuf;

use anyhow::{Context, Result, anyhow};
use clap::Args;
use server::Server;
use server::config::{Config, Overrides, Source};
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::cli::Verdict;
use crate::output;

/// Options of `serve`. Each is also a key of plainsight.toml and a `PLAINSIGHT_…` variable; what is
/// given here goes first.
#[derive(Args, Clone, Default)]
pub(crate) struct Options {
    /// Data directory [default: plainsight-data]
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// Address of the proxy, the events API and the API [default: 127.0.0.1:8700]
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) listen: Option<String>,
    /// Address of OTLP over gRPC [default: 127.0.0.1:4317]
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) otlp_grpc: Option<String>,
    /// Address of OTLP over HTTP [default: 127.0.0.1:4318]
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) otlp_http: Option<String>,
    /// Upstream of the proxy, for instance openai=https://api.openai.com; may be given again
    #[arg(long, value_name = "NAME=URL")]
    pub(crate) upstream: Vec<String>,
    /// Configuration file [default: plainsight.toml, if there is one]
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
}

impl Options {
    /// The configuration that these options, the environment and the file make together.
    pub(crate) fn load(&self) -> Result<Config> {
        let overrides = Overrides {
            data: self.data.clone(),
            listen: self.listen.clone(),
            otlp_grpc: self.otlp_grpc.clone(),
            otlp_http: self.otlp_http.clone(),
            upstreams: self.upstream.iter().map(|pair| upstream(pair)).collect::<Result<_>>()?,
        };
        let source = Source::from_process(self.config.as_deref()).with_overrides(overrides);
        Config::load(&source).map_err(|problems| {
            let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
            anyhow!("configuration:\n  {}", lines.join("\n  "))
        })
    }
}

fn upstream(pair: &str) -> Result<(String, String)> {
    let (name, url) = pair.split_once('=').context("--upstream takes NAME=URL")?;
    Ok((name.to_owned(), url.to_owned()))
}

/// Serves until SIGINT or SIGTERM, then lets everything admitted reach the disk.
pub(crate) fn run(options: &Options) -> Result<Verdict> {
    runtime()?.block_on(async {
        let interrupt = Interrupt::watch()?;
        let server = Server::start(options.load()?).await?;
        output::say(&server.welcome());
        server.run_until(interrupt.comes()).await?;
        Ok(Verdict::Fine)
    })
}

/// The runtime of a server.
pub(crate) fn runtime() -> Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().context("runtime")
}

/// Watches for SIGINT and SIGTERM from its making on, so that none is missed during the start.
pub(crate) struct Interrupt {
    interrupt: Signal,
    terminate: Signal,
}

impl Interrupt {
    pub(crate) fn watch() -> Result<Self> {
        let interrupt = signal(SignalKind::interrupt()).context("SIGINT")?;
        let terminate = signal(SignalKind::terminate()).context("SIGTERM")?;
        Ok(Self { interrupt, terminate })
    }

    /// Resolves when one comes.
    pub(crate) async fn comes(mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}
