//! Where an import goes: to the running server, or straight into the log.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use axum::body::Bytes;
use model::{SystemClock, Timestamp};
use server::Engine;
use server::import::{self, Outcome, Problem};
use server::record::RecordError;
use wire::import::Format;
use wire::json;

use super::Batch;
use crate::command::serve;
use crate::remote::Client;

/// The file's own time stands for that of records that have none: it is the same when the import
/// is repeated.
pub(super) type DefaultTime = Timestamp;

pub(super) enum Target {
    Server(Box<Client>),
    Log(Box<Engine>),
}

impl Target {
    pub(super) async fn open(data: &Path) -> Result<Self> {
        if let Some(client) = Client::of_running(data).await? {
            return Ok(Self::Server(Box::new(client)));
        }
        let options = serve::Options { data: Some(data.to_owned()), ..serve::Options::default() };
        let engine = Engine::open_existing(options.load()?, Arc::new(SystemClock))?;
        Ok(Self::Log(Box::new(engine)))
    }

    /// Records a batch, as often as it takes while the queue is full.
    pub(super) async fn record(
        &self,
        format: Format,
        time: DefaultTime,
        batch: Batch,
    ) -> Result<Outcome> {
        let mut own = Vec::new();
        own.extend(batch.too_large.iter().map(|number| problem(*number, "is too large")));
        let (numbers, body) = join(batch, &mut own);
        let mut outcome = if numbers.is_empty() {
            Outcome::default()
        } else {
            self.send(format, time, body).await?
        };
        for problem in &mut outcome.problems {
            let position = usize::try_from(problem.number.saturating_sub(1)).unwrap_or(usize::MAX);
            problem.number = numbers.get(position).copied().unwrap_or(problem.number);
        }
        outcome.problems.extend(own);
        outcome.problems.sort_by_key(|problem| problem.number);
        Ok(outcome)
    }

    async fn send(&self, format: Format, time: DefaultTime, body: Vec<u8>) -> Result<Outcome> {
        let body = Bytes::from(body);
        loop {
            match self.attempt(format, time, body.clone()).await? {
                Ok(outcome) => return Ok(outcome),
                Err(pause) => tokio::time::sleep(pause).await,
            }
        }
    }

    async fn attempt(
        &self,
        format: Format,
        time: DefaultTime,
        body: Bytes,
    ) -> Result<Result<Outcome, Duration>> {
        match self {
            Self::Server(client) => {
                let path =
                    format!("/api/v1/import?format={}&time={}", format.as_str(), time.millis());
                let (status, answer) = client.send(&path, &[], body).await?;
                match status.as_u16() {
                    200 => Ok(Ok(serde_json::from_slice(&answer).context("the server's answer")?)),
                    429 | 503 => Ok(Err(Duration::from_millis(500))),
                    _ => bail!("the server answered {status}"),
                }
            }
            Self::Log(engine) => {
                match import::record(&*engine.recorder, format, &body, time).await {
                    Ok(outcome) => Ok(Ok(outcome)),
                    Err(RecordError::Busy { retry_after }) => Ok(Err(retry_after)),
                    Err(error) => Err(error.into()),
                }
            }
        }
    }

    pub(super) async fn close(self) {
        if let Self::Log(engine) = self {
            engine.close().await;
        }
    }
}

/// One array of the records that are JSON, with their numbers in the file; the others are problems.
fn join(batch: Batch, problems: &mut Vec<Problem>) -> (Vec<u64>, Vec<u8>) {
    let mut numbers = Vec::with_capacity(batch.records.len());
    let mut body = Vec::with_capacity(batch.bytes + batch.records.len() + 2);
    body.push(b'[');
    for (number, bytes) in batch.records {
        // A record that breaks off would take its neighbours with it.
        match json::parse(&bytes) {
            Ok(parsed) if !parsed.truncated => {}
            Ok(_) => {
                problems.push(problem(number, "breaks off"));
                continue;
            }
            Err(_) => {
                problems.push(problem(number, "is not JSON"));
                continue;
            }
        }
        if !numbers.is_empty() {
            body.push(b',');
        }
        body.extend(bytes);
        numbers.push(number);
    }
    body.push(b']');
    (numbers, body)
}

fn problem(number: u64, reason: &str) -> Problem {
    Problem { number, field: "record".to_owned(), reason: reason.to_owned() }
}
