//! A table of texts, of which only keyed hashes are kept, each in one place, where the next takes it.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::sync::atomic::AtomicU64;

use highway::{HighwayHash, HighwayHasher, Key};

/// Texts that are known at most: half a megabyte of hashes.
const PLACES: usize = 1 << 16;

/// The places. Whoever writes a text does not know the key, so no text can be made that passes for
/// another (Alakuijala, Cox, Wassenberg, Fast keyed hash/pseudo-random function using SIMD multiply
/// and permute, 2016).
pub(crate) struct Places {
    key: Key,
    places: Box<[AtomicU64]>,
}

impl Places {
    pub(crate) fn new() -> Self {
        let random = || RandomState::new().build_hasher().finish();
        Self {
            key: Key([random(), random(), random(), random()]),
            places: (0..PLACES).map(|_| AtomicU64::new(0)).collect(),
        }
    }

    /// Where something of a text is kept, 0 being nothing, and the text's hash. One number is all
    /// there is to a place, so no order among threads is needed.
    pub(crate) fn of(&self, text: &str) -> (&AtomicU64, u64) {
        let [place, hash] = HighwayHasher::new(self.key).hash128(text.as_bytes());
        #[expect(clippy::cast_possible_truncation, reason = "a place of the table")]
        let place = place as usize % PLACES;
        (&self.places[place], hash)
    }
}
