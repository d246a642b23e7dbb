//! Times of events: RFC 3339, or seconds or milliseconds since the epoch.
//!
//! Takes no text without a zone: a sign-in's time is no matter of guessing.

use model::Timestamp;
use serde_json::Value;

/// Numbers below this are seconds (up to the year 5138), others milliseconds.
const SECONDS: f64 = 1e11;
/// The end of what nanoseconds in 64 bits can say, in milliseconds.
const LAST_MILLIS: f64 = 9.2e15;

/// Reads a time. The error says what was expected.
pub(crate) fn parse(value: &Value) -> Result<Timestamp, &'static str> {
    let time = match value {
        Value::String(text) => of_text(text),
        Value::Number(number) => number.as_f64().and_then(of_number),
        _ => None,
    };
    time.ok_or("is not a time: RFC 3339 with a zone, or seconds or milliseconds since the epoch")
}

fn of_text(text: &str) -> Option<Timestamp> {
    let time: jiff::Timestamp = text.trim().parse().ok()?;
    i64::try_from(time.as_nanosecond()).ok().map(Timestamp::from_nanos)
}

fn of_number(number: f64) -> Option<Timestamp> {
    let millis = if number < SECONDS { number * 1e3 } else { number };
    if !(0.0..LAST_MILLIS).contains(&millis) {
        return None;
    }
    // A double holds microseconds at today's number of seconds, and no more.
    #[expect(clippy::cast_possible_truncation, reason = "the range was checked")]
    let micros = (millis * 1e3).round() as i64;
    micros.checked_mul(1_000).map(Timestamp::from_nanos)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_same_moment_in_every_spelling() {
        let expected = Timestamp::from_millis(1_767_225_600_250);
        for value in [
            json!("2026-01-01T00:00:00.25Z"),
            json!("2026-01-01T01:00:00.250+01:00"),
            json!(1_767_225_600.25),
            json!(1_767_225_600_250_u64),
        ] {
            assert_eq!(parse(&value), Ok(expected), "{value}");
        }
    }

    #[test]
    fn what_is_no_time() {
        for value in [
            json!("2026-01-01T00:00:00"),
            json!("yesterday"),
            json!(-1),
            json!(1e300),
            json!(i64::MAX),
            json!(null),
            json!([1]),
        ] {
            assert!(parse(&value).is_err(), "{value}");
        }
    }
}
