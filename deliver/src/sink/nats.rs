//! NATS JetStream: each event acknowledged by the stream, with its idempotency key as
//! `Nats-Msg-Id`, by which the stream drops what comes twice.

use std::sync::Arc;
use std::time::Duration;

use async_nats::jetstream::context::{Context, PublishAckFuture, PublishError, PublishErrorKind};
use async_nats::jetstream::message::PublishMessage;
use async_nats::{ConnectError, ConnectErrorKind, ConnectOptions};
use rustls::ClientConfig;

use super::{Delivered, Delivery, Limits, Sink, SinkError, Trouble, taken};
use crate::outgoing::Outgoing;
use crate::secret::SecretRef;

/// A subject that a stream listens to.
pub struct Nats {
    /// `host:port` of servers.
    pub servers: Vec<String>,
    /// The subject.
    pub subject: String,
    /// TLS; none for connections in the clear.
    pub tls: Option<Arc<ClientConfig>>,
    /// The user; with none the secret is a token.
    pub user: Option<String>,
    /// Token or password.
    pub token: Option<SecretRef>,
    /// The connection, once there is one.
    pub(crate) context: Option<Context>,
}

impl std::fmt::Debug for Nats {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Nats").field("subject", &self.subject).finish_non_exhaustive()
    }
}

impl Nats {
    async fn send(&mut self, batch: &[Outgoing]) -> Result<Delivered, SinkError> {
        let context = match self.context.take() {
            Some(context) => context,
            None => self.connect().await?,
        };
        let mut waiting: Vec<PublishAckFuture> = Vec::with_capacity(batch.len());
        for outgoing in batch {
            let message =
                PublishMessage::build().payload(outgoing.payload.clone()).message_id(&outgoing.key);
            let sent = context.send_publish(self.subject.clone(), message).await;
            waiting.push(sent.map_err(|error| meaning(&error))?);
        }
        for acknowledgement in waiting {
            acknowledgement.await.map_err(|error| meaning(&error))?;
        }
        self.context = Some(context);
        Ok(taken())
    }

    async fn connect(&self) -> Result<Context, SinkError> {
        let mut options = ConnectOptions::new()
            .name("plainsight")
            .connection_timeout(Duration::from_secs(10))
            .max_reconnects(3);
        if let Some(tls) = &self.tls {
            options = options.require_tls(true).tls_client_config(tls.as_ref().clone());
        }
        if let Some(secret) = &self.token {
            let secret = secret.read().map_err(|_| SinkError::Refused(Trouble::Secret))?;
            options = match &self.user {
                Some(user) => options.user_and_password(user.clone(), secret.into_exposed()),
                None => options.token(secret.into_exposed()),
            };
        }
        let client = options.connect(&self.servers).await.map_err(|error| refused(&error))?;
        Ok(async_nats::jetstream::new(client))
    }
}

fn refused(error: &ConnectError) -> SinkError {
    match error.kind() {
        ConnectErrorKind::Authentication | ConnectErrorKind::AuthorizationViolation => {
            SinkError::Refused(Trouble::Credentials)
        }
        ConnectErrorKind::Dns => SinkError::later(Trouble::Name),
        ConnectErrorKind::TimedOut => SinkError::later(Trouble::Timeout),
        ConnectErrorKind::Tls => SinkError::later(Trouble::Tls),
        _ => SinkError::later(Trouble::Unreachable),
    }
}

fn meaning(error: &PublishError) -> SinkError {
    match error.kind() {
        PublishErrorKind::MaxPayloadExceeded => SinkError::Batch(Trouble::TooLarge),
        PublishErrorKind::StreamNotFound => SinkError::Refused(Trouble::NoDestination),
        PublishErrorKind::TimedOut => SinkError::later(Trouble::Timeout),
        PublishErrorKind::BrokenPipe => SinkError::later(Trouble::Broken),
        _ => SinkError::later(Trouble::Rejected),
    }
}

impl Sink for Nats {
    fn deliver<'a>(&'a mut self, batch: &'a [Outgoing]) -> Delivery<'a> {
        Box::pin(self.send(batch))
    }

    fn limits(&self) -> Limits {
        Limits { events: 256, bytes: 4 << 20, patience: Duration::from_secs(30) }
    }
}
