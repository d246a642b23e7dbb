//! The second part: the mean of small networks over what is pooled, by Adam (Kingma, Ba, 2015).

use inspect::attack_model::{HIDDEN, Network, POOLED};

use super::head::shuffle;
use crate::random::Random;

/// Hidden units of each network, and how many there are: each begins elsewhere.
const UNITS: usize = 12;
const NETWORKS: usize = HIDDEN / UNITS;
const EPOCHS: usize = 14;
const RATE: f32 = 0.004;
const DECAY: f32 = 1e-4;
const BATCH: usize = 32;

/// A text's pooled evidence, whether it is an attack, and how much it counts.
#[derive(Clone, Copy)]
pub(super) struct Example {
    pub(super) pooled: [f32; POOLED],
    pub(super) attack: bool,
    pub(super) weight: f32,
}

/// Learns from examples.
pub(super) fn train(examples: &[Example], seed: u64) -> Network {
    let seeds = (0..NETWORKS as u64).map(|turn| seed + 31 * turn);
    let networks: Vec<Network<UNITS>> = seeds.map(|seed| train_one(examples, seed)).collect();
    let share = 1.0 / NETWORKS as f32;
    let of = |unit: usize| (&networks[unit / UNITS], unit % UNITS);
    let mean =
        |number: &dyn Fn(&Network<UNITS>) -> f32| share * networks.iter().map(number).sum::<f32>();
    Network {
        inner: std::array::from_fn(|unit| of(unit).0.inner[of(unit).1]),
        inner_bias: std::array::from_fn(|unit| of(unit).0.inner_bias[of(unit).1]),
        outer: std::array::from_fn(|unit| share * of(unit).0.outer[of(unit).1]),
        direct: std::array::from_fn(|place| mean(&|network| network.direct[place])),
        bias: mean(&|network| network.bias),
    }
}

fn train_one(examples: &[Example], seed: u64) -> Network<UNITS> {
    let mut random = Random::new(seed);
    let mut network = begin(&mut random);
    let mut adam = Adam::default();
    let mut order: Vec<usize> = (0..examples.len()).collect();
    for epoch in 0..EPOCHS {
        let rate = RATE * (1.0 - epoch as f32 / EPOCHS as f32) + 1e-5;
        shuffle(&mut order, &mut random);
        for batch in order.chunks(BATCH) {
            let mut gradient = Gradient::default();
            for place in batch {
                gradient.add(&network, &examples[*place], batch.len() as f32);
            }
            adam.step(&mut network, &gradient, rate);
        }
    }
    network
}

/// Small numbers, so that the hidden units differ.
fn begin(random: &mut Random) -> Network<UNITS> {
    let mut small = || ((random.bits() >> 40) as f32 / (1_u32 << 24) as f32 - 0.5) * 0.4;
    Network {
        inner: std::array::from_fn(|_| std::array::from_fn(|_| small())),
        inner_bias: [0.0; UNITS],
        outer: std::array::from_fn(|_| small()),
        direct: [0.0; POOLED],
        bias: 0.0,
    }
}

/// Every number of a network, in one order.
fn numbers(network: &mut Network<UNITS>) -> impl Iterator<Item = &mut f32> {
    let Network { inner, inner_bias, outer, direct, bias } = network;
    inner.iter_mut().flatten().chain(inner_bias).chain(outer).chain(direct).chain([bias])
}

/// How many there are.
const COUNT: usize = UNITS * (POOLED + 2) + POOLED + 1;

struct Gradient(Network<UNITS>);

impl Default for Gradient {
    fn default() -> Self {
        Self(Network {
            inner: [[0.0; POOLED]; UNITS],
            inner_bias: [0.0; UNITS],
            outer: [0.0; UNITS],
            direct: [0.0; POOLED],
            bias: 0.0,
        })
    }
}

impl Gradient {
    fn add(&mut self, network: &Network<UNITS>, example: &Example, batch: f32) {
        let hidden = network.hidden(&example.pooled);
        let likely = 1.0 / (1.0 + (-network.score(&example.pooled)).exp());
        let target = if example.attack { 1.0 } else { 0.0 };
        let error = (likely - target) * example.weight / batch;
        for (unit, value) in hidden.iter().enumerate() {
            let back = error * network.outer[unit] * (1.0 - value * value);
            add(&mut self.0.inner[unit], &example.pooled, back);
            self.0.inner_bias[unit] += back;
        }
        add(&mut self.0.outer, &hidden, error);
        add(&mut self.0.direct, &example.pooled, error);
        self.0.bias += error;
    }
}

fn add(sums: &mut [f32], values: &[f32], times: f32) {
    sums.iter_mut().zip(values).for_each(|(sum, value)| *sum += times * value);
}

struct Adam {
    means: [f32; COUNT],
    squares: [f32; COUNT],
    steps: i32,
}

impl Default for Adam {
    fn default() -> Self {
        Self { means: [0.0; COUNT], squares: [0.0; COUNT], steps: 0 }
    }
}

impl Adam {
    fn step(&mut self, network: &mut Network<UNITS>, gradient: &Gradient, rate: f32) {
        self.steps += 1;
        let mut gradient = gradient.0.clone();
        let unbiased = (1.0 - 0.9_f32.powi(self.steps), 1.0 - 0.999_f32.powi(self.steps));
        let moments = self.means.iter_mut().zip(&mut self.squares);
        let pairs = numbers(network).zip(numbers(&mut gradient)).zip(moments);
        for ((number, gradient), (mean, square)) in pairs {
            let slope = *gradient + DECAY * *number;
            *mean = 0.9 * *mean + 0.1 * slope;
            *square = 0.999 * *square + 0.001 * slope * slope;
            *number -= rate * (*mean / unbiased.0) / ((*square / unbiased.1).sqrt() + 1e-7);
        }
    }
}
