//! Settings of the recording proxy (`[proxy]` of `plainsight.toml`).
//!
//! Reads no file and opens no socket.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, de};

use super::target::{Base, UrlError};
use crate::config::{duration, size};

/// Settings of the proxy. Every field has a default.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Where calls go, by name. `openai` and `anthropic` are there unless they are redefined.
    #[serde(deserialize_with = "upstreams_over_defaults")]
    pub upstreams: BTreeMap<String, UpstreamConfig>,
    /// What happens to a call whose request cannot be recorded.
    pub on_record_failure: OnRecordFailure,
    /// How much of each body is recorded, in bytes. Longer bodies are forwarded whole and recorded
    /// in part.
    #[serde(deserialize_with = "size::deserialize")]
    pub max_recorded_body: usize,
    /// How much memory all bodies that wait to be recorded may take together, in bytes. Beyond
    /// it bodies are forwarded whole and recorded in part.
    #[serde(deserialize_with = "size::deserialize")]
    pub recording_memory: usize,
    /// Further request and response headers to record, by name; a trailing `*` matches the rest of
    /// the name. Headers that carry credentials are never recorded, whatever is written here.
    pub recorded_headers: Vec<String>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            upstreams: default_upstreams(),
            on_record_failure: OnRecordFailure::Open,
            max_recorded_body: 16 << 20,
            recording_memory: 128 << 20,
            recorded_headers: Vec::new(),
        }
    }
}

impl Config {
    /// Names of the upstreams that are on this machine.
    pub fn local_upstreams(&self) -> Vec<String> {
        let local = self.upstreams.iter().filter(|(_, upstream)| upstream.is_local());
        local.map(|(name, _)| name.clone()).collect()
    }
}

/// What happens to a call whose request cannot be recorded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OnRecordFailure {
    /// It is forwarded, the loss is counted, and an alert follows.
    #[default]
    Open,
    /// It is refused with 503. The request is recorded durably before its first byte goes upstream.
    Closed,
}

/// Where calls go.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UpstreamConfig {
    /// Base URL, `http` or `https`, without query; a trailing `/v1` is not doubled.
    pub url: String,
    /// The API it speaks.
    #[serde(default)]
    pub dialect: Dialect,
    /// A PEM file with certificate authorities trusted beside the public ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ca_file: Option<PathBuf>,
    /// How long to wait for a connection, TLS handshake included.
    #[serde(
        default = "connect_timeout",
        serialize_with = "duration::serialize",
        deserialize_with = "timeout"
    )]
    pub connect_timeout: Duration,
    /// How long to wait for the answer's headers once the request is through.
    #[serde(
        default = "answer_timeout",
        serialize_with = "duration::serialize",
        deserialize_with = "timeout"
    )]
    pub answer_timeout: Duration,
    /// How long an answer may stay silent between two chunks.
    #[serde(
        default = "idle_timeout",
        serialize_with = "duration::serialize",
        deserialize_with = "timeout"
    )]
    pub idle_timeout: Duration,
}

impl UpstreamConfig {
    /// An upstream at `url` with the default timeouts.
    pub fn new(url: impl Into<String>, dialect: Dialect) -> Self {
        Self {
            url: url.into(),
            dialect,
            ca_file: None,
            connect_timeout: connect_timeout(),
            answer_timeout: answer_timeout(),
            idle_timeout: idle_timeout(),
        }
    }

    /// Checks the base URL.
    ///
    /// # Errors
    /// When it cannot be one.
    pub fn check(&self) -> Result<(), UrlError> {
        Base::parse(&self.url).map(drop)
    }

    /// Whether its host is this machine, by name or by address.
    pub fn is_local(&self) -> bool {
        Base::parse(&self.url).is_ok_and(|base| base.is_loopback())
    }
}

/// The API that an upstream speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Dialect {
    /// OpenAI's API, which many others speak too.
    #[default]
    OpenAi,
    /// Anthropic's API.
    Anthropic,
}

const fn connect_timeout() -> Duration {
    Duration::from_secs(10)
}

// The official SDKs give up after ten minutes: the proxy must not do so before them.
const fn answer_timeout() -> Duration {
    Duration::from_secs(620)
}

const fn idle_timeout() -> Duration {
    Duration::from_secs(620)
}

fn default_upstreams() -> BTreeMap<String, UpstreamConfig> {
    let openai = UpstreamConfig::new("https://api.openai.com", Dialect::OpenAi);
    let anthropic = UpstreamConfig::new("https://api.anthropic.com", Dialect::Anthropic);
    BTreeMap::from([("openai".to_owned(), openai), ("anthropic".to_owned(), anthropic)])
}

fn upstreams_over_defaults<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<BTreeMap<String, UpstreamConfig>, D::Error> {
    let mut upstreams = default_upstreams();
    upstreams.extend(BTreeMap::<String, UpstreamConfig>::deserialize(deserializer)?);
    match upstreams.keys().find(|name| !is_upstream_name(name)) {
        Some(_) => Err(de::Error::custom(
            "an upstream's name consists of letters, digits, `-`, `_` and `.`",
        )),
        None => Ok(upstreams),
    }
}

/// Whether `name` can stand as one path segment without escapes.
fn is_upstream_name(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    !name.is_empty() && name.bytes().all(plain) && name.bytes().any(|byte| byte != b'.')
}

/// A timeout, which is longer than nothing.
fn timeout<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    let timeout = duration::deserialize(deserializer)?;
    if timeout.is_zero() {
        return Err(de::Error::custom("a timeout is a positive number of seconds"));
    }
    Ok(timeout)
}

#[cfg(test)]
mod tests {
    use super::{Config, Dialect, OnRecordFailure};

    #[test]
    fn nothing_written_means_the_two_public_upstreams() {
        let config: Config = toml::from_str("").unwrap();
        assert_eq!(config, Config::default());
        assert_eq!(config.upstreams["anthropic"].dialect, Dialect::Anthropic);
    }

    #[test]
    fn an_upstream_is_added_to_the_defaults() {
        let text = r#"
            on_record_failure = "closed"
            [upstreams.local]
            url = "http://127.0.0.1:11434/v1"
            connect_timeout = 0.5
        "#;
        let config: Config = toml::from_str(text).unwrap();
        assert_eq!(config.on_record_failure, OnRecordFailure::Closed);
        assert_eq!(config.upstreams.len(), 3);
        assert_eq!(config.upstreams["local"].connect_timeout.as_millis(), 500);
    }

    #[test]
    fn upstreams_of_this_machine_are_told_apart() {
        let text = r#"
            upstreams.named.url = "http://localhost:11434"
            upstreams.addressed.url = "http://[::1]:8080/v1"
            upstreams.far.url = "https://localhost.example"
        "#;
        let config: Config = toml::from_str(text).unwrap();
        assert_eq!(config.local_upstreams(), ["addressed", "named"]);
    }

    #[test]
    fn mistakes_are_named() {
        let unknown = toml::from_str::<Config>("max_recorded_bdy = 1").unwrap_err();
        assert!(unknown.to_string().contains("max_recorded_bdy"), "{unknown}");
        let slash = "[upstreams.\"a/b\"]\nurl = \"http://127.0.0.1\"";
        assert!(toml::from_str::<Config>(slash).is_err());
        let zero = "[upstreams.a]\nurl = \"http://127.0.0.1\"\nidle_timeout = 0";
        assert!(toml::from_str::<Config>(zero).is_err());
    }
}
