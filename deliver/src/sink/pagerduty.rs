//! PagerDuty Events API v2: one event in a request.

use std::time::Duration;

use super::http::{Headers, HttpClient};
use super::{Delivered, Delivery, Limits, Sink, SinkError, Trouble, taken};
use crate::format::pagerduty;
use crate::outgoing::Outgoing;
use crate::secret::SecretRef;

/// An integration.
#[derive(Debug)]
pub struct PagerDuty {
    /// The client of `…/v2/enqueue`.
    pub client: HttpClient,
    /// The routing key.
    pub token: SecretRef,
}

impl PagerDuty {
    async fn send(&mut self, batch: &[Outgoing]) -> Result<Delivered, SinkError> {
        for outgoing in batch {
            let key = self.token.read().map_err(|_| SinkError::Refused(Trouble::Secret))?;
            let body = pagerduty::body(outgoing, key.expose());
            self.client.post(body.into(), Headers::of("application/json")).await?.check()?;
        }
        Ok(taken())
    }
}

impl Sink for PagerDuty {
    fn deliver<'a>(&'a mut self, batch: &'a [Outgoing]) -> Delivery<'a> {
        Box::pin(self.send(batch))
    }

    // 512 KB an event.
    fn limits(&self) -> Limits {
        Limits { events: 1, bytes: 512_000, patience: Duration::from_secs(30) }
    }
}
