//! OTLP in JSON: each line is an export request, whose signal its only key tells.
//!
//! It does not decode; [`crate::otlp`] does.

use model::Door;

use super::line::{Imported, LineError};
use crate::otlp::{Decoded, Signal, decode_json};

/// Reads a line of the Collector's file exporter.
pub(super) fn read(bytes: &[u8]) -> Result<Imported, LineError> {
    let signal = signal_of(bytes).ok_or_else(|| {
        LineError::new("record", "has no resourceSpans, resourceLogs or resourceMetrics")
    })?;
    let Decoded { mut observations, rejected, .. } =
        decode_json(signal, bytes).map_err(|error| LineError::new("record", error.to_string()))?;
    for observation in &mut observations {
        observation.expose_mut().source.door = Door::Import;
    }
    let rejected = rejected.into_iter().map(|rejected| {
        LineError::new(format!("{}/{}", rejected.item, rejected.field), rejected.reason)
    });
    Ok(Imported { observations, rejected: rejected.collect() })
}

/// The signal whose key stands first.
fn signal_of(bytes: &[u8]) -> Option<Signal> {
    [
        ("\"resourceSpans\"", Signal::Traces),
        ("\"resourceLogs\"", Signal::Logs),
        ("\"resourceMetrics\"", Signal::Metrics),
    ]
    .into_iter()
    .filter_map(|(key, signal)| {
        memchr::memmem::find(bytes, key.as_bytes()).map(|place| (place, signal))
    })
    .min_by_key(|(place, _)| *place)
    .map(|(_, signal)| signal)
}
