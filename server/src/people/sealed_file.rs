//! A small file that is sealed, only its owner's to read, and replaced whole: AES-256-GCM under a key
//! of the vault.
//!
//! Does not know what is in it.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::marker::PhantomData;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use model::Sealed;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The file, and what it holds.
pub(crate) struct SealedFile<T> {
    path: PathBuf,
    key: RandomizedNonceKey,
    /// What it begins with: its format, which the seal covers too, so that no file stands for another.
    magic: &'static [u8],
    holds: PhantomData<fn() -> T>,
}

impl<T: Serialize + DeserializeOwned + Default> SealedFile<T> {
    /// The file at `path`, under `key`.
    ///
    /// # Errors
    /// When the key is none.
    pub(crate) fn new(
        path: PathBuf,
        key: &Sealed<[u8; 32]>,
        magic: &'static [u8],
    ) -> io::Result<Self> {
        let key = RandomizedNonceKey::new(&AES_256_GCM, key.expose());
        let key = key.map_err(|_| io::Error::other("the key of people is none"))?;
        Ok(Self { path, key, magic, holds: PhantomData })
    }

    /// Reads it; nothing, where there is none yet.
    ///
    /// # Errors
    /// When it cannot be read, or was changed.
    pub(crate) fn read(&self) -> io::Result<T> {
        let bytes = match std::fs::read(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(T::default()),
            bytes => bytes?,
        };
        let wrong = || {
            let path = self.path.display();
            io::Error::other(format!("{path}: was changed, or is under another key"))
        };
        let sealed = bytes.strip_prefix(self.magic).ok_or_else(wrong)?;
        let (nonce, sealed) = sealed.split_at_checked(NONCE_LEN).ok_or_else(wrong)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| wrong())?;
        let mut sealed = sealed.to_vec();
        let opened = self.key.open_in_place(nonce, Aad::from(self.magic), &mut sealed);
        serde_json::from_slice(opened.map_err(|_| wrong())?).map_err(|_| wrong())
    }

    /// Replaces it, whole or not at all.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) fn write(&self, held: &T) -> io::Result<()> {
        let mut bytes = serde_json::to_vec(held)?;
        let nonce = self.key.seal_in_place_append_tag(Aad::from(self.magic), &mut bytes);
        let nonce = nonce.map_err(|_| io::Error::other("people could not be sealed"))?;
        write_private(&self.path, &[self.magic, nonce.as_ref(), &bytes].concat())
    }
}

/// Replaces a file that only its owner may read.
///
/// # Errors
/// When it cannot be written.
pub(crate) fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let begun = path.with_extension("new");
    let mut options = OpenOptions::new();
    let mut file = options.write(true).create(true).truncate(true).mode(0o600).open(&begun)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(&begun, path)?;
    match path.parent() {
        Some(folder) => File::open(folder)?.sync_all(),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn file(folder: &Path, key: u8, magic: &'static [u8]) -> SealedFile<Vec<String>> {
        SealedFile::new(folder.join("people"), &Sealed::new([key; 32]), magic).unwrap()
    }

    #[test]
    fn what_was_written_is_read_again_by_its_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let file_of = |key| file(folder.path(), key, b"people 1\n");
        assert!(file_of(1).read().unwrap().is_empty());
        file_of(1).write(&vec!["mara".to_owned()]).unwrap();
        assert_eq!(file_of(1).read().unwrap(), ["mara"]);
        let path = folder.path().join("people");
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        let mut bytes = std::fs::read(&path).unwrap();
        assert!(!bytes.windows(4).any(|window| window == b"mara"));
        assert!(file_of(2).read().is_err(), "another key");
        assert!(file(folder.path(), 1, b"people 2\n").read().is_err(), "another format");
        *bytes.last_mut().unwrap() ^= 1;
        std::fs::write(&path, &bytes).unwrap();
        let error = file_of(1).read().err().unwrap();
        assert!(error.to_string().contains("was changed"));
        for length in 0..bytes.len() {
            std::fs::write(&path, &bytes[..length]).unwrap();
            assert!(file_of(1).read().is_err(), "{length} bytes");
        }
    }
}
