//! Who is behind a request: verified token before header before request field.
//!
//! That nobody was found is an answer too ([`IdentifiedBy::Nobody`]), and is recorded.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

use http::HeaderMap;
use http::header::USER_AGENT;
use model::{Actor, Clock, IdentifiedBy, TenantId};
use serde_json::Value;

use super::client_address::client_address;
use super::config::Config;
use super::credentials::{api_key, token, value};
use super::key_source::KeySourceError;
use super::token::{Bearer, Invalid, Verifier};

/// Longest name that a header may give, in bytes.
const MAX_NAME: usize = 512;
/// Most roles that are kept.
const MAX_ROLES: usize = 32;

/// Finds out who is behind a request.
pub struct Resolver {
    config: Config,
    verifier: Option<Verifier>,
}

/// What a request's body says about who it is for.
#[derive(Clone, Copy, Debug, Default)]
pub struct RequestFields<'a> {
    /// `user`, `metadata.user_id`, …
    pub user: Option<&'a str>,
    /// `metadata.session_id`, `conversation`, …
    pub session: Option<&'a str>,
}

/// Who is behind a request, as received.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Identified {
    /// The person and the software.
    pub actor: Actor,
    /// Whose record it is.
    pub tenant: TenantId,
    /// What is worth recording beside: `identity.token`, `identity.tenant`.
    pub attributes: BTreeMap<String, Value>,
}

impl Resolver {
    /// A resolver for these settings. Must be called on a tokio runtime: it keeps the key set fresh
    /// until it is dropped.
    ///
    /// # Errors
    /// When the settings for tokens contradict each other, or a file they name cannot be used. A
    /// `jwks_url` that does not answer is no error: it may come up later.
    pub async fn open(config: Config, clock: Arc<dyn Clock>) -> Result<Self, KeySourceError> {
        let verifier = match &config.jwt {
            Some(jwt) => Some(Verifier::open(jwt, clock).await?),
            None => None,
        };
        Ok(Self { config, verifier })
    }

    /// The headers that say who it is.
    pub fn header_names(&self) -> impl Iterator<Item = &String> {
        let names = &self.config.headers;
        [&names.user, &names.session, &names.tenant, &names.roles, &names.agent]
            .into_iter()
            .flatten()
    }

    /// Finds out who sent `headers` from `peer`. Waits only when a token names an unknown key and
    /// the key set is fetched for it.
    pub async fn resolve(
        &self,
        headers: &HeaderMap,
        peer: IpAddr,
        fields: RequestFields<'_>,
    ) -> Identified {
        let mut identified = Identified::default();
        let token = self.verifier.as_ref().and_then(|verifier| token(headers, verifier.headers()));
        let bearer = match (&self.verifier, token) {
            (Some(verifier), Some(token)) => note(&mut identified, verifier.verify(token).await),
            _ => None,
        };
        let identity = bearer.is_some().then_some(token).flatten();
        let claims = bearer.unwrap_or_default();
        self.find_tenant(&mut identified, headers, claims.tenant.as_deref());
        identified.actor = self.actor(headers, peer, fields, claims);
        identified.actor.api_key = api_key(headers, identity).map(str::to_owned);
        identified
    }

    fn actor(
        &self,
        headers: &HeaderMap,
        peer: IpAddr,
        fields: RequestFields<'_>,
        claims: Bearer,
    ) -> Actor {
        let names = &self.config.headers;
        let (user, identified_by) = who(claims.user, first(headers, &names.user), fields.user);
        let session = claims.session.or_else(|| first(headers, &names.session));
        let roles =
            if claims.roles.is_empty() { roles(headers, &names.roles) } else { claims.roles };
        let address =
            client_address(headers, peer, &self.config.trusted_proxies, self.config.forwarded);
        Actor {
            identified_by,
            user,
            session: session.or_else(|| fields.session.and_then(named)),
            roles: roles.into_iter().take(MAX_ROLES).collect(),
            agent: first(headers, &names.agent),
            api_key: None,
            client_address: Some(address.to_string()),
            user_agent: value(headers, USER_AGENT.as_str()).and_then(named),
        }
    }

    /// The tenant of the token, else of the header. A tenant is a short name; anything else would
    /// let a client make up keys and files without end, so it is noted and not followed.
    fn find_tenant(&self, identified: &mut Identified, headers: &HeaderMap, claim: Option<&str>) {
        let header = first(headers, &self.config.headers.tenant);
        match claim.or(header.as_deref()) {
            Some(name) if is_tenant_name(name) => identified.tenant = TenantId(name.to_owned()),
            Some(_) => {
                let note = Value::String("invalid".to_owned());
                identified.attributes.insert("identity.tenant".to_owned(), note);
            }
            None => {}
        }
    }
}

/// Notes how the verification ended.
fn note(identified: &mut Identified, verified: Result<Bearer, Invalid>) -> Option<Bearer> {
    let (note, bearer) = match verified {
        Ok(bearer) => ("verified".to_owned(), Some(bearer)),
        Err(invalid) => (format!("invalid: {invalid}"), None),
    };
    identified.attributes.insert("identity.token".to_owned(), Value::String(note));
    bearer
}

/// The user by precedence.
fn who(
    claim: String,
    header: Option<String>,
    field: Option<&str>,
) -> (Option<String>, IdentifiedBy) {
    if !claim.is_empty() {
        return (Some(claim), IdentifiedBy::Token);
    }
    if let Some(user) = header {
        return (Some(user), IdentifiedBy::Header);
    }
    match field.and_then(named) {
        Some(user) => (Some(user), IdentifiedBy::Request),
        None => (None, IdentifiedBy::Nobody),
    }
}

/// The first of the headers that is present.
fn first(headers: &HeaderMap, names: &[String]) -> Option<String> {
    names.iter().find_map(|name| value(headers, name).and_then(named))
}

fn roles(headers: &HeaderMap, names: &[String]) -> Vec<String> {
    let list = first(headers, names).unwrap_or_default();
    list.split(',').filter_map(named).collect()
}

/// A name as it is kept: trimmed, not empty, and of bounded length.
fn named(text: &str) -> Option<String> {
    let text = text.trim();
    let mut end = MAX_NAME.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).filter(|name| !name.is_empty()).map(str::to_owned)
}

fn is_tenant_name(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    (1..=64).contains(&name.len()) && name.bytes().all(plain)
}
