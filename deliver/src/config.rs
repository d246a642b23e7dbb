//! Settings of the sinks (`[[sinks]]` of `plainsight.toml`).
//!
//! One flat table for every type, so that a wrong field is named with its place; which fields a type
//! needs is checked afterwards.

mod aws;
mod open;

use std::path::PathBuf;

use model::{Kind, Severity};
use serde::{Deserialize, Serialize};

use crate::format::Format;
use crate::secret::SecretRef;
use crate::sink::Transport;

/// Settings of one sink.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Its name: letters, digits, `-` and `_`. Its cursor has this name too.
    pub name: String,
    /// What it is.
    #[serde(rename = "type")]
    pub kind: SinkType,
    /// URL of `hec`, `elasticsearch`, `sentinel`, `webhook`, `pagerduty` and `slack`; or where it
    /// is, `env:NAME` or `file:PATH`, since a URL may be a secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// `host:port` of `syslog`; of `kafka` and `nats` several with commas between them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// What `syslog` goes over; `tcp` means no TLS for `kafka` and `nats` too.
    #[serde(default)]
    pub transport: Transport,
    /// How events are written; each type has a default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<Format>,
    /// Kinds of records to tell.
    #[serde(default = "alerts")]
    pub kinds: Vec<Kind>,
    /// The lowest severity to tell.
    #[serde(default)]
    pub min_severity: Severity,
    /// Whether what was said is told too, redacted as it is kept.
    #[serde(default)]
    pub content: bool,
    /// Where a new sink begins.
    #[serde(default)]
    pub from: From,
    /// A PEM file with certificate authorities trusted beside the public ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ca_file: Option<PathBuf>,
    /// Token, API key, password, routing key, webhook secret or secret access key: `env:NAME` or
    /// `file:PATH`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<SecretRef>,
    /// The user that a password belongs to; of `s3`, `kinesis` and `securityhub` the access key id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// Token endpoint of `sentinel`; with none the token is a bearer token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_url: Option<String>,
    /// Client id at the token endpoint.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    /// The region of `s3`, `kinesis` and `securityhub`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// Index of `hec` and `elasticsearch`, topic of `kafka`, subject of `nats`, bucket of `s3`,
    /// stream of `kinesis`, account of `securityhub`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub destination: Option<String>,
    /// Partition of `kafka`.
    #[serde(default)]
    pub partition: i32,
    /// Whether `hec` waits for the indexer's acknowledgement.
    #[serde(default)]
    pub acknowledge: bool,
    /// Path of `file`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<PathBuf>,
    /// Bytes after which `file` begins a new file.
    #[serde(default = "rotate_bytes")]
    pub rotate_bytes: u64,
    /// Files that `file` keeps beside the one it writes.
    #[serde(default = "rotate_keep")]
    pub rotate_keep: u32,
    /// Events a second; with none as fast as they are taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate: Option<f64>,
    /// Events in one delivery, at most as many as the type takes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub batch: Option<usize>,
    /// Whether a URL may lead to a private address.
    #[serde(default)]
    pub allow_private: bool,
}

/// A type of sink.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SinkType {
    /// Syslog: TLS, TCP or UDP.
    Syslog,
    /// Splunk HTTP Event Collector.
    Hec,
    /// Elasticsearch or OpenSearch.
    Elasticsearch,
    /// Microsoft Sentinel, Logs Ingestion API.
    Sentinel,
    /// Standard Webhooks.
    Webhook,
    /// PagerDuty Events API v2.
    PagerDuty,
    /// Slack, incoming webhook.
    Slack,
    /// A file.
    File,
    /// Kafka.
    Kafka,
    /// NATS JetStream.
    Nats,
    /// Amazon S3.
    S3,
    /// Amazon Kinesis Data Streams.
    Kinesis,
    /// AWS Security Hub.
    SecurityHub,
}

/// Where a new sink begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum From {
    /// With what comes from now on.
    #[default]
    Now,
    /// With the first record of the log.
    Start,
}

/// A setting is wrong. It does not repeat values, of which one may be a secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("sink {sink}: {field} {what}")]
pub struct ConfigError {
    /// The sink's name, if it has a usable one.
    pub sink: String,
    /// The field.
    pub field: &'static str,
    /// What is wrong.
    pub what: String,
}

impl std::fmt::Debug for Config {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // A URL may hold a secret.
        f.debug_struct("Config")
            .field("name", &self.name)
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}

impl Config {
    /// A sink with nothing set but its name and type.
    pub fn new(name: &str, kind: SinkType) -> Self {
        Self {
            name: name.to_owned(),
            kind,
            url: None,
            address: None,
            transport: Transport::default(),
            format: None,
            kinds: alerts(),
            min_severity: Severity::default(),
            content: false,
            from: From::default(),
            ca_file: None,
            token: None,
            user: None,
            token_url: None,
            client_id: None,
            region: None,
            destination: None,
            partition: 0,
            acknowledge: false,
            path: None,
            rotate_bytes: rotate_bytes(),
            rotate_keep: rotate_keep(),
            rate: None,
            batch: None,
            allow_private: false,
        }
    }

