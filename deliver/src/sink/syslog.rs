//! Syslog over TLS (RFC 5425), TCP (RFC 6587, octet counting) or UDP (RFC 5426).
//!
//! Syslog has no acknowledgements. Over a stream a batch counts as delivered when the receiver,
//! told that nothing more follows, has closed its side in order: then it has read every byte, since
//! a system that closes a connection with unread bytes in it resets it. Over TLS a receiver also
//! says so (`close_notify`, which RFC 5425 §4.4 demands of it), and one that was killed does not.
//! That costs a connection for each batch, and loses nothing when the receiver goes away in the
//! middle of one. What a receiver has read and then loses itself, nobody can know. UDP promises
//! nothing.

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::UdpSocket;

use super::dial::{Dialer, Stream};
use super::{Delivered, Delivery, Limits, Sink, SinkError, Trouble, taken};
use crate::format::syslog::{message, octet_counted};
use crate::outgoing::Outgoing;

/// Bytes of a UDP message (RFC 5426 §3.1: what IPv4 can carry).
const DATAGRAM: usize = 65_507;

/// What syslog goes over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Transport {
    /// TLS.
    #[default]
    Tls,
    /// TCP in the clear.
    Tcp,
    /// UDP in the clear, without any promise.
    Udp,
}

/// A syslog receiver.
pub struct Syslog {
    pub(crate) dialer: Dialer,
    pub(crate) transport: Transport,
    pub(crate) host: String,
    /// Whether the receiver has ever said `close_notify`. Those that never do are taken as they are.
    pub(crate) says_goodbye: bool,
}

impl std::fmt::Debug for Syslog {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Syslog").field("host", &self.dialer.host).finish_non_exhaustive()
    }
}

impl Syslog {
    async fn send(&mut self, batch: &[Outgoing]) -> Result<Delivered, SinkError> {
        let sent = match self.transport {
            Transport::Udp => self.datagrams(batch).await,
            Transport::Tls | Transport::Tcp => self.frames(batch).await,
        };
        match sent {
            Ok(()) => Ok(taken()),
            Err(Trouble::TooLarge) => Err(SinkError::Batch(Trouble::TooLarge)),
            Err(trouble) => Err(SinkError::later(trouble)),
        }
    }

    async fn frames(&mut self, batch: &[Outgoing]) -> Result<(), Trouble> {
        let frames: Vec<u8> =
            batch.iter().flat_map(|one| octet_counted(&message(one, &self.host))).collect();
        let mut stream = self.dialer.dial().await?;
        stream.write_all(&frames).await.map_err(|_| Trouble::Broken)?;
        match close_in_order(stream.as_mut()).await? {
            Goodbye::Said => {
                self.says_goodbye = self.transport == Transport::Tls;
                Ok(())
            }
            Goodbye::Silent if self.says_goodbye => Err(Trouble::Broken),
            Goodbye::Silent => Ok(()),
        }
    }

    async fn datagrams(&self, batch: &[Outgoing]) -> Result<(), Trouble> {
        let address = self.dialer.resolve().await?.first().copied().ok_or(Trouble::Name)?;
        let any = if address.is_ipv4() { "0.0.0.0:0" } else { "[::]:0" };
        let socket = UdpSocket::bind(any).await.map_err(|_| Trouble::Unreachable)?;
        for outgoing in batch {
            let message = message(outgoing, &self.host);
            if message.len() > DATAGRAM {
                return Err(Trouble::TooLarge);
            }
            socket.send_to(&message, address).await.map_err(|_| Trouble::Unreachable)?;
        }
        Ok(())
    }
}

/// How the other side closed.
enum Goodbye {
    /// In the words of the transport.
    Said,
    /// TLS without `close_notify`.
    Silent,
}

/// Says that nothing more follows (`close_notify` and FIN), and waits for the other side to say the
/// same.
async fn close_in_order(stream: &mut dyn Stream) -> Result<Goodbye, Trouble> {
    stream.shutdown().await.map_err(|_| Trouble::Broken)?;
    let mut rest = [0_u8; 1024];
    loop {
        match stream.read(&mut rest).await {
            Ok(0) => return Ok(Goodbye::Said),
            Ok(_) => {}
            Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
                return Ok(Goodbye::Silent);
            }
            Err(_) => return Err(Trouble::Broken),
        }
    }
}

impl Sink for Syslog {
    fn deliver<'a>(&'a mut self, batch: &'a [Outgoing]) -> Delivery<'a> {
        Box::pin(self.send(batch))
    }

    fn limits(&self) -> Limits {
        Limits { events: 1000, bytes: 4 << 20, patience: Duration::from_secs(30) }
    }
}
