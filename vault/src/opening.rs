//! How a vault is opened: which root key counts, and what a rotation that was broken off left.
//!
//! The database says which root epoch counts, in the same transaction in which its rows were
//! wrapped for it. So whatever instant a rotation dies at, one of the root keys that are here is
//! the right one, and the files are brought in line with it at the next opening to write.

use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use crate::database::Database;
use crate::envelope::Envelope;
use crate::primitive::Key;
use crate::root::{self, Candidate, Place, RootFolder, RootKey, is_file};
use crate::{VaultError, wrap};

/// The root key that counts, as far as it is kept in memory.
pub(crate) struct Root {
    pub(crate) epoch: u32,
    pub(crate) place: Place,
    /// Wraps what the root key wraps.
    pub(crate) wrapping: Key,
}

/// Where the parts of a vault lie.
pub(crate) struct Paths {
    dir: PathBuf,
    vault: PathBuf,
    database: PathBuf,
    envelope: PathBuf,
    pub(crate) roots: RootFolder,
}

/// A vault that can be read.
pub(crate) struct Opened {
    pub(crate) reads: Database,
    pub(crate) database_key: Key,
    pub(crate) root: Root,
}

/// A root key that opens the envelope.
struct Fitting {
    epoch: u32,
    database_key: Key,
    candidate: Candidate,
}

impl Paths {
    pub(crate) fn new(dir: &Path) -> Self {
        let vault = dir.join("vault");
        Self {
            dir: dir.to_owned(),
            database: vault.join("vault.db"),
            envelope: vault.join("envelope"),
            vault,
            roots: RootFolder::new(dir.join("keys")),
        }
    }

    /// Opens the vault to write, making root key and database on first use.
    pub(crate) fn open(
        &self,
        given: Option<RootKey>,
        day: i64,
    ) -> Result<(Opened, Database), VaultError> {
        let (candidates, is_new) = self.roots.find(given, &self.database)?;
        make_folder(&self.vault)?;
        self.begin(&candidates, is_new)?;
        let fitting = self.fit(candidates)?;
        let Some(first) = fitting.first() else {
            return Err(VaultError::WrongKey { path: self.database.clone() });
        };
        let (key, root) = (&first.database_key, &first.candidate.key);
        let writes = Database::open(&self.database, key, is_new, root, day)?;
        root::sync_folder(&self.vault)?;
        root::sync_folder(&self.dir)?;
        let chosen = choose(fitting, writes.root_epoch()?)?;
        self.keep_envelope(&chosen)?;
        let mut root = Root::of(&chosen)?;
        self.settle(&mut root)?;
        let reads = Database::open_read_only(&self.database, &chosen.database_key)?;
        Ok((Opened { reads, database_key: chosen.database_key, root }, writes))
    }

    /// Opens the vault to read. Changes nothing.
    pub(crate) fn open_read_only(&self, given: Option<RootKey>) -> Result<Opened, VaultError> {
        let fitting = self.fit(self.roots.read(given)?)?;
        let Some(first) = fitting.first() else {
            return Err(VaultError::WrongKey { path: self.database.clone() });
        };
        let reads = Database::open_read_only(&self.database, &first.database_key)?;
        let chosen = choose(fitting, reads.root_epoch()?)?;
        let root = Root::of(&chosen)?;
        Ok(Opened { reads, database_key: chosen.database_key, root })
    }

    /// The file with the database's wrapped key.
    pub(crate) fn envelope(&self) -> Result<Envelope, VaultError> {
        let read = Envelope::read(&self.envelope)?;
        Ok(read.unwrap_or_else(|| Envelope::empty(self.envelope.clone())))
    }

    /// Brings the files in line with the root key that counts.
    pub(crate) fn settle(&self, root: &mut Root) -> Result<(), VaultError> {
        let mut envelope = self.envelope()?;
        let kept = self.roots.kept().map(|key| envelope.open(&key)).transpose()?.flatten();
        let retired = kept.map(|(epoch, _)| epoch).filter(|epoch| *epoch < root.epoch);
        self.roots.settle(root.place, retired)?;
        if root.place == Place::Staged {
            root.place = Place::Kept;
        }
        // Last, since until then it tells which epoch the key in the file is of.
        envelope.keep_only(root.epoch)
    }

    /// Makes the database's key where there is no database yet.
    fn begin(&self, candidates: &[Candidate], is_new: bool) -> Result<(), VaultError> {
        let Some(first) = candidates.first().filter(|_| is_new) else {
            return Ok(());
        };
        if is_file(&self.database)? {
            return Ok(());
        }
        Envelope::empty(self.envelope.clone()).add(1, &first.key, &Key::random()?)
    }

    fn fit(&self, candidates: Vec<Candidate>) -> Result<Vec<Fitting>, VaultError> {
        if !is_file(&self.database)? && !is_file(&self.envelope)? {
            return Err(VaultError::Missing { path: self.database.clone() });
        }
        let envelope = Envelope::read(&self.envelope)?;
        let mut fitting = Vec::new();
        for candidate in candidates {
            let opened = match &envelope {
                Some(envelope) => envelope.open(&candidate.key)?,
                None => Some((1, first_database_key(&candidate.key)?)),
            };
            fitting.extend(opened.map(|(epoch, database_key)| Fitting {
                epoch,
                database_key,
                candidate,
            }));
        }
        Ok(fitting)
    }

    /// Makes the envelope of a vault that has none yet.
    fn keep_envelope(&self, chosen: &Fitting) -> Result<(), VaultError> {
        if is_file(&self.envelope)? {
            return Ok(());
        }
        let mut envelope = Envelope::empty(self.envelope.clone());
        envelope.add(chosen.epoch, &chosen.candidate.key, &chosen.database_key)
    }
}

impl Root {
    fn of(fitting: &Fitting) -> Result<Self, VaultError> {
        let Candidate { key, place } = &fitting.candidate;
        Ok(Self { epoch: fitting.epoch, place: *place, wrapping: wrap::wrapping(key)? })
    }
}

/// The key of a database from before there were envelopes.
fn first_database_key(root: &Key) -> Result<Key, VaultError> {
    root.derive(&[b"plainsight vault database"])
}

/// The root key of the epoch that counts.
fn choose(fitting: Vec<Fitting>, current: u32) -> Result<Fitting, VaultError> {
    let oldest = fitting.iter().map(|fitting| fitting.epoch).min().unwrap_or(0);
    let chosen = fitting.into_iter().find(|fitting| fitting.epoch == current);
    chosen.ok_or(if oldest < current {
        VaultError::RetiredRoot { epoch: oldest, current }
    } else {
        VaultError::UnfinishedRoot { current }
    })
}

fn make_folder(folder: &Path) -> Result<(), VaultError> {
    let made = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder);
    made.map_err(|source| root::io(folder, source))
}
