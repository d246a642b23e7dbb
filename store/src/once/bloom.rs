//! A Bloom filter over fingerprints (Bloom, CACM 1970), with three probes: eight bits an entry let
//! one absent fingerprint in 33 through, four bits one in seven.

use model::Fingerprint;

const PROBES: u64 = 3;

#[derive(Debug)]
pub(super) struct Bloom(Vec<u64>);

impl Bloom {
    pub(super) fn new(entries: usize, bits: usize) -> Self {
        Self(vec![0; words(entries, bits)])
    }

    /// A filter as it was stored; `None` when it is empty.
    pub(super) fn from_words(words: Vec<u64>) -> Option<Self> {
        (!words.is_empty()).then_some(Self(words))
    }

    pub(super) fn words(&self) -> &[u64] {
        &self.0
    }

    pub(super) fn insert(&mut self, fingerprint: &Fingerprint) {
        for probe in 0..PROBES {
            let (word, bit) = self.place(fingerprint, probe);
            if let Some(word) = self.0.get_mut(word) {
                *word |= bit;
            }
        }
    }

    pub(super) fn may_have(&self, fingerprint: &Fingerprint) -> bool {
        (0..PROBES).all(|probe| {
            let (word, bit) = self.place(fingerprint, probe);
            self.0.get(word).is_some_and(|word| word & bit != 0)
        })
    }

    /// Double hashing: a fingerprint is random already, so that its halves are two hashes.
    fn place(&self, Fingerprint(bytes): &Fingerprint, probe: u64) -> (usize, u64) {
        let (one, two) = bytes.split_at(8);
        let half =
            |half: &[u8]| half.iter().fold(0_u64, |hash, byte| (hash << 8) | u64::from(*byte));
        let hash = half(one).wrapping_add(probe.wrapping_mul(half(two) | 1));
        let bits = self.0.len() as u64 * 64;
        let bit = hash % bits;
        (usize::try_from(bit / 64).unwrap_or(0), 1 << (bit % 64))
    }
}

/// Words of a filter.
fn words(entries: usize, bits: usize) -> usize {
    (entries * bits).div_ceil(64).max(1)
}
