//! Moments as texts.

use model::Timestamp;

/// RFC 3339 in UTC with milliseconds, `2026-01-02T03:04:05.678Z`. What lies outside of the years
/// that can be written is the epoch.
pub(crate) fn rfc3339(time: Timestamp) -> String {
    let moment =
        jiff::Timestamp::from_millisecond(time.millis()).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    format!("{moment:.3}")
}

/// RFC 3339 in UTC with microseconds, the finest that RFC 5424 §6.2.3 takes.
pub(crate) fn rfc5424(time: Timestamp) -> String {
    let micros = time.nanos().div_euclid(1_000);
    let moment = jiff::Timestamp::from_microsecond(micros).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    format!("{moment:.6}")
}

#[cfg(test)]
mod tests {
    use model::Timestamp;

    #[test]
    fn moments() {
        let time = Timestamp::from_nanos(1_760_000_000_123_456_789);
        assert_eq!(super::rfc3339(time), "2025-10-09T08:53:20.123Z");
        assert_eq!(super::rfc5424(time), "2025-10-09T08:53:20.123456Z");
        assert_eq!(super::rfc3339(Timestamp::from_nanos(-1)), "1969-12-31T23:59:59.999Z");
    }
}
