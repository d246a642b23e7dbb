//! The gate before every route: who asks, whether they may, whether it is they who ask and not
//! another site's page, how often, and whether it was asked before.
//!
//! Which right a route needs stands in [`super::routes`].

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, Method};
use model::Timestamp;
use parking_lot::Mutex;

use super::caller::{By, Caller};
use super::reading::Shared;
use super::repeats;
use super::routes::{self, Access, Route};
use crate::access;
use crate::metrics::Counted;
use crate::refusal::Refusal;

/// The header that a page says with each write.
pub(super) const CSRF_HEADER: &str = "x-csrf-token";
/// Callers whose requests are counted.
const CALLERS: usize = 10_000;
/// As many requests at once as in so many seconds.
const BURST: f64 = 5.0;

/// Lets those through who may, and counts.
pub(super) async fn pass(State(shared): State<Shared>, request: Request, next: Next) -> Response {
    let metrics = &shared.metrics;
    metrics.request(Counted::Api);
    let caller = Caller::of(&request, &shared.tokens, &shared.people, shared.is_secure);
    if shared.people.has_sessions_to_keep() {
        let people = Arc::clone(&shared.people);
        tokio::task::spawn_blocking(move || people.keep_sessions());
    }
    let mut response = match admit(&shared, &caller, &request) {
        Ok(route) => go_on(&shared, route, caller, request, next).await,
        Err(refusal) => refusal.into_response(),
    };
    if !response.status().is_success() {
        metrics.refused(Counted::Api);
    }
    // What the record holds is nobody's to keep on the way.
    let caching = HeaderValue::from_static("no-store");
    response.headers_mut().entry(CACHE_CONTROL).or_insert(caching);
    response
}

/// The route, when the caller may use it.
fn admit(shared: &Shared, caller: &Caller, request: &Request) -> Result<&'static Route, Refusal> {
    let path = request.extensions().get::<MatchedPath>().ok_or(Refusal::NotFound)?;
    let method = if request.method() == Method::HEAD { &Method::GET } else { request.method() };
    // A route that is not in the table is none.
    let route = routes::find(method, path.as_str());
    let route = route.ok_or_else(|| Refusal::Method(routes::methods(path.as_str())))?;
    if !matches!(caller.by, By::Admin) {
        let (rate, now) = (shared.people.config().requests_per_second, shared.clock.now());
        shared.pace.take(&caller.key(), rate, now)?;
    }
    check_right(route, caller)?;
    if method != Method::GET {
        check_site(route, caller, request.headers())?;
    }
    Ok(route)
}

fn check_right(route: &Route, caller: &Caller) -> Result<(), Refusal> {
    match route.access {
        Access::Anybody => return Ok(()),
        _ if !caller.is_somebody() => return Err(Refusal::Unauthenticated),
        Access::Somebody => return Ok(()),
        Access::Session if matches!(caller.by, By::Session { .. }) => return Ok(()),
        Access::Session => return Err(Refusal::Forbidden),
        Access::Right(_) | Access::AllTenants(_) => {}
    }
    if matches!(caller.by, By::Session { must_enrol: true, .. }) {
        return Err(Refusal::MustEnrol);
    }
    let (right, is_whole) = match route.access {
        Access::AllTenants(right) => (right, caller.tenant.is_none()),
        Access::Right(right) => (right, true),
        _ => return Err(Refusal::Forbidden),
    };
    if caller.rights.has(right) && is_whole { Ok(()) } else { Err(Refusal::Forbidden) }
}

/// A browser sends a cookie whoever made it ask. `Sec-Fetch-Site` says who did, where the browser
/// does; the token in the header only our own page can know; and a form of another site cannot send
/// JSON.
fn check_site(route: &Route, caller: &Caller, headers: &HeaderMap) -> Result<(), Refusal> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let session = match &caller.by {
        By::Session { session, .. } => Some(session),
        By::Nothing if route.access == Access::Anybody => None,
        _ => return Ok(()),
    };
    if text("sec-fetch-site").is_some_and(|site| site != "same-origin" && site != "none") {
        return Err(Refusal::ForeignSite);
    }
    let csrf = text(CSRF_HEADER).unwrap_or_default();
    // Signing in anew needs none: a page that was left open has that of a session which ended.
    let is_own = route.access == Access::Anybody
        || session.is_none_or(|session| access::equal(csrf, session.csrf.expose()));
    if !is_own {
        return Err(Refusal::ForeignSite);
    }
    let media = text(CONTENT_TYPE.as_str()).unwrap_or_default();
    let media = media.split(';').next().unwrap_or_default().trim();
    if route.body.is_json() && !media.eq_ignore_ascii_case("application/json") {
        return Err(Refusal::MediaType);
    }
    Ok(())
}

async fn go_on(
    shared: &Shared,
    route: &'static Route,
    caller: Caller,
    mut request: Request<Body>,
    next: Next,
) -> Response {
    let key = request.headers().get(repeats::HEADER).cloned();
    let who = caller.key();
    let deletes = (route.method == Method::DELETE).then(|| request.uri().path().to_owned());
    request.extensions_mut().insert(caller);
    request.extensions_mut().insert(route);
    let response = match key.filter(|_| route.repeats) {
        Some(key) => {
            let answered = shared.repeats.once(&who, &key, shared.clock.now(), request, next);
            answered.await.unwrap_or_else(IntoResponse::into_response)
        }
        None => next.run(request).await,
    };
    if let Some(path) = deletes.filter(|_| response.status().is_success()) {
        shared.repeats.forget(&path);
    }
    response
}

/// How fast callers may ask: a bucket for each, which fills by the second.
#[derive(Default)]
pub(super) struct Pace(Mutex<HashMap<String, (f64, Timestamp)>>);

impl Pace {
    /// Takes one from the bucket of `caller`.
    fn take(&self, caller: &str, rate: u32, now: Timestamp) -> Result<(), Refusal> {
        let (rate, full) = (f64::from(rate), f64::from(rate) * BURST);
        let mut buckets = self.0.lock();
        if buckets.len() >= CALLERS {
            // Those that are full again need not be known.
            buckets.retain(|_, (left, last)| left_now(*left, *last, now, rate) < full);
        }
        let (left, last) = buckets.entry(caller.to_owned()).or_insert((full, now));
        *left = left_now(*left, *last, now, rate).min(full);
        *last = now;
        if *left < 1.0 {
            return Err(Refusal::TooFast(Duration::from_secs_f64((1.0 - *left) / rate.max(0.01))));
        }
        *left -= 1.0;
        Ok(())
    }
}

fn left_now(left: f64, last: Timestamp, now: Timestamp, rate: f64) -> f64 {
    left + now.since(last).as_secs_f64() * rate
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_caller_may_ask_often_and_then_at_a_pace() {
        let (pace, at) = (Pace::default(), Timestamp::from_millis);
        let many = (0..200).filter(|_| pace.take("a", 10, at(0)).is_ok()).count();
        assert_eq!(many, 50);
        assert!(pace.take("b", 10, at(0)).is_ok(), "another caller");
        let Err(Refusal::TooFast(wait)) = pace.take("a", 10, at(50)) else { panic!("too fast") };
        assert_eq!(wait.as_millis(), 50);
        assert!(pace.take("a", 10, at(100)).is_ok());
        assert!(pace.take("a", 10, at(100)).is_err());
    }
}
