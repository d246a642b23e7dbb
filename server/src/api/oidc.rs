//! `GET /api/v1/session/oidc`: off to the identity provider, and back; and
//! `GET /api/v1/session/methods`: how one can sign in here.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::{LOCATION, SET_COOKIE};
use http::{HeaderMap, HeaderValue, StatusCode};
use model::{EventOutcome, Kind, Sealed};
use schemars::JsonSchema;
use serde::Serialize;

use super::caller::{Caller, named};
use super::parameters::Parameters;
use super::reading::Shared;
use super::session::set_cookie;
use crate::people::{OidcError, Return};
use crate::refusal::Refusal;

/// What the browser keeps while it is away.
const STATE: &str = "plainsight-oidc";
/// Where one lands who could not be signed in.
const FAILED: &str = "/sign-in?failed=oidc";
/// Where one lands when the provider cannot be asked.
const UNREACHABLE: &str = "/sign-in?failed=provider";

/// How one can sign in.
#[derive(Serialize, JsonSchema)]
pub(super) struct Methods {
    /// With a name and a password.
    password: bool,
    /// At an identity provider.
    oidc: bool,
    /// Whether nobody has signed in yet: the link is on the server's screen.
    first: bool,
}

pub(super) async fn methods(
    State(shared): State<Shared>,
    parameters: Parameters,
) -> Result<Json<Methods>, Refusal> {
    parameters.finish()?;
    let (oidc, first) = (shared.people.oidc().is_some(), shared.people.is_first());
    Ok(Json(Methods { password: true, oidc, first }))
}

pub(super) async fn depart(
    State(shared): State<Shared>,
    parameters: Parameters,
) -> Result<Response, Refusal> {
    parameters.finish()?;
    let oidc = shared.people.oidc().ok_or(Refusal::NotFound)?;
    let departure = match oidc.depart(shared.clock.now()).await {
        Ok(departure) => departure,
        Err(error) => {
            tracing::warn!(%error, "could not send a browser to the identity provider");
            return Ok(see(landing(&error))?.into_response());
        }
    };
    let mut response = see(&departure.url)?.into_response();
    response.headers_mut().insert(SET_COOKIE, kept(&shared, departure.state.expose(), 600)?);
    Ok(response)
}

pub(super) async fn arrive(
    caller: Caller,
    State(shared): State<Shared>,
    mut parameters: Parameters,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let (code, state) = (parameters.text("code"), parameters.text("state"));
    let issuer = parameters.text("iss");
    let own = named(&headers, STATE).unwrap_or_default();
    let arrived = match (&code, &state) {
        (Some(code), Some(state)) => {
            come(&shared, &Return { code, state, issuer: issuer.as_deref(), kept: own }).await
        }
        _ => Err(OidcError::Denied),
    };
    let (name, cookie) = match arrived {
        Ok(Some(who)) => who,
        Ok(None) => return failed(&shared, &caller, FAILED).await,
        Err(error) => {
            tracing::warn!(%error, "nobody came back from the identity provider");
            return failed(&shared, &caller, landing(&error)).await;
        }
    };
    let done = EventOutcome::Success;
    shared.note_person(&caller, Kind::SignIn, "session.begin_oidc", &name, done).await;
    let mut response = see("/")?.into_response();
    let headers = response.headers_mut();
    headers.append(SET_COOKIE, set_cookie(&shared, cookie.expose(), 12 * 3600)?);
    headers.append(SET_COOKIE, kept(&shared, "", 0)?);
    shared.warm();
    Ok(response)
}

/// Takes back who comes; `None` when there is no place for them here.
async fn come(
    shared: &Shared,
    back: &Return<'_>,
) -> Result<Option<(String, Sealed<String>)>, OidcError> {
    let oidc = shared.people.oidc().ok_or(OidcError::State)?;
    let arrival = oidc.arrive(back, shared.clock.now()).await?;
    let _alone = shared.changing.lock().await;
    let before = shared.people.snapshot();
    let taken = shared.hashing(move |shared| Ok(shared.people.arrive(&arrival)?)).await;
    let Ok((name, cookie)) = taken else { return Ok(None) };
    let account = shared.people.account(&name);
    let role = account.map(|account| account.role.as_str().to_owned()).unwrap_or_default();
    let kept = shared.keep_change(before, &name, "person.arrive", Some(&name), [("role", role)]);
    Ok(kept.await.is_ok().then_some((name, cookie)))
}

/// Where one lands after such a failure.
const fn landing(error: &OidcError) -> &'static str {
    if matches!(error, OidcError::Fetch(_)) { UNREACHABLE } else { FAILED }
}

async fn failed(
    shared: &Shared,
    caller: &Caller,
    landing: &'static str,
) -> Result<Response, Refusal> {
    let outcome = EventOutcome::Failure;
    shared.note_person(caller, Kind::SignIn, "session.begin_oidc", "nobody", outcome).await;
    let mut response = see(landing)?.into_response();
    response.headers_mut().insert(SET_COOKIE, kept(shared, "", 0)?);
    Ok(response)
}

fn see(url: &str) -> Result<(StatusCode, [(http::HeaderName, HeaderValue); 1]), Refusal> {
    let url = HeaderValue::from_str(url).map_err(Refusal::internal)?;
    Ok((StatusCode::SEE_OTHER, [(LOCATION, url)]))
}

/// `Lax`, since the provider's page sends the browser back here.
fn kept(shared: &Shared, state: &str, seconds: u32) -> Result<HeaderValue, Refusal> {
    let secure = if shared.is_secure { "; Secure" } else { "" };
    let cookie = format!(
        "{STATE}={state}; HttpOnly; SameSite=Lax; Path=/api/v1/session/oidc; Max-Age={seconds}{secure}"
    );
    let mut cookie = HeaderValue::from_str(&cookie).map_err(Refusal::internal)?;
    cookie.set_sensitive(true);
    Ok(cookie)
}
