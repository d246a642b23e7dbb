//! HTTP sinks against doubles of their protocols, which also misbehave.

use std::sync::Arc;
use std::time::Duration;

use deliver::config::{From, SinkType};
use deliver::format::webhook::SigningKey;
use deliver::{Config, Courier, Outgoing, Sink, SinkError, Trouble};
use model::{Clock, ManualClock, Timestamp};
use serde_json::{Value, json};

use crate::http_double::{HttpDouble, Reply};
use crate::ledger_double::Memory;
use crate::samples;

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

fn clock() -> Arc<dyn Clock> {
    Arc::new(ManualClock::new(Timestamp::from_secs(1_760_000_100)))
}

fn secret(folder: &tempfile::TempDir, value: &str) -> deliver::SecretRef {
    let path = folder.path().join("secret");
    std::fs::write(&path, value).unwrap();
    deliver::SecretRef::File(path)
}

fn config(kind: SinkType, url: &str) -> Config {
    let mut config = Config::new("sink", kind);
    config.url = Some(url.to_owned());
    config.allow_private = true;
    config.from = From::Start;
    config
}

fn open(config: &Config) -> Box<dyn Sink> {
    config.open(&samples::teller(false), clock()).unwrap()
}

fn events(config: &Config, count: u64) -> Vec<Outgoing> {
    let alerts = (0..count).map(|index| samples::logged_alert(index, samples::alert()));
    alerts.flat_map(|one| config.format().events(&one, &samples::teller(false))).collect()
}

#[tokio::test]
async fn hec_sends_events_one_after_the_other_and_waits_for_the_indexer() {
    let double = HttpDouble::start(|number, seen| match seen.line.split(' ').nth(1).unwrap() {
        "/services/collector/event" => {
            Reply::json(200, &json!({"text": "Success", "code": 0, "ackId": 7}))
        }
        "/services/collector/ack" => Reply::json(200, &json!({"acks": {"7": number >= 3}})),
        other => Reply::of(404, other),
    })
    .await;
    let folder = tempfile::tempdir().unwrap();
    let mut config = config(SinkType::Hec, &double.url);
    config.token = Some(secret(&folder, "t0ken"));
    config.acknowledge = true;
    let delivered = open(&config).deliver(&events(&config, 3)).await.unwrap();
    assert_eq!(delivered, deliver::Delivered::default());
    let seen = double.seen();
    assert_eq!(seen.len(), 4, "one delivery, three questions");
    assert_eq!(seen[0].header("authorization"), Some("Splunk t0ken"));
    let channel = seen[0].header("x-splunk-request-channel").unwrap();
    assert_eq!(seen[3].header("x-splunk-request-channel"), Some(channel));
    let bodies = serde_json::Deserializer::from_slice(&seen[0].body).into_iter::<Value>();
    let keys: Vec<Value> =
        bodies.map(|one| one.unwrap()["fields"]["plainsight_key"].clone()).collect();
    assert_eq!(keys, ["log1-0", "log1-1", "log1-2"]);
}

#[tokio::test]
async fn hec_tells_a_busy_receiver_from_a_wrong_token_and_from_a_wrong_event() {
    let answers = [
        (503, json!({"text": "Server is busy", "code": 9})),
        (403, json!({"text": "Invalid token", "code": 4})),
        (400, json!({"text": "Incorrect index", "code": 7})),
        (400, json!({"text": "Invalid data format", "code": 6})),
        (413, json!({})),
    ];
    let double = HttpDouble::start(move |number, _| {
        let (status, body) = &answers[number];
        Reply::Answer(*status, "retry-after: 3\r\n", body.to_string())
    })
    .await;
    let folder = tempfile::tempdir().unwrap();
    let mut config = config(SinkType::Hec, &double.url);
    config.token = Some(secret(&folder, "t0ken"));
    let batch = events(&config, 2);
    let mut sink = open(&config);
    let after = Some(Duration::from_secs(3));
    let busy = SinkError::Later { trouble: Trouble::Status(503), after };
    assert_eq!(sink.deliver(&batch).await.unwrap_err(), busy);
    assert_eq!(sink.deliver(&batch).await.unwrap_err(), SinkError::Refused(Trouble::Status(403)));
    assert_eq!(sink.deliver(&batch).await.unwrap_err(), SinkError::Refused(Trouble::Status(400)));
    assert_eq!(sink.deliver(&batch).await.unwrap_err(), SinkError::Batch(Trouble::Status(400)));
    assert_eq!(sink.deliver(&batch).await.unwrap_err(), SinkError::Batch(Trouble::TooLarge));
}

