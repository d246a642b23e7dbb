//! Verifying a JSON Web Token (RFC 7519) and reading who it is about.
//!
//! A token that does not verify is not an identity, whatever it says.

use std::sync::Arc;
use std::time::Duration;

use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm as Jws, Validation, decode, decode_header};
use model::{Clock, Timestamp};
use serde_json::{Map, Value};

use super::config::{Algorithm, JwtConfig};
use super::key_source::{KeySource, KeySourceError};
use super::keys::KeySet;

/// Longest token that is looked at, in bytes.
const MAX_TOKEN: usize = 16 << 10;

/// Why a token is not an identity. The words are recorded, the token is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Invalid {
    /// It is not three base64url parts with JSON in them.
    #[error("malformed")]
    Malformed,
    /// Its algorithm is not one of those configured; `none` never is.
    #[error("algorithm not accepted")]
    Algorithm,
    /// No key of the set has its `kid`.
    #[error("unknown key")]
    UnknownKey,
    /// No key set could be had so far.
    #[error("no keys available")]
    NoKeys,
    /// Its signature does not match.
    #[error("signature does not match")]
    Signature,
    /// Its `exp` has passed.
    #[error("expired")]
    Expired,
    /// It has no `exp`, so it would be valid for ever.
    #[error("without expiry")]
    NoExpiry,
    /// Its `nbf` is in the future.
    #[error("not yet valid")]
    NotYetValid,
    /// Its `iss` is not one of those configured.
    #[error("wrong issuer")]
    Issuer,
    /// Its `aud` is not one of those configured.
    #[error("wrong audience")]
    Audience,
    /// It does not name a user.
    #[error("without user claim")]
    NoUser,
}

/// Who a verified token is about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Bearer {
    pub(super) user: String,
    pub(super) session: Option<String>,
    pub(super) tenant: Option<String>,
    pub(super) roles: Vec<String>,
}

/// Verifies tokens.
pub(super) struct Verifier {
    config: JwtConfig,
    accepted: Vec<Jws>,
    source: KeySource,
    clock: Arc<dyn Clock>,
}

impl Verifier {
    pub(super) async fn open(
        config: &JwtConfig,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, KeySourceError> {
        let source = KeySource::open(config).await?;
        // With a public key set, HS256 would let anybody sign with the public key as the secret.
        let accepted = match config.secret_file {
            Some(_) => vec![Jws::HS256],
            None => {
                config.algorithms.iter().filter_map(|algorithm| asymmetric(*algorithm)).collect()
            }
        };
        Ok(Self { config: config.clone(), accepted, source, clock })
    }

    /// The headers that carry tokens.
    pub(super) fn headers(&self) -> &[String] {
        &self.config.headers
    }

    /// Verifies `token`. An unknown `kid` has the key set refreshed once.
    pub(super) async fn verify(&self, token: &str) -> Result<Bearer, Invalid> {
        let verified = self.verify_with(&self.source.keys(), token);
        if !matches!(verified, Err(Invalid::UnknownKey | Invalid::NoKeys)) {
            return verified;
        }
        let keys = self.source.refreshed().await;
        self.verify_with(&keys, token)
    }

    fn verify_with(&self, keys: &KeySet, token: &str) -> Result<Bearer, Invalid> {
        if token.len() > MAX_TOKEN {
            return Err(Invalid::Malformed);
        }
        let header = decode_header(token).map_err(|error| unreadable(error.kind()))?;
        if !self.accepted.contains(&header.alg) {
            return Err(Invalid::Algorithm);
        }
        if keys.is_empty() {
            return Err(Invalid::NoKeys);
        }
        let validation = self.validation(header.alg);
        let mut failure = Invalid::UnknownKey;
        for key in keys.candidates(header.kid.as_deref(), header.alg) {
            match decode::<Map<String, Value>>(token, key, &validation) {
                Ok(token) => return self.bearer(&token.claims),
                Err(error) => failure = invalid(error.kind()),
            }
        }
        Err(failure)
    }

    /// Times are checked here rather than in the library, which reads the machine's clock.
    fn validation(&self, algorithm: Jws) -> Validation {
        let mut validation = Validation::new(algorithm);
        validation.required_spec_claims.clear();
        validation.validate_exp = false;
        validation.validate_nbf = false;
        if self.config.audience.is_empty() {
            validation.validate_aud = false;
        } else {
            validation.set_audience(&self.config.audience);
            validation.required_spec_claims.insert("aud".to_owned());
        }
        if !self.config.issuer.is_empty() {
            validation.set_issuer(&self.config.issuer);
            validation.required_spec_claims.insert("iss".to_owned());
        }
        validation
    }

    fn bearer(&self, claims: &Map<String, Value>) -> Result<Bearer, Invalid> {
        check_times(claims, self.clock.now(), self.config.leeway)?;
        let optional = |name: &Option<String>| name.as_deref().and_then(|name| text(claims, name));
        Ok(Bearer {
            user: text(claims, &self.config.user_claim).ok_or(Invalid::NoUser)?,
            session: optional(&self.config.session_claim),
            tenant: optional(&self.config.tenant_claim),
            roles: self
                .config
                .roles_claim
                .as_deref()
                .map(|name| words(claims, name))
                .unwrap_or_default(),
        })
    }
}

/// The claims of an ID token of `issuer` for `audience`, when a key of the set signed it and its time
/// has come and not passed.
pub(crate) fn claims_of(
    keys: &KeySet,
    token: &str,
    issuer: &str,
    audience: &str,
    now: Timestamp,
) -> Result<Map<String, Value>, Invalid> {
    if token.len() > MAX_TOKEN {
        return Err(Invalid::Malformed);
    }
    let header = decode_header(token).map_err(|error| unreadable(error.kind()))?;
    if matches!(header.alg, Jws::HS256 | Jws::HS384 | Jws::HS512) {
        return Err(Invalid::Algorithm);
    }
    let mut validation = Validation::new(header.alg);
    validation.required_spec_claims = ["aud", "iss"].map(str::to_owned).into();
    validation.validate_exp = false;
    validation.validate_nbf = false;
    validation.set_audience(&[audience]);
    validation.set_issuer(&[issuer]);
    let mut failure = Invalid::UnknownKey;
    for key in keys.candidates(header.kid.as_deref(), header.alg) {
        match decode::<Map<String, Value>>(token, key, &validation) {
            Ok(token) => {
                check_times(&token.claims, now, LEEWAY)?;
                return Ok(token.claims);
            }
            Err(error) => failure = invalid(error.kind()),
        }
    }
    Err(failure)
}

/// How far a provider's clock may be from ours.
const LEEWAY: Duration = Duration::from_mins(1);

/// `exp` and `nbf` (RFC 7519 §4.1.4, §4.1.5), in seconds, fractions allowed.
fn check_times(
    claims: &Map<String, Value>,
    now: Timestamp,
    leeway: Duration,
) -> Result<(), Invalid> {
    let now = now.secs() as f64;
    let leeway = leeway.as_secs_f64();
    let expiry = claims.get("exp").and_then(Value::as_f64).ok_or(Invalid::NoExpiry)?;
    if now >= expiry + leeway {
        return Err(Invalid::Expired);
    }
    match claims.get("nbf").map(Value::as_f64) {
        Some(None) => Err(Invalid::Malformed),
        Some(Some(start)) if now + leeway < start => Err(Invalid::NotYetValid),
        _ => Ok(()),
    }
}

/// A claim as text. Dots in the name step into objects (`realm_access.roles`), unless the claim has
/// that name as it stands (`https://app.example/tenant`).
fn claim<'a>(claims: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    claims.get(name).or_else(|| {
        let mut steps = name.split('.');
        let first = claims.get(steps.next()?)?;
        steps.try_fold(first, |value, step| value.get(step))
    })
}

