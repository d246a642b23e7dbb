//! How much memory bodies may take together: those that a door reads, or that the proxy copies.
//!
//! Only counts: it allocates nothing and never waits.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Leases grow in steps of this size, so that a body of many chunks touches the shared counter
/// seldom.
const STEP: usize = 64 << 10;

/// A limit that all bodies share, in bytes.
#[derive(Clone, Debug)]
pub struct Budget(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    limit: usize,
    leased: AtomicUsize,
}

impl Budget {
    /// A budget of so many bytes.
    pub fn new(limit: usize) -> Self {
        Self(Arc::new(Shared { limit, leased: AtomicUsize::new(0) }))
    }

    /// A lease of nothing yet.
    pub(crate) fn lease(&self) -> Lease {
        Lease { budget: self.clone(), held: 0 }
    }

    #[cfg(test)]
    fn leased(&self) -> usize {
        self.0.leased.load(Ordering::Relaxed)
    }
}

/// What one body holds of the budget, until it is dropped.
#[derive(Debug)]
pub(crate) struct Lease {
    budget: Budget,
    held: usize,
}

impl Lease {
    /// Grows the lease to at least `bytes`; `false` when the budget has no room for that.
    pub(crate) fn cover(&mut self, bytes: usize) -> bool {
        self.grow(bytes, false)
    }

    /// The same for a body that cannot be taken in part: one that is alone gets what it needs,
    /// since one larger than the whole budget could never be taken otherwise.
    pub(crate) fn cover_whole(&mut self, bytes: usize) -> bool {
        self.grow(bytes, true)
    }

    fn grow(&mut self, bytes: usize, even_beyond: bool) -> bool {
        if bytes <= self.held {
            return true;
        }
        let more = (bytes - self.held).next_multiple_of(STEP);
        let shared = &self.budget.0;
        let before = shared.leased.fetch_add(more, Ordering::Relaxed);
        let is_alone = before <= self.held;
        if before.saturating_add(more) > shared.limit && !(even_beyond && is_alone) {
            shared.leased.fetch_sub(more, Ordering::Relaxed);
            return false;
        }
        self.held += more;
        true
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.budget.0.leased.fetch_sub(self.held, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::{Budget, STEP};

    #[test]
    fn leases_share_the_limit_and_give_back() {
        let budget = Budget::new(3 * STEP);
        let mut first = budget.lease();
        let mut second = budget.lease();
        assert!(first.cover(1) && first.cover(STEP) && first.cover(STEP + 1));
        assert_eq!(budget.leased(), 2 * STEP);
        assert!(!second.cover(2 * STEP));
        assert!(second.cover(STEP));
        drop(first);
        assert!(second.cover(3 * STEP));
        drop(second);
        assert_eq!(budget.leased(), 0);
    }

    #[test]
    fn a_body_larger_than_the_budget_is_taken_alone() {
        let budget = Budget::new(STEP);
        let mut small = budget.lease();
        let mut large = budget.lease();
        assert!(small.cover_whole(1));
        assert!(!large.cover_whole(3 * STEP));
        drop(small);
        assert!(large.cover_whole(3 * STEP));
        assert!(!budget.lease().cover_whole(1));
        drop(large);
        assert_eq!(budget.leased(), 0);
    }
}
