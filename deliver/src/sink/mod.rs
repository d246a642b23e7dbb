//! Sinks: what takes events out, each behind one trait.
//!
//! A sink delivers one batch at a time and says what became of it. When to try again, in which
//! order and how fast is the courier's business.

mod aws;
mod dial;
mod elasticsearch;
mod file;
mod guard;
mod hec;
mod http;
mod kafka;
mod nats;
mod oauth;
mod pagerduty;
mod sentinel;
mod slack;
mod syslog;
mod tls;
mod trouble;
mod webhook;

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

pub use aws::{Credentials as AwsCredentials, Kinesis, S3, SecurityHub, Service as AwsService};
pub(crate) use dial::{Dialer, split as split_address};
pub use elasticsearch::Elasticsearch;
pub use file::FileSink;
pub(crate) use guard::Guard;
pub use guard::is_public;
pub use hec::Hec;
pub use http::{HttpClient, UrlError};
pub use kafka::Kafka;
pub use nats::Nats;
pub use oauth::{ClientCredentials, Token};
pub use pagerduty::PagerDuty;
pub use sentinel::Sentinel;
pub use slack::Slack;
pub use syslog::{Syslog, Transport};
pub use tls::{TlsConfig, TlsError, client as tls_client};
pub use trouble::Trouble;
pub use webhook::Webhook;

use crate::outgoing::Outgoing;

/// What a delivery comes to.
pub type Delivery<'a> = Pin<Box<dyn Future<Output = Result<Delivered, SinkError>> + Send + 'a>>;

/// Takes events out.
pub trait Sink: Send {
    /// Delivers a batch, in order. All of it is settled but what [`Delivered`] names.
    ///
    /// The future may be dropped before it ends; the next call then starts from a clean connection.
    fn deliver<'a>(&'a mut self, batch: &'a [Outgoing]) -> Delivery<'a>;

    /// How much one batch may hold, and how long its delivery may take.
    fn limits(&self) -> Limits;
}

/// Bounds of one batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Events.
    pub events: usize,
    /// Bytes of their payloads.
    pub bytes: usize,
    /// How long a delivery may take.
    pub patience: Duration,
}

/// What became of a batch that the receiver took, wholly or in part.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Delivered {
    /// Positions in the batch of events to be sent again, ascending.
    pub again: Vec<usize>,
    /// Events that the receiver will never take.
    pub rejected: Vec<Rejected>,
    /// How long the receiver asks to wait before the next attempt.
    pub after: Option<Duration>,
}

/// An event that the receiver will never take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejected {
    /// Its position in the batch.
    pub at: usize,
    /// Why, in the receiver's name for it. It repeats nothing of the event.
    pub reason: String,
}

/// Why nothing of a batch was taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SinkError {
    /// It may go better later.
    #[error("{trouble}")]
    Later {
        /// What happened.
        trouble: Trouble,
        /// How long the receiver asks to wait.
        after: Option<Duration>,
    },
    /// The receiver does not take this batch as it stands: at least one event in it is wrong for it.
    #[error("{0}")]
    Batch(Trouble),
    /// The receiver takes nothing before somebody changes something, here or there.
    #[error("{0}")]
    Refused(Trouble),
}

impl SinkError {
    /// A trouble that may pass.
    pub const fn later(trouble: Trouble) -> Self {
        Self::Later { trouble, after: None }
    }

    /// What happened.
    pub const fn trouble(&self) -> Trouble {
        match self {
            Self::Later { trouble, .. } | Self::Batch(trouble) | Self::Refused(trouble) => *trouble,
        }
    }
}

/// What stands for a batch that was taken whole.
fn taken() -> Delivered {
    Delivered::default()
}
