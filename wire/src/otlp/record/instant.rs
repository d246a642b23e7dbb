//! Times of the wire. What is not plausible is kept, and noted.

use model::Timestamp;
use serde_json::Value;

/// 2000-01-01 and 2100-01-01, in nanoseconds.
const PLAUSIBLE: std::ops::Range<u64> = 946_684_800_000_000_000..4_102_444_800_000_000_000;

/// A time, saturating, and what is odd about it.
pub(crate) fn instant(nanos: u64) -> (Timestamp, Option<&'static str>) {
    let time = Timestamp(i64::try_from(nanos).unwrap_or(i64::MAX));
    let note = match nanos {
        0 => Some("time is missing"),
        nanos if i64::try_from(nanos).is_err() => Some("time is beyond the year 2262"),
        nanos if !PLAUSIBLE.contains(&nanos) => Some("time is not plausible"),
        _ => None,
    };
    (time, note)
}

/// The time from start to end, and what is odd about it.
pub(crate) fn duration(start: u64, end: u64) -> (Option<u64>, Option<&'static str>) {
    match end.checked_sub(start) {
        _ if end == 0 => (None, Some("end is missing")),
        None => (None, Some("end is before start")),
        Some(duration) => (Some(duration), None),
    }
}

/// A time as text (RFC 3339): as a number it would look like a card's.
pub(crate) fn rfc3339(nanos: u64) -> Value {
    let time = jiff::Timestamp::from_nanosecond(i128::from(nanos));
    time.map_or(Value::Null, |time| Value::String(time.to_string()))
}
