//! A bounded cache of two generations: when the young one is full it becomes the old one, and what
//! was not used since is forgotten. As good as LRU here, at the price of two look-ups.

use std::borrow::Borrow;
use std::hash::Hash;

use hashbrown::HashMap;

pub(crate) struct Cache<K, V> {
    capacity: usize,
    young: HashMap<K, V>,
    old: HashMap<K, V>,
}

impl<K: Hash + Eq + Clone, V: Clone> Cache<K, V> {
    /// A cache of at most `capacity` entries.
    pub(crate) fn new(capacity: usize) -> Self {
        Self { capacity: capacity / 2, young: HashMap::new(), old: HashMap::new() }
    }

    /// The value, without counting as use.
    pub(crate) fn peek<Q: Hash + Eq + ?Sized>(&self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        self.young.get(key).or_else(|| self.old.get(key)).cloned()
    }

    pub(crate) fn insert(&mut self, key: K, value: V) {
        if self.young.len() >= self.capacity {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(key, value);
    }

    /// Keeps what is used: moves an entry of the old generation to the young one.
    pub(crate) fn touch(&mut self, key: &K) {
        if !self.young.contains_key(key)
            && let Some(value) = self.old.remove(key)
        {
            self.insert(key.clone(), value);
        }
    }

    pub(crate) fn remove<Q: Hash + Eq + ?Sized>(&mut self, key: &Q)
    where
        K: Borrow<Q>,
    {
        self.young.remove(key);
        self.old.remove(key);
    }

    /// Whether `key` would be forgotten at the next turn.
    pub(crate) fn is_old(&self, key: &K) -> bool {
        !self.young.contains_key(key)
    }
}
