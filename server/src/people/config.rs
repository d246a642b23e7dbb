//! Settings of people (`[people]` of `plainsight.toml`).

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::role::Role;

/// What is set of people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Roles that have to enrol a second factor before anything else.
    pub second_factor: Vec<Role>,
    /// Requests of one caller in a second, over a while; five times as many at once.
    pub requests_per_second: u32,
    /// Records whose originals one person may read within an hour without a second person's word.
    pub unseal_alone: u32,
    /// Signing in at an identity provider.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub oidc: Option<OidcConfig>,
}

/// An identity provider that people sign in at (OpenID Connect).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OidcConfig {
    /// The provider's issuer: `https`, or `http` on this machine.
    pub issuer: String,
    /// The client's id there.
    pub client_id: String,
    /// A file with the client's secret; a public client has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_secret_file: Option<PathBuf>,
    /// Where browsers reach this server.
    pub url: String,
    /// A PEM file with further certificate authorities.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ca_file: Option<PathBuf>,
    /// What is asked for.
    #[serde(default = "scopes")]
    pub scopes: Vec<String>,
    /// The claim that is the account's name.
    #[serde(default = "name_claim")]
    pub name_claim: String,
    /// The claim that lists groups.
    #[serde(default = "role_claim")]
    pub role_claim: String,
    /// For each role the groups that have it. Who is in none does not get in.
    pub roles: BTreeMap<Role, Vec<String>>,
    /// The claim that names the tenant, which limits to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tenant_claim: Option<String>,
}

fn scopes() -> Vec<String> {
    ["openid", "profile", "email"].map(str::to_owned).into()
}

fn name_claim() -> String {
    "email".to_owned()
}

fn role_claim() -> String {
    "groups".to_owned()
}

impl Default for Config {
    fn default() -> Self {
        Self { second_factor: Vec::new(), requests_per_second: 100, unseal_alone: 10, oidc: None }
    }
}
