//! NATS JetStream, killed three times: every alert once, in order.

use std::sync::Arc;
use std::time::Duration;

use async_nats::jetstream::{self, consumer, stream};
use deliver::config::{From, SinkType};
use deliver::sink::Transport;
use deliver::{Config, Courier};
use futures_util::StreamExt as _;
use model::ManualClock;

use crate::ledger_double::Memory;
use crate::real_process::{End, Receiver, alerts, free_port, program};
use crate::samples;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_stream_holds_every_alert_once_though_its_server_is_killed() {
    let Some(server) = program("nats-server") else { return };
    let folder = tempfile::tempdir().unwrap();
    let port = free_port();
    let (store, number) = (folder.path().join("js"), port.to_string());
    let arguments = [
        "-js",
        "-sd",
        store.to_str().unwrap(),
        "-a",
        "127.0.0.1",
        "-p",
        &number,
        "--auth",
        "t0ken",
    ];
    let mut receiver = Receiver::start(&server, &arguments, port).await;
    create_stream(port).await;

    let mut config = Config::new("nats", SinkType::Nats);
    config.address = Some(format!("127.0.0.1:{port}"));
    config.destination = Some("plainsight.alerts".to_owned());
    config.transport = Transport::Tcp;
    let secret = folder.path().join("token");
    std::fs::write(&secret, "t0ken\n").unwrap();
    config.token = Some(deliver::SecretRef::File(secret));
    config.from = From::Start;
    let sink = config.open(&samples::teller(false), Arc::new(ManualClock::default())).unwrap();
    let count = alerts();
    let log = Memory::of_alerts(count);
    let courier = Courier::open(config, sink, folder.path(), log.around(13)).unwrap();
    let mut status = courier.status();
    let began = std::time::Instant::now();
    let running = tokio::spawn(courier.run());
    for quarter in 1..=3 {
        let reached = status.wait_for(|status| status.sent >= count * quarter / 4);
        tokio::time::timeout(Duration::from_secs(200), reached).await.unwrap().unwrap();
        receiver.restart(End::Kill).await;
    }
    let all = status.wait_for(|status| status.sent == count);
    tokio::time::timeout(Duration::from_secs(200), all).await.unwrap().unwrap();
    let took = began.elapsed();
    running.abort();
    let retried = status.borrow().retried;
    println!("NATS: {count} alerts in {took:.1?}, 3 kills, {retried} sent again");
    let held = held(port, count).await;
    assert_eq!(held, (0..count).map(|index| format!("log1-{index}")).collect::<Vec<_>>());
}

async fn context(port: u16) -> jetstream::Context {
    let options = async_nats::ConnectOptions::with_token("t0ken".to_owned());
    jetstream::new(options.connect(format!("127.0.0.1:{port}")).await.unwrap())
}

async fn create_stream(port: u16) {
    let config = stream::Config {
        name: "ALERTS".to_owned(),
        subjects: vec!["plainsight.>".to_owned()],
        storage: stream::StorageType::File,
        ..stream::Config::default()
    };
    context(port).await.create_stream(config).await.unwrap();
}

/// The ids of the messages that the stream holds.
async fn held(port: u16, count: u64) -> Vec<String> {
    let mut stream = context(port).await.get_stream("ALERTS").await.unwrap();
    assert_eq!(stream.info().await.unwrap().state.messages, count);
    let config = consumer::pull::Config {
        ack_policy: consumer::AckPolicy::None,
        ..consumer::pull::Config::default()
    };
    let consumer = stream.create_consumer(config).await.unwrap();
    let messages = consumer.messages().await.unwrap().take(usize::try_from(count).unwrap());
    messages
        .map(|message| {
            let headers = message.unwrap().headers.clone().unwrap();
            headers.get("Nats-Msg-Id").unwrap().as_str().to_owned()
        })
        .collect()
        .await
}
