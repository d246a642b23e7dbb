//! The listeners of a whole server: hostile heads, TLS, taken ports, the end.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, StatusCode, Version};
use http_body_util::{BodyExt as _, Empty};
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use server::Server;
use server::config::{Config, Otlp, Tls};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio_rustls::TlsConnector;

/// The address of a door.
type Door = fn(&mut Config) -> &mut String;

const PATIENCE: Duration = Duration::from_secs(20);

fn config(data: &Path) -> Config {
    let any = || "127.0.0.1:0".to_owned();
    Config {
        data: data.to_owned(),
        listen: any(),
        otlp: Otlp { grpc: any(), http: any(), ..Otlp::default() },
        ..Config::default()
    }
}

struct Running {
    address: String,
    welcome: String,
    data: TempDir,
    end: oneshot::Sender<()>,
    ended: JoinHandle<()>,
}

impl Running {
    async fn start(change: impl FnOnce(&mut Config)) -> Self {
        let data = tempfile::tempdir().unwrap();
        let mut config = config(data.path());
        change(&mut config);
        let server = Server::start(config).await.unwrap();
        let (_, address) = server.url().split_once("://").map(owned).unwrap();
        let welcome = server.welcome();
        let (end, told) = oneshot::channel::<()>();
        let ended = tokio::spawn(async move {
            let told = async move {
                let _ = told.await;
            };
            server.run_until(told).await.unwrap();
        });
        Self { address, welcome, data, end, ended }
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(&self.address).await.unwrap()
    }

    async fn stop(self) {
        let _ = self.end.send(());
        let ended = tokio::time::timeout(PATIENCE, self.ended).await;
        assert!(matches!(ended, Ok(Ok(()))), "the server does not end");
    }
}

fn owned((scheme, address): (&str, &str)) -> (String, String) {
    (scheme.to_owned(), address.to_owned())
}

/// Everything that the server says until it closes.
async fn rest(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    // A server that closes with bytes unread resets the connection: what came before counts.
    let _ = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut bytes)).await;
    String::from_utf8_lossy(&bytes).into_owned()
}

#[tokio::test]
async fn endless_headers_are_cut_off() {
    let running = Running::start(|_| {}).await;
    let mut stream = running.connect().await;
    stream.write_all(b"GET /healthz HTTP/1.1\r\n").await.unwrap();
    let line = format!("x-filler: {}\r\n", "a".repeat(1_000));
    let mut sent = 0;
    while sent < 8 << 20 && stream.write_all(line.as_bytes()).await.is_ok() {
        sent += line.len();
    }
    assert!(sent < 8 << 20, "the server goes on reading");
    running.stop().await;
}

#[tokio::test]
async fn others_are_served_during_endless_headers() {
    let running = Running::start(|_| {}).await;
    let endless = (0..8).map(|_| {
        let address = running.address.clone();
        tokio::spawn(async move {
            let mut stream = TcpStream::connect(address).await.unwrap();
            stream.write_all(b"GET /healthz HTTP/1.1\r\n").await.unwrap();
            // As slowly as a peer that wants to hold its place, and without end.
            while stream.write_all(b"x-filler: a\r\n").await.is_ok() {
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
        })
    });
    let endless: Vec<_> = endless.collect();
    for _ in 0..10 {
        let mut stream = running.connect().await;
        let head = b"GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
        stream.write_all(head).await.unwrap();
        let answer = tokio::time::timeout(Duration::from_secs(5), rest(&mut stream)).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }
    let all_hold_on = endless.iter().all(|peer| !peer.is_finished());
    assert!(all_hold_on, "one was cut off before the others were served");
    for peer in endless {
        tokio::time::timeout(PATIENCE, peer).await.unwrap().unwrap();
    }
    running.stop().await;
}

/// An upstream that tells when it has a request, and answers when it is told to.
async fn slow_upstream() -> (String, oneshot::Receiver<()>, oneshot::Sender<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let ((came, told), (go, wait)) = (oneshot::channel(), oneshot::channel::<()>());
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let _ = stream.read(&mut [0; 4096]).await.unwrap();
        came.send(()).unwrap();
        wait.await.unwrap();
        let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 13\r\n\r\n{\"late\":true}";
        stream.write_all(answer).await.unwrap();
        // Kept open, so that the proxy sees no end but the answer's.
        tokio::time::sleep(PATIENCE).await;
    });
    (url, told, go)
}

