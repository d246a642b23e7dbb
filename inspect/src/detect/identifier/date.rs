//! Dates inside numbers, and numbers that are times.

use super::checksum::number;

/// Whether digits `YYMMDD` are a day of some year. `shift` may be added to the day or the month, as
/// numbers of foreigners and of other centuries have it.
pub(super) fn yymmdd(digits: &[u8], shifts: Shifts) -> bool {
    let at = |range: std::ops::Range<usize>| digits.get(range).map_or(99, number);
    is_day(at(2..4), at(4..6), shifts)
}

/// Whether digits `DDMMYY` are a day of some year.
pub(super) fn ddmmyy(digits: &[u8], shifts: Shifts) -> bool {
    let at = |range: std::ops::Range<usize>| digits.get(range).map_or(99, number);
    is_day(at(2..4), at(0..2), shifts)
}

/// What may be added to a month and to a day.
#[derive(Clone, Copy)]
pub(super) struct Shifts {
    pub(super) month: &'static [u64],
    pub(super) day: &'static [u64],
}

/// Dates as they are.
pub(super) const PLAIN: Shifts = Shifts { month: &[], day: &[] };

fn is_day(month: u64, day: u64, shifts: Shifts) -> bool {
    let months = std::iter::once(&0).chain(shifts.month);
    let days = std::iter::once(&0).chain(shifts.day);
    let month =
        months.filter_map(|shift| month.checked_sub(*shift)).find(|month| (1..=12).contains(month));
    let Some(month) = month else { return false };
    let last = match month {
        2 => 29,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    days.filter_map(|shift| day.checked_sub(*shift)).any(|day| (1..=last).contains(&day))
}

/// Whether digits are the time of a log line: seconds or milliseconds since the epoch, in the years
/// from 2014 to 2033, or a date and time written together.
pub(super) fn is_timestamp(characters: &[u8]) -> bool {
    if !characters.iter().all(u8::is_ascii_digit) {
        return false;
    }
    let number = number(characters);
    match characters.len() {
        10 => (1_400_000_000..2_000_000_000).contains(&number),
        13 => (1_400_000_000_000..2_000_000_000_000).contains(&number),
        14 => {
            (20_000_101_000_000..20_991_231_235_960).contains(&number)
                && yymmdd(&characters[2..8], PLAIN)
        }
        16 | 19 => characters.starts_with(b"1"),
        _ => false,
    }
}
