//! Splunk HTTP Event Collector, with the indexer's acknowledgement where the token has it.

use std::time::Duration;

use bytes::Bytes;
use serde_json::{Value, json};

use super::http::{Headers, HttpClient};
use super::{Delivered, Delivery, Limits, Sink, SinkError, Trouble, taken};
use crate::format::Format;
use crate::format::hec::{self, Destination};
use crate::outgoing::Outgoing;
use crate::secret::SecretRef;

/// How often the acknowledgement is asked for.
const ASK: Duration = Duration::from_millis(250);
/// How long an acknowledgement may take. Splunk's own forwarders wait five minutes.
const ACKNOWLEDGEMENT: Duration = Duration::from_mins(5);

/// A Splunk receiver.
#[derive(Debug)]
pub struct Hec {
    /// The client of `…/services/collector/event`.
    pub client: HttpClient,
    /// The token.
    pub token: SecretRef,
    /// The format of the events.
    pub format: Format,
    /// Index and host.
    pub destination: Destination,
    /// The channel (a GUID), when delivery counts only once the indexer has acknowledged it.
    pub channel: Option<String>,
}

impl Hec {
    async fn send(&mut self, batch: &[Outgoing]) -> Result<Delivered, SinkError> {
        let events = batch.iter().map(|one| hec::event(one, self.format, &self.destination));
        let body = events.collect::<Vec<_>>().join("\n");
        let headers = self.headers()?;
        let answer = self.client.post(body.into(), headers).await?;
        if is_misconfigured(&answer.body) {
            return Err(SinkError::Refused(Trouble::Status(answer.status.as_u16())));
        }
        answer.check()?;
        match (&self.channel, answer.json()?["ackId"].as_u64()) {
            (None, _) => Ok(taken()),
            (Some(_), Some(id)) => self.acknowledged(id).await,
            (Some(_), None) => Err(SinkError::Refused(Trouble::Protocol)),
        }
    }

    fn headers(&self) -> Result<Headers, SinkError> {
        let token = self.token.read().map_err(|_| SinkError::Refused(Trouble::Secret))?;
        let authorization = format!("Splunk {}", token.expose());
        let headers = Headers::of("application/json").with("authorization", &authorization)?;
        match &self.channel {
            Some(channel) => headers.with("x-splunk-request-channel", channel),
            None => Ok(headers),
        }
    }

    /// Waits until the indexer has the events. What is not acknowledged in time is sent again.
    async fn acknowledged(&mut self, id: u64) -> Result<Delivered, SinkError> {
        let asked = ACKNOWLEDGEMENT.as_millis() / ASK.as_millis();
        for _ in 0..asked {
            let body = Bytes::from(json!({ "acks": [id] }).to_string());
            let headers = self.headers()?;
            let answer = self.client.post_at("/services/collector/ack", body, headers).await?;
            answer.check()?;
            if answer.json()?["acks"][id.to_string()] == Value::Bool(true) {
                return Ok(taken());
            }
            tokio::time::sleep(ASK).await;
        }
        Err(SinkError::later(Trouble::Timeout))
    }
}

impl Sink for Hec {
    fn deliver<'a>(&'a mut self, batch: &'a [Outgoing]) -> Delivery<'a> {
        Box::pin(self.send(batch))
    }

    fn limits(&self) -> Limits {
        let patience =
            if self.channel.is_some() { ACKNOWLEDGEMENT * 2 } else { Duration::from_secs(30) };
        Limits { events: 1000, bytes: 800_000, patience }
    }
}

/// Codes of HEC that no other batch would change: token, channel, index, acknowledgement.
fn is_misconfigured(body: &[u8]) -> bool {
    let code = serde_json::from_slice::<Value>(body).ok().and_then(|body| body["code"].as_u64());
    matches!(code, Some(1..=4 | 7 | 10 | 11 | 14))
}
