//! The page is served where it belongs, with the headers that keep it safe, and nowhere else.

use axum::Router;
use axum::body::{Body, Bytes};
use http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;

async fn ask(path: &str, headers: &[(&str, &str)]) -> (StatusCode, HeaderMap, Bytes) {
    let router: Router = server::console::router();
    let mut request = Request::get(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = router.oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    let (parts, body) = response.into_parts();
    (parts.status, parts.headers, body.collect().await.unwrap().to_bytes())
}

/// The address of the script that the page names.
async fn script() -> String {
    let (_, _, page) = ask("/", &[]).await;
    let page = String::from_utf8(page.to_vec()).unwrap();
    let from = page.find("/assets/").unwrap();
    page.get(from..).unwrap().split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn every_address_of_the_page_is_the_page() {
    let (_, _, index) = ask("/", &[]).await;
    for path in
        ["/records", "/records/17", "/alerts/al_0", "/users/a%2Fb", "/settings/people", "/welcome"]
    {
        let (status, headers, body) = ask(path, &[]).await;
        assert_eq!((status, &body), (StatusCode::OK, &index), "{path}");
        assert_eq!(headers["content-type"], "text/html; charset=utf-8");
        assert_eq!(headers["cache-control"], "no-cache");
    }
}

#[tokio::test]
async fn nothing_else_is() {
    for path in [
        "/api/v1/records",
        "/openai/v1/models",
        "/up/x/y",
        "/v1/traces",
        "/checkpoint",
        "/assets/",
        "/index.html",
        "/recordsx",
        "/../src/main.ts",
    ] {
        assert_eq!(ask(path, &[]).await.0, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn nothing_foreign_runs_in_it() {
    let (_, headers, page) = ask("/", &[]).await;
    let policy = headers["content-security-policy"].to_str().unwrap();
    assert!(policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self';"));
    assert!(!policy.contains("unsafe"));
    assert_eq!(headers["x-content-type-options"], "nosniff");
    assert_eq!(headers["x-frame-options"], "DENY");
    assert_eq!(headers["referrer-policy"], "no-referrer");
    let page = String::from_utf8(page.to_vec()).unwrap();
    assert!(!page.contains("<style") && !page.contains(" style=") && !page.contains("onload="));
    assert_eq!(
        page.matches("<script").count(),
        page.matches("<script type=\"module\" crossorigin src=\"/assets/").count()
    );
    assert!(!page.contains("http://") && !page.contains("https://"), "{page}");
}

#[tokio::test]
async fn files_are_compressed_and_kept() {
    let path = script().await;
    let (status, headers, plain) = ask(&path, &[]).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(headers["cache-control"], "public, max-age=31536000, immutable");
    assert!(!headers.contains_key("content-encoding"));
    let (_, headers, gzip) = ask(&path, &[("accept-encoding", "br, gzip")]).await;
    assert_eq!(headers["content-encoding"], "gzip");
    assert!(gzip.len() < plain.len() / 2 && gzip.len() < 250_000, "{} bytes", gzip.len());
    let (_, headers, _) = ask(&path, &[("accept-encoding", "gzip;q=0")]).await;
    assert!(!headers.contains_key("content-encoding"));
    let tag = headers["etag"].to_str().unwrap();
    let (status, _, body) = ask(&path, &[("if-none-match", tag)]).await;
    assert_eq!((status, body.len()), (StatusCode::NOT_MODIFIED, 0));
}
