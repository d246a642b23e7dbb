//! The API over a whole engine: what is recorded can be read, by whom, and that the reading is
//! recorded.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use model::{Clock, SystemClock};
use serde_json::{Value, json};
use server::config::Config;
use server::metrics::Metrics;
use server::record::Record;
use server::{Engine, api, events};
use tempfile::TempDir;

use super::otlp_world::{ADMIN, Answer, INGEST, send, tokens};

struct World {
    router: Router,
    engine: Engine,
    _folder: TempDir,
}

impl World {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut config = Config { data: folder.path().join("data"), ..Config::default() };
        // What detection records, and when, would be counted with what is read here.
        config.detect.enabled = false;
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let engine = Engine::open(&config, Arc::clone(&clock)).unwrap();
        let recorder: Arc<dyn Record> = engine.recorder.clone();
        let metrics = Arc::new(Metrics::default());
        let events = events::State {
            recorder: Arc::clone(&recorder),
            max_body: 1 << 20,
            bodies: server::Budget::new(16 << 20),
            tokens: tokens(false),
            metrics: Arc::clone(&metrics),
            clock: Arc::clone(&clock),
        };
        let reading = api::Reading::new(&engine, recorder, tokens(false), metrics, clock);
        let router = api::router(reading).merge(events::router(events));
        Self { router, engine, _folder: folder }
    }

    async fn get(&self, path: &str) -> Answer {
        send(&self.router, path, &[("x-plainsight-token", ADMIN)], None).await
    }

    async fn post(&self, path: &str, body: &str) -> Answer {
        send(&self.router, path, &[("x-plainsight-token", ADMIN)], Some(body.into())).await
    }

    /// Waits until the operational copy has so many records.
    async fn catch_up(&self, records: u64) {
        for _ in 0..400 {
            let status = self.get("/api/v1/status").await.json();
            if status["reader"]["cursor"].as_u64() >= Some(records) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("the operational copy does not catch up");
    }

    async fn close(self) {
        drop(self.router);
        self.engine.close().await;
    }
}

