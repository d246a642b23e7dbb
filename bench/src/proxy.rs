//! Latency that the proxy adds, with everything on, at a fixed rate of requests.

use std::net::SocketAddr;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Result;
use bytes::Bytes;
use clap::Args;
use http_body_util::{BodyExt, Full};
use hyper::Request;
use serde_json::json;

use crate::english::prose;
use crate::latency::Latencies;
use crate::random::Random;
use crate::served::{self, Http, Served};
use crate::{say, upstream};

/// Options of `proxy`.
#[derive(Args)]
pub(crate) struct Options {
    /// Requests a second, direct and through the proxy
    #[arg(long, default_value_t = 1000)]
    rate: u32,
    /// Seconds of each round
    #[arg(long, default_value_t = 10)]
    seconds: u64,
    /// Rounds: direct and through the proxy in turn
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Bytes of the prompt and of the answer together
    #[arg(long, default_value_t = 2048)]
    size: usize,
}

/// Measures in turn, so that both ways see the same machine.
pub(crate) async fn run(options: &Options, binary: &Path, data: &Path) -> Result<()> {
    let folder = data.join("proxy");
    let _ = std::fs::remove_dir_all(&folder);
    let mut random = Random::new(5);
    let answer = json!({"id": "chatcmpl-1", "object": "chat.completion", "created": 1,
        "model": "gpt-4o-mini", "choices": [{"index": 0, "finish_reason": "stop",
        "message": {"role": "assistant", "content": prose(&mut random, options.size * 2 / 3)}}],
        "usage": {"prompt_tokens": 100, "completion_tokens": 200, "total_tokens": 300}});
    let prompt = json!({"model": "gpt-4o-mini", "user": "user-42",
        "messages": [{"role": "user", "content": prose(&mut random, options.size / 3)}]});
    let body = Bytes::from(prompt.to_string());
    let address = upstream::start(answer.to_string()).await?;
    let served = Served::start(binary, &folder, &format!("http://{address}")).await?;
    let proxy: SocketAddr = ([127, 0, 0, 1], served::MAIN).into();
    let direct_url = format!("http://{address}/v1/chat/completions");
    let proxied_url = format!("http://{proxy}/openai/v1/chat/completions");
    let (mut direct, mut proxied) = (Latencies::default(), Latencies::default());
    for round in 0..=options.rounds {
        let (one, other) = (
            steady(&direct_url, &body, options).await?,
            steady(&proxied_url, &body, options).await?,
        );
        // The first round warms connections and caches up.
        if round > 0 {
            direct.extend(one);
            proxied.extend(other);
        }
    }
    report(options, &mut direct, &mut proxied);
    say(&format!("  memory          {:.0} MiB at its peak", served.peak_memory()?));
    Ok(())
}

fn report(options: &Options, direct: &mut Latencies, proxied: &mut Latencies) {
    say(&format!(
        "proxy, {} requests/s, {} B, {} and {} requests",
        options.rate,
        options.size,
        direct.len(),
        proxied.len()
    ));
    for (name, quantile) in [("p50", 0.5), ("p90", 0.9), ("p99", 0.99)] {
        let (one, other) =
            (direct.quantile(quantile) as f64 / 1000.0, proxied.quantile(quantile) as f64 / 1000.0);
        say(&format!(
            "  {name}             direct {one:.3} ms, through the proxy {other:.3} ms, added {:.3} ms",
            other - one
        ));
    }
}

/// Sends at the rate, whatever the answers do (open loop), so that a stall is seen by every
/// request that it would have met.
async fn steady(url: &str, body: &Bytes, options: &Options) -> Result<Latencies> {
    let http = served::http();
    let gap = Duration::from_secs(1) / options.rate;
    let begin = tokio::time::Instant::now();
    let count = u64::from(options.rate) * options.seconds;
    let mut requests = Vec::new();
    for number in 0..count {
        let due = begin + gap * u32::try_from(number).unwrap_or(u32::MAX);
        tokio::time::sleep_until(due).await;
        requests.push(tokio::spawn(one(http.clone(), url.to_owned(), body.clone())));
    }
    let mut latencies = Latencies::default();
    for request in requests {
        latencies.push(request.await??);
    }
    Ok(latencies)
}

async fn one(http: Http, url: String, body: Bytes) -> Result<u64> {
    let begin = Instant::now();
    let request = Request::post(url)
        .header("content-type", "application/json")
        .header("authorization", "Bearer sk-bench")
        .body(Full::new(body))?;
    http.request(request).await?.into_body().collect().await?;
    Ok(u64::try_from(begin.elapsed().as_micros())?)
}
