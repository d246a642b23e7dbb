//! Who asks: the administrator's token, a person's session, an API token, or nobody.
//!
//! Decides nothing: [`super::gate`] does.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::extract::{ConnectInfo, FromRequestParts, Request};
use http::HeaderMap;
use http::header::COOKIE;
use http::request::Parts;
use model::TenantId;
use store::Scope;

use super::reading::Shared;
use crate::access::{self, Tokens};
use crate::people::{Digest, People, Right, Rights, Session};
use crate::refusal::Refusal;

/// The name of the administrator's token in records.
pub(super) const ADMIN: &str = "admin";

/// Who asks, and what they may do.
#[derive(Clone)]
pub(super) struct Caller {
    /// A person's name, or [`ADMIN`].
    pub(super) name: Arc<str>,
    pub(super) rights: Rights,
    /// Sees this tenant only.
    pub(super) tenant: Option<TenantId>,
    pub(super) by: By,
    pub(super) address: IpAddr,
}

/// What says who it is.
#[derive(Clone)]
pub(super) enum By {
    /// Nothing.
    Nothing,
    /// The administrator's token.
    Admin,
    /// The token of those who bring records in, which opens nothing here.
    Ingest,
    /// A session, and whether a second factor has to be enrolled in it first.
    Session { digest: Digest, session: Session, must_enrol: bool },
    /// An API token, by its name.
    Token(String),
}

impl Caller {
    /// The caller of a request. A token that opens nothing is not made good by a cookie.
    pub(super) fn of(request: &Request, tokens: &Tokens, people: &People, is_secure: bool) -> Self {
        let headers = request.headers();
        let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
        let address = peer.map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |peer| peer.0.ip());
        let nobody = Self {
            name: "nobody".into(),
            rights: Rights::default(),
            tenant: None,
            by: By::Nothing,
            address,
        };
        match tokens.caller(headers) {
            Some(access::Caller::Admin) => {
                Self { name: ADMIN.into(), rights: Rights::EVERY, by: By::Admin, ..nobody }
            }
            Some(access::Caller::Ingest) => {
                Self { name: "ingest".into(), by: By::Ingest, ..nobody }
            }
            None if access::has_token(headers) => nobody.with_token(headers, people),
            None => nobody.with_cookie(headers, people, is_secure),
        }
    }

    fn with_token(self, headers: &HeaderMap, people: &People) -> Self {
        let mut presented = access::presented(headers);
        let Some((token, rights)) = presented.find_map(|secret| people.token(secret.expose()))
        else {
            return self;
        };
        let by = By::Token(token.digest.name());
        let tenant = token.tenant.map(TenantId);
        Self { name: token.owner.into(), rights, tenant, by, ..self }
    }

    fn with_cookie(self, headers: &HeaderMap, people: &People, is_secure: bool) -> Self {
        let Some((digest, session, account)) =
            cookie(headers, is_secure).and_then(|cookie| people.session(cookie))
        else {
            return self;
        };
        let must_enrol = people.must_enrol(&account);
        Self {
            name: account.name.into(),
            rights: account.role.rights(),
            tenant: account.tenant.map(TenantId),
            by: By::Session { digest, session, must_enrol },
            ..self
        }
    }

    /// Whether somebody asks who may ask anything at all.
    pub(super) const fn is_somebody(&self) -> bool {
        !matches!(self.by, By::Nothing | By::Ingest)
    }

    /// Whether they are still who they were, with the same rights.
    pub(super) fn is_current(&self, people: &People) -> bool {
        match &self.by {
            By::Session { digest, .. } => people.is_open(*digest, self.rights),
            By::Token(name) => people.tokens(None).iter().any(|token| token.digest.name() == *name),
            By::Admin => true,
            By::Nothing | By::Ingest => false,
        }
    }

    /// What of the operational copy they see.
    pub(super) fn scope(&self) -> Scope {
        Scope { tenant: self.tenant.clone(), content: self.rights.has(Right::Content) }
    }

    /// The tenant to look in: the one that is asked for, unless they see one only. Another's is as
    /// if there were none.
    pub(super) fn narrow(&self, asked: Option<TenantId>) -> Option<TenantId> {
        match (&self.tenant, asked) {
            (Some(own), Some(asked)) if *own != asked => Some(TenantId(String::new())),
            (Some(own), _) => Some(own.clone()),
            (None, asked) => asked,
        }
    }

    /// Whether they see records of `tenant`.
    pub(super) fn sees(&self, tenant: &TenantId) -> bool {
        self.tenant.as_ref().is_none_or(|own| own == tenant)
    }

    /// Whose requests are counted together.
    pub(super) fn key(&self) -> String {
        match &self.by {
            By::Token(name) => format!("token {name}"),
            By::Nothing | By::Ingest => format!("address {}", self.address),
            By::Admin | By::Session { .. } => format!("person {}", self.name),
        }
    }
}

impl FromRequestParts<Shared> for Caller {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &Shared) -> Result<Self, Refusal> {
        parts.extensions.get::<Self>().cloned().ok_or(Refusal::Unauthenticated)
    }
}

/// The name of the session's cookie. The prefix has a browser refuse it over plain HTTP and from
/// another host (RFC 6265bis §4.1.3.2); on loopback there is no TLS.
pub(super) const fn cookie_name(is_secure: bool) -> &'static str {
    if is_secure { "__Host-plainsight" } else { "plainsight" }
}

/// The value of the session's cookie.
fn cookie(headers: &HeaderMap, is_secure: bool) -> Option<&str> {
    named(headers, cookie_name(is_secure))
}

/// The value of a cookie.
pub(super) fn named<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let cookies = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|value| value.split(';'));
    pairs.find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='))
}
