//! A run: one drill after another against a running server.

use std::time::Duration;

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
        let sinks = Sinks::of(&client, patience).await?;
        Ok(Self { id, client, patience, proxy, sinks })
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
        let status = self.client.json("/api/v1/status").await?;
        status["ledger"]["size"].as_u64().context("the server does not say how long its log is")
    }
}
