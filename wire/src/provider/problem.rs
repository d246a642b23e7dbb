//! What could not be understood, named by its field.
//!
//! It does not hold what stood in the field.

use model::{Place, Record};
use serde::Serialize;

/// A field that was not as its provider defines it. The call was recorded all the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// The field's path, such as `messages/2/content/0`.
    pub field: String,
    /// What is wrong with it.
    pub reason: &'static str,
}

/// The problems of one body, of which the first are kept.
#[derive(Debug, Default)]
pub(crate) struct Problems(Vec<Problem>);

impl Problems {
    const KEPT: usize = 32;

    pub(crate) fn note(&mut self, place: &Place<'_>, reason: &'static str) {
        if self.0.len() < Self::KEPT {
            self.0.push(Problem { field: place.to_string(), reason });
        }
    }

    pub(crate) fn into_list(self) -> Vec<Problem> {
        self.0
    }
}

/// Keeps the problems of a body in its record, under `name`.
pub(super) fn keep(name: &str, problems: &[Problem], record: &mut Record) {
    if !problems.is_empty() {
        let said = problems.iter().map(|problem| format!("{} {}", problem.field, problem.reason));
        record.attributes.insert(name.to_owned(), said.collect());
    }
}
