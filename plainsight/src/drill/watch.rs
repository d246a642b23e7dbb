//! Waits until the alerts of a drill can be seen in the view `alerts`.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::expected::Expected;
use crate::remote::Client;

/// Between two looks. Each is recorded, as every reading is.
const PAUSE: Duration = Duration::from_millis(20);
/// After a second without the alert, between two looks.
const LONG_PAUSE: Duration = Duration::from_millis(200);

/// An alert of the drill.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Seen {
    /// Its index in the log.
    pub(crate) index: u64,
    pub(crate) id: String,
    /// Identifier of its rule.
    pub(crate) rule: String,
    /// Title of its rule.
    pub(crate) title: String,
    pub(crate) severity: String,
    /// From the acknowledgement of what caused it until it could be seen.
    pub(crate) delay: Duration,
}

/// A look-out for the alerts of one drill.
pub(crate) struct Watch<'a> {
    pub(crate) client: &'a Client,
    /// The size of the log before anything was sent.
    pub(crate) from: u64,
    /// How the identifiers of its traces begin.
    pub(crate) trace_prefix: String,
    pub(crate) expected: &'a [Expected],
    pub(crate) patience: Duration,
}

impl Watch<'_> {
    /// The alerts of the drill: when all that are expected came, or patience is at its end.
    pub(crate) async fn wait(&self, acknowledged: Instant) -> Result<Vec<Seen>> {
        let mut known = HashSet::new();
        let mut seen: Vec<Seen> = Vec::new();
        loop {
            for row in self.alerts().await? {
                let delay = acknowledged.elapsed();
                let Some(alert) = read(&row, delay) else { continue };
                if known.insert(alert.index) && self.is_ours(&row).await? {
                    seen.push(alert);
                }
            }
            let waited = acknowledged.elapsed();
            if is_complete(self.expected, &seen) || waited > self.patience {
                return Ok(seen);
            }
            let pause = if waited < Duration::from_secs(1) { PAUSE } else { LONG_PAUSE };
            tokio::time::sleep(pause).await;
        }
    }

    async fn alerts(&self) -> Result<Vec<Value>> {
        let sql = format!(
            "SELECT \"index\", id, rule, name, severity, evidence FROM alerts \
             WHERE \"index\" >= {} AND id IS NOT NULL ORDER BY \"index\"",
            self.from
        );
        let mut answer = self.client.post("/api/v1/query", &[], &json!({"sql": sql})).await?;
        let rows = answer.get_mut("rows").map(Value::take);
        let rows = rows.context("the server's answer has no rows")?;
        Ok(serde_json::from_value(rows)?)
    }

    /// Whether its first evidence is a record of the drill.
    async fn is_ours(&self, row: &Value) -> Result<bool> {
        let evidence = row[5].as_str().and_then(|text| serde_json::from_str::<Vec<u64>>(text).ok());
        let Some(first) = evidence.and_then(|indices| indices.first().copied()) else {
            return Ok(false);
        };
        let logged = self.client.json(&format!("/api/v1/records/{first}")).await?;
        let trace = logged["record"]["trace_id"].as_str().unwrap_or_default();
        Ok(trace.starts_with(&self.trace_prefix))
    }
}

/// Whether every expectation is met.
pub(crate) fn is_complete(expected: &[Expected], seen: &[Seen]) -> bool {
    expected.iter().all(|expected| met(expected, seen).is_some())
}

/// The first alert that meets an expectation.
pub(crate) fn met<'s>(expected: &Expected, seen: &'s [Seen]) -> Option<&'s Seen> {
    seen.iter().find(|seen| expected.rules.contains(&seen.rule))
}

fn read(row: &Value, delay: Duration) -> Option<Seen> {
    let text = |column: usize| row[column].as_str().map(str::to_owned);
    Some(Seen {
        index: row[0].as_u64()?,
        id: text(1)?,
        rule: text(2)?,
        title: text(3).unwrap_or_default(),
        severity: text(4).unwrap_or_default(),
        delay,
    })
}
