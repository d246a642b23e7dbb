//! A server process under measurement, and what the kernel says of it.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::{Request, StatusCode};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;

pub(crate) type Http = Client<HttpConnector, Full<Bytes>>;

pub(crate) const MAIN: u16 = 21_870;
pub(crate) const OTLP: u16 = 21_318;
const GRPC: u16 = 21_317;

/// A client that keeps its connections.
pub(crate) fn http() -> Http {
    let mut connector = HttpConnector::new();
    connector.set_nodelay(true);
    Client::builder(TokioExecutor::new()).build(connector)
}

/// A running server; killed when it is dropped.
pub(crate) struct Served {
    child: Child,
    binary: PathBuf,
    data: PathBuf,
    /// From the start of the process to `/readyz`.
    pub(crate) ready: Duration,
}

impl Served {
    /// Starts it on `data`, which is kept.
    pub(crate) async fn start(binary: &Path, data: &Path, upstream: &str) -> Result<Self> {
        Self::start_with(binary, data, upstream, &[]).await
    }

    /// The same, with further arguments.
    pub(crate) async fn start_with(
        binary: &Path,
        data: &Path,
        upstream: &str,
        further: &[&str],
    ) -> Result<Self> {
        std::fs::create_dir_all(data)?;
        let begin = Instant::now();
        let child = Command::new(binary)
            .args(["serve", "--listen", &format!("127.0.0.1:{MAIN}")])
            .args(["--otlp-http", &format!("127.0.0.1:{OTLP}")])
            .args(["--otlp-grpc", &format!("127.0.0.1:{GRPC}")])
            .args(["--upstream", &format!("openai={upstream}"), "--data"])
            .arg(data)
            .args(["--log", "warn"])
            .args(further)
            .stdout(Stdio::null())
            .spawn()
            .with_context(|| format!("{}: build it with --release first", binary.display()))?;
        let mut served = Self {
            child,
            binary: binary.to_owned(),
            data: data.to_owned(),
            ready: begin.elapsed(),
        };
        served.wait_until_ready().await?;
        served.ready = begin.elapsed();
        Ok(served)
    }

    async fn wait_until_ready(&self) -> Result<()> {
        let http = http();
        let uri: hyper::Uri = format!("http://127.0.0.1:{MAIN}/readyz").parse()?;
        for _ in 0..6000 {
            if http.get(uri.clone()).await.is_ok_and(|answer| answer.status() == StatusCode::OK) {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        bail!("the server is not ready after 30 s");
    }

    /// Peak resident memory, MiB.
    pub(crate) fn peak_memory(&self) -> Result<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("VmHWM")?;
        let kib: f64 = line.trim().trim_end_matches(" kB").parse()?;
        Ok(kib / 1024.0)
    }

    /// Runs a command of the binary on the same data directory; gives its output and time.
    pub(crate) fn command(&self, arguments: &[&str]) -> Result<(String, Duration)> {
        let begin = Instant::now();
        let output =
            Command::new(&self.binary).args(arguments).arg("--data").arg(&self.data).output()?;
        let took = begin.elapsed();
        if !output.status.success() {
            bail!("{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        }
        Ok((String::from_utf8(output.stdout)?, took))
    }

    /// Asks the API. Gives the body and the time.
    pub(crate) async fn ask(&self, path: &str, body: Option<String>) -> Result<(String, Duration)> {
        let token = std::fs::read_to_string(self.data.join("admin-token"))?;
        let begin = Instant::now();
        let request = Request::builder()
            .method(if body.is_some() { "POST" } else { "GET" })
            .uri(format!("http://127.0.0.1:{MAIN}{path}"))
            .header("content-type", "application/json")
            .header("authorization", format!("Bearer {}", token.trim()))
            .body(Full::new(Bytes::from(body.unwrap_or_default())))?;
        let answer = http().request(request).await?;
        let status = answer.status();
        let bytes = answer.into_body().collect().await?.to_bytes();
        if !status.is_success() {
            bail!("{path}: {status}");
        }
        Ok((String::from_utf8(bytes.to_vec())?, begin.elapsed()))
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Bytes of all files below `folder`, as the disk counts them.
pub(crate) fn bytes_on_disk(folder: &Path) -> Result<u64> {
    use std::os::unix::fs::MetadataExt;
    let mut total = 0;
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let metadata = entry.metadata()?;
        total +=
            if metadata.is_dir() { bytes_on_disk(&entry.path())? } else { metadata.blocks() * 512 };
    }
    Ok(total)
}
