//! The root key: a file that only its owner may read, or a value that the caller keeps elsewhere.
//!
//! ```text
//! root.key      the root key, where it is kept here
//! root.key.new  the next one until it counts, or the first until there is a database
//! root.key.N    the one of epoch N, retired: it opens backups of its time, and nothing since
//! root.given    says that the root key is kept elsewhere
//! ```
//!
//! On first use the key is written under another name, and gets its own when the database is there.
//! So whatever instant the process dies at, a root key without a database means a lost database.
//! It does not say here which of two keys counts: the database does (`opening`).

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use zeroize::Zeroizing;

use crate::VaultError;
use crate::primitive::Key;

const KEPT: &str = "root.key";
const STAGED: &str = "root.key.new";
const GIVEN: &str = "root.given";
/// More than a key file ever has.
const LONGEST: u64 = 256;

/// A root key that the caller keeps, in the environment for instance.
#[derive(Debug)]
pub struct RootKey(pub(crate) Key);

impl RootKey {
    /// From 64 hexadecimal digits, or base64 (RFC 4648 §4 or §5) of 32 bytes.
    ///
    /// # Errors
    /// When it is anything else.
    pub fn parse(text: &str) -> Result<Self, VaultError> {
        decode(text).map(Self).ok_or(VaultError::GivenKey)
    }
}

/// Where the root key comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RootSource {
    /// The file in the data directory.
    File,
    /// The caller.
    Given,
}

/// Where a root key was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// The caller brought it.
    Given,
    /// In the file.
    Kept,
    /// In the file for the next one.
    Staged,
}

impl Place {
    pub(crate) const fn source(self) -> RootSource {
        match self {
            Self::Given => RootSource::Given,
            Self::Kept | Self::Staged => RootSource::File,
        }
    }
}

/// A root key that may be the one that counts.
pub(crate) struct Candidate {
    pub(crate) key: Key,
    pub(crate) place: Place,
}

/// The folder of root keys.
pub(crate) struct RootFolder(PathBuf);

impl RootFolder {
    pub(crate) const fn new(folder: PathBuf) -> Self {
        Self(folder)
    }

    /// The caller's root key, or those in files, or a new one where there is neither a key nor a
    /// database. Says whether there need not be a database yet.
    pub(crate) fn find(
        &self,
        given: Option<RootKey>,
        database: &Path,
    ) -> Result<(Vec<Candidate>, bool), VaultError> {
        let made = DirBuilder::new().recursive(true).mode(0o700).create(&self.0);
        made.map_err(|source| io(&self.0, source))?;
        if given.is_some() || self.has(KEPT)? || self.has(GIVEN)? {
            let is_known = self.has(KEPT)? || self.has(GIVEN)?;
            return Ok((self.read(given)?, !is_known));
        }
        let staged = self.path(STAGED);
        let key = match (self.has(STAGED)?, is_file(database)?) {
            (false, true) => Err(VaultError::RootKeyMissing { path: self.path(KEPT) }),
            (true, true) => read_file(&staged),
            // Whatever a process that died has written of it: nothing counts on it yet.
            (_, false) => self.stage(),
        }?;
        Ok((vec![Candidate { key, place: Place::Staged }], true))
    }

    /// The root keys of a vault that exists, in the order in which they are tried.
    pub(crate) fn read(&self, given: Option<RootKey>) -> Result<Vec<Candidate>, VaultError> {
        if let Some(RootKey(key)) = given {
            return Ok(vec![Candidate { key, place: Place::Given }]);
        }
        let is_kept = self.has(KEPT)?;
        let mut candidates = Vec::new();
        if is_kept || !self.has(GIVEN)? {
            let path = if is_kept { KEPT } else { STAGED };
            let place = if is_kept { Place::Kept } else { Place::Staged };
            if !is_kept && !self.has(STAGED)? {
                return Err(VaultError::RootKeyMissing { path: self.path(KEPT) });
            }
            candidates.push(Candidate { key: read_file(&self.path(path))?, place });
        }
        if !candidates.iter().any(|candidate| candidate.place == Place::Staged) {
            // One that is cut short never counted.
            let staged = read_file(&self.path(STAGED)).ok();
            candidates.extend(staged.map(|key| Candidate { key, place: Place::Staged }));
        }
        if candidates.is_empty() { Err(VaultError::NotGiven) } else { Ok(candidates) }
    }

