//! The configuration: `plainsight.toml`, the environment, the command line, in rising order.
//!
//! Sections mirror the architecture; each section's settings are defined beside what they set.
//! Reads the process's state only in [`Source::from_process`].

pub(crate) mod duration;
mod environment;
mod machine;
mod place;
mod problem;
mod reference;
mod rules;
pub(crate) mod size;
mod source;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use model::{Clock, Sealed};
use serde::{Deserialize, Serialize};
use vault::{RootKey, VaultError, VaultOptions};

use machine::Machine;
pub use problem::Problem;
pub use reference::reference;
pub use source::{Overrides, Source};

use crate::budget::Budget;
use crate::recorder::Limits;
use crate::{detector, identity, people, proxy};

/// Everything that can be set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// The data directory.
    pub data: PathBuf,
    /// Address of the main listener: proxy, events API, API.
    pub listen: String,
    /// The OTLP doors.
    pub otlp: Otlp,
    /// TLS of all listeners.
    pub tls: Tls,
    /// Who may send, and who may read.
    pub access: Access,
    /// What may wait for the disk.
    pub recorder: Recorder,
    /// The recording proxy.
    pub proxy: proxy::Config,
    /// Who is behind a call.
    pub identity: identity::Config,
    /// Who may use the console and the API.
    pub people: people::Config,
    /// What is done with each type of sensitive value.
    pub inspect: inspect::Policy,
    /// The log.
    pub ledger: Ledger,
    /// The rules that look for attacks.
    pub detect: detector::Config,
    /// What models cost, by the beginning of their names.
    pub prices: BTreeMap<String, Price>,
    /// Where alerts, and what else is wanted, are told.
    pub sinks: Vec<deliver::Config>,
    /// The root key, where it is kept outside the data directory: in `PLAINSIGHT_ROOT_KEY`, and in
    /// no file of settings.
    #[serde(skip)]
    pub root_key: Option<Sealed<String>>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            data: PathBuf::from("plainsight-data"),
            listen: "127.0.0.1:8700".to_owned(),
            otlp: Otlp::default(),
            tls: Tls::default(),
            access: Access::default(),
            recorder: Recorder::default(),
            proxy: proxy::Config::default(),
            identity: identity::Config::default(),
            people: people::Config::default(),
            inspect: inspect::Policy::default(),
            ledger: Ledger::default(),
            detect: detector::Config::default(),
            prices: BTreeMap::new(),
            sinks: Vec::new(),
            root_key: None,
        }
    }
}

/// The OTLP doors.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Otlp {
    /// Address for gRPC.
    pub grpc: String,
    /// Address for HTTP.
    pub http: String,
    /// The largest request, as it comes and decoded, in bytes.
    #[serde(deserialize_with = "size::deserialize")]
    pub max_body_bytes: usize,
}

impl Default for Otlp {
    fn default() -> Self {
        Self {
            grpc: "127.0.0.1:4317".to_owned(),
            http: "127.0.0.1:4318".to_owned(),
            max_body_bytes: 64 << 20,
        }
    }
}

/// TLS of all listeners.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Tls {
    /// A PEM file with the certificate chain.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cert: Option<PathBuf>,
    /// A PEM file with its key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<PathBuf>,
    /// Make a certificate for `localhost` at the first start.
    pub self_signed: bool,
}

impl Tls {
    /// Whether listeners speak TLS.
    pub const fn is_on(&self) -> bool {
        self.self_signed || self.cert.is_some()
    }
}

/// Who may send. The API's token is made at the first start.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Access {
    /// A file with the token of those who send.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ingest_token_file: Option<PathBuf>,
    /// Whether telemetry is taken only with a token.
    pub require_ingest_token: bool,
}

/// What may wait for the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Recorder {
    /// Records that may wait.
    pub queue_records: usize,
    /// Bytes of content that may wait.
    #[serde(deserialize_with = "size::deserialize")]
    pub queue_bytes: usize,
    /// Bytes of all request bodies that are being read, as they come and decoded.
    #[serde(deserialize_with = "size::deserialize")]
    pub body_bytes: usize,
}

impl Recorder {
    /// The bounds of the recorder's queue.
    pub const fn limits(self) -> Limits {
        Limits { records: self.queue_records, bytes: self.queue_bytes }
    }

    /// The bound of the bodies that doors read.
    pub fn bodies(self) -> Budget {
        Budget::new(self.body_bytes)
    }
}

impl Default for Recorder {
    fn default() -> Self {
        Self { queue_records: 20_000, queue_bytes: 64 << 20, body_bytes: 128 << 20 }
    }
}

/// What a model costs, for a million tokens, in the operator's currency.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Price {
    /// Tokens that go in.
    pub input: f64,
    /// Tokens that come out.
    pub output: f64,
}

/// The log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Ledger {
    /// The log's name in checkpoints (C2SP tlog-checkpoint): a URL without scheme.
    pub origin: String,
    /// Bytes after which a segment is closed.
    #[serde(deserialize_with = "size::deserialize")]
    pub segment_bytes: u64,
}

impl Default for Ledger {
    fn default() -> Self {
        Self { origin: "plainsight.local/log".to_owned(), segment_bytes: 64 << 20 }
    }
}

impl Config {
    /// The defaults for a data directory, with the root key of the process's environment.
    pub fn of_directory(data: &Path) -> Self {
        let root_key = Source::from_environment().root_key;
        Self { data: data.to_owned(), root_key, ..Self::default() }
    }

    /// What the vault is opened with.
    ///
    /// # Errors
    /// When the root key is none.
    pub fn vault(&self, clock: Arc<dyn Clock>) -> Result<VaultOptions, VaultError> {
        let root = self.root_key.as_ref().map(|key| RootKey::parse(key.expose())).transpose()?;
        Ok(VaultOptions { root, clock })
    }

    /// The configuration that a source makes.
    ///
    /// # Errors
    /// Every problem of it.
    pub fn load(source: &Source) -> Result<Self, Vec<Problem>> {
        let (config, problems) = source.read(&Machine::this());
        if problems.is_empty() { Ok(config) } else { Err(problems) }
    }

    /// Every problem of a source.
    pub fn check(source: &Source) -> Vec<Problem> {
        source.read(&Machine::this()).1
    }

    /// Every problem of a source that can be seen without asking the machine: no name is resolved
    /// and no file is opened.
    pub fn check_unasked(source: &Source) -> Vec<Problem> {
        source.read(&Machine::none()).1
    }
}
