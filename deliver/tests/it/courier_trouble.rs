//! Couriers and a sink that misbehaves in every way: nothing lost, order kept, nothing doubled
//! beyond its idempotency key. Time is tokio's, paused, so that an hour of waiting takes none.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use deliver::config::{From, SinkType};
use deliver::courier::State;
use deliver::sink::{Delivery, Limits};
use deliver::{Config, Courier, Delivered, Outgoing, Rejected, Sink, SinkError, Trouble};
use model::{Kind, Severity};
use proptest::prelude::*;
use tokio::time::{sleep, timeout};

use crate::ledger_double::Memory;

/// What a receiver does with one delivery.
#[derive(Clone, Copy, Debug)]
enum Reaction {
    /// Takes everything.
    Take,
    /// Takes nothing: 503.
    Busy,
    /// Takes nothing, and asks for a wait: 429.
    Wait(u64),
    /// Takes nothing: 401.
    Refuse,
    /// Never answers.
    Hang,
    /// Takes everything, and the connection breaks before the answer.
    TakeAndBreak,
    /// Takes the first half, and the connection breaks.
    HalfAndBreak,
    /// Takes every second event, and says so.
    EverySecond,
}

/// What a receiver has.
#[derive(Default)]
struct Held {
    script: Vec<Reaction>,
    /// How often each key came.
    came: BTreeMap<String, u32>,
    /// Indices in the order in which they first came.
    order: Vec<u64>,
    deliveries: u32,
}

#[derive(Clone, Default)]
struct Receiver {
    held: Arc<Mutex<Held>>,
    poison: Arc<BTreeSet<u64>>,
    most: usize,
}

impl Receiver {
    fn new(script: &[Reaction], poison: impl IntoIterator<Item = u64>) -> Self {
        let held = Held { script: script.iter().rev().copied().collect(), ..Held::default() };
        let poison = Arc::new(poison.into_iter().collect());
        Self { held: Arc::new(Mutex::new(held)), poison, most: 7 }
    }

    fn keep(&self, events: &[Outgoing]) {
        let mut held = self.held.lock().unwrap();
        for event in events {
            let came = held.came.entry(event.key.clone()).or_default();
            *came += 1;
            if *came == 1 {
                held.order.push(event.index);
            }
        }
    }

    fn order(&self) -> Vec<u64> {
        self.held.lock().unwrap().order.clone()
    }

    async fn react(&self, batch: &[Outgoing]) -> Result<Delivered, SinkError> {
        let reaction = {
            let mut held = self.held.lock().unwrap();
            held.deliveries += 1;
            held.script.pop().unwrap_or(Reaction::Take)
        };
        let broken = Err(SinkError::later(Trouble::Broken));
        match reaction {
            Reaction::Busy => return Err(SinkError::later(Trouble::Status(503))),
            Reaction::Wait(seconds) => {
                let after = Some(Duration::from_secs(seconds));
                return Err(SinkError::Later { trouble: Trouble::Status(429), after });
            }
            Reaction::Refuse => return Err(SinkError::Refused(Trouble::Credentials)),
            Reaction::Hang => std::future::pending().await,
            Reaction::HalfAndBreak => {
                let half: Vec<Outgoing> = batch[..batch.len() / 2].to_vec();
                self.keep(&half);
                return broken;
            }
            _ => {}
        }
        if batch.iter().any(|event| self.poison.contains(&event.index)) {
            return Err(SinkError::Batch(Trouble::Status(400)));
        }
        match reaction {
            Reaction::TakeAndBreak => {
                self.keep(batch);
                broken
            }
            Reaction::EverySecond => {
                let (even, odd): (Vec<usize>, Vec<usize>) =
                    (0..batch.len()).partition(|at| at % 2 == 0);
                for at in even {
                    self.keep(&batch[at..=at]);
                }
                Ok(Delivered { again: odd, ..Delivered::default() })
            }
            _ => {
                self.keep(batch);
                Ok(Delivered::default())
            }
        }
    }
}

