//! Signing in and out, and what people change of their own account.

use std::net::IpAddr;

use model::{Sealed, Timestamp};
use serde_json::Value;

use super::config::OidcConfig;
use super::error::PeopleError;
use super::oidc::Arrival;
use super::password;
use super::role::{Rights, Role};
use super::roster::{Account, SecondFactor};
use super::secret::{Digest, NoRandomness};
use super::sessions::Session;
use super::{MOST, People, check_name, remove, totp};

impl People {
    /// Signs in with a password and, where the account has one, a code of its second factor; returns
    /// the cookie's value.
    ///
    /// # Errors
    /// When that is wrong, or there were too many tries. Unknown names, wrong passwords and accounts
    /// that may not be used are told alike, and take as long.
    pub(crate) fn sign_in(
        &self,
        name: &str,
        password: &Sealed<String>,
        code: Option<&str>,
        address: IpAddr,
    ) -> Result<Sealed<String>, PeopleError> {
        let now = self.now();
        if let Some(wait) = self.attempts.wait(name, address, now) {
            return Err(PeopleError::Wait(wait));
        }
        let account = self.account(name).filter(|account| !account.disabled);
        let hash = account.as_ref().and_then(|account| account.password.as_deref());
        let is_right = password::verify(password, hash);
        let Some(account) = account.filter(|_| is_right) else {
            self.attempts.failed(name, address, now);
            return Err(PeopleError::Credentials);
        };
        if let Err(error) = self.check_code(&account, code) {
            if code.is_some() {
                self.attempts.failed(name, address, now);
            }
            return Err(error);
        }
        self.attempts.succeeded(name, address);
        Ok(self.begin(&account, now)?)
    }

    fn check_code(&self, account: &Account, code: Option<&str>) -> Result<(), PeopleError> {
        if account.second_factor.is_none() {
            return Ok(());
        }
        let (code, now) = (code.ok_or(PeopleError::SecondFactor)?, self.now());
        // Looked at within the change: of two who bring the same code only one gets in.
        self.change(|roster| {
            let account = roster.account_mut(&account.name).ok_or(PeopleError::Credentials)?;
            let factor = account.second_factor.as_mut().ok_or(PeopleError::SecondFactor)?;
            let secret = Sealed::new(factor.secret.clone());
            let step = totp::step(&secret, code, now, factor.used);
            factor.used = step.ok_or(PeopleError::SecondFactor)?;
            Ok(())
        })
    }

    /// Takes the first link or an invitation: sets the password, and signs in. Returns the name and
    /// the cookie's value.
    ///
    /// # Errors
    /// When the link is none, or name or password may not be.
    pub(crate) fn welcome(
        &self,
        secret: &Sealed<String>,
        name: Option<&str>,
        password: &Sealed<String>,
        address: IpAddr,
    ) -> Result<(String, Sealed<String>), PeopleError> {
        let now = self.now();
        if let Some(wait) = self.attempts.wait("", address, now) {
            return Err(PeopleError::Wait(wait));
        }
        let digest = Digest::of(secret.expose());
        let is_first = self.first.lock().as_ref().is_some_and(|(first, _)| *first == digest);
        let taken = if is_first {
            self.make_first(name.unwrap_or_default(), password)
        } else {
            self.take_invitation(digest, name, password)
        };
        if matches!(taken, Err(PeopleError::Link)) {
            self.attempts.failed("", address, now);
        }
        let name = taken?;
        let account = self.account(&name).ok_or(PeopleError::NoSuchPerson)?;
        let cookie = self.begin(&account, now)?;
        Ok((name, cookie))
    }

    /// The first administrator.
    fn make_first(&self, name: &str, password: &Sealed<String>) -> Result<String, PeopleError> {
        check_name(name)?;
        password::check(name, password.expose()).map_err(PeopleError::Password)?;
        let (hash, now) = (password::hash(password)?, self.now());
        let mut first = self.first.lock();
        let Some((_, path)) = first.as_ref() else { return Err(PeopleError::Link) };
        self.change(|roster| {
            if roster.has_administrator() {
                return Err(PeopleError::Link);
            }
            roster.accounts.retain(|account| account.name != name);
            roster.accounts.push(Account {
                name: name.to_owned(),
                role: Role::Administrator,
                tenant: None,
                password: Some(hash),
                second_factor: None,
                invitation: None,
                federated: None,
                disabled: false,
                created: now,
                sessions_from: now,
            });
            Ok(())
        })?;
        remove(path);
        *first = None;
        Ok(name.to_owned())
    }

