//! Words around a value that make it more, or at all, likely to be one.

use std::ops::Range;

use crate::view::window::{ceil, floor};

/// How far before and behind a value a word counts, in bytes.
const BEFORE: usize = 80;
const BEHIND: usize = 40;

/// The words, in lower case.
pub(super) struct Context {
    words: Vec<String>,
    required: bool,
}

impl Context {
    pub(super) fn new(words: &[String], required: bool) -> Self {
        let words = words.iter().map(|word| word.trim().to_lowercase());
        Self { words: words.filter(|word| !word.is_empty()).collect(), required }
    }

    /// How sure a detector is of a value that it finds `sure`: half-way to certain with a word
    /// nearby. `None` when there must be one, and is none.
    pub(super) fn weigh(&self, text: &str, value: &Range<usize>, sure: f32) -> Option<f32> {
        if self.words.is_empty() {
            return Some(sure);
        }
        if self.is_near(text, value) {
            return Some(f32::midpoint(sure, 1.0));
        }
        (!self.required).then_some(sure)
    }

    fn is_near(&self, text: &str, value: &Range<usize>) -> bool {
        let start = floor(text, value.start.saturating_sub(BEFORE));
        let end = ceil(text, value.end + BEHIND);
        let around = [text.get(start..value.start), text.get(value.end..end)];
        around.into_iter().flatten().any(|part| {
            let lower = part.to_lowercase();
            self.words.iter().any(|word| begins_a_word(&lower, word))
        })
    }
}

/// Whether a word stands in a text and does not begin within another. It may go on: `employees`.
fn begins_a_word(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(place, _)| {
        let before = text.get(..place).and_then(|before| before.chars().next_back());
        before.is_none_or(|before| !before.is_alphanumeric())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_nearby_raises_or_is_needed() {
        let words = ["Staff".to_owned(), "número".to_owned()];
        let text = "my staff-id 4711";
        let value = 12..16;
        let (loose, strict) = (Context::new(&words, false), Context::new(&words, true));
        assert_eq!(strict.weigh(text, &value, 0.5), Some(0.75));
        assert_eq!(loose.weigh("the half of 4711", &value, 0.5), Some(0.5));
        assert_eq!(strict.weigh("flagstaff is 4711", &(13..17), 0.5), None);
        assert_eq!(strict.weigh("4711 es su NÚMERO", &(0..4), 0.5), Some(0.75));
        assert_eq!(Context::new(&[], false).weigh(text, &value, 0.5), Some(0.5));
    }
}
