//! The root key: a file that only its owner may read, or a value that the caller keeps elsewhere.
//!
//! On first use the key is written under another name, and gets its own when the database is there.
//! So whatever instant the process dies at, a root key without a database means a lost database.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::VaultError;
use crate::primitive::Key;

const KEPT: &str = "root.key";
const STAGED: &str = "root.key.new";
/// Says that the root key is kept elsewhere.
const GIVEN: &str = "root.given";
/// More than a key file ever has.
const LONGEST: u64 = 256;

/// A root key that the caller keeps, in the environment for instance.
#[derive(Debug)]
pub struct RootKey(Key);

impl RootKey {
    /// From 64 hexadecimal digits.
    ///
    /// # Errors
    /// When it is anything else.
    pub fn parse(text: &str) -> Result<Self, VaultError> {
        decode(text).map(Self).ok_or(VaultError::GivenKey)
    }
}

/// A root key, on its way to being kept.
pub(crate) struct Root {
    key: Key,
    folder: PathBuf,
    stage: Stage,
}

#[derive(PartialEq)]
enum Stage {
    Kept,
    /// Under its first name.
    Staged,
    /// The caller's, for the first time.
    Given,
}

impl Root {
    /// Takes the caller's root key, or reads it from `folder`, or makes one where there is neither
    /// a key nor a database.
    pub(crate) fn open(
        folder: &Path,
        given: Option<RootKey>,
        database: &Path,
    ) -> Result<Self, VaultError> {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)
            .map_err(|source| io(folder, source))?;
        let (key, stage) = match given {
            Some(RootKey(key)) if is_known(folder)? => (key, Stage::Kept),
            Some(RootKey(key)) => (key, Stage::Given),
            None => from_file(folder, database)?,
        };
        Ok(Self { key, folder: folder.to_owned(), stage })
    }

    pub(crate) const fn key(&self) -> &Key {
        &self.key
    }

    /// Whether there need not be a database yet.
    pub(crate) fn is_new(&self) -> bool {
        self.stage != Stage::Kept
    }

    /// Records that key and database belong together from now on.
    pub(crate) fn keep(self) -> Result<Key, VaultError> {
        let kept = self.folder.join(KEPT);
        match self.stage {
            Stage::Kept => return Ok(self.key),
            Stage::Staged => std::fs::rename(self.folder.join(STAGED), &kept),
            Stage::Given => write_private(&self.folder.join(GIVEN), ""),
        }
        .map_err(|source| io(&kept, source))?;
        sync_folder(&self.folder)?;
        Ok(self.key)
    }
}

/// The root key of a vault that exists.
pub(crate) fn read(folder: &Path, given: Option<RootKey>) -> Result<Key, VaultError> {
    match given {
        Some(RootKey(key)) => Ok(key),
        None if is_file(&folder.join(GIVEN))? && !is_file(&folder.join(KEPT))? => {
            Err(VaultError::NotGiven)
        }
        None => read_file(&folder.join(KEPT)),
    }
}

pub(crate) fn io(path: &Path, source: std::io::Error) -> VaultError {
    VaultError::Io { path: path.to_owned(), source }
}

/// Makes the names in a folder durable.
pub(crate) fn sync_folder(folder: &Path) -> Result<(), VaultError> {
    File::open(folder).and_then(|file| file.sync_all()).map_err(|source| io(folder, source))
}

fn is_known(folder: &Path) -> Result<bool, VaultError> {
    Ok(is_file(&folder.join(GIVEN))? || is_file(&folder.join(KEPT))?)
}

fn from_file(folder: &Path, database: &Path) -> Result<(Key, Stage), VaultError> {
    let kept = folder.join(KEPT);
    if is_file(&kept)? {
        return Ok((read_file(&kept)?, Stage::Kept));
    }
    if is_file(&folder.join(GIVEN))? {
        return Err(VaultError::NotGiven);
    }
    let staged = folder.join(STAGED);
    match (is_file(&staged)?, is_file(database)?) {
        (false, true) => Err(VaultError::RootKeyMissing { path: kept }),
        (true, true) => Ok((read_file(&staged)?, Stage::Staged)),
        // Whatever a process that died has written of it: nothing was encrypted with it yet.
        (_, false) => Ok((stage(&staged)?, Stage::Staged)),
    }
}

fn stage(path: &Path) -> Result<Key, VaultError> {
    let key = Key::random()?;
    let text = Zeroizing::new(format!("{}\n", hex::encode(key.bytes())));
    write_private(path, &text).map_err(|source| io(path, source))?;
    Ok(key)
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
    let mut bytes = [0; 32];
    hex::decode_to_slice(text.trim(), &mut bytes).ok()?;
    Some(Key::new(bytes))
}

fn write_private(path: &Path, text: &str) -> std::io::Result<()> {
    let mut file =
        OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

fn is_file(path: &Path) -> Result<bool, VaultError> {
    match std::fs::metadata(path) {
        Ok(_) => Ok(true),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(source) => Err(io(path, source)),
    }
}