    fn take_invitation(
        &self,
        digest: Digest,
        name: Option<&str>,
        password: &Sealed<String>,
    ) -> Result<String, PeopleError> {
        let now = self.now();
        let is_taken = |account: &&Account| {
            let invitation = account.invitation.as_ref();
            invitation.is_some_and(|invited| invited.digest == digest && invited.expires > now)
        };
        let accounts = self.accounts();
        let invited = accounts.iter().find(is_taken).filter(|account| !account.disabled);
        let invited = invited.filter(|account| name.is_none_or(|name| name == account.name));
        let invited = invited.ok_or(PeopleError::Link)?;
        password::check(&invited.name, password.expose()).map_err(PeopleError::Password)?;
        let hash = password::hash(password)?;
        self.change(|roster| {
            let account = roster.account_mut(&invited.name);
            let account = account.filter(|account| is_taken(&&**account));
            let account = account.ok_or(PeopleError::Link)?;
            account.password = Some(hash);
            account.invitation = None;
            Ok(account.name.clone())
        })
    }

    /// Signs in who comes from the identity provider: an account of the same subject; one that was
    /// invited under this name and never used; or a new one. Role and tenant are what the provider
    /// says each time.
    ///
    /// # Errors
    /// When no group of theirs has a role, or somebody else has that name.
    pub(crate) fn arrive(
        &self,
        arrival: &Arrival,
    ) -> Result<(String, Sealed<String>), PeopleError> {
        let config = self.config.oidc.as_ref().ok_or(PeopleError::Credentials)?;
        let text = |name: &str| arrival.claims.get(name).and_then(Value::as_str);
        let name = text(&config.name_claim).unwrap_or_default().to_lowercase();
        check_name(&name)?;
        // Of an address that nobody verified anybody could have said that it is theirs.
        let is_verified = arrival.claims.get("email_verified") != Some(&Value::Bool(false));
        let role = role_of(config, arrival).filter(|_| is_verified || config.name_claim != "email");
        let role = role.ok_or(PeopleError::Credentials)?;
        let tenant = config.tenant_claim.as_deref();
        let tenant =
            tenant.map(|claim| text(claim).map(str::to_owned).ok_or(PeopleError::Credentials));
        let tenant = tenant.transpose()?;
        let now = self.now();
        let subject = (arrival.issuer.clone(), arrival.subject.clone());
        let name = self.change(|roster| {
            let known = roster
                .accounts
                .iter_mut()
                .find(|account| account.federated.as_ref() == Some(&subject));
            if let Some(known) = known {
                if known.disabled {
                    return Err(PeopleError::Credentials);
                }
                (known.role, known.tenant) = (role, tenant);
                return Ok(known.name.clone());
            }
            if let Some(invited) = roster.account_mut(&name) {
                let is_unused = invited.password.is_none() && invited.federated.is_none();
                if !is_unused || invited.disabled {
                    return Err(PeopleError::Exists);
                }
                (invited.role, invited.tenant, invited.invitation) = (role, tenant, None);
                invited.federated = Some(subject);
                return Ok(name);
            }
            if roster.accounts.len() >= MOST {
                return Err(PeopleError::TooMany);
            }
            roster.accounts.push(Account {
                name: name.clone(),
                role,
                tenant,
                password: None,
                second_factor: None,
                invitation: None,
                federated: Some(subject),
                disabled: false,
                created: now,
                sessions_from: now,
            });
            Ok(name)
        })?;
        let account = self.account(&name).ok_or(PeopleError::NoSuchPerson)?;
        let cookie = self.begin(&account, now)?;
        Ok((name, cookie))
    }

    /// Begins a session of somebody who just showed who they are. A clock that was set back does not
    /// keep them out.
    fn begin(&self, account: &Account, now: Timestamp) -> Result<Sealed<String>, NoRandomness> {
        self.sessions.begin(&account.name, now, account.sessions_from)
    }

    /// The session of a cookie, and the account it belongs to.
    pub(crate) fn session(&self, cookie: &str) -> Option<(Digest, Session, Account)> {
        let (digest, session) = self.sessions.of(cookie, self.now())?;
        let account = self.account(&session.name)?;
        let is_open = !account.disabled && session.confirmed >= account.sessions_from;
        is_open.then_some((digest, session, account))
    }

    /// Whether a session goes on, and its person has these rights still. It is not used by that.
    pub(crate) fn is_open(&self, session: Digest, rights: Rights) -> bool {
        let Some((name, confirmed)) = self.sessions.name_of(session, self.now()) else {
            return false;
        };
        self.account(&name).is_some_and(|account| {
            let goes_on = !account.disabled && confirmed >= account.sessions_from;
            goes_on && account.role.rights() == rights
        })
    }

