//! API tokens: with scopes and an end, shown once, and never allowed more than their owners.

use std::time::Duration;

use model::{Sealed, Timestamp};

use super::error::PeopleError;
use super::role::{Right, Rights};
use super::roster::Token;
use super::secret::{self, Digest};
use super::{MOST, People, check_tenant};
use crate::wording::says_something;

/// What every token begins with, so that a scanner for secrets knows it.
const TOKEN_PREFIX: &str = "ps_";
/// The longest life.
const LONGEST: Duration = Duration::from_hours(24 * 366);
/// The longest label, in characters.
const LONGEST_LABEL: usize = 100;

/// A token that is asked for.
pub(crate) struct Asked {
    /// What it is for.
    pub(crate) label: String,
    /// What it may do.
    pub(crate) scopes: Vec<Right>,
    /// It sees this tenant only.
    pub(crate) tenant: Option<String>,
    /// When it ends.
    pub(crate) expires: Timestamp,
}

impl People {
    /// Makes a token of `owner`, who has `rights` and sees `tenant` only, where that is said.
    ///
    /// # Errors
    /// When it would have more than its owner, no end or no label.
    pub(crate) fn make_token(
        &self,
        owner: &str,
        rights: Rights,
        tenant: Option<&str>,
        asked: Asked,
    ) -> Result<(Sealed<String>, Token), PeopleError> {
        let (secret, now) = (secret::new(TOKEN_PREFIX)?, self.now());
        let Asked { label, mut scopes, tenant: limited, expires } = asked;
        scopes.sort_unstable();
        scopes.dedup();
        if !says_something(&label, LONGEST_LABEL) {
            return Err(PeopleError::Token("label has no word, or more than 100 characters"));
        }
        let label = label.trim().to_owned();
        if scopes.is_empty() {
            return Err(PeopleError::Token("scopes are empty"));
        }
        if expires <= now || expires > now.plus(LONGEST) {
            return Err(PeopleError::Token("expires in the past, or in more than 366 days"));
        }
        check_tenant(limited.as_deref())?;
        let limited = limited.or_else(|| tenant.map(str::to_owned));
        let is_within = tenant.is_none() || limited.as_deref() == tenant;
        if !rights.covers(Rights::of(&scopes)) || !is_within {
            return Err(PeopleError::Exceeds);
        }
        let digest = Digest::of(secret.expose());
        let owner = owner.to_owned();
        let token = Token { digest, label, owner, scopes, tenant: limited, created: now, expires };
        self.change(|roster| {
            roster.tokens.retain(|token| token.expires > now);
            if roster.tokens.len() >= MOST {
                return Err(PeopleError::TooMany);
            }
            roster.tokens.push(token.clone());
            Ok(())
        })?;
        Ok((secret, token))
    }

    /// The token whose secret this is, with what it may do now: never more than its owner may. The
    /// tokens of `admin`, who has no account, may what they say.
    pub(crate) fn token(&self, secret: &str) -> Option<(Token, Rights)> {
        if !secret.starts_with(TOKEN_PREFIX) {
            return None;
        }
        let (digest, now) = (Digest::of(secret), self.now());
        let roster = self.roster.lock();
        let token = roster.tokens.iter().find(|token| token.digest == digest)?;
        if token.expires <= now {
            return None;
        }
        let owner = match roster.account(&token.owner) {
            Some(owner) if owner.disabled => return None,
            Some(owner) => {
                let is_within = owner.tenant.is_none() || owner.tenant == token.tenant;
                if is_within { owner.role.rights() } else { return None }
            }
            None if token.owner == "admin" => Rights::EVERY,
            None => return None,
        };
        Some((token.clone(), Rights::of(&token.scopes).and(owner)))
    }

    /// The tokens that have not ended: all, or those of one owner.
    pub(crate) fn tokens(&self, owner: Option<&str>) -> Vec<Token> {
        let now = self.now();
        let roster = self.roster.lock();
        let tokens = roster.tokens.iter().filter(|token| token.expires > now);
        tokens.filter(|token| owner.is_none_or(|owner| owner == token.owner)).cloned().collect()
    }

    /// Takes a token away: anybody's, or one of `owner`.
    ///
    /// # Errors
    /// When there is none.
    pub(crate) fn revoke(&self, name: &str, owner: Option<&str>) -> Result<Token, PeopleError> {
        self.change(|roster| {
            let is_it = |token: &Token| {
                token.digest.name() == name && owner.is_none_or(|owner| owner == token.owner)
            };
            let place = roster.tokens.iter().position(is_it).ok_or(PeopleError::NoSuchToken)?;
            Ok(roster.tokens.swap_remove(place))
        })
    }
}
