//! An engine with the API over it, people who may sign in, and requests as a browser makes them.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use http::{HeaderMap, Request};
use http_body_util::BodyExt as _;
use model::{Clock, Sealed, SystemClock};
use serde_json::{Value, json};
use server::config::Config;
use server::metrics::Metrics;
use server::people::{self, People};
use server::record::Record;
use server::{Engine, api, events};
use tempfile::TempDir;
use tower::ServiceExt as _;

use super::otlp_world::{ADMIN, Answer, tokens};

pub(crate) const PASSWORD: &str = "a long enough sentence";

pub(crate) struct World {
    pub(crate) router: Router,
    pub(crate) engine: Engine,
    pub(crate) people: Arc<People>,
    folder: TempDir,
    settings: people::Config,
    clock: Arc<dyn Clock>,
}

/// One who is signed in.
pub(crate) struct Browser {
    pub(crate) cookie: String,
    pub(crate) csrf: String,
}

impl World {
    pub(crate) fn new() -> Self {
        Self::with(people::Config::default())
    }

    pub(crate) fn with(settings: people::Config) -> Self {
        Self::open(tempfile::tempdir().unwrap(), settings, Arc::new(SystemClock))
    }

    pub(crate) fn at(clock: Arc<dyn Clock>) -> Self {
        Self::open(tempfile::tempdir().unwrap(), people::Config::default(), clock)
    }

    /// The same data, as another process has it after this one.
    pub(crate) async fn restart(self) -> Self {
        let Self { router, engine, people, folder, settings, clock } = self;
        drop((router, people));
        engine.close().await;
        Self::open(folder, settings, clock)
    }

    fn open(folder: TempDir, settings: people::Config, clock: Arc<dyn Clock>) -> Self {
        let config = Config { data: folder.path().join("data"), ..Config::default() };
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
        let (path, key) = (folder.path().join("people"), Sealed::new([3; 32]));
        let people = People::open(&path, &key, settings.clone(), Arc::clone(&clock)).unwrap();
        let people = Arc::new(people);
        let reading =
            api::Reading::new(&engine, recorder, tokens(false), metrics, Arc::clone(&clock));
        let reading = api::Reading { people: Arc::clone(&people), ..reading };
        let router = api::router(reading).merge(events::router(events));
        Self { router, engine, people, folder, settings, clock }
    }

    /// The secret of the first link.
    pub(crate) fn first_secret(&self) -> Option<String> {
        let file = self.folder.path().join("first-link");
        self.people.first_secret(&file).unwrap().map(Sealed::into_exposed)
    }

    /// Sends a request.
    pub(crate) async fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::from(body.to_owned())).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        Answer { status: parts.status, headers: parts.headers, body }
    }

    /// Sends JSON with the administrator's token.
    pub(crate) async fn admin(&self, method: &str, path: &str, body: &Value) -> Answer {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        self.send(method, path, &[("x-plainsight-token", ADMIN)], &body).await
    }

    /// Sends JSON without anything that says who it is.
    pub(crate) async fn nobody(&self, method: &str, path: &str, body: &Value) -> Answer {
        self.send(method, path, &[("content-type", "application/json")], &body.to_string()).await
    }

    /// Sends JSON as a page does.
    pub(crate) async fn browse(
        &self,
        browser: &Browser,
        method: &str,
        path: &str,
        body: &Value,
    ) -> Answer {
        let headers = [
            ("cookie", browser.cookie.as_str()),
            ("x-csrf-token", browser.csrf.as_str()),
            ("sec-fetch-site", "same-origin"),
            ("content-type", "application/json"),
        ];
        let body = if body.is_null() { String::new() } else { body.to_string() };
        self.send(method, path, &headers, &body).await
    }

    /// Invites somebody, who takes the invitation and is signed in.
    pub(crate) async fn join(&self, name: &str, role: &str, tenant: Option<&str>) -> Browser {
        let body = json!({"name": name, "role": role, "tenant": tenant});
        let invited = self.admin("POST", "/api/v1/people", &body).await;
        assert_eq!(invited.status, 201, "{}", invited.text());
        let link = invited.json()["link"].as_str().unwrap().to_owned();
        let token = link.split_once('#').unwrap().1;
        let body = json!({"token": token, "password": PASSWORD});
        let answer = self.nobody("POST", "/api/v1/session/first", &body).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        Browser::of(&answer)
    }

    /// Waits until the operational copy has so many records.
    pub(crate) async fn catch_up(&self, records: u64) {
        for _ in 0..400 {
            let status = self.admin("GET", "/api/v1/status", &Value::Null).await.json();
            if status["reader"]["cursor"].as_u64() >= Some(records) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("the operational copy does not catch up");
    }

    pub(crate) async fn close(self) {
        drop(self.router);
        self.engine.close().await;
    }
}

impl Browser {
    /// What an answer to signing in gives.
    pub(crate) fn of(answer: &Answer) -> Self {
        let csrf = answer.json()["me"]["csrf"].as_str().unwrap().to_owned();
        Self { cookie: cookie(&answer.headers), csrf }
    }
}

fn cookie(headers: &HeaderMap) -> String {
    let cookie = headers["set-cookie"].to_str().unwrap();
    assert!(cookie.contains("HttpOnly; SameSite=Strict; Path=/"), "{cookie}");
    cookie.split(';').next().unwrap().to_owned()
}
