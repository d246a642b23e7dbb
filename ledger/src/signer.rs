//! Private keys: where they lie, and signing notes with them.

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::Path;

use aws_lc_rs::rand;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};

use crate::files;
use crate::note::{NoteError, VerifyingKey, join_key, signature_line, split_key};

/// The word before the name in the text of a private key, as `golang.org/x/mod/sumdb/note` has it.
const PRIVATE: &str = "PRIVATE+KEY+";

/// Longer than any key's text.
const MAX_KEY_BYTES: u64 = 4096;

/// Why there is no signing key.
#[derive(Debug, thiserror::Error)]
pub enum SignerError {
    /// The file cannot be read or made.
    #[error("could not {what} the signing key")]
    Io {
        /// What was tried.
        what: &'static str,
        /// Why it failed.
        #[source]
        source: io::Error,
    },
    /// The file can be read by others than its owner.
    #[error(
        "could not accept the signing key: its mode is {mode:03o}, and only the owner may have access (600)"
    )]
    Exposed {
        /// The permission bits that it has.
        mode: u32,
    },
    /// The file holds something else.
    #[error("could not read the signing key: {0}")]
    Key(#[from] NoteError),
    /// The key belongs to another log.
    #[error("could not use the signing key: it is named `{found}`, not `{wanted}`")]
    Name {
        /// The name in the file.
        found: String,
        /// The name that was asked for.
        wanted: String,
    },
    /// The library refused to make or load the key.
    #[error("could not make a signing key")]
    Crypto,
}

/// A private Ed25519 key with a name. Never shown, in no format.
pub struct Signer {
    name: String,
    id: u32,
    pair: Ed25519KeyPair,
    public: [u8; 32],
}

impl Signer {
    /// The key in the file at `path`, which is made with mode 0600 when it is not there yet. `name`
    /// is the log's origin. The file's text is that of `note.GenerateKey` in Go.
    pub fn open_or_create(path: &Path, name: &str) -> Result<Self, SignerError> {
        match File::open(path) {
            Ok(file) => Self::read(file, name),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Self::create(path, name),
            Err(source) => Err(SignerError::Io { what: "open", source }),
        }
    }

    /// A key from its 32 secret bytes.
    pub fn from_seed(name: &str, seed: &[u8; 32]) -> Result<Self, SignerError> {
        let pair = Ed25519KeyPair::from_seed_unchecked(seed).map_err(|_| SignerError::Crypto)?;
        let public = pair.public_key().as_ref().try_into().map_err(|_| SignerError::Crypto)?;
        let key = VerifyingKey::new(name, public)?;
        Ok(Self { name: name.to_owned(), id: key.id(), pair, public })
    }

    fn read(file: File, name: &str) -> Result<Self, SignerError> {
        let failed = |source| SignerError::Io { what: "read", source };
        let mode = file.metadata().map_err(failed)?.mode() & 0o777;
        if mode & 0o077 != 0 {
            return Err(SignerError::Exposed { mode });
        }
        let mut text = String::new();
        file.take(MAX_KEY_BYTES).read_to_string(&mut text).map_err(failed)?;
        Self::parse(text.trim_end_matches('\n'), name)
    }

    fn parse(text: &str, name: &str) -> Result<Self, SignerError> {
        let text = text.strip_prefix(PRIVATE).ok_or(NoteError::Key("it is not a private key"))?;
        let (found, id, seed) = split_key(text)?;
        if found != name {
            return Err(SignerError::Name { found: found.to_owned(), wanted: name.to_owned() });
        }
        let signer = Self::from_seed(name, &seed)?;
        if signer.id == id {
            Ok(signer)
        } else {
            Err(NoteError::Key("the hash is not that of the key").into())
        }
    }

    fn create(path: &Path, name: &str) -> Result<Self, SignerError> {
        let mut seed = [0; 32];
        rand::fill(&mut seed).map_err(|_| SignerError::Crypto)?;
        let signer = Self::from_seed(name, &seed)?;
        let text = format!("{PRIVATE}{}\n", join_key(name, signer.id, &seed));
        write_private(path, &text).map_err(|source| SignerError::Io { what: "write", source })?;
        Ok(signer)
    }

    /// The name under which it signs.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The public half.
    pub fn verifying_key(&self) -> Result<VerifyingKey, NoteError> {
        VerifyingKey::new(&self.name, self.public)
    }

    fn line(&self, text: &str) -> String {
        signature_line(&self.name, self.id, self.pair.sign(text.as_bytes()).as_ref())
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer")
            .field("name", &self.name)
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// Writes the file so that it is there whole or not at all, and stays after a power cut.
fn write_private(path: &Path, text: &str) -> io::Result<()> {
    let parent = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(parent)?;
    let temporary = path.with_extension("tmp");
    let _ = fs::remove_file(&temporary);
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&temporary)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&temporary, path)?;
    files::sync_dir(parent)
}

/// The keys that sign a log's checkpoints: the log's own, and any others.
#[derive(Debug)]
pub struct Signers {
    log: Signer,
    others: Vec<Signer>,
}

impl Signers {
    /// The log's own key, which has the log's origin as its name.
    pub fn log(&self) -> &Signer {
        &self.log
    }

    /// Adds a further key that signs every checkpoint.
    #[must_use]
    pub fn and(mut self, other: Signer) -> Self {
        self.others.push(other);
        self
    }

    /// Signs a text that ends in a newline, with every key.
    pub fn sign(&self, text: &str) -> String {
        let lines = std::iter::once(&self.log).chain(&self.others).map(|signer| signer.line(text));
        [text, "\n"].into_iter().map(str::to_owned).chain(lines).collect()
    }
}

impl From<Signer> for Signers {
    fn from(log: Signer) -> Self {
        Self { log, others: Vec::new() }
    }
}

// Hardware keys and key rotation are not here yet; `Signers` is where they will be added.

#[cfg(test)]
mod tests {
    use super::*;
    use crate::note::Note;

    #[test]
    fn a_key_is_made_once_and_read_again() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("keys/ledger.key");
        let first = Signer::open_or_create(&path, "example.com/log").unwrap();
        let again = Signer::open_or_create(&path, "example.com/log").unwrap();
        assert_eq!(first.public, again.public);
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
        assert_eq!(first.id, first.verifying_key().unwrap().id());
        assert!(matches!(
            Signer::open_or_create(&path, "example.com/other"),
            Err(SignerError::Name { .. })
        ));
    }

    #[test]
    fn a_key_that_others_can_read_is_refused() {
        use std::os::unix::fs::PermissionsExt as _;
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("ledger.key");
        Signer::open_or_create(&path, "example.com/log").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        let refused = Signer::open_or_create(&path, "example.com/log");
        assert!(matches!(refused, Err(SignerError::Exposed { mode: 0o640 })));
    }

    #[test]
    fn several_keys_sign_one_text() {
        let keys: Vec<Signer> = (1..=2)
            .map(|i| Signer::from_seed(&format!("example.com/{i}"), &[i; 32]).unwrap())
            .collect();
        let verifying: Vec<_> = keys.iter().map(|key| key.verifying_key().unwrap()).collect();
        let mut keys = keys.into_iter();
        let signers = Signers::from(keys.next().unwrap()).and(keys.next().unwrap());
        let note = Note::parse(&signers.sign("hello\n")).unwrap();
        assert_eq!(note.text, "hello\n");
        assert_eq!(note.signatures.len(), 2);
        for key in verifying {
            assert_eq!(note.verify(&[key]), Ok(()));
        }
        assert!(!format!("{:?}", signers.log()).contains("pair"));
    }
}