impl Sink for Receiver {
    fn deliver<'a>(&'a mut self, batch: &'a [Outgoing]) -> Delivery<'a> {
        Box::pin(self.react(batch))
    }

    fn limits(&self) -> Limits {
        Limits { events: self.most, bytes: 1 << 20, patience: Duration::from_secs(20) }
    }
}

fn config() -> Config {
    let mut config = Config::new("siem", SinkType::File);
    config.from = From::Start;
    config
}

fn courier(log: &Arc<Memory>, receiver: &Receiver, folder: &Path, seed: u64) -> Courier {
    Courier::open(config(), Box::new(receiver.clone()), folder, log.around(seed)).unwrap()
}

/// Runs a courier until it has nothing left to do, and tells its last status.
async fn until_idle(courier: Courier) -> deliver::Status {
    let mut status = courier.status();
    let running = tokio::spawn(courier.run());
    status.wait_for(|status| status.state == State::Idle && status.behind == 0).await.unwrap();
    running.abort();
    status.borrow_and_update().clone()
}

fn dead(folder: &Path) -> Vec<serde_json::Value> {
    let text = std::fs::read_to_string(folder.join("siem.dead.jsonl")).unwrap_or_default();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn reaction() -> impl Strategy<Value = Reaction> {
    prop_oneof![
        3 => Just(Reaction::Take),
        1 => Just(Reaction::Busy),
        1 => (0_u64..4000).prop_map(Reaction::Wait),
        1 => Just(Reaction::Refuse),
        1 => Just(Reaction::Hang),
        1 => Just(Reaction::TakeAndBreak),
        1 => Just(Reaction::HalfAndBreak),
    ]
}

fn paused() -> tokio::runtime::Runtime {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    builder.enable_all().start_paused(true).build().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn nothing_is_lost_and_the_order_is_kept(
        script in prop::collection::vec(reaction(), 0..30),
        poison in prop::collection::btree_set(0_u64..60, 0..4),
        stops in prop::collection::vec(0_u64..200, 0..4),
        seed in any::<u64>(),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let receiver = Receiver::new(&script, poison.clone());
        paused().block_on(async {
            let log = Memory::of_alerts(60);
            // Couriers that are stopped at any moment, and one that ends.
            for stop in stops {
                let courier = courier(&log, &receiver, folder.path(), seed);
                drop(timeout(Duration::from_secs(stop), courier.run()).await);
            }
            until_idle(courier(&log, &receiver, folder.path(), seed)).await
        });
        let wanted: Vec<u64> = (0..60).filter(|index| !poison.contains(index)).collect();
        // Half a batch that was kept before its connection broke may hold what is refused later.
        let kept: Vec<u64> =
            receiver.order().into_iter().filter(|index| !poison.contains(index)).collect();
        prop_assert_eq!(kept, wanted);
        let buried: BTreeSet<u64> =
            dead(folder.path()).iter().map(|letter| letter["index"].as_u64().unwrap()).collect();
        prop_assert_eq!(buried, poison);
    }

    #[test]
    fn what_is_taken_in_part_is_completed_without_doubles(
        script in prop::collection::vec(Just(Reaction::EverySecond), 0..12), seed in any::<u64>(),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let receiver = Receiver::new(&script, []);
        paused().block_on(async {
            let log = Memory::of_alerts(40);
            until_idle(courier(&log, &receiver, folder.path(), seed)).await
        });
        let held = receiver.held.lock().unwrap();
        prop_assert_eq!(held.came.len(), 40);
        prop_assert!(held.came.values().all(|came| *came == 1));
    }
}

#[tokio::test(start_paused = true)]
async fn a_receiver_that_is_down_for_an_hour_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let log = Memory::of_alerts(100);
    let busy = vec![Reaction::Busy; 200];
    let receiver = Receiver::new(&busy, []);
    let began = tokio::time::Instant::now();
    let status = until_idle(courier(&log, &receiver, folder.path(), 1)).await;
    assert!(began.elapsed() > Duration::from_hours(1), "{:?}", began.elapsed());
    assert_eq!((status.sent, status.cursor, status.dead), (100, 100, 0));
    assert_eq!(receiver.order(), (0..100).collect::<Vec<_>>());
}

