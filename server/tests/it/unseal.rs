//! A sealed original is read with a reason, and with a record of it that is durable first; by the
//! administrator only; never once it was erased.

use std::sync::Arc;

use axum::Router;
use model::{
    Actor, Body, Clock, Direction, Kind, Observation, Origin, Record, Role, Segment, SystemClock,
};
use serde_json::{Value, json};
use server::config::{Config, Source};
use server::metrics::Metrics;
use server::record::{Record as Keeps, RecordError};
use server::{Engine, api};
use tempfile::TempDir;
use vault::{NextRoot, Subject};

use super::otlp_world::{ADMIN, Answer, INGEST, Keeper, send, tokens};

const ADDRESS: &str = "mary.major@canary.example";

struct World {
    router: Router,
    engine: Engine,
    _folder: TempDir,
}

impl World {
    /// `keeper` keeps the records of readings, in the place of the log.
    fn new(keeper: Option<Arc<dyn Keeps>>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let source = Source::of_file("test.toml", "[inspect]\nEMAIL_ADDRESS = \"seal\"\n");
        let data = folder.path().join("data");
        let config = Config { data, ..Config::load(&source).unwrap() };
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let engine = Engine::open(&config, Arc::clone(&clock)).unwrap();
        let recorder = keeper.unwrap_or_else(|| engine.recorder.clone());
        let metrics = Arc::new(Metrics::default());
        let reading = api::Reading::new(&engine, recorder, tokens(false), metrics, clock);
        Self { router: api::router(reading), engine, _folder: folder }
    }

    /// Records what a user said, and gives its index.
    async fn say(&self, text: &str) -> u64 {
        let record = Record {
            kind: Kind::Interaction,
            actor: Actor { user: Some("user-42".to_owned()), ..Actor::default() },
            content: vec![Segment {
                direction: Direction::Input,
                message: 0,
                role: Role::User,
                origin: Origin::User,
                name: None,
                body: Body::Text { content: text.to_owned() },
            }],
            ..Record::default()
        };
        let receipts = self.engine.recorder.record(vec![Observation::new(record)]).await.unwrap();
        receipts[0].index()
    }

    async fn unseal(&self, index: u64, body: &Value) -> Answer {
        let headers = [("x-plainsight-token", ADMIN)];
        let path = format!("/api/v1/records/{index}/unseal");
        send(&self.router, &path, &headers, Some(body.to_string().into())).await
    }

    async fn get(&self, path: &str) -> Value {
        let answer = send(&self.router, path, &[("x-plainsight-token", ADMIN)], None).await;
        assert_eq!(answer.status, 200, "{path}");
        answer.json()
    }

    async fn record(&self, index: u64) -> Value {
        self.get(&format!("/api/v1/records/{index}")).await["record"].take()
    }

