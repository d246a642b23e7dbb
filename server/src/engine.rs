//! Everything between the doors and the disk, without the doors: what `serve` and an offline
//! `import` have in common.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use inspect::{Inspector, Judges};
use model::{Clock, Timestamp};
use store::{Archive, Once, Writer};
use vault::Vault;

use crate::config::Config;
use crate::detector::{self, Detector};
use crate::indexer::Indexer;
use crate::lock::{Lock, LockError};
use crate::record::Record;
use crate::recorder::{Committer, Parts, Recorder};

/// How long a repeated part is recognised.
pub(crate) const ONCE: Duration = Duration::from_hours(24);

/// How long the end waits for requests that are still open.
const CLOSE: Duration = Duration::from_secs(15);

/// Where things lie in a data directory.
#[derive(Clone, Debug)]
pub struct Layout {
    /// The data directory.
    pub root: PathBuf,
}

impl Layout {
    /// The layout of `root`.
    pub fn new(root: &Path) -> Self {
        Self { root: root.to_owned() }
    }

    /// The log.
    pub fn ledger(&self) -> PathBuf {
        self.root.join("ledger")
    }

    /// The key that signs the log.
    pub fn signing_key(&self) -> PathBuf {
        self.root.join("keys").join("ledger.key")
    }

    /// The key that verifies the log, as a C2SP vkey. Safe to hand out.
    pub fn verifying_key(&self) -> PathBuf {
        self.root.join("keys").join("ledger.vkey")
    }

    /// The operational copy.
    pub fn store(&self) -> PathBuf {
        self.root.join("store")
    }

    /// What was recorded within 24 hours.
    pub fn once(&self) -> PathBuf {
        self.root.join("once")
    }

    /// Where detection stands.
    pub fn detect(&self) -> PathBuf {
        self.root.join("detect")
    }

    /// Up to where detection is done.
    pub fn cursor(&self) -> PathBuf {
        self.detect().join("cursor")
    }

    /// The rules that were in force, each set under its digest.
    pub fn rules(&self) -> PathBuf {
        self.detect().join("rules")
    }

    /// How far each sink is, and what it would not take.
    pub fn sinks(&self) -> PathBuf {
        self.root.join("sinks")
    }

    /// The first administrator's token.
    pub fn admin_token(&self) -> PathBuf {
        self.root.join("admin-token")
    }

    /// Who has an account or an API token, sealed.
    pub fn people(&self) -> PathBuf {
        self.root.join("people")
    }

    /// The secret of the link with which the first administrator signs in; only as long as there is
    /// none.
    pub fn first_link(&self) -> PathBuf {
        self.root.join("first-link")
    }

    /// Where a running server listens.
    pub fn endpoint(&self) -> PathBuf {
        self.root.join("endpoint.json")
    }
}

/// The running engine.
pub struct Engine {
    /// Records.
    pub recorder: Arc<Recorder>,
    /// The keys.
    pub vault: Arc<Vault>,
    /// The committer of the recorder.
    pub committer: Committer,
    /// The reader that keeps the operational copy.
    pub indexer: Indexer,
    /// The reader that detects, unless it is off.
    pub detector: Option<Detector>,
    /// Where everything lies.
    pub layout: Layout,
    _lock: Lock,
}