fn text(claims: &Map<String, Value>, name: &str) -> Option<String> {
    match claim(claims, name)? {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn words(claims: &Map<String, Value>, name: &str) -> Vec<String> {
    match claim(claims, name) {
        Some(Value::Array(items)) => {
            items.iter().filter_map(Value::as_str).map(str::to_owned).collect()
        }
        Some(Value::String(list)) => {
            let words = list.split([' ', ',']).filter(|word| !word.is_empty());
            words.map(str::to_owned).collect()
        }
        _ => Vec::new(),
    }
}

const fn asymmetric(algorithm: Algorithm) -> Option<Jws> {
    Some(match algorithm {
        Algorithm::RS256 => Jws::RS256,
        Algorithm::RS384 => Jws::RS384,
        Algorithm::RS512 => Jws::RS512,
        Algorithm::PS256 => Jws::PS256,
        Algorithm::PS384 => Jws::PS384,
        Algorithm::PS512 => Jws::PS512,
        Algorithm::ES256 => Jws::ES256,
        Algorithm::ES384 => Jws::ES384,
        Algorithm::EdDSA => Jws::EdDSA,
        Algorithm::HS256 => return None,
    })
}

/// Whether `text` has the form of a token: three parts of base64url, the first an object's.
pub(super) fn has_token_form(text: &str) -> bool {
    let base64url = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    let parts = text.split('.').collect::<Vec<_>>();
    // An unsigned token has an empty third part, and is to be refused rather than overlooked.
    text.starts_with("eyJ")
        && parts.len() == 3
        && parts.iter().all(|part| part.bytes().all(base64url))
}

/// An unsigned token and one of an unknown algorithm are refused for their algorithm.
fn unreadable(kind: &ErrorKind) -> Invalid {
    match kind {
        ErrorKind::Json(error) if error.is_data() => Invalid::Algorithm,
        _ => Invalid::Malformed,
    }
}

fn invalid(kind: &ErrorKind) -> Invalid {
    match kind {
        ErrorKind::InvalidSignature => Invalid::Signature,
        ErrorKind::InvalidIssuer => Invalid::Issuer,
        ErrorKind::InvalidAudience => Invalid::Audience,
        ErrorKind::MissingRequiredClaim(claim) if claim == "iss" => Invalid::Issuer,
        ErrorKind::MissingRequiredClaim(claim) if claim == "aud" => Invalid::Audience,
        ErrorKind::InvalidAlgorithm => Invalid::Algorithm,
        _ => Invalid::Malformed,
    }
}
