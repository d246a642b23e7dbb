//! From settings to a sink that is ready to deliver.

use std::sync::Arc;

use model::Clock;

use super::{Config, ConfigError, SinkType};
use crate::format::{Teller, hec};
use crate::secret::SecretRef;
use crate::sink::{
    ClientCredentials, Dialer, Elasticsearch, FileSink, Guard, Hec, HttpClient, Kafka, Nats,
    PagerDuty, Sentinel, Sink, Slack, Syslog, TlsConfig, Token, Transport, Webhook, split_address,
    tls_client,
};

/// Where PagerDuty takes events.
const PAGERDUTY: &str = "https://events.pagerduty.com/v2/enqueue";
/// What a token for the Logs Ingestion API is for.
const SENTINEL_SCOPE: &str = "https://monitor.azure.com/.default";

impl Config {
    /// The sink. Connects to nothing yet.
    ///
    /// # Errors
    /// When a field is wrong, or a file with certificate authorities cannot be used.
    pub fn open(
        &self,
        teller: &Teller,
        clock: Arc<dyn Clock>,
    ) -> Result<Box<dyn Sink>, ConfigError> {
        self.check()?;
        Ok(match self.kind {
            SinkType::Syslog => Box::new(self.syslog(teller)?),
            SinkType::Hec => Box::new(self.hec(teller)?),
            SinkType::Elasticsearch => Box::new(self.elasticsearch()?),
            SinkType::Sentinel => Box::new(self.sentinel(clock)?),
            SinkType::Webhook => Box::new(Webhook {
                client: self.client()?,
                secret: self.secret()?,
                format: self.format(),
                clock,
            }),
            SinkType::PagerDuty => {
                Box::new(PagerDuty { client: self.client()?, token: self.secret()? })
            }
            SinkType::Slack => Box::new(Slack { client: self.client()? }),
            SinkType::File => {
                let path = self.path.clone().ok_or_else(|| self.absent("path"))?;
                Box::new(FileSink::new(path, self.rotate_bytes, self.rotate_keep))
            }
            SinkType::Kafka => Box::new(self.kafka()?),
            SinkType::Nats => Box::new(self.nats()?),
            SinkType::S3 => Box::new(self.s3(clock)?),
            SinkType::Kinesis => Box::new(self.kinesis(clock)?),
            SinkType::SecurityHub => Box::new(self.security_hub(clock)?),
        })
    }

    fn syslog(&self, teller: &Teller) -> Result<Syslog, ConfigError> {
        let address = self.address.as_deref().unwrap_or_default();
        let (host, port) =
            split_address(address).ok_or_else(|| self.wrong("address", "is no host:port"))?;
        let tls = match self.transport {
            Transport::Tls => Some(self.tls()?),
            Transport::Tcp | Transport::Udp => None,
        };
        // Syslog receivers stand inside: the guard is for URLs.
        let dialer = Dialer { host, port, tls, guard: Guard::Any };
        let (transport, host) = (self.transport, teller.host.clone());
        Ok(Syslog { dialer, transport, host, says_goodbye: false })
    }

    fn hec(&self, teller: &Teller) -> Result<Hec, ConfigError> {
        let channel = self.acknowledge.then(|| uuid::Uuid::new_v4().to_string());
        Ok(Hec {
            client: self.client()?.under("/services/collector/event"),
            token: self.secret()?,
            format: self.format(),
            destination: hec::Destination {
                index: self.destination.clone(),
                host: teller.host.clone(),
            },
            channel,
        })
    }

    fn elasticsearch(&self) -> Result<Elasticsearch, ConfigError> {
        let index = self.destination.as_deref().unwrap_or_default();
        let plain = |byte: u8| {
            byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_' | b'.')
        };
        if index.is_empty() || !index.bytes().all(plain) {
            return Err(self.wrong("destination", "is an index's name in small letters"));
        }
        let client = self.client()?.under(&format!("/{index}/_bulk"));
        Ok(Elasticsearch { client, user: self.user.clone(), token: self.token.clone() })
    }

    fn sentinel(&self, clock: Arc<dyn Clock>) -> Result<Sentinel, ConfigError> {
        let secret = self.secret()?;
        let token = match (&self.token_url, &self.client_id) {
            (Some(url), Some(id)) => {
                let client = self.client_of("token_url", url)?;
                let scope = SENTINEL_SCOPE.to_owned();
                let grant = ClientCredentials::new(client, id.clone(), secret, scope, clock);
                Token::Granted(Box::new(grant))
            }
            _ => Token::Bearer(secret),
        };
        Ok(Sentinel { client: self.client()?, token })
    }

    fn kafka(&self) -> Result<Kafka, ConfigError> {
        Ok(Kafka {
            brokers: self.addresses(),
            topic: self.destination.clone().unwrap_or_default(),
            partition: self.partition,
            tls: self.tls_unless_tcp()?,
            sasl: self.user.clone().zip(self.token.clone()),
            client: None,
        })
    }

    fn nats(&self) -> Result<Nats, ConfigError> {
        Ok(Nats {
            servers: self.addresses(),
            subject: self.destination.clone().unwrap_or_default(),
            tls: self.tls_unless_tcp()?,
            user: self.user.clone(),
            token: self.token.clone(),
            context: None,
        })
    }

    fn addresses(&self) -> Vec<String> {
        let addresses = self.address.as_deref().unwrap_or_default().split(',');
        addresses.map(|address| address.trim().to_owned()).collect()
    }

    fn client(&self) -> Result<HttpClient, ConfigError> {
        let default = (self.kind == SinkType::PagerDuty).then_some(PAGERDUTY);
        let url = self.url.as_deref().or(default).ok_or_else(|| self.absent("url"))?;
        self.client_of("url", url)
    }

    pub(super) fn client_of(
        &self,
        field: &'static str,
        url: &str,
    ) -> Result<HttpClient, ConfigError> {
        let referred = match SecretRef::parse(url) {
            Ok(reference) => {
                Some(reference.read().map_err(|error| self.wrong(field, error.to_string()))?)
            }
            Err(_) => None,
        };
        let url = referred.as_ref().map_or(url, |url| url.expose());
        HttpClient::new(url, self.ca_file.as_deref(), self.allow_private)
            .map_err(|error| self.wrong(field, error.to_string()))
    }

    pub(super) fn secret(&self) -> Result<SecretRef, ConfigError> {
        self.token.clone().ok_or_else(|| self.absent("token"))
    }

    fn tls(&self) -> Result<TlsConfig, ConfigError> {
        tls_client(self.ca_file.as_deref())
            .map_err(|error| self.wrong("ca_file", error.to_string()))
    }

    fn tls_unless_tcp(&self) -> Result<Option<TlsConfig>, ConfigError> {
        match self.transport {
            Transport::Tls => self.tls().map(Some),
            Transport::Tcp => Ok(None),
            Transport::Udp => Err(self.wrong("transport", "is tls or tcp for this type")),
        }
    }

    fn absent(&self, field: &'static str) -> ConfigError {
        self.wrong(field, "is needed for this type")
    }
}
