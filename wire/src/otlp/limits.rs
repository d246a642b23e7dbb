//! How much of a request is taken in.
//!
//! The size of the whole body is not bounded here: the door that reads it does that.

/// Bounds of one request. What lies beyond one is rejected, with the bound as the reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Spans, log records or metrics in a request.
    pub items: usize,
    /// Attributes of one item, those of its events and links included.
    pub attributes: usize,
    /// How deep attribute values may nest.
    pub depth: usize,
    /// Data points of one metric.
    pub points: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { items: 65_536, attributes: 16_384, depth: 32, points: 2_000 }
    }
}
