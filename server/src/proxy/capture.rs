//! The recorded copy of a request body: as much of it as the limits allow.
//!
//! Copies only; what is forwarded never waits for it.

use bytes::{Bytes, BytesMut};

use crate::budget::Lease;

/// A copy that grows with the body.
#[derive(Debug)]
pub(super) struct Capture {
    limit: usize,
    lease: Lease,
    held: Held,
    seen: u64,
    truncated: bool,
}

/// Most bodies come in one chunk, which is shared instead of copied.
#[derive(Debug)]
enum Held {
    Nothing,
    One(Bytes),
    Joined(BytesMut),
}

/// What was captured of a body.
#[derive(Debug)]
pub(super) struct Captured {
    /// The bytes, as they came.
    pub(super) bytes: Bytes,
    /// Size of the whole body, as far as it was seen.
    pub(super) seen: u64,
    /// Whether `bytes` are only its beginning.
    pub(super) truncated: bool,
    /// Holds the memory in the budget for as long as the copy lives.
    _lease: Lease,
}

impl Capture {
    /// An empty copy that keeps at most `limit` bytes.
    pub(super) fn new(limit: usize, lease: Lease) -> Self {
        Self { limit, lease, held: Held::Nothing, seen: 0, truncated: false }
    }

    /// Copies the next chunk, or its beginning when the limit is reached.
    pub(super) fn push(&mut self, chunk: &Bytes) {
        self.seen = self.seen.saturating_add(chunk.len() as u64);
        if self.truncated || chunk.is_empty() {
            return;
        }
        let room = self.limit.saturating_sub(self.len());
        let take = chunk.len().min(room);
        if take < chunk.len() {
            self.truncated = true;
        }
        if !self.lease.cover(self.len() + take) {
            self.truncated = true;
            return;
        }
        self.keep(chunk.slice(..take));
    }

    fn keep(&mut self, chunk: Bytes) {
        self.held = match std::mem::replace(&mut self.held, Held::Nothing) {
            Held::Nothing => Held::One(chunk),
            Held::One(first) => {
                let mut joined = BytesMut::with_capacity((first.len() + chunk.len()) * 2);
                joined.extend_from_slice(&first);
                joined.extend_from_slice(&chunk);
                Held::Joined(joined)
            }
            Held::Joined(mut joined) => {
                joined.extend_from_slice(&chunk);
                Held::Joined(joined)
            }
        };
    }

    fn len(&self) -> usize {
        match &self.held {
            Held::Nothing => 0,
            Held::One(chunk) => chunk.len(),
            Held::Joined(joined) => joined.len(),
        }
    }

    /// Whether no further byte will be kept.
    pub(super) fn is_full(&self) -> bool {
        self.truncated || self.len() >= self.limit
    }

    /// Notes that more of the body follows that will not be pushed.
    pub(super) fn cut(&mut self) {
        self.truncated = true;
    }

    /// Ends the copy.
    pub(super) fn finish(self) -> Captured {
        let bytes = match self.held {
            Held::Nothing => Bytes::new(),
            Held::One(chunk) => chunk,
            Held::Joined(joined) => joined.freeze(),
        };
        Captured { bytes, seen: self.seen, truncated: self.truncated, _lease: self.lease }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::budget::Budget;

    proptest! {
        #[test]
        fn the_copy_is_the_beginning_of_the_body(
            chunks in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..40), 0..12),
            limit in 0_usize..200,
        ) {
            let mut capture = Capture::new(limit, Budget::new(1 << 20).lease());
            for chunk in &chunks {
                capture.push(&Bytes::copy_from_slice(chunk));
            }
            let body = chunks.concat();
            let captured = capture.finish();
            prop_assert_eq!(captured.seen, body.len() as u64);
            prop_assert_eq!(captured.truncated, body.len() > limit);
            prop_assert_eq!(&captured.bytes[..], &body[..body.len().min(limit)]);
        }
    }

    #[test]
    fn an_empty_budget_truncates() {
        let mut capture = Capture::new(100, Budget::new(0).lease());
        capture.push(&Bytes::from_static(b"abc"));
        let captured = capture.finish();
        assert!(captured.truncated && captured.bytes.is_empty());
        assert_eq!(captured.seen, 3);
    }
}
