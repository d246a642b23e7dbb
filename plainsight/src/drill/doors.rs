//! Sends messages through the doors that real traffic uses, and learns that they are recorded.

use std::time::Instant;

use anyhow::{Result, ensure};
use hyper::body::Bytes;
use serde_json::Value;

use super::messages::Message;
use super::otlp;
use crate::remote::Client;

/// Sends all, in order, those of one door in one request where it takes several; gives the time of
/// the last acknowledgement.
pub(crate) async fn send(client: &Client, messages: &[Message]) -> Result<Instant> {
    let mut acknowledged = Instant::now();
    for group in messages.chunk_by(|one, other| {
        let is_call = matches!(one, Message::Request { .. });
        !is_call && std::mem::discriminant(one) == std::mem::discriminant(other)
    }) {
        match group {
            [Message::Request { path, headers, body }] => {
                let headers: Vec<_> = headers.iter().map(|(name, text)| (*name, &**text)).collect();
                // What the upstream answers is its own affair: the call is recorded.
                client.send(path, &headers, Bytes::from(body.to_string())).await?;
            }
            [Message::Span(_), ..] => spans(client, group).await?,
            _ => events(client, group).await?,
        }
        acknowledged = Instant::now();
    }
    Ok(acknowledged)
}

async fn spans(client: &Client, group: &[Message]) -> Result<()> {
    let answer = client.post("/v1/traces", &[], &otlp::export(&bodies(group))).await?;
    let rejected = &answer["partialSuccess"]["rejectedSpans"];
    let none = rejected.is_null() || *rejected == 0 || *rejected == "0";
    ensure!(none, "the OTLP door rejected {rejected} spans");
    Ok(())
}

async fn events(client: &Client, group: &[Message]) -> Result<()> {
    let answer = client.post("/v1/events", &[], &Value::Array(bodies(group))).await?;
    let rejected = &answer["rejected"];
    ensure!(*rejected == 0, "the events door rejected {rejected} events");
    Ok(())
}

fn bodies(group: &[Message]) -> Vec<Value> {
    let body = |message: &Message| match message {
        Message::Span(body) | Message::Event(body) | Message::Request { body, .. } => body.clone(),
    };
    group.iter().map(body).collect()
}
