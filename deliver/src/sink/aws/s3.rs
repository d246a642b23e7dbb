//! Amazon S3, and what speaks like it: one object of lines for each batch.

use std::time::Duration;

use http::Method;

use super::Service;
use crate::format::{Format, rfc3339};
use crate::outgoing::Outgoing;
use crate::sink::http::Headers;
use crate::sink::{Delivered, Delivery, Limits, Sink, SinkError, Trouble, taken};

/// A bucket, or a folder in one.
#[derive(Debug)]
pub struct S3 {
    /// The service.
    pub service: Service,
    /// The bucket, and what stands before the names of its objects: `bucket`, `bucket/a/b`.
    pub place: String,
    /// How events are written.
    pub format: Format,
}

impl S3 {
    async fn send(&mut self, batch: &[Outgoing]) -> Result<Delivered, SinkError> {
        let Some(first) = batch.first() else { return Ok(taken()) };
        let path = format!("/{}/{}", self.place, name(first, self.format));
        let body: Vec<u8> =
            batch.iter().flat_map(|one| one.payload.iter().copied().chain([b'\n'])).collect();
        let headers = Headers::of("application/x-ndjson");
        match self.service.send(Method::PUT, &path, body.into(), headers).await {
            Ok(_) => Ok(taken()),
            // The bucket reads no event, so that none can be wrong for it.
            Err(SinkError::Batch(trouble)) if trouble != Trouble::TooLarge => {
                Err(SinkError::Refused(trouble))
            }
            Err(error) => Err(error),
        }
    }
}

/// The name of the object that begins with an event: its day in UTC, its index in the log with as
/// many digits as an index can have, so that names sort as the log does, and its key. What is sent
/// again begins with the same event, and so replaces what arrived before.
fn name(first: &Outgoing, format: Format) -> String {
    let moment = rfc3339(first.time);
    let day = moment.split('T').next().unwrap_or_default().replace('-', "/");
    let kind = if format.is_json() { "jsonl" } else { "log" };
    format!("{day}/{:020}-{}.{kind}", first.index, first.key)
}

impl Sink for S3 {
    fn deliver<'a>(&'a mut self, batch: &'a [Outgoing]) -> Delivery<'a> {
        Box::pin(self.send(batch))
    }

    fn limits(&self) -> Limits {
        Limits { events: 10_000, bytes: 16 << 20, patience: Duration::from_mins(1) }
    }
}
