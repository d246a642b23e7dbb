//! Sinks of Amazon Web Services against doubles that misbehave, and their requests as they go over
//! the wire.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use deliver::config::{From, SinkType};
use deliver::{Config, Courier, Delivered, Outgoing, Rejected, Sink, SinkError, Trouble};
use model::{Alert, Clock, ManualClock, Timestamp};
use serde_json::{Value, json};

use crate::http_double::{HttpDouble, Reply, Seen};
use crate::ledger_double::Memory;
use crate::samples;

const KEYS: &str = r#"{"Version": 1, "AccessKeyId": "AKIDEXAMPLE", "SecretAccessKey": "s3cret", "SessionToken": "t0ken"}"#;

fn config(folder: &tempfile::TempDir, kind: SinkType, destination: &str, url: &str) -> Config {
    let path = folder.path().join("keys.json");
    std::fs::write(&path, KEYS).unwrap();
    let mut config = Config::new("sink", kind);
    config.url = Some(url.to_owned());
    config.region = Some("eu-central-1".to_owned());
    config.token = Some(deliver::SecretRef::File(path));
    config.destination = Some(destination.to_owned());
    config.allow_private = true;
    config.from = From::Start;
    config
}

fn open(config: &Config) -> Box<dyn Sink> {
    let clock: Arc<dyn Clock> = Arc::new(ManualClock::new(Timestamp::from_secs(1_760_000_100)));
    config.open(&samples::teller(false), clock).unwrap()
}

/// Events of alerts with these ids, at the indices 0, 1, 2, …
fn events(config: &Config, ids: &[&str]) -> Vec<Outgoing> {
    let alert = |id: &&str| Alert { id: (*id).to_owned(), ..samples::alert() };
    let logged = (0..).zip(ids).map(|(index, id)| samples::logged_alert(index, alert(id)));
    logged.flat_map(|one| config.format().events(&one, &samples::teller(false))).collect()
}

/// A request as it came, less what depends on the port.
fn wire(seen: &Seen) -> String {
    let mut lines: Vec<String> = seen.head.lines().map(str::to_owned).collect();
    lines.retain(|line| !line.is_empty());
    for line in &mut lines {
        if line.starts_with("host:") {
            "host: (the double)".clone_into(line);
        }
        if let Some((before, _)) = line.split_once("Signature=") {
            *line = format!("{before}Signature=(64 digits)");
        }
    }
    lines.sort();
    let body = String::from_utf8(seen.body.clone()).unwrap();
    let body: Vec<Value> =
        serde_json::Deserializer::from_str(&body).into_iter().map(Result::unwrap).collect();
    let body: Vec<String> =
        body.iter().map(|one| serde_json::to_string_pretty(one).unwrap()).collect();
    format!("{}\n{}\n\n{}", seen.line, lines.join("\n"), body.join("\n"))
}

async fn double(answers: Vec<Reply>) -> HttpDouble {
    HttpDouble::start(move |number, _| answers[number.min(answers.len() - 1)].clone()).await
}

fn xml(status: u16, code: &str) -> Reply {
    Reply::of(status, &format!("<Error><Code>{code}</Code><Message>user_7f3a</Message></Error>"))
}

fn typed(status: u16, code: &str) -> Reply {
    Reply::json(status, &json!({"__type": code, "message": "user_7f3a"}))
}

#[tokio::test]
async fn requests() {
    let folder = tempfile::tempdir().unwrap();
    let taken = json!({"FailedCount": 0, "SuccessCount": 1, "FailedFindings": [],
        "Records": [{"SequenceNumber": "1", "ShardId": "shardId-0"}]});
    let double = double(vec![Reply::json(200, &taken)]).await;
    for (kind, destination) in [
        (SinkType::S3, "bucket/llm"),
        (SinkType::Kinesis, "alerts"),
        (SinkType::SecurityHub, "123456789012"),
    ] {
        let config = config(&folder, kind, destination, &double.url);
        let batch = events(&config, &["al_1"]);
        assert_eq!(open(&config).deliver(&batch).await.unwrap(), Delivered::default());
        let seen = double.seen().pop().unwrap();
        insta::assert_snapshot!(
            format!("aws_{}", serde_json::to_value(kind).unwrap().as_str().unwrap()),
            wire(&seen)
        );
    }
}

