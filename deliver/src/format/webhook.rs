//! Standard Webhooks 1: the body with its id, its moment and an HMAC-SHA256 over the three.

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use model::Timestamp;

use super::{Format, time};
use crate::json::{self, Object};
use crate::outgoing::Outgoing;

/// The key that webhooks are signed with. `Debug` shows nothing of it.
pub struct SigningKey(hmac::Key);

/// A secret is no `whsec_` and base64 of 24 to 64 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a webhook's secret is whsec_ and 24 to 64 bytes in base64")]
pub struct NoSecret;

impl SigningKey {
    /// Reads a secret.
    ///
    /// # Errors
    /// When it is none.
    pub fn parse(secret: &str) -> Result<Self, NoSecret> {
        let text = secret.strip_prefix("whsec_").unwrap_or(secret);
        let bytes = STANDARD.decode(text).map_err(|_| NoSecret)?;
        if !(24..=64).contains(&bytes.len()) {
            return Err(NoSecret);
        }
        Ok(Self(hmac::Key::new(hmac::HMAC_SHA256, &bytes)))
    }

    /// The value of `webhook-signature` for a body.
    pub fn sign(&self, id: &str, at: Timestamp, body: &[u8]) -> String {
        let mut context = hmac::Context::with_key(&self.0);
        context.update(format!("{id}.{}.", at.secs()).as_bytes());
        context.update(body);
        format!("v1,{}", STANDARD.encode(context.sign()))
    }
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SigningKey")
    }
}

/// The body of a delivery: `type`, `timestamp` and `data`, as the specification recommends.
pub fn body(outgoing: &Outgoing, format: Format) -> Vec<u8> {
    let data = format.is_json().then(|| serde_json::from_slice(&outgoing.payload).ok()).flatten();
    let text = || serde_json::Value::from(String::from_utf8_lossy(&outgoing.payload));
    let body = Object::of("type", format!("plainsight.{}", outgoing.kind))
        .with("timestamp", time::rfc3339(outgoing.time))
        .with("data", data.unwrap_or_else(text));
    json::line(&body.into()).into_bytes()
}