    /// How its events are written.
    pub fn format(&self) -> Format {
        match self.kind {
            SinkType::Sentinel => Format::Sentinel,
            SinkType::PagerDuty => Format::PagerDuty,
            SinkType::Slack => Format::Slack,
            SinkType::SecurityHub => Format::Asff,
            SinkType::Syslog => self.format.unwrap_or(Format::Cef),
            SinkType::Elasticsearch => self.format.unwrap_or(Format::Ecs),
            _ => self.format.unwrap_or(Format::Ocsf),
        }
    }

    /// Checks one sink. Reads no secret and no file.
    ///
    /// # Errors
    /// When a field is wrong, or one is absent that its type needs.
    pub fn check(&self) -> Result<(), ConfigError> {
        self.check_name()?;
        self.check_format()?;
        for (field, present) in self.needed() {
            if !present {
                return Err(self.wrong(field, "is needed for this type"));
            }
        }
        if self.rate.is_some_and(|rate| !rate.is_finite() || rate <= 0.0) {
            return Err(self.wrong("rate", "is a positive number of events a second"));
        }
        if self.batch == Some(0) {
            return Err(self.wrong("batch", "is at least 1"));
        }
        if self.kinds.is_empty() {
            return Err(self.wrong("kinds", "names no kind, so nothing would be told"));
        }
        if self.kind == SinkType::SecurityHub && self.kinds != alerts() {
            return Err(self.wrong("kinds", "is alert alone for this type"));
        }
        if self.client_id.is_some() != self.token_url.is_some() {
            return Err(self.wrong("client_id", "and token_url belong together"));
        }
        Ok(())
    }

    /// Checks all sinks together.
    ///
    /// # Errors
    /// When one is wrong, or two have one name and so one cursor.
    pub fn check_all(sinks: &[Self]) -> Result<(), ConfigError> {
        for (at, sink) in sinks.iter().enumerate() {
            sink.check()?;
            if sinks.iter().take(at).any(|earlier| earlier.name == sink.name) {
                return Err(sink.wrong("name", "is another sink's too"));
            }
        }
        Ok(())
    }

    fn check_name(&self) -> Result<(), ConfigError> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        if self.name.is_empty() || self.name.len() > 64 || !self.name.bytes().all(plain) {
            let what = "consists of at most 64 letters, digits, - and _".to_owned();
            return Err(ConfigError { sink: "(unnamed)".to_owned(), field: "name", what });
        }
        Ok(())
    }

    fn check_format(&self) -> Result<(), ConfigError> {
        let Some(format) = self.format else {
            return Ok(());
        };
        if format != self.format() {
            return Err(self.wrong("format", "cannot be chosen for this type"));
        }
        if format.belongs_to_one() && !self.has_one_format() {
            return Err(self.wrong("format", "is one of ocsf, ecs, cef, leef, native"));
        }
        if self.kind == SinkType::Elasticsearch && !format.is_json() {
            return Err(self.wrong("format", "is one of ocsf, ecs, native for this type"));
        }
        Ok(())
    }

    /// Whether the type leaves no choice.
    const fn has_one_format(&self) -> bool {
        matches!(
            self.kind,
            SinkType::Sentinel | SinkType::PagerDuty | SinkType::Slack | SinkType::SecurityHub
        )
    }

    /// The fields that the type needs, and whether they are there.
    fn needed(&self) -> Vec<(&'static str, bool)> {
        let url = ("url", self.url.is_some());
        let address = ("address", self.address.is_some());
        let token = ("token", self.token.is_some());
        let destination = ("destination", self.destination.is_some());
        match self.kind {
            SinkType::Syslog => vec![address],
            SinkType::Hec | SinkType::Sentinel | SinkType::Webhook => vec![url, token],
            SinkType::Elasticsearch => vec![url, destination],
            SinkType::PagerDuty => vec![token],
            SinkType::Slack => vec![url],
            SinkType::File => vec![("path", self.path.is_some())],
            SinkType::Kafka | SinkType::Nats => vec![address, destination],
            SinkType::S3 | SinkType::Kinesis | SinkType::SecurityHub => {
                vec![("region", self.region.is_some()), token, destination]
            }
        }
    }

    fn wrong(&self, field: &'static str, what: impl Into<String>) -> ConfigError {
        ConfigError { sink: self.name.clone(), field, what: what.into() }
    }
}

fn alerts() -> Vec<Kind> {
    vec![Kind::Alert]
}

const fn rotate_bytes() -> u64 {
    64 << 20
}

const fn rotate_keep() -> u32 {
    10
}
