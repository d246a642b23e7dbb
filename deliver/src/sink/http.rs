//! HTTP towards receivers: one connection, one request at a time, no redirects, answers bounded.

use std::path::Path;
use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HOST, RETRY_AFTER, USER_AGENT};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode, Uri};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Incoming;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use model::Timestamp;
use tokio::time::timeout;

use super::dial::Dialer;
use super::guard::Guard;
use super::{SinkError, Trouble, tls};
use crate::sink::TlsError;

/// Bytes of an answer that are read.
const ANSWER: usize = 8 << 20;
/// How long one request may take, from the connection to the end of the answer.
const PATIENCE: Duration = Duration::from_secs(30);
/// The longest wait that a receiver is obeyed in.
const LONGEST_WAIT: Duration = Duration::from_hours(1);

/// Why a URL cannot be used. It does not repeat the URL, which may hold a secret.
#[derive(Debug, thiserror::Error)]
pub enum UrlError {
    /// It does not parse, or it is neither `http` nor `https`.
    #[error("it is no http or https URL")]
    Malformed,
    /// It has a user name or a password.
    #[error("it carries a user name or password; credentials belong in token")]
    UserInfo,
    /// TLS cannot be set up.
    #[error(transparent)]
    Tls(#[from] TlsError),
}

/// A client of one URL.
pub struct HttpClient {
    dialer: Dialer,
    authority: HeaderValue,
    path: String,
    query: Option<String>,
    connection: Option<SendRequest<Full<Bytes>>>,
}

impl std::fmt::Debug for HttpClient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HttpClient").field("host", &self.dialer.host).finish_non_exhaustive()
    }
}

impl HttpClient {
    /// A client. Private addresses are refused at every connection unless they are allowed.
    ///
    /// # Errors
    /// When the URL or the file with authorities cannot be used.
    pub fn new(url: &str, ca_file: Option<&Path>, allow_private: bool) -> Result<Self, UrlError> {
        let uri: Uri = url.parse().map_err(|_| UrlError::Malformed)?;
        let (scheme, authority) =
            uri.scheme_str().zip(uri.authority()).ok_or(UrlError::Malformed)?;
        if authority.as_str().contains('@') {
            return Err(UrlError::UserInfo);
        }
        let (tls, port) = match scheme {
            "https" => (Some(tls::client(ca_file)?), 443),
            "http" => (None, 80),
            _ => return Err(UrlError::Malformed),
        };
        let host = authority.host().trim_start_matches('[').trim_end_matches(']').to_owned();
        let port = authority.port_u16().unwrap_or(port);
        let guard = Guard::new(allow_private);
        Ok(Self {
            dialer: Dialer { host, port, tls, guard },
            authority: HeaderValue::from_str(authority.as_str())
                .map_err(|_| UrlError::Malformed)?,
            path: uri.path().to_owned(),
            query: uri.query().map(str::to_owned),
            connection: None,
        })
    }

    /// Appends to the path unless it ends so already.
    #[must_use]
    pub fn under(mut self, path: &str) -> Self {
        if !self.path.ends_with(path) {
            self.path = format!("{}{path}", self.path.trim_end_matches('/'));
        }
        self
    }

    /// The server's name and port, as requests name it.
    pub(crate) fn authority(&self) -> &str {
        self.authority.to_str().unwrap_or_default()
    }

    /// Whether the URL says more than the server.
    pub(crate) fn names_a_path(&self) -> bool {
        self.path != "/" || self.query.is_some()
    }

    /// The URL of a path of the server.
    pub(crate) fn url(&self, path: &str) -> String {
        let scheme = if self.dialer.tls.is_some() { "https" } else { "http" };
        format!("{scheme}://{}{path}", self.authority())
    }

    /// Posts to the URL.
    pub(crate) async fn post(
        &mut self,
        body: Bytes,
        headers: Headers,
    ) -> Result<Answer, SinkError> {
        let path = self.path.clone();
        self.post_at(&path, body, headers).await
    }

    /// Posts to another path of the same server.
    pub(crate) async fn post_at(
        &mut self,
        path: &str,
        body: Bytes,
        headers: Headers,
    ) -> Result<Answer, SinkError> {
        self.send(Method::POST, path, body, headers).await
    }

    /// Sends a request of any method to a path of the server.
    pub(crate) async fn send(
        &mut self,
        method: Method,
        path: &str,
        body: Bytes,
        headers: Headers,
    ) -> Result<Answer, SinkError> {
        let mut request = self.request(path, body, headers)?;
        *request.method_mut() = method;
        let answer = timeout(PATIENCE, self.exchange(request)).await;
        answer.unwrap_or(Err(SinkError::later(Trouble::Timeout)))
    }

    async fn exchange(&mut self, request: Request<Full<Bytes>>) -> Result<Answer, SinkError> {
        // Taken out, so that a call that is dropped half-way leaves no half-used connection.
        let mut sender = match self.connection.take() {
            Some(sender) if !sender.is_closed() => sender,
            _ => self.connect().await.map_err(unconnected)?,
        };
        sender.ready().await.map_err(|_| SinkError::later(Trouble::Broken))?;
        let answer = sender.send_request(request).await;
        let answer = answer.map_err(|_| SinkError::later(Trouble::Broken))?;
        let answer = Answer::read(answer).await?;
        self.connection = Some(sender);
        Ok(answer)
    }

    async fn connect(&self) -> Result<SendRequest<Full<Bytes>>, Trouble> {
        let stream = self.dialer.dial().await?;
        let (sender, connection) =
            handshake(TokioIo::new(stream)).await.map_err(|_| Trouble::Broken)?;
        // It ends when the sender is dropped; what goes wrong with it the sender is told.
        tokio::spawn(async move { drop(connection.await) });
        Ok(sender)
    }

