//! Signing in at an identity provider: a whole round with a small one of our own, and what is refused
//! of one that lies. (A real one is in tests/browser/oidc.test.js.)

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use aws_lc_rs::digest::{SHA256, digest};
use axum::extract::State;
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use rcgen::{KeyPair, PublicKeyData as _};
use serde_json::{Value, json};
use server::people::{Config, OidcConfig, Role};

use super::api_world::World;

const NONE: Value = Value::Null;

/// What the provider says.
struct Provider {
    url: String,
    key: KeyPair,
    /// Put over the claims that it would give.
    lies: Mutex<Value>,
    /// What came to its token endpoint.
    asked: Mutex<BTreeMap<String, String>>,
    nonce: Mutex<String>,
    /// What it tells of the person at its other endpoint and not in the ID token.
    told: Mutex<Value>,
    /// What the browser brings back beside code and state.
    sender: Mutex<String>,
}

impl Provider {
    async fn start() -> Arc<Self> {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let key = KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256).unwrap();
        let (lies, asked, nonce) = (Mutex::new(json!({})), Mutex::default(), Mutex::default());
        let told = Mutex::default();
        let provider =
            Arc::new(Self { url, key, lies, asked, nonce, told, sender: Mutex::default() });
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(discovery))
            .route("/keys", get(keys))
            .route("/token", post(token))
            .route("/userinfo", get(userinfo))
            .with_state(Arc::clone(&provider));
        tokio::spawn(async move { axum::serve(listener, router).await });
        provider
    }
}

async fn discovery(State(provider): State<Arc<Provider>>) -> Json<Value> {
    let url = &provider.url;
    Json(json!({"issuer": url, "authorization_endpoint": format!("{url}/auth"),
        "token_endpoint": format!("{url}/token"), "jwks_uri": format!("{url}/keys"),
        "userinfo_endpoint": format!("{url}/userinfo")}))
}

async fn userinfo(State(provider): State<Arc<Provider>>, headers: http::HeaderMap) -> Json<Value> {
    assert_eq!(headers["authorization"], "Bearer a-1");
    Json(provider.told.lock().unwrap().clone())
}

async fn keys(State(provider): State<Arc<Provider>>) -> Json<Value> {
    // An uncompressed point: 4, x, y.
    let point = provider.key.der_bytes();
    let (x, y) = (URL_SAFE_NO_PAD.encode(&point[1..33]), URL_SAFE_NO_PAD.encode(&point[33..65]));
    let key = json!({"kty": "EC", "crv": "P-256", "kid": "k", "use": "sig", "x": x, "y": y});
    Json(json!({"keys": [key]}))
}

async fn token(State(provider): State<Arc<Provider>>, asked: String) -> Json<Value> {
    let pairs = asked.split('&').filter_map(|pair| pair.split_once('='));
    let asked = pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    *provider.asked.lock().unwrap() = asked;
    let now = jiff::Timestamp::now().as_second();
    let mut claims = json!({"iss": provider.url, "aud": "plainsight", "sub": "subject-1",
        "exp": now + 60, "iat": now, "nonce": *provider.nonce.lock().unwrap(),
        "email": "Mara@example.org", "email_verified": true, "groups": ["security"]});
    let lies = provider.lies.lock().unwrap().clone();
    claims.as_object_mut().unwrap().extend(lies.as_object().unwrap().clone());
    if !provider.told.lock().unwrap().is_null() {
        claims
            .as_object_mut()
            .unwrap()
            .retain(|name, _| !["email", "email_verified", "groups"].contains(&&**name));
    }
    let header = Header { kid: Some("k".to_owned()), ..Header::new(Algorithm::ES256) };
    let key = EncodingKey::from_ec_der(&provider.key.serialize_der());
    let id_token = encode(&header, &claims, &key).unwrap();
    Json(json!({"id_token": id_token, "access_token": "a-1", "token_type": "Bearer"}))
}

fn settings(provider: &Provider) -> Config {
    let oidc = OidcConfig {
        issuer: provider.url.clone(),
        client_id: "plainsight".to_owned(),
        client_secret_file: None,
        url: "https://plainsight.example".to_owned(),
        ca_file: None,
        scopes: vec!["openid".to_owned()],
        name_claim: "email".to_owned(),
        role_claim: "groups".to_owned(),
        roles: [(Role::Analyst, vec!["security".to_owned()])].into(),
        tenant_claim: None,
    };
    Config { oidc: Some(oidc), ..Config::default() }
}

