//! People: accounts with a password and a second factor, their sessions, their API tokens, and what
//! each may do.
//!
//! Keeps no record and knows no HTTP: [`crate::api`] does both. Every method that hashes a password
//! or writes the file blocks.

mod approvals;
mod attempts;
mod config;
mod error;
mod oidc;
mod password;
mod role;
mod roster;
mod sealed_file;
mod secret;
mod sessions;
mod signing_in;
mod tokens;
mod totp;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use model::{Clock, Sealed, Timestamp};
use parking_lot::Mutex;

use approvals::Approvals;
pub(crate) use approvals::{Approval, ApprovalError};
use attempts::Attempts;
pub use config::{Config, OidcConfig};
pub use error::PeopleError;
pub(crate) use oidc::{Oidc, OidcError, Return};
pub use password::{LONGEST as LONGEST_PASSWORD, SHORTEST as SHORTEST_PASSWORD};
pub use role::{Right, Rights, Role};
pub(crate) use roster::{Account, Token};
use roster::{Invitation, Roster};
use sealed_file::{SealedFile, write_private};
pub(crate) use secret::Digest;
pub use secret::NoRandomness;
pub(crate) use sessions::Session;
use sessions::Sessions;
pub(crate) use tokens::Asked;

/// How long an invitation can be taken.
const INVITED: Duration = Duration::from_hours(72);
/// The most accounts, and the most tokens.
const MOST: usize = 10_000;
/// The longest name.
const LONGEST_NAME: usize = 64;

/// Accounts and tokens as they were.
pub(crate) struct Snapshot(Roster);

/// Everybody.
pub struct People {
    config: Config,
    clock: Arc<dyn Clock>,
    roster: Mutex<Roster>,
    file: Option<SealedFile<Roster>>,
    sessions: Sessions,
    attempts: Attempts,
    oidc: Option<Oidc>,
    approvals: Approvals,
    /// The digest of the link that makes the first administrator, and the file it is in.
    first: Mutex<Option<(Digest, PathBuf)>>,
}

impl People {
    /// Nobody, kept nowhere.
    pub fn nobody(clock: Arc<dyn Clock>) -> Self {
        Self {
            config: Config::default(),
            clock,
            roster: Mutex::default(),
            file: None,
            sessions: Sessions::default(),
            attempts: Attempts::default(),
            oidc: None,
            approvals: Approvals::default(),
            first: Mutex::new(None),
        }
    }

    /// Those in the file at `path`, under `key`, and their sessions in the one beside it.
    ///
    /// # Errors
    /// When it cannot be read, or was changed.
    pub fn open(
        path: &Path,
        key: &Sealed<[u8; 32]>,
        config: Config,
        clock: Arc<dyn Clock>,
    ) -> std::io::Result<Self> {
        let file = SealedFile::new(path.to_owned(), key, roster::MAGIC)?;
        let sessions = Sessions::open(path.with_file_name("sessions"), key, clock.now())?;
        let roster = Mutex::new(file.read()?);
        let oidc = config.oidc.as_ref().map(Oidc::open).transpose()?;
        let file = Some(file);
        Ok(Self { config, roster, file, sessions, oidc, ..Self::nobody(clock) })
    }

    /// The secret of the link with which the first administrator signs in, where there is none yet.
    /// It is written to `path` too, lasts as long as this process, and opens once.
    ///
    /// # Errors
    /// When it cannot be made or written.
    pub fn first_secret(&self, path: &Path) -> Result<Option<Sealed<String>>, PeopleError> {
        if self.roster.lock().has_administrator() {
            remove(path);
            return Ok(None);
        }
        let secret = secret::new("")?;
        write_private(path, format!("{}\n", secret.expose()).as_bytes())?;
        *self.first.lock() = Some((Digest::of(secret.expose()), path.to_owned()));
        Ok(Some(secret))
    }

    /// The present.
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The identity provider, where there is one.
    pub(crate) const fn oidc(&self) -> Option<&Oidc> {
        self.oidc.as_ref()
    }

    /// Who may read many originals.
    pub(crate) const fn approvals(&self) -> &Approvals {
        &self.approvals
    }

    /// Whether nobody may admit others yet.
    pub(crate) fn is_first(&self) -> bool {
        self.first.lock().is_some()
    }

    /// What is set.
    pub(crate) const fn config(&self) -> &Config {
        &self.config
    }

    /// The account called `name`.
    pub(crate) fn account(&self, name: &str) -> Option<Account> {
        self.roster.lock().account(name).cloned()
    }

    /// All accounts, by name.
    pub(crate) fn accounts(&self) -> Vec<Account> {
        let mut accounts = self.roster.lock().accounts.clone();
        accounts.sort_by(|one, other| one.name.cmp(&other.name));
        accounts
    }

    /// Whether a person of this account has to enrol a second factor before anything else.
    pub(crate) fn must_enrol(&self, account: &Account) -> bool {
        account.second_factor.is_none()
            && account.federated.is_none()
            && self.config.second_factor.contains(&account.role)
    }