#[tokio::test]
async fn bulk_settles_each_item() {
    let double = HttpDouble::start(|_, _| {
        let item = |status: u16| {
            json!({"create": {"status": status, "error": {
            "type": "document_parsing_exception", "reason": "value [user_7f3a] is wrong"}}})
        };
        let items = [201, 409, 429, 400, 503].map(item);
        Reply::json(200, &json!({"errors": true, "items": items}))
    })
    .await;
    let folder = tempfile::tempdir().unwrap();
    let mut config = config(SinkType::Elasticsearch, &double.url);
    config.destination = Some("logs-plainsight-default".to_owned());
    config.user = Some("plainsight".to_owned());
    config.token = Some(secret(&folder, "pa55"));
    let mut sink = open(&config);
    let delivered = sink.deliver(&events(&config, 5)).await.unwrap();
    assert_eq!(delivered.again, [2, 4]);
    assert_eq!(delivered.rejected.len(), 1);
    assert_eq!(delivered.rejected[0].at, 3);
    assert_eq!(delivered.rejected[0].reason, "400 document_parsing_exception");
    // An answer about another number of events is no answer.
    let wrong = sink.deliver(&events(&config, 4)).await.unwrap_err();
    assert_eq!(wrong, SinkError::later(Trouble::Protocol));
    let seen = &double.seen()[0];
    assert_eq!(seen.line, "POST /logs-plainsight-default/_bulk HTTP/1.1");
    assert_eq!(seen.header("authorization"), Some("Basic cGxhaW5zaWdodDpwYTU1"));
    let lines: Vec<Value> = seen
        .body
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty())
        .map(|line| serde_json::from_slice(line).unwrap())
        .collect();
    assert_eq!(lines.len(), 10);
    assert_eq!(lines[2], json!({"create": {"_id": "log1-1"}}));
}

