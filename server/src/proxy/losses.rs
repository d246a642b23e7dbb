//! The count of what could not be recorded.
//!
//! Raises no alert: the recorder does, once it can record again.

use std::sync::atomic::{AtomicU64, Ordering};

/// What was not recorded. The recorder turns it into an alert record once it can.
#[derive(Debug, Default)]
pub struct Losses {
    lost: AtomicU64,
    untold: AtomicU64,
    refused: AtomicU64,
}

impl Losses {
    /// Counts parts that are lost.
    pub(super) fn lose(&self, parts: u64) {
        self.lost.fetch_add(parts, Ordering::Relaxed);
        self.untold.fetch_add(parts, Ordering::Relaxed);
    }

    /// Counts a call that was refused because it could not be recorded.
    pub(super) fn refuse(&self) {
        self.refused.fetch_add(1, Ordering::Relaxed);
    }

    /// Parts lost since the start.
    pub fn lost(&self) -> u64 {
        self.lost.load(Ordering::Relaxed)
    }

    /// Calls refused since the start (`on_record_failure = "closed"`).
    pub fn refused(&self) -> u64 {
        self.refused.load(Ordering::Relaxed)
    }

    /// Parts lost since this was last asked. Whoever asks, raises the alert.
    pub fn take_untold(&self) -> u64 {
        self.untold.swap(0, Ordering::Relaxed)
    }

    /// Gives back what [`Losses::take_untold`] took, when the alert could not be recorded either.
    pub fn put_back(&self, parts: u64) {
        self.untold.fetch_add(parts, Ordering::Relaxed);
    }
}
