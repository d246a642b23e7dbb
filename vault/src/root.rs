//! The root key: a file that only its owner may read.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::Path;

use crate::VaultError;
use crate::primitive::Key;

/// Reads the root key, or makes it where there is none. Says whether it was made.
pub(crate) fn open_or_create(path: &Path) -> Result<(Key, bool), VaultError> {
    match File::open(path) {
        Ok(_) => Ok((read(path)?, false)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok((create(path)?, true)),
        Err(source) => Err(io(path, source)),
    }
}

/// Reads the root key.
pub(crate) fn read(path: &Path) -> Result<Key, VaultError> {
    let mode = std::fs::metadata(path).map_err(|source| io(path, source))?.mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(VaultError::Exposed { path: path.to_owned(), mode });
    }
    let text = std::fs::read_to_string(path).map_err(|source| io(path, source))?;
    let mut bytes = [0; 32];
    hex::decode_to_slice(text.trim(), &mut bytes)
        .map_err(|_| VaultError::RootKey { path: path.to_owned() })?;
    Ok(Key::new(bytes))
}

fn create(path: &Path) -> Result<Key, VaultError> {
    let key = Key::random()?;
    let folder = path.parent().unwrap_or(Path::new("."));
    let made = || -> std::io::Result<()> {
        DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
        writeln!(file, "{}", hex::encode(key.bytes()))?;
        file.sync_all()?;
        File::open(folder)?.sync_all()
    };
    made().map_err(|source| io(path, source))?;
    Ok(key)
}

pub(crate) fn io(path: &Path, source: std::io::Error) -> VaultError {
    VaultError::Io { path: path.to_owned(), source }
}
