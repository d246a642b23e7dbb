//! Sinks of Amazon Web Services, from their settings.

use std::sync::Arc;

use model::Clock;

use super::{Config, ConfigError};
use crate::format::asff::Product;
use crate::sink::{AwsCredentials, AwsService, Kinesis, S3, SecurityHub};

impl Config {
    pub(super) fn s3(&self, clock: Arc<dyn Clock>) -> Result<S3, ConfigError> {
        let place = self.destination.as_deref().unwrap_or_default().trim_matches('/');
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_');
        let folder =
            |name: &str| !name.is_empty() && name.bytes().all(plain) && !matches!(name, "." | "..");
        if !place.split('/').all(folder) {
            return Err(
                self.wrong("destination", "is a bucket, or bucket/folder, in plain letters")
            );
        }
        let service = self.service("s3", clock)?;
        Ok(S3 { service, place: place.to_owned(), format: self.format() })
    }

    pub(super) fn kinesis(&self, clock: Arc<dyn Clock>) -> Result<Kinesis, ConfigError> {
        let stream = self.destination.clone().unwrap_or_default();
        Ok(Kinesis { service: self.service("kinesis", clock)?, stream })
    }

    pub(super) fn security_hub(&self, clock: Arc<dyn Clock>) -> Result<SecurityHub, ConfigError> {
        let account = self.destination.as_deref().unwrap_or_default();
        if account.len() != 12 || !account.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(self.wrong("destination", "is an account of twelve digits"));
        }
        let service = self.service("securityhub", clock)?;
        let product = Product::of(account, &service.region);
        Ok(SecurityHub { service, product })
    }

    fn service(
        &self,
        name: &'static str,
        clock: Arc<dyn Clock>,
    ) -> Result<AwsService, ConfigError> {
        let region = self.region.clone().unwrap_or_default();
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if region.is_empty() || !region.bytes().all(plain) {
            return Err(self.wrong("region", "is a region's name, such as eu-central-1"));
        }
        let url = self.url.clone().unwrap_or_else(|| endpoint(name, &region));
        let client = self.client_of("url", &url)?;
        if client.names_a_path() {
            return Err(self.wrong("url", "is an endpoint, without a path"));
        }
        Ok(AwsService {
            client,
            name,
            region,
            credentials: AwsCredentials { id: self.user.clone(), secret: self.secret()? },
            clock,
        })
    }
}

/// The public endpoint of a service in a region.
fn endpoint(name: &str, region: &str) -> String {
    let domain = if region.starts_with("cn-") { "amazonaws.com.cn" } else { "amazonaws.com" };
    format!("https://{name}.{region}.{domain}")
}
