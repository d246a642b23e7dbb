//! To SIEM, SOAR, pagers and chat: what the log holds, in the formats and over the transports of
//! the outside world.
//!
//! - [`format`]: a record to events of the outside. Pure: values in, bytes out.
//! - [`outgoing`]: an event on its way, with its idempotency key.
//! - [`sink`]: transports, each behind one trait that says what became of a batch.
//! - [`courier`]: the loop of one sink, with its cursor in the log.
//! - [`config`]: settings; [`secret`]: secrets by reference; [`trial`]: a test alert.
//!
//! Decides nothing about what an alarm is, and knows neither the ledger nor the store.

pub mod config;
pub mod courier;
pub mod format;
mod json;
pub mod outgoing;
pub mod secret;
pub mod sink;
pub mod trial;

pub use config::{Config, ConfigError};
pub use courier::{Batch, Courier, Source, SourceError, Status, Surroundings};
pub use format::{Format, Teller};
pub use outgoing::Outgoing;
pub use secret::SecretRef;
pub use sink::{Delivered, Rejected, Sink, SinkError, Trouble};
