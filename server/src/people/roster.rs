//! Who has an account or an API token: a list in memory, and the same sealed in a file of its own.
//!
//! The file is AES-256-GCM under a key of the vault, is only its owner's to read, and is replaced
//! whole. Passwords are in it as argon2id, tokens and invitations as digests.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use model::{Sealed, Timestamp};
use serde::{Deserialize, Serialize};

use super::role::{Right, Role};
use super::secret::Digest;

/// What the file begins with: its format, which the seal covers too.
const MAGIC: &[u8] = b"plainsight people 1\n";

/// All accounts and tokens.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Roster {
    pub(crate) accounts: Vec<Account>,
    pub(crate) tokens: Vec<Token>,
}

/// A person's account.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Account {
    pub(crate) name: String,
    pub(crate) role: Role,
    /// Sees this tenant only.
    pub(crate) tenant: Option<String>,
    /// The password's hash.
    pub(crate) password: Option<String>,
    pub(crate) second_factor: Option<SecondFactor>,
    pub(crate) invitation: Option<Invitation>,
    /// Issuer and subject of an identity provider, where the account is one of it.
    pub(crate) federated: Option<(String, String)>,
    pub(crate) disabled: bool,
    pub(crate) created: Timestamp,
}

/// The second factor of an account.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SecondFactor {
    /// The secret in base 32.
    pub(crate) secret: String,
    /// The last step that was used.
    pub(crate) used: u64,
}

/// An invitation that was not taken yet.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Invitation {
    pub(crate) digest: Digest,
    pub(crate) expires: Timestamp,
}

/// An API token.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Token {
    pub(crate) digest: Digest,
    pub(crate) label: String,
    /// Who made it; it never may more than that person.
    pub(crate) owner: String,
    pub(crate) scopes: Vec<Right>,
    pub(crate) tenant: Option<String>,
    pub(crate) created: Timestamp,
    pub(crate) expires: Timestamp,
}

impl Roster {
    /// The account called `name`.
    pub(crate) fn account(&self, name: &str) -> Option<&Account> {
        self.accounts.iter().find(|account| account.name == name)
    }

    /// The same, to be changed.
    pub(crate) fn account_mut(&mut self, name: &str) -> Option<&mut Account> {
        self.accounts.iter_mut().find(|account| account.name == name)
    }

    /// Whether somebody could sign in who may admit others.
    pub(crate) fn has_administrator(&self) -> bool {
        self.accounts.iter().any(|account| {
            account.role == Role::Administrator
                && !account.disabled
                && (account.password.is_some() || account.federated.is_some())
        })
    }
}

/// The file.
pub(crate) struct RosterFile {
    path: PathBuf,
    key: RandomizedNonceKey,
}

impl RosterFile {
    /// The file at `path`, under `key`.
    ///
    /// # Errors
    /// When the key is none.
    pub(crate) fn new(path: PathBuf, key: &Sealed<[u8; 32]>) -> io::Result<Self> {
        let key = RandomizedNonceKey::new(&AES_256_GCM, key.expose());
        Ok(Self { path, key: key.map_err(|_| io::Error::other("the key of people is none"))? })
    }

    /// Reads it; nobody, where there is none yet.
    ///
    /// # Errors
    /// When it cannot be read, or was changed.
    pub(crate) fn read(&self) -> io::Result<Roster> {
        let bytes = match std::fs::read(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Roster::default()),
            bytes => bytes?,
        };
        let wrong = || {
            let path = self.path.display();
            io::Error::other(format!("{path}: was changed, or is under another key"))
        };
        let sealed = bytes.strip_prefix(MAGIC).ok_or_else(wrong)?;
        let (nonce, sealed) = sealed.split_at_checked(NONCE_LEN).ok_or_else(wrong)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| wrong())?;
        let mut sealed = sealed.to_vec();
        let opened = self.key.open_in_place(nonce, Aad::from(MAGIC), &mut sealed);
        serde_json::from_slice(opened.map_err(|_| wrong())?).map_err(|_| wrong())
    }

    /// Replaces it, whole or not at all.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) fn write(&self, roster: &Roster) -> io::Result<()> {
        let mut bytes = serde_json::to_vec(roster)?;
        let nonce = self.key.seal_in_place_append_tag(Aad::from(MAGIC), &mut bytes);
        let nonce = nonce.map_err(|_| io::Error::other("people could not be sealed"))?;
        write_private(&self.path, &[MAGIC, nonce.as_ref(), &bytes].concat())
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

    fn file(folder: &Path, key: u8) -> RosterFile {
        RosterFile::new(folder.join("people"), &Sealed::new([key; 32])).unwrap()
    }

    #[test]
    fn what_was_written_is_read_again_by_its_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let file_of = |key| file(folder.path(), key);
        assert!(file_of(1).read().unwrap().accounts.is_empty());
        let account = Account {
            name: "mara".to_owned(),
            role: Role::Analyst,
            tenant: Some("acme".to_owned()),
            password: Some("$argon2id$…".to_owned()),
            second_factor: None,
            invitation: None,
            federated: None,
            disabled: false,
            created: Timestamp(1),
        };
        file_of(1).write(&Roster { accounts: vec![account], tokens: Vec::new() }).unwrap();
        assert_eq!(file_of(1).read().unwrap().accounts[0].name, "mara");
        let path = folder.path().join("people");
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        let mut bytes = std::fs::read(&path).unwrap();
        assert!(!bytes.windows(4).any(|window| window == b"mara"));
        assert!(file_of(2).read().is_err(), "another key");
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
