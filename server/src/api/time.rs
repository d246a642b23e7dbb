//! Times of the API: RFC 3339 in UTC out, any RFC 3339 in.

use std::borrow::Cow;
use std::fmt;

use model::Timestamp;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A moment as RFC 3339.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Iso(pub(super) Timestamp);

impl Iso {
    /// Reads RFC 3339. What lies beyond what nanoseconds in 64 bits can say is its end.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let time: jiff::Timestamp = text.trim().parse().ok()?;
        let most = i128::from(i64::MAX);
        let nanos = time.as_nanosecond().clamp(-most, most);
        i64::try_from(nanos).ok().map(|nanos| Self(Timestamp::from_nanos(nanos)))
    }
}

impl fmt::Display for Iso {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_nanosecond(i128::from(self.0.nanos())) {
            Ok(time) => write!(f, "{time}"),
            Err(_) => Err(fmt::Error),
        }
    }
}

impl Serialize for Iso {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Iso {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| de::Error::custom("not a time of RFC 3339"))
    }
}

impl JsonSchema for Iso {
    fn schema_name() -> Cow<'static, str> {
        "Time".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "format": "date-time"})
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_zone_in_and_utc_out() {
        let time = Iso::parse("2026-01-01T01:00:00.25+01:00").unwrap();
        assert_eq!(time.to_string(), "2026-01-01T00:00:00.25Z");
        assert_eq!(Iso::parse("9999-12-01T00:00:00Z").unwrap().0, Timestamp(i64::MAX));
        assert!(Iso::parse("2026-01-01T01:00:00").is_none() && Iso::parse("today").is_none());
    }
}
