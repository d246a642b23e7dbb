//! `/api/v1/tokens`: API tokens. Everybody makes and takes their own; who may admit others takes
//! any.

use axum::Json;
use axum::extract::{Path, State};
use http::StatusCode;
use model::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::caller::{By, Caller};
use super::parameters::{Parameters, body};
use super::reading::Shared;
use super::time::Iso;
use super::whole::Whole;
use crate::people::{Asked, Right, Token};
use crate::refusal::Refusal;
use crate::wording::SAYS_SOMETHING;

/// A token, without its secret.
#[derive(Serialize, JsonSchema)]
pub(super) struct Shown {
    id: String,
    label: String,
    owner: String,
    scopes: Vec<Right>,
    /// Sees this tenant only.
    tenant: Option<String>,
    created: Iso,
    expires: Iso,
}

/// Several.
#[derive(Serialize, JsonSchema)]
pub(super) struct Tokens {
    items: Vec<Shown>,
    /// Always null: there is one page.
    next: Option<String>,
}

/// What a new token is to be.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Wanted {
    #[schemars(length(min = 1, max = 100), regex(pattern = SAYS_SOMETHING))]
    label: String,
    #[schemars(length(min = 1, max = 10))]
    scopes: Vec<Right>,
    #[schemars(length(min = 1, max = 64), regex(pattern = r"^[A-Za-z0-9._-]+$"))]
    tenant: Option<String>,
    /// When it ends: within 366 days.
    expires: Iso,
}

/// A token with its secret, which is shown once.
#[derive(Serialize, JsonSchema)]
pub(super) struct Made {
    #[serde(flatten)]
    shown: Shown,
    /// The secret: `Authorization: Bearer …`.
    token: String,
}

pub(super) async fn list(
    caller: Caller,
    State(shared): State<Shared>,
    parameters: Parameters,
) -> Result<Json<Tokens>, Refusal> {
    let names = parameters.finish()?;
    let owner = (!caller.rights.has(Right::People)).then_some(&*caller.name);
    let own_tenant = caller.tenant.as_ref().map(model::TenantId::as_str);
    let tokens = shared.people.tokens(owner).into_iter();
    let tokens =
        tokens.filter(|token| own_tenant.is_none() || token.tenant.as_deref() == own_tenant);
    let items: Vec<Shown> = tokens.map(shown).collect();
    shared.note_access(&caller, "tokens.list", &names, items.len()).await;
    Ok(Json(Tokens { items, next: None }))
}

pub(super) async fn make(
    caller: Caller,
    State(shared): State<Shared>,
    Whole(bytes): Whole,
) -> Result<(StatusCode, Json<Made>), Refusal> {
    let Wanted { label, scopes, tenant, expires } = body(&bytes)?;
    if matches!(caller.by, By::Token(_)) {
        // A token that makes tokens would outlive its own end.
        return Err(Refusal::Forbidden);
    }
    let _alone = shared.changing.lock().await;
    let before = shared.people.snapshot();
    let asked = Asked { label, scopes, tenant, expires: expires.0 };
    let asking = caller.clone();
    let made = shared.hashing(move |shared| {
        let own_tenant = asking.tenant.as_ref().map(model::TenantId::as_str);
        Ok(shared.people.make_token(&asking.name, asking.rights, own_tenant, asked)?)
    });
    let (secret, token) = made.await?;
    let scopes: Vec<&str> = token.scopes.iter().map(|right| right.as_str()).collect();
    let attributes = [("scopes", scopes.join(" ")), ("expires", time_text(token.expires))];
    let about = token.digest.name();
    shared.keep_token(before, &caller.name, "token.make", &about, attributes).await?;
    let made = Made { shown: shown(token), token: secret.into_exposed() };
    Ok((StatusCode::CREATED, Json(made)))
}

pub(super) async fn revoke(
    caller: Caller,
    State(shared): State<Shared>,
    Path(id): Path<String>,
    parameters: Parameters,
) -> Result<StatusCode, Refusal> {
    parameters.finish()?;
    let _alone = shared.changing.lock().await;
    let before = shared.people.snapshot();
    let any = caller.rights.has(Right::Admit) && caller.tenant.is_none();
    let owner = (!any).then(|| caller.name.to_string());
    let asked = id.clone();
    let taken = shared.hashing(move |shared| Ok(shared.people.revoke(&asked, owner.as_deref())?));
    taken.await?;
    shared.keep_token(before, &caller.name, "token.revoke", &id, []).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn shown(token: Token) -> Shown {
    Shown {
        id: token.digest.name(),
        label: token.label,
        owner: token.owner,
        scopes: token.scopes,
        tenant: token.tenant,
        created: Iso(token.created),
        expires: Iso(token.expires),
    }
}

fn time_text(time: Timestamp) -> String {
    Iso(time).to_string()
}
