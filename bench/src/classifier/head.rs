//! The linear part: what each bucket says for each class, by softmax regression.
//!
//! Stochastic gradients with steps of their own for each weight (Duchi, Hazan, Singer, Adaptive
//! Subgradient Methods, 2011). In each step half of the features are left out, so that no single
//! one decides (Wager, Wang, Liang, Dropout Training as Adaptive Regularization, 2013).

use inspect::attack_model::{BUCKET_BITS, CLASSES, Evidence};

use super::units::Unit;
use crate::random::Random;

const RATE: f32 = 0.3;
const DECAY: f32 = 1e-5;

/// Weights and biases.
pub(super) struct Head {
    pub(super) weights: Vec<[f32; CLASSES]>,
    pub(super) bias: [f32; CLASSES],
}

/// What is learned from: features with their values, the class, and how much it counts.
pub(super) struct Example {
    features: Vec<(usize, f32)>,
    class: usize,
    weight: f32,
}

impl Example {
    /// Some units together.
    pub(super) fn new(units: &[Unit], class: usize, weight: f32) -> Self {
        let mut buckets: Vec<usize> =
            units.iter().flat_map(|unit| unit.buckets.iter().copied()).collect();
        let scale = 1.0 / (buckets.len() as f32 + 8.0).sqrt();
        buckets.sort_unstable();
        let mut features: Vec<(usize, f32)> = Vec::new();
        for bucket in buckets {
            match features.last_mut() {
                Some((last, value)) if *last == bucket => *value += scale,
                _ => features.push((bucket, scale)),
            }
        }
        Self { features, class, weight }
    }
}

impl Head {
    /// Learns from examples in so many passes.
    pub(super) fn train(examples: &[Example], epochs: usize, seed: u64) -> Self {
        let mut training = Training {
            head: Self { weights: vec![[0.0; CLASSES]; 1 << BUCKET_BITS], bias: [0.0; CLASSES] },
            squares: vec![[1e-3; CLASSES]; 1 << BUCKET_BITS],
            bias_squares: [0.1; CLASSES],
        };
        let mut random = Random::new(seed);
        let mut order: Vec<usize> = (0..examples.len()).collect();
        let mut kept = Vec::new();
        for _ in 0..epochs {
            shuffle(&mut order, &mut random);
            for example in order.iter().map(|place| &examples[*place]) {
                kept.clear();
                // Half of them stay, and count twice.
                let mut bits = 0;
                kept.extend(example.features.iter().enumerate().filter_map(|(place, feature)| {
                    bits = if place.is_multiple_of(64) { random.bits() } else { bits >> 1 };
                    (bits & 1 == 1).then_some((feature.0, 2.0 * feature.1))
                }));
                training.step(&kept, example);
            }
        }
        training.head
    }

    /// How likely each class is for some units together.
    pub(super) fn shares(&self, units: &[Unit]) -> [f32; CLASSES] {
        super::units::evidence(self, units).shares(self.bias)
    }
}

pub(super) fn shuffle(order: &mut [usize], random: &mut Random) {
    for place in (1..order.len()).rev() {
        order.swap(place, random.below(place + 1));
    }
}

struct Training {
    head: Head,
    /// The sums of the squares of each weight's gradients.
    squares: Vec<[f32; CLASSES]>,
    bias_squares: [f32; CLASSES],
}

impl Training {
    fn step(&mut self, features: &[(usize, f32)], example: &Example) {
        let mut sums = self.head.bias;
        for (bucket, value) in features {
            let weights = self.head.weights[*bucket];
            sums.iter_mut().zip(weights).for_each(|(sum, weight)| *sum += value * weight);
        }
        let mut errors = Evidence::default().shares(sums);
        errors[example.class] -= 1.0;
        let errors = errors.map(|error| error * example.weight);
        descend(&mut self.head.bias, &mut self.bias_squares, errors, 1.0, 0.0);
        for (bucket, value) in features {
            let (weights, squares) = (&mut self.head.weights[*bucket], &mut self.squares[*bucket]);
            descend(weights, squares, errors, *value, DECAY);
        }
    }
}

fn descend(
    weights: &mut [f32; CLASSES],
    squares: &mut [f32; CLASSES],
    errors: [f32; CLASSES],
    value: f32,
    decay: f32,
) {
    for class in 0..CLASSES {
        let gradient = errors[class] * value + decay * weights[class];
        squares[class] += gradient * gradient;
        weights[class] -= RATE * gradient / squares[class].sqrt();
    }
}
