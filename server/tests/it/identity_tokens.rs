//! Tokens: who is believed, who is not, and that no doubt ever lets one through.

use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256,
    RSA_PSS_SHA256, RsaKeyPair,
};
use aws_lc_rs::{hmac, rsa};
use axum::body::Body;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{HeaderMap, HeaderValue, Response};
use model::{IdentifiedBy, ManualClock, Timestamp};
use serde_json::{Value, json};
use server::identity::{Algorithm, Config, Identified, JwtConfig, RequestFields, Resolver};

use crate::proxy_world::upstream;

const NOW: i64 = 1_800_000_000;

/// One key of each kind, as the identity provider holds them.
struct Keys {
    rsa: RsaKeyPair,
    ec: EcdsaKeyPair,
    ed: Ed25519KeyPair,
}

fn b64(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

impl Keys {
    fn new() -> Self {
        let random = SystemRandom::new();
        let ec = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
        let ed = Ed25519KeyPair::generate_pkcs8(&random).unwrap();
        Self {
            rsa: rsa::KeyPair::generate(KeySize::Rsa2048).unwrap(),
            ec: EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, ec.as_ref()).unwrap(),
            ed: Ed25519KeyPair::from_pkcs8(ed.as_ref()).unwrap(),
        }
    }

    fn jwks(&self) -> Value {
        let rsa = self.rsa.public_key();
        let point = self.ec.public_key().as_ref();
        json!({"keys": [
            {"kty": "RSA", "kid": "rsa", "use": "sig",
             "n": b64(rsa.modulus().big_endian_without_leading_zero()),
             "e": b64(rsa.exponent().big_endian_without_leading_zero())},
            {"kty": "EC", "crv": "P-256", "kid": "ec", "x": b64(&point[1..33]), "y": b64(&point[33..])},
            {"kty": "OKP", "crv": "Ed25519", "kid": "ed", "x": b64(self.ed.public_key())},
        ]})
    }

    fn sign(&self, header: &Value, claims: &Value) -> String {
        let message = format!("{}.{}", b64(header.to_string()), b64(claims.to_string()));
        let random = SystemRandom::new();
        let bytes = message.as_bytes();
        let mut rsa = vec![0; self.rsa.public_modulus_len()];
        let signature = match header["alg"].as_str().unwrap() {
            "RS256" => {
                self.rsa.sign(&RSA_PKCS1_SHA256, &random, bytes, &mut rsa).unwrap();
                rsa
            }
            "PS256" => {
                self.rsa.sign(&RSA_PSS_SHA256, &random, bytes, &mut rsa).unwrap();
                rsa
            }
            "ES256" => self.ec.sign(&random, bytes).unwrap().as_ref().to_vec(),
            "EdDSA" => self.ed.sign(bytes).as_ref().to_vec(),
            // The old attack: the public key as the secret of a symmetric signature.
            "HS256" => {
                let public = self.rsa.public_key().as_der().unwrap();
                hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, public.as_ref()), bytes)
                    .as_ref()
                    .to_vec()
            }
            _ => Vec::new(),
        };
        format!("{message}.{}", b64(signature))
    }
}

fn header(alg: &str, kid: &str) -> Value {
    json!({"alg": alg, "kid": kid, "typ": "JWT"})
}

fn claims() -> Value {
    json!({
        "sub": "user-42", "iss": "https://id.example", "aud": ["llm", "other"],
        "exp": NOW + 600, "nbf": NOW - 600, "sid": "session-9", "org": "tenant-a",
        "realm": {"roles": ["admin", "auditor"]},
    })
}

fn with(name: &str, value: Value) -> Value {
    let mut claims = claims();
    claims[name] = value;
    claims
}

fn without(name: &str) -> Value {
    let mut claims = claims();
    claims.as_object_mut().unwrap().remove(name);
    claims
}

fn jwt() -> JwtConfig {
    serde_json::from_value(json!({
        "issuer": ["https://id.example"], "audience": ["llm"],
        "session_claim": "sid", "tenant_claim": "org", "roles_claim": "realm.roles",
    }))
    .unwrap()
}

fn file(content: &[u8]) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(content).unwrap();
    file
}

async fn resolver(jwt: JwtConfig) -> Resolver {
    let clock = Arc::new(ManualClock::new(Timestamp::from_secs(NOW)));
    let config = Config { jwt: Some(jwt), ..Config::default() };
    Resolver::open(config, clock).await.unwrap()
}

async fn with_file(keys: &Keys) -> (Resolver, tempfile::NamedTempFile) {
    let jwks = file(keys.jwks().to_string().as_bytes());
    let jwt = JwtConfig { jwks_file: Some(jwks.path().to_owned()), ..jwt() };
    (resolver(jwt).await, jwks)
}

