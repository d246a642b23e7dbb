//! `plainsight demo`: `serve` with a fake model and a simulated company.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use server::Server;

use crate::cli::Verdict;
use crate::command::serve;
use crate::demo::{FakeModel, Traffic};
use crate::output;
use crate::remote::Client;

/// Options of `demo`.
#[derive(Args)]
pub(crate) struct Options {
    /// Data directory
    #[arg(long, value_name = "DIR", default_value = "plainsight-demo")]
    data: PathBuf,
    /// Address of the proxy and the API
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8700")]
    listen: String,
    /// Address of OTLP over gRPC
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:4317")]
    otlp_grpc: String,
    /// Address of OTLP over HTTP
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:4318")]
    otlp_http: String,
}

/// Runs until it is interrupted.
pub(crate) fn run(options: Options) -> Result<Verdict> {
    serve::runtime()?.block_on(async {
        let interrupt = serve::Interrupt::watch()?;
        let model = FakeModel::start().await?;
        let config = serve::Options {
            data: Some(options.data.clone()),
            listen: Some(options.listen),
            otlp_grpc: Some(options.otlp_grpc),
            otlp_http: Some(options.otlp_http),
            upstream: vec![format!("openai={}", model.url()), format!("anthropic={}", model.url())],
            config: None,
        }
        .load()?;
        let server = Server::start(config).await?;
        let token = std::fs::read_to_string(server.layout().admin_token())?;
        let traffic = Traffic::new(Client::new(&server.url(), None, token.trim())?);
        tokio::spawn(traffic.run());
        welcome(&options.data);
        server.run_until(interrupt.comes()).await?;
        Ok(Verdict::Fine)
    })
}

fn welcome(data: &std::path::Path) {
    let data = data.display();
    output::say(&format!(
        "\
THIS TRAFFIC IS SIMULATED: a fake model answers, and the company, its people and their words are
made up. Recording, redaction, signing, indexing and verification are the real thing.

In another terminal:
  plainsight tail --data {data}
  plainsight query \"SELECT time, kind, user_id, agent, model, status FROM records ORDER BY \\\"index\\\" DESC LIMIT 20\" --data {data}
  plainsight query \"SELECT type, subtype, count(*) AS n FROM findings GROUP BY 1, 2 ORDER BY n DESC\" --data {data}
  plainsight search refund --data {data}
  plainsight verify --data {data}

Ctrl-C ends it."
    ));
}
