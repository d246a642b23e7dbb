//! Syslog and files: frames, ends in order, torn lines, rotation.

use std::sync::Arc;

use deliver::config::SinkType;
use deliver::sink::Transport;
use deliver::{Config, Outgoing, Sink, SinkError, Trouble};
use model::{ManualClock, Timestamp};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, UdpSocket};
use tokio_rustls::TlsAcceptor;

use crate::samples;

fn open(config: &Config) -> Box<dyn Sink> {
    let clock = Arc::new(ManualClock::new(Timestamp::from_secs(1_760_000_100)));
    config.open(&samples::teller(false), clock).unwrap()
}

fn events(config: &Config, count: u64) -> Vec<Outgoing> {
    let alerts = (0..count).map(|index| samples::logged_alert(index, samples::alert()));
    alerts.flat_map(|one| config.format().events(&one, &samples::teller(false))).collect()
}

fn syslog(address: &str, transport: Transport) -> Config {
    let mut config = Config::new("siem", SinkType::Syslog);
    config.address = Some(address.to_string());
    config.transport = transport;
    config
}

/// Takes frames apart by their counted octets.
fn frames(mut bytes: &[u8]) -> Vec<String> {
    let mut frames = Vec::new();
    while !bytes.is_empty() {
        let space = bytes.iter().position(|byte| *byte == b' ').unwrap();
        let length: usize = std::str::from_utf8(&bytes[..space]).unwrap().parse().unwrap();
        let (frame, rest) = bytes[space + 1..].split_at(length);
        frames.push(String::from_utf8(frame.to_vec()).unwrap());
        bytes = rest;
    }
    frames
}

async fn all(stream: &mut (impl AsyncRead + Unpin)) -> Vec<u8> {
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).await.unwrap();
    bytes
}

#[tokio::test]
async fn tls_frames_arrive_and_the_end_is_in_order() {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let ca = folder.path().join("ca.pem");
    std::fs::write(&ca, made.cert.pem()).unwrap();
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let server = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![CertificateDer::from(made.cert.der().to_vec())], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(server));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let received = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let mut stream = acceptor.accept(stream).await.unwrap();
        let bytes = all(&mut stream).await;
        stream.shutdown().await.unwrap();
        // Whoever does not trust the certificate gets no further than the handshake.
        let (stream, _) = listener.accept().await.unwrap();
        assert!(acceptor.accept(stream).await.is_err());
        bytes
    });
    let mut config = syslog(&format!("localhost:{port}"), Transport::Tls);
    config.ca_file = Some(ca);
    let batch = events(&config, 50);
    open(&config).deliver(&batch).await.unwrap();
    config.ca_file = None;
    let error = open(&config).deliver(&batch).await.unwrap_err();
    assert_eq!(error, SinkError::later(Trouble::Tls));
    let frames = frames(&received.await.unwrap());
    assert_eq!(frames.len(), 50);
    for (index, frame) in frames.iter().enumerate() {
        assert!(frame.contains(&format!("key=\"log1-{index}\"")) && frame.contains("] CEF:0|"));
    }
}

#[tokio::test]
async fn a_receiver_that_goes_away_with_unread_bytes_has_not_taken_the_batch() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let config = syslog(&listener.local_addr().unwrap().to_string(), Transport::Tcp);
    let batch = events(&config, 500);
    let received = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut some = [0_u8; 1000];
        stream.read_exact(&mut some).await.unwrap();
        drop(stream);
        let (mut stream, _) = listener.accept().await.unwrap();
        all(&mut stream).await
    });
    let mut sink = open(&config);
    let error = sink.deliver(&batch).await.unwrap_err();
    assert_eq!(error, SinkError::later(Trouble::Broken));
    sink.deliver(&batch).await.unwrap();
    assert_eq!(frames(&received.await.unwrap()).len(), 500);
    let error = sink.deliver(&batch).await.unwrap_err();
    assert_eq!(error, SinkError::later(Trouble::Unreachable));
}

#[tokio::test]
async fn udp_sends_a_message_in_each_datagram_and_refuses_what_fits_none() {
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let config = syslog(&socket.local_addr().unwrap().to_string(), Transport::Udp);
    let mut sink = open(&config);
    sink.deliver(&events(&config, 2)).await.unwrap();
    let mut datagram = vec![0_u8; 70_000];
    for index in 0..2 {
        let length = socket.recv(&mut datagram).await.unwrap();
        let text = std::str::from_utf8(&datagram[..length]).unwrap();
        assert!(text.starts_with("<83>1 ") && text.contains(&format!("key=\"log1-{index}\"")));
    }
    let mut alert = samples::alert();
    alert.reason = "x".repeat(70_000);
    let large = config.format().events(&samples::logged_alert(1, alert), &samples::teller(false));
    let error = sink.deliver(&large).await.unwrap_err();
    assert_eq!(error, SinkError::Batch(Trouble::TooLarge));
}

#[tokio::test]
async fn a_file_grows_by_whole_lines_and_rotates() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("alerts.jsonl");
    let mut config = Config::new("file", SinkType::File);
    config.path = Some(path.clone());
    let line = events(&config, 1)[0].payload.len() as u64 + 1;
    config.rotate_bytes = line * 5;
    config.rotate_keep = 2;
    for batch in events(&config, 20).chunks(2) {
        // A machine that stopped in the middle of a line.
        use std::io::Write as _;
        let mut file = std::fs::OpenOptions::new().append(true).create(true).open(&path).unwrap();
        file.write_all(b"{\"torn\":").unwrap();
        open(&config).deliver(batch).await.unwrap();
    }
    let read = |name: &str| {
        let text = std::fs::read_to_string(folder.path().join(name)).unwrap();
        assert!(text.ends_with('\n'));
        text.lines()
            .map(|line| {
                let event: serde_json::Value = serde_json::from_str(line).unwrap();
                event["metadata"]["sequence"].as_u64().unwrap()
            })
            .collect::<Vec<_>>()
    };
    assert_eq!(read("alerts.jsonl"), [16, 17, 18, 19]);
    assert_eq!(read("alerts.jsonl.1"), [12, 13, 14, 15]);
    assert_eq!(read("alerts.jsonl.2"), [8, 9, 10, 11]);
    assert!(!folder.path().join("alerts.jsonl.3").is_file());
    config.path = Some(folder.path().join("no/such/folder"));
    let error = open(&config).deliver(&events(&config, 1)).await.unwrap_err();
    assert_eq!(error, SinkError::later(Trouble::Disk));
}
