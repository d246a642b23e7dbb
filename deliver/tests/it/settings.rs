//! Settings: every wrong one is named, no secret is repeated.

use deliver::config::SinkType;
use deliver::{Config, Format};
use serde::Deserialize;

use crate::samples;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sinks {
    sinks: Vec<Config>,
}

fn read(text: &str) -> Result<Vec<Config>, String> {
    let sinks: Sinks = toml::from_str(text).map_err(|error| error.message().to_owned())?;
    Config::check_all(&sinks.sinks).map_err(|error| error.to_string())?;
    Ok(sinks.sinks)
}

fn problem(text: &str) -> String {
    read(&format!("[[sinks]]\n{text}")).unwrap_err()
}

/// A sink of each type.
const EVERY_TYPE: &str = r#"
        [[sinks]]
        name = "siem"
        type = "syslog"
        address = "siem.example:6514"

        [[sinks]]
        name = "splunk"
        type = "hec"
        url = "https://splunk.example:8088"
        token = "env:SPLUNK_TOKEN"
        acknowledge = true
        kinds = ["alert", "sign_in", "interaction"]
        min_severity = "low"

        [[sinks]]
        name = "elastic"
        type = "elasticsearch"
        url = "https://elastic.example:9200"
        destination = "logs-plainsight-default"
        token = "file:elastic-key"

        [[sinks]]
        name = "sentinel"
        type = "sentinel"
        url = "https://dce.example/dataCollectionRules/d/streams/Custom-P?api-version=2023-01-01"
        token_url = "https://login.example/t/oauth2/v2.0/token"
        client_id = "c"
        token = "env:SENTINEL_SECRET"

        [[sinks]]
        name = "soar"
        type = "webhook"
        url = "https://soar.example/hook"
        token = "env:HOOK_SECRET"
        format = "native"
        rate = 5

        [[sinks]]
        name = "pager"
        type = "pagerduty"
        token = "env:PAGERDUTY_KEY"
        min_severity = "high"

        [[sinks]]
        name = "chat"
        type = "slack"
        url = "https://hooks.example/services/x"

        [[sinks]]
        name = "file"
        type = "file"
        path = "alerts.jsonl"
        from = "start"

        [[sinks]]
        name = "kafka"
        type = "kafka"
        address = "one.example:9093, two.example:9093"
        destination = "alerts"

        [[sinks]]
        name = "nats"
        type = "nats"
        address = "nats.example:4222"
        destination = "plainsight.alerts"
        transport = "tcp"

        [[sinks]]
        name = "lake"
        type = "s3"
        region = "eu-central-1"
        destination = "bucket/llm"
        token = "file:keys.json"

        [[sinks]]
        name = "stream"
        type = "kinesis"
        region = "cn-north-1"
        destination = "alerts"
        user = "AKIDEXAMPLE"
        token = "env:AWS_SECRET_ACCESS_KEY"

        [[sinks]]
        name = "findings"
        type = "securityhub"
        region = "us-gov-west-1"
        destination = "123456789012"
        token = "file:keys.json"
        "#;

#[test]
fn every_type_is_set_in_a_few_lines() {
    let sinks = read(EVERY_TYPE).unwrap();
    let clock = std::sync::Arc::new(model::ManualClock::default());
    for sink in &sinks {
        assert!(sink.open(&samples::teller(false), clock.clone()).is_ok(), "{sink:?}");
        let written = toml::to_string(sink).unwrap();
        assert_eq!(&toml::from_str::<Config>(&written).unwrap(), sink);
    }
    assert_eq!(sinks[0].format(), Format::Cef);
    assert_eq!(sinks[1].format(), Format::Ocsf);
    assert_eq!(sinks[2].format(), Format::Ecs);
    assert_eq!(sinks[12].format(), Format::Asff);
    assert_eq!(sinks[5].kind, SinkType::PagerDuty);
}

