//! Sinks of Amazon Web Services: requests signed with Signature Version 4, answers with error codes.
//!
//! Asks no metadata service: credentials come by reference.

mod answer;
mod credentials;
mod kinesis;
mod s3;
mod security_hub;

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use aws_sigv4::http_request::{
    PayloadChecksumKind, PercentEncodingMode, SignableBody, SignableRequest, SigningSettings,
    UriPathNormalizationMode, sign,
};
use aws_sigv4::sign::v4::SigningParams;
use bytes::Bytes;
use http::Method;
use model::Clock;

pub use credentials::Credentials;
pub use kinesis::Kinesis;
pub use s3::S3;
pub use security_hub::SecurityHub;

use super::http::{Answer, Headers, HttpClient};
use super::{SinkError, Trouble};

/// A service in a region.
pub struct Service {
    /// The client of its endpoint.
    pub client: HttpClient,
    /// Its name in signatures: `s3`, `kinesis`, `securityhub`.
    pub name: &'static str,
    /// The region in signatures.
    pub region: String,
    /// Who signs.
    pub credentials: Credentials,
    /// When it is signed.
    pub clock: Arc<dyn Clock>,
}

impl std::fmt::Debug for Service {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut shown = f.debug_struct("Service");
        shown.field("name", &self.name).field("region", &self.region).finish_non_exhaustive()
    }
}

impl Service {
    /// Sends a signed request, and says what went wrong in the words of the service.
    async fn send(
        &mut self,
        method: Method,
        path: &str,
        body: Bytes,
        headers: Headers,
    ) -> Result<Answer, SinkError> {
        let headers = self.signed(&method, path, &body, headers)?;
        let answer = self.client.send(method, path, body, headers).await?;
        answer::check(&answer)?;
        Ok(answer)
    }

    /// The headers with date and signature. Secrets are read anew, so that those that were renewed
    /// count at once.
    fn signed(
        &self,
        method: &Method,
        path: &str,
        body: &[u8],
        mut headers: Headers,
    ) -> Result<Headers, SinkError> {
        let unusable = || SinkError::Refused(Trouble::Secret);
        let identity = self.credentials.read().map_err(|_| unusable())?.into();
        let params = SigningParams::builder()
            .identity(&identity)
            .region(&self.region)
            .name(self.name)
            .time(self.now())
            .settings(self.settings())
            .build()
            .map_err(|_| unusable())?
            .into();
        let url = self.client.url(path);
        let named = std::iter::once(("host", self.client.authority())).chain(headers.texts());
        let request = SignableRequest::new(method.as_str(), url, named, SignableBody::Bytes(body));
        let signed = sign(request.map_err(|_| unusable())?, &params).map_err(|_| unusable())?;
        let (instructions, _) = signed.into_parts();
        for header in instructions.into_parts().0 {
            headers = headers.with(header.name(), header.value())?;
        }
        Ok(headers)
    }

    fn now(&self) -> SystemTime {
        let seconds = u64::try_from(self.clock.now().secs()).unwrap_or_default();
        SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
    }

    /// S3 takes a path as it is, and wants the digest of the body in a header.
    fn settings(&self) -> SigningSettings {
        let mut settings = SigningSettings::default();
        if self.name == "s3" {
            settings.percent_encoding_mode = PercentEncodingMode::Single;
            settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
            settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
        }
        settings
    }
}
