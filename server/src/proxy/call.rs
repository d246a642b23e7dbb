//! What is known of a call before its first byte is forwarded.
//!
//! Holds the request's headers, credentials included, until the call is recorded, and shows them
//! to nobody but the recording side.

use std::net::IpAddr;
use std::sync::Arc;

use http::{HeaderMap, Method, Version};
use model::{Exchange, Record, Source, Timestamp};
use tokio::time::Instant;

use super::dialect::wire_dialect;
use super::trace::CallIds;
use super::upstream::Upstream;

/// The beginning of a call.
pub(super) struct CallStart {
    pub(super) upstream: Arc<Upstream>,
    pub(super) ids: CallIds,
    /// Event time of both parts.
    pub(super) time: Timestamp,
    /// The same moment, for durations.
    pub(super) started: Instant,
    pub(super) peer: IpAddr,
    pub(super) method: Method,
    /// The path at the upstream, without its base, as dialects know it.
    pub(super) path: String,
    pub(super) query: Option<String>,
    pub(super) version: Version,
    pub(super) headers: HeaderMap,
}

impl CallStart {
    /// Nanoseconds from the start of the call to `moment`.
    pub(super) fn nanos_until(&self, moment: Instant) -> u64 {
        u64::try_from(moment.duration_since(self.started).as_nanos()).unwrap_or(u64::MAX)
    }

    /// What both parts of the call have in common.
    pub(super) fn part(&self) -> Record {
        Record {
            version: 1,
            source: Source {
                door: model::Door::Proxy,
                service: Some(self.upstream.name.clone()),
                dialect: Some(wire_dialect(&self.upstream).as_str().to_owned()),
            },
            time: self.time,
            trace_id: Some(self.ids.trace),
            span_id: Some(self.ids.span),
            parent_span_id: self.ids.parent,
            exchange: Some(self.exchange()),
            ..Record::default()
        }
    }

    fn exchange(&self) -> Exchange {
        Exchange {
            method: self.method.as_str().to_owned(),
            path: recorded_path(&self.path, self.query.as_deref()),
            protocol: Some(protocol(self.version).to_owned()),
            ..Exchange::default()
        }
    }
}

/// `network.protocol.version`.
const fn protocol(version: Version) -> &'static str {
    match version {
        Version::HTTP_10 => "1.0",
        Version::HTTP_2 => "2",
        Version::HTTP_3 => "3",
        _ => "1.1",
    }
}

/// The path with the query's names; its values are redacted, as OpenTelemetry has it for `url.query`.
fn recorded_path(path: &str, query: Option<&str>) -> String {
    let mut recorded = path.to_owned();
    let names = query.into_iter().flat_map(|query| query.split('&'));
    for (position, pair) in names.filter(|pair| !pair.is_empty()).enumerate() {
        recorded.push(if position == 0 { '?' } else { '&' });
        match pair.split_once('=') {
            Some((name, _)) => {
                recorded.push_str(name);
                recorded.push_str("=REDACTED");
            }
            // Without `=` nobody can say whether it is a name or a value.
            None => recorded.push_str("REDACTED"),
        }
    }
    recorded
}

#[cfg(test)]
mod tests {
    use super::recorded_path;

    #[test]
    fn query_values_are_not_recorded() {
        assert_eq!(recorded_path("/v1/files", None), "/v1/files");
        assert_eq!(
            recorded_path("/v1/files", Some("key=hunter2&&after=x%3D&flag")),
            "/v1/files?key=REDACTED&after=REDACTED&REDACTED"
        );
    }
}
