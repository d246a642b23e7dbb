//! The checkpoints that were signed so far, read from the records themselves.
//!
//! A log keeps its newest checkpoint and none of the older ones. Where those stood the records say:
//! within a batch log times follow one another nanosecond by nanosecond, so where they do not, a batch
//! ended, and each batch ended with a checkpoint. Roots come from tiles that lead to the newest one,
//! so that every checkpoint told here is one that the newest continues.

use crate::checkpoint::Checkpoint;
use crate::files::ANCHOR;
use crate::hash::Hash;
use crate::proof::subtree_root;
use crate::prove::AuthenticNodes;
use crate::published;
use crate::reader::Reader;
use crate::records::{ReadError, Records};

/// A checkpoint that was signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    /// How many records it signs.
    pub size: u64,
    /// Records that the one before does not sign: its batch.
    pub added: u64,
    /// The log time of its newest record, nanoseconds since the epoch: just before it was signed.
    pub log_time: i64,
    /// The root that it signs.
    pub root: Hash,
    /// The signed note, where the log keeps it still: of the newest, and of the one that survives a
    /// power cut. What the others were signed with was replaced; the newest confirms them.
    pub note: Option<String>,
}

impl Reader {
    /// Up to `limit` checkpoints of at most `up_to` records, newest first; from the newest on, where
    /// that is not said. The size of the one before the last of them is its `size` less its `added`.
    ///
    /// Batches whose log times touch, since the clock was set back, are told as one. The checkpoint of
    /// the empty log is left out: nothing says when it was signed.
    ///
    /// # Errors
    /// When a record or a tile cannot be read, or does not lead to the newest checkpoint.
    pub fn history(&self, up_to: Option<u64>, limit: usize) -> Result<Vec<Signed>, ReadError> {
        let (text, newest) = published::newest(self.dir())?;
        let kept = self.kept(&text, &newest)?;
        let mut nodes = AuthenticNodes::new(self.dir(), self.edge(&newest)?);
        let mut size = self.ended(up_to.unwrap_or(newest.size), newest.size)?;
        let mut history = Vec::new();
        while size > 0 && history.len() < limit {
            let (first, log_time) = (self.first_of_batch(size - 1)?, self.log_time(size - 1)?);
            let root = subtree_root(&mut nodes, 0..size)?;
            let note = kept.iter().find(|(of, _)| of.size == size && of.root == root);
            let note = note.map(|(_, text)| text.clone());
            history.push(Signed { size, added: size - first, log_time, root, note });
            size = first;
        }
        Ok(history)
    }

    /// The checkpoints that are there as they were signed.
    fn kept(
        &self,
        text: &str,
        newest: &Checkpoint,
    ) -> Result<Vec<(Checkpoint, String)>, ReadError> {
        let mut kept = vec![(newest.clone(), text.to_owned())];
        if let Some(anchor) = published::read(self.dir(), ANCHOR)? {
            kept.push((Checkpoint::parse_unverified(&anchor)?, anchor));
        }
        Ok(kept)
    }

    /// The largest size of a checkpoint that is no larger than `up_to`.
    fn ended(&self, up_to: u64, newest: u64) -> Result<u64, ReadError> {
        if up_to == 0 || up_to >= newest {
            return Ok(up_to.min(newest));
        }
        let is_end = self.log_time(up_to)? != self.log_time(up_to - 1)?.saturating_add(1);
        if is_end { Ok(up_to) } else { self.first_of_batch(up_to - 1) }
    }

    /// The first record of the batch that the record `last` is in. Steps back are doubled until they
    /// leave the batch, since most batches are small; then it is found by halving.
    fn first_of_batch(&self, last: u64) -> Result<u64, ReadError> {
        let time = self.log_time(last)?;
        let is_within = |index: u64| {
            let steps = i64::try_from(last - index).unwrap_or(i64::MAX);
            Ok::<bool, ReadError>(self.log_time(index)? == time.saturating_sub(steps))
        };
        let (mut low, mut first, mut step) = (0, last, 1_u64);
        while first > low {
            let index = last.saturating_sub(step).max(low);
            if !is_within(index)? {
                low = index + 1;
                break;
            }
            first = index;
            step = step.saturating_mul(2);
        }
        while low < first {
            let middle = low + (first - low) / 2;
            if is_within(middle)? {
                first = middle;
            } else {
                low = middle + 1;
            }
        }
        Ok(first)
    }

    fn log_time(&self, index: u64) -> Result<i64, ReadError> {
        let mut records = Records::one(self.dir(), self.segments_for(index)?, index);
        let time = records.advance(|frame| frame.log_time)?;
        // The index is below the signed size, so there is a record.
        time.ok_or(ReadError::NoSuchRecord { index, size: index })
    }
}

// Whether the signatures are good is the business of `verify`.