#[tokio::test]
async fn a_request_in_flight_is_answered_and_recorded_when_the_server_ends() {
    let (url, came, go) = slow_upstream().await;
    let running = Running::start(|config| {
        let openai = config.proxy.upstreams.get_mut("openai").unwrap();
        openai.url = url;
    })
    .await;
    let mut stream = running.connect().await;
    let call = b"POST /openai/v1/models HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\n{}";
    stream.write_all(call).await.unwrap();
    tokio::time::timeout(PATIENCE, came).await.unwrap().unwrap();
    let Running { address, data, end, ended, .. } = running;
    end.send(()).unwrap();
    // The door closes, and what is within goes on.
    let refused = async {
        while TcpStream::connect(&address).await.is_ok() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(PATIENCE, refused).await.unwrap();
    assert!(!ended.is_finished(), "the server ends with a request in flight");
    go.send(()).unwrap();
    let answer = rest(&mut stream).await;
    assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("{\"late\":true}"), "{answer}");
    tokio::time::timeout(PATIENCE, ended).await.unwrap().unwrap();
    let ledger = ledger::Reader::open(&data.path().join("ledger")).unwrap();
    assert_eq!(ledger.size().unwrap(), 4, "start, request, answer, stop");
}

#[tokio::test]
async fn the_welcome_names_the_ports_that_are_bound() {
    let running = Running::start(|_| {}).await;
    assert!(!running.welcome.contains(":0 ") && !running.welcome.contains(":0\n"));
    let endpoints = running.welcome.matches("OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:");
    assert_eq!(endpoints.count(), 2, "{}", running.welcome);
    let said = running.welcome.split("127.0.0.1:").skip(1);
    let ports: Vec<u16> = said
        .map(|rest| rest.split(|end: char| !end.is_ascii_digit()).next().unwrap().parse().unwrap())
        .collect();
    for port in &ports {
        TcpStream::connect(("127.0.0.1", *port)).await.unwrap();
    }
    running.stop().await;
}

#[tokio::test]
async fn a_peer_that_says_nothing_is_cut_off() {
    let running = Running::start(|_| {}).await;
    for begin in [&b""[..], b"PRI * HT"] {
        let mut stream = running.connect().await;
        stream.write_all(begin).await.unwrap();
        let end = tokio::time::timeout(Duration::from_secs(15), stream.read(&mut [0; 8])).await;
        assert!(matches!(end, Ok(Ok(0) | Err(_))), "still open after {} bytes", begin.len());
    }
    running.stop().await;
}

#[tokio::test]
async fn a_head_that_is_too_large_is_answered() {
    let running = Running::start(|_| {}).await;
    let many = "x: y\r\n".repeat(200);
    let long = format!("x: {}\r\n", "a".repeat(256 << 10));
    for headers in [many, long] {
        let mut stream = running.connect().await;
        let (mut read, mut write) = stream.split();
        let head = format!("GET /healthz HTTP/1.1\r\nhost: x\r\n{headers}\r\n");
        let answer = async {
            let mut begin = [0; 12];
            read.read_exact(&mut begin).await.unwrap();
            begin
        };
        let (_, begin) = tokio::join!(write.write_all(head.as_bytes()), answer);
        assert_eq!(&begin, b"HTTP/1.1 431", "{} bytes", head.len());
    }
    running.stop().await;
}

#[tokio::test]
async fn what_is_not_http_is_refused() {
    let running = Running::start(|_| {}).await;
    let mut stream = running.connect().await;
    stream.write_all(b"\x16\x03\x01\x02\x00\r\n\r\n").await.unwrap();
    let answer = rest(&mut stream).await;
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 400"), "{answer}");
    running.stop().await;
}

#[tokio::test]
async fn http_2_is_spoken_without_tls() {
    let running = Running::start(|_| {}).await;
    let stream = TokioIo::new(running.connect().await);
    let (mut sender, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), stream).await.unwrap();
    tokio::spawn(connection);
    let uri = format!("http://{}/healthz", running.address);
    let request = Request::get(uri).body(Empty::<Bytes>::new()).unwrap();
    let answer = sender.send_request(request).await.unwrap();
    assert_eq!((answer.status(), answer.version()), (StatusCode::OK, Version::HTTP_2));
    drop(sender);
    running.stop().await;
}

