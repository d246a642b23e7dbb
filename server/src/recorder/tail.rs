//! The newest records, still in memory, so that readers need not decrypt what was just encrypted.
//!
//! A reader that is further behind reads the ledger: this is a cache, never the only copy.

use std::collections::VecDeque;
use std::sync::Arc;

use model::Logged;
use parking_lot::Mutex;

/// The newest records in index order, without gaps.
#[derive(Debug)]
pub struct Tail {
    capacity: usize,
    records: Mutex<VecDeque<Arc<Logged>>>,
}

impl Tail {
    /// Keeps up to `capacity` records.
    pub const fn new(capacity: usize) -> Self {
        Self { capacity, records: Mutex::new(VecDeque::new()) }
    }

    /// Adds what was just appended. The oldest make room.
    pub fn push(&self, newest: impl IntoIterator<Item = Arc<Logged>>) {
        let mut records = self.records.lock();
        for logged in newest {
            if records.back().is_some_and(|last| last.index + 1 != logged.index) {
                records.clear();
            }
            if records.len() == self.capacity {
                records.pop_front();
            }
            records.push_back(logged);
        }
    }

    /// Takes up to `limit` records beginning exactly at `index`, and forgets all before them.
    /// `None` when `index` is no longer (or not yet) here.
    pub fn take(&self, index: u64, limit: usize) -> Option<Vec<Arc<Logged>>> {
        let mut records = self.records.lock();
        while records.front().is_some_and(|first| first.index < index) {
            records.pop_front();
        }
        records.front().filter(|first| first.index == index)?;
        let count = records.len().min(limit);
        Some(records.drain(..count).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn logged(indexes: std::ops::Range<u64>) -> impl Iterator<Item = Arc<Logged>> {
        indexes.map(|index| {
            let (log_time, record) = (model::Timestamp::default(), model::Record::default());
            Arc::new(Logged { index, log_time, record })
        })
    }

    fn indexes(records: Option<Vec<Arc<Logged>>>) -> Option<Vec<u64>> {
        records.map(|records| records.iter().map(|logged| logged.index).collect())
    }

    #[test]
    fn gives_only_what_follows_without_a_gap() {
        let tail = Tail::new(4);
        tail.push(logged(0..6));
        assert_eq!(tail.take(0, 10), None, "0 and 1 made room");
        assert_eq!(indexes(tail.take(2, 3)), Some(vec![2, 3, 4]));
        assert_eq!(indexes(tail.take(5, 3)), Some(vec![5]));
        assert_eq!(tail.take(6, 3), None);
        tail.push(logged(6..7));
        tail.push(logged(9..11));
        assert_eq!(tail.take(6, 3), None, "a gap forgets what was before it");
        assert_eq!(indexes(tail.take(9, 3)), Some(vec![9, 10]));
    }
}
