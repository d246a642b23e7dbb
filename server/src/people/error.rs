//! Why something about people could not be done.

use std::time::Duration;

use super::secret::NoRandomness;

/// Why something about people could not be done. None says whether a name is known to one who is
/// not signed in.
#[derive(Debug, thiserror::Error)]
pub enum PeopleError {
    /// Name or password is wrong, or the account may not be used.
    #[error("name or password is wrong")]
    Credentials,
    /// The password is right, and a code of the second factor is wanted.
    #[error("code of the second factor is missing or wrong")]
    SecondFactor,
    /// Too many were wrong.
    #[error("too many failed tries")]
    Wait(
        /// How long.
        Duration,
    ),
    /// The link was used, has expired, or never was one.
    #[error("link was used already, has expired, or is none")]
    Link,
    /// The name is none.
    #[error("name is not 1 to 64 small letters, digits and . _ @ -, or is taken by Plainsight")]
    Name,
    /// The tenant is none.
    #[error("tenant is not 1 to 64 letters, digits and . _ -")]
    Tenant,
    /// The password may not be one.
    #[error("password {0}")]
    Password(
        /// Why.
        &'static str,
    ),
    /// There is one of this name.
    #[error("there is one of this name already")]
    Exists,
    /// There is no such person.
    #[error("there is no such person")]
    NoSuchPerson,
    /// There is no such token.
    #[error("there is no such token")]
    NoSuchToken,
    /// A token would have more rights than its owner.
    #[error("a token may not do more than its owner")]
    Exceeds,
    /// A token's label or expiry is none.
    #[error("token {0}")]
    Token(
        /// What is wrong.
        &'static str,
    ),
    /// Nobody who may admit others would be left.
    #[error("nobody would be left who may admit others")]
    LastAdministrator,
    /// There are too many.
    #[error("there are too many already")]
    TooMany,
    /// The file could not be written.
    #[error("people: {0}")]
    Io(#[from] std::io::Error),
    /// There were no random numbers.
    #[error(transparent)]
    Randomness(#[from] NoRandomness),
}
