//! To SIEM, SOAR, pagers and chat: what the log holds, in the formats and over the transports of
//! the outside world.
//!
//! - [`format`]: a record to events of the outside. Pure: values in, bytes out.
//! - [`outgoing`]: an event on its way, with its idempotency key.
//!
//! Decides nothing about what an alarm is, and knows neither the ledger nor the store.

pub mod format;
mod json;
pub mod outgoing;

pub use format::{Format, Teller};
pub use outgoing::Outgoing;
