//! Times as exports write them: RFC 3339, with or without its zone, or seconds, milliseconds,
//! microseconds or nanoseconds since the epoch.
//!
//! It does not know which field has the time.

use jiff::civil::DateTime;
use jiff::tz::Offset;
use model::Timestamp;
use serde_json::Value;

/// Reads a time. A text without a zone is taken for UTC; of a number its size tells the unit.
pub(super) fn time_of(value: &Value) -> Option<Timestamp> {
    match value {
        Value::String(text) => from_text(text.trim()),
        Value::Number(number) => match number.as_i64() {
            Some(whole) => from_whole(whole),
            None => from_float(number.as_f64()?),
        },
        _ => None,
    }
}

fn from_text(text: &str) -> Option<Timestamp> {
    if let Ok(whole) = text.parse::<i64>() {
        return from_whole(whole);
    }
    if let Ok(float) = text.parse::<f64>() {
        return from_float(float);
    }
    let nanos = if let Ok(time) = text.parse::<jiff::Timestamp>() {
        time.as_nanosecond()
    } else {
        let civil: DateTime = text.parse().ok()?;
        Offset::UTC.to_timestamp(civil).ok()?.as_nanosecond()
    };
    i64::try_from(nanos).ok().map(Timestamp::from_nanos)
}

fn from_whole(whole: i64) -> Option<Timestamp> {
    match whole {
        1..100_000_000_000 => Some(Timestamp::from_secs(whole)),
        100_000_000_000..100_000_000_000_000 => Some(Timestamp::from_millis(whole)),
        100_000_000_000_000..100_000_000_000_000_000 => {
            Some(Timestamp::from_nanos(whole.saturating_mul(1_000)))
        }
        100_000_000_000_000_000.. => Some(Timestamp::from_nanos(whole)),
        _ => None,
    }
}

/// A double has microseconds, not nanoseconds, at today's number of seconds.
fn from_float(float: f64) -> Option<Timestamp> {
    #[expect(clippy::cast_possible_truncation, reason = "checked before")]
    let micros = |seconds: f64| Timestamp::from_nanos((seconds * 1e6).round() as i64 * 1_000);
    if (1.0..1e11).contains(&float) {
        Some(micros(float))
    } else if (1e11..1e14).contains(&float) {
        Some(micros(float / 1e3))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::time_of;

    #[test]
    fn every_way_to_write_it() {
        let expected = 1_714_564_800_123_000_000;
        for value in [
            json!("2024-05-01T12:00:00.123Z"),
            json!("2024-05-01T14:00:00.123+02:00"),
            json!("2024-05-01 12:00:00.123"),
            json!("2024-05-01T12:00:00.123"),
            json!(1_714_564_800_123_i64),
            json!(1_714_564_800.123),
            json!("1714564800.123"),
            json!(1_714_564_800_123_000_i64),
            json!(1_714_564_800_123_000_000_i64),
        ] {
            assert_eq!(time_of(&value).map(model::Timestamp::nanos), Some(expected), "{value}");
        }
        for value in [json!("yesterday"), json!(-1), json!(0), json!(1e300), json!(null)] {
            assert_eq!(time_of(&value), None, "{value}");
        }
    }
}