    /// Invites `name`: an account without a password, and the secret of the link that sets one.
    ///
    /// # Errors
    /// When the name or tenant is none, or there is such a person already.
    pub(crate) fn invite(
        &self,
        name: &str,
        role: Role,
        tenant: Option<String>,
    ) -> Result<Sealed<String>, PeopleError> {
        let (secret, now) = (secret::new("")?, self.now());
        let invitation = self.invitation(&secret);
        self.change(|roster| {
            check_name(name)?;
            check_tenant(tenant.as_deref())?;
            if roster.account(name).is_some() {
                return Err(PeopleError::Exists);
            }
            if roster.accounts.len() >= MOST {
                return Err(PeopleError::TooMany);
            }
            roster.accounts.push(Account {
                name: name.to_owned(),
                role,
                tenant,
                password: None,
                second_factor: None,
                invitation: Some(invitation),
                federated: None,
                disabled: false,
                created: now,
                sessions_from: now,
            });
            Ok(())
        })?;
        Ok(secret)
    }

    /// Invites a person anew who has lost password or second factor: both are taken away.
    ///
    /// # Errors
    /// When there is no such person.
    pub(crate) fn invite_again(&self, name: &str) -> Result<Sealed<String>, PeopleError> {
        let (secret, now) = (secret::new("")?, self.now());
        let invitation = self.invitation(&secret);
        self.change(|roster| {
            let account = roster.account_mut(name).ok_or(PeopleError::NoSuchPerson)?;
            account.password = None;
            account.second_factor = None;
            account.invitation = Some(invitation);
            account.sessions_from = now;
            Ok(())
        })?;
        self.sessions.end_others(name, None);
        Ok(secret)
    }

    /// Changes role, tenant, or whether the account may be used; what is `None` stays.
    ///
    /// # Errors
    /// When there is no such person, or nobody who may admit others would be left.
    #[expect(clippy::option_option, reason = "no tenant is a value, and another than none said")]
    pub(crate) fn amend(
        &self,
        name: &str,
        role: Option<Role>,
        tenant: Option<Option<String>>,
        disabled: Option<bool>,
    ) -> Result<Account, PeopleError> {
        let now = self.now();
        let account = self.change(|roster| {
            let account = roster.account_mut(name).ok_or(PeopleError::NoSuchPerson)?;
            account.sessions_from = now;
            if let Some(tenant) = tenant {
                check_tenant(tenant.as_deref())?;
                account.tenant = tenant;
            }
            account.role = role.unwrap_or(account.role);
            account.disabled = disabled.unwrap_or(account.disabled);
            Ok(account.clone())
        })?;
        self.sessions.end_others(name, None);
        Ok(account)
    }

    /// Takes an account, its sessions and its tokens away.
    ///
    /// # Errors
    /// When there is no such person, or nobody who may admit others would be left.
    pub(crate) fn remove(&self, name: &str) -> Result<(), PeopleError> {
        self.change(|roster| {
            let count = roster.accounts.len();
            roster.accounts.retain(|account| account.name != name);
            if roster.accounts.len() == count {
                return Err(PeopleError::NoSuchPerson);
            }
            roster.tokens.retain(|token| token.owner != name);
            Ok(())
        })?;
        self.sessions.end_others(name, None);
        Ok(())
    }

    fn invitation(&self, secret: &Sealed<String>) -> Invitation {
        let expires = self.now().plus(INVITED);
        Invitation { digest: Digest::of(secret.expose()), expires }
    }

    /// The list as it is, for [`People::restore`].
    pub(crate) fn snapshot(&self) -> Snapshot {
        Snapshot(self.roster.lock().clone())
    }

    /// Takes a change back that could not be recorded. Nobody else changed anything since: the
    /// caller sees to that.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub(crate) fn restore(&self, snapshot: Snapshot) -> Result<(), PeopleError> {
        let mut roster = self.roster.lock();
        if let Some(file) = &self.file {
            file.write(&snapshot.0)?;
        }
        *roster = snapshot.0;
        Ok(())
    }

    /// Changes the list and its file, both or neither. Where somebody may admit others, somebody
    /// still may afterwards.
    fn change<T>(
        &self,
        edit: impl FnOnce(&mut Roster) -> Result<T, PeopleError>,
    ) -> Result<T, PeopleError> {
        let mut roster = self.roster.lock();
        let mut changed = roster.clone();
        let result = edit(&mut changed)?;
        if roster.has_administrator() && !changed.has_administrator() {
            return Err(PeopleError::LastAdministrator);
        }
        if let Some(file) = &self.file {
            file.write(&changed)?;
        }
        *roster = changed;
        Ok(result)
    }
}

/// A name is shown everywhere and stands in paths.
pub(crate) fn check_name(name: &str) -> Result<(), PeopleError> {
    let plain =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._@-".contains(&byte);
    let is_name = !name.is_empty()
        && name.len() <= LONGEST_NAME
        && name.bytes().all(plain)
        && name.bytes().any(|byte| byte.is_ascii_alphanumeric())
        && name != "admin";
    if is_name { Ok(()) } else { Err(PeopleError::Name) }
}

/// As the recorder takes a tenant's name.
fn check_tenant(tenant: Option<&str>) -> Result<(), PeopleError> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    let is_tenant = tenant.is_none_or(|name| {
        !name.is_empty() && name.len() <= LONGEST_NAME && name.bytes().all(plain)
    });
    if is_tenant { Ok(()) } else { Err(PeopleError::Tenant) }
}

fn remove(path: &Path) {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            tracing::warn!(%error, "could not remove the file of the first sign-in's link");
        }
        _ => {}
    }
}