async fn bearer(resolver: &Resolver, token: &str) -> Identified {
    let mut headers = HeaderMap::new();
    let value = HeaderValue::from_str(&format!("Bearer {token}")).unwrap();
    headers.insert("authorization", value);
    headers.insert("x-user-id", HeaderValue::from_static("user-by-header"));
    let fields = RequestFields { user: Some("user-by-request"), session: None };
    resolver.resolve(&headers, "192.0.2.1".parse().unwrap(), fields).await
}

/// Asserts that the token is refused for `reason`, and that nobody takes its word.
async fn refused(resolver: &Resolver, token: &str, reason: &str) {
    let identified = bearer(resolver, token).await;
    assert_eq!(identified.attributes["identity.token"], format!("invalid: {reason}"));
    assert_eq!(identified.actor.identified_by, IdentifiedBy::Header);
    assert_eq!(identified.actor.user.as_deref(), Some("user-by-header"));
    assert_eq!(identified.tenant.as_str(), "default");
    assert!(identified.actor.roles.is_empty());
    let attributes = serde_json::to_string(&identified.attributes).unwrap();
    assert!(!attributes.contains("eyJ"), "the token is in {attributes}");
}

#[tokio::test]
async fn every_algorithm_is_believed_with_its_key() {
    let keys = Keys::new();
    let (resolver, _file) = with_file(&keys).await;
    for (alg, kid) in [("RS256", "rsa"), ("PS256", "rsa"), ("ES256", "ec"), ("EdDSA", "ed")] {
        let identified = bearer(&resolver, &keys.sign(&header(alg, kid), &claims())).await;
        assert_eq!(identified.attributes["identity.token"], "verified", "{alg}");
        let actor = identified.actor;
        assert_eq!(
            (actor.identified_by, actor.user.as_deref()),
            (IdentifiedBy::Token, Some("user-42"))
        );
        assert_eq!(actor.session.as_deref(), Some("session-9"));
        assert_eq!(actor.roles, ["admin", "auditor"]);
        assert_eq!(actor.api_key, None, "an identity is no provider key");
        assert_eq!(identified.tenant.as_str(), "tenant-a");
    }
    let unnamed = keys.sign(&json!({"alg": "ES256"}), &claims());
    assert_eq!(bearer(&resolver, &unnamed).await.actor.identified_by, IdentifiedBy::Token);
}

#[tokio::test]
async fn the_matrix_of_refusals() {
    let keys = Keys::new();
    let (resolver, _file) = with_file(&keys).await;
    let es = || header("ES256", "ec");
    let signed = |claims: Value| keys.sign(&es(), &claims);
    for (token, reason) in [
        (signed(with("exp", json!(NOW - 61))), "expired"),
        (signed(with("exp", json!("soon"))), "without expiry"),
        (signed(without("exp")), "without expiry"),
        (signed(with("nbf", json!(NOW + 61))), "not yet valid"),
        (signed(with("iss", json!("https://evil.example"))), "wrong issuer"),
        (signed(without("iss")), "wrong issuer"),
        (signed(with("aud", json!("other"))), "wrong audience"),
        (signed(without("aud")), "wrong audience"),
        (signed(without("sub")), "without user claim"),
        (signed(with("sub", json!(""))), "without user claim"),
        (keys.sign(&header("ES256", "nobody"), &claims()), "unknown key"),
        (keys.sign(&header("ES256", "rsa"), &claims()), "unknown key"),
        (keys.sign(&header("HS256", "rsa"), &claims()), "algorithm not accepted"),
        (keys.sign(&header("none", "ec"), &claims()), "algorithm not accepted"),
        (keys.sign(&header("ES257", "ec"), &claims()), "algorithm not accepted"),
        (Keys::new().sign(&es(), &claims()), "signature does not match"),
    ] {
        refused(&resolver, &token, reason).await;
    }
    // Clocks may be a minute apart.
    let late = signed(with("exp", json!(NOW - 59)));
    assert_eq!(bearer(&resolver, &late).await.actor.identified_by, IdentifiedBy::Token);
}

#[tokio::test]
async fn not_one_changed_character_passes() {
    let keys = Keys::new();
    let (resolver, _file) = with_file(&keys).await;
    let token = keys.sign(&header("EdDSA", "ed"), &claims());
    let signature = token.rfind('.').unwrap();
    for at in (0..signature).step_by(7) {
        let mut changed = token.clone().into_bytes();
        changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
        let identified = bearer(&resolver, std::str::from_utf8(&changed).unwrap()).await;
        assert_ne!(identified.actor.identified_by, IdentifiedBy::Token, "character {at}");
    }
}

#[tokio::test]
async fn an_algorithm_that_is_not_configured_is_refused() {
    let keys = Keys::new();
    let jwks = file(keys.jwks().to_string().as_bytes());
    let jwks_file = Some(jwks.path().to_owned());
    let jwt =
        JwtConfig { jwks_file, algorithms: vec![Algorithm::EdDSA, Algorithm::HS256], ..jwt() };
    let resolver = resolver(jwt).await;
    let token = keys.sign(&header("RS256", "rsa"), &claims());
    refused(&resolver, &token, "algorithm not accepted").await;
    let forged = keys.sign(&header("HS256", "rsa"), &claims());
    refused(&resolver, &forged, "algorithm not accepted").await;
}

