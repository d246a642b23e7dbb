//! Texts that were looked at before, and had nothing in them.
//!
//! Most texts of a record were in the record before it: the names of models and services, the
//! instructions of the application, and, since a chat is sent anew with each turn, all that was
//! said. Of each only a keyed hash is kept, in one place of a table, where the next takes it.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::sync::atomic::{AtomicU64, Ordering};

use highway::{HighwayHash, HighwayHasher, Key};

use crate::Incomplete;
use crate::inspector::Look;

/// Texts that are known at most: half a megabyte of hashes.
const PLACES: usize = 1 << 16;

/// The hashes of texts without anything in them. Whoever writes a text does not know the key, so
/// no text can be made that passes for another (Alakuijala, Cox, Wassenberg, Fast keyed
/// hash/pseudo-random function using SIMD multiply and permute, 2016); by chance one in 2⁶⁴ does.
pub(crate) struct Known {
    key: Key,
    places: Box<[AtomicU64]>,
}

impl Known {
    pub(crate) fn new() -> Self {
        let random = || RandomState::new().build_hasher().finish();
        Self {
            key: Key([random(), random(), random(), random()]),
            places: (0..PLACES).map(|_| AtomicU64::new(0)).collect(),
        }
    }

    /// What `look` finds in a text. It is not asked about one that is known to have nothing.
    ///
    /// # Errors
    /// Those of `look`.
    pub(crate) fn or_look(
        &self,
        text: &str,
        look: impl FnOnce(&str) -> Result<Look, Incomplete>,
    ) -> Result<Look, Incomplete> {
        let (place, hash) = self.place(text);
        // One number is all there is to a place, so no order among threads is needed.
        if place.load(Ordering::Relaxed) == hash {
            return Ok(Look::default());
        }
        let found = look(text)?;
        if found.is_nothing() {
            place.store(hash, Ordering::Relaxed);
        }
        Ok(found)
    }

    /// Where the hash of a text is kept, and the hash, which is never that of an empty place.
    fn place(&self, text: &str) -> (&AtomicU64, u64) {
        let [place, hash] = HighwayHasher::new(self.key).hash128(text.as_bytes());
        #[expect(clippy::cast_possible_truncation, reason = "a place of the table")]
        let place = place as usize % PLACES;
        (&self.places[place], hash.max(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Kind;
    use crate::matched::Match;

    #[test]
    fn what_had_nothing_is_not_looked_at_again() {
        let known = Known::new();
        assert_eq!(known.or_look("a text", |_| Ok(Look::default())), Ok(Look::default()));
        let again = known.or_look("a text", |_| Err(Incomplete::Long));
        assert_eq!(again, Ok(Look::default()));
    }

    #[test]
    fn what_had_something_or_failed_is_looked_at_again() {
        let known = Known::new();
        let matches = vec![Match::new(Kind::EmailAddress, 0..6, 0.9)];
        let signs = vec![("instruction_override", 0.75)];
        let looks = [
            Ok(Look { matches, ..Look::default() }),
            Ok(Look { signs, ..Look::default() }),
            Err(Incomplete::Long),
        ];
        for look in looks.iter().chain(&looks) {
            assert_eq!(known.or_look("a text", |_| look.clone()), look.clone());
        }
    }
}