/// Why the engine could not start.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The data directory is in use.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// The data directory or a thread could not be made.
    #[error("data directory: {0}")]
    Io(#[from] std::io::Error),
    /// The keys could not be opened.
    #[error("vault: {0}")]
    Vault(#[from] vault::VaultError),
    /// The signing key could not be opened.
    #[error("signing key: {0}")]
    Signer(#[from] ledger::SignerError),
    /// There is a log, and not the key that it goes on with.
    #[error("the key that signs the log is not here")]
    NoKey,
    /// The signing key's name is none.
    #[error("verifying key: {0}")]
    Note(#[from] ledger::NoteError),
    /// The log could not be opened.
    #[error("ledger: {0}; run `plainsight verify` to see all that is wrong with it")]
    Ledger(#[from] ledger::OpenError),
    /// The log could not be read.
    #[error("ledger: {0}")]
    Read(#[from] ledger::ReadError),
    /// The log could not be read.
    #[error(transparent)]
    Archive(#[from] store::ArchiveError),
    /// The index of the last 24 hours could not be opened.
    #[error("once: {0}")]
    Once(#[from] store::OnceError),
    /// The operational copy could not be opened.
    #[error("store: {0}")]
    Store(#[from] store::StoreError),
    /// The inspection policy cannot be met.
    #[error("inspection policy: {0}")]
    Policy(#[from] inspect::PolicyError),
    /// The operator's classifier of attacks cannot be used.
    #[error("detect.{0}")]
    Classifier(#[source] inspect::PolicyError),
}

impl Engine {
    /// Opens the data directory of `config`, making it and its keys on first use.
    ///
    /// # Errors
    /// When it is in use, damaged, or cannot be written.
    pub fn open(config: &Config, clock: Arc<dyn Clock>) -> Result<Self, EngineError> {
        let layout = Layout::new(&config.data);
        make_private(&layout.root)?;
        let lock = Lock::acquire(&layout.root)?;
        let vault = Arc::new(Vault::open_with(&layout.root, config.vault(Arc::clone(&clock))?)?);
        let log = open_log(config, &layout)?;
        let once = open_once(&layout, &vault, log.size(), clock.now())?;
        let writer = Writer::open(&layout.store(), &vault.subkey("store")?)?;
        let inspector =
            Inspector::with_files(&config.inspect, &|file| std::fs::read_to_string(file))?;
        let judges = config.detect.enabled.then_some(config.detect.classifier.as_ref()).flatten();
        let judges = Judges::new(judges).map_err(EngineError::Classifier)?;
        let limits = config.recorder.limits();
        let told = Arc::clone(&clock);
        let parts = Parts { inspector, vault: Arc::clone(&vault), log, once, clock, limits };
        let (recorder, committer) = Recorder::start(parts)?;
        let indexer = Indexer::start(
            writer,
            layout.ledger(),
            Arc::clone(&vault),
            committer.progress(),
            tokio::runtime::Handle::current(),
        )?;
        let recorder = Arc::new(recorder);
        let of_recorder: Arc<dyn Record> = Arc::<Recorder>::clone(&recorder);
        let detector = config.detect.enabled.then(|| {
            Detector::start(detector::Parts {
                config: config.detect.clone(),
                judges,
                layout: layout.clone(),
                vault: Arc::clone(&vault),
                progress: committer.progress(),
                recorder: Arc::downgrade(&of_recorder),
                clock: told,
                runtime: tokio::runtime::Handle::current(),
            })
        });
        let detector = detector.transpose()?;
        Ok(Self { recorder, vault, committer, indexer, detector, layout, _lock: lock })
    }

    /// Opens the data directory of `config` for a command of its own, where no server runs, under
    /// the name that the log has. Nothing is detected: a server goes on where the last one was.
    ///
    /// # Errors
    /// As [`Engine::open`].
    pub fn open_existing(mut config: Config, clock: Arc<dyn Clock>) -> Result<Self, EngineError> {
        config.detect.enabled = false;
        let layout = Layout::new(&config.data);
        let ledger = layout.ledger();
        if ledger.join("checkpoint").is_file() {
            // A new key could not go on with this log, and would take the old one's place.
            if !layout.signing_key().is_file() {
                return Err(EngineError::NoKey);
            }
            let note = ledger::Reader::open(&ledger)?.checkpoint()?;
            note.lines().next().unwrap_or_default().clone_into(&mut config.ledger.origin);
        }
        Self::open(&config, clock)
    }

    /// Lets everything that was admitted reach the disk and the operational copy, then ends. The
    /// caller has let go of its own clones of the recorder; whoever has not is waited for only so
    /// long, since what was acknowledged is durable already.
    pub async fn close(self) {
        let Self { recorder, committer, indexer, detector, _lock, .. } = self;
        drop(recorder);
        let (done, ended) = tokio::sync::oneshot::channel();
        // Not a task of the runtime, which would wait for it without end.
        std::thread::spawn(move || {
            drop(committer);
            drop(detector);
            drop(indexer);
            // Nobody may be waiting any more.
            let _ = done.send(());
        });
        if tokio::time::timeout(CLOSE, ended).await.is_err() {
            tracing::warn!(
                "some requests did not end; the operational copy catches up at the next start"
            );
        }
    }
}

fn open_log(config: &Config, layout: &Layout) -> Result<ledger::Log, EngineError> {
    let signer = ledger::Signer::open_or_create(&layout.signing_key(), &config.ledger.origin)?;
    std::fs::write(layout.verifying_key(), format!("{}\n", signer.verifying_key()?))?;
    let options = ledger::LogOptions {
        origin: config.ledger.origin.clone(),
        segment_bytes: config.ledger.segment_bytes,
    };
    Ok(ledger::Log::open(&layout.ledger(), options, signer)?)
}

/// Opens the index of the last 24 hours. Its file is not synced with each group, so after a power
/// cut it may end before the log does: the difference is read from the log.
fn open_once(
    layout: &Layout,
    vault: &Arc<Vault>,
    size: u64,
    now: Timestamp,
) -> Result<Once, EngineError> {
    let mut once = Once::open(&layout.once(), newest(layout, size)?.unwrap_or(now))?;
    if once.damaged() > 0 {
        tracing::warn!(files = once.damaged(), "damaged files of the index of the last 24 hours");
    }
    let next = once.last_index().map_or(0, |last| last + 1);
    if next < size {
        let archive = Archive::open(&layout.ledger(), Arc::clone(vault))?;
        let day = i64::try_from(ONCE.as_nanos()).unwrap_or(i64::MAX);
        let begin = now.nanos().saturating_sub(day);
        let from = next.max(first_since(archive.ledger(), begin, size)?);
        for entry in archive.iter(from) {
            let Some(logged) = entry?.readable() else { continue };
            let identity = logged.record.fingerprint.map(|part| (part, logged.index));
            if let Err(error) = once.insert(identity.as_slice(), logged.log_time) {
                tracing::warn!(%error, "the index of the last 24 hours is kept in memory only");
            }
        }
    }
    Ok(once)
}

/// The log time of the newest record: a clock that is wrong at the start expires nothing.
fn newest(layout: &Layout, size: u64) -> Result<Option<Timestamp>, ledger::ReadError> {
    let Some(last) = size.checked_sub(1) else { return Ok(None) };
    let stored = ledger::Reader::open(&layout.ledger())?.read(last)?;
    Ok(Some(Timestamp::from_nanos(stored.log_time)))
}

/// The first index that was logged at `begin` or later, nanoseconds. Log time only grows, so it is
/// found by halving.
pub(crate) fn first_since(
    log: &ledger::Reader,
    begin: i64,
    size: u64,
) -> Result<u64, ledger::ReadError> {
    let (mut low, mut high) = (0, size);
    while low < high {
        let middle = low + (high - low) / 2;
        if log.read(middle)?.log_time < begin {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    Ok(low)
}

/// Makes a directory that only its owner may enter.
fn make_private(dir: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(dir)
}
