//! A map that holds a bounded number of entries and lets go of the one that was used longest ago.
//!
//! Which entry goes depends on the order of use alone, so that a replay forgets the same.

use std::collections::BTreeMap;
use std::hash::Hash;

use hashbrown::HashMap;

/// The map.
#[derive(Debug)]
pub(crate) struct Bounded<K, V> {
    entries: HashMap<K, (u64, V)>,
    order: BTreeMap<u64, K>,
    uses: u64,
    limit: usize,
}

impl<K: Hash + Eq + Clone, V> Bounded<K, V> {
    /// A map of at most `limit` entries.
    pub(crate) fn new(limit: usize) -> Self {
        Self { entries: HashMap::new(), order: BTreeMap::new(), uses: 0, limit: limit.max(1) }
    }

    /// The entry of `key`, made by `make` where there is none. It counts as used. The second value
    /// is the entry that had to go.
    pub(crate) fn entry(&mut self, key: &K, make: impl FnOnce() -> V) -> (&mut V, Option<V>) {
        self.uses += 1;
        let mut gone = None;
        if let Some((last, _)) = self.entries.get(key) {
            self.order.remove(last);
        } else if self.entries.len() >= self.limit {
            gone = self.pop_oldest();
        }
        self.order.insert(self.uses, key.clone());
        let entry = self.entries.entry(key.clone()).or_insert_with(|| (0, make()));
        entry.0 = self.uses;
        (&mut entry.1, gone)
    }

    /// Takes out the entry that was used longest ago.
    pub(crate) fn pop_oldest(&mut self) -> Option<V> {
        let (_, key) = self.order.pop_first()?;
        self.entries.remove(&key).map(|(_, value)| value)
    }

    /// Shows every entry, in no order. None counts as used.
    pub(crate) fn each(&mut self, mut change: impl FnMut(&mut V)) {
        self.entries.values_mut().for_each(|(_, value)| change(value));
    }

    /// How many entries there are.
    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }
}

#[cfg(test)]
mod tests {
    use super::Bounded;

    #[test]
    fn the_longest_unused_goes_first() {
        let mut map = Bounded::new(2);
        map.entry(&"a", || 1);
        map.entry(&"b", || 2);
        map.entry(&"a", || 0);
        assert_eq!(map.entry(&"c", || 3).1, Some(2));
        assert_eq!(*map.entry(&"a", || 0).0, 1);
        assert_eq!(map.len(), 2);
    }
}
