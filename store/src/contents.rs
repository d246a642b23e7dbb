//! What a row has been told already, so that content is kept once though span and log event, or
//! two deliveries, repeat it.
//!
//! A message that one part holds twice was said twice; the same message in two parts was said
//! once. So of each message the row keeps as many as the part that has most of it, which does not
//! depend on the order in which parts arrive. It does not compare parts of different calls.

use hashbrown::HashMap;
use model::{Direction, Segment};

use crate::message::Message;
use crate::tool_call::EXECUTED_SLOT;

/// How often each message is in the row, and the next free slot.
#[derive(Default)]
pub(crate) struct Contents {
    counts: HashMap<u64, u32>,
    next: usize,
    /// The directions whose messages are known: an answer need not be compared with questions.
    directions: Vec<Direction>,
}

impl Contents {
    /// Nothing known yet, of a row whose slots below `next` are taken.
    pub(crate) fn from_slot(next: usize) -> Self {
        Self { next, ..Self::default() }
    }

    /// The directions of these segments whose messages in the row are not known yet.
    pub(crate) fn unknown(&mut self, segments: &[Segment]) -> Vec<Direction> {
        let has = |direction| segments.iter().any(|segment| segment.direction == direction);
        let mut unknown = vec![Direction::Input, Direction::Output];
        unknown.retain(|direction| has(*direction) && !self.directions.contains(direction));
        self.directions.extend(&unknown);
        unknown
    }

    /// Takes note of a message that the row has.
    pub(crate) fn know(&mut self, message: &Message<'_>) {
        *self.counts.entry(message.identity()).or_default() += 1;
    }

    /// Leaves in `messages` those that are new, gives them slots, and returns their positions.
    pub(crate) fn keep_new(&mut self, messages: &mut Vec<Message<'_>>) -> Vec<(usize, u16)> {
        let mut in_part: HashMap<u64, u32> = HashMap::with_capacity(messages.len());
        let mut kept = Vec::new();
        let mut position = 0;
        messages.retain_mut(|message| {
            let slot = self.admit(message.identity(), &mut in_part);
            if let Some(slot) = slot {
                message.slot = slot;
                kept.push((position, slot));
            }
            position += 1;
            slot.is_some()
        });
        kept
    }

    fn admit(&mut self, identity: u64, in_part: &mut HashMap<u64, u32>) -> Option<u16> {
        let here = in_part.entry(identity).or_default();
        *here += 1;
        let known = self.counts.entry(identity).or_default();
        if *here <= *known {
            return None;
        }
        *known = *here;
        let slot = Self::slot(self.next)?;
        self.next += 1;
        Some(slot)
    }

    /// Whether the row has no slot left.
    pub(crate) fn is_full(&self) -> bool {
        Self::slot(self.next).is_none()
    }

    /// The slot with this ordinal; the last one is the executed call's.
    pub(crate) fn slot(ordinal: usize) -> Option<u16> {
        u16::try_from(ordinal).ok().filter(|slot| *slot < EXECUTED_SLOT)
    }
}
