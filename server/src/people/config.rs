//! Settings of people (`[people]` of `plainsight.toml`).

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
}

impl Default for Config {
    fn default() -> Self {
        Self { second_factor: Vec::new(), requests_per_second: 100, unseal_alone: 10 }
    }
}
