//! The trained model: what each bucket says for each class, and what a text's pooled evidence says.
//!
//! ```text
//! weights by bucket (8 bits) → evidence of a unit → pool → a small network → probability
//! ```

use super::features::{BUCKET_BITS, Sink, read};
use super::pool::{CLASSES, Evidence, POOLED, Pool};

/// Whose text it is: a person may ask for what a document may not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Said by a person or by the model.
    Person,
    /// Given by a tool, a document, a memory or another agent.
    Foreign,
}

/// How many sides there are.
pub const SIDES: usize = 2;
/// Hidden units of the network, which is the mean of several small ones.
pub const HIDDEN: usize = 48;
/// Numbers before the weights of the buckets: their scales, biases, the network, the calibration.
pub const NUMBERS: usize = 2 * CLASSES + SIDES * (HIDDEN * (POOLED + 2) + POOLED + 1 + 3);
/// What a model's bytes begin with; the last byte is the version of the form.
pub const MAGIC: [u8; 8] = *b"PSATTAK\x02";
/// The buckets' weights, in bytes.
pub const WEIGHTS: usize = CLASSES << BUCKET_BITS;

/// A trained model. Its bytes are its form in a file: magic, numbers (32 bits each, little endian),
/// weights.
pub struct Model {
    weights: Box<[[i8; CLASSES]]>,
    scales: [f32; CLASSES],
    bias: [f32; CLASSES],
    judges: [Judge; SIDES],
}

/// What decides about the texts of a side.
#[derive(Clone, Debug)]
pub struct Judge {
    /// Its network.
    pub network: Network,
    /// From the network's log-odds to those of an attack.
    pub slope: f32,
    /// Likewise.
    pub offset: f32,
    /// The probability from which a text counts.
    pub threshold: f32,
}

impl Judge {
    /// The probability of an attack.
    pub fn probability(&self, pooled: &[f32; POOLED]) -> f32 {
        let log_odds = self.slope * self.network.score(pooled) + self.offset;
        1.0 / (1.0 + (-log_odds).exp())
    }

    fn read(next: &mut impl FnMut() -> f32) -> Self {
        Self {
            network: Network {
                inner: std::array::from_fn(|_| std::array::from_fn(|_| next())),
                inner_bias: std::array::from_fn(|_| next()),
                outer: std::array::from_fn(|_| next()),
                direct: std::array::from_fn(|_| next()),
                bias: next(),
            },
            slope: next(),
            offset: next(),
            threshold: next(),
        }
    }
}

/// A network with one hidden layer, and a way around it.
#[derive(Clone, Debug)]
pub struct Network<const UNITS: usize = HIDDEN> {
    /// For each hidden unit, what each pooled value counts.
    pub inner: [[f32; POOLED]; UNITS],
    /// What each hidden unit begins with.
    pub inner_bias: [f32; UNITS],
    /// What each hidden unit counts.
    pub outer: [f32; UNITS],
    /// What each pooled value counts by itself.
    pub direct: [f32; POOLED],
    /// What the sum begins with.
    pub bias: f32,
}

impl<const UNITS: usize> Network<UNITS> {
    /// The values of the hidden units.
    pub fn hidden(&self, pooled: &[f32; POOLED]) -> [f32; UNITS] {
        let mut hidden = self.inner_bias;
        for (value, weights) in hidden.iter_mut().zip(&self.inner) {
            *value = (*value + dot(weights, pooled)).tanh();
        }
        hidden
    }

    /// The log-odds of an attack, before calibration.
    pub fn score(&self, pooled: &[f32; POOLED]) -> f32 {
        self.bias + dot(&self.outer, &self.hidden(pooled)) + dot(&self.direct, pooled)
    }
}

fn dot(one: &[f32], other: &[f32]) -> f32 {
    one.iter().zip(other).map(|(one, other)| one * other).sum()
}

impl Model {
    /// Reads a model; `None` when the bytes are no model of this form.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let rest = bytes.strip_prefix(&MAGIC)?;
        let (numbers, weights) = rest.split_at_checked(NUMBERS * 4)?;
        if weights.len() != WEIGHTS {
            return None;
        }
        let mut numbers = numbers.as_chunks::<4>().0.iter().map(|four| f32::from_le_bytes(*four));
        if !numbers.clone().all(f32::is_finite) {
            return None;
        }
        let mut next = || numbers.next().unwrap_or_default();
        Some(Self {
            scales: std::array::from_fn(|_| next()),
            bias: std::array::from_fn(|_| next()),
            judges: std::array::from_fn(|_| Judge::read(&mut next)),
            weights: weights.as_chunks().0.iter().map(|four| four.map(u8::cast_signed)).collect(),
        })
    }

    /// The probability that a text of a side is an attack or has one in it.
    pub fn probability(&self, text: &str, side: Side) -> f32 {
        self.judges[side as usize].probability(&self.pooled(text))
    }

    /// The same where it counts.
    pub(crate) fn verdict(&self, text: &str, side: Side) -> Option<f32> {
        let probability = self.probability(text, side);
        (probability >= self.judges[side as usize].threshold).then_some(probability)
    }

    fn pooled(&self, text: &str) -> [f32; POOLED] {
        let mut scoring =
            Scoring { model: self, sums: [0; CLASSES], features: 0, pool: Pool::new(self.bias) };
        read(text, &mut scoring);
        scoring.pool.finish()
    }
}

/// A text that is being scored.
struct Scoring<'a> {
    model: &'a Model,
    sums: [i32; CLASSES],
    features: u32,
    pool: Pool,
}

impl Sink for Scoring<'_> {
    fn feature(&mut self, bucket: usize) {
        let weights = self.model.weights.get(bucket).copied().unwrap_or_default();
        self.sums.iter_mut().zip(weights).for_each(|(sum, weight)| *sum += i32::from(weight));
        self.features += 1;
    }

    #[expect(clippy::cast_precision_loss, reason = "sums of a unit are small")]
    fn unit(&mut self, tokens: u32) {
        let mut sums = self.model.scales;
        sums.iter_mut().zip(self.sums).for_each(|(scale, sum)| *scale *= sum as f32);
        self.pool.unit(Evidence { sums, features: self.features, tokens });
        self.sums = [0; CLASSES];
        self.features = 0;
    }
}