#[tokio::test]
async fn an_object_has_one_name_however_often_it_is_sent() {
    let folder = tempfile::tempdir().unwrap();
    let replies = vec![Reply::Reset, Reply::Half, xml(503, "SlowDown"), Reply::of(200, "")];
    let double = double(replies).await;
    let config = config(&folder, SinkType::S3, "bucket", &double.url);
    let log = Memory::of_alerts(5);
    let courier =
        Courier::open(config.clone(), open(&config), folder.path(), log.around(3)).unwrap();
    let mut status = courier.status();
    let running = tokio::spawn(courier.run());
    let waited = status.wait_for(|status| status.sent == 5);
    tokio::time::timeout(Duration::from_mins(1), waited).await.unwrap().unwrap();
    running.abort();
    let seen = double.seen();
    assert_eq!(seen.len(), 4);
    for one in &seen {
        let name = "PUT /bucket/2025/10/09/00000000000000000000-log1-0.jsonl HTTP/1.1";
        assert_eq!(one.line, name);
        assert_eq!(one.body, seen[0].body);
    }
    assert_eq!(seen[3].body.split_inclusive(|byte| *byte == b'\n').count(), 5);
}

#[tokio::test]
async fn a_bucket_that_refuses_is_told_from_an_object_that_is_too_large() {
    let folder = tempfile::tempdir().unwrap();
    let refused = SinkError::Refused;
    let cases = [
        (xml(400, "ExpiredToken"), refused(Trouble::Credentials)),
        (xml(403, "SignatureDoesNotMatch"), refused(Trouble::Credentials)),
        (xml(404, "NoSuchBucket"), refused(Trouble::NoDestination)),
        (xml(400, "EntityTooLarge"), SinkError::Batch(Trouble::TooLarge)),
        (xml(400, "InvalidRequest"), refused(Trouble::Status(400))),
        (xml(400, "RequestTimeout"), SinkError::later(Trouble::Status(400))),
        (xml(409, "OperationAborted"), SinkError::later(Trouble::Status(409))),
        (Reply::of(500, "<"), SinkError::later(Trouble::Status(500))),
        (Reply::of(307, ""), refused(Trouble::Status(307))),
    ];
    let double = double(cases.iter().map(|(reply, _)| reply.clone()).collect()).await;
    let config = config(&folder, SinkType::S3, "bucket", &double.url);
    let batch = events(&config, &["al_1", "al_2"]);
    let mut sink = open(&config);
    for (reply, means) in cases {
        assert_eq!(sink.deliver(&batch).await.unwrap_err(), means, "{reply:?}");
    }
}

/// A stream that takes what a question about payload and number of the call says.
async fn stream(takes: impl Fn(usize, &str) -> bool + Send + Sync + 'static) -> (HttpDouble, Kept) {
    let kept: Kept = Arc::default();
    let keeps = Arc::clone(&kept);
    let double = HttpDouble::start(move |number, seen| {
        let records = seen.json()["Records"].as_array().unwrap().clone();
        let keys: std::collections::HashSet<_> =
            records.iter().map(|one| one["PartitionKey"].to_string()).collect();
        assert_eq!(keys.len(), records.len(), "a key twice in a call");
        let answers = records.iter().map(|record| {
            let data = STANDARD.decode(record["Data"].as_str().unwrap()).unwrap();
            let event: Value = serde_json::from_slice(&data).unwrap();
            let key = event["metadata"]["uid"].as_str().unwrap();
            if !takes(number, key) {
                return json!({"ErrorCode": "ProvisionedThroughputExceededException"});
            }
            let subject = record["PartitionKey"].as_str().unwrap().to_owned();
            keeps.lock().unwrap().push((subject, key.to_owned()));
            json!({"SequenceNumber": "1", "ShardId": "s"})
        });
        Reply::json(200, &json!({"FailedRecordCount": 1, "Records": answers.collect::<Vec<_>>()}))
    })
    .await;
    (double, kept)
}

/// Partition keys and event keys, as they arrived.
type Kept = Arc<Mutex<Vec<(String, String)>>>;