#[test]
fn what_is_wrong_is_named_and_secrets_are_not() {
    for (text, says) in [
        ("name = \"a\"\ntype = \"hec\"\nurl = \"https://x.example\"", "sink a: token is needed"),
        ("name = \"a\"\ntype = \"syslog\"", "sink a: address is needed"),
        ("name = \"a\"\ntype = \"s3\"", "sink a: region is needed"),
        ("name = \"a\"\ntype = \"file\"\npath = \"x\"\nformat = \"asff\"", "format is one of"),
        (
            "name = \"a\"\ntype = \"securityhub\"\nregion = \"x\"\ntoken = \"env:A\"\ndestination = \"1\"\nkinds = [\"alert\", \"sign_in\"]",
            "kinds is alert alone",
        ),
        ("name = \"a b\"\ntype = \"file\"\npath = \"x\"", "name consists of"),
        ("name = \"a\"\ntype = \"splunk\"", "unknown variant"),
        ("name = \"a\"\ntype = \"file\"\npfad = \"x\"", "unknown field `pfad`"),
        (
            "name = \"a\"\ntype = \"slack\"\nurl = \"https://x.example\"\nformat = \"cef\"",
            "format cannot be chosen",
        ),
        ("name = \"a\"\ntype = \"file\"\npath = \"x\"\nformat = \"slack\"", "format is one of"),
        ("name = \"a\"\ntype = \"file\"\npath = \"x\"\nrate = 0", "rate is a positive"),
        ("name = \"a\"\ntype = \"file\"\npath = \"x\"\nbatch = 0", "batch is at least 1"),
        ("name = \"a\"\ntype = \"file\"\npath = \"x\"\nkinds = []", "kinds names no kind"),
        ("name = \"a\"\ntype = \"file\"\npath = \"x\"\nkinds = [\"alarm\"]", "unknown variant"),
        (
            "name = \"a\"\ntype = \"pagerduty\"\ntoken = \"hunter2\"",
            "a secret is given by reference",
        ),
        (
            "name = \"a\"\ntype = \"file\"\npath = \"x\"\n[[sinks]]\nname = \"a\"\ntype = \"file\"\npath = \"y\"",
            "name is another sink's too",
        ),
    ] {
        let problem = problem(text);
        assert!(problem.contains(says), "{problem}");
        assert!(!problem.contains("hunter2"), "{problem}");
    }
    let mut slack = Config::new("chat", SinkType::Slack);
    slack.url = Some("https://hooks.example/services/hunter2".to_owned());
    assert!(!format!("{slack:?}").contains("hunter2"));
    slack.url = Some("https://user:hunter2@hooks.example/".to_owned());
    let clock = std::sync::Arc::new(model::ManualClock::default());
    let error = slack.open(&samples::teller(false), clock).err().unwrap().to_string();
    assert!(error.contains("sink chat: url") && !error.contains("hunter2"), "{error}");
}

#[test]
fn places_of_amazon_web_services_are_checked() {
    let clock = std::sync::Arc::new(model::ManualClock::default());
    for (kind, field, value, says) in [
        ("s3", "destination", "bucket/../other", "destination is a bucket"),
        ("s3", "destination", "bucket/a b", "destination is a bucket"),
        ("s3", "region", "eu.example/", "region is a region's name"),
        ("s3", "url", "https://s3.example/path", "url is an endpoint"),
        ("securityhub", "destination", "12345", "destination is an account"),
    ] {
        let kind = if kind == "s3" { SinkType::S3 } else { SinkType::SecurityHub };
        let mut config = Config::new("a", kind);
        config.region = Some("eu-central-1".to_owned());
        config.destination = Some("bucket".to_owned());
        config.token = Some(deliver::SecretRef::Env("KEY".to_owned()));
        let value = Some(value.to_owned());
        match field {
            "region" => config.region = value,
            "url" => config.url = value,
            _ => config.destination = value,
        }
        let error = config.open(&samples::teller(false), clock.clone()).err().unwrap().to_string();
        assert!(error.contains(says), "{error}");
    }
}
