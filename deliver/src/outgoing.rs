//! An event on its way out.

use bytes::Bytes;
use model::{Severity, Timestamp};

/// An event of the outside world, made from one record, ready for a transport.
#[derive(Clone, Debug, PartialEq)]
pub struct Outgoing {
    /// Ledger index of the record.
    pub index: u64,
    /// Its idempotency key: the same event has the same key in every delivery.
    pub key: String,
    /// What it is about over several events: the alert's id, else the key.
    pub subject: String,
    /// The record's kind.
    pub kind: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// When it happened.
    pub time: Timestamp,
    /// What structured syslog says beside the text.
    pub facts: Vec<(&'static str, String)>,
    /// The event, in the sink's format. It holds no line feed.
    pub payload: Bytes,
}
