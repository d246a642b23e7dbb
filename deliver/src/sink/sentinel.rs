//! Microsoft Sentinel, Logs Ingestion API: a list of rows to a data collection rule's stream.

use std::time::Duration;

use super::http::{Headers, HttpClient};
use super::{Delivered, Delivery, Limits, Sink, SinkError, Token, Trouble, taken};
use crate::format::sentinel;
use crate::outgoing::Outgoing;

/// A data collection endpoint.
#[derive(Debug)]
pub struct Sentinel {
    /// The client of `…/dataCollectionRules/ID/streams/NAME?api-version=2023-01-01`.
    pub client: HttpClient,
    /// The token.
    pub token: Token,
}

impl Sentinel {
    async fn send(&mut self, batch: &[Outgoing]) -> Result<Delivered, SinkError> {
        let authorization = self.token.authorization().await?;
        let headers = Headers::of("application/json").with("authorization", &authorization)?;
        let answer = self.client.post(sentinel::body(batch).into(), headers).await?;
        let checked = answer.check();
        if checked == Err(SinkError::Refused(Trouble::Credentials)) {
            self.token.forget();
        }
        checked.map(|()| taken())
    }
}

impl Sink for Sentinel {
    fn deliver<'a>(&'a mut self, batch: &'a [Outgoing]) -> Delivery<'a> {
        Box::pin(self.send(batch))
    }

    // A call takes 1 MB.
    fn limits(&self) -> Limits {
        Limits { events: 500, bytes: 900_000, patience: Duration::from_mins(1) }
    }
}
