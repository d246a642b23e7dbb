//! What the console reads: counts, lists, traces, people, the log's integrity; each as far as the
//! reader may see.

use serde_json::{Value, json};

use super::api_world::World;
use super::otlp_world::ADMIN;

const NONE: Value = Value::Null;
/// 2026-01-01T00:00:00Z, a Thursday.
const START: i64 = 1_767_225_600_000_000_000;
const DAY: &str = "from=2026-01-01T00:00:00Z&to=2026-01-01T23:59:59Z";

/// A call of a model, a second after the one before.
fn call(number: i64, user: &str, text: &str, failed: bool) -> String {
    let status = json!({"ok": !failed, "error_type": failed.then_some("timeout")});
    json!({
        "version": 1, "kind": "interaction", "source": {"door": "events", "service": "shop"},
        "time": START + number * 1_000_000_000, "duration": 1_000_000_000 + number,
        "trace_id": format!("{:032x}", number + 1), "span_id": format!("{:016x}", number + 1),
        "actor": {"identified_by": "header", "user": user, "session": format!("s-{user}"),
            "agent": "helper"},
        "status": status,
        "call": {"operation": "chat", "request_model": "gpt-5-mini", "finish_reasons": ["stop"],
            "usage": {"input_tokens": 10, "output_tokens": 20}, "time_to_first_chunk": 500_000_000},
        "content": [
            {"direction": "input", "message": 0, "role": "user", "origin": "user", "type": "text",
                "content": text},
            {"direction": "output", "message": 0, "role": "assistant", "origin": "assistant",
                "type": "tool_call", "id": format!("c-{number}"), "name": "look_up",
                "arguments": {"what": text}},
        ],
    })
    .to_string()
}

async fn world() -> World {
    let world = World::new();
    let lines: Vec<String> = (0..30)
        .map(|number| {
            let user = if number % 3 == 0 { "mara" } else { "tomas" };
            call(number, user, &format!("where is the kumquat {number}"), number % 10 == 0)
        })
        .collect();
    let path = "/api/v1/import?format=native";
    let headers = [("x-plainsight-token", ADMIN)];
    let imported = world.send("POST", path, &headers, &lines.join("\n")).await.json();
    assert_eq!(imported["recorded"], 30, "{imported}");
    world.catch_up(30).await;
    world
}

async fn get(world: &World, path: &str) -> Value {
    let answer = world.admin("GET", path, &NONE).await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.text());
    answer.json()
}

