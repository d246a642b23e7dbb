//! How attack scores are spread.

use super::{Columns, Question};

/// Hundredths that a score can have: 0.00 to 1.00.
const HUNDREDTHS: usize = 101;

/// How many records have which attack score.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scores {
    counts: [u64; HUNDREDTHS],
    /// Records without any sign, which have no score.
    pub without: u64,
}

impl Default for Scores {
    fn default() -> Self {
        Self { counts: [0; HUNDREDTHS], without: 0 }
    }
}

impl Scores {
    /// Records with a score.
    pub fn count(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// Records in each of the stretches of `width` hundredths. The last one has those of 1.00 too.
    pub fn bins(&self, width: usize) -> Vec<u64> {
        let (whole, last) = self.counts.split_at(HUNDREDTHS - 1);
        let mut bins: Vec<u64> = whole.chunks(width.max(1)).map(|bin| bin.iter().sum()).collect();
        if let (Some(bin), Some(last)) = (bins.last_mut(), last.first()) {
            *bin += last;
        }
        bins
    }

    /// The score, in hundredths, that the share `q` of those with a score does not pass; `None` where
    /// there are none.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a rank is not negative, and below the count"
    )]
    pub fn quantile(&self, q: f64) -> Option<u8> {
        let rank = (q.clamp(0.0, 1.0) * self.count().checked_sub(1)? as f64).floor() as u64;
        let mut below = 0;
        let place = self.counts.iter().position(|count| {
            below += count;
            below > rank
        });
        place.and_then(|place| u8::try_from(place).ok())
    }
}

impl Columns {
    /// How the attack scores of records are spread.
    pub fn scores(&self, question: &Question) -> Scores {
        let mut scores = Scores::default();
        for (day, marks) in self.marked(question) {
            for (mark, measured) in marks.iter().zip(&day.measured) {
                let score = measured.score().map(usize::from);
                let count = score.and_then(|score| scores.counts.get_mut(score));
                *count.unwrap_or(&mut scores.without) += u64::from(*mark);
            }
        }
        scores
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bins_hold_every_score_once_and_quantiles_are_those_of_the_sorted_list() {
        let mut scores = Scores::default();
        let list = [3_u8, 4, 5, 50, 50, 99, 100];
        for score in list {
            scores.counts[usize::from(score)] += 1;
        }
        let bins = scores.bins(5);
        assert_eq!((bins.len(), bins[0], bins[1], bins[10], bins[19]), (20, 2, 1, 2, 2));
        assert_eq!(bins.iter().sum::<u64>(), scores.count());
        for (q, expected) in [(0.0, 3), (0.5, 50), (0.9, 99), (1.0, 100)] {
            assert_eq!(scores.quantile(q), Some(expected), "{q}");
        }
        assert_eq!(Scores::default().quantile(0.5), None);
    }
}