    /// Ends a session.
    ///
    /// # Errors
    /// When it has ended here, and its file could not be written.
    pub(crate) fn sign_out(&self, session: Digest) -> Result<(), PeopleError> {
        Ok(self.sessions.end(session)?)
    }

    /// Whether the file of sessions is to be written, since they were used; tells it once.
    pub(crate) fn has_sessions_to_keep(&self) -> bool {
        self.sessions.is_behind()
    }

    /// Writes the file of sessions. Blocks.
    pub(crate) fn keep_sessions(&self) {
        self.sessions.keep();
    }

    /// Sets a new password; every other session of the person ends.
    ///
    /// # Errors
    /// When the old one is wrong, or the new one may not be.
    pub(crate) fn set_password(
        &self,
        session: Digest,
        name: &str,
        old: &Sealed<String>,
        new: &Sealed<String>,
        address: IpAddr,
    ) -> Result<(), PeopleError> {
        self.confirm(name, old, address)?;
        password::check(name, new.expose()).map_err(PeopleError::Password)?;
        let (hash, now) = (password::hash(new)?, self.now());
        // Before the change, so that no request of this session falls between the two.
        self.sessions.confirm(session, now);
        self.change(|roster| {
            let account = roster.account_mut(name).ok_or(PeopleError::NoSuchPerson)?;
            account.password = Some(hash);
            account.sessions_from = now;
            Ok(())
        })?;
        self.sessions.end_others(name, Some(session));
        Ok(())
    }

    /// Asks for the password again. Failures count as those of signing in.
    fn confirm(
        &self,
        name: &str,
        password: &Sealed<String>,
        address: IpAddr,
    ) -> Result<(), PeopleError> {
        let now = self.now();
        if let Some(wait) = self.attempts.wait(name, address, now) {
            return Err(PeopleError::Wait(wait));
        }
        let hash = self.account(name).and_then(|account| account.password);
        if password::verify(password, hash.as_deref()) {
            return Ok(());
        }
        self.attempts.failed(name, address, now);
        Err(PeopleError::Credentials)
    }

    /// Begins to enrol a second factor: its secret, and what an authenticator app takes.
    ///
    /// # Errors
    /// When the password is wrong.
    pub(crate) fn enrol(
        &self,
        session: Digest,
        name: &str,
        password: &Sealed<String>,
        address: IpAddr,
    ) -> Result<(Sealed<String>, Sealed<String>), PeopleError> {
        self.confirm(name, password, address)?;
        let secret = totp::secret()?;
        let uri = totp::uri(name, &secret);
        self.sessions.enrol(session, Some(secret.clone()));
        Ok((secret, uri))
    }

    /// Confirms it with a code; from now on signing in takes one.
    ///
    /// # Errors
    /// When the code is wrong, or nothing was begun.
    pub(crate) fn confirm_enrolment(
        &self,
        digest: Digest,
        session: &Session,
        code: &str,
    ) -> Result<(), PeopleError> {
        let secret = session.enrolling.as_ref().ok_or(PeopleError::SecondFactor)?;
        let now = self.now();
        let step = totp::step(secret, code, now, 0).ok_or(PeopleError::SecondFactor)?;
        self.sessions.confirm(digest, now);
        self.change(|roster| {
            let account = roster.account_mut(&session.name).ok_or(PeopleError::NoSuchPerson)?;
            account.sessions_from = now;
            let secret = secret.expose().clone();
            account.second_factor = Some(SecondFactor { secret, used: step });
            Ok(())
        })?;
        self.sessions.enrol(digest, None);
        self.sessions.end_others(&session.name, Some(digest));
        Ok(())
    }
}

/// The role that the groups of one have who comes from the provider; of several the one that stands
/// first in `Role::ALL`, which is the one that may least.
fn role_of(config: &OidcConfig, arrival: &Arrival) -> Option<Role> {
    let groups: Vec<&str> = match arrival.claims.get(&config.role_claim)? {
        Value::Array(groups) => groups.iter().filter_map(Value::as_str).collect(),
        Value::String(groups) => groups.split([' ', ',']).collect(),
        _ => return None,
    };
    let has = |role: &Role| {
        let of_role = config.roles.get(role);
        of_role.is_some_and(|of_role| of_role.iter().any(|group| groups.contains(&group.as_str())))
    };
    Role::ALL.into_iter().find(has)
}
