//! Roles, and the rights that each has: one table, which the API's middleware, its description and
//! docs/roles.md read.
//!
//! Knows no route: [`crate::api`] says which right each needs.

use serde::{Deserialize, Serialize};

/// What a person is here for.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Sees how much happens, and how well, and nothing that was said.
    Viewer,
    /// Reads what was said, as it was masked, and judges alerts.
    Analyst,
    /// An analyst who may also read sealed originals, with a reason.
    Investigator,
    /// Sets things up, and reads nothing that was said.
    Administrator,
    /// Reads everything but sealed originals, who read what included, and changes nothing.
    Auditor,
}

impl Role {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Viewer, Self::Analyst, Self::Investigator, Self::Administrator, Self::Auditor];

    /// The name in the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Analyst => "analyst",
            Self::Investigator => "investigator",
            Self::Administrator => "administrator",
            Self::Auditor => "auditor",
        }
    }

    /// What it is for, in a sentence.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Viewer => "sees how much happens and how well, and nothing that was said",
            Self::Analyst => "reads what was said, as it was masked, and judges alerts",
            Self::Investigator => "an analyst who may also read sealed originals, with a reason",
            Self::Administrator => "sets things up, and reads nothing that was said",
            Self::Auditor => "reads everything but sealed originals, and changes nothing",
        }
    }

    /// What it may do.
    pub const fn rights(self) -> Rights {
        use Right::{
            Admit, Audit, Configure, Content, Metadata, People, Settings, Triage, Unseal, Verify,
        };
        Rights::of(match self {
            Self::Viewer => &[Metadata],
            Self::Analyst => &[Metadata, Content, Triage],
            Self::Investigator => &[Metadata, Content, Triage, Unseal],
            Self::Administrator => &[Metadata, Settings, Configure, People, Admit, Audit, Verify],
            Self::Auditor => &[Metadata, Content, Settings, People, Audit, Verify],
        })
    }

    /// Those that have `right`.
    pub fn with(right: Right) -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(move |role| role.rights().has(right))
    }
}

/// One thing that somebody may do. The names are the scopes of API tokens.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Right {
    /// Reads counts, and records without what was said.
    Metadata,
    /// Reads what was said, as it was masked.
    Content,
    /// Judges alerts, suppresses them, and tries rules on history.
    Triage,
    /// Reads sealed originals, with a reason.
    Unseal,
    /// Reads the settings.
    Settings,
    /// Tests sinks and policies, imports records, rotates keys.
    Configure,
    /// Reads who has an account or a token.
    People,
    /// Gives and takes accounts, and takes tokens.
    Admit,
    /// Reads who read what.
    Audit,
    /// Has the log verified.
    Verify,
}

impl Right {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Metadata,
        Self::Content,
        Self::Triage,
        Self::Unseal,
        Self::Settings,
        Self::Configure,
        Self::People,
        Self::Admit,
        Self::Audit,
        Self::Verify,
    ];

    /// The name in the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Metadata => "metadata",
            Self::Content => "content",
            Self::Triage => "triage",
            Self::Unseal => "unseal",
            Self::Settings => "settings",
            Self::Configure => "configure",
            Self::People => "people",
            Self::Admit => "admit",
            Self::Audit => "audit",
            Self::Verify => "verify",
        }
    }

    /// What it allows, in a sentence.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Metadata => "read counts, and records without what was said",
            Self::Content => "read what was said, as it was masked",
            Self::Triage => "judge alerts, suppress them, try rules on history",
            Self::Unseal => "read sealed originals, with a reason",
            Self::Settings => "read the settings",
            Self::Configure => "test sinks and policies, import records, rotate keys",
            Self::People => "read who has an account or a token",
            Self::Admit => "give and take accounts, and take tokens",
            Self::Audit => "read who read what",
            Self::Verify => "have the log verified",
        }
    }
}

/// Several rights.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rights(u16);

impl Rights {
    /// Every right there is.
    pub const EVERY: Self = Self::of(&Right::ALL);

    /// These.
    pub const fn of(rights: &[Right]) -> Self {
        let mut bits = 0;
        let mut rest = rights;
        while let [first, others @ ..] = rest {
            bits |= 1 << *first as u16;
            rest = others;
        }
        Self(bits)
    }

    /// Whether `right` is among them.
    pub const fn has(self, right: Right) -> bool {
        self.0 & 1 << right as u16 != 0
    }

    /// Those that are in both.
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Whether all of `other` are among them.
    pub const fn covers(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_who_sets_things_up_reads_content_and_nobody_who_audits_changes_anything() {
        let administrator = Role::Administrator.rights();
        assert!(!administrator.has(Right::Content) && !administrator.has(Right::Unseal));
        let auditor = Role::Auditor.rights();
        for right in [Right::Triage, Right::Unseal, Right::Configure, Right::Admit] {
            assert!(!auditor.has(right), "{right:?}");
        }
        assert!(Rights::EVERY.covers(auditor) && !auditor.covers(Rights::EVERY));
        assert_eq!(Role::with(Right::Unseal).collect::<Vec<_>>(), [Role::Investigator]);
        assert_eq!(Role::with(Right::Metadata).count(), 5);
    }
}
