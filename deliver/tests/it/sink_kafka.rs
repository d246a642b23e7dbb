//! Kafka against a double whose codec is another library's.

use std::sync::Arc;
use std::time::Duration;

use deliver::config::{From, SinkType};
use deliver::sink::Transport;
use deliver::{Config, Courier, SinkError, Trouble};
use model::ManualClock;

use crate::kafka_double::{KafkaDouble, TOPIC};
use crate::ledger_double::Memory;
use crate::samples;

fn config(double: &KafkaDouble, topic: &str) -> Config {
    let mut config = Config::new("kafka", SinkType::Kafka);
    config.address = Some(format!("127.0.0.1:{}", double.port));
    config.destination = Some(topic.to_owned());
    config.transport = Transport::Tcp;
    config.from = From::Start;
    config
}

#[tokio::test]
async fn records_arrive_in_order_though_the_broker_fails() {
    // Not enough replicas, a broken connection, a time-out of the broker.
    let double = KafkaDouble::start(&[19, -1, 7]).await;
    let folder = tempfile::tempdir().unwrap();
    let config = config(&double, TOPIC);
    let sink = config.open(&samples::teller(false), Arc::new(ManualClock::default())).unwrap();
    let log = Memory::of_alerts(300);
    let courier = Courier::open(config, sink, folder.path(), log.around(14)).unwrap();
    let mut status = courier.status();
    let running = tokio::spawn(courier.run());
    let sent = status.wait_for(|status| status.sent == 300);
    tokio::time::timeout(Duration::from_mins(1), sent).await.unwrap().unwrap();
    running.abort();
    let held = double.held();
    assert_eq!(held.len(), 300);
    for (index, (subject, key, value)) in held.iter().enumerate() {
        assert_eq!(subject, &format!("al_{index:032x}"));
        assert_eq!(key, &format!("log1-{index}"));
        let event: serde_json::Value = serde_json::from_slice(value).unwrap();
        assert_eq!(event["metadata"]["sequence"], index);
    }
}

#[tokio::test]
async fn what_the_broker_says_is_understood() {
    let double = KafkaDouble::start(&[10, 29]).await;
    let config = config(&double, TOPIC);
    let alert = samples::logged_alert(1, samples::alert());
    let batch = config.format().events(&alert, &samples::teller(false));
    let open = || config.open(&samples::teller(false), Arc::new(ManualClock::default())).unwrap();
    let mut sink = open();
    assert_eq!(sink.deliver(&batch).await.unwrap_err(), SinkError::Batch(Trouble::TooLarge));
    let refused = SinkError::Refused(Trouble::Credentials);
    assert_eq!(sink.deliver(&batch).await.unwrap_err(), refused);
    sink.deliver(&batch).await.unwrap();
    assert_eq!(double.held().len(), 1);
}
