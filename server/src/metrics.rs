//! Counts what passes the doors, for Prometheus.
//!
//! Has no labels but the door's name, and never counts content or people.

mod histogram;
mod measured;

use std::fmt::Write as _;
use std::future::Future;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use histogram::Histogram;
pub use measured::Measured;

/// A door that is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counted {
    /// The recording proxy.
    Proxy,
    /// OTLP over HTTP.
    OtlpHttp,
    /// OTLP over gRPC.
    OtlpGrpc,
    /// The events API.
    Events,
    /// Imports beside a running server.
    Import,
    /// Reads through the API.
    Api,
}

impl Counted {
    const ALL: [Self; 6] =
        [Self::Proxy, Self::OtlpHttp, Self::OtlpGrpc, Self::Events, Self::Import, Self::Api];

    const fn name(self) -> &'static str {
        match self {
            Self::Proxy => "proxy",
            Self::OtlpHttp => "otlp_http",
            Self::OtlpGrpc => "otlp_grpc",
            Self::Events => "events",
            Self::Import => "import",
            Self::Api => "api",
        }
    }
}

/// The counters of all doors.
#[derive(Debug, Default)]
pub struct Metrics {
    doors: [Counters; Counted::ALL.len()],
    recording: Histogram,
}

#[derive(Debug, Default)]
struct Counters {
    requests: AtomicU64,
    refused: AtomicU64,
    bytes: AtomicU64,
    records: AtomicU64,
    rejected: AtomicU64,
}

/// What is not counted but read off when the metrics are rendered.
#[derive(Clone, Copy, Debug, Default)]
pub struct Gauges {
    /// Records that wait to be appended.
    pub waiting: u64,
    /// Records in the log.
    pub ledger_size: u64,
    /// Records that the operational copy has.
    pub cursor: u64,
}

impl Gauges {
    /// How many records the operational copy is behind the log.
    pub const fn lag(&self) -> u64 {
        self.ledger_size.saturating_sub(self.cursor)
    }
}

impl Metrics {
    /// A request came.
    pub fn request(&self, door: Counted) {
        self.of(door).requests.fetch_add(1, Ordering::Relaxed);
    }

    /// A body was read, of so many bytes as on the wire.
    pub fn received(&self, door: Counted, bytes: usize) {
        self.of(door).bytes.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    /// A request was answered with an error.
    pub fn refused(&self, door: Counted) {
        self.of(door).refused.fetch_add(1, Ordering::Relaxed);
    }

    /// Of a request's records, so many are durable and so many could not be read.
    pub fn records(&self, door: Counted, recorded: u64, rejected: u64) {
        let counters = self.of(door);
        counters.records.fetch_add(recorded, Ordering::Relaxed);
        counters.rejected.fetch_add(rejected, Ordering::Relaxed);
    }

    /// Waits for a recording, and counts how long it took until it was durable.
    pub async fn timed<T, E>(&self, recording: impl Future<Output = Result<T, E>>) -> Result<T, E> {
        let begun = Instant::now();
        let result = recording.await;
        if result.is_ok() {
            self.recording.add(begun.elapsed());
        }
        result
    }

    /// The metrics in Prometheus' text format, version 0.0.4.
    pub fn render(&self, gauges: &Gauges) -> String {
        let mut text = String::with_capacity(2048);
        for (name, about, value) in COUNTERS {
            describe(&mut text, name, about, "counter");
            for (door, counters) in Counted::ALL.into_iter().zip(&self.doors) {
                let value = value(counters).load(Ordering::Relaxed);
                line(&mut text, &format!("{name}{{door=\"{}\"}}", door.name()), value);
            }
        }
        describe(
            &mut text,
            RECORDING,
            "Until a batch was durable, whichever door it came by.",
            "histogram",
        );
        self.recording.render(RECORDING, &mut text);
        for (name, about, value) in GAUGES {
            describe(&mut text, name, about, "gauge");
            line(&mut text, name, value(gauges));
        }
        text
    }

    fn of(&self, door: Counted) -> &Counters {
        let [proxy, otlp_http, otlp_grpc, events, import, api] = &self.doors;
        match door {
            Counted::Proxy => proxy,
            Counted::OtlpHttp => otlp_http,
            Counted::OtlpGrpc => otlp_grpc,
            Counted::Events => events,
            Counted::Import => import,
            Counted::Api => api,
        }
    }
}

const RECORDING: &str = "plainsight_append_duration_seconds";

type Counter = (&'static str, &'static str, fn(&Counters) -> &AtomicU64);
type Gauge = (&'static str, &'static str, fn(&Gauges) -> u64);

const COUNTERS: [Counter; 5] = [
    ("plainsight_requests_total", "Requests that came.", |door| &door.requests),
    ("plainsight_requests_refused_total", "Requests answered with an error.", |door| &door.refused),
    ("plainsight_request_bytes_total", "Bytes of request bodies, as on the wire.", |door| {
        &door.bytes
    }),
    ("plainsight_records_total", "Records that are durable.", |door| &door.records),
    ("plainsight_records_rejected_total", "Records that could not be read.", |door| &door.rejected),
];

const GAUGES: [Gauge; 4] = [
    ("plainsight_queue_records", "Records that wait to be appended.", |gauges| gauges.waiting),
    ("plainsight_ledger_records", "Records in the log.", |gauges| gauges.ledger_size),
    ("plainsight_reader_cursor", "Records that the operational copy has.", |gauges| gauges.cursor),
    ("plainsight_reader_lag_records", "Records it is behind the log.", Gauges::lag),
];

fn describe(text: &mut String, name: &str, about: &str, kind: &str) {
    // Writing to a string cannot fail.
    let _ = writeln!(text, "# HELP {name} {about}\n# TYPE {name} {kind}");
}

fn line(text: &mut String, name: &str, value: u64) {
    let _ = writeln!(text, "{name} {value}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_door_counts_for_itself() {
        let metrics = Metrics::default();
        for (position, door) in Counted::ALL.into_iter().enumerate() {
            metrics.request(door);
            metrics.received(door, position + 1);
        }
        metrics.records(Counted::Events, 3, 1);
        let text = metrics.render(&Gauges { waiting: 2, ledger_size: 10, cursor: 7 });
        for (position, door) in Counted::ALL.into_iter().enumerate() {
            let bytes =
                format!("request_bytes_total{{door=\"{}\"}} {}\n", door.name(), position + 1);
            assert!(text.contains(&bytes), "{bytes}");
        }
        assert!(text.contains("plainsight_records_total{door=\"events\"} 3\n"));
        assert!(text.contains("plainsight_records_rejected_total{door=\"events\"} 1\n"));
        assert!(text.contains("plainsight_reader_lag_records 3\n"));
        assert!(text.contains("plainsight_queue_records 2\n"));
    }
}
