//! rsyslog and syslog-ng over TLS, ended three times: none lost, order kept, parsed fields right.
//!
//! rsyslog is killed without a word: its queue is direct, so that it has written what it has read.
//! syslog-ng always queues in memory what it has read, so it is ended in order.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use deliver::config::{From, SinkType};
use deliver::{Config, Courier, Format};
use model::ManualClock;

use crate::ledger_double::Memory;
use crate::real_process::{End, Receiver, alerts, free_port, program};
use crate::samples;

/// A receiver.
#[derive(Clone, Copy, Debug)]
enum Daemon {
    Rsyslog,
    SyslogNg,
}

impl Daemon {
    async fn start(self, folder: &Path, port: u16) -> Option<Receiver> {
        let program = program(match self {
            Self::Rsyslog => "rsyslogd",
            Self::SyslogNg => "syslog-ng",
        })?;
        certificate(folder);
        let file = |name: &str| folder.join(name).to_str().unwrap().to_owned();
        let (conf, pid) = (file("conf"), file("pid"));
        let (persist, control) = (file("persist"), file("control"));
        let (settings, arguments) = match self {
            Self::Rsyslog => (rsyslog(folder, port), vec!["-n", "-f", &conf, "-i", &pid]),
            Self::SyslogNg => (
                syslog_ng(folder, port),
                vec!["-F", "--no-caps", "-f", &conf, "-p", &pid, "-R", &persist, "-c", &control],
            ),
        };
        std::fs::write(&conf, settings).unwrap();
        Some(Receiver::start(&program, &arguments, port).await)
    }

    const fn end(self) -> End {
        match self {
            Self::Rsyslog => End::Kill,
            Self::SyslogNg => End::Terminate,
        }
    }
}

/// A certificate for `localhost` and its key.
fn certificate(folder: &Path) {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    std::fs::write(folder.join("cert.pem"), made.cert.pem()).unwrap();
    std::fs::write(folder.join("key.pem"), made.signing_key.serialize_pem()).unwrap();
}

fn rsyslog(folder: &Path, port: u16) -> String {
    let folder = folder.display();
    format!(
        r#"global(workDirectory="{folder}" maxMessageSize="64k" DefaultNetstreamDriver="ossl"
            DefaultNetstreamDriverCAFile="{folder}/cert.pem"
            DefaultNetstreamDriverCertFile="{folder}/cert.pem"
            DefaultNetstreamDriverKeyFile="{folder}/key.pem")
        module(load="imtcp" StreamDriver.Name="ossl" StreamDriver.Mode="1"
            StreamDriver.AuthMode="anon")
        main_queue(queue.type="direct")
        template(name="line" type="string"
            string="%structured-data%\t%hostname%\t%app-name%\t%msgid%\t%syslogseverity%\t%msg%\n")
        action(type="omfile" file="{folder}/received" template="line")
        input(type="imtcp" port="{port}" address="127.0.0.1")
        "#
    )
}

fn syslog_ng(folder: &Path, port: u16) -> String {
    let folder = folder.display();
    format!(
        r#"@version: 3.35
        options {{ keep-hostname(yes); use-dns(no); stats-freq(0); log-msg-size(65536); }};
        source s {{ syslog(transport("tls") ip("127.0.0.1") port({port})
            tls(key-file("{folder}/key.pem") cert-file("{folder}/cert.pem")
                peer-verify(optional-untrusted))); }};
        destination d {{ file("{folder}/received" template(
            "$SDATA\t$HOST\t$PROGRAM\t$MSGID\t$LEVEL_NUM\t$MSG\n")); }};
        log {{ source(s); destination(d); flags(flow-control); }};
        "#
    )
}

async fn deliver_with_three_ends(daemon: Daemon, format: Format) {
    let folder = tempfile::tempdir().unwrap();
    let port = free_port();
    let Some(mut receiver) = daemon.start(folder.path(), port).await else { return };

    let mut config = Config::new("siem", SinkType::Syslog);
    config.address = Some(format!("localhost:{port}"));
    config.ca_file = Some(folder.path().join("cert.pem"));
    config.format = Some(format);
    config.from = From::Start;
    config.batch = Some(500);
    let sink = config.open(&samples::teller(false), Arc::new(ManualClock::default())).unwrap();
    let count = alerts();
    let log = Memory::of_alerts(count);
    let courier = Courier::open(config, sink, folder.path(), log.around(12)).unwrap();
    let mut status = courier.status();
    let began = std::time::Instant::now();
    let running = tokio::spawn(courier.run());
    for quarter in 1..=3 {
        let reached = status.wait_for(|status| status.sent >= count * quarter / 4);
        tokio::time::timeout(Duration::from_secs(200), reached).await.unwrap().unwrap();
        receiver.restart(daemon.end()).await;
    }
    let all = status.wait_for(|status| status.sent == count);
    tokio::time::timeout(Duration::from_secs(200), all).await.unwrap().unwrap();
    let took = began.elapsed();
    running.abort();
    let retried = status.borrow().retried;
    tokio::time::sleep(Duration::from_millis(500)).await;
    receiver.terminate();
    let doubled = check(&std::fs::read(folder.path().join("received")).unwrap(), count, format);
    println!(
        "{daemon:?} {format:?}: {count} alerts in {took:.1?}, ended 3 times, {retried} sent again, \
         {doubled} doubled"
    );
}

/// Every alert is there, in the order of first arrivals, with its fields. Tells how many came twice.
fn check(received: &[u8], count: u64, format: Format) -> u64 {
    let received = String::from_utf8_lossy(received);
    let (mut next, mut doubled) = (0, 0);
    // A line that was being written when the receiver was killed has no end.
    for line in received.split_inclusive('\n').filter(|line| line.ends_with('\n')) {
        let fields: Vec<&str> = line.trim_end().split('\t').collect();
        let [.., structured, host, app, message_id, severity, message] = fields[..] else {
            panic!("{line}");
        };
        let key = structured.split("key=\"log1-").nth(1).unwrap();
        let index: u64 = key.split('"').next().unwrap().parse().unwrap();
        assert!(index <= next, "{index} came before {next}");
        if index < next {
            doubled += 1;
            continue;
        }
        next += 1;
        assert_eq!(
            (host, app, message_id, severity),
            ("recorder.example", "plainsight", "alert", "3")
        );
        let message = message.trim_start();
        match format {
            Format::Ocsf => {
                let event: serde_json::Value = serde_json::from_str(message).unwrap();
                assert_eq!(event["metadata"]["sequence"], index);
            }
            _ => assert!(
                message.starts_with("CEF:0|") && message.contains(&format!("suid=user_{index}"))
            ),
        }
    }
    assert_eq!(next, count);
    doubled
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rsyslog_gets_every_cef_event_though_it_is_killed() {
    deliver_with_three_ends(Daemon::Rsyslog, Format::Cef).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rsyslog_gets_every_ocsf_event_though_it_is_killed() {
    deliver_with_three_ends(Daemon::Rsyslog, Format::Ocsf).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn syslog_ng_gets_every_cef_event_though_it_is_restarted() {
    deliver_with_three_ends(Daemon::SyslogNg, Format::Cef).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn syslog_ng_gets_every_ocsf_event_though_it_is_restarted() {
    deliver_with_three_ends(Daemon::SyslogNg, Format::Ocsf).await;
}
