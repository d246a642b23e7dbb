//! What is done with each type.

use std::collections::BTreeMap;

use model::Action;
use serde::{Deserialize, Serialize};

use crate::Kind;

/// Actions by type (`EMAIL_ADDRESS`) or by type and subtype (`SECRET/jwt`). What is not named
/// keeps its default.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Policy {
    actions: BTreeMap<String, Action>,
}

/// A policy that names a type that does not exist.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no type {name}, perhaps {nearest} is meant")]
pub struct PolicyError {
    name: String,
    nearest: &'static str,
}

impl Policy {
    /// A policy of these actions.
    pub fn new(actions: impl IntoIterator<Item = (String, Action)>) -> Self {
        Self { actions: actions.into_iter().collect() }
    }

    /// Checks that every name is one of a type.
    ///
    /// # Errors
    /// For the first name that is not.
    pub fn check(&self) -> Result<(), PolicyError> {
        for name in self.actions.keys() {
            let kind = name.split('/').next().unwrap_or_default();
            if Kind::named(kind).is_none() {
                return Err(PolicyError { name: name.clone(), nearest: nearest(kind) });
            }
        }
        Ok(())
    }

    /// What is done with a value of this type.
    pub fn action(&self, kind: Kind, subtype: Option<&str>) -> Action {
        let exact = subtype.and_then(|subtype| {
            if self.actions.is_empty() {
                return None;
            }
            self.actions.get(&format!("{}/{subtype}", kind.as_str()))
        });
        exact.or_else(|| self.actions.get(kind.as_str())).copied().unwrap_or(default(kind))
    }
}

/// Identifiers of people stay joinable, account numbers keep their last digits, secrets go. The
/// names of organisations and places are told and kept: without them a conversation says nothing.
const fn default(kind: Kind) -> Action {
    match kind {
        Kind::CreditCard | Kind::Iban | Kind::BankAccount => Action::Mask,
        Kind::UsSsn | Kind::Secret | Kind::Custom => Action::Drop,
        Kind::Organization | Kind::Location | Kind::Age => Action::Keep,
        _ => Action::Pseudonymize,
    }
}

/// The type whose name shares the most characters, in order, with `name`.
fn nearest(name: &str) -> &'static str {
    let upper = name.to_uppercase();
    let shared = |candidate: &str| {
        let mut rest = candidate.chars();
        upper.chars().filter(|wanted| rest.by_ref().any(|char| char == *wanted)).count()
    };
    Kind::ALL
        .map(Kind::as_str)
        .into_iter()
        .max_by_key(|candidate| shared(candidate))
        .unwrap_or("SECRET")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_more_exact_name_wins() {
        let policy = Policy::new([
            ("SECRET".to_owned(), Action::Seal),
            ("SECRET/jwt".to_owned(), Action::Mask),
        ]);
        assert_eq!(policy.action(Kind::Secret, Some("jwt")), Action::Mask);
        assert_eq!(policy.action(Kind::Secret, Some("pem")), Action::Seal);
        assert_eq!(policy.action(Kind::Iban, None), Action::Mask);
    }

    #[test]
    fn an_unknown_type_is_named_with_the_nearest() {
        let policy = Policy::new([("EMAIL".to_owned(), Action::Drop)]);
        let error = policy.check().unwrap_err().to_string();
        assert_eq!(error, "there is no type EMAIL, perhaps EMAIL_ADDRESS is meant");
    }
}
