//! An operator's classifier of attacks, asked about the texts of one record, as far as that may
//! cost.
//!
//! ```text
//! text → what is left of the record's share → known, or classifier → sure enough → probability
//! ```
//!
//! What a classifier says is checked before it is believed: it is not our code.

use std::borrow::Cow;

use super::SequenceClassifier;
use super::verdicts::{Thousandths, Verdicts};
use crate::classifier::{ClassifierFailed, answer};

/// What a text costs at least, in bytes: a model has its price for a word, too.
pub(super) const LEAST: usize = 256;

/// A classifier, and how far it is asked and believed.
pub(crate) struct AskedOfTexts {
    classifier: Box<dyn SequenceClassifier>,
    least: f32,
    longest: usize,
    known: Verdicts,
    digest: String,
}

impl AskedOfTexts {
    /// Believes what is at least as sure as `least`, and asks about `longest` bytes of a record.
    /// `digest` is of everything that what it says depends on.
    pub(crate) fn new(
        classifier: Box<dyn SequenceClassifier>,
        least: f32,
        longest: usize,
        digest: String,
    ) -> Self {
        Self { classifier, least, longest, known: Verdicts::new(), digest }
    }

    /// Which classifier it is.
    pub(crate) fn digest(&self) -> &str {
        &self.digest
    }

    /// Begins with a record.
    pub(crate) const fn asking(&self) -> Asking<'_> {
        Asking { asked: self, left: self.longest, failed: false }
    }

    fn probability(&self, text: &str) -> Result<Thousandths, ClassifierFailed> {
        self.known.or_ask(text, |text| {
            let said = answer(|| self.classifier.probability(text))?;
            Thousandths::of(said).ok_or(ClassifierFailed)
        })
    }
}

/// A record that a classifier is asked about, text by text.
pub(crate) struct Asking<'a> {
    asked: &'a AskedOfTexts,
    left: usize,
    /// Whether it failed at a text.
    pub(crate) failed: bool,
}

impl Asking<'_> {
    /// Whether it may be asked about another text.
    pub(crate) const fn may_go_on(&self) -> bool {
        self.left >= LEAST
    }

    /// How likely a text is an attack, where it is sure enough. Of a text that is longer than what
    /// is left, it sees the beginning and the end.
    pub(crate) fn about(&mut self, text: &str) -> Option<f32> {
        if !self.may_go_on() || text.trim().is_empty() {
            return None;
        }
        let seen = ends(text, self.left);
        self.left = self.left.saturating_sub(text.len().max(LEAST));
        let said = self.asked.probability(&seen);
        self.failed |= said.is_err();
        said.ok().map(Thousandths::probability).filter(|sure| *sure >= self.asked.least)
    }
}

/// At most `most` bytes of a text, a line feed apart: half at its beginning, half at its end.
fn ends(text: &str, most: usize) -> Cow<'_, str> {
    if text.len() <= most {
        return Cow::Borrowed(text);
    }
    let begin = text.get(..text.floor_char_boundary(most / 2)).unwrap_or_default();
    let end = text.get(text.ceil_char_boundary(text.len() - most / 2)..).unwrap_or_default();
    Cow::Owned(format!("{begin}\n{end}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_long_text_both_ends_are_seen() {
        assert_eq!(ends("short", 5), "short");
        assert_eq!(ends("beginning, middle and end", 6), "beg\nend");
        assert_eq!(ends("ééééé", 7), "é\né");
    }
}
