//! What is done with each type, where a text comes from and where it goes.
//!
//! ```text
//! [inspect] as written → checked, all of it → rules by scope → action, threshold, format
//! ```
//!
//! The first of these that names the value decides:
//!
//! 1. the tenant's rules for the origin of the text, 2. the tenant's rules, 3. the rules for the
//!    origin, 4. the rules for all; then the type's default.
//!
//! Within each: `TYPE/subtype`, then `TYPE`, then `*`. For a destination, the tenant's rules for it
//! come before those for all tenants, and only make less of a value visible, never more.
//!
//! Decides only: [`crate::redact`] replaces.

mod allow;
mod destination;
mod error;
mod rulebook;
mod scope;
mod section;
mod selector;
mod table;

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use model::Action;
use serde::Serialize;

use crate::classifier::{AskedOfTokens, TokenClassifierSettings};
use crate::custom::{Customs, DetectorSettings};

pub(crate) use allow::AllowList;
pub use allow::Allowed;
pub use destination::View;
pub use error::PolicyError;
pub(crate) use rulebook::{Rulebook, default_action};
pub use scope::Destination;
pub(crate) use scope::{Origins, Scope};
pub use section::{Rules, TenantRules};
pub(crate) use selector::Selector;

/// The section `[inspect]`. What it does not name keeps its default.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Policy {
    /// What is done with a value, by type (`EMAIL_ADDRESS`), subtype (`SECRET/jwt`) or `*`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub actions: BTreeMap<String, Action>,
    /// How sure a detector must be, from 0 to 1.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub confidence: BTreeMap<String, f32>,
    /// Whether a pseudonym shows what helps its reader.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub format: BTreeMap<String, bool>,
    /// By origin of the text: `system`, `user`, `assistant`, `tool`, `retrieved`, `memory`, `agent`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub origin: BTreeMap<String, Rules>,
    /// By tenant.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub tenant: BTreeMap<String, TenantRules>,
    /// By destination: `alert`, `siem`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub destination: BTreeMap<String, Rules>,
    /// What is not sensitive after all, by type.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub allow: BTreeMap<String, Allowed>,
    /// The operator's own detectors.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub detector: Vec<DetectorSettings>,
    /// The operator's own token classifier.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub classifier: Option<TokenClassifierSettings>,
    /// Tokens that were laid where only an attacker finds them; an answer with one is a leak.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub canaries: Vec<String>,
}

/// Bytes of the shortest canary: a shorter one is said by chance.
const SHORTEST_CANARY: usize = 8;

/// Reads a dictionary's file.
pub type ReadFile<'a> = &'a dyn Fn(&Path) -> io::Result<String>;

/// A policy, ready to be followed.
pub(crate) struct Compiled {
    pub(crate) rules: Rulebook,
    pub(crate) allow: AllowList,
    pub(crate) customs: Customs,
    pub(crate) classifier: Option<AskedOfTokens>,
    pub(crate) canaries: Vec<String>,
}

impl Policy {
    /// A policy of these actions.
    pub fn new(actions: impl IntoIterator<Item = (String, Action)>) -> Self {
        Self { actions: actions.into_iter().collect(), ..Self::default() }
    }

    /// Everything that is wrong with it. `read` reads the files of dictionaries; a classifier is
    /// loaded, and tried.
    pub fn check(&self, read: ReadFile<'_>) -> Vec<PolicyError> {
        let mut problems = Vec::new();
        self.compile(read, &mut problems);
        problems
    }

    /// What a destination is shown of a record that was inspected.
    pub fn view(&self, destination: Destination) -> View {
        let mut unheard = Vec::new();
        View::new(Rulebook::compile(self, &self.custom_names(), &mut unheard), destination)
    }

    /// Makes it ready, as far as it is right.
    pub(crate) fn compile(&self, read: ReadFile<'_>, problems: &mut Vec<PolicyError>) -> Compiled {
        let names = self.custom_names();
        Compiled {
            rules: Rulebook::compile(self, &names, problems),
            allow: AllowList::compile(&self.allow, &names, problems),
            customs: Customs::compile(&self.detector, read, problems),
            classifier: self
                .classifier
                .as_ref()
                .and_then(|classifier| classifier.compile(problems)),
            canaries: self.checked_canaries(problems),
        }
    }

    fn checked_canaries(&self, problems: &mut Vec<PolicyError>) -> Vec<String> {
        for (place, _) in
            self.canaries.iter().enumerate().filter(|(_, canary)| canary.len() < SHORTEST_CANARY)
        {
            let what = format!("a canary has at least {SHORTEST_CANARY} bytes");
            problems.push(PolicyError::new(format!("canaries[{place}]"), what));
        }
        self.canaries.clone()
    }

    fn custom_names(&self) -> Vec<&str> {
        self.detector.iter().map(|detector| detector.name.as_str()).collect()
    }
}
