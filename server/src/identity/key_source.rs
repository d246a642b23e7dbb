//! Where the key set comes from: a file, a URL, or a shared secret; and keeping it fresh.
//!
//! A source that fails leaves the keys as they were. It verifies nothing.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use deliver::sink::TlsError;
use http::{Request, StatusCode, Uri};
use http_body_util::{BodyExt, Empty, Limited};
use hyper_util::client::legacy::Client;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use parking_lot::RwLock;
use tokio::sync::Mutex;
use tokio::task::AbortHandle;
use tokio::time::Instant;

use super::config::JwtConfig;
use super::keys::{KeySet, KeySetError};
use crate::proxy::Connector;

/// Largest key set, in bytes.
const MAX_BYTES: usize = 1 << 20;
/// How long fetching it may take.
const FETCH: Duration = Duration::from_secs(5);
/// Shortest time between two refreshes that tokens with unknown keys ask for: whoever sends such
/// tokens must not be able to make us flood the identity provider.
const ON_DEMAND: Duration = Duration::from_secs(10);
/// First and longest wait after a failed fetch.
const BACKOFF: (Duration, Duration) = (Duration::from_secs(1), Duration::from_mins(5));

/// Why there are no keys.
#[derive(Debug, thiserror::Error)]
pub enum KeySourceError {
    /// Not exactly one source is configured.
    #[error("jwt needs exactly one of jwks_file, jwks_url and secret_file")]
    Ambiguous,
    /// The URL does not parse, or is neither `https` nor on this machine.
    #[error("jwks_url is not an https url, nor an http url on this machine")]
    Url,
    /// The secret is short enough to be guessed.
    #[error("secret_file holds fewer than 32 bytes")]
    ShortSecret,
    /// A file cannot be read.
    #[error("{field} cannot be read: {source}")]
    File {
        /// The setting that names it.
        field: &'static str,
        /// What the system said.
        source: std::io::Error,
    },
    /// The URL cannot be fetched.
    #[error("jwks_url cannot be fetched: {0}")]
    Fetch(String),
    /// The document is no key set.
    #[error(transparent)]
    KeySet(#[from] KeySetError),
    /// The client for the URL cannot be made.
    #[error(transparent)]
    Connector(#[from] TlsError),
}

type Fetcher = Client<Connector, Empty<Bytes>>;

enum Source {
    Secret,
    File(PathBuf),
    Url(Uri, Box<Fetcher>),
}

/// The keys, kept fresh in the background until this is dropped.
pub(super) struct KeySource {
    shared: Arc<Shared>,
    refresher: Option<AbortHandle>,
}

struct Shared {
    source: Source,
    keys: RwLock<Arc<KeySet>>,
    /// When a token last asked for a refresh; held while one runs.
    asked: Mutex<Option<Instant>>,
}

impl KeySource {
    /// Opens the configured source. A file or secret must be readable; a URL may come up later.
    /// Must be called on a tokio runtime.
    pub(super) async fn open(config: &JwtConfig) -> Result<Self, KeySourceError> {
        let (source, keys) = open(config).await?;
        let shared =
            Arc::new(Shared { source, keys: RwLock::new(Arc::new(keys)), asked: Mutex::new(None) });
        let refresher = match shared.source {
            Source::Secret => None,
            Source::File(_) | Source::Url(..) => {
                let keep_fresh = keep_fresh(Arc::clone(&shared), config.refresh_interval());
                Some(tokio::spawn(keep_fresh).abort_handle())
            }
        };
        Ok(Self { shared, refresher })
    }

    /// The keys as they are.
    pub(super) fn keys(&self) -> Arc<KeySet> {
        Arc::clone(&self.shared.keys.read())
    }

    /// The keys after one refresh, unless there was one a moment ago.
    pub(super) async fn refreshed(&self) -> Arc<KeySet> {
        let mut asked = self.shared.asked.lock().await;
        let due = asked.is_none_or(|at| at.elapsed() >= ON_DEMAND);
        if due && !matches!(self.shared.source, Source::Secret) {
            *asked = Some(Instant::now());
            if let Err(error) = self.shared.refresh().await {
                tracing::warn!(%error, "the key set could not be refreshed");
            }
        }
        drop(asked);
        self.keys()
    }
}

impl Drop for KeySource {
    fn drop(&mut self) {
        if let Some(refresher) = &self.refresher {
            refresher.abort();
        }
    }
}

impl Shared {
    async fn refresh(&self) -> Result<(), KeySourceError> {
        let keys = match &self.source {
            Source::Secret => return Ok(()),
            Source::File(path) => KeySet::parse(&read("jwks_file", path.clone()).await?)?,
            Source::Url(url, client) => KeySet::parse(&fetch(client, url).await?)?,
        };
        *self.keys.write() = Arc::new(keys);
        Ok(())
    }
}

async fn keep_fresh(shared: Arc<Shared>, interval: Duration) {
    let mut backoff = BACKOFF.0;
    if shared.keys.read().is_empty() {
        backoff = after(shared.refresh().await, backoff);
    }
    loop {
        let wait = if backoff == BACKOFF.0 { interval } else { backoff.min(interval) };
        tokio::time::sleep(wait).await;
        backoff = after(shared.refresh().await, backoff);
    }
}

/// How long to wait next: reset by success, doubled by failure.
fn after(outcome: Result<(), KeySourceError>, backoff: Duration) -> Duration {
    match outcome {
        Ok(()) => BACKOFF.0,
        Err(error) => {
            tracing::warn!(%error, "the key set could not be refreshed");
            (backoff * 2).min(BACKOFF.1)
        }
    }
}

async fn open(config: &JwtConfig) -> Result<(Source, KeySet), KeySourceError> {
    match (&config.jwks_file, &config.jwks_url, &config.secret_file) {
        (Some(path), None, None) => {
            let keys = KeySet::parse(&read("jwks_file", path.clone()).await?)?;
            Ok((Source::File(path.clone()), keys))
        }
        (None, Some(url), None) => {
            let client = Client::builder(TokioExecutor::new())
                .pool_timer(TokioTimer::new())
                .build(Connector::new(config.ca_file.as_deref(), FETCH)?);
            Ok((Source::Url(parse_url(url)?, Box::new(client)), KeySet::default()))
        }
        (None, None, Some(path)) => {
            let secret = read("secret_file", path.clone()).await?;
            let secret = secret.trim_ascii_end();
            if secret.len() < 32 {
                return Err(KeySourceError::ShortSecret);
            }
            Ok((Source::Secret, KeySet::of_secret(secret)))
        }
        _ => Err(KeySourceError::Ambiguous),
    }
}

async fn read(field: &'static str, path: PathBuf) -> Result<Vec<u8>, KeySourceError> {
    tokio::fs::read(path).await.map_err(|source| KeySourceError::File { field, source })
}

/// Keys that anybody on the way could change verify nothing.
fn parse_url(url: &str) -> Result<Uri, KeySourceError> {
    let url = url.parse::<Uri>().map_err(|_| KeySourceError::Url)?;
    if is_guarded(&url) { Ok(url) } else { Err(KeySourceError::Url) }
}

/// Whether nobody on the way can change what comes from a URL: `https`, or `http` on this machine.
pub(crate) fn is_guarded(url: &Uri) -> bool {
    let Some(host) = url.host() else { return false };
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<std::net::IpAddr>();
    let local = host == "localhost" || address.is_ok_and(|address| address.is_loopback());
    matches!(url.scheme_str(), Some("https")) || (url.scheme_str() == Some("http") && local)
}

async fn fetch(client: &Fetcher, url: &Uri) -> Result<Bytes, KeySourceError> {
    let fetched = async {
        let mut request = Request::new(Empty::new());
        *request.uri_mut() = url.clone();
        let answer = client
            .request(request)
            .await
            .map_err(|error| KeySourceError::Fetch(error.to_string()))?;
        if answer.status() != StatusCode::OK {
            return Err(KeySourceError::Fetch(format!("status {}", answer.status().as_u16())));
        }
        let body = Limited::new(answer.into_body(), MAX_BYTES).collect().await;
        body.map(http_body_util::Collected::to_bytes)
            .map_err(|error| KeySourceError::Fetch(error.to_string()))
    };
    tokio::time::timeout(FETCH, fetched)
        .await
        .unwrap_or_else(|_| Err(KeySourceError::Fetch("no answer in time".to_owned())))
}

#[cfg(test)]
mod tests {
    use super::parse_url;

    #[test]
    fn keys_come_over_tls_or_from_this_machine() {
        for url in ["https://id.example/jwks", "http://127.0.0.1:1/x", "http://[::1]/x"] {
            assert!(parse_url(url).is_ok(), "{url}");
        }
        for url in
            ["http://id.example/jwks", "ftp://127.0.0.1/x", "/jwks", "http://127.0.0.1.example/"]
        {
            assert!(parse_url(url).is_err(), "{url}");
        }
    }
}