    fn request(
        &self,
        path: &str,
        body: Bytes,
        headers: Headers,
    ) -> Result<Request<Full<Bytes>>, SinkError> {
        let target = match &self.query {
            Some(query) => format!("{path}?{query}"),
            None => path.to_owned(),
        };
        let mut request = Request::new(Full::new(body));
        *request.uri_mut() = target.parse().map_err(|_| SinkError::Refused(Trouble::Protocol))?;
        *request.headers_mut() = headers.0;
        request.headers_mut().insert(HOST, self.authority.clone());
        request.headers_mut().insert(USER_AGENT, HeaderValue::from_static("plainsight"));
        Ok(request)
    }
}

/// What it means that there is no connection. An address that the guard refuses stays refused
/// until the name or the setting changes.
const fn unconnected(trouble: Trouble) -> SinkError {
    match trouble {
        Trouble::PrivateAddress => SinkError::Refused(trouble),
        _ => SinkError::later(trouble),
    }
}

/// Headers of a request.
pub(crate) struct Headers(HeaderMap);

impl Headers {
    /// The body's type.
    pub(crate) fn of(content_type: &'static str) -> Self {
        Self(HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static(content_type))]))
    }

    /// Names and values of those that are texts.
    pub(crate) fn texts(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)))
    }

    /// With another header. One that holds a credential is marked so that nothing shows it.
    pub(crate) fn with(mut self, name: &'static str, value: &str) -> Result<Self, SinkError> {
        let mut value =
            HeaderValue::from_str(value).map_err(|_| SinkError::Refused(Trouble::Secret))?;
        value.set_sensitive(true);
        self.0.insert(HeaderName::from_static(name), value);
        Ok(self)
    }
}

/// An answer, read whole.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) body: Bytes,
    headers: HeaderMap,
}

impl Answer {
    async fn read(answer: Response<Incoming>) -> Result<Self, SinkError> {
        let (head, body) = answer.into_parts();
        let body = Limited::new(body, ANSWER).collect().await;
        let body = body.map_err(|_| SinkError::later(Trouble::Broken))?.to_bytes();
        Ok(Self { status: head.status, body, headers: head.headers })
    }

    /// What the receiver asks to wait.
    pub(crate) fn after(&self) -> Option<Duration> {
        after(&self.headers)
    }

    /// A header's value.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Whether the request was taken; else what its status means for the batch.
    pub(crate) fn check(&self) -> Result<(), SinkError> {
        let trouble = Trouble::Status(self.status.as_u16());
        match self.status.as_u16() {
            200..=299 => Ok(()),
            408 | 425 | 429 | 500..=599 => Err(SinkError::Later { trouble, after: self.after() }),
            413 => Err(SinkError::Batch(Trouble::TooLarge)),
            400 | 409 | 422 => Err(SinkError::Batch(trouble)),
            401 | 403 => Err(SinkError::Refused(Trouble::Credentials)),
            404 => Err(SinkError::Refused(Trouble::NoDestination)),
            _ => Err(SinkError::Refused(trouble)),
        }
    }

    /// The body as JSON.
    pub(crate) fn json(&self) -> Result<serde_json::Value, SinkError> {
        serde_json::from_slice(&self.body).map_err(|_| SinkError::later(Trouble::Protocol))
    }
}

/// `Retry-After` (RFC 9110 §10.2.3): seconds, or a date, which is measured against `Date` so that
/// no clock of ours is needed.
fn after(headers: &HeaderMap) -> Option<Duration> {
    let text = |name: &HeaderName| headers.get(name)?.to_str().ok();
    let wait = text(&RETRY_AFTER)?;
    let wait = if let Ok(seconds) = wait.trim().parse::<u64>() {
        Duration::from_secs(seconds)
    } else {
        let until = httpdate::parse_http_date(wait).ok()?;
        let now = httpdate::parse_http_date(text(&http::header::DATE)?).ok()?;
        until.duration_since(now).unwrap_or_default()
    };
    Some(wait.min(LONGEST_WAIT))
}

/// Seconds since the epoch, as a header.
pub(crate) fn seconds(at: Timestamp) -> String {
    at.secs().to_string()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use http::HeaderMap;

    use super::{HttpClient, UrlError, after};

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    #[test]
    fn retry_after_in_seconds_and_as_a_date() {
        assert_eq!(after(&headers(&[("retry-after", "7")])), Some(Duration::from_secs(7)));
        let dates = [
            ("retry-after", "Sun, 06 Nov 1994 08:49:57 GMT"),
            ("date", "Sun, 06 Nov 1994 08:49:37 GMT"),
        ];
        assert_eq!(after(&headers(&dates)), Some(Duration::from_secs(20)));
        assert_eq!(after(&headers(&dates[..1])), None);
        assert_eq!(after(&headers(&[("retry-after", "999999")])), Some(Duration::from_hours(1)));
    }

    #[test]
    fn urls() {
        let problem = |url| HttpClient::new(url, None, false).err();
        assert!(problem("https://hooks.example/x?y=1").is_none());
        assert!(matches!(problem("ftp://hooks.example/"), Some(UrlError::Malformed)));
        assert!(matches!(problem("/x"), Some(UrlError::Malformed)));
        let error = problem("https://me:pw@hooks.example/").unwrap();
        assert!(!error.to_string().contains("pw"), "{error}");
        let client = HttpClient::new("https://hooks.example/s3cret", None, false).unwrap();
        assert!(!format!("{client:?}").contains("s3cret"));
    }
}
