//! Tokens of OAuth 2.0 by client credentials (RFC 6749 §4.4), as Microsoft Entra gives them.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use model::{Clock, Sealed, Timestamp};

use super::http::{Headers, HttpClient};
use super::{SinkError, Trouble};
use crate::secret::SecretRef;

/// A token is renewed this long before it ends.
const EARLY: Duration = Duration::from_mins(2);

/// Where a bearer token comes from.
#[derive(Debug)]
pub enum Token {
    /// It is a secret by itself.
    Bearer(SecretRef),
    /// It is asked for.
    Granted(Box<ClientCredentials>),
}

/// The grant of a client.
pub struct ClientCredentials {
    client: HttpClient,
    id: String,
    secret: SecretRef,
    scope: String,
    clock: Arc<dyn Clock>,
    held: Option<(Sealed<String>, Timestamp)>,
}

impl std::fmt::Debug for ClientCredentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ClientCredentials").field("id", &self.id).finish_non_exhaustive()
    }
}

impl ClientCredentials {
    /// The grant of the client `id` at a token endpoint.
    pub fn new(
        client: HttpClient,
        id: String,
        secret: SecretRef,
        scope: String,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self { client, id, secret, scope, clock, held: None }
    }

    async fn token(&mut self) -> Result<String, SinkError> {
        let now = self.clock.now();
        if let Some((token, until)) = &self.held
            && now < *until
        {
            return Ok(token.expose().clone());
        }
        let secret = self.secret.read().map_err(|_| SinkError::Refused(Trouble::Secret))?;
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", &self.id),
            ("client_secret", secret.expose()),
            ("scope", &self.scope),
        ];
        let body = form.map(|(name, value)| format!("{name}={}", encoded(value))).join("&");
        let headers = Headers::of("application/x-www-form-urlencoded");
        let answer = self.client.post(body.into(), headers).await?;
        // A wrong client is answered with 400 (RFC 6749 §5.2): no batch is at fault.
        answer.check().map_err(|error| match error {
            SinkError::Batch(_) => SinkError::Refused(Trouble::Credentials),
            other => other,
        })?;
        let answer = answer.json()?;
        let token = answer["access_token"].as_str().ok_or(SinkError::later(Trouble::Protocol))?;
        let lasts = Duration::from_secs(answer["expires_in"].as_u64().unwrap_or(3600).min(86_400));
        self.held = Some((Sealed::new(token.to_owned()), now.plus(lasts.saturating_sub(EARLY))));
        Ok(token.to_owned())
    }
}

impl Token {
    /// The value of `Authorization`.
    pub(crate) async fn authorization(&mut self) -> Result<String, SinkError> {
        let token = match self {
            Self::Bearer(secret) => {
                let secret = secret.read().map_err(|_| SinkError::Refused(Trouble::Secret))?;
                secret.into_exposed()
            }
            Self::Granted(grant) => grant.token().await?,
        };
        Ok(format!("Bearer {token}"))
    }

    /// Forgets a token that was refused.
    pub(crate) fn forget(&mut self) {
        if let Self::Granted(grant) = self {
            grant.held = None;
        }
    }
}

/// `application/x-www-form-urlencoded`.
fn encoded(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    for byte in value.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                text.push(char::from(byte));
            }
            _ => {
                let _ = write!(text, "%{byte:02X}");
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    #[test]
    fn forms() {
        assert_eq!(super::encoded("a b&c=é/~"), "a%20b%26c%3D%C3%A9%2F~");
    }
}
