//! What a classifier said of texts before: a chat is sent anew with each turn, and a model takes its
//! time.

use std::sync::atomic::Ordering;

use crate::places::Places;

/// What of a place's number is the probability.
const VERDICT: u64 = 0x3ff;
/// Set in a number that is a verdict.
const SET: u64 = 1 << 63;

/// A probability in thousandths: where one processor adds up otherwise than another, at the eighth
/// digit, a replay still tells the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Thousandths(u16);

impl Thousandths {
    /// Rounds a probability; `None` when it is none.
    pub(super) fn of(probability: f32) -> Option<Self> {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "between 0 and 1,000"
        )]
        let rounded = |probability: f32| Self((probability * 1000.0).round() as u16);
        (0.0..=1.0).contains(&probability).then_some(probability).map(rounded)
    }

    /// The probability.
    pub(super) fn probability(self) -> f32 {
        f32::from(self.0) / 1000.0
    }
}

/// Verdicts by a keyed hash of their text. By chance one of another text is taken for it in 2⁵³.
pub(super) struct Verdicts(Places);

impl Verdicts {
    pub(super) fn new() -> Self {
        Self(Places::new())
    }

    /// What was said of a text, or what `ask` says of it now.
    ///
    /// # Errors
    /// Those of `ask`.
    pub(super) fn or_ask<E>(
        &self,
        text: &str,
        ask: impl FnOnce(&str) -> Result<Thousandths, E>,
    ) -> Result<Thousandths, E> {
        let (place, hash) = self.0.of(text);
        let hash = (hash | SET) & !VERDICT;
        let known = place.load(Ordering::Relaxed);
        if known & !VERDICT == hash {
            return Ok(Thousandths((known & VERDICT) as u16));
        }
        let said = ask(text)?;
        place.store(hash | u64::from(said.0), Ordering::Relaxed);
        Ok(said)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_probability_is_rounded_and_nothing_else_is_one() {
        let rounded = |probability| Thousandths::of(probability).map(Thousandths::probability);
        assert_eq!(rounded(0.0), Some(0.0));
        assert_eq!(rounded(0.975_499), Some(0.975));
        assert_eq!(rounded(1.0), Some(1.0));
        for none in [-0.1, 1.1, f32::NAN, f32::INFINITY] {
            assert_eq!(rounded(none), None);
        }
    }

    #[test]
    fn a_text_is_asked_about_once_and_again_after_a_failure() {
        let verdicts = Verdicts::new();
        let said = |probability| Thousandths::of(probability).ok_or(());
        assert_eq!(verdicts.or_ask("a text", |_| Err(())), Err(()));
        assert_eq!(verdicts.or_ask("a text", |_| said(1.0)), said(1.0));
        assert_eq!(verdicts.or_ask("a text", |_| Err(())), said(1.0));
        assert_eq!(verdicts.or_ask("another", |_| said(0.0)), said(0.0));
        assert_eq!(verdicts.or_ask("another", |_| Err(())), said(0.0));
    }
}
