//! Settings of identification (`[identity]` of `plainsight.toml`).
//!
//! Reads no file and opens no socket.

use std::path::PathBuf;
use std::time::Duration;

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

use crate::config::duration;

/// Where the person, the session and the client's address are found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Which request headers say who it is.
    pub headers: HeaderNames,
    /// How tokens are verified. Without this, a token is not an identity.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jwt: Option<JwtConfig>,
    /// Networks of the proxies in front, whose word about the client's address is taken.
    pub trusted_proxies: Vec<IpNet>,
    /// Which header those proxies write. The other one is ignored: a proxy that writes one of them
    /// passes the other on as the client wrote it.
    pub forwarded: ForwardedHeader,
}

/// Header names, tried in order; the first that is present and not empty counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct HeaderNames {
    /// `user.id`.
    pub user: Vec<String>,
    /// `session.id`.
    pub session: Vec<String>,
    /// The tenant.
    pub tenant: Vec<String>,
    /// `user.roles`, separated by commas.
    pub roles: Vec<String>,
    /// `gen_ai.agent.name`.
    pub agent: Vec<String>,
}

impl Default for HeaderNames {
    fn default() -> Self {
        let names = |names: &[&str]| names.iter().map(ToString::to_string).collect();
        Self {
            user: names(&[
                "x-plainsight-user",
                "x-user-id",
                "x-openwebui-user-id",
                "x-openwebui-user-email",
                "helicone-user-id",
            ]),
            session: names(&[
                "x-plainsight-session",
                "x-session-id",
                "x-openwebui-chat-id",
                "helicone-session-id",
            ]),
            tenant: names(&["x-plainsight-tenant"]),
            roles: names(&["x-plainsight-roles", "x-openwebui-user-role"]),
            agent: names(&["x-plainsight-agent"]),
        }
    }
}

/// The header in which trusted proxies name the client.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ForwardedHeader {
    /// `X-Forwarded-For`, which most proxies write.
    #[default]
    XForwardedFor,
    /// `Forwarded` (RFC 7239).
    Forwarded,
}

/// How a token is verified. Exactly one of `jwks_file`, `jwks_url` and `secret_file` is set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JwtConfig {
    /// The headers that carry the token, bare or after `Bearer`.
    #[serde(default = "token_headers")]
    pub headers: Vec<String>,
    /// A file with a JSON Web Key Set (RFC 7517).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jwks_file: Option<PathBuf>,
    /// A URL of one. `https`, or `http` on this machine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jwks_url: Option<String>,
    /// A PEM file with certificate authorities for `jwks_url`, beside the public ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ca_file: Option<PathBuf>,
    /// A file with the secret of HS256; at least 32 bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret_file: Option<PathBuf>,
    /// `iss` must be one of these; empty: any.
    #[serde(default)]
    pub issuer: Vec<String>,
    /// `aud` must contain one of these; empty: any.
    #[serde(default)]
    pub audience: Vec<String>,
    /// The claim that names the person.
    #[serde(default = "user_claim")]
    pub user_claim: String,
    /// The claim that names the session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_claim: Option<String>,
    /// The claim that names the tenant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tenant_claim: Option<String>,
    /// The claim that lists roles: an array, or words separated by spaces or commas.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub roles_claim: Option<String>,
    /// The signature algorithms that are accepted.
    #[serde(default = "algorithms")]
    pub algorithms: Vec<Algorithm>,
    /// How far clocks may be apart.
    #[serde(default = "leeway", with = "duration")]
    pub leeway: Duration,
    /// How often the key set is read or fetched again. A token with an unknown key has it done at
    /// once.
    #[serde(default = "refresh", with = "duration")]
    pub refresh: Duration,
}

impl JwtConfig {
    /// How often the key set is fetched again; at least every second.
    pub fn refresh_interval(&self) -> Duration {
        self.refresh.max(Duration::from_secs(1))
    }
}

/// A signature algorithm (RFC 7518 §3.1, RFC 8037). `none` is not one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names are those of the RFC")]
pub enum Algorithm {
    RS256,
    RS384,
    RS512,
    PS256,
    PS384,
    PS512,
    ES256,
    ES384,
    EdDSA,
    /// Only with a `secret_file`.
    HS256,
}

fn token_headers() -> Vec<String> {
    vec!["x-plainsight-jwt".to_owned(), "authorization".to_owned()]
}

fn user_claim() -> String {
    "sub".to_owned()
}

fn algorithms() -> Vec<Algorithm> {
    vec![Algorithm::RS256, Algorithm::PS256, Algorithm::ES256, Algorithm::EdDSA]
}

const fn leeway() -> Duration {
    Duration::from_mins(1)
}

const fn refresh() -> Duration {
    Duration::from_mins(10)
}

#[cfg(test)]
mod tests {
    use super::{Algorithm, Config, Duration, ForwardedHeader};

    #[test]
    fn defaults_and_mistakes() {
        assert_eq!(toml::from_str::<Config>("").unwrap(), Config::default());
        let text = r#"
            trusted_proxies = ["10.0.0.0/8", "::1/128"]
            forwarded = "forwarded"
            [jwt]
            jwks_file = "keys.json"
            algorithms = ["ES256"]
        "#;
        let config = toml::from_str::<Config>(text).unwrap();
        assert_eq!(config.forwarded, ForwardedHeader::Forwarded);
        let jwt = config.jwt.unwrap();
        assert_eq!((jwt.algorithms, jwt.leeway), (vec![Algorithm::ES256], Duration::from_mins(1)));
        assert!(toml::from_str::<Config>("[jwt]\nalgorithms = [\"none\"]").is_err());
        assert!(toml::from_str::<Config>("trusted_proxys = []").is_err());
    }
}
