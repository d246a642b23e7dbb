//! A problem of a policy: the setting it is in, and what is wrong with it.
//!
//! Quotes names of types and detectors, and no value that somebody listed.

/// What is wrong with one setting of a policy, or of a classifier.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{key}: {what}")]
pub struct PolicyError {
    key: String,
    what: String,
}

impl PolicyError {
    pub(crate) fn new(key: impl Into<String>, what: impl Into<String>) -> Self {
        Self { key: key.into(), what: what.into() }
    }

    /// The setting, dotted, below its section: `origin.tool.actions.EMAIL`.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// What is wrong with it.
    pub fn what(&self) -> &str {
        &self.what
    }
}
