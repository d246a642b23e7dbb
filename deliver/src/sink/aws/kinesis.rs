//! Amazon Kinesis Data Streams, `PutRecords`: a call is answered for each record.
//!
//! What a record is about is its partition key: a shard keeps the order of each alert. In one call
//! a partition key stands once, so that a record which waits for its shard is overtaken by none of
//! the same key.

use std::collections::HashSet;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::Method;
use serde_json::{Value, json};

use super::Service;
use crate::outgoing::Outgoing;
use crate::sink::http::Headers;
use crate::sink::{Delivered, Delivery, Limits, Sink, SinkError, Trouble};

/// Signs of a partition key.
const PARTITION_KEY: usize = 256;

/// A stream.
#[derive(Debug)]
pub struct Kinesis {
    /// The service.
    pub service: Service,
    /// The stream's name.
    pub stream: String,
}

impl Kinesis {
    async fn send(&mut self, batch: &[Outgoing]) -> Result<Delivered, SinkError> {
        let mut again = Vec::new();
        let mut waiting: Vec<usize> = (0..batch.len()).collect();
        while !waiting.is_empty() {
            let call = first_of_each(batch, &waiting);
            let failed = match self.put(batch, &call).await {
                Ok(failed) => failed,
                Err(error) if waiting.len() == batch.len() => return Err(error),
                // What an earlier call took stays taken.
                Err(_) => {
                    again.append(&mut waiting);
                    break;
                }
            };
            let held: HashSet<&str> = subjects(batch, &failed).collect();
            waiting.retain(|at| !call.contains(at));
            let holds = |at: &usize| subjects(batch, &[*at]).any(|one| held.contains(one));
            let (holds, goes): (Vec<_>, Vec<_>) = waiting.into_iter().partition(holds);
            again.extend(failed.into_iter().chain(holds));
            waiting = goes;
        }
        again.sort_unstable();
        Ok(Delivered { again, ..Delivered::default() })
    }

    /// Puts the events at some positions, and says at which ones it failed.
    async fn put(&mut self, batch: &[Outgoing], at: &[usize]) -> Result<Vec<usize>, SinkError> {
        let events = at.iter().filter_map(|at| batch.get(*at));
        let headers = Headers::of("application/x-amz-json-1.1")
            .with("x-amz-target", "Kinesis_20131202.PutRecords")?;
        let body = body(&self.stream, events).to_string();
        let answer = self.service.send(Method::POST, "/", body.into(), headers).await?;
        let answer = answer.json()?;
        let records = answer["Records"].as_array().filter(|records| records.len() == at.len());
        let records = records.ok_or(SinkError::later(Trouble::Protocol))?;
        let settled = at.iter().zip(records);
        let failed = settled.filter(|(_, record)| record["SequenceNumber"].is_null());
        Ok(failed.map(|(at, _)| *at).collect())
    }
}

/// Of each partition key the first of the positions.
fn first_of_each(batch: &[Outgoing], waiting: &[usize]) -> Vec<usize> {
    let mut seen = HashSet::new();
    let first =
        |at: &&usize| subjects(batch, &[**at]).all(|subject| seen.insert(subject.to_owned()));
    waiting.iter().filter(first).copied().collect()
}

fn subjects<'a>(batch: &'a [Outgoing], at: &[usize]) -> impl Iterator<Item = &'a str> {
    let found: Vec<&str> =
        at.iter().filter_map(|at| batch.get(*at)).map(|one| one.subject.as_str()).collect();
    found.into_iter()
}

fn body<'a>(stream: &str, events: impl Iterator<Item = &'a Outgoing>) -> Value {
    let records = events.map(|event| {
        let key: String = event.subject.chars().take(PARTITION_KEY).collect();
        json!({"Data": STANDARD.encode(&event.payload), "PartitionKey": key})
    });
    json!({"StreamName": stream, "Records": records.collect::<Vec<_>>()})
}

impl Sink for Kinesis {
    fn deliver<'a>(&'a mut self, batch: &'a [Outgoing]) -> Delivery<'a> {
        Box::pin(self.send(batch))
    }

    // A call takes 500 records and 5 MiB, partition keys included.
    fn limits(&self) -> Limits {
        Limits { events: 500, bytes: 4 << 20, patience: Duration::from_mins(1) }
    }
}
