//! When something about a person was, or will be: the day in a note of a meeting or of a call, of an
//! admission or an appointment.
//!
//! A line `Date: …` alone is anybody's, of a letter or of a machine: the line behind it must go on
//! about a person or a place. The time of a log has a `T` or a zone, and is not taken.

use super::birth;

/// How the line behind a date begins where a note is about somebody.
const NEXT: [&str; 6] = ["Name:", "Where:", "Who:", "Patient:", "Phone:", "With:"];

/// The end of the day, with its time, that is announced by the phrase at `start..end`.
pub(super) fn day(text: &str, start: usize, end: usize) -> Option<usize> {
    let date = birth::date(text, end).or_else(|| weekday(text, end))?;
    let end = time(text, date);
    let goes_on = |char: char| char.is_alphanumeric() || "_+/:".contains(char);
    if text.get(end..)?.starts_with(goes_on) {
        return None;
    }
    let is_field = text.get(..date)?.get(start..).is_some_and(|phrase| phrase.contains(": "));
    (!is_field || opens_line(text, start) && is_followed(text, end)).then_some(end)
}

/// The end of the day of the week at `start`.
fn weekday(text: &str, start: usize) -> Option<usize> {
    const DAYS: [&str; 7] =
        ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    let is_here = |day: &&&str| {
        let written = text.get(start..start + day.len());
        written.is_some_and(|written| written.eq_ignore_ascii_case(day))
    };
    DAYS.iter().find(is_here).map(|day| start + day.len())
}

/// The end of the time behind a date, `10:15` or `10:15:30`, or of the date.
fn time(text: &str, date: usize) -> usize {
    let part = |place: usize, mark: char| {
        let rest = text.get(place..)?.strip_prefix(mark)?;
        let digits = rest.get(..2)?.bytes().all(|byte| byte.is_ascii_digit());
        digits.then_some(place + 3)
    };
    let minutes = part(date, ' ').and_then(|hours| part(hours, ':'));
    minutes.map_or(date, |minutes| part(minutes, ':').unwrap_or(minutes))
}

fn opens_line(text: &str, start: usize) -> bool {
    text.get(..start).is_some_and(|head| head.is_empty() || head.ends_with('\n'))
}

fn is_followed(text: &str, end: usize) -> bool {
    let line = text.get(end..).and_then(|rest| rest.strip_prefix('\n')).unwrap_or_default();
    NEXT.iter().any(|label| line.starts_with(label))
}