#[tokio::test(start_paused = true)]
async fn the_trouble_of_one_sink_touches_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let log = Memory::of_alerts(500);
    let hanging = Receiver::new(&[Reaction::Hang; 100], []);
    let mut other = config();
    other.name = "other".to_owned();
    let blocked = Courier::open(other, Box::new(hanging), folder.path(), log.around(2)).unwrap();
    let blocked_status = blocked.status();
    let blocked = tokio::spawn(blocked.run());
    let healthy = Receiver::new(&[], []);
    let began = tokio::time::Instant::now();
    until_idle(courier(&log, &healthy, folder.path(), 3)).await;
    assert!(began.elapsed() < Duration::from_secs(1), "{:?}", began.elapsed());
    sleep(Duration::from_secs(30)).await;
    assert_eq!(blocked_status.borrow().behind, 500);
    assert_eq!(blocked_status.borrow().last_error, Some(Trouble::Timeout));
    blocked.abort();
}

#[tokio::test(start_paused = true)]
async fn retry_after_is_obeyed() {
    let folder = tempfile::tempdir().unwrap();
    let log = Memory::of_alerts(1);
    let receiver = Receiver::new(&[Reaction::Wait(90)], []);
    let began = tokio::time::Instant::now();
    until_idle(courier(&log, &receiver, folder.path(), 4)).await;
    let waited = began.elapsed().as_secs();
    assert!((90..95).contains(&waited), "{waited}");
}

