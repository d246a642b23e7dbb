//! Elasticsearch and OpenSearch, `_bulk`: a request is answered for each event.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::http::{Headers, HttpClient};
use super::{Delivered, Delivery, Limits, Rejected, Sink, SinkError, Trouble};
use crate::format::bulk;
use crate::outgoing::Outgoing;
use crate::secret::SecretRef;

/// A cluster.
#[derive(Debug)]
pub struct Elasticsearch {
    /// The client of `…/INDEX/_bulk`.
    pub client: HttpClient,
    /// The user of basic authentication; with none the token is an API key.
    pub user: Option<String>,
    /// The API key or password.
    pub token: Option<SecretRef>,
}

impl Elasticsearch {
    async fn send(&mut self, batch: &[Outgoing]) -> Result<Delivered, SinkError> {
        let body: String = batch.iter().map(bulk::action).collect();
        let headers = self.headers()?;
        let answer = self.client.post(body.into(), headers).await?;
        answer.check()?;
        let mut delivered = settle(&answer.json()?, batch.len())?;
        delivered.after = answer.after();
        Ok(delivered)
    }

    fn headers(&self) -> Result<Headers, SinkError> {
        let headers = Headers::of("application/x-ndjson");
        let Some(token) = &self.token else {
            return Ok(headers);
        };
        let token = token.read().map_err(|_| SinkError::Refused(Trouble::Secret))?;
        let authorization = match &self.user {
            Some(user) => {
                format!("Basic {}", STANDARD.encode(format!("{user}:{}", token.expose())))
            }
            None => format!("ApiKey {}", token.expose()),
        };
        headers.with("authorization", &authorization)
    }
}

impl Sink for Elasticsearch {
    fn deliver<'a>(&'a mut self, batch: &'a [Outgoing]) -> Delivery<'a> {
        Box::pin(self.send(batch))
    }

    fn limits(&self) -> Limits {
        Limits { events: 1000, bytes: 8 << 20, patience: Duration::from_mins(1) }
    }
}

/// What became of each event. 409 means that it is there already.
fn settle(answer: &Value, sent: usize) -> Result<Delivered, SinkError> {
    let items = answer["items"].as_array().filter(|items| items.len() == sent);
    let items = items.ok_or(SinkError::later(Trouble::Protocol))?;
    let mut delivered = Delivered::default();
    for (at, item) in items.iter().enumerate() {
        let create = &item["create"];
        match create["status"].as_u64() {
            Some(200..=299 | 409) => {}
            Some(429 | 500..=599) | None => delivered.again.push(at),
            Some(401 | 403) => return Err(SinkError::Refused(Trouble::Credentials)),
            Some(404) => return Err(SinkError::Refused(Trouble::NoDestination)),
            Some(status) => {
                // The error's type alone: its reason quotes the event.
                let class = create["error"]["type"].as_str().unwrap_or("no type");
                let class: String = class.chars().take(80).collect();
                delivered.rejected.push(Rejected { at, reason: format!("{status} {class}") });
            }
        }
    }
    Ok(delivered)
}
