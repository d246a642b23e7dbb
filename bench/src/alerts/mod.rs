//! From what happens to the alert's record and to its arrival at a webhook and in a file, at a steady
//! load of ordinary talk with attacks in it.
//!
//! Requests are sent when they are due, whether or not those before were answered, and the event is
//! as old as its request: what waits in a queue counts.

mod load;
mod receive;

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use clap::Args;
use serde_json::{Value, json};

use crate::latency::Latencies;
use crate::say;
use crate::served::Served;
use load::Load;
use receive::{Arrivals, Told};

/// Options of `alerts`.
#[derive(Args)]
pub(crate) struct Options {
    /// Records a second
    #[arg(long, default_value_t = 1000)]
    rate: u64,
    /// One record in so many is an attack
    #[arg(long, default_value_t = 100)]
    attack_in: u64,
    /// Seconds of load
    #[arg(long, default_value_t = 60)]
    seconds: u64,
    /// Bytes of conversation in an ordinary record
    #[arg(long, default_value_t = 2048)]
    size: usize,
}

/// How long alerts that are under way are waited for.
const PATIENCE: Duration = Duration::from_secs(30);

/// Measures, and prints a table.
pub(crate) async fn run(options: &Options, binary: &Path, data: &Path) -> Result<()> {
    let folder = data.join("alerts");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder)?;
    let file = folder.join("alerts.jsonl");
    let (hook, file) = (Arrivals::at_webhook().await?, Arrivals::in_file(&file));
    let config = folder.join("plainsight.toml");
    std::fs::write(&config, settings(&folder, hook.port()))?;
    let config = config.to_str().context("a path in UTF-8")?;
    let served = Served::start_with(
        binary,
        &folder.join("served"),
        "http://127.0.0.1:9",
        &["--config", config],
    )
    .await?;
    let rules = rules_in_force(&served).await?;
    say(&format!(
        "alerts, {} records/s of {} B, one in {} an attack, {} s, {rules} rules",
        options.rate, options.size, options.attack_in, options.seconds
    ));
    let sent = Load::new(options.rate, options.attack_in, options.size)
        .send(Duration::from_secs(options.seconds))
        .await?;
    let raised = settled(&served).await?;
    let (hook, file) = (hook.wait(raised, PATIENCE).await, file.wait(raised, PATIENCE).await);
    let alarmed = sent.attacks.iter().filter(|at| hook.iter().any(|told| told.event == **at));
    say(&format!(
        "  {} records, {} attacks, {} of them alarmed; {raised} alerts, {} at the webhook, {} in the file",
        sent.records,
        sent.attacks.len(),
        alarmed.count(),
        hook.len(),
        file.len()
    ));
    say("\n| from the event to | p50 | p95 | p99 | longest |\n|---|---|---|---|---|");
    row("acknowledgement", sent.acknowledged);
    row("the alert's record", latencies(&hook, |told| told.recorded - told.event));
    row("the webhook", latencies(&hook, |told| told.arrived - told.event));
    row("the file", latencies(&file, |told| told.arrived - told.event));
    say(&format!("\n  memory {:.0} MiB at its peak", served.peak_memory()?));
    Ok(())
}

fn settings(folder: &Path, port: u16) -> String {
    let secret = folder.join("secret");
    let _ = std::fs::write(&secret, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    format!(
        "[[sinks]]\nname = \"hook\"\ntype = \"webhook\"\nurl = \"http://127.0.0.1:{port}/\"\n\
         token = \"file:{}\"\nallow_private = true\nformat = \"native\"\n\n\
         [[sinks]]\nname = \"file\"\ntype = \"file\"\npath = \"{}\"\nformat = \"native\"\n",
        secret.display(),
        folder.join("alerts.jsonl").display()
    )
}

/// Waits until the rules are at work; gives how many.
async fn rules_in_force(served: &Served) -> Result<u64> {
    let sql = "SELECT attributes FROM events WHERE action = 'detect.start'";
    for _ in 0..600 {
        let rows = query(served, sql).await?;
        if let Some(attributes) = rows[0][0].as_str() {
            let attributes: Value = serde_json::from_str(attributes)?;
            return Ok(attributes["rules"].as_u64().unwrap_or_default());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    anyhow::bail!("no rules in force after a minute")
}

/// How many alerts there are, once detection and delivery have come to the end of the log.
async fn settled(served: &Served) -> Result<usize> {
    for _ in 0..600 {
        let (status, _) = served.ask("/api/v1/status", None).await?;
        let status: Value = serde_json::from_str(&status)?;
        let sinks = status["sinks"].as_array().context("sinks")?;
        let idle = |sink: &Value| sink["behind"] == 0 && sink["state"] == "idle";
        if sinks.iter().all(idle) {
            let sent = sinks.iter().filter_map(|sink| sink["sent"].as_u64()).max();
            return Ok(usize::try_from(sent.unwrap_or_default())?);
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    anyhow::bail!("sinks are behind after a minute")
}

async fn query(served: &Served, sql: &str) -> Result<Value> {
    let body = json!({"sql": sql}).to_string();
    let (answer, _) = served.ask("/api/v1/query", Some(body)).await?;
    let mut answer: Value = serde_json::from_str(&answer)?;
    ensure!(answer["rows"].is_array(), "no rows");
    Ok(answer["rows"].take())
}

fn latencies(told: &[Told], of: impl Fn(&Told) -> i64) -> Latencies {
    let mut latencies = Latencies::default();
    for one in told {
        latencies.push(u64::try_from(of(one) / 1000).unwrap_or_default());
    }
    latencies
}

fn row(name: &str, mut latencies: Latencies) {
    let mut millis = |share| format!("{:.0} ms", latencies.quantile(share) as f64 / 1000.0);
    let figures = [0.5, 0.95, 0.99, 1.0].map(&mut millis).join(" | ");
    say(&format!("| {name} | {figures} |"));
}