    /// The key in the file, whether or not it counts.
    pub(crate) fn kept(&self) -> Option<Key> {
        read_file(&self.path(KEPT)).ok()
    }

    /// Makes a key and writes it under its first name.
    pub(crate) fn stage(&self) -> Result<Key, VaultError> {
        let (path, key) = (self.path(STAGED), Key::random()?);
        let text = Zeroizing::new(format!("{}\n", hex::encode(key.bytes())));
        write_private(&path, &text).map_err(|source| io(&path, source))?;
        sync_folder(&self.0)?;
        Ok(key)
    }

    /// Gives the key that counts its own name. `retired` is the epoch of the one in the file, where
    /// that no longer counts. Doing it twice, or from the middle on, changes nothing.
    pub(crate) fn settle(&self, place: Place, retired: Option<u32>) -> Result<(), VaultError> {
        if let Some(epoch) = retired.filter(|_| place != Place::Kept) {
            self.rename(KEPT, &format!("{KEPT}.{epoch}"))?;
        }
        match place {
            Place::Staged => {
                if self.has(STAGED)? {
                    self.rename(STAGED, KEPT)?;
                }
                self.remove(GIVEN)?;
            }
            Place::Kept => self.remove(STAGED)?,
            Place::Given => {
                self.remove(STAGED)?;
                if !self.has(KEPT)? && !self.has(GIVEN)? {
                    let path = self.path(GIVEN);
                    write_private(&path, "").map_err(|source| io(&path, source))?;
                }
            }
        }
        sync_folder(&self.0)
    }

    /// The epochs whose retired keys are still here.
    pub(crate) fn retired(&self) -> Result<Vec<u32>, VaultError> {
        let error = |source| io(&self.0, source);
        let mut epochs = Vec::new();
        for entry in std::fs::read_dir(&self.0).map_err(error)? {
            let name = entry.map_err(error)?.file_name();
            let suffix = name.to_str().and_then(|name| name.strip_prefix("root.key."));
            epochs.extend(suffix.and_then(|suffix| suffix.parse::<u32>().ok()));
        }
        epochs.sort_unstable();
        Ok(epochs)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    fn has(&self, name: &str) -> Result<bool, VaultError> {
        is_file(&self.path(name))
    }

    fn rename(&self, from: &str, to: &str) -> Result<(), VaultError> {
        let renamed = std::fs::rename(self.path(from), self.path(to));
        renamed.map_err(|source| io(&self.path(from), source))
    }

    fn remove(&self, name: &str) -> Result<(), VaultError> {
        match std::fs::remove_file(self.path(name)) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(io(&self.path(name), error)),
            _ => Ok(()),
        }
    }
}

pub(crate) fn io(path: &Path, source: std::io::Error) -> VaultError {
    VaultError::Io { path: path.to_owned(), source }
}

/// Makes the names in a folder durable.
pub(crate) fn sync_folder(folder: &Path) -> Result<(), VaultError> {
    File::open(folder).and_then(|file| file.sync_all()).map_err(|source| io(folder, source))
}

pub(crate) fn is_file(path: &Path) -> Result<bool, VaultError> {
    match std::fs::metadata(path) {
        Ok(_) => Ok(true),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(source) => Err(io(path, source)),
    }
}

/// Writes a file that only its owner reads, to the disk.
pub(crate) fn write_private(path: &Path, text: &str) -> std::io::Result<()> {
    let mut file =
        OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

fn read_file(path: &Path) -> Result<Key, VaultError> {
    let file = File::open(path).map_err(|source| io(path, source))?;
    let mode = file.metadata().map_err(|source| io(path, source))?.mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(VaultError::Exposed { path: path.to_owned(), mode });
    }
    let mut bytes = Zeroizing::new(Vec::new());
    file.take(LONGEST).read_to_end(&mut bytes).map_err(|source| io(path, source))?;
    let text = std::str::from_utf8(&bytes).ok();
    text.and_then(decode).ok_or_else(|| VaultError::RootKey { path: path.to_owned() })
}

fn decode(text: &str) -> Option<Key> {
    let text = text.trim();
    let mut bytes = Zeroizing::new([0; 32]);
    if hex::decode_to_slice(text, bytes.as_mut_slice()).is_ok() {
        return Some(Key::new(*bytes));
    }
    let decoded = [STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD]
        .iter()
        .find_map(|alphabet| alphabet.decode(text).ok());
    let decoded = Zeroizing::new(decoded?);
    Some(Key::new(decoded.as_slice().try_into().ok()?))
}
