//! An operator's token classifier, asked about the natural language of one record, as far as that may
//! cost.
//!
//! ```text
//! text → passages of prose → classifier, within what is left of the record → sure enough → matches
//! ```
//!
//! What a classifier says is checked before it is believed: it is not our code.

use super::passage::passages;
use super::{Entity, TokenClassifier};
use crate::classifier::{ClassifierFailed, answer};
use crate::matched::Match;

/// A classifier, and how far it is asked and believed.
pub(crate) struct AskedOfTokens {
    classifier: Box<dyn TokenClassifier>,
    least: f32,
    longest: usize,
}

/// What the classifier may still be asked about, in bytes.
#[derive(Debug, Default)]
pub(crate) struct Allowance {
    left: usize,
    /// Whether a passage was longer than what was left, so that it was not asked about.
    pub(crate) short: bool,
}

impl AskedOfTokens {
    /// Believes what is at least as sure as `least`, and asks about `longest` bytes of a record.
    pub(crate) fn new(classifier: Box<dyn TokenClassifier>, least: f32, longest: usize) -> Self {
        Self { classifier, least, longest }
    }

    /// What it may be asked about in one record.
    pub(crate) const fn allowance(&self) -> Allowance {
        Allowance { left: self.longest, short: false }
    }

    /// What it finds in the natural language of a text.
    ///
    /// # Errors
    /// When it fails, or says what cannot be: nobody knows then what is in the text.
    pub(crate) fn find(
        &self,
        text: &str,
        allowance: &mut Allowance,
    ) -> Result<Vec<Match>, ClassifierFailed> {
        let mut matches = Vec::new();
        for range in passages(text) {
            let Some(left) = allowance.left.checked_sub(range.len()) else {
                allowance.short = true;
                continue;
            };
            allowance.left = left;
            let passage = text.get(range.clone()).unwrap_or_default();
            for entity in answer(|| self.classifier.classify(passage))? {
                if !is_sound(&entity, passage) {
                    return Err(ClassifierFailed);
                }
                if entity.confidence >= self.least {
                    let found = Match::new(entity.kind, entity.range, entity.confidence);
                    matches.push(found.moved(range.start));
                }
            }
        }
        Ok(matches)
    }
}

/// Whether an entity is a part of the text, and as sure as anything can be.
fn is_sound(entity: &Entity, text: &str) -> bool {
    text.get(entity.range.clone()).is_some_and(|value| !value.is_empty())
        && (0.0..=1.0).contains(&entity.confidence)
}
