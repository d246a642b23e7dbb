//! Where alerts arrive: a webhook, and a file that is watched.

use std::convert::Infallible;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpListener;

use super::load::nanos;

/// How often the file is looked at.
const LOOK: Duration = Duration::from_millis(2);

/// Times of one alert, nanoseconds since the epoch.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Told {
    /// When the last thing happened that it rests on.
    pub(crate) event: i64,
    /// When its record was appended to the log, to a millisecond.
    pub(crate) recorded: i64,
    /// When it arrived.
    pub(crate) arrived: i64,
}

/// What arrived at one place.
pub(crate) struct Arrivals {
    told: Arc<Mutex<Vec<Told>>>,
    port: u16,
}

impl Arrivals {
    /// A webhook's receiver.
    pub(crate) async fn at_webhook() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let arrivals = Self { told: Arc::default(), port: listener.local_addr()?.port() };
        let told = Arc::clone(&arrivals.told);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let _ = stream.set_nodelay(true);
                let told = Arc::clone(&told);
                let service = service_fn(move |request: Request<hyper::body::Incoming>| {
                    let told = Arc::clone(&told);
                    async move {
                        if let Ok(body) = request.into_body().collect().await {
                            note(&told, &body.to_bytes());
                        }
                        Ok::<_, Infallible>(Response::new(Full::new(Bytes::new())))
                    }
                });
                let connection = hyper::server::conn::http1::Builder::new()
                    .serve_connection(TokioIo::new(stream), service);
                tokio::spawn(connection);
            }
        });
        Ok(arrivals)
    }

    /// A file that grows.
    pub(crate) fn in_file(path: &Path) -> Self {
        let arrivals = Self { told: Arc::default(), port: 0 };
        let (told, path) = (Arc::clone(&arrivals.told), path.to_owned());
        std::thread::spawn(move || watch(&told, &path));
        arrivals
    }

    /// The webhook's port.
    pub(crate) const fn port(&self) -> u16 {
        self.port
    }

    /// What has arrived, once it is `count` or time is up.
    pub(crate) async fn wait(&self, count: usize, patience: Duration) -> Vec<Told> {
        let begin = std::time::Instant::now();
        loop {
            let told = self.told.lock().unwrap_or_else(PoisonError::into_inner).clone();
            if told.len() >= count || begin.elapsed() > patience {
                return told;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}

/// Reads whole lines as they come, for ever: the process ends around it.
fn watch(told: &Mutex<Vec<Told>>, path: &PathBuf) {
    let mut reader = None;
    let mut line = Vec::new();
    loop {
        if reader.is_none() {
            reader = std::fs::File::open(path).ok().map(BufReader::new);
        }
        let read = reader.as_mut().and_then(|file| file.read_until(b'\n', &mut line).ok());
        if read.unwrap_or_default() > 0 && line.ends_with(b"\n") {
            note(told, &line);
            line.clear();
        } else {
            std::thread::sleep(LOOK);
        }
    }
}

fn note(told: &Mutex<Vec<Told>>, event: &[u8]) {
    let arrived = i64::try_from(nanos()).unwrap_or(i64::MAX);
    if let Ok(one) = read(event, arrived) {
        told.lock().unwrap_or_else(PoisonError::into_inner).push(one);
    }
}

/// Reads an alert in Plainsight's own format, or within a webhook's envelope.
fn read(event: &[u8], arrived: i64) -> Result<Told> {
    let event: Value = serde_json::from_slice(event)?;
    let event = if event["data"].is_object() { &event["data"] } else { &event };
    let last_seen = event["record"]["alert"]["last_seen"].as_i64().context("last_seen")?;
    let recorded: jiff::Timestamp = event["log_time"].as_str().context("log_time")?.parse()?;
    let recorded = i64::try_from(recorded.as_nanosecond())?;
    Ok(Told { event: last_seen, recorded, arrived })
}
