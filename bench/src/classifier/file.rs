//! A trained model as bytes, in the form that `inspect` reads.

use inspect::attack_model::{CLASSES, MAGIC, SIDES};

use super::calibration::Calibration;
use super::train::Trained;

/// Quantises the weights to eight bits, of which the largest few in ten thousand are cut.
pub(super) fn bytes(trained: &Trained, calibrations: [Calibration; SIDES]) -> Vec<u8> {
    let scales: [f32; CLASSES] = std::array::from_fn(|class| {
        let mut sizes: Vec<f32> =
            trained.head.weights.iter().map(|weights| weights[class].abs()).collect();
        sizes.sort_by(f32::total_cmp);
        sizes[sizes.len() - 1 - sizes.len() / 5000].max(1e-6) / 127.0
    });
    let mut bytes = MAGIC.to_vec();
    let mut put = |number: &f32| bytes.extend(number.to_le_bytes());
    scales.iter().chain(&trained.head.bias).for_each(&mut put);
    for (network, calibration) in trained.networks.iter().zip(calibrations) {
        network.inner.iter().flatten().for_each(&mut put);
        let rest = network.inner_bias.iter().chain(&network.outer).chain(&network.direct);
        rest.for_each(&mut put);
        let Calibration { slope, offset, threshold } = calibration;
        [network.bias, slope, offset, threshold].iter().for_each(&mut put);
    }
    for weights in &trained.head.weights {
        #[expect(clippy::cast_possible_truncation, reason = "it is clamped")]
        let quantised = |class: usize| {
            let weight = (weights[class] / scales[class]).round().clamp(-127.0, 127.0) as i8;
            weight.cast_unsigned()
        };
        bytes.extend((0..CLASSES).map(quantised));
    }
    bytes
}
