//! Where a command reads from: the server that runs on a data directory, or else its files.
//!
//! Either way the reading is recorded before its answer is printed: by the server, or by the
//! command itself. Does not print answers.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use http_body_util::BodyExt;
use serde_json::Value;
use tokio::runtime::Runtime;

use crate::command::serve;
use crate::files::Files;
use crate::remote::Client;

/// How long a server may take to say that it is there.
const PATIENCE: Duration = Duration::from_secs(5);

/// What answers.
pub(crate) enum Source {
    /// A running server.
    Server(Box<Server>),
    /// The files, where no server runs or none can be reached.
    Files(Files),
}

impl Source {
    /// What answers for the data directory `data`.
    pub(crate) fn open(data: &Path) -> Result<Self> {
        let runtime = serve::runtime()?;
        let client = runtime.block_on(async {
            let client = Client::of_running(data).await?;
            if let Some(client) = &client {
                let answer = tokio::time::timeout(PATIENCE, client.get("/healthz")).await;
                answer.context("the server that runs here is silent")??;
            }
            anyhow::Ok(client)
        });
        match client {
            Ok(Some(client)) => Ok(Self::Server(Box::new(Server { client, runtime }))),
            Ok(None) => Files::open(data, None).map(Self::Files),
            Err(unreachable) => Files::open(data, Some(unreachable)).map(Self::Files),
        }
    }
}

/// A running server, asked one thing after another.
pub(crate) struct Server {
    client: Client,
    runtime: Runtime,
}

impl Server {
    /// The server that runs on the data directory `data`; `None` when none does.
    pub(crate) fn of(data: &Path) -> Result<Option<Self>> {
        let runtime = serve::runtime()?;
        let client = runtime.block_on(Client::of_running(data))?;
        Ok(client.map(|client| Self { client, runtime }))
    }

    /// The answer to `GET path`.
    pub(crate) fn get(&self, path: &str) -> Result<Value> {
        self.runtime.block_on(async {
            let response = self.client.get(path).await?;
            let status = response.status();
            answer(status, &response.into_body().collect().await?.to_bytes())
        })
    }

    /// The answer to `POST path` with a JSON body.
    pub(crate) fn post(&self, path: &str, body: &Value) -> Result<Value> {
        self.runtime.block_on(async {
            let (status, body) = self.client.send(path, &[], body.to_string().into()).await?;
            answer(status, &body)
        })
    }

    /// Gives each line of the answer to `GET path` as it comes, less empty ones.
    pub(crate) fn lines(&self, path: &str, mut give: impl FnMut(&str)) -> Result<()> {
        self.runtime.block_on(async {
            let response = self.client.get(path).await?;
            let status = response.status();
            let mut body = response.into_body();
            if !status.is_success() {
                return answer(status, &body.collect().await?.to_bytes()).map(drop);
            }
            let mut begun = Vec::new();
            while let Some(frame) = body.frame().await {
                let Ok(data) = frame.context("the server broke off")?.into_data() else { continue };
                for piece in data.split_inclusive(|byte| *byte == b'\n') {
                    begun.extend_from_slice(piece);
                    if piece.ends_with(b"\n") {
                        let line = String::from_utf8_lossy(&begun);
                        Some(line.trim_end()).filter(|line| !line.is_empty()).map(&mut give);
                        begun.clear();
                    }
                }
            }
            Ok(())
        })
    }
}

/// The JSON of an answer, or the server's reason why there is none.
fn answer(status: hyper::StatusCode, body: &[u8]) -> Result<Value> {
    let said: Value = serde_json::from_slice(body).unwrap_or_default();
    if status.is_success() {
        return Ok(said);
    }
    match said.pointer("/error/message").and_then(Value::as_str) {
        Some(reason) => bail!("{reason}"),
        None => bail!("the server answered {status}"),
    }
}
