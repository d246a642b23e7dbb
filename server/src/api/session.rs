//! `/api/v1/session`: signing in and out, and what people change of their own account.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::SET_COOKIE;
use http::{HeaderValue, StatusCode};
use model::{EventOutcome, Kind, Sealed};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::caller::{By, Caller, cookie_name};
use super::parameters::{Parameters, body};
use super::reading::Shared;
use super::whole::Whole;
use crate::people::{Account, Digest, PeopleError, Right, Session};
use crate::refusal::Refusal;

/// Who is signed in.
#[derive(Serialize, JsonSchema)]
pub(super) struct Me {
    name: String,
    /// `viewer`, `analyst`, `investigator`, `administrator` or `auditor`; null for a token.
    role: Option<crate::people::Role>,
    /// What may be done.
    rights: Vec<Right>,
    /// Sees this tenant only.
    tenant: Option<String>,
    /// What each write says in `x-csrf-token`; null for a token, which needs none.
    csrf: Option<String>,
    /// Whether a second factor has to be enrolled before anything else.
    must_enrol: bool,
    /// Whether a second factor is enrolled.
    second_factor: bool,
}

/// Name and password.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SignIn {
    #[schemars(length(min = 1, max = 64))]
    name: String,
    #[schemars(length(min = 1, max = 256))]
    password: String,
    /// The code of the second factor, where there is one.
    #[schemars(length(max = 16))]
    code: Option<String>,
}

/// A link's secret, and the password that is to be set.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Welcome {
    /// The link's part after `#`.
    #[schemars(length(min = 1, max = 128))]
    token: String,
    /// The name of the first administrator; of an invitation it may be left out.
    #[schemars(length(max = 64))]
    name: Option<String>,
    #[schemars(length(min = 12, max = 256))]
    password: String,
}

/// The present password, and the one that is to be.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewPassword {
    #[schemars(length(min = 1, max = 256))]
    old: String,
    #[schemars(length(min = 12, max = 256))]
    new: String,
}

/// The present password.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Password {
    #[schemars(length(min = 1, max = 256))]
    password: String,
}

/// A code of the second factor.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Code {
    #[schemars(length(min = 6, max = 16))]
    code: String,
}

/// A second factor that is yet to be confirmed.
#[derive(Serialize, JsonSchema)]
pub(super) struct Enrolment {
    /// In base 32, to be typed.
    secret: String,
    /// `otpauth://…`, to be shown as a picture.
    uri: String,
}

pub(super) async fn show(caller: Caller, State(shared): State<Shared>) -> Json<Me> {
    if matches!(caller.by, By::Session { .. }) {
        // A page that begins, maybe in a session that is older than this process.
        shared.warm();
    }
    Json(me(&shared, &caller))
}

pub(super) async fn begin(
    caller: Caller,
    State(shared): State<Shared>,
    Whole(bytes): Whole,
) -> Result<Response, Refusal> {
    let SignIn { name, password, code } = body(&bytes)?;
    let (password, address) = (Sealed::new(password), caller.address);
    let asked = name.clone();
    let tried = shared.hashing(move |shared| {
        Ok(shared.people.sign_in(&asked, &password, code.as_deref(), address))
    });
    let tried = tried.await?;
    let outcome = if tried.is_ok() { EventOutcome::Success } else { EventOutcome::Failure };
    if !matches!(tried, Err(PeopleError::Wait(_) | PeopleError::SecondFactor)) {
        // A name that is none may be a password in the wrong field.
        let who = if shared.people.account(&name).is_some() { name.as_str() } else { "nobody" };
        shared.note_person(&caller, Kind::SignIn, "session.begin", who, outcome).await;
    }
    let answer = signed_in(&shared, &caller, &tried?)?;
    shared.warm();
    Ok(answer)
}

pub(super) async fn first(
    caller: Caller,
    State(shared): State<Shared>,
    Whole(bytes): Whole,
) -> Result<Response, Refusal> {
    let Welcome { token, name, password } = body(&bytes)?;
    let (token, password) = (Sealed::new(token), Sealed::new(password));
    let address = caller.address;
    let _alone = shared.changing.lock().await;
    let before = shared.people.snapshot();
    let taken = shared.hashing(move |shared| {
        Ok(shared.people.welcome(&token, name.as_deref(), &password, address)?)
    });
    let (name, cookie) = taken.await?;
    shared.keep_change(before, &name, "person.welcome", Some(&name), []).await?;
    signed_in(&shared, &caller, &cookie)
}

pub(super) async fn end(
    caller: Caller,
    State(shared): State<Shared>,
    parameters: Parameters,
) -> Result<Response, Refusal> {
    parameters.finish()?;
    let (digest, _) = own(&caller)?;
    shared.hashing(move |shared| Ok(shared.people.sign_out(digest)?)).await?;
    let done = EventOutcome::Success;
    shared.note_person(&caller, Kind::SignIn, "session.end", &caller.name, done).await;
    let gone = set_cookie(&shared, "", 0)?;
    Ok((StatusCode::NO_CONTENT, [(SET_COOKIE, gone)]).into_response())
}

