//! Keys for tests: values of a shape, drawn by a seeded generator.

use super::shape::{Class, Part};

/// Draws the same values from the same seed (PCG's multiplier and increment).
pub(crate) struct Noise(u64);

impl Noise {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn below(&mut self, limit: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % limit
    }

    pub(crate) fn text(&mut self, alphabet: &[u8], length: usize) -> String {
        (0..length).map(|_| char::from(alphabet[self.below(alphabet.len())])).collect()
    }

    /// Characters of a class. The first and the last are alphanumeric.
    fn run(&mut self, class: Class, length: usize) -> String {
        let all: Vec<u8> = (b'!'..=b'~').filter(|byte| class.has(*byte) && *byte != b'=').collect();
        let plain: Vec<u8> = all.iter().copied().filter(u8::is_ascii_alphanumeric).collect();
        match length {
            0 => String::new(),
            1 => self.text(&plain, 1),
            _ => self.text(&plain, 1) + &self.text(&all, length - 2) + &self.text(&plain, 1),
        }
    }

    /// A value of a shape.
    pub(super) fn value(&mut self, parts: &[Part]) -> String {
        let one = |noise: &mut Self, part: &Part| match *part {
            Part::Exactly(class, length) => noise.run(class, length),
            Part::Between(class, least, most) => {
                let length = least + noise.below(most - least + 1);
                noise.run(class, length)
            }
            Part::AtLeast(class, least) => {
                let length = least + noise.below(20);
                noise.run(class, length)
            }
            Part::Text(text) => text.to_owned(),
            Part::Uuid => {
                [8, 4, 4, 4, 12].map(|length| noise.run(Class::LowerHex, length)).join("-")
            }
            Part::OneOf(texts) => texts[noise.below(texts.len())].to_owned(),
        };
        parts.iter().map(|part| one(self, part)).collect()
    }
}