#[tokio::test]
async fn a_shared_secret_only_from_its_file() {
    let secret = b"0123456789abcdef0123456789abcdef";
    let file = file(secret);
    let resolver = resolver(JwtConfig { secret_file: Some(file.path().to_owned()), ..jwt() }).await;
    let message =
        format!("{}.{}", b64(header("HS256", "s").to_string()), b64(claims().to_string()));
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), message.as_bytes());
    let token = format!("{message}.{}", b64(tag));
    assert_eq!(bearer(&resolver, &token).await.actor.identified_by, IdentifiedBy::Token);
    let rsa = Keys::new().sign(&header("RS256", "s"), &claims());
    refused(&resolver, &rsa, "algorithm not accepted").await;
}

#[tokio::test]
async fn contradicting_settings_are_refused() {
    let clock = || Arc::new(ManualClock::default());
    let short = file(b"short");
    for jwt in [
        jwt(),
        JwtConfig {
            jwks_url: Some("https://a.example".into()),
            secret_file: Some("x".into()),
            ..jwt()
        },
        JwtConfig { jwks_url: Some("http://a.example/jwks".into()), ..jwt() },
        JwtConfig { jwks_file: Some("/nowhere/jwks.json".into()), ..jwt() },
        JwtConfig { jwks_file: Some(short.path().to_owned()), ..jwt() },
        JwtConfig { secret_file: Some(short.path().to_owned()), ..jwt() },
    ] {
        let config = Config { jwt: Some(jwt), ..Config::default() };
        assert!(Resolver::open(config, clock()).await.is_err());
    }
}

#[tokio::test]
async fn a_rotated_key_is_fetched_once() {
    let keys = Arc::new((Keys::new(), Keys::new()));
    let fetches = Arc::new(AtomicUsize::new(0));
    let (served, counted) = (Arc::clone(&keys), Arc::clone(&fetches));
    let url = upstream(move |_| {
        // The second key set has the new key.
        let fetch = counted.fetch_add(1, Ordering::SeqCst);
        let set = if fetch == 0 { served.0.jwks() } else { renamed(&served.1.jwks()) };
        Box::pin(async move { Response::new(Body::from(set.to_string())) })
    })
    .await;
    let resolver = resolver(JwtConfig { jwks_url: Some(format!("{url}/jwks")), ..jwt() }).await;
    // The first token may come before the first fetch is through, and waits for one.
    let old = keys.0.sign(&header("ES256", "ec"), &claims());
    while fetches.load(Ordering::SeqCst) == 0 {
        tokio::task::yield_now().await;
    }
    let mut identified = bearer(&resolver, &old).await;
    for _ in 0..100 {
        if identified.actor.identified_by == IdentifiedBy::Token {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        identified = bearer(&resolver, &old).await;
    }
    let new = keys.1.sign(&header("ES256", "new-ec"), &claims());
    let identified = bearer(&resolver, &new).await;
    assert_eq!(identified.attributes["identity.token"], "verified");
    let before = fetches.load(Ordering::SeqCst);
    for _ in 0..20 {
        let unknown = keys.1.sign(&header("ES256", "nobody"), &claims());
        refused(&resolver, &unknown, "unknown key").await;
    }
    assert_eq!(fetches.load(Ordering::SeqCst), before, "unknown keys flood the provider");
}

fn renamed(jwks: &Value) -> Value {
    let mut jwks = jwks.clone();
    for key in jwks["keys"].as_array_mut().unwrap() {
        key["kid"] = json!(format!("new-{}", key["kid"].as_str().unwrap()));
    }
    jwks
}

#[tokio::test]
async fn a_provider_key_is_not_taken_for_a_token() {
    let keys = Keys::new();
    let (resolver, _file) = with_file(&keys).await;
    let identified = bearer(&resolver, "sk-proj-abc").await;
    assert!(identified.attributes.is_empty());
    assert_eq!(identified.actor.api_key.as_deref(), Some("sk-proj-abc"));
    // A token that is not an identity may be the provider's key.
    let foreign = Keys::new().sign(&header("ES256", "ec"), &claims());
    assert_eq!(bearer(&resolver, &foreign).await.actor.api_key, Some(foreign));
}

#[tokio::test]
async fn a_tenant_is_a_short_name() {
    let keys = Keys::new();
    let (resolver, _file) = with_file(&keys).await;
    for name in ["../etc", "a b", "", &"x".repeat(65)] {
        let token = keys.sign(&header("EdDSA", "ed"), &with("org", json!(name)));
        let identified = bearer(&resolver, &token).await;
        assert_eq!(identified.tenant.as_str(), "default", "{name:?}");
    }
}
