//! Log days: which file a moment belongs to, and how a moment is written.
//!
//! The calendar is UTC without leap seconds, as Unix time has it. It does not read the clock.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use model::Timestamp;

use crate::StoreError;

const NANOS_PER_DAY: i64 = 86_400_000_000_000;

/// A UTC day, counted from 1970-01-01.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(i64);

impl Day {
    /// The day of a moment.
    pub const fn of(time: Timestamp) -> Self {
        Self(time.nanos().div_euclid(NANOS_PER_DAY))
    }

    /// The day before.
    pub const fn before(self) -> Self {
        Self(self.0 - 1)
    }

    /// Hours since 1970 at `time`, or the hour of this day that is nearest to it.
    pub(crate) fn hour(self, time: Timestamp) -> i64 {
        let hour = time.nanos().div_euclid(NANOS_PER_DAY / 24);
        hour.clamp(self.0 * 24, self.0 * 24 + 23)
    }

    /// The hours of this day up to the one of `time`, latest first.
    pub(crate) fn hours_back(self, time: Timestamp) -> impl Iterator<Item = i64> {
        (self.0 * 24..=self.hour(time)).rev()
    }

    /// The day's file in the store's folder.
    pub(crate) fn path(self, folder: &Path) -> PathBuf {
        folder.join(format!("{self}.db"))
    }

    /// The name under which a reader attaches the file.
    pub(crate) fn schema(self) -> String {
        let (year, month, day) = civil(self.0);
        format!("d{year:04}{month:02}{day:02}")
    }

    /// The day of a file name such as `2026-11-24.db`.
    fn parse(file_name: &str) -> Option<Self> {
        let date: jiff::civil::Date = file_name.strip_suffix(".db")?.parse().ok()?;
        let epoch = jiff::civil::date(1970, 1, 1);
        let day = Self(i64::from((date - epoch).get_days()));
        (format!("{day}.db") == file_name).then_some(day)
    }
}

impl std::fmt::Display for Day {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (year, month, day) = civil(self.0);
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

/// The days that have a file in `folder`, oldest first.
pub(crate) fn days_in(folder: &Path) -> Result<Vec<Day>, StoreError> {
    let mut days = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(StoreError::io(folder))? {
        let entry = entry.map_err(StoreError::io(folder))?;
        days.extend(entry.file_name().to_str().and_then(Day::parse));
    }
    days.sort_unstable();
    Ok(days)
}

/// A moment as `2026-11-24T08:51:59.123456Z`: sorts as text as it does in time.
pub(crate) fn iso_time(nanos: i64) -> String {
    let (year, month, day) = civil(nanos.div_euclid(NANOS_PER_DAY));
    let micros = nanos.rem_euclid(NANOS_PER_DAY) / 1_000;
    let seconds = micros / 1_000_000;
    let mut text = String::with_capacity(27);
    // Writing to a string cannot fail.
    let _: Result<(), _> = write!(
        text,
        "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}.{:06}Z",
        seconds / 3_600,
        seconds / 60 % 60,
        seconds % 60,
        micros % 1_000_000,
    );
    text
}

/// Year, month and day of a count of days since 1970-01-01 (Howard Hinnant, `civil_from_days`).
const fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year_of_era + era * 400 + if month <= 2 { 1 } else { 0 };
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_agree_with_jiff() {
        for nanos in [0, 1_795_510_319_123_456_789, 951_827_696_000_000_000, -1_000_000_000] {
            let jiff = jiff::Timestamp::from_nanosecond(i128::from(nanos)).unwrap();
            assert_eq!(iso_time(nanos), jiff.strftime("%Y-%m-%dT%H:%M:%S.%6fZ").to_string());
        }
    }

    #[test]
    fn a_day_names_its_file() {
        let day = Day::of(Timestamp(1_795_510_319_000_000_000));
        assert_eq!(day.to_string(), "2026-11-24");
        assert_eq!(day.schema(), "d20261124");
        assert_eq!(Day::parse("2026-11-24.db"), Some(day));
        assert_eq!(Day::parse("2026-11-24.db-wal"), None);
        assert_eq!(Day::parse("26-11-24.db"), None);
    }
}
