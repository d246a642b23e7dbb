//! Who has an account or an API token: a list in memory, and the same in a sealed file of its own.
//!
//! Passwords are in it as argon2id, tokens and invitations as digests.

use model::Timestamp;
use serde::{Deserialize, Serialize};

use super::role::{Right, Role};
use super::secret::Digest;

/// What the file begins with.
pub(crate) const MAGIC: &[u8] = b"plainsight people 1\n";

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
    /// Sessions that its person did not confirm since then have ended: it was made, or rights,
    /// password or second factor were changed.
    #[serde(default)]
    pub(crate) sessions_from: Timestamp,
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
