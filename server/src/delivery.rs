//! The couriers: for each sink a reader of the log with a cursor of its own.
//!
//! Does not know formats or transports: `deliver` does.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use deliver::{Batch, Config, Courier, Source, SourceError, Status, Surroundings, Teller};
use model::Clock;
use store::{Archive, Entry};
use tokio::sync::watch;
use tokio::task::JoinSet;
use vault::Vault;

use crate::engine::{Engine, Layout};

/// Why sinks cannot be delivered to.
#[derive(Debug, thiserror::Error)]
pub enum DeliveryError {
    /// A setting is wrong, or a file of it cannot be used.
    #[error(transparent)]
    Config(#[from] deliver::ConfigError),
    /// A cursor cannot be read.
    #[error("sink {sink}: {error}")]
    Cursor {
        /// The sink.
        sink: String,
        /// What is wrong with it.
        error: String,
    },
    /// The folder of the cursors cannot be made, or the log's key not be read.
    #[error("{0}")]
    Io(#[from] std::io::Error),
}

/// The running couriers. They end when it is dropped: what was not settled is delivered again.
pub struct Delivery {
    _couriers: JoinSet<()>,
    statuses: Statuses,
}

/// How each sink is doing.
pub type Statuses = Arc<[watch::Receiver<Status>]>;

impl Delivery {
    /// Starts a courier for each sink of `sinks`.
    ///
    /// # Errors
    /// When one cannot be started; then none was.
    pub fn start(
        sinks: &[Config],
        engine: &Engine,
        clock: &Arc<dyn Clock>,
    ) -> Result<Self, DeliveryError> {
        let (folder, teller) = (engine.layout.sinks(), teller(&engine.layout)?);
        std::fs::create_dir_all(&folder)?;
        let mut couriers = JoinSet::new();
        let mut waiting = Vec::new();
        for config in sinks {
            let source = LogSource {
                ledger: engine.layout.ledger(),
                vault: Arc::clone(&engine.vault),
                archive: OnceLock::new(),
                classes: config.kinds.iter().map(|kind| kind.class() as u8).collect(),
            };
            let teller = Teller { content: config.content, ..teller.clone() };
            let sink = config.open(&teller, Arc::clone(clock))?;
            let around = Surroundings {
                source: Arc::new(source),
                grown: engine.committer.progress().size(),
                clock: Arc::clone(clock),
                seed: jitter(&teller.instance, &config.name),
                teller,
            };
            let courier = Courier::open(config.clone(), sink, &folder, around);
            waiting.push(courier.map_err(|error| DeliveryError::Cursor {
                sink: config.name.clone(),
                error: error.to_string(),
            })?);
        }
        let statuses = waiting.iter().map(Courier::status).collect();
        for courier in waiting {
            couriers.spawn(courier.run());
        }
        Ok(Self { _couriers: couriers, statuses })
    }

    /// How each sink is doing, as it changes.
    pub fn statuses(&self) -> Statuses {
        Arc::clone(&self.statuses)
    }
}

/// Who tells: this machine, and this log by the name and key that it is verified by.
///
/// # Errors
/// When the key cannot be read.
pub fn teller(layout: &Layout) -> std::io::Result<Teller> {
    let key = std::fs::read_to_string(layout.verifying_key())?;
    // A vkey is name+hash+key (C2SP signed-note); the hash tells keys apart.
    let hash = key.rsplit('+').nth(1).unwrap_or_default();
    Ok(Teller {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        instance: format!("plainsight-{hash}"),
        host: rustix::system::uname().nodename().to_string_lossy().into_owned(),
        content: false,
    })
}

/// Sends a test alert to a sink, past its queue.
///
/// # Errors
/// What was wrong with it, for a person who sets it up.
pub async fn try_out(
    config: &Config,
    teller: &Teller,
    clock: Arc<dyn Clock>,
) -> Result<(), String> {
    let events = deliver::trial::events(config.format(), teller, clock.now());
    let mut sink = config.open(teller, clock).map_err(|error| error.to_string())?;
    let delivered = tokio::time::timeout(sink.limits().patience, sink.deliver(&events)).await;
    let delivered = delivered.map_err(|_| "did not answer in time".to_owned())?;
    let delivered = delivered.map_err(|error| error.to_string())?;
    if delivered.again.is_empty() && delivered.rejected.is_empty() {
        Ok(())
    } else {
        Err("did not take it".to_owned())
    }
}

/// Sinks that failed together need not come back together.
fn jitter(instance: &str, name: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    (instance, name).hash(&mut hasher);
    hasher.finish()
}

/// The log, as a courier reads it.
struct LogSource {
    ledger: PathBuf,
    vault: Arc<Vault>,
    /// Opened once, as it keeps what it has verified of the tree.
    archive: OnceLock<Archive>,
    /// The classes of the kinds that are told: the others need not be opened.
    classes: Vec<u8>,
}

impl Source for LogSource {
    fn read(&self, from: u64, max: usize) -> Result<Batch, SourceError> {
        let archive = self.archive()?;
        let end = archive.ledger().size().map_err(told)?;
        let mut batch = Batch { records: Vec::new(), next: from, end };
        for stored in archive.ledger().iter(from).take(max) {
            let stored = stored.map_err(told)?;
            batch.next = stored.index + 1;
            if self.classes.contains(&stored.leaf.class) {
                let entry = archive.open_entry(&stored).map_err(told)?;
                batch.records.extend(Entry::readable(entry));
            }
        }
        Ok(batch)
    }
}

impl LogSource {
    fn archive(&self) -> Result<&Archive, SourceError> {
        if let Some(archive) = self.archive.get() {
            return Ok(archive);
        }
        let archive = Archive::open(&self.ledger, Arc::clone(&self.vault)).map_err(told)?;
        Ok(self.archive.get_or_init(|| archive))
    }
}

fn told(error: impl std::fmt::Display) -> SourceError {
    SourceError(error.to_string())
}