#[tokio::test]
async fn a_self_signed_certificate_is_made_once() {
    let running = Running::start(|config| {
        config.tls = Tls { self_signed: true, ..Tls::default() };
    })
    .await;
    let folder = running.data.path().join("tls");
    let key = std::fs::metadata(folder.join("key.pem")).unwrap();
    assert_eq!(key.permissions().mode() & 0o777, 0o600);
    let certificate = folder.join("cert.pem");
    for protocol in ["h2", "http/1.1"] {
        let (chosen, answer) = healthz_over_tls(&running, &certificate, protocol).await;
        assert_eq!((chosen.as_str(), answer.as_str()), (protocol, "ok\n"));
    }
    let mut plain = running.connect().await;
    plain.write_all(b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    assert!(!rest(&mut plain).await.contains("200 OK"));
    running.stop().await;
}

/// The protocol that was chosen, and what `/healthz` says over it.
async fn healthz_over_tls(
    running: &Running,
    certificate: &Path,
    protocol: &str,
) -> (String, String) {
    let mut roots = rustls::RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(certificate).unwrap()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut client = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    client.alpn_protocols = vec![protocol.as_bytes().to_vec()];
    let connector = TlsConnector::from(Arc::new(client));
    let name = ServerName::try_from("localhost").unwrap();
    let stream = connector.connect(name, running.connect().await).await.unwrap();
    let (_, session) = stream.get_ref();
    let chosen = String::from_utf8_lossy(session.alpn_protocol().unwrap_or_default()).into_owned();
    let uri = format!("https://{}/healthz", running.address);
    let request = Request::get(uri).header("host", "localhost").body(Empty::<Bytes>::new());
    let (stream, request) = (TokioIo::new(stream), request.unwrap());
    let answer = if protocol == "h2" {
        let handshake = hyper::client::conn::http2::handshake(TokioExecutor::new(), stream);
        let (mut sender, connection) = handshake.await.unwrap();
        tokio::spawn(connection);
        sender.send_request(request).await.unwrap()
    } else {
        let (mut sender, connection) = hyper::client::conn::http1::handshake(stream).await.unwrap();
        tokio::spawn(connection);
        sender.send_request(request).await.unwrap()
    };
    let body = answer.into_body().collect().await.unwrap().to_bytes();
    (chosen, String::from_utf8_lossy(&body).into_owned())
}

#[tokio::test]
async fn a_taken_port_is_told_with_the_option_that_moves_it() {
    let held = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let taken = held.local_addr().unwrap().to_string();
    let doors: [(&str, Door); 3] = [
        ("--listen", |config| &mut config.listen),
        ("--otlp-http", |config| &mut config.otlp.http),
        ("--otlp-grpc", |config| &mut config.otlp.grpc),
    ];
    for (option, door) in doors {
        let data = tempfile::tempdir().unwrap();
        let mut config = config(data.path());
        door(&mut config).clone_from(&taken);
        let Err(error) = Server::start(config).await else {
            panic!("{option}: the port is taken");
        };
        let told = error.to_string();
        assert!(told.contains(&taken) && told.contains(option), "{told}");
        let made = std::fs::read_dir(data.path()).unwrap().count();
        assert_eq!(made, 0, "nothing is made before all doors are open");
    }
}

#[tokio::test]
async fn a_reader_that_stays_does_not_keep_the_server_from_ending() {
    let running = Running::start(|_| {}).await;
    let token = std::fs::read_to_string(running.data.path().join("admin-token")).unwrap();
    let mut stream = running.connect().await;
    let head = format!(
        "GET /api/v1/tail HTTP/1.1\r\nhost: x\r\nx-plainsight-token: {}\r\n\r\n",
        token.trim()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut begin = [0; 12];
    stream.read_exact(&mut begin).await.unwrap();
    assert_eq!(&begin, b"HTTP/1.1 200");
    running.stop().await;
    rest(&mut stream).await;
}