#[tokio::test(flavor = "multi_thread")]
async fn counts_lists_and_time_lines_agree() {
    let world = world().await;
    let overview = get(&world, &format!("/api/v1/overview?{DAY}")).await;
    let totals = &overview["totals"];
    assert_eq!((&totals["calls"], &totals["errors"]), (&json!(30), &json!(3)), "{totals}");
    assert_eq!((&totals["input_tokens"], &totals["users"]), (&json!(300), &json!(2)));
    let p50 = totals["latency_ms"]["p50"].as_f64().unwrap();
    assert!((p50 - 1000.0).abs() < 20.0, "{p50}");
    assert!((totals["ttft_ms"]["p99"].as_f64().unwrap() - 500.0).abs() < 10.0);
    let calls = overview["series"].as_array().unwrap().iter();
    assert_eq!(calls.map(|point| point["calls"].as_u64().unwrap()).sum::<u64>(), 30);
    assert_eq!(overview["integrity"]["light"], "amber", "nobody looked");

    let facets = get(&world, &format!("/api/v1/facets?{DAY}&kind=interaction")).await;
    assert_eq!(facets["count"], 30);
    assert_eq!(facets["facets"]["status"][0], json!({"value": "ok", "count": 27}));
    assert_eq!(facets["facets"]["tool"], json!([{"value": "look_up", "count": 30}]));
    assert_eq!(facets["facets"]["user"][0]["count"], 20);
    let failed = get(&world, &format!("/api/v1/facets?{DAY}&status=error&user=mara")).await;
    assert_eq!(failed["count"], 1, "by the clear name: {failed}");
    let said = get(&world, &format!("/api/v1/facets?{DAY}&q=kumquat")).await;
    assert_eq!((&said["count"], &said["is_exact"]), (&json!(30), &json!(true)));

    let line = get(&world, "/api/v1/histogram?from=2026-01-01T00:00:00Z&to=2026-01-01T00:00:30Z&bins=3&kind=interaction").await;
    let counts: Vec<u64> =
        line["bins"].as_array().unwrap().iter().map(|bin| bin["count"].as_u64().unwrap()).collect();
    assert_eq!(counts, [10, 10, 10]);

    let mut path = "/api/v1/records?view=items&kind=interaction&limit=12".to_owned();
    let mut indexes = Vec::new();
    loop {
        let page = get(&world, &path).await;
        assert_eq!(page["total"]["count"], 30);
        let items = page["items"].as_array().unwrap();
        indexes.extend(items.iter().map(|item| item["index"].as_i64().unwrap()));
        let Some(next) = page["next"].as_str() else { break };
        path = format!("/api/v1/records?view=items&kind=interaction&limit=12&cursor={next}");
    }
    assert_eq!(indexes, (0..30).rev().collect::<Vec<i64>>());
    let found = get(&world, "/api/v1/records?view=items&q=kumquat&session=s-mara&limit=1").await;
    assert_eq!(found["total"]["count"], 10);
    assert!(found["items"][0]["snippet"].as_str().unwrap().contains("kumquat"), "{found}");
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trace_a_session_a_user_an_agent_and_models() {
    let world = world().await;
    let trace = get(&world, &format!("/api/v1/traces/{:032x}", 4)).await;
    assert_eq!(trace["items"][0]["messages"][0]["text"], "where is the kumquat 3");
    assert_eq!(trace["records"][0]["record"]["actor"]["session"], "s-mara");
    let both =
        get(&world, &format!("/api/v1/facets?{DAY}&user=mara,tomas&kind=interaction,span")).await;
    assert_eq!(both["count"], 30);
    let session = get(&world, "/api/v1/sessions/s-mara").await;
    assert_eq!(session["items"].as_array().unwrap().len(), 10);
    assert_eq!(world.admin("GET", "/api/v1/sessions/unknown", &NONE).await.status, 404);

    let users = get(&world, &format!("/api/v1/users?{DAY}&limit=1")).await;
    assert_eq!((&users["items"][0]["calls"], &users["next"]), (&json!(20), &json!("1")));
    let user = get(&world, &format!("/api/v1/users/mara?{DAY}")).await;
    assert_eq!((&user["calls"], &user["errors"]), (&json!(10), &json!(1)), "{user}");
    assert_eq!(user["hours"][3][0], 10, "Thursday, the first hour");
    assert_eq!(
        user["sessions"][0],
        json!({"session_id": "s-mara", "count": 10,
        "first": "2026-01-01T00:00:00.000000Z", "last": "2026-01-01T00:00:27.000000Z"})
    );
    assert_eq!(world.admin("GET", "/api/v1/users/nobody-here", &NONE).await.status, 404);
    let agent = get(&world, &format!("/api/v1/agents/helper?{DAY}")).await;
    assert_eq!(agent["users"].as_array().unwrap().len(), 2);
    let agents = get(&world, &format!("/api/v1/agents?{DAY}")).await;
    assert_eq!(agents["items"][0]["agent"], "helper");

    let models = get(&world, &format!("/api/v1/models?{DAY}")).await;
    let model = &models["items"][0];
    assert_eq!((&model["model"], &model["calls"]), (&json!("gpt-5-mini"), &json!(30)));
    assert_eq!(model["finish"], json!([{"value": "stop", "count": 30}]));
    assert_eq!((&model["cost"], &model["previous"]), (&NONE, &NONE), "without prices");
    let tools = get(&world, &format!("/api/v1/tools?{DAY}")).await;
    assert_eq!(
        (&tools["items"][0]["tool"], &tools["items"][0]["calls"]),
        (&json!("look_up"), &json!(30))
    );
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_is_verified_with_progress_and_records_have_proofs() {
    let world = world().await;
    let begun = world.admin("POST", "/api/v1/integrity/verify", &NONE).await;
    assert_eq!(begun.status, 202);
    let path = format!("/api/v1/integrity/runs/{}", begun.json()["run"]);
    let mut run = get(&world, &path).await;
    for _ in 0..200 {
        if run["state"] != "running" {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(25)).await;
        run = get(&world, &path).await;
    }
    assert_eq!(run["state"], "clean", "{run}");
    let integrity = get(&world, "/api/v1/integrity").await;
    assert_eq!((&integrity["light"], &integrity["runs"][0]["run"]), (&json!("green"), &json!(1)));
    assert_eq!(world.admin("GET", "/api/v1/integrity/runs/99", &NONE).await.status, 404);

    let proven = get(&world, "/api/v1/records/7/proof").await;
    let key: ledger::VerifyingKey = proven["verifying_key"].as_str().unwrap().parse().unwrap();
    let proof: ledger::Proof = proven["proof"].as_str().unwrap().parse().unwrap();
    assert_eq!(proof.index, 7);
    assert_eq!(proof.verify(&[key]).unwrap().size, proven["size"].as_u64().unwrap());
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_are_listed_shown_and_tried_on_history() {
    let world = world().await;
    let rules = get(&world, "/api/v1/rules").await;
    let id = rules["items"][0]["id"].as_str().unwrap();
    let rule = get(&world, &format!("/api/v1/rules/{id}")).await;
    assert!(rule["text"].as_str().unwrap().contains(id), "{rule}");
    let coverage = get(&world, "/api/v1/coverage").await;
    let atlas = &coverage["frameworks"][0]["items"][0];
    assert!(!atlas["rules"].as_array().unwrap().is_empty(), "{atlas}");
    let yaml = rule["text"].as_str().unwrap().replace(id, "00000000-0000-4000-8000-000000000001");
    let tried = world.admin("POST", "/api/v1/rules/test", &json!({"yaml": yaml})).await.json();
    assert!(tried["records"].as_u64().unwrap() >= 30, "{tried}");
    let broken = world.admin("POST", "/api/v1/rules/test", &json!({"yaml": "title: x"})).await;
    let broken = broken.json();
    assert_eq!(broken["records"], 0);
    assert!(broken["problems"][0]["line"].as_u64().is_some(), "{broken}");
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_show_no_secret_and_a_policy_can_be_tried() {
    let world = world().await;
    let settings = get(&world, "/api/v1/settings").await;
    assert!(settings["listen"].is_string(), "{settings}");
    let body = json!({"text": "write to mara@example.org", "origin": "user"});
    let tried = world.admin("POST", "/api/v1/settings/policy/test", &body).await.json();
    assert_eq!(tried["findings"][0]["type"], "EMAIL_ADDRESS", "{tried}");
    assert!(!tried["text"].as_str().unwrap().contains("mara@"));
    assert_eq!(get(&world, "/api/v1/sinks").await["items"], json!([]));
    assert_eq!(world.admin("POST", "/api/v1/sinks/none/test", &NONE).await.status, 404);
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_is_whole_and_as_the_reader_may_see() {
    let world = world().await;
    let export = async |query: &str| {
        world.admin("GET", &format!("/api/v1/export?kind=interaction{query}"), &NONE).await
    };
    let lines = export("&content=true").await.text();
    assert_eq!(lines.lines().count(), 30);
    assert!(lines.contains("where is the kumquat 0"));
    let csv = export("&format=csv").await;
    assert!(csv.headers["content-type"].to_str().unwrap().starts_with("text/csv"));
    assert_eq!(csv.text().lines().count(), 31);
    let viewer = world.join("vera", "viewer", None).await;
    let get = async |path: &str| world.browse(&viewer, "GET", path, &NONE).await;
    assert_eq!(get("/api/v1/export?content=true").await.status, 403);
    assert!(!get("/api/v1/export").await.text().contains("kumquat"));
    for path in ["/api/v1/facets?q=kumquat", "/api/v1/records?view=items&q=kumquat"] {
        assert_eq!(get(path).await.status, 403, "{path}");
    }
    let session = get("/api/v1/sessions/s-mara").await.json();
    assert_eq!(session["records"][0]["record"]["kind"], "interaction");
    for path in ["/api/v1/sessions/s-mara", "/api/v1/records?view=items", "/api/v1/records/3"] {
        let answer = get(path).await;
        assert_eq!(answer.status, 200, "{path}");
        assert!(!answer.text().contains("kumquat"), "{path}");
    }
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_sees_own_readings_and_an_auditor_all() {
    let world = world().await;
    let viewer = world.join("vera", "viewer", None).await;
    world.browse(&viewer, "GET", "/api/v1/overview", &NONE).await;
    let auditor = world.join("otto", "auditor", None).await;
    let size = *world.engine.committer.progress().size().borrow();
    world.catch_up(size).await;
    let own = world.browse(&viewer, "GET", "/api/v1/access?who=admin", &NONE).await.json();
    let own = own["items"].as_array().unwrap();
    assert!(own.iter().all(|entry| entry["who"] == "vera") && !own.is_empty(), "{own:?}");
    assert_eq!(own[0]["action"], "overview.show");
    let size = *world.engine.committer.progress().size().borrow();
    world.catch_up(size).await;
    let all = world.browse(&auditor, "GET", "/api/v1/access?who=vera", &NONE).await.json();
    let actions: Vec<&str> = all["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["action"].as_str().unwrap())
        .collect();
    assert_eq!(actions, ["access.list", "overview.show"]);
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_is_told_as_it_comes() {
    use http_body_util::BodyExt as _;
    use tower::ServiceExt as _;
    let world = world().await;
    let request = http::Request::get("/api/v1/live").header("x-plainsight-token", ADMIN);
    let request = request.body(axum::body::Body::empty()).unwrap();
    let mut body = world.router.clone().oneshot(request).await.unwrap().into_body();
    let event = json!({"type": "feedback", "session": "s-new"}).to_string();
    world.send("POST", "/v1/events", &[("x-plainsight-token", ADMIN)], &event).await;
    let mut text = String::new();
    let read = async {
        while !text.contains("s-new") || !text.contains("event: overview") {
            let frame = body.frame().await.unwrap().unwrap();
            text.push_str(std::str::from_utf8(frame.data_ref().unwrap()).unwrap());
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(20), read).await.unwrap();
    assert!(text.contains("event: record"), "{text}");
    drop(body);
    world.close().await;
}
