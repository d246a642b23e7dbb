//! The page (`console/`), as `build.rs` embedded it: its files, and `index.html` for every address
//! that the page itself reads.
//!
//! Every other path keeps its meaning: nothing here is a fallback. Knows nobody and holds no data;
//! what is shown comes from the API.

use axum::Router;
use axum::http::HeaderMap;
use axum::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG,
    HeaderName, HeaderValue, IF_NONE_MATCH, REFERRER_POLICY, VARY, X_CONTENT_TYPE_OPTIONS,
    X_FRAME_OPTIONS,
};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::StatusCode;

/// A file of the page.
struct Asset {
    path: &'static str,
    kind: &'static str,
    /// Its entity tag, in quotes.
    tag: &'static str,
    plain: &'static [u8],
    gzip: &'static [u8],
}

static ASSETS: &[Asset] = include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// Addresses that `index.html` reads (`console/src/lib/path.ts`), each with what is below it.
const PAGES: [&str; 13] = [
    "records",
    "traces",
    "sessions",
    "alerts",
    "users",
    "agents",
    "models",
    "tools",
    "rules",
    "integrity",
    "settings",
    "sign-in",
    "welcome",
];

/// Scripts and styles of our own files only, no request to anybody else, in nobody's frame.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
                      img-src 'self' data:; connect-src 'self'; font-src 'self'; \
                      base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// Serves the page.
pub fn router() -> Router {
    let page = || get(|headers: HeaderMap| async move { serve("/index.html", &headers) });
    let mut router = Router::new().route("/", page());
    for name in PAGES {
        router = router.route(&format!("/{name}"), page());
        router = router.route(&format!("/{name}/{{*rest}}"), page());
    }
    for asset in ASSETS.iter().filter(|asset| asset.path != "/index.html") {
        let file = get(move |headers: HeaderMap| async move { serve(asset.path, &headers) });
        router = router.route(asset.path, file);
    }
    router
}

fn serve(path: &str, headers: &HeaderMap) -> Response {
    let Some(asset) = ASSETS.iter().find(|asset| asset.path == path) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let known = headers.get(IF_NONE_MATCH).and_then(|tags| tags.to_str().ok());
    let mut response = if known.is_some_and(|tags| tags.contains(asset.tag)) {
        StatusCode::NOT_MODIFIED.into_response()
    } else if takes_gzip(headers) {
        ([(CONTENT_ENCODING, "gzip")], asset.gzip).into_response()
    } else {
        asset.plain.into_response()
    };
    for (name, value) in describe(asset) {
        response.headers_mut().insert(name, value);
    }
    response
}

fn takes_gzip(headers: &HeaderMap) -> bool {
    let codings = headers.get_all(ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    codings.flat_map(|value| value.split(',')).any(|coding| {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, ""));
        name.trim().eq_ignore_ascii_case("gzip") && weight.replace(' ', "") != "q=0"
    })
}

fn describe(asset: &Asset) -> [(HeaderName, HeaderValue); 9] {
    // The names of these have a hash of their content.
    let caching = if asset.path.starts_with("/assets/") {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    [
        (CONTENT_TYPE, asset.kind),
        (ETAG, asset.tag),
        (CACHE_CONTROL, caching),
        (VARY, "accept-encoding"),
        (CONTENT_SECURITY_POLICY, POLICY),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (X_FRAME_OPTIONS, "DENY"),
        (REFERRER_POLICY, "no-referrer"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    ]
    .map(|(name, value)| (name, HeaderValue::from_static(value)))
}
