//! A quantile sketch with a relative error of 1 % (the DDSketch of Masson, Rim and Lee, 2019).
//!
//! Counts per logarithmic bucket, kept sparse: a minute of one model takes some tens of bytes.
//! Unlike the published crates it can take a value out again, which folding the parts of a call
//! needs. It does not keep minimum, maximum or sum.

use std::collections::BTreeMap;

/// Bucket `k` holds the values in (γ^(k-1), γ^k] with γ = (1 + 0.01) / (1 - 0.01).
const GAMMA: f64 = 1.01 / 0.99;

/// Counts of values by bucket.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sketch(BTreeMap<u32, i64>);

impl Sketch {
    /// Adds `value` `count` times; a negative count takes it out.
    pub fn add(&mut self, value: u64, count: i64) {
        *self.0.entry(bucket(value)).or_default() += count;
    }

    /// Adds the counts of another sketch.
    pub fn merge(&mut self, other: &Self) {
        for (bucket, count) in &other.0 {
            *self.0.entry(*bucket).or_default() += count;
        }
    }

    /// Whether it counts nothing.
    pub fn is_zero(&self) -> bool {
        self.0.values().all(|count| *count == 0)
    }

    /// The value below which the share `q` of the values lies; `None` when there are none, or
    /// when `q` is not within 0 to 1.
    #[expect(clippy::cast_possible_truncation, reason = "a rank is below the count")]
    pub fn quantile(&self, q: f64) -> Option<f64> {
        let total: i64 = self.0.values().filter(|count| **count > 0).sum();
        if total == 0 || !(0.0..=1.0).contains(&q) {
            return None;
        }
        let rank = (q * (total - 1) as f64).floor() as i64;
        let mut below = 0;
        self.0.iter().filter(|(_, count)| **count > 0).find_map(|(bucket, count)| {
            below += count;
            (below > rank).then(|| middle(*bucket))
        })
    }

    /// Pairs of bucket (as the step from the one before) and count (doubled, odd when it is
    /// negative), each a LEB128 number.
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.0.len() * 3);
        let mut last = 0;
        for (bucket, count) in self.0.iter().filter(|(_, count)| **count != 0) {
            put(&mut bytes, u64::from(bucket - last));
            put(&mut bytes, count.unsigned_abs() << 1 | u64::from(*count < 0));
            last = *bucket;
        }
        bytes
    }

    /// Reads what [`Sketch::encode`] wrote; stops at the first byte that makes no sense.
    pub fn decode(mut bytes: &[u8]) -> Self {
        let mut sketch = Self::default();
        let mut bucket = 0_u32;
        while let (Some(step), Some(count)) = (take(&mut bytes), take(&mut bytes)) {
            let Some(next) = u32::try_from(step).ok().and_then(|step| bucket.checked_add(step))
            else {
                break;
            };
            bucket = next;
            // Half the range, so that no sum can overflow.
            let size = i64::from(u32::try_from(count >> 1).unwrap_or(u32::MAX));
            let count_here = if count & 1 == 1 { -size } else { size };
            *sketch.0.entry(bucket).or_default() = count_here;
        }
        sketch
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to about 2,220")]
fn bucket(value: u64) -> u32 {
    if value <= 1 { 0 } else { ((value as f64).ln() / GAMMA.ln()).ceil() as u32 }
}

/// The value whose relative distance to both ends of the bucket is the same.
fn middle(bucket: u32) -> f64 {
    if bucket == 0 { 0.0 } else { 2.0 * GAMMA.powf(f64::from(bucket)) / (GAMMA + 1.0) }
}

fn put(bytes: &mut Vec<u8>, mut number: u64) {
    while number > 0x7f {
        bytes.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    bytes.push((number & 0x7f) as u8);
}

fn take(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0_u64;
    for shift in (0..63).step_by(7) {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn quantiles_are_within_one_percent(
            mut values in prop::collection::vec(2_u64..1_000_000_000_000, 1..200),
            q in 0.0_f64..=1.0,
        ) {
            let mut sketch = Sketch::default();
            for value in &values {
                sketch.add(*value, 1);
            }
            values.sort_unstable();
            let rank = (q * (values.len() - 1) as f64).floor();
            let exact = (0..).zip(&values).find(|(n, _)| f64::from(*n) >= rank).unwrap();
            let exact = *exact.1 as f64;
            let told = Sketch::decode(&sketch.encode()).quantile(q).unwrap();
            prop_assert!((told - exact).abs() <= exact * 0.0101, "{told} for {exact}");
        }

        #[test]
        fn any_bytes_decode(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
            let sketch = Sketch::decode(&bytes);
            prop_assert_eq!(Sketch::decode(&sketch.encode()).quantile(0.5), sketch.quantile(0.5));
        }

        #[test]
        fn a_value_can_be_taken_out(values in prop::collection::vec(any::<u64>(), 1..50)) {
            let mut sketch = Sketch::default();
            for (value, count) in values.iter().map(|v| (v, 1)).chain(values.iter().map(|v| (v, -1))) {
                sketch.add(*value, count);
            }
            prop_assert_eq!(sketch.quantile(0.5), None);
            prop_assert!(sketch.encode().is_empty());
        }
    }
}
