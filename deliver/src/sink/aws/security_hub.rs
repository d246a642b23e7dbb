//! AWS Security Hub, `BatchImportFindings`: the answer names the findings that it did not take.
//!
//! A finding is a state. When it has changed twice in a batch, the last state alone is sent.

use std::time::Duration;

use http::Method;
use serde_json::Value;

use super::{Service, answer};
use crate::format::asff::{self, Product};
use crate::outgoing::Outgoing;
use crate::sink::http::Headers;
use crate::sink::{Delivered, Delivery, Limits, Rejected, Sink, SinkError, Trouble};

/// Signs of an error code that are told.
const CODE: usize = 80;

/// An account in a region.
#[derive(Debug)]
pub struct SecurityHub {
    /// The service.
    pub service: Service,
    /// Whose findings they are.
    pub product: Product,
}

impl SecurityHub {
    async fn send(&mut self, batch: &[Outgoing]) -> Result<Delivered, SinkError> {
        let findings = last_of_each(batch);
        let body = asff::body(&findings, &self.product);
        let headers = Headers::of("application/json");
        let path = "/findings/import";
        let answer = self.service.send(Method::POST, path, body.into(), headers).await?;
        settle(&answer.json()?, batch)
    }
}

fn last_of_each(batch: &[Outgoing]) -> Vec<&Outgoing> {
    let superseded = |at: usize, one: &Outgoing| {
        batch.iter().skip(at + 1).any(|later| later.subject == one.subject)
    };
    let numbered = batch.iter().enumerate();
    numbered.filter(|(at, one)| !superseded(*at, one)).map(|(_, one)| one).collect()
}

/// What became of each event: what became of its finding.
fn settle(answer: &Value, batch: &[Outgoing]) -> Result<Delivered, SinkError> {
    let failed = answer["FailedFindings"].as_array().map(Vec::as_slice).unwrap_or_default();
    if answer["FailedCount"].as_u64() != Some(failed.len() as u64) {
        return Err(SinkError::later(Trouble::Protocol));
    }
    let mut delivered = Delivered::default();
    for (at, event) in batch.iter().enumerate() {
        let of_event = |one: &&Value| one["Id"].as_str() == Some(event.subject.as_str());
        let Some(failure) = failed.iter().find(of_event) else { continue };
        // The code alone: the message may quote the finding.
        let code = failure["ErrorCode"].as_str().unwrap_or("no code");
        if answer::passes(code) {
            delivered.again.push(at);
        } else {
            let reason = code.chars().take(CODE).collect();
            delivered.rejected.push(Rejected { at, reason });
        }
    }
    let named = |one: &Value| batch.iter().any(|event| one["Id"].as_str() == Some(&event.subject));
    if failed.iter().all(named) { Ok(delivered) } else { Err(SinkError::later(Trouble::Protocol)) }
}

impl Sink for SecurityHub {
    fn deliver<'a>(&'a mut self, batch: &'a [Outgoing]) -> Delivery<'a> {
        Box::pin(self.send(batch))
    }

    // A call takes 100 findings, a finding has at most 240 KB.
    fn limits(&self) -> Limits {
        Limits { events: 100, bytes: 4 << 20, patience: Duration::from_mins(1) }
    }
}