#[tokio::test(start_paused = true)]
async fn refused_credentials_stop_nothing_for_ever() {
    let folder = tempfile::tempdir().unwrap();
    let log = Memory::of_alerts(3);
    let receiver = Receiver::new(&[Reaction::Refuse; 5], []);
    let courier = courier(&log, &receiver, folder.path(), 5);
    let mut status = courier.status();
    let running = tokio::spawn(courier.run());
    let refused = status.wait_for(|status| status.state == State::Refused).await.unwrap().clone();
    assert_eq!((refused.last_error, refused.sent), (Some(Trouble::Credentials), 0));
    status.wait_for(|status| status.sent == 3).await.unwrap();
    running.abort();
    assert!(dead(folder.path()).is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_receiver_that_refuses_everything_is_given_time() {
    let folder = tempfile::tempdir().unwrap();
    let log = Memory::of_alerts(20);
    let receiver = Receiver::new(&[], 0..20);
    let began = tokio::time::Instant::now();
    let status = until_idle(courier(&log, &receiver, folder.path(), 6)).await;
    assert_eq!(status.dead, 20);
    // Ten at once, then one in a minute: somebody can look before all are dead letters.
    assert!(began.elapsed() >= Duration::from_mins(10), "{:?}", began.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_dead_letter_holds_what_the_receiver_would_have_got() {
    let folder = tempfile::tempdir().unwrap();
    let log = Memory::of_alerts(3);
    let receiver = Receiver::new(&[], [1]);
    until_idle(courier(&log, &receiver, folder.path(), 7)).await;
    let letters = dead(folder.path());
    assert_eq!(letters.len(), 1);
    assert_eq!(letters[0]["index"], 1);
    assert_eq!(letters[0]["key"], "log1-1");
    assert_eq!(letters[0]["sink"], "siem");
    assert_eq!(letters[0]["reason"], "the receiver answered 400");
    let payload: serde_json::Value =
        serde_json::from_str(letters[0]["payload"].as_str().unwrap()).unwrap();
    assert_eq!(payload["metadata"]["sequence"], 1);
    assert_eq!(receiver.order(), [0, 2]);
}

#[tokio::test(start_paused = true)]
async fn a_new_sink_begins_now_and_goes_on_where_it_stood() {
    let folder = tempfile::tempdir().unwrap();
    let log = Memory::of_alerts(10);
    let receiver = Receiver::new(&[], []);
    let open = || {
        let config = Config::new("siem", SinkType::File);
        Courier::open(config, Box::new(receiver.clone()), folder.path(), log.around(8)).unwrap()
    };
    until_idle(open()).await;
    assert!(receiver.order().is_empty());
    log.append(2);
    let status = until_idle(open()).await;
    assert_eq!(receiver.order(), [10, 11]);
    assert_eq!((status.cursor, status.sent), (12, 2));
    // A cursor that is damaged is not guessed.
    std::fs::write(folder.path().join("siem.cursor"), "{").unwrap();
    let config = Config::new("siem", SinkType::File);
    let opened = Courier::open(config, Box::new(receiver.clone()), folder.path(), log.around(8));
    assert!(opened.is_err());
}

#[tokio::test(start_paused = true)]
async fn kinds_and_severity_choose() {
    let folder = tempfile::tempdir().unwrap();
    let log = Memory::of_alerts(2);
    log.push(model::Record { kind: Kind::SignIn, ..model::Record::default() });
    log.push(model::Record { kind: Kind::Metric, ..model::Record::default() });
    let told = |kinds: Vec<Kind>, min_severity| {
        let (log, name) = (Arc::clone(&log), format!("sink{}{min_severity:?}", kinds.len()));
        let folder = folder.path().to_owned();
        async move {
            let receiver = Receiver::new(&[], []);
            let config = Config { name, kinds, min_severity, ..config() };
            let sink = Box::new(receiver.clone());
            until_idle(Courier::open(config, sink, &folder, log.around(9)).unwrap()).await;
            receiver.order()
        }
    };
    assert_eq!(told(vec![Kind::Alert], Severity::Informational).await, [0, 1]);
    assert_eq!(told(vec![Kind::Alert, Kind::SignIn], Severity::Informational).await, [0, 1, 2]);
    assert_eq!(told(vec![Kind::Alert, Kind::SignIn], Severity::High).await, [0, 1]);
    assert!(told(vec![Kind::Alert], Severity::Critical).await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn the_rate_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let log = Memory::of_alerts(100);
    let receiver = Receiver::new(&[], []);
    let config = Config { rate: Some(10.0), ..config() };
    let courier =
        Courier::open(config, Box::new(receiver.clone()), folder.path(), log.around(10)).unwrap();
    let began = tokio::time::Instant::now();
    until_idle(courier).await;
    let took = began.elapsed().as_secs_f64();
    assert!((8.9..10.1).contains(&took), "{took}");
}

#[tokio::test(start_paused = true)]
async fn what_a_receiver_rejects_by_item_is_buried_by_item() {
    struct Picky(Receiver);
    impl Sink for Picky {
        fn deliver<'a>(&'a mut self, batch: &'a [Outgoing]) -> Delivery<'a> {
            let reason = || "400 mapper_parsing_exception".to_owned();
            let odd = batch.iter().enumerate().filter(|(_, event)| event.index % 2 == 1);
            let rejected = odd.map(|(at, _)| Rejected { at, reason: reason() }).collect();
            self.0.keep(batch);
            Box::pin(async { Ok(Delivered { rejected, ..Delivered::default() }) })
        }

        fn limits(&self) -> Limits {
            self.0.limits()
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let log = Memory::of_alerts(30);
    let picky = Picky(Receiver::new(&[], []));
    let courier = Courier::open(config(), Box::new(picky), folder.path(), log.around(11)).unwrap();
    let status = until_idle(courier).await;
    assert_eq!((status.sent, status.dead, status.cursor), (15, 15, 30));
    assert_eq!(dead(folder.path()).len(), 15);
}