#[tokio::test]
async fn a_record_that_waits_for_its_shard_is_not_overtaken_by_its_own_kind() {
    let (double, kept) = stream(|number, key| number > 1 || !key.ends_with("-1")).await;
    let folder = tempfile::tempdir().unwrap();
    let config = config(&folder, SinkType::Kinesis, "alerts", &double.url);
    let batch = events(&config, &["al_a", "al_b", "al_a", "al_b", "al_c"]);
    let delivered = open(&config).deliver(&batch).await.unwrap();
    assert_eq!(delivered, Delivered { again: vec![1, 3], ..Delivered::default() });
    let again: Vec<Outgoing> = delivered.again.iter().map(|at| batch[*at].clone()).collect();
    assert_eq!(open(&config).deliver(&again).await.unwrap(), Delivered::default());
    let kept = kept.lock().unwrap();
    let of = |subject: &str| -> Vec<String> {
        kept.iter().filter(|(key, _)| key == subject).map(|(_, key)| key.clone()).collect()
    };
    assert_eq!(of("al_a"), ["log1-0", "log1-2"]);
    assert_eq!(of("al_b"), ["log1-1", "log1-3"]);
    assert_eq!(kept.len(), 5, "nothing twice");
}

#[tokio::test]
async fn a_throttled_stream_gets_everything_once_and_each_alert_in_order() {
    let (double, kept) = stream(|number, key| {
        (number * 7 + key.len() + usize::from(key.as_bytes()[key.len() - 1])) % 3 != 0
    })
    .await;
    let folder = tempfile::tempdir().unwrap();
    let mut config = config(&folder, SinkType::Kinesis, "alerts", &double.url);
    config.batch = Some(7);
    let log = Memory::of_alerts(40);
    let courier =
        Courier::open(config.clone(), open(&config), folder.path(), log.around(3)).unwrap();
    let mut status = courier.status();
    let running = tokio::spawn(courier.run());
    let waited = status.wait_for(|status| status.sent == 40);
    tokio::time::timeout(Duration::from_mins(2), waited).await.unwrap().unwrap();
    running.abort();
    let kept = kept.lock().unwrap();
    let mut subjects: std::collections::HashMap<&str, u64> = std::collections::HashMap::new();
    for (subject, key) in kept.iter() {
        let index: u64 = key.rsplit('-').next().unwrap().parse().unwrap();
        let before = subjects.insert(subject, index);
        assert!(before.is_none_or(|before| before < index), "{subject}: {key}");
    }
    assert_eq!(kept.len(), 40);
}

#[tokio::test]
async fn what_a_stream_says_about_all_of_a_call() {
    let folder = tempfile::tempdir().unwrap();
    let cases = [
        (
            typed(400, "ProvisionedThroughputExceededException"),
            SinkError::later(Trouble::Status(400)),
        ),
        (
            typed(400, "com.amazonaws.kinesis.v20131202#ResourceNotFoundException"),
            SinkError::Refused(Trouble::NoDestination),
        ),
        (typed(400, "ExpiredTokenException"), SinkError::Refused(Trouble::Credentials)),
        (typed(400, "InvalidArgumentException"), SinkError::Batch(Trouble::Status(400))),
        (
            Reply::json(200, &json!({"Records": [{"SequenceNumber": "1"}]})),
            SinkError::later(Trouble::Protocol),
        ),
        (Reply::of(200, "<html>"), SinkError::later(Trouble::Protocol)),
        (Reply::Reset, SinkError::later(Trouble::Broken)),
    ];
    let double = double(cases.iter().map(|(reply, _)| reply.clone()).collect()).await;
    let config = config(&folder, SinkType::Kinesis, "alerts", &double.url);
    let batch = events(&config, &["al_1", "al_2"]);
    let mut sink = open(&config);
    for (reply, means) in cases {
        assert_eq!(sink.deliver(&batch).await.unwrap_err(), means, "{reply:?}");
    }
}

