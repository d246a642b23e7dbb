//! The recorded copy of an answer, handed to the recording side in batches.
//!
//! Chunk by chunk until the first content was seen, since its arrival is measured; after that in
//! batches, since waking another task for every token would cost more than the token.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::{Bytes, BytesMut};
use model::Outcome;
use tokio::time::Instant;

use super::happening::{AnswerEnd, Happening, Teller};
use crate::budget::Lease;

/// Size of a batch, in bytes. Larger chunks are handed over as they are.
const BATCH: usize = 32 << 10;
/// What a chunk costs in memory beside its bytes.
const MESSAGE: usize = 128;

/// Copies an answer's chunks for the recording side, up to a limit.
pub(super) struct AnswerTee {
    teller: Option<Teller>,
    /// Set by the recording side once it has seen content, or when nobody measures its arrival.
    content_seen: Arc<AtomicBool>,
    pending: BytesMut,
    limit: usize,
    lease: Option<Lease>,
    told: usize,
    messages: usize,
    forwarded: u64,
    truncated: bool,
}

impl AnswerTee {
    /// A copy of at most `limit` bytes.
    pub(super) fn new(
        teller: Teller,
        limit: usize,
        lease: Lease,
        content_seen: Arc<AtomicBool>,
    ) -> Self {
        Self {
            teller: Some(teller),
            content_seen,
            pending: BytesMut::new(),
            limit,
            lease: Some(lease),
            told: 0,
            messages: 0,
            forwarded: 0,
            truncated: false,
        }
    }

    /// Copies the next chunk, or its beginning when a limit is reached.
    pub(super) fn push(&mut self, chunk: &Bytes) {
        self.forwarded = self.forwarded.saturating_add(chunk.len() as u64);
        if self.truncated || chunk.is_empty() {
            return;
        }
        let take = chunk.len().min(self.limit - self.told);
        self.truncated = take < chunk.len();
        let cost = self.told + take + (self.messages + 1) * MESSAGE;
        if !self.lease.as_mut().is_some_and(|lease| lease.cover(cost)) {
            self.truncated = true;
            return;
        }
        self.told += take;
        self.keep(chunk, take);
    }

    fn keep(&mut self, chunk: &Bytes, take: usize) {
        if take >= BATCH {
            self.flush();
            return self.tell_chunk(chunk.slice(..take));
        }
        // Copied, since a small chunk would keep all of the buffer that it was read into.
        self.pending.extend_from_slice(chunk.get(..take).unwrap_or_default());
        if self.pending.len() >= BATCH || !self.content_seen.load(Ordering::Relaxed) {
            self.flush();
        }
    }

    fn flush(&mut self) {
        if !self.pending.is_empty() {
            let batch = self.pending.split().freeze();
            self.tell_chunk(batch);
        }
    }

    fn tell_chunk(&mut self, bytes: Bytes) {
        self.messages += 1;
        if let Some(teller) = &self.teller {
            // Nobody listens any more only when the recording side has failed, which it counts.
            let _ = teller.send(Happening::Chunk { at: Instant::now(), bytes });
        }
    }

    /// Tells the end; only the first call counts.
    pub(super) fn end(&mut self, outcome: Outcome) {
        let Some(teller) = self.teller.take() else {
            return;
        };
        let end = AnswerEnd {
            outcome,
            at: Instant::now(),
            tail: self.pending.split().freeze(),
            forwarded: self.forwarded,
            truncated: self.truncated,
            _lease: self.lease.take(),
        };
        let _ = teller.send(Happening::End(end));
    }
}
