//! Slack, incoming webhook: one message in a request. The URL is the secret.

use std::time::Duration;

use super::http::{Headers, HttpClient};
use super::{Delivered, Delivery, Limits, Sink, SinkError, taken};
use crate::outgoing::Outgoing;

/// A channel.
#[derive(Debug)]
pub struct Slack {
    /// The client of the webhook.
    pub client: HttpClient,
}

impl Slack {
    async fn send(&mut self, batch: &[Outgoing]) -> Result<Delivered, SinkError> {
        for outgoing in batch {
            let body = outgoing.payload.clone();
            self.client.post(body, Headers::of("application/json")).await?.check()?;
        }
        Ok(taken())
    }
}

impl Sink for Slack {
    fn deliver<'a>(&'a mut self, batch: &'a [Outgoing]) -> Delivery<'a> {
        Box::pin(self.send(batch))
    }

    fn limits(&self) -> Limits {
        Limits { events: 1, bytes: 100_000, patience: Duration::from_secs(30) }
    }
}
