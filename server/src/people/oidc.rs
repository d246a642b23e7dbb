//! Signing in at an identity provider (OpenID Connect Core 1.0, authorization code flow): discovery,
//! PKCE (RFC 7636), state and nonce, the ID token's signature, issuer, audience and times, and what
//! the provider tells of the person beside it.
//!
//! Keeps neither access nor refresh token. Who gets in is decided in [`super::People`].

use std::collections::HashMap;
use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use http::{Request, StatusCode, Uri};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper_util::client::legacy::Client;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use model::{Sealed, Timestamp};
use parking_lot::Mutex;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::config::OidcConfig;
use super::secret::{self, Digest, NoRandomness};
use crate::identity::{Invalid, KeySet, KeySetError, claims_of, is_guarded};
use crate::proxy::Connector;

/// How long the provider may take for an answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// The largest answer.
const LARGEST: usize = 1 << 20;
/// How long somebody may take at the provider.
const AWAY: Duration = Duration::from_mins(10);
/// How many may be there at once.
const MOST: usize = 1_000;

/// Why nobody was signed in.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OidcError {
    #[error("could not ask the identity provider: {0}")]
    Fetch(String),
    #[error("the identity provider answers with status {0}")]
    Status(u16),
    #[error("the identity provider's answer is not what OpenID Connect says: {0}")]
    Answer(&'static str),
    #[error("key set: {0}")]
    Keys(#[from] KeySetError),
    #[error("ID token: {0}")]
    Token(#[from] Invalid),
    #[error("state is unknown, or belongs to another browser")]
    State,
    #[error("the provider says no")]
    Denied,
    #[error("too many are signing in")]
    Crowded,
    #[error(transparent)]
    Randomness(#[from] NoRandomness),
}

/// Where a browser is sent, and what it keeps meanwhile.
pub(crate) struct Departure {
    pub(crate) url: String,
    pub(crate) state: Sealed<String>,
}

/// Who came back.
pub(crate) struct Arrival {
    pub(crate) issuer: String,
    pub(crate) subject: String,
    pub(crate) claims: Map<String, Value>,
}

/// What a browser comes back with.
pub(crate) struct Return<'r> {
    pub(crate) code: &'r str,
    pub(crate) state: &'r str,
    /// The provider, where it says so (RFC 9207).
    pub(crate) issuer: Option<&'r str>,
    /// The state that the browser kept.
    pub(crate) kept: &'r str,
}

/// The provider, and who is there at the moment.
pub(crate) struct Oidc {
    config: OidcConfig,
    secret: Option<Sealed<String>>,
    client: Client<Connector, Full<Bytes>>,
    away: Mutex<HashMap<Digest, Away>>,
}

/// One who is there.
struct Away {
    nonce: Sealed<String>,
    verifier: Sealed<String>,
    since: Timestamp,
}

/// What discovery says (OpenID Connect Discovery 1.0 §3).
#[derive(Deserialize)]
struct Provider {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    userinfo_endpoint: Option<String>,
    /// RFC 9207 §3.
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

#[derive(Deserialize)]
struct TokenAnswer {
    id_token: String,
    access_token: Option<String>,
}

impl Oidc {
    /// A client of the provider.
    ///
    /// # Errors
    /// When a file of the settings cannot be read.
    pub(crate) fn open(config: &OidcConfig) -> std::io::Result<Self> {
        let connector = Connector::new(config.ca_file.as_deref(), PATIENCE);
        let connector = connector.map_err(std::io::Error::other)?;
        let client =
            Client::builder(TokioExecutor::new()).pool_timer(TokioTimer::new()).build(connector);
        let secret =
            config.client_secret_file.as_deref().map(std::fs::read_to_string).transpose()?;
        Ok(Self {
            secret: secret.map(|secret| Sealed::new(secret.trim().to_owned())),
            config: config.clone(),
            client,
            away: Mutex::default(),
        })
    }

    /// Sends a browser to the provider.
    pub(crate) async fn depart(&self, now: Timestamp) -> Result<Departure, OidcError> {
        let provider = self.discover().await?;
        let (state, nonce, verifier) = (secret::new("")?, secret::new("")?, secret::new("")?);
        let challenge = URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.expose().as_bytes()));
        let query = form(&[
            ("response_type", "code"),
            ("client_id", &self.config.client_id),
            ("redirect_uri", &self.redirect()),
            ("scope", &self.config.scopes.join(" ")),
            ("state", state.expose()),
            ("nonce", nonce.expose()),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ]);
        let joint = if provider.authorization_endpoint.contains('?') { '&' } else { '?' };
        let url = format!("{}{joint}{query}", provider.authorization_endpoint);
        let mut away = self.away.lock();
        away.retain(|_, away| now.since(away.since) < AWAY);
        if away.len() >= MOST {
            return Err(OidcError::Crowded);
        }
        away.insert(Digest::of(state.expose()), Away { nonce, verifier, since: now });
        Ok(Departure { url, state })
    }

    /// Takes back who comes with a code.
    pub(crate) async fn arrive(
        &self,
        back: &Return<'_>,
        now: Timestamp,
    ) -> Result<Arrival, OidcError> {
        let away = self.away.lock().remove(&Digest::of(back.state));
        let away = away.filter(|_| back.state == back.kept);
        let away = away.filter(|away| now.since(away.since) < AWAY).ok_or(OidcError::State)?;
        let provider = self.discover().await?;
        provider.check_sender(back.issuer)?;
        let body = form(&[
            ("grant_type", "authorization_code"),
            ("code", back.code),
            ("redirect_uri", &self.redirect()),
            ("client_id", &self.config.client_id),
            ("code_verifier", away.verifier.expose()),
        ]);
        let answer = self.post(&provider.token_endpoint, body).await?;
        let answer: TokenAnswer =
            serde_json::from_slice(&answer).map_err(|_| OidcError::Answer("no id_token"))?;
        let keys = KeySet::parse(&self.get(&provider.jwks_uri, None).await?)?;
        let audience = self.config.client_id.as_str();
        let mut claims = claims_of(&keys, &answer.id_token, &provider.issuer, audience, now)?;
        let subject = check_claims(&claims, &away.nonce, audience)?.to_owned();
        let access = answer.access_token.map(Sealed::new);
        self.complete(&provider, access.as_ref(), &mut claims).await?;
        Ok(Arrival { issuer: provider.issuer, subject, claims })
    }

    /// Asks for the claims that the ID token does not have: many providers put but few there (OpenID
    /// Connect Core §5.3, §5.4). What the token says counts more.
    async fn complete(
        &self,
        provider: &Provider,
        access: Option<&Sealed<String>>,
        claims: &mut Map<String, Value>,
    ) -> Result<(), OidcError> {
        let config = &self.config;
        let mut wanted =
            [&config.name_claim, &config.role_claim].into_iter().chain(&config.tenant_claim);
        let (Some(url), Some(access)) = (&provider.userinfo_endpoint, access) else {
            return Ok(());
        };
        if wanted.all(|name| claims.contains_key(name)) {
            return Ok(());
        }
        let told: Map<String, Value> = serde_json::from_slice(&self.get(url, Some(access)).await?)
            .map_err(|_| OidcError::Answer("userinfo"))?;
        // §5.3.2: it could be about somebody else.
        if told.get("sub") != claims.get("sub") {
            return Err(OidcError::Answer("sub of userinfo"));
        }
        for (name, value) in told {
            claims.entry(name).or_insert(value);
        }
        Ok(())
    }

    fn redirect(&self) -> String {
        format!("{}/api/v1/session/oidc/callback", self.config.url.trim_end_matches('/'))
    }

    async fn discover(&self) -> Result<Provider, OidcError> {
        let issuer = self.config.issuer.trim_end_matches('/');
        let found = self.get(&format!("{issuer}/.well-known/openid-configuration"), None).await?;
        let provider: Provider =
            serde_json::from_slice(&found).map_err(|_| OidcError::Answer("discovery"))?;
        if provider.issuer.trim_end_matches('/') != issuer {
            return Err(OidcError::Answer("issuer"));
        }
        Ok(provider)
    }

    async fn get(&self, url: &str, access: Option<&Sealed<String>>) -> Result<Bytes, OidcError> {
        let mut request = Request::get(guarded(url)?).header(ACCEPT, "application/json");
        if let Some(access) = access {
            request = request.header(AUTHORIZATION, format!("Bearer {}", access.expose()));
        }
        self.send(request.body(Full::default())).await
    }

    async fn post(&self, url: &str, body: String) -> Result<Bytes, OidcError> {
        let mut request = Request::post(guarded(url)?)
            .header(ACCEPT, "application/json")
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        if let Some(secret) = &self.secret {
            // RFC 6749 §2.3.1: both are encoded as in a form first.
            let pair = format!("{}:{}", encoded(&self.config.client_id), encoded(secret.expose()));
            let basic = base64::engine::general_purpose::STANDARD.encode(pair);
            request = request.header(AUTHORIZATION, format!("Basic {basic}"));
        }
        self.send(request.body(Full::from(body))).await
    }

    async fn send(&self, request: http::Result<Request<Full<Bytes>>>) -> Result<Bytes, OidcError> {
        let failed = |error: &dyn std::fmt::Display| OidcError::Fetch(error.to_string());
        let request = request.map_err(|error| failed(&error))?;
        let answered = async {
            let answer = self.client.request(request).await.map_err(|error| failed(&error))?;
            let status = answer.status();
            let body = Limited::new(answer.into_body(), LARGEST).collect().await;
            let body = body.map_err(|error| failed(&error))?.to_bytes();
            if status != StatusCode::OK {
                return Err(OidcError::Status(status.as_u16()));
            }
            Ok(body)
        };
        tokio::time::timeout(PATIENCE, answered)
            .await
            .unwrap_or_else(|_| Err(failed(&"no answer in time")))
    }
}

impl Provider {
    /// Whether it is this provider that sent the browser back, where that is told (RFC 9207 §2.4).
    fn check_sender(&self, issuer: Option<&str>) -> Result<(), OidcError> {
        let is_own = match issuer {
            Some(issuer) => issuer == self.issuer,
            None => !self.authorization_response_iss_parameter_supported,
        };
        if is_own { Ok(()) } else { Err(OidcError::Answer("iss")) }
    }
}

/// Whether the claims answer this question (OpenID Connect Core §3.1.3.7); gives their subject.
fn check_claims<'c>(
    claims: &'c Map<String, Value>,
    nonce: &Sealed<String>,
    audience: &str,
) -> Result<&'c str, OidcError> {
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    if text("nonce") != Some(nonce.expose()) {
        return Err(OidcError::Answer("nonce"));
    }
    // With several audiences it says which of them it is for.
    if text("azp").is_some_and(|party| party != audience) {
        return Err(OidcError::Answer("azp"));
    }
    text("sub").ok_or(OidcError::Answer("sub"))
}

/// What anybody on the way could change is trusted on this machine only.
fn guarded(url: &str) -> Result<Uri, OidcError> {
    let url = url.parse::<Uri>().map_err(|_| OidcError::Answer("a URL"))?;
    if is_guarded(&url) { Ok(url) } else { Err(OidcError::Answer("a URL without TLS")) }
}

fn form(pairs: &[(&str, &str)]) -> String {
    let pairs: Vec<String> =
        pairs.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
    pairs.join("&")
}

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}
