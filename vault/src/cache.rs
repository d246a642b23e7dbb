//! A bounded cache of two generations: when the young one is full it becomes the old one, and what
//! was not used since is forgotten. As good as LRU here, at the price of two look-ups.

use std::hash::Hash;

use hashbrown::HashMap;

pub(crate) struct Cache<K, V> {
    /// Entries of one generation.
    capacity: usize,
    young: HashMap<K, V>,
    old: HashMap<K, V>,
}

impl<K: Hash + Eq + Clone, V: Clone> Cache<K, V> {
    /// A cache of at most `capacity` entries.
    pub(crate) fn new(capacity: usize) -> Self {
        Self { capacity: capacity / 2, young: HashMap::new(), old: HashMap::new() }
    }

    /// The value. It counts as used, so that it stays for another generation.
    pub(crate) fn get(&mut self, key: &K) -> Option<V> {
        if let Some(value) = self.young.get(key) {
            return Some(value.clone());
        }
        let value = self.old.remove(key)?;
        self.insert(key.clone(), value.clone());
        Some(value)
    }

    pub(crate) fn insert(&mut self, key: K, value: V) {
        if self.young.len() >= self.capacity {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(key, value);
    }

    pub(crate) fn remove(&mut self, key: &K) {
        self.young.remove(key);
        self.old.remove(key);
    }
}

#[cfg(test)]
mod tests {
    use super::Cache;

    #[test]
    fn keeps_what_is_used_and_no_more_than_its_capacity() {
        let mut cache = Cache::new(100);
        cache.insert(0, 0);
        for number in 1..10_000 {
            cache.insert(number, number);
            assert_eq!(cache.get(&0), Some(0));
            assert!(cache.young.len() + cache.old.len() <= 100);
        }
        assert_eq!(cache.get(&1), None);
        cache.remove(&0);
        assert_eq!(cache.get(&0), None);
    }
}
