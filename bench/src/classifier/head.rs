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
    features: Vec<(u32, f32)>,
    class: usize,
    weight: f32,
}

impl Example {
    /// Some units together.
    pub(super) fn new(units: &[Unit], class: usize, weight: f32) -> Self {
        let mut buckets: Vec<u32> =
            units.iter().flat_map(|unit| unit.buckets.iter().copied()).collect();
        let scale = 1.0 / (buckets.len() as f32 + 8.0).sqrt();
        buckets.sort_unstable();
        let mut features: Vec<(u32, f32)> = Vec::new();
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
    /// Learns from examples in so many passes; what it knew after each of the last ones is its mean.
    pub(super) fn train(examples: &[Example], epochs: usize, seed: u64) -> Self {
        let mut training = Training {
            slots: vec![
                Slot { weights: [0.0; CLASSES], squares: [1e-3; CLASSES] };
                1 << BUCKET_BITS
            ],
            bias: Slot { weights: [0.0; CLASSES], squares: [0.1; CLASSES] },
        };
        let mut random = Random::new(seed);
        let mut order: Vec<usize> = (0..examples.len()).collect();
        let mut kept = Vec::new();
        let mut mean =
            Self { weights: vec![[0.0; CLASSES]; 1 << BUCKET_BITS], bias: [0.0; CLASSES] };
        let taken = epochs.min(2);
        for epoch in 0..epochs {
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
            if epoch + taken >= epochs {
                let share = 1.0 / taken as f32;
                for (mean, slot) in mean.weights.iter_mut().zip(&training.slots) {
                    add(mean, slot.weights, share);
                }
                add(&mut mean.bias, training.bias.weights, share);
            }
        }
        mean
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

fn add(sums: &mut [f32; CLASSES], more: [f32; CLASSES], share: f32) {
    sums.iter_mut().zip(more).for_each(|(sum, more)| *sum += share * more);
}

/// The weights of a bucket, and the sums of the squares of their gradients.
#[derive(Clone, Copy)]
#[repr(align(32))]
struct Slot {
    weights: [f32; CLASSES],
    squares: [f32; CLASSES],
}

struct Training {
    slots: Vec<Slot>,
    bias: Slot,
}

impl Training {
    fn step(&mut self, features: &[(u32, f32)], example: &Example) {
        let mut sums = self.bias.weights;
        for (bucket, value) in features {
            add(&mut sums, self.slots[*bucket as usize].weights, *value);
        }
        let mut errors = Evidence::default().shares(sums);
        errors[example.class] -= 1.0;
        let errors = errors.map(|error| error * example.weight);
        self.bias.descend(errors, 1.0, 0.0);
        for (bucket, value) in features {
            self.slots[*bucket as usize].descend(errors, *value, DECAY);
        }
    }
}

impl Slot {
    fn descend(&mut self, errors: [f32; CLASSES], value: f32, decay: f32) {
        let numbers = self.weights.iter_mut().zip(&mut self.squares).zip(errors);
        for ((weight, square), error) in numbers {
            let gradient = error * value + decay * *weight;
            *square += gradient * gradient;
            *weight -= RATE * gradient / square.sqrt();
        }
    }
}
