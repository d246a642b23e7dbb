//! Speaks to a running server over HTTP: readings and imports beside it, and the demo's traffic.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use axum::body::Body;
use http_body_util::BodyExt;
use hyper::body::{Bytes, Incoming};
use hyper::{Method, Request, Response};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client as HttpClient;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use serde_json::Value;
use server::Endpoint;

/// How often a directory that is in use is looked at.
const TRIES: usize = 50;
/// The time between two looks.
const PAUSE: Duration = Duration::from_millis(100);

/// A client of one server, with its administrator's token.
#[derive(Clone)]
pub(crate) struct Client {
    base: String,
    token: model::Sealed<String>,
    http: HttpClient<HttpsConnector<HttpConnector>, Body>,
}

impl Client {
    /// A client of the server that runs on the data directory; `None` when none does. Waits for a
    /// server that is starting, and for another command that records what it read.
    pub(crate) async fn of_running(data: &Path) -> Result<Option<Self>> {
        for _ in 0..TRIES {
            let Some(holder) = server::Lock::holder(data) else {
                return Ok(None);
            };
            let endpoint = Endpoint::read(data).ok();
            if let Some(at) = endpoint.filter(|at| at.process.to_string() == holder) {
                let token = data.join("admin-token");
                let token = std::fs::read_to_string(token).context("admin token")?;
                return Self::new(&at.url, at.certificate.as_deref(), token.trim()).map(Some);
            }
            tokio::time::sleep(PAUSE).await;
        }
        bail!("another process uses {}, and is no server that says where it is", data.display())
    }

    /// A client of the server at `base`, which may show a certificate that is known here only.
    pub(crate) fn new(base: &str, certificate: Option<&Path>, token: &str) -> Result<Self> {
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(trusting(certificate)?)
            .https_or_http()
            .enable_http1()
            .build();
        let http = HttpClient::builder(TokioExecutor::new()).build(connector);
        Ok(Self { base: base.to_owned(), token: model::Sealed::new(token.to_owned()), http })
    }

    /// Posts JSON and gives the answer's JSON; `null` where the answer is not JSON.
    pub(crate) async fn post(
        &self,
        path: &str,
        headers: &[(&str, &str)],
        body: &Value,
    ) -> Result<Value> {
        let (status, answer) = self.send(path, headers, Bytes::from(body.to_string())).await?;
        if !status.is_success() {
            bail!("{path} answered {status}");
        }
        Ok(serde_json::from_slice(&answer).unwrap_or(Value::Null))
    }

    /// The answer to `GET path`, whose body streams.
    pub(crate) async fn get(&self, path: &str) -> Result<Response<Incoming>> {
        let request = Request::get(format!("{}{path}", self.base))
            .header("authorization", format!("Bearer {}", self.token.expose()));
        Ok(self.http.request(request.body(Body::empty())?).await?)
    }

    /// The JSON of the answer to `GET path`.
    pub(crate) async fn json(&self, path: &str) -> Result<Value> {
        let response = self.get(path).await?;
        let status = response.status();
        if !status.is_success() {
            bail!("{path} answered {status}");
        }
        Ok(serde_json::from_slice(&response.into_body().collect().await?.to_bytes())?)
    }

    /// Posts bytes and gives status and body.
    pub(crate) async fn send(
        &self,
        path: &str,
        headers: &[(&str, &str)],
        body: Bytes,
    ) -> Result<(hyper::StatusCode, Bytes)> {
        let mut request = Request::builder()
            .method(Method::POST)
            .uri(format!("{}{path}", self.base))
            .header("content-type", "application/json");
        if !headers.iter().any(|(name, _)| *name == "authorization") {
            request = request.header("authorization", format!("Bearer {}", self.token.expose()));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = self.http.request(request.body(Body::from(body))?).await?;
        let status = answer.status();
        Ok((status, answer.into_body().collect().await?.to_bytes()))
    }
}

/// Trusts the public authorities, and the server's own certificate.
fn trusting(certificate: Option<&Path>) -> Result<ClientConfig> {
    let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    if let Some(file) = certificate {
        for certificate in
            CertificateDer::pem_file_iter(file).context("the server's certificate")?
        {
            roots.add(certificate.context("the server's certificate")?)?;
        }
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    Ok(ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth())
}
