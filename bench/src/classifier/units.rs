//! A text as the classifier sees it: units with the buckets of their features.

use inspect::attack_model::{Evidence, Pool, Sink, read};

use super::head::Head;

/// A unit's features.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Unit {
    pub(super) buckets: Vec<u32>,
    pub(super) tokens: u32,
}

#[derive(Default)]
struct Units {
    current: Vec<u32>,
    done: Vec<Unit>,
}

impl Sink for Units {
    #[expect(clippy::cast_possible_truncation, reason = "a bucket's number has few bits")]
    fn feature(&mut self, bucket: usize) {
        self.current.push(bucket as u32);
    }

    fn unit(&mut self, tokens: u32) {
        self.done.push(Unit { buckets: std::mem::take(&mut self.current), tokens });
    }
}

/// The units of a text.
pub(super) fn units(text: &str) -> Vec<Unit> {
    let mut units = Units::default();
    read(text, &mut units);
    units.done
}

/// What a head sees in a text, pooled.
pub(super) fn pooled(head: &Head, units: &[Unit]) -> [f32; inspect::attack_model::POOLED] {
    let mut pool = Pool::new(head.bias);
    for unit in units {
        pool.unit(evidence(head, std::slice::from_ref(unit)));
    }
    pool.finish()
}

/// What a head sees in several units together.
pub(super) fn evidence(head: &Head, units: &[Unit]) -> Evidence {
    let mut all = Evidence::default();
    for unit in units {
        for bucket in &unit.buckets {
            let weights = head.weights[*bucket as usize];
            all.sums.iter_mut().zip(weights).for_each(|(sum, weight)| *sum += weight);
        }
        all.features += u32::try_from(unit.buckets.len()).unwrap_or(u32::MAX);
        all.tokens += unit.tokens;
    }
    all
}
