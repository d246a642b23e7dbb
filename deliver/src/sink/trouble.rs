//! The classes of trouble that a sink can have.

use serde::Serialize;

/// What went wrong, without anything of what was sent or where to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum Trouble {
    /// The name does not resolve.
    #[error("the receiver's name does not resolve")]
    Name,
    /// The address is one that the guard refuses.
    #[error("the receiver's address is not public; allow_private permits it")]
    PrivateAddress,
    /// No connection.
    #[error("the receiver could not be reached")]
    Unreachable,
    /// No TLS: a certificate that is not trusted, or no TLS on the other side.
    #[error("no trusted TLS connection could be made")]
    Tls,
    /// Silence.
    #[error("the receiver did not answer in time")]
    Timeout,
    /// The connection broke before the answer.
    #[error("the connection broke")]
    Broken,
    /// An HTTP status.
    #[error("the receiver answered {0}")]
    Status(u16),
    /// An answer that its protocol does not have.
    #[error("the receiver's answer is not of its protocol")]
    Protocol,
    /// The credentials were refused.
    #[error("the receiver refused the credentials")]
    Credentials,
    /// The secret is not where the configuration says, or it is of the wrong form.
    #[error("the secret cannot be used")]
    Secret,
    /// The stream, topic or index does not exist.
    #[error("the destination does not exist")]
    NoDestination,
    /// An event was refused.
    #[error("the receiver did not take an event")]
    Rejected,
    /// An event is larger than the transport or the receiver allows.
    #[error("an event is too large")]
    TooLarge,
    /// The log cannot be read.
    #[error("the log cannot be read")]
    Source,
    /// A file cannot be written.
    #[error("the file cannot be written")]
    Disk,
}