#[tokio::test]
async fn sentinel_asks_for_a_token_once_and_again_when_it_is_refused() {
    let double = HttpDouble::start(|number, seen| {
        if seen.line.contains("/oauth2/") {
            return Reply::json(
                200,
                &json!({"access_token": format!("token{number}"), "expires_in": 3600}),
            );
        }
        Reply::of(if number == 3 { 401 } else { 204 }, "")
    })
    .await;
    let folder = tempfile::tempdir().unwrap();
    let path = "dataCollectionRules/dcr-1/streams/Custom-Plainsight?api-version=2023-01-01";
    let mut config = config(SinkType::Sentinel, &format!("{}/{path}", double.url));
    config.token_url = Some(format!("{}/tenant/oauth2/v2.0/token", double.url));
    config.client_id = Some("client-1".to_owned());
    config.token = Some(secret(&folder, "cl1ent+secret"));
    let batch = events(&config, 2);
    let mut sink = open(&config);
    sink.deliver(&batch).await.unwrap();
    sink.deliver(&batch).await.unwrap();
    assert_eq!(sink.deliver(&batch).await.unwrap_err(), SinkError::Refused(Trouble::Credentials));
    sink.deliver(&batch).await.unwrap();
    let seen = double.seen();
    assert_eq!(seen.len(), 6);
    let form = String::from_utf8(seen[0].body.clone()).unwrap();
    assert!(form.contains("client_secret=cl1ent%2Bsecret&scope=https%3A%2F%2Fmonitor.azure.com"));
    assert_eq!(seen[1].line, format!("POST /{path} HTTP/1.1"));
    assert_eq!(seen[2].header("authorization"), Some("Bearer token0"));
    assert_eq!(seen[5].header("authorization"), Some("Bearer token4"));
    assert_eq!(seen[1].json().as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn pagerduty_and_slack_get_one_event_in_a_request() {
    let double = HttpDouble::start(|_, _| Reply::json(202, &json!({"status": "success"}))).await;
    let folder = tempfile::tempdir().unwrap();
    let mut pager = config(SinkType::PagerDuty, &double.url);
    pager.token = Some(secret(&folder, "R0UT1NG"));
    open(&pager).deliver(&events(&pager, 1)).await.unwrap();
    let slack = config(SinkType::Slack, &format!("{}/services/T0/B0/x", double.url));
    open(&slack).deliver(&events(&slack, 1)).await.unwrap();
    let seen = double.seen();
    assert_eq!(seen[0].json()["routing_key"], "R0UT1NG");
    assert_eq!(seen[0].json()["dedup_key"], samples::alert().id);
    assert_eq!(seen[1].json()["blocks"][0]["type"], "header");
}

#[tokio::test]
async fn a_webhook_survives_every_misbehaviour_in_order_and_signed() {
    let double = HttpDouble::start(|number, _| match number {
        0 => Reply::Answer(429, "retry-after: 1\r\n", String::new()),
        1 | 4 => Reply::Reset,
        3 => Reply::Half,
        6 => Reply::of(503, ""),
        _ => Reply::of(200, ""),
    })
    .await;
    let folder = tempfile::tempdir().unwrap();
    let mut config = config(SinkType::Webhook, &format!("{}/hook", double.url));
    config.token = Some(secret(&folder, &format!("{SECRET} {SECRET}")));
    let log = Memory::of_alerts(5);
    let courier =
        Courier::open(config.clone(), open(&config), folder.path(), log.around(3)).unwrap();
    let mut status = courier.status();
    let running = tokio::spawn(courier.run());
    let waited = status.wait_for(|status| status.sent == 5);
    tokio::time::timeout(Duration::from_mins(1), waited).await.unwrap().unwrap();
    running.abort();
    let mut ids: Vec<String> = Vec::new();
    let key = SigningKey::parse(SECRET).unwrap();
    for seen in double.seen() {
        let id = seen.header("webhook-id").unwrap().to_owned();
        let at: i64 = seen.header("webhook-timestamp").unwrap().parse().unwrap();
        let signature = key.sign(&id, Timestamp::from_secs(at), &seen.body);
        assert_eq!(
            seen.header("webhook-signature"),
            Some(format!("{signature} {signature}").as_str())
        );
        assert_eq!(seen.json()["type"], "plainsight.alert");
        if ids.last() != Some(&id) {
            ids.push(id);
        }
    }
    assert_eq!(ids, ["log1-0", "log1-1", "log1-2", "log1-3", "log1-4"]);
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let inside = HttpDouble::start(|_, _| Reply::of(200, "")).await;
    let location: &'static str = format!("location: {}/admin\r\n", inside.url).leak();
    let double = HttpDouble::start(move |_, _| Reply::Answer(307, location, String::new())).await;
    let slack = config(SinkType::Slack, &double.url);
    let error = open(&slack).deliver(&events(&slack, 1)).await.unwrap_err();
    assert_eq!(error, SinkError::Refused(Trouble::Status(307)));
    assert!(inside.seen().is_empty());
}

#[tokio::test]
async fn private_addresses_are_refused_by_number_and_by_name() {
    let double = HttpDouble::start(|_, _| Reply::of(200, "")).await;
    let port = double.url.rsplit(':').next().unwrap();
    for host in
        ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0", "169.254.169.254"]
    {
        let mut slack = config(SinkType::Slack, &format!("http://{host}:{port}/"));
        slack.allow_private = false;
        let error = open(&slack).deliver(&events(&slack, 1)).await.unwrap_err();
        assert_eq!(error, SinkError::Refused(Trouble::PrivateAddress), "{host}");
    }
    assert!(double.seen().is_empty());
}

#[test]
fn which_addresses_are_public() {
    let public = |text: &str| deliver::sink::is_public(text.parse().unwrap());
    for inside in [
        "0.0.0.0",
        "10.1.2.3",
        "100.64.0.1",
        "127.0.0.1",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "192.0.2.1",
        "198.18.0.1",
        "203.0.113.9",
        "224.0.0.1",
        "255.255.255.255",
        "168.63.129.16",
        "::",
        "::1",
        "::ffff:10.0.0.1",
        "::127.0.0.1",
        "64:ff9b::a00:1",
        "64:ff9b::a9fe:a9fe",
        "2002:7f00:1::",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "ff02::1",
        "2001:db8::1",
        "2001::1",
        "3fff::1",
    ] {
        assert!(!public(inside), "{inside}");
    }
    for outside in
        ["1.1.1.1", "172.15.0.1", "172.32.0.1", "100.63.0.1", "2606:4700::1111", "64:ff9b::101:101"]
    {
        assert!(public(outside), "{outside}");
    }
}
