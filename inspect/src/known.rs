//! Texts that were looked at before, and had nothing in them.
//!
//! Most texts of a record were in the record before it: the names of models and services, the
//! instructions of the application, and, since a chat is sent anew with each turn, all that was
//! said. Of each only a keyed hash is kept, in one place of a table, where the next takes it.

use std::sync::atomic::Ordering;

use crate::Incomplete;
use crate::inspector::Look;
use crate::places::Places;

/// The hashes of texts without anything in them. By chance one of another text passes for one of
/// them in 2⁶⁴.
pub(crate) struct Known(Places);

impl Known {
    pub(crate) fn new() -> Self {
        Self(Places::new())
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
        let (place, hash) = self.0.of(text);
        // Never that of an empty place.
        let hash = hash.max(1);
        if place.load(Ordering::Relaxed) == hash {
            return Ok(Look::default());
        }
        let found = look(text)?;
        if found.is_nothing() {
            place.store(hash, Ordering::Relaxed);
        }
        Ok(found)
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