/// Goes to the provider and comes back: where one lands, and the session's cookie.
async fn round(world: &World, provider: &Provider) -> (String, Option<String>) {
    provider.asked.lock().unwrap().clear();
    let left = world.send("GET", "/api/v1/session/oidc", &[], "").await;
    assert_eq!(left.status, 303, "{}", left.text());
    let cookie = left.headers["set-cookie"].to_str().unwrap();
    assert!(cookie.contains("HttpOnly; SameSite=Lax; Path=/api/v1/session/oidc"), "{cookie}");
    let cookie = cookie.split(';').next().unwrap().to_owned();
    let query: BTreeMap<String, String> = left.headers["location"]
        .to_str()
        .unwrap()
        .split_once('?')
        .unwrap()
        .1
        .split('&')
        .map(|pair| pair.split_once('=').unwrap())
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    assert_eq!(query["code_challenge_method"], "S256");
    provider.nonce.lock().unwrap().clone_from(&query["nonce"]);
    let path = format!("/api/v1/session/oidc/callback?code=c-1&state={}&iss=x", query["state"]);
    let stranger = world.send("GET", &path, &[("cookie", "plainsight-oidc=other")], "").await;
    assert_eq!(stranger.headers["location"], "/sign-in?failed=oidc", "another browser");
    // That took the state away, as it must; so another round, without a stranger.
    let left = world.send("GET", "/api/v1/session/oidc", &[], "").await;
    let location = left.headers["location"].to_str().unwrap().to_owned();
    let value = |name: &str| {
        let (_, rest) = location.split_once(&format!("{name}=")).unwrap();
        rest.split('&').next().unwrap().to_owned()
    };
    *provider.nonce.lock().unwrap() = value("&nonce");
    let state = value("&state");
    drop(cookie);
    let sender = provider.sender.lock().unwrap().clone();
    let path = format!("/api/v1/session/oidc/callback?code=c-1&state={state}{sender}");
    let cookie = format!("plainsight-oidc={state}");
    let back = world.send("GET", &path, &[("cookie", &cookie)], "").await;
    let verifier = provider.asked.lock().unwrap().get("code_verifier").cloned();
    if let Some(verifier) = verifier {
        let challenge = URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.as_bytes()));
        assert_eq!(value("&code_challenge").replace("%2D", "-").replace("%5F", "_"), challenge);
    }
    let cookies = back.headers.get_all("set-cookie").iter();
    let session = cookies
        .filter_map(|cookie| {
            cookie.to_str().unwrap().split(';').next()?.strip_prefix("plainsight=")
        })
        .map(str::to_owned)
        .next();
    (back.headers["location"].to_str().unwrap().to_owned(), session)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_round_to_the_provider_signs_in_with_the_role_of_a_group() {
    let provider = Provider::start().await;
    let world = World::with(settings(&provider));
    let ways = world.send("GET", "/api/v1/session/methods", &[], "").await.json();
    assert_eq!(ways, json!({"password": true, "oidc": true, "first": false}));
    let (place, session) = round(&world, &provider).await;
    assert_eq!(place, "/");
    let cookie = format!("plainsight={}", session.unwrap());
    let me = world.send("GET", "/api/v1/session", &[("cookie", &cookie)], "").await.json();
    assert_eq!((&me["name"], &me["role"]), (&json!("mara@example.org"), &json!("analyst")));
    let people = world.admin("GET", "/api/v1/people", &NONE).await.json();
    assert_eq!(people["items"][0]["federated"], true);
    round(&world, &provider).await;
    let people = world.admin("GET", "/api/v1/people", &NONE).await.json();
    assert_eq!(people["items"].as_array().unwrap().len(), 1, "the same person");
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_id_token_lacks_is_asked_for() {
    let provider = Provider::start().await;
    let world = World::with(settings(&provider));
    let told = json!({"sub": "subject-1", "email": "mara@example.org", "groups": ["security"]});
    for (change, expected) in [
        (json!({}), "/"),
        (json!({"sub": "subject-2"}), "/sign-in?failed=oidc"),
        (json!({"groups": []}), "/sign-in?failed=oidc"),
        (json!({"email_verified": false}), "/sign-in?failed=oidc"),
        (json!({"nonce": "another"}), "/"),
    ] {
        let mut told = told.clone();
        told.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        *provider.told.lock().unwrap() = told;
        let (place, session) = round(&world, &provider).await;
        assert_eq!((&*place, session.is_some()), (expected, expected == "/"), "{change}");
    }
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_is_not_there_is_told_as_that() {
    let mut settings = settings(&*Provider::start().await);
    if let Some(oidc) = &mut settings.oidc {
        "http://127.0.0.1:9".clone_into(&mut oidc.issuer);
    }
    let world = World::with(settings);
    let left = world.send("GET", "/api/v1/session/oidc", &[], "").await;
    assert_eq!(left.headers["location"], "/sign-in?failed=provider");
    assert!(!left.headers.contains_key("set-cookie"));
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_lies_lets_nobody_in() {
    let provider = Provider::start().await;
    let world = World::with(settings(&provider));
    for lie in [
        json!({"nonce": "another"}),
        json!({"aud": "another"}),
        json!({"aud": ["plainsight", "another"], "azp": "another"}),
        json!({"iss": "https://id.example"}),
        json!({"exp": 1}),
        json!({"groups": ["everybody"]}),
        json!({"groups": null}),
        json!({"email": "../../etc"}),
        json!({"email_verified": false}),
    ] {
        *provider.lies.lock().unwrap() = lie.clone();
        let (place, session) = round(&world, &provider).await;
        assert_eq!((place.as_str(), session), ("/sign-in?failed=oidc", None), "{lie}");
    }
    let people = world.admin("GET", "/api/v1/people", &NONE).await.json();
    assert_eq!(people["items"], json!([]));
    *provider.lies.lock().unwrap() = json!({});
    "&iss=https%3A%2F%2Fid.example".clone_into(&mut provider.sender.lock().unwrap());
    let (place, session) = round(&world, &provider).await;
    assert_eq!((place.as_str(), session), ("/sign-in?failed=oidc", None), "sent by another");
    provider.sender.lock().unwrap().clear();
    world.join("mara@example.org", "viewer", None).await;
    let (place, session) = round(&world, &provider).await;
    assert_eq!((place.as_str(), session), ("/sign-in?failed=oidc", None), "a name of another");
    world.close().await;
}
