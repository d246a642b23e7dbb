//! People: the first sign-in, invitations, sessions and their protection, second factors, tokens,
//! roles and tenants.

use std::sync::Arc;

use model::{ManualClock, Timestamp};
use serde_json::{Value, json};
use server::people::{Config, Role};

use super::api_world::{Browser, PASSWORD, World};

const NONE: Value = Value::Null;

#[tokio::test(flavor = "multi_thread")]
async fn the_first_link_makes_an_administrator_once() {
    let world = World::new();
    let secret = world.first_secret().unwrap();
    let path = "/api/v1/session/first";
    let wrong = json!({"token": "0".repeat(64), "name": "mara", "password": PASSWORD});
    assert_eq!(world.nobody("POST", path, &wrong).await.status, 403);
    let weak = json!({"token": secret, "name": "mara", "password": "mara mara mara"});
    assert_eq!(world.nobody("POST", path, &weak).await.status, 400, "the name is in it");
    let body = json!({"token": secret, "name": "mara", "password": PASSWORD});
    let answer = world.nobody("POST", path, &body).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let mara = Browser::of(&answer);
    let me = world.browse(&mara, "GET", "/api/v1/session", &NONE).await.json();
    assert_eq!((&me["name"], &me["role"]), (&json!("mara"), &json!("administrator")));
    assert_eq!(world.nobody("POST", path, &body).await.status, 403, "once");
    assert!(world.first_secret().is_none(), "there is an administrator");

    let people = world.browse(&mara, "GET", "/api/v1/people", &NONE).await;
    assert_eq!(people.json()["items"][0]["state"], "active");
    let log = world.admin("GET", "/api/v1/log?last=100", &NONE).await.text();
    assert!(log.contains("person.welcome") && !log.contains(PASSWORD) && !log.contains(&secret));
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_wrong_learns_nothing_and_has_to_wait() {
    let world = World::new();
    world.join("tomas", "analyst", None).await;
    let sign_in = async |name: &str, password: &str| {
        let body = json!({"name": name, "password": password});
        world.nobody("POST", "/api/v1/session", &body).await
    };
    assert_eq!(sign_in("tomas", PASSWORD).await.status, 200);
    let unknown = sign_in("nobody-here", PASSWORD).await;
    let wrong = sign_in("tomas", "another long sentence").await;
    assert_eq!(unknown.status, 401);
    assert_eq!((unknown.status, &unknown.body), (wrong.status, &wrong.body));
    assert_eq!(wrong.headers["content-type"], "application/problem+json");
    for _ in 0..4 {
        assert_eq!(sign_in("tomas", "another long sentence").await.status, 401);
    }
    let waits = sign_in("tomas", PASSWORD).await;
    assert_eq!(waits.status, 429, "the right one, too");
    assert!(waits.headers.contains_key("retry-after"));
    let log = world.admin("GET", "/api/v1/log?last=100", &NONE).await.text();
    assert!(log.contains("session.begin") && log.contains("\"outcome\":\"failure\""));
    assert!(!log.contains("nobody-here"), "it may be a password");
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_outlive_a_restart_until_they_end_or_are_revoked() {
    let clock = Arc::new(ManualClock::new(Timestamp::from_secs(1_800_000_000)));
    let world = World::at(Arc::<ManualClock>::clone(&clock));
    let mara = world.join("mara", "analyst", None).await;
    let body = json!({"name": "mara", "password": PASSWORD});
    let elsewhere = Browser::of(&world.nobody("POST", "/api/v1/session", &body).await);
    let gone = world.join("tomas", "analyst", None).await;
    let demoted = world.join("otto", "analyst", None).await;
    let disabled = world.join("vera", "analyst", None).await;
    let signed_out = world.join("iris", "analyst", None).await;

    let world = world.restart().await;
    for browser in [&mara, &elsewhere, &gone, &demoted, &disabled, &signed_out] {
        assert_eq!(world.browse(browser, "GET", "/api/v1/session", &NONE).await.status, 200);
    }
    // What each page says with a write is right still.
    let another = json!({"old": PASSWORD, "new": "another long enough sentence"});
    let changed = world.browse(&mara, "PUT", "/api/v1/session/password", &another).await;
    assert_eq!(changed.status, 204, "{}", changed.text());
    assert_eq!(world.browse(&signed_out, "DELETE", "/api/v1/session", &NONE).await.status, 204);
    assert_eq!(world.admin("DELETE", "/api/v1/people/tomas", &NONE).await.status, 204);
    for (name, change) in [
        ("otto", json!({"role": "viewer"})),
        ("vera", json!({"disabled": true})),
        ("vera", json!({"disabled": false})),
    ] {
        let path = format!("/api/v1/people/{name}");
        assert_eq!(world.admin("PATCH", &path, &change).await.status, 200, "{name}");
    }

    let world = world.restart().await;
    world.join("tomas", "analyst", None).await;
    let status = async |world: &World, browser: &Browser| {
        world.browse(browser, "GET", "/api/v1/session", &NONE).await.status.as_u16()
    };
    assert_eq!(status(&world, &mara).await, 200, "who changed the password stays");
    for (browser, why) in [
        (&elsewhere, "the password was changed"),
        (&gone, "the account is gone, and another of its name is no heir"),
        (&demoted, "another role"),
        (&disabled, "disabled for a while"),
        (&signed_out, "signed out"),
    ] {
        assert_eq!(status(&world, browser).await, 401, "{why}");
    }

    clock.set(Timestamp::from_secs(1_800_000_000 + 29 * 60));
    let world = world.restart().await;
    assert_eq!(status(&world, &mara).await, 200);
    clock.set(Timestamp::from_secs(1_800_000_000 + 90 * 60));
    let world = world.restart().await;
    assert_eq!(status(&world, &mara).await, 401, "idle");
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_writes_only_from_its_own_page() {
    let world = World::new();
    let mara = world.join("mara", "analyst", None).await;
    let expires = json!({"label": "siem", "scopes": ["metadata"], "expires": soon()});
    let cookie = ("cookie", mara.cookie.as_str());
    let (csrf, media) = (("x-csrf-token", &*mara.csrf), ("content-type", "application/json"));
    let (site, forged) = (("sec-fetch-site", "cross-site"), ("x-csrf-token", "0"));
    for headers in [
        vec![cookie, media],
        vec![cookie, media, forged],
        vec![cookie, media, csrf, site],
        vec![cookie, media, csrf, ("sec-fetch-site", "same-site")],
    ] {
        let answer = world.send("POST", "/api/v1/tokens", &headers, &expires.to_string()).await;
        assert_eq!(answer.status, 403, "{headers:?}");
        assert_eq!(answer.json()["type"], "urn:plainsight:problem/foreign-site");
    }
    let form = ("content-type", "text/plain");
    let answer =
        world.send("POST", "/api/v1/tokens", &[cookie, csrf, form], &expires.to_string()).await;
    assert_eq!(answer.status, 415, "a form cannot send JSON");
    let made = world.browse(&mara, "POST", "/api/v1/tokens", &expires).await;
    assert_eq!(made.status, 201, "{}", made.text());

    let gone = world.browse(&mara, "DELETE", "/api/v1/session", &NONE).await;
    assert_eq!(gone.status, 204);
    assert!(gone.headers["set-cookie"].to_str().unwrap().contains("Max-Age=0"));
    assert_eq!(world.browse(&mara, "GET", "/api/v1/session", &NONE).await.status, 401);
    let foreign = [media, site];
    let body = json!({"name": "mara", "password": PASSWORD}).to_string();
    let answer = world.send("POST", "/api/v1/session", &foreign, &body).await;
    assert_eq!(answer.status, 403, "nobody is signed in from another site");
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_factor_is_wanted_once_it_is_enrolled() {
    let settings = Config { second_factor: vec![Role::Investigator], ..Config::default() };
    let world = World::with(settings);
    let mara = world.join("mara", "investigator", None).await;
    let me = world.browse(&mara, "GET", "/api/v1/session", &NONE).await.json();
    assert_eq!(me["must_enrol"], true);
    let refused = world.browse(&mara, "GET", "/api/v1/records", &NONE).await;
    assert_eq!(refused.json()["type"], "urn:plainsight:problem/must-enrol");

    let path = "/api/v1/session/totp";
    let wrong = json!({"password": "not the password"});
    assert_eq!(world.browse(&mara, "POST", path, &wrong).await.status, 401);
    let begun = world.browse(&mara, "POST", path, &json!({"password": PASSWORD})).await.json();
    assert!(begun["uri"].as_str().unwrap().starts_with("otpauth://totp/Plainsight:mara?secret="));
    assert_eq!(world.browse(&mara, "PUT", path, &json!({"code": "000000"})).await.status, 401);
    let code = code_of(begun["secret"].as_str().unwrap());
    assert_eq!(world.browse(&mara, "PUT", path, &json!({"code": code})).await.status, 204);
    assert_eq!(world.browse(&mara, "GET", "/api/v1/records", &NONE).await.status, 200);

    let sign_in = async |code: Option<&str>| {
        let body = json!({"name": "mara", "password": PASSWORD, "code": code});
        world.nobody("POST", "/api/v1/session", &body).await
    };
    let asked = sign_in(None).await;
    assert_eq!(asked.status, 401);
    assert_eq!(asked.json()["type"], "urn:plainsight:problem/second-factor");
    assert_eq!(sign_in(Some(&code)).await.status, 401, "a code counts once");
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_may_what_it_says_and_never_more_than_its_owner() {
    let world = World::new();
    let mara = world.join("mara", "analyst", None).await;
    let wanted = |scopes: &[&str]| json!({"label": "siem", "scopes": scopes, "expires": soon()});
    let path = "/api/v1/tokens";
    let beyond = world.browse(&mara, "POST", path, &wanted(&["metadata", "unseal"])).await;
    assert_eq!(beyond.status, 403);
    let made = world.browse(&mara, "POST", path, &wanted(&["content", "metadata"])).await.json();
    let bearer = format!("Bearer {}", made["token"].as_str().unwrap());
    let get = async |path: &str| world.send("GET", path, &[("authorization", &bearer)], "").await;
    assert_eq!(get("/api/v1/records").await.status, 200);
    assert_eq!(get("/api/v1/search?q=kumquat").await.status, 200);
    assert_eq!(get("/api/v1/people").await.status, 403);
    let more = wanted(&["metadata"]).to_string();
    let headers = [("authorization", bearer.as_str())];
    assert_eq!(world.send("POST", path, &headers, &more).await.status, 403, "no token of a token");

    let demoted = json!({"role": "viewer"});
    assert_eq!(world.admin("PATCH", "/api/v1/people/mara", &demoted).await.status, 200);
    assert_eq!(get("/api/v1/search?q=kumquat").await.status, 403, "its owner may not any more");
    assert_eq!(world.browse(&mara, "GET", path, &NONE).await.status, 401, "sessions ended");
    let id = made["id"].as_str().unwrap();
    assert_eq!(world.admin("DELETE", &format!("{path}/{id}"), &NONE).await.status, 204);
    assert_eq!(get("/api/v1/records").await.status, 401);
    let log = world.admin("GET", "/api/v1/log?last=100", &NONE).await.text();
    for action in ["token.make", "token.revoke", "person.invite", "person.change"] {
        assert!(log.contains(action), "{action}");
    }
    assert!(!log.contains(made["token"].as_str().unwrap()));
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_of_a_tenant_sees_that_tenant_alone() {
    let world = World::new();
    let event = |tenant: &str, number: u32| {
        json!({"type": "sign_in", "tenant": tenant, "user": "u", "id": format!("{tenant}-{number}"),
            "attributes": {"note": "a kumquat"}})
        .to_string()
    };
    let events: Vec<String> =
        (0..3).flat_map(|number| [event("acme", number), event("globex", number)]).collect();
    world
        .send(
            "POST",
            "/v1/events",
            &[("x-plainsight-token", super::otlp_world::ADMIN)],
            &events.join("\n"),
        )
        .await;
    world.catch_up(6).await;
    let mara = world.join("mara", "analyst", Some("acme")).await;
    let get = async |path: &str| world.browse(&mara, "GET", path, &NONE).await;

    let rows = get("/api/v1/records?kind=sign_in").await.json()["rows"].as_array().unwrap().len();
    assert_eq!(rows, 3);
    let others = get("/api/v1/records?kind=sign_in&tenant=globex").await.json();
    assert_eq!(others["rows"], json!([]));
    assert_eq!(get("/api/v1/records/0").await.status, 200);
    let (other, none) = (get("/api/v1/records/1").await, get("/api/v1/records/999").await);
    assert_eq!((other.status.as_u16(), &other.body), (404, &none.body), "as if there were none");
    let sql = json!({"sql": "SELECT tenant, count(*) FROM records GROUP BY tenant"});
    let counts = world.browse(&mara, "POST", "/api/v1/query", &sql).await.json();
    assert_eq!(counts["rows"], json!([["acme", 3]]));
    let sql = json!({"sql": "SELECT DISTINCT tenant FROM entities"});
    let counts = world.browse(&mara, "POST", "/api/v1/query", &sql).await.json();
    assert_eq!(counts["rows"], json!([["acme"]]));
    assert_eq!(get("/api/v1/log").await.status, 403, "the log is everybody's");
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_who_may_not_read_content_gets_none() {
    let world = World::new();
    let line = json!({"version": 1, "kind": "interaction", "source": {"door": "events"},
        "time": 1_767_225_600_000_000_000_i64, "status": {"ok": false, "message": "kumquat"},
        "attributes": {"note": "kumquat"}, "content": [{"direction": "input", "message": 0,
        "role": "user", "origin": "user", "type": "text", "content": "where is the kumquat"}]});
    let headers = [("x-plainsight-token", super::otlp_world::ADMIN)];
    let path = "/api/v1/import?format=native";
    assert_eq!(world.send("POST", path, &headers, &line.to_string()).await.status, 200);
    world.catch_up(1).await;
    for role in ["viewer", "administrator"] {
        let browser = world.join(role, role, None).await;
        let get = async |path: &str| world.browse(&browser, "GET", path, &NONE).await;
        for path in ["/api/v1/records", "/api/v1/records/0", "/api/v1/records?kind=interaction"] {
            let answer = get(path).await;
            assert_eq!(answer.status, 200, "{path}");
            assert!(!answer.text().contains("kumquat"), "{role} {path}");
        }
        assert_eq!(get("/api/v1/search?q=kumquat").await.status, 403);
        for view in ["messages", "records", "tool_calls", "events"] {
            let sql = json!({"sql": format!("SELECT * FROM {view}")});
            let answer = world.browse(&browser, "POST", "/api/v1/query", &sql).await;
            assert!(!answer.text().contains("kumquat"), "{role} {view}");
        }
    }
    let mara = world.join("mara", "auditor", None).await;
    let whole = world.browse(&mara, "GET", "/api/v1/records/0", &NONE).await;
    assert!(whole.text().contains("where is the kumquat"));
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_under_the_same_key_is_done_once() {
    let world = World::new();
    let headers = [("x-plainsight-token", super::otlp_world::ADMIN), ("idempotency-key", "k-1")];
    let body = json!({"name": "mara", "role": "viewer"}).to_string();
    let first = world.send("POST", "/api/v1/people", &headers, &body).await;
    let second = world.send("POST", "/api/v1/people", &headers, &body).await;
    assert_eq!((first.status.as_u16(), second.status.as_u16()), (201, 201));
    assert_eq!(first.body, second.body);
    let other = json!({"name": "tomas", "role": "viewer"}).to_string();
    let used = world.send("POST", "/api/v1/people", &headers, &other).await;
    assert_eq!(used.status, 409, "another request");
    assert_eq!(
        world
            .admin("POST", "/api/v1/people", &json!({"name": "mara", "role": "viewer"}))
            .await
            .status,
        409,
        "there is one"
    );
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_taken_away_is_not_answered_for_again() {
    let world = World::new();
    world.admin("POST", "/api/v1/people", &json!({"name": "mara", "role": "viewer"})).await;
    let headers = [("x-plainsight-token", super::otlp_world::ADMIN), ("idempotency-key", "k-2")];
    let body = json!({"role": "auditor", "invite_again": false}).to_string();
    let change = async || world.send("PATCH", "/api/v1/people/mara", &headers, &body).await.status;
    assert_eq!(change().await, 200);
    assert_eq!(change().await, 200, "as before");
    assert_eq!(world.admin("DELETE", "/api/v1/people/mara", &json!({})).await.status, 204);
    assert_eq!(change().await, 404, "there is no such account any more");
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_administrator_stays() {
    let world = World::new();
    let secret = world.first_secret().unwrap();
    let body = json!({"token": secret, "name": "mara", "password": PASSWORD});
    let mara = Browser::of(&world.nobody("POST", "/api/v1/session/first", &body).await);
    let own = json!({"role": "investigator"});
    let own = world.browse(&mara, "PATCH", "/api/v1/people/mara", &own).await;
    assert_eq!(own.status, 403, "nobody gives themselves rights");
    let demoted = world.admin("PATCH", "/api/v1/people/mara", &json!({"role": "viewer"})).await;
    assert_eq!(demoted.status, 409);
    for (method, body) in [
        ("DELETE", NONE),
        ("PATCH", json!({"disabled": true})),
        ("PATCH", json!({"invite_again": true})),
    ] {
        let answer = world.browse(&mara, method, "/api/v1/people/mara", &body).await;
        assert_eq!(answer.status, 409, "{method} {body}");
    }
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_originals_need_a_second_persons_word() {
    let world = World::with(Config { unseal_alone: 1, ..Config::default() });
    let mara = world.join("mara", "investigator", None).await;
    let tomas = world.join("tomas", "investigator", None).await;
    let path = "/api/v1/records/0/unseal";
    let body = json!({"finding": 0, "reason": "a breach"});
    let open = async || world.browse(&mara, "POST", path, &body).await;
    assert_eq!(open().await.status, 404, "there is no original, and it is on record all the same");
    let refused = open().await;
    assert_eq!(refused.status, 403);
    assert_eq!(refused.json()["type"], "urn:plainsight:problem/second-person");

    let asked = json!({"count": 2, "reason": "a breach"});
    let asked = world.browse(&mara, "POST", "/api/v1/approvals", &asked).await;
    assert_eq!(asked.status, 201);
    let word = format!("/api/v1/approvals/{}", asked.json()["approval"]);
    assert_eq!(world.browse(&mara, "POST", &word, &NONE).await.status, 403, "one's own");
    assert_eq!(open().await.status, 403);
    let given = world.browse(&tomas, "POST", &word, &NONE).await.json();
    assert_eq!(given["approved_by"], "tomas");
    assert_eq!(world.browse(&tomas, "POST", &word, &NONE).await.status, 409, "once");
    assert_eq!((open().await.status.as_u16(), open().await.status.as_u16()), (404, 404));
    assert_eq!(open().await.status, 403, "two were asked for");
    let list = world.browse(&tomas, "GET", "/api/v1/approvals", &NONE).await.json();
    assert_eq!(list["items"][0]["left"], 0);
    let log = world.admin("GET", "/api/v1/log?last=100", &NONE).await.text();
    assert!(log.contains("unseal.ask") && log.contains("unseal.approve"));
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_have_a_pace() {
    let world = World::with(Config { requests_per_second: 1, ..Config::default() });
    let mara = world.join("mara", "viewer", None).await;
    let mut statuses = Vec::new();
    for _ in 0..8 {
        let answer = world.browse(&mara, "GET", "/api/v1/session", &NONE).await;
        statuses.push(answer.status.as_u16());
    }
    assert_eq!(statuses[0], 200);
    assert!(statuses.contains(&429), "{statuses:?}");
    assert_eq!(world.admin("GET", "/api/v1/status", &NONE).await.status, 200, "not the operator");
    world.close().await;
}

/// An hour from now.
fn soon() -> String {
    (jiff::Timestamp::now() + jiff::SignedDuration::from_hours(1)).to_string()
}

fn code_of(secret: &str) -> String {
    use totp_rs::{Algorithm, Secret, TOTP};
    let bytes = Secret::Encoded(secret.to_owned()).to_bytes().unwrap();
    let totp = TOTP::new_unchecked(Algorithm::SHA1, 6, 0, 30, bytes);
    totp.generate(u64::try_from(jiff::Timestamp::now().as_second()).unwrap())
}
