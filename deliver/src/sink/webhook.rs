//! Standard Webhooks 1: one event in a request, signed.

use std::sync::Arc;
use std::time::Duration;

use model::Clock;

use super::http::{self, Headers, HttpClient};
use super::{Delivered, Delivery, Limits, Sink, SinkError, Trouble, taken};
use crate::format::Format;
use crate::format::webhook::{self, SigningKey};
use crate::outgoing::Outgoing;
use crate::secret::SecretRef;

/// An endpoint.
pub struct Webhook {
    /// Its client.
    pub client: HttpClient,
    /// The secret of the signature, `whsec_…`. Two with a space between them sign twice, while one
    /// replaces the other.
    pub secret: SecretRef,
    /// The format of the events.
    pub format: Format,
    /// The clock of the signature.
    pub clock: Arc<dyn Clock>,
}

impl Webhook {
    async fn send(&mut self, batch: &[Outgoing]) -> Result<Delivered, SinkError> {
        for outgoing in batch {
            let body = webhook::body(outgoing, self.format);
            let headers = self.headers(&outgoing.key, &body)?;
            self.client.post(body.into(), headers).await?.check()?;
        }
        Ok(taken())
    }

    fn headers(&self, id: &str, body: &[u8]) -> Result<Headers, SinkError> {
        let unusable = || SinkError::Refused(Trouble::Secret);
        let secrets = self.secret.read().map_err(|_| unusable())?;
        let now = self.clock.now();
        let mut signatures = Vec::new();
        for secret in secrets.expose().split_whitespace() {
            let key = SigningKey::parse(secret).map_err(|_| unusable())?;
            signatures.push(key.sign(id, now, body));
        }
        Headers::of("application/json")
            .with("webhook-id", id)?
            .with("webhook-timestamp", &http::seconds(now))?
            .with("webhook-signature", &signatures.join(" "))
    }
}

impl std::fmt::Debug for Webhook {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Webhook").field("client", &self.client).finish_non_exhaustive()
    }
}

impl Sink for Webhook {
    fn deliver<'a>(&'a mut self, batch: &'a [Outgoing]) -> Delivery<'a> {
        Box::pin(self.send(batch))
    }

    // One event, so that an answer is about one event.
    fn limits(&self) -> Limits {
        Limits { events: 1, bytes: 8 << 20, patience: Duration::from_secs(30) }
    }
}
