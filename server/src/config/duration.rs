//! Durations: a number of seconds, or a text such as `30s`, `5m` or `24h`.
//!
//! Knows no limits: each setting has its own.

use std::fmt;
use std::time::Duration;

use serde::{Deserializer, Serializer, de};

/// Units in milliseconds, the longest ending first.
const UNITS: [(&str, u32); 5] =
    [("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)];

/// For `#[serde(with)]`.
pub(crate) fn serialize<S: Serializer>(
    duration: &Duration,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&text(*duration))
}

/// For `#[serde(with)]`.
pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Duration, D::Error> {
    deserializer.deserialize_any(Seconds)
}

struct Seconds;

fn valid<E: de::Error>(duration: Option<Duration>) -> Result<Duration, E> {
    duration
        .ok_or_else(|| E::custom("invalid duration, expected seconds, or a text such as \"30s\""))
}

impl de::Visitor<'_> for Seconds {
    type Value = Duration;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number of seconds, or a text such as \"30s\", \"5m\" or \"24h\"")
    }

    fn visit_i64<E: de::Error>(self, seconds: i64) -> Result<Duration, E> {
        valid(u64::try_from(seconds).ok().map(Duration::from_secs))
    }

    fn visit_u64<E: de::Error>(self, seconds: u64) -> Result<Duration, E> {
        valid(Some(Duration::from_secs(seconds)))
    }

    fn visit_f64<E: de::Error>(self, seconds: f64) -> Result<Duration, E> {
        valid(Duration::try_from_secs_f64(seconds).ok())
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Duration, E> {
        valid(parse(text))
    }
}

/// Reads `90s`, `1.5 m` or `90`.
fn parse(text: &str) -> Option<Duration> {
    let text = text.trim();
    let (number, millis) = UNITS
        .iter()
        .find_map(|(name, millis)| Some((text.strip_suffix(name)?, *millis)))
        .unwrap_or((text, 1_000));
    let number: f64 = number.trim_end().parse().ok()?;
    Duration::try_from_secs_f64(number * f64::from(millis) / 1_000.0).ok()
}

/// A duration as a person writes it.
fn text(duration: Duration) -> String {
    match duration.as_secs() {
        seconds if duration.subsec_nanos() > 0 => {
            format!("{}s", seconds as f64 + f64::from(duration.subsec_nanos()) / 1e9)
        }
        seconds if seconds > 0 && seconds.is_multiple_of(3_600) => format!("{}h", seconds / 3_600),
        seconds if seconds > 0 && seconds.is_multiple_of(60) => format!("{}m", seconds / 60),
        seconds => format!("{seconds}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_duration_in_every_spelling() {
        for spelling in ["90s", " 90 s", "1.5m", "90", "90000ms", "0.025h"] {
            assert_eq!(parse(spelling), Some(Duration::from_secs(90)), "{spelling}");
        }
        assert_eq!(parse("24h"), parse("1d"));
        for wrong in ["", "s", "-1s", "5 minutes", "1h30m", "NaN", "inf", "1e300h"] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn what_is_written_is_read() {
        for millis in [0, 1, 500, 1_000, 1_500, 60_000, 61_000, 3_600_000, 86_400_000] {
            let duration = Duration::from_millis(millis);
            assert_eq!(parse(&text(duration)), Some(duration));
        }
        assert_eq!(text(Duration::from_mins(10)), "10m");
    }
}
