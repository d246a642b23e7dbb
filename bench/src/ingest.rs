//! Records a second, acknowledged durably over OTLP with everything on, beside the ceiling.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::Result;
use bytes::Bytes;
use clap::Args;
use http_body_util::{BodyExt, Full};
use hyper::{Request, StatusCode};

use crate::conversation::Template;
use crate::latency::Latencies;
use crate::served::{self, Served, bytes_on_disk};
use crate::{ceiling, say};

/// Options of `ingest`.
#[derive(Args)]
pub(crate) struct Options {
    /// Bytes of conversation in a record
    #[arg(long, default_value_t = 2048)]
    size: usize,
    /// Spans in a request
    #[arg(long, default_value_t = 100)]
    spans: usize,
    /// Connections that send at once
    #[arg(long, default_value_t = 8)]
    connections: usize,
    /// Seconds of load, and of the ceiling, of which half is measured before and half after
    #[arg(long, default_value_t = 15)]
    seconds: u64,
}

/// Measures, and prints.
pub(crate) async fn run(options: &Options, binary: &Path, data: &Path) -> Result<()> {
    let time = Duration::from_secs(options.seconds);
    let template = Arc::new(Template::new(options.spans, options.size, 11));
    let folder = data.join(format!("ingest-{}", options.size));
    let _ = std::fs::remove_dir_all(&folder);
    let size = template.json_bytes;
    let records = Arc::new(ceiling::records(&template.fill(0))?);
    let recorded = records.iter().map(Vec::len).sum::<usize>() / records.len().max(1);
    let before = at_best(&folder.join("ceiling-before"), &records, time / 2).await?;
    let served = Served::start(binary, &folder.join("served"), "http://127.0.0.1:9").await?;
    let begin = Instant::now();
    let (count, mut latencies) = load(&template, options.connections, time).await?;
    let rate = count as f64 / begin.elapsed().as_secs_f64();
    let lag = catch_up(&served, count).await?;
    let after = at_best(&folder.join("ceiling-after"), &records, time / 2).await?;
    let ceiling = f64::midpoint(before, after);
    report(options, size, count, rate, ceiling, &mut latencies);
    let disk = bytes_on_disk(&folder.join("served").join("ledger"))? as f64 / count as f64;
    let store = bytes_on_disk(&folder.join("served").join("store"))? as f64 / count as f64;
    say(&format!(
        "  disk            {disk:.0} B/record in the log, {store:.0} B/record in the operational copy, of {size} B on the wire, {recorded} B as a record"
    ));
    say(&format!("  memory          {:.0} MiB at its peak", served.peak_memory()?));
    say(&format!("  index           caught up {:.1} s after the load ended", lag.as_secs_f64()));
    Ok(())
}

/// The ceiling, off the reactor.
async fn at_best(folder: &Path, records: &Arc<Vec<Vec<u8>>>, time: Duration) -> Result<f64> {
    std::fs::create_dir_all(folder)?;
    let (folder, records) = (folder.to_owned(), Arc::clone(records));
    tokio::task::spawn_blocking(move || ceiling::measure(&folder, &records, time)).await?
}

fn report(
    options: &Options,
    size: usize,
    records: u64,
    rate: f64,
    ceiling: f64,
    latencies: &mut Latencies,
) {
    say(&format!(
        "ingest, {size} B of conversation, {} spans a request, {} connections",
        options.spans, options.connections
    ));
    say(&format!("  recorded        {rate:.0} records/s acknowledged durably ({records} in all)"));
    say(&format!(
        "  ceiling         {ceiling:.0} records/s hashed, compressed, encrypted, appended"
    ));
    say(&format!("  ratio           {:.2}", rate / ceiling));
    say(&format!(
        "  acknowledgement p50 {:.1} ms, p99 {:.1} ms",
        latencies.quantile(0.5) as f64 / 1000.0,
        latencies.quantile(0.99) as f64 / 1000.0
    ));
}

/// Sends for `time`; gives the records that were acknowledged.
pub(crate) async fn load(
    template: &Arc<Template>,
    connections: usize,
    time: Duration,
) -> Result<(u64, Latencies)> {
    let number = Arc::new(AtomicU64::new(1));
    let end = Instant::now() + time;
    let senders: Vec<_> = (0..connections)
        .map(|_| {
            tokio::spawn(send(Arc::clone(template), Arc::clone(&number), move || {
                Instant::now() < end
            }))
        })
        .collect();
    gather(senders).await
}

/// Sends until `count` requests were acknowledged.
pub(crate) async fn load_count(
    template: &Arc<Template>,
    connections: usize,
    count: u64,
) -> Result<(u64, Latencies)> {
    let number = Arc::new(AtomicU64::new(1));
    let senders: Vec<_> = (0..connections)
        .map(|_| {
            let sent = Arc::clone(&number);
            tokio::spawn(send(Arc::clone(template), Arc::clone(&number), move || {
                sent.load(Ordering::Relaxed) <= count
            }))
        })
        .collect();
    gather(senders).await
}

async fn gather(
    senders: Vec<tokio::task::JoinHandle<Result<(u64, Latencies)>>>,
) -> Result<(u64, Latencies)> {
    let (mut records, mut latencies) = (0, Latencies::default());
    for sender in senders {
        let (count, measured) = sender.await??;
        records += count;
        latencies.extend(measured);
    }
    Ok((records, latencies))
}

async fn send(
    template: Arc<Template>,
    number: Arc<AtomicU64>,
    go_on: impl Fn() -> bool,
) -> Result<(u64, Latencies)> {
    let http = served::http();
    let (mut records, mut latencies) = (0, Latencies::default());
    while go_on() {
        let body = Bytes::from(template.fill(number.fetch_add(1, Ordering::Relaxed)));
        let begin = Instant::now();
        loop {
            let request = Request::post(format!("http://127.0.0.1:{}/v1/traces", served::OTLP))
                .header("content-type", "application/x-protobuf")
                .body(Full::new(body.clone()))?;
            let answer = http.request(request).await?;
            let status = answer.status();
            answer.into_body().collect().await?;
            if status == StatusCode::OK {
                break;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        latencies.push(u64::try_from(begin.elapsed().as_micros()).unwrap_or(u64::MAX));
        records += template.spans() as u64;
    }
    Ok((records, latencies))
}

/// Waits until the operational copy has every record.
pub(crate) async fn catch_up(served: &Served, records: u64) -> Result<Duration> {
    let begin = Instant::now();
    loop {
        let (status, _) = served.ask("/api/v1/status", None).await?;
        let status: serde_json::Value = serde_json::from_str(&status)?;
        let cursor = status["reader"]["cursor"].as_u64().unwrap_or_default();
        if cursor >= records {
            return Ok(begin.elapsed());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}