pub(super) async fn set_password(
    caller: Caller,
    State(shared): State<Shared>,
    Whole(bytes): Whole,
) -> Result<StatusCode, Refusal> {
    let NewPassword { old, new } = body(&bytes)?;
    let (digest, _) = own(&caller)?;
    let _alone = shared.changing.lock().await;
    let before = shared.people.snapshot();
    let (name, address) = (caller.name.clone(), caller.address);
    let (old, new) = (Sealed::new(old), Sealed::new(new));
    let changed = shared.hashing(move |shared| {
        Ok(shared.people.set_password(digest, &name, &old, &new, address)?)
    });
    changed.await?;
    shared.keep_change(before, &caller.name, "password.change", Some(&caller.name), []).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn enrol(
    caller: Caller,
    State(shared): State<Shared>,
    Whole(bytes): Whole,
) -> Result<Json<Enrolment>, Refusal> {
    let Password { password } = body(&bytes)?;
    let (digest, _) = own(&caller)?;
    let (name, address, password) = (caller.name, caller.address, Sealed::new(password));
    let begun =
        shared.hashing(move |shared| Ok(shared.people.enrol(digest, &name, &password, address)?));
    let (secret, uri) = begun.await?;
    Ok(Json(Enrolment { secret: secret.into_exposed(), uri: uri.into_exposed() }))
}

pub(super) async fn confirm(
    caller: Caller,
    State(shared): State<Shared>,
    Whole(bytes): Whole,
) -> Result<StatusCode, Refusal> {
    let Code { code } = body(&bytes)?;
    let (digest, session) = own(&caller)?;
    let _alone = shared.changing.lock().await;
    let before = shared.people.snapshot();
    shared.people.confirm_enrolment(digest, &session, &code)?;
    shared.keep_change(before, &caller.name, "second_factor.enrol", Some(&caller.name), []).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The session that asks.
fn own(caller: &Caller) -> Result<(Digest, Session), Refusal> {
    match &caller.by {
        By::Session { digest, session, .. } => Ok((*digest, session.clone())),
        _ => Err(Refusal::Forbidden),
    }
}

fn me(shared: &Shared, caller: &Caller) -> Me {
    let (csrf, must_enrol) = match &caller.by {
        By::Session { session, must_enrol, .. } => {
            (Some(session.csrf.expose().clone()), *must_enrol)
        }
        _ => (None, false),
    };
    let account = csrf.as_ref().and_then(|_| shared.people.account(&caller.name));
    let rights = Right::ALL.into_iter().filter(|right| caller.rights.has(*right));
    Me {
        name: caller.name.to_string(),
        role: account.as_ref().map(|account| account.role),
        rights: rights.collect(),
        tenant: caller.tenant.as_ref().map(|tenant| tenant.0.clone()),
        csrf,
        must_enrol,
        second_factor: account.is_some_and(|account| account.second_factor.is_some()),
    }
}

/// The answer to one who got in: the cookie, and who they are.
pub(super) fn signed_in(
    shared: &Shared,
    caller: &Caller,
    cookie: &Sealed<String>,
) -> Result<Response, Refusal> {
    let opened = shared.people.session(cookie.expose()).ok_or(Refusal::Unauthenticated)?;
    let (digest, session, account) = opened;
    let caller = of_session(shared, caller, digest, session, account);
    let cookie = set_cookie(shared, cookie.expose(), LONGEST)?;
    let me: Value = json!({"me": me(shared, &caller)});
    Ok(([(SET_COOKIE, cookie)], Json(me)).into_response())
}

fn of_session(
    shared: &Shared,
    caller: &Caller,
    digest: Digest,
    session: Session,
    account: Account,
) -> Caller {
    let must_enrol = shared.people.must_enrol(&account);
    Caller {
        name: account.name.into(),
        rights: account.role.rights(),
        tenant: account.tenant.map(model::TenantId),
        by: By::Session { digest, session, must_enrol },
        address: caller.address,
    }
}

/// Seconds that a browser keeps the cookie: as long as the longest session.
const LONGEST: u32 = 12 * 3600;

/// Scripts cannot read it, and no other site can have it sent (RFC 6265bis).
pub(super) fn set_cookie(
    shared: &Shared,
    value: &str,
    seconds: u32,
) -> Result<HeaderValue, Refusal> {
    let name = cookie_name(shared.is_secure);
    let secure = if shared.is_secure { "; Secure" } else { "" };
    let cookie =
        format!("{name}={value}; HttpOnly; SameSite=Strict; Path=/; Max-Age={seconds}{secure}");
    let mut cookie = HeaderValue::from_str(&cookie).map_err(Refusal::internal)?;
    cookie.set_sensitive(true);
    Ok(cookie)
}

/// Only for the table of routes: what signing in answers.
#[derive(Serialize, JsonSchema)]
pub(super) struct SignedIn {
    me: Me,
}
