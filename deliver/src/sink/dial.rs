//! Connections: resolve, check, connect to the address that was checked, TLS.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use super::Trouble;
use super::guard::Guard;

/// How long resolving, connecting and the TLS handshake may take together.
const PATIENCE: Duration = Duration::from_secs(10);

/// Both directions of a connection.
pub(crate) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// Where a sink connects to, and how.
#[derive(Clone)]
pub(crate) struct Dialer {
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) tls: Option<Arc<ClientConfig>>,
    pub(crate) guard: Guard,
}

impl Dialer {
    /// A new connection.
    pub(crate) async fn dial(&self) -> Result<Box<dyn Stream>, Trouble> {
        timeout(PATIENCE, self.connect()).await.unwrap_or(Err(Trouble::Timeout))
    }

    /// The addresses that may be connected to.
    pub(crate) async fn resolve(&self) -> Result<Vec<SocketAddr>, Trouble> {
        let found = lookup_host((self.host.as_str(), self.port)).await;
        self.guard.check(found.map_err(|_| Trouble::Name)?.collect())
    }

    async fn connect(&self) -> Result<Box<dyn Stream>, Trouble> {
        let addresses = self.resolve().await?;
        let stream = TcpStream::connect(addresses.as_slice()).await;
        let stream = stream.map_err(|_| Trouble::Unreachable)?;
        stream.set_nodelay(true).map_err(|_| Trouble::Broken)?;
        let Some(tls) = &self.tls else {
            return Ok(Box::new(stream));
        };
        let name = ServerName::try_from(self.host.clone()).map_err(|_| Trouble::Name)?;
        let secured = TlsConnector::from(Arc::clone(tls)).connect(name, stream).await;
        Ok(Box::new(secured.map_err(|_| Trouble::Tls)?))
    }
}

/// Host and port of `host:port`, `[::1]:port`.
pub(crate) fn split(address: &str) -> Option<(String, u16)> {
    let (host, port) = address.rsplit_once(':')?;
    let host = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    let port = port.parse().ok()?;
    (!host.is_empty()).then(|| (host.to_owned(), port))
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn addresses() {
        assert_eq!(split("siem.example:6514"), Some(("siem.example".to_owned(), 6514)));
        assert_eq!(split("[::1]:514"), Some(("::1".to_owned(), 514)));
        for wrong in ["siem.example", ":514", "a:b", "a:70000", ""] {
            assert_eq!(split(wrong), None, "{wrong}");
        }
    }
}