#[tokio::test]
async fn findings_are_settled_one_by_one_and_their_last_state_is_sent() {
    let folder = tempfile::tempdir().unwrap();
    let failure =
        |id: &str, code: &str| json!({"Id": id, "ErrorCode": code, "ErrorMessage": "user_7f3a"});
    let failed = [failure("al_b", "InvalidInput"), failure("al_d", "InternalFailure")];
    let double = double(vec![
        Reply::json(200, &json!({"FailedCount": 2, "SuccessCount": 2, "FailedFindings": failed})),
        Reply::json(
            200,
            &json!({"FailedCount": 1, "FailedFindings": [failure("al_x", "InvalidInput")]}),
        ),
        Reply::json(200, &json!({"FailedCount": 1, "FailedFindings": []})),
        Reply::Answer(
            403,
            "x-amzn-errortype: InvalidAccessException:http://x\r\n",
            "{}".to_owned(),
        ),
        Reply::Answer(
            429,
            "x-amzn-errortype: LimitExceededException\r\nretry-after: 2\r\n",
            "{}".to_owned(),
        ),
        Reply::Half,
    ])
    .await;
    let config = config(&folder, SinkType::SecurityHub, "123456789012", &double.url);
    let batch = events(&config, &["al_a", "al_b", "al_a", "al_c", "al_d", "al_b"]);
    let mut sink = open(&config);
    let rejected = |at| Rejected { at, reason: "InvalidInput".to_owned() };
    let settled =
        Delivered { again: vec![4], rejected: vec![rejected(1), rejected(5)], after: None };
    assert_eq!(sink.deliver(&batch).await.unwrap(), settled);
    for means in [
        SinkError::later(Trouble::Protocol),
        SinkError::later(Trouble::Protocol),
        SinkError::Refused(Trouble::Credentials),
        SinkError::Later { trouble: Trouble::Status(429), after: Some(Duration::from_secs(2)) },
        SinkError::later(Trouble::Broken),
    ] {
        assert_eq!(sink.deliver(&batch).await.unwrap_err(), means);
    }
    let sent = double.seen()[0].json();
    let sent = sent["Findings"].as_array().unwrap();
    let keys: Vec<&Value> =
        sent.iter().map(|one| &one["ProductFields"]["plainsight.key"]).collect();
    assert_eq!(keys, ["log1-2", "log1-3", "log1-4", "log1-5"]);
}

#[test]
fn a_finding_stays_within_the_bounds_of_its_format() {
    let long = "ä".repeat(5000);
    let mut alert = Alert { reason: long.clone(), action: long.clone(), ..samples::alert() };
    alert.rule.title = long.clone();
    for number in 0..80 {
        alert.entities.insert(format!("{long}{number}"), long.clone());
    }
    alert.entities.insert("gen_ai.agent.name".to_owned(), long);
    let logged = samples::logged_alert(3, alert);
    let finding = deliver::format::asff::finding(&logged, &samples::teller(false)).unwrap();
    let signs = |value: &Value| value.as_str().unwrap().chars().count();
    assert_eq!((signs(&finding["Title"]), signs(&finding["Description"])), (256, 1024));
    assert_eq!(signs(&finding["Remediation"]["Recommendation"]["Text"]), 512);
    let fields = finding["ProductFields"].as_object().unwrap();
    assert!(fields.len() <= 50 && fields.keys().all(|name| name.chars().count() <= 128));
    assert!(fields.values().all(|value| signs(value) <= 2048));
    assert!(finding["Resources"].as_array().unwrap().iter().all(|one| signs(&one["Id"]) <= 512));
    assert!(finding.to_string().len() < 240_000);

    let bare = samples::logged_alert(4, Alert::default());
    let finding = deliver::format::asff::finding(&bare, &samples::teller(false)).unwrap();
    for name in ["Title", "Description", "GeneratorId"] {
        assert!(signs(&finding[name]) > 0, "{name}");
    }
    assert_eq!(finding["Resources"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_private_endpoint_needs_the_operators_word_and_keys_are_never_shown() {
    let folder = tempfile::tempdir().unwrap();
    let double = double(vec![Reply::of(200, "")]).await;
    let mut config = config(&folder, SinkType::S3, "bucket", &double.url);
    config.allow_private = false;
    let batch = events(&config, &["al_1"]);
    let error = open(&config).deliver(&batch).await.unwrap_err();
    assert_eq!(error, SinkError::Refused(Trouble::PrivateAddress));
    assert!(double.seen().is_empty());
    config.allow_private = true;
    std::fs::write(folder.path().join("keys.json"), "s3cret").unwrap();
    let error = open(&config).deliver(&batch).await.unwrap_err();
    assert_eq!(error, SinkError::Refused(Trouble::Secret));
    config.user = Some("AKIDEXAMPLE".to_owned());
    open(&config).deliver(&batch).await.unwrap();
    assert!(double.seen()[0].header("x-amz-security-token").is_none());
    let authorization = double.seen()[0].header("authorization").unwrap().to_owned();
    let scope = "Credential=AKIDEXAMPLE/20251009/eu-central-1/s3/aws4_request";
    assert!(authorization.contains(scope), "{authorization}");
}
