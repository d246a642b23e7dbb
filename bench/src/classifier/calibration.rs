//! From log-odds to probabilities (Platt, Probabilistic Outputs for Support Vector Machines, 1999).

/// The share of attacks among texts that a probability supposes.
const ATTACKS: f64 = 0.1;
/// Benign texts that may count as attacks, and those among them that look like attacks.
const FALSE_POSITIVES: f64 = 0.01;
const OVER_DEFENCE: f64 = 0.02;

/// A slope and an offset, and the probability from which a text counts.
#[derive(Clone, Copy, Debug)]
pub(super) struct Calibration {
    pub(super) slope: f32,
    pub(super) offset: f32,
    pub(super) threshold: f32,
}

impl Calibration {
    /// Fits scores of texts, each with whether it is an attack; `benign` and `hard` are those
    /// that set the threshold. Newton's method.
    pub(super) fn fit(scores: &[(f32, bool)], benign: &[f32], hard: &[f32]) -> Self {
        let attacks = scores.iter().filter(|(_, attack)| *attack).count() as f64;
        let others = scores.len() as f64 - attacks;
        let (mut slope, mut offset) = (1.0_f64, 0.0_f64);
        for _ in 0..30 {
            let (mut gradient, mut curve) = ([0.0; 2], [1e-6, 0.0, 1e-6]);
            for (score, attack) in scores {
                let score = f64::from(*score);
                let likely = 1.0 / (1.0 + (-(slope * score + offset)).exp());
                let target = if *attack { 1.0 } else { 0.0 };
                let weight = if *attack { ATTACKS / attacks } else { (1.0 - ATTACKS) / others };
                let (error, bend) = (weight * (likely - target), weight * likely * (1.0 - likely));
                gradient = [gradient[0] + error * score, gradient[1] + error];
                curve = [curve[0] + bend * score * score, curve[1] + bend * score, curve[2] + bend];
            }
            let determinant = curve[0] * curve[2] - curve[1] * curve[1];
            slope -= (gradient[0] * curve[2] - gradient[1] * curve[1]) / determinant;
            offset -= (gradient[1] * curve[0] - gradient[0] * curve[1]) / determinant;
        }
        #[expect(clippy::cast_possible_truncation, reason = "the model has 32 bits")]
        let mut calibration = Self { slope: slope as f32, offset: offset as f32, threshold: 0.0 };
        let least = used_limit(benign, hard);
        // What is at the limit itself does not count.
        calibration.threshold = calibration.probability(least).next_up();
        calibration
    }

    pub(super) fn probability(&self, score: f32) -> f32 {
        1.0 / (1.0 + (-(self.slope * score + self.offset)).exp())
    }
}

/// The score from which a text counts: neither too many benign texts are above, nor too many of
/// those that look like attacks.
pub(super) fn used_limit(benign: &[f32], hard: &[f32]) -> f32 {
    limit(benign, FALSE_POSITIVES).max(limit(hard, OVER_DEFENCE))
}

/// The score that so large a share of these is above.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "below a length")]
pub(super) fn limit(scores: &[f32], share: f64) -> f32 {
    let mut sorted = scores.to_vec();
    sorted.sort_by(|one, other| other.total_cmp(one));
    sorted.get((sorted.len() as f64 * share) as usize).copied().unwrap_or(f32::INFINITY)
}