    async fn close(self) {
        drop(self.router);
        self.engine.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_original_is_read_with_a_reason_that_is_recorded() {
    let world = World::new(None);
    let index = world.say(&format!("write to {ADDRESS} please")).await;
    let sealed = world.get(&format!("/api/v1/records/{index}/unseal")).await;
    assert_eq!(sealed["sealed"][0]["finding"], 0, "{sealed}");
    assert_eq!(sealed["sealed"][0]["type"], "EMAIL_ADDRESS");
    assert!(!sealed.to_string().contains(ADDRESS));

    let request = json!({"finding": 0, "reason": " case 17: whom to warn "});
    let answer = world.unseal(index, &request).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.headers["cache-control"], "no-store");
    assert_eq!(answer.json()["value"], ADDRESS);

    let access = world.record(answer.json()["access"].as_u64().unwrap()).await;
    assert_eq!(access["kind"], "access");
    let event = &access["event"];
    assert_eq!(event["action"], "original.unseal");
    assert_eq!(
        (&event["outcome"], &event["reason"]),
        (&json!("success"), &json!("case 17: whom to warn"))
    );
    assert_eq!(access["attributes"], json!({"finding": 0, "index": index}));
    assert!(!access.to_string().contains("mary.major"));
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_given_is_told_and_recorded() {
    let world = World::new(None);
    let index = world.say(&format!("write to {ADDRESS} please")).await;
    let path = format!("/api/v1/records/{index}/unseal");
    for body in [
        json!({}),
        json!({"finding": 0}),
        json!({"finding": 0, "reason": " \n"}),
        json!({"finding": 0, "reason": "x".repeat(1_001)}),
        json!({"finding": -1, "reason": "x"}),
        json!({"finding": 0, "reason": "x", "more": 1}),
    ] {
        let answer = world.unseal(index, &body).await;
        assert_eq!(answer.status, 400, "{body}");
        assert!(!answer.text().contains(ADDRESS));
    }
    assert_eq!(*world.engine.committer.progress().size().borrow(), 1, "nothing was tried yet");
    let reason = "case 17";
    for (index, finding) in [(index, 1), (index, u32::MAX), (1_000_000, 0)] {
        let answer = world.unseal(index, &json!({"finding": finding, "reason": reason})).await;
        assert_eq!(answer.status, 404, "{index} {finding}");
    }
    for tried in 1..4 {
        let event = world.record(tried).await["event"].take();
        assert_eq!(
            (&event["action"], &event["outcome"]),
            (&json!("original.unseal"), &json!("failure"))
        );
    }
    let with_parameter = format!("{path}?reason=x");
    let headers = [("x-plainsight-token", ADMIN)];
    assert_eq!(send(&world.router, &with_parameter, &headers, None).await.status, 400);
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_administrator_unseals_and_other_attempts_are_recorded() {
    let world = World::new(None);
    let index = world.say(&format!("write to {ADDRESS} please")).await;
    let path = format!("/api/v1/records/{index}/unseal");
    let body = || Some(json!({"finding": 0, "reason": "curious"}).to_string().into_bytes());
    for token in [INGEST, "guess", ""] {
        let answer = send(&world.router, &path, &[("x-plainsight-token", token)], body()).await;
        assert_eq!(answer.status, 401);
        assert!(!answer.text().contains(ADDRESS));
        assert_eq!(send(&world.router, &path, &[], None).await.status, 401);
    }
    let size = *world.engine.committer.progress().size().borrow();
    assert!((2..5).contains(&size), "at the most one a second: {size}");
    let denied = world.record(1).await;
    assert_eq!(denied["kind"], "access");
    assert_eq!(
        (&denied["event"]["action"], &denied["event"]["outcome"]),
        (&json!("original.unseal"), &json!("denied"))
    );
    assert_eq!(denied["attributes"]["index"], index);
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_record_of_it_nothing_is_given() {
    let full = RecordError::Unavailable { reason: "no space left".to_owned() };
    let world = World::new(Some(Keeper::refusing(full)));
    let index = world.say(&format!("write to {ADDRESS} please")).await;
    let answer = world.unseal(index, &json!({"finding": 0, "reason": "case 17"})).await;
    assert_eq!(answer.status, 503);
    assert!(!answer.text().contains(ADDRESS));
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn originals_open_after_rotations_and_not_after_an_erasure() {
    let world = World::new(None);
    let index = world.say(&format!("write to {ADDRESS} please")).await;
    let request = json!({"finding": 0, "reason": "case 17"});
    for body in ["{\"root\":false}", "{\"root\":true}", "{\"root\":false}"] {
        let headers = [("x-plainsight-token", ADMIN)];
        let body = Some(body.as_bytes().to_vec());
        let answer = send(&world.router, "/api/v1/vault/rotate", &headers, body).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert_eq!(world.unseal(index, &request).await.json()["value"], ADDRESS);
    }
    let later = world.say(&format!("again: {ADDRESS}")).await;
    assert_eq!(world.unseal(later, &request).await.json()["value"], ADDRESS);
    let records = [world.record(index).await, world.record(later).await];
    let of = |record: &Value| record["findings"][0]["fingerprint"].clone();
    assert_eq!(of(&records[0]), of(&records[1]), "the same value, before and after");
    assert_eq!(records[0]["actor"]["user"], records[1]["actor"]["user"]);

    let user = records[0]["actor"]["user"].as_str().unwrap().to_owned();
    world.engine.vault.destroy_subject(&model::TenantId::default(), &Subject::User(user)).unwrap();
    for index in [index, later] {
        let answer = world.unseal(index, &request).await;
        assert_eq!(answer.status, 410);
        assert!(answer.text().contains("the key of its subject was destroyed"));
    }
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_administrator_rotates_and_only_what_is_kept_here() {
    let world = World::new(None);
    let path = "/api/v1/vault/rotate";
    let body = || Some(b"{\"root\":true}".to_vec());
    for token in [INGEST, "guess"] {
        let headers = [("x-plainsight-token", token)];
        assert_eq!(send(&world.router, path, &headers, body()).await.status, 401);
    }
    let headers = [("x-plainsight-token", ADMIN)];
    for wrong in ["", "{}", "{\"root\":1}", "{\"root\":true,\"key\":\"x\"}"] {
        let answer = send(&world.router, path, &headers, Some(wrong.into())).await;
        assert_eq!(answer.status, 400, "{wrong}");
    }
    let elsewhere = vault::RootKey::parse(&"ab".repeat(32)).unwrap();
    world.engine.vault.rotate_root(NextRoot::Given(elsewhere)).unwrap();
    let answer = send(&world.router, path, &headers, body()).await;
    assert_eq!(answer.status, 409);
    assert!(answer.text().contains("stop the server"));
    world.close().await;
}
