//! Counts the work that one text costs, so that a hostile one cannot cost more than its length
//! allows.

/// How often, all views together, a text may be looked at: of texts that people and programs write
/// none was seen that takes more than two.
const TIMES: usize = 4;
/// What a text may cost beyond that, in bytes, however often it is looked at.
const FREE: usize = 16 << 10;
/// What a view costs beyond its length.
const VIEW: usize = 128;

/// There is more in a text than it may cost to look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there are more layers in the text than its length allows")]
pub(crate) struct Exceeded;

/// What is left to spend, in bytes that are looked at.
pub(crate) struct Work {
    left: usize,
}

impl Work {
    pub(crate) const fn new() -> Self {
        Self { left: FREE }
    }

    /// Adds what the views of a text of this length may cost.
    pub(crate) const fn grant(&mut self, length: usize) {
        self.left = self.left.saturating_add(length.saturating_mul(TIMES));
    }

    /// Spends what a view of this length costs.
    pub(crate) fn spend(&mut self, length: usize) -> Result<(), Exceeded> {
        self.left = self.left.checked_sub(length + VIEW).ok_or(Exceeded)?;
        Ok(())
    }
}
