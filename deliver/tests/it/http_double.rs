//! An HTTP receiver that does what it is told: answers, breaks off, says half.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// A request as it came.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    /// Method and target.
    pub(crate) line: String,
    /// The head, in small letters.
    pub(crate) head: String,
    /// The body.
    pub(crate) body: Vec<u8>,
}

impl Seen {
    /// A header's value, in the letters it came in.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.into_iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// The body as JSON.
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

/// What to do with a request.
#[derive(Clone, Debug)]
pub(crate) enum Reply {
    /// A status, further header lines, a body.
    Answer(u16, &'static str, String),
    /// The connection is closed without a word.
    Reset,
    /// Half an answer.
    Half,
}

impl Reply {
    /// An answer without further headers.
    pub(crate) fn of(status: u16, body: &str) -> Self {
        Self::Answer(status, "", body.to_owned())
    }

    /// An answer in JSON.
    pub(crate) fn json(status: u16, body: &serde_json::Value) -> Self {
        Self::Answer(status, "", body.to_string())
    }
}

/// The receiver.
#[derive(Clone)]
pub(crate) struct HttpDouble {
    /// `http://127.0.0.1:PORT`.
    pub(crate) url: String,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl HttpDouble {
    /// Listens, and replies by the number of the request and the request.
    pub(crate) async fn start(
        reply: impl Fn(usize, &Seen) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let double = Self { url, seen: Arc::default() };
        let (seen, reply) = (Arc::clone(&double.seen), Arc::new(reply));
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let (seen, reply) = (Arc::clone(&seen), Arc::clone(&reply));
                tokio::spawn(async move { serve(stream, &seen, reply.as_ref()).await });
            }
        });
        double
    }

    /// What came.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }
}

async fn serve(
    mut stream: TcpStream,
    seen: &Mutex<Vec<Seen>>,
    reply: &(impl Fn(usize, &Seen) -> Reply + Send + Sync),
) {
    while let Some(request) = read(&mut stream).await {
        let number = {
            let mut seen = seen.lock().unwrap();
            seen.push(request.clone());
            seen.len() - 1
        };
        match reply(number, &request) {
            Reply::Answer(status, headers, body) => {
                let length = body.len();
                let head =
                    format!("HTTP/1.1 {status} x\r\n{headers}content-length: {length}\r\n\r\n");
                if stream.write_all(format!("{head}{body}").as_bytes()).await.is_err() {
                    return;
                }
            }
            Reply::Reset => return,
            Reply::Half => {
                drop(stream.write_all(b"HTTP/1.1 200 x\r\ncontent-length: 10\r\n\r\n{\"a").await);
                return;
            }
        }
    }
}

async fn read(stream: &mut TcpStream) -> Option<Seen> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(end) = bytes.windows(4).position(|part| part == b"\r\n\r\n") {
            break end + 4;
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
    let (line, head) = head.split_once("\r\n").unwrap();
    let mut seen = Seen { line: line.to_owned(), head: head.to_owned(), body: Vec::new() };
    let length: usize = seen.header("content-length").map_or(0, |length| length.parse().unwrap());
    while bytes.len() < end + length {
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
    seen.body = bytes[end..end + length].to_vec();
    Some(seen)
}