fn sign_ins(count: usize) -> String {
    let event = |number: usize| {
        let user = format!("user-{}", number % 3);
        json!({"type": "sign_in", "user": user, "session": format!("s-{number}"),
            "id": format!("sign-in-{number}"), "outcome": "success"})
    };
    (0..count).map(|number| event(number).to_string() + "\n").collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn records_are_paged_filtered_and_shown_whole() {
    let world = World::new();
    assert_eq!(world.post("/v1/events", &sign_ins(10)).await.status, 200);
    world.catch_up(10).await;

    let mut path = "/api/v1/records?kind=sign_in&limit=4".to_owned();
    let mut pages = Vec::new();
    loop {
        let page = world.get(&path).await.json();
        pages.extend(page["rows"].as_array().unwrap().iter().map(|row| row[0].as_u64().unwrap()));
        let Some(next) = page["next"].as_u64() else {
            break;
        };
        path = format!("/api/v1/records?kind=sign_in&limit=4&before={next}");
    }
    assert_eq!(pages, (0..10).rev().collect::<Vec<u64>>());

    let by_user = world.get("/api/v1/records?user=user-1&kind=sign_in").await.json();
    assert_eq!(by_user["rows"].as_array().unwrap().len(), 3, "by the clear name");
    let by_session = world.get("/api/v1/records?session=s-4").await.json();
    assert_eq!(by_session["rows"].as_array().unwrap().len(), 1);
    let past = world.get("/api/v1/records?until=2020-01-01T00:00:00Z").await.json();
    assert_eq!(past["rows"], json!([]));

    let whole = world.get("/api/v1/records/4").await;
    assert_eq!(whole.json()["record"]["actor"]["session"], "s-4");
    assert!(!whole.text().contains("user-1"), "users are pseudonyms");
    assert_eq!(world.get("/api/v1/records/1000000").await.status, 404);
    assert_eq!(world.get("/api/v1/records/four").await.status, 400);
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_sent_again_without_its_time_is_known() {
    let world = World::new();
    let event = json!({"type": "sign_in", "id": "sign-in-1", "user": "user-42"}).to_string();
    let first = world.post("/v1/events", &event).await.json();
    tokio::time::sleep(Duration::from_millis(5)).await;
    let second = world.post("/v1/events", &event).await.json();
    assert_eq!((&first["recorded"], &second["known"]), (&json!(1), &json!(1)));
    assert_eq!(first["results"][0]["index"], second["results"][0]["index"]);
    let other = event.replace("sign_in\"", "account\"");
    assert_eq!(world.post("/v1/events", &other).await.json()["recorded"], 1, "another type");
    let tenant = event.replace('{', "{\"tenant\":\"acme\",");
    assert_eq!(world.post("/v1/events", &tenant).await.json()["recorded"], 1, "another tenant");
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn queries_and_searches_are_answered_and_recorded_without_their_values() {
    let world = World::new();
    world.post("/v1/events", &sign_ins(3)).await;
    world.catch_up(3).await;
    let question = json!({"sql": "SELECT count(*) AS n FROM records WHERE kind = 'sign_in'"});
    let answer = world.post("/api/v1/query", &question.to_string()).await.json();
    assert_eq!(answer, json!({"columns": ["n"], "rows": [[3]]}));
    let found = world.get("/api/v1/search?q=kumquat&kind=interaction").await;
    assert_eq!(found.json(), json!({"hits": []}));

    world.catch_up(5).await;
    let page = world.get("/api/v1/records?kind=access").await;
    assert_eq!(page.json()["rows"].as_array().unwrap().len(), 2);
    assert!(!page.text().contains("kumquat"));
    for (index, action) in [(3, "records.query"), (4, "records.search")] {
        let access = world.get(&format!("/api/v1/records/{index}")).await.json();
        assert_eq!(access["record"]["event"]["action"], action);
    }
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_asked_wrongly_is_answered_with_the_reason() {
    let world = World::new();
    for (path, named) in [
        ("/api/v1/records?kind=nonsense", "kind"),
        ("/api/v1/records?limit=0", "limit"),
        ("/api/v1/records?limit=5000", "limit"),
        ("/api/v1/records?since=hunter2", "since"),
        ("/api/v1/records?usr=hunter2", "query"),
        ("/api/v1/records?user=hunter2&user=b", "query"),
        ("/api/v1/search?kind=interaction", "q"),
        ("/api/v1/search?q=%22%22", "no word"),
    ] {
        let answer = world.get(path).await;
        assert_eq!(answer.status, 400, "{path}");
        let message = answer.json()["error"]["message"].to_string();
        assert!(message.contains(named) && !message.contains("hunter2"), "{path}: {message}");
    }
    for body in [
        "",
        "{}",
        "{\"sql\":\"DELETE FROM records\"}",
        "{\"sql\":\"SELECT 1\",\"x\":1}",
        "{\"sql\":\"SELECT * FROM sqlite_master\",\"limit\":1000001}",
    ] {
        assert_eq!(world.post("/api/v1/query", body).await.status, 400, "{body}");
    }
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_administrator_reads() {
    let world = World::new();
    for path in [
        "/api/v1/records",
        "/api/v1/records/0",
        "/api/v1/search?q=a",
        "/api/v1/tail",
        "/api/v1/status",
    ] {
        for token in [INGEST, "guess", ""] {
            let answer = send(&world.router, path, &[("x-plainsight-token", token)], None).await;
            assert_eq!(answer.status, 401, "{path}");
            assert_eq!(answer.headers["www-authenticate"], "Bearer");
        }
    }
    for path in ["/api/v1/query", "/api/v1/import?format=native"] {
        let body = Some(b"{}".to_vec());
        assert_eq!(send(&world.router, path, &[], body).await.status, 401, "{path}");
    }
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn anybody_fetches_checkpoint_tiles_health_and_metrics() {
    let world = World::new();
    world.post("/v1/events", &sign_ins(300)).await;
    world.catch_up(300).await;
    let get = async |path: &str| send(&world.router, path, &[], None).await;

    let checkpoint = get("/checkpoint").await;
    assert_eq!(checkpoint.text().lines().nth(1), Some("300"));
    assert!(checkpoint.headers["content-type"].to_str().unwrap().starts_with("text/plain"));
    let tile = get("/tile/0/000").await;
    assert_eq!((tile.status.as_u16(), tile.body.len()), (200, 256 * 32));
    assert_eq!(tile.headers["content-type"], "application/octet-stream");
    assert!(tile.headers["cache-control"].to_str().unwrap().contains("immutable"));
    let partial = get("/tile/0/001.p/44").await;
    assert_eq!((partial.status.as_u16(), partial.body.len()), (200, 44 * 32));
    assert!(!partial.headers["cache-control"].to_str().unwrap().contains("immutable"));
    assert_eq!(get("/tile/entries/000").await.status, 200);
    for path in [
        "/tile/0/002",
        "/tile/0/1",
        "/tile/0/../0/000",
        "/tile/%30/000",
        "/tile/0/000/",
        "/tile/entries/000.p/0",
        "/tile//0/000",
    ] {
        assert_eq!(get(path).await.status, 404, "{path}");
    }
    assert_eq!(get("/healthz").await.status, 200);
    assert_eq!(get("/readyz").await.status, 200);
    let metrics = get("/metrics").await.text();
    assert!(metrics.contains("plainsight_ledger_records 300\n"), "{metrics}");
    assert!(metrics.contains("plainsight_records_total{door=\"events\"} 300\n"));
    assert!(metrics.contains("plainsight_append_duration_seconds_count 1\n"));
    let status = world.get("/api/v1/status").await.json();
    assert_eq!(status["ledger"]["checkpoint"], checkpoint.text());
    assert!(!metrics.contains("user-1"));
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tail_gives_new_rows_as_they_come() {
    use http_body_util::BodyExt as _;
    use tower::ServiceExt as _;
    let world = World::new();
    world.post("/v1/events", &sign_ins(2)).await;
    world.catch_up(2).await;
    let request = http::Request::get("/api/v1/tail?after=0").header("x-plainsight-token", ADMIN);
    let request = request.body(axum::body::Body::empty()).unwrap();
    let response = world.router.clone().oneshot(request).await.unwrap();
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let mut body = response.into_body();
    world.post("/v1/events", &json!({"type": "feedback", "session": "s-new"}).to_string()).await;
    let mut text = String::new();
    let read = async {
        while !text.contains("s-new") {
            let frame = body.frame().await.unwrap().unwrap();
            text.push_str(std::str::from_utf8(frame.data_ref().unwrap()).unwrap());
        }
    };
    tokio::time::timeout(Duration::from_secs(10), read).await.unwrap();
    assert!(text.contains("id: 1\n"), "{text}");
    drop(body);
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tail_from_the_beginning_gives_the_first_record() {
    use http_body_util::BodyExt as _;
    use tower::ServiceExt as _;
    let world = World::new();
    let request = http::Request::get("/api/v1/tail").header("x-plainsight-token", ADMIN);
    let request = request.body(axum::body::Body::empty()).unwrap();
    let mut body = world.router.clone().oneshot(request).await.unwrap().into_body();
    let frame = tokio::time::timeout(Duration::from_secs(10), body.frame()).await.unwrap();
    let data = frame.unwrap().unwrap().into_data().unwrap();
    let text = String::from_utf8_lossy(&data).into_owned();
    assert!(text.contains("id: 0\n") && text.contains("\"kind\":\"access\""), "{text}");
    drop(body);
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_is_given_whole_and_followed() {
    use http_body_util::BodyExt as _;
    use tower::ServiceExt as _;
    let world = World::new();
    world.post("/v1/events", &sign_ins(5)).await;
    let answer = world.get("/api/v1/log?last=2").await;
    assert_eq!(answer.headers["content-type"], "application/x-ndjson");
    let lines: Vec<Value> =
        answer.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let indexes: Vec<_> = lines.iter().map(|line| line["index"].as_u64().unwrap()).collect();
    assert_eq!(indexes, [3, 4], "without the record of this reading");
    assert_eq!(lines[1]["record"]["actor"]["session"], "s-4");
    assert_eq!(world.get("/api/v1/log?last=0").await.text(), "");
    assert_eq!(world.get("/api/v1/log?follow=maybe").await.status, 400);

    let path = "/api/v1/log?last=1000&follow=true";
    let request = http::Request::get(path).header("x-plainsight-token", ADMIN);
    let request = request.body(axum::body::Body::empty()).unwrap();
    let mut body = world.router.clone().oneshot(request).await.unwrap().into_body();
    world.post("/v1/events", &json!({"type": "feedback", "session": "s-new"}).to_string()).await;
    let mut text = String::new();
    let read = async {
        while !text.contains("s-new") {
            let frame = body.frame().await.unwrap().unwrap();
            text.push_str(std::str::from_utf8(frame.data_ref().unwrap()).unwrap());
        }
    };
    tokio::time::timeout(Duration::from_secs(10), read).await.unwrap();
    let whole = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let indexes: Vec<_> = whole.map(|line| line["index"].as_u64().unwrap()).collect();
    assert_eq!(indexes, (0..indexes.len() as u64).collect::<Vec<_>>());
    drop(body);
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reading_is_durable_before_its_answer() {
    let world = World::new();
    world.post("/v1/events", &sign_ins(1)).await;
    world.catch_up(1).await;
    for (number, path) in
        ["/api/v1/records", "/api/v1/search?q=x", "/api/v1/records/0"].iter().enumerate()
    {
        assert_eq!(world.get(path).await.status, 200);
        let size = *world.engine.committer.progress().size().borrow();
        assert_eq!(size, number as u64 + 2, "{path}");
    }
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_is_recorded_once() {
    let world = World::new();
    let line = json!({"version": 1, "kind": "sign_in", "source": {"door": "events"},
        "time": 1_767_225_600_000_000_000_i64, "actor": {"user": "user-42"},
        "event": {"action": "login"}});
    let body = format!("{line}\nnot json\n");
    let path = "/api/v1/import?format=native&time=1767225600000";
    let first: Value = world.post(path, &body).await.json();
    assert_eq!((&first["recorded"], &first["known"]), (&json!(1), &json!(0)), "{first}");
    assert_eq!(first["problems"][0]["number"], 2);
    let second = world.post("/api/v1/import", &body).await.json();
    assert_eq!(second["known"], 1, "the format is found out: {second}");
    assert_eq!(world.post("/api/v1/import?format=other", &body).await.status, 400);
    world.close().await;
}
