//! A run: one drill after another against a running server.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use model::{Clock, SystemClock};

use super::doors;
use super::expected::Expected;
use super::library::Drill;
use super::messages::{self, Names};
use super::report::{Ending, Outcome};
use super::sinks::Sinks;
use super::watch::{self, Watch};
use crate::remote::Client;

/// Between two looks at how far the detector is.
const PAUSE: Duration = Duration::from_millis(50);

/// Which calls may go through the proxy.
pub(crate) struct Proxy {
    /// Upstreams on the server's machine.
    pub(crate) local: Vec<String>,
    /// Whether calls may go to others, too.
    pub(crate) anywhere: bool,
}

impl Proxy {
    /// Why a drill is left out; `None` where it is not.
    fn forbids(&self, drill: &Drill) -> Option<String> {
        let far = |name: &&str| !self.anywhere && !self.local.iter().any(|local| local == name);
        let upstream = drill.upstreams().find(far)?;
        Some(format!("upstream {upstream} is not on this machine; --through-proxy calls it"))
    }
}

/// One run of drills.
pub(crate) struct Run {
    /// Eight hexadecimal digits, in the names of its users and sessions.
    pub(crate) id: String,
    /// How long the detector took to catch up with the log, as after a start.
    pub(crate) caught_up: Duration,
    client: Client,
    patience: Duration,
    proxy: Proxy,
    sinks: Sinks,
}

impl Run {
    /// A run against the server that `client` speaks to. Waits `patience` for each alert, and for
    /// each sink.
    pub(crate) async fn new(client: Client, patience: Duration, proxy: Proxy) -> Result<Self> {
        let id = uuid::Uuid::new_v4().simple().to_string().chars().take(8).collect();
        let caught_up = catch_up(&client, patience).await?;
        let sinks = Sinks::of(&client, patience).await?;
        Ok(Self { id, caught_up, client, patience, proxy, sinks })
    }

    /// Sends the `number`th drill and waits for its alerts.
    pub(crate) async fn drill(
        &mut self,
        number: usize,
        drill: &Drill,
        expected: &[Expected],
    ) -> Result<Outcome> {
        if let Some(reason) = self.proxy.forbids(drill) {
            return Ok(Outcome::new(drill, expected, Ending::Skipped(reason)));
        }
        let names = Names::new(&self.id, number, &drill.id);
        let from = self.log_size().await?;
        let messages = messages::messages(drill, &names, SystemClock.now());
        let acknowledged = doors::send(&self.client, &messages).await?;
        let trace_prefix = names.trace_prefix();
        let (client, patience) = (&self.client, self.patience);
        let watch = Watch { client, from, trace_prefix, expected, patience };
        let seen = watch.wait(acknowledged).await?;
        if !watch::is_complete(expected, &seen) {
            return Ok(Outcome::new(drill, expected, Ending::Silent { seen }));
        }
        let met = expected.iter().filter_map(|expected| watch::met(expected, &seen));
        let last = met.map(|alert| alert.index).max().unwrap_or_default();
        let sinks = self.sinks.wait(&self.client, last, acknowledged).await?;
        Ok(Outcome::new(drill, expected, Ending::Alarmed { seen, sinks }))
    }

    async fn log_size(&self) -> Result<u64> {
        log_size(&self.client.json("/api/v1/status").await?)
    }
}

/// Waits until the detector has seen what is in the log now, so that delays are those of a server
/// whose rules are in force; for at most `patience`, or not at all where there is no detector.
async fn catch_up(client: &Client, patience: Duration) -> Result<Duration> {
    let begin = Instant::now();
    let size = log_size(&client.json("/api/v1/status").await?)?;
    loop {
        let status = client.json("/api/v1/status").await?;
        let behind = status["detector"]["cursor"].as_u64().is_some_and(|cursor| cursor < size);
        if !behind || begin.elapsed() > patience {
            return Ok(begin.elapsed());
        }
        tokio::time::sleep(PAUSE).await;
    }
}

fn log_size(status: &serde_json::Value) -> Result<u64> {
    status["ledger"]["size"].as_u64().context("the server does not say how long its log is")
}
