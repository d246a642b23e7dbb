//! Kafka: one partition of a topic, so that the order is kept.
//!
//! The idempotency key travels as the header `plainsight-key`; the record's key is the alert, so
//! that a compacted topic keeps the last state of each.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use rskafka::BackoffConfig;
use rskafka::chrono::DateTime;
use rskafka::client::error::{Error, ProtocolError};
use rskafka::client::partition::{Compression, PartitionClient, UnknownTopicHandling};
use rskafka::client::{ClientBuilder, Credentials, SaslConfig};
use rskafka::record::Record;
use rustls::ClientConfig;

use super::{Delivered, Delivery, Limits, Sink, SinkError, Trouble, taken};
use crate::outgoing::Outgoing;
use crate::secret::SecretRef;

/// A topic of a cluster.
pub struct Kafka {
    /// `host:port` of brokers to begin with.
    pub brokers: Vec<String>,
    /// The topic.
    pub topic: String,
    /// The partition.
    pub partition: i32,
    /// TLS; none for connections in the clear.
    pub tls: Option<Arc<ClientConfig>>,
    /// User and password of SASL PLAIN.
    pub sasl: Option<(String, SecretRef)>,
    /// The connection, once there is one.
    pub(crate) client: Option<PartitionClient>,
}

impl std::fmt::Debug for Kafka {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Kafka").field("topic", &self.topic).finish_non_exhaustive()
    }
}

impl Kafka {
    async fn send(&mut self, batch: &[Outgoing]) -> Result<Delivered, SinkError> {
        let client = match self.client.take() {
            Some(client) => client,
            None => self.connect().await?,
        };
        let records = batch.iter().map(record).collect();
        client
            .produce(records, Compression::NoCompression)
            .await
            .map_err(|error| meaning(&error))?;
        self.client = Some(client);
        Ok(taken())
    }

    async fn connect(&self) -> Result<PartitionClient, SinkError> {
        let mut builder = ClientBuilder::new(self.brokers.clone())
            .client_id("plainsight")
            .backoff_config(one_attempt());
        if let Some(tls) = &self.tls {
            builder = builder.tls_config(Arc::clone(tls));
        }
        if let Some((user, password)) = &self.sasl {
            let password = password.read().map_err(|_| SinkError::Refused(Trouble::Secret))?;
            let credentials = Credentials::new(user.clone(), password.into_exposed());
            builder = builder.sasl_config(SaslConfig::Plain(credentials));
        }
        let client = builder.build().await.map_err(|error| meaning(&error))?;
        let handling = UnknownTopicHandling::Error;
        let partition = client.partition_client(&self.topic, self.partition, handling).await;
        partition.map_err(|error| meaning(&error))
    }
}

/// The client's own retries are few: the courier has its own.
fn one_attempt() -> BackoffConfig {
    BackoffConfig { deadline: Some(Duration::from_secs(5)), ..BackoffConfig::default() }
}

fn record(outgoing: &Outgoing) -> Record {
    let key = ("plainsight-key".to_owned(), outgoing.key.clone().into_bytes());
    Record {
        key: Some(outgoing.subject.clone().into_bytes()),
        value: Some(outgoing.payload.to_vec()),
        headers: BTreeMap::from([key]),
        timestamp: DateTime::from_timestamp_millis(outgoing.time.millis()).unwrap_or_default(),
    }
}

fn meaning(error: &Error) -> SinkError {
    match error {
        Error::ServerError { protocol_error, .. } => match protocol_error {
            ProtocolError::MessageTooLarge | ProtocolError::RecordListTooLarge => {
                SinkError::Batch(Trouble::TooLarge)
            }
            ProtocolError::InvalidRecord | ProtocolError::CorruptMessage => {
                SinkError::Batch(Trouble::Rejected)
            }
            ProtocolError::UnknownTopicOrPartition => SinkError::Refused(Trouble::NoDestination),
            ProtocolError::TopicAuthorizationFailed | ProtocolError::SaslAuthenticationFailed => {
                SinkError::Refused(Trouble::Credentials)
            }
            _ => SinkError::later(Trouble::Protocol),
        },
        Error::Timeout => SinkError::later(Trouble::Timeout),
        Error::Connection(_) | Error::RetryFailed(_) => SinkError::later(Trouble::Unreachable),
        _ => SinkError::later(Trouble::Broken),
    }
}

impl Sink for Kafka {
    fn deliver<'a>(&'a mut self, batch: &'a [Outgoing]) -> Delivery<'a> {
        Box::pin(self.send(batch))
    }

    // Brokers take 1 MB in a batch unless they are told otherwise.
    fn limits(&self) -> Limits {
        Limits { events: 1000, bytes: 700_000, patience: Duration::from_secs(30) }
    }
}
