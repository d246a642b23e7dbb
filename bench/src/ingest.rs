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
    /// Seconds of load, and of the ceiling, in each round
    #[arg(long, default_value_t = 6)]
    seconds: u64,
    /// How often the two are measured in turn, since a machine is not equally fast all the time
    #[arg(long, default_value_t = 5)]
    rounds: usize,
}

/// Measures, and prints.
pub(crate) async fn run(options: &Options, binary: &Path, data: &Path) -> Result<()> {
    let time = Duration::from_secs(options.seconds);
    let template = Arc::new(Template::new(options.spans, options.size, 11));
    let folder = data.join(format!("ingest-{}", options.size));
    let _ = std::fs::remove_dir_all(&folder);
    let size = template.json_bytes;
    let request = template.fill(0);
    let records = Arc::new(ceiling::records(&request)?);
    let pieces = Arc::new(ceiling::pieces(&request, options.spans));
    let recorded = records.iter().map(Vec::len).sum::<usize>() / records.len().max(1);
    let received = request.len() / options.spans.max(1);
    let served = Served::start(binary, &folder.join("served"), "http://127.0.0.1:9").await?;
    let mut measured = Measured::default();
    // Counts on from round to round: a request that is told again is not recorded again.
    let number = Arc::new(AtomicU64::new(1));
    for round in 0..options.rounds {
        let ceiling = folder.join(format!("ceiling-{round}"));
        measured.ceilings.push(at_best(&ceiling, &records, time).await?);
        let ceiling = folder.join(format!("ceiling-received-{round}"));
        measured.received.push(at_best(&ceiling, &pieces, time).await?);
        let begin = Instant::now();
        let (count, latencies) = load(&template, options.connections, time, &number).await?;
        measured.rates.push(count as f64 / begin.elapsed().as_secs_f64());
        measured.records += count;
        measured.latencies.extend(latencies);
        // The next ceiling is measured on a machine that has nothing else to do.
        measured.lag = catch_up(&served, measured.records).await?;
        let more = read_on(&served, measured.records, "detector").await?;
        measured.detection = measured.lag + more;
    }
    let count = measured.records;
    report(options, size, &mut measured);
    let disk = bytes_on_disk(&folder.join("served").join("ledger"))? as f64 / count as f64;
    let store = bytes_on_disk(&folder.join("served").join("store"))? as f64 / count as f64;
    say(&format!(
        "  disk            {disk:.0} B/record in the log, {store:.0} B/record in the operational copy, of {received} B on the wire, {recorded} B as a record"
    ));
    say(&format!("  memory          {:.0} MiB at its peak", served.peak_memory()?));
    say(&format!(
        "  behind          the index caught up {:.1} s after the load ended, detection {:.1} s",
        measured.lag.as_secs_f64(),
        measured.detection.as_secs_f64()
    ));
    Ok(())
}

/// The ceiling, off the reactor.
async fn at_best(folder: &Path, records: &Arc<Vec<Vec<u8>>>, time: Duration) -> Result<f64> {
    std::fs::create_dir_all(folder)?;
    let (folder, records) = (folder.to_owned(), Arc::clone(records));
    tokio::task::spawn_blocking(move || ceiling::measure(&folder, &records, time)).await?
}

/// What the rounds gave.
#[derive(Default)]
struct Measured {
    /// Records a second, by round.
    rates: Vec<f64>,
    /// Of the records, as they are written.
    ceilings: Vec<f64>,
    /// Of the bytes that came in.
    received: Vec<f64>,
    records: u64,
    latencies: Latencies,
    /// How long the operational copy took to catch up after the last round.
    lag: Duration,
    /// How long detection took to.
    detection: Duration,
}

fn report(options: &Options, size: usize, measured: &mut Measured) {
    let (rate, ceiling) = (median(&mut measured.rates), median(&mut measured.ceilings));
    let received = median(&mut measured.received);
    say(&format!(
        "ingest, {size} B of conversation, {} spans a request, {} connections, median of {} rounds",
        options.spans, options.connections, options.rounds
    ));
    say(&format!(
        "  recorded        {rate:.0} records/s acknowledged durably ({} in all)",
        measured.records
    ));
    say(&format!(
        "  ceiling         {ceiling:.0} records/s hashed, compressed, encrypted, appended as they are recorded, \
         {received:.0} as they came"
    ));
    say(&format!("  ratio           {:.2}, {:.2}", rate / ceiling, rate / received));
    let mut millis = |share| measured.latencies.quantile(share) as f64 / 1000.0;
    say(&format!("  acknowledgement p50 {:.1} ms, p99 {:.1} ms", millis(0.5), millis(0.99)));
}

fn median(figures: &mut [f64]) -> f64 {
    figures.sort_unstable_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or_default()
}

/// Sends for `time`; gives the records that were acknowledged.
pub(crate) async fn load(
    template: &Arc<Template>,
    connections: usize,
    time: Duration,
    number: &Arc<AtomicU64>,
) -> Result<(u64, Latencies)> {
    let end = Instant::now() + time;
    let senders: Vec<_> = (0..connections)
        .map(|_| {
            tokio::spawn(send(Arc::clone(template), Arc::clone(number), move || {
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
    read_on(served, records, "reader").await
}

/// Waits until a reader of the log has seen so many records.
async fn read_on(served: &Served, records: u64, reader: &str) -> Result<Duration> {
    let begin = Instant::now();
    loop {
        let (status, _) = served.ask("/api/v1/status", None).await?;
        let status: serde_json::Value = serde_json::from_str(&status)?;
        let cursor = status[reader]["cursor"].as_u64();
        if cursor.is_none_or(|cursor| cursor >= records) {
            return Ok(begin.elapsed());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}
