//! Whether alerts reached the sinks: each is a reader of the log, and tells its cursor in
//! `GET /api/v1/status`.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use anyhow::Result;
use serde::Deserialize;

use crate::remote::Client;

/// Between two looks.
const PAUSE: Duration = Duration::from_millis(20);

/// A sink, as the server tells it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct Sink {
    pub(crate) name: String,
    /// The index of the next record it will deliver.
    pub(crate) cursor: u64,
    /// Events that it could not deliver and put aside.
    #[serde(default)]
    pub(crate) dead: u64,
}

/// An alert and a sink.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Delivery {
    pub(crate) sink: String,
    /// From the acknowledgement of what caused the alert; `None` where it is not delivered.
    pub(crate) delay: Option<Duration>,
}

/// All sinks of a server.
pub(crate) struct Sinks {
    /// How many events each had put aside before.
    dead: Vec<(String, u64)>,
    /// Those that were waited for in vain. They are not waited for again.
    late: HashSet<String>,
    patience: Duration,
}

impl Sinks {
    /// The sinks that the server has now; none where it says nothing of sinks.
    pub(crate) async fn of(client: &Client, patience: Duration) -> Result<Self> {
        let dead = now(client).await?.into_iter().map(|sink| (sink.name, sink.dead)).collect();
        Ok(Self { dead, late: HashSet::new(), patience })
    }

    /// Waits until every sink is past the record at `index`.
    pub(crate) async fn wait(
        &mut self,
        client: &Client,
        index: u64,
        acknowledged: Instant,
    ) -> Result<Vec<Delivery>> {
        let mut deliveries: Vec<Delivery> = Vec::new();
        let begin = Instant::now();
        while !self.dead.is_empty() {
            let sinks = now(client).await?;
            for sink in sinks.iter().filter(|sink| sink.cursor > index) {
                if deliveries.iter().all(|delivery| delivery.sink != sink.name) {
                    let delay = self.has_not_buried(sink).then(|| acknowledged.elapsed());
                    deliveries.push(Delivery { sink: sink.name.clone(), delay });
                }
            }
            let is_over = begin.elapsed() > self.patience;
            let open = |sink: &&Sink| deliveries.iter().all(|known| known.sink != sink.name);
            let open: Vec<String> =
                sinks.iter().filter(open).map(|sink| sink.name.clone()).collect();
            if is_over || open.iter().all(|name| self.late.contains(name)) {
                deliveries
                    .extend(open.iter().map(|sink| Delivery { sink: sink.clone(), delay: None }));
                self.late.extend(open);
                break;
            }
            tokio::time::sleep(PAUSE).await;
        }
        Ok(deliveries)
    }

    /// Whether it put nothing aside since the drills began.
    fn has_not_buried(&self, sink: &Sink) -> bool {
        let before = self.dead.iter().find(|(name, _)| *name == sink.name);
        before.is_none_or(|(_, dead)| sink.dead <= *dead)
    }
}

async fn now(client: &Client) -> Result<Vec<Sink>> {
    let mut status = client.json("/api/v1/status").await?;
    match status.get_mut("sinks").map(serde_json::Value::take) {
        Some(sinks) if !sinks.is_null() => Ok(serde_json::from_value(sinks)?),
        _ => Ok(Vec::new()),
    }
}
