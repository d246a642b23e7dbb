//! Dates and ages as people write them: `12/30/1951`, `30. Dezember 1951`, `1951年12月30日`.
//!
//! Where one stands is told by a phrase; alone it is nobody's.

use super::lexicon::Tags;
use super::word::Word;

/// The end of the date that begins at `start`, if its year is one in which people were born.
pub(super) fn date(text: &str, start: usize) -> Option<usize> {
    numeric(text, start).or_else(|| written(text, start)).or_else(|| month_first(text, start))
}

/// The number at `place` with its end, of at most `most` digits.
pub(super) fn number(text: &str, place: usize, most: usize) -> Option<(u32, usize)> {
    let rest = text.get(place..)?;
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let number = rest.get(..digits)?.parse().ok()?;
    (1..=most).contains(&digits).then_some((number, place + digits))
}

/// `30/12/1951`, `30.12.51`, `1951-12-30`, `1951年12月30日`.
fn numeric(text: &str, start: usize) -> Option<usize> {
    let (first, end) = number(text, start, 4)?;
    let (second, end) = number(text, separator(text, end)?, 2)?;
    let (third, end) = number(text, separator(text, end)?, 4)?;
    let (year, month, day) =
        if first > 31 { (first, second, third) } else { (third, first, second) };
    let dated = (1..=31).contains(&month) && (1..=31).contains(&day) && (month <= 12 || day <= 12);
    let year = matches!(year, 1880..=2099) || year < 100 && first <= 31;
    (dated && year)
        .then(|| end + usize::from(text.get(end..).is_some_and(|rest| rest.starts_with('日'))) * 3)
}

fn separator(text: &str, place: usize) -> Option<usize> {
    let mut chars = text.get(place..)?.chars();
    let char = chars.next().filter(|char| "/.-年月년월 ".contains(*char))?;
    let next = place + char.len_utf8();
    let space = usize::from(chars.next() == Some(' ') && char != ' ');
    Some(next + space)
}

/// `30 December 1951`, `30. Dezember 1951`, `30 de diciembre de 1951`, `30th of December, 1951`.
fn written(text: &str, start: usize) -> Option<usize> {
    let (day, end) = number(text, start, 2)?;
    let rest = text.get(end..)?;
    let suffix =
        ["st", "nd", "rd", "th", "º", "er", "."].iter().find(|suffix| rest.starts_with(**suffix));
    let mut place = end + suffix.map_or(0, |suffix| suffix.len());
    for _ in 0..2 {
        let word = Word::at(text, skip(text, place))?;
        place = word.next;
        if word.tags.has(Tags::THING) {
            return (1..=31).contains(&day).then(|| year(text, place)).flatten();
        }
        if !matches!(word.text(text), "of" | "de") {
            return None;
        }
    }
    None
}

/// `December 30, 1951`.
fn month_first(text: &str, start: usize) -> Option<usize> {
    let word = Word::at(text, start).filter(|word| word.tags.has(Tags::THING))?;
    let (day, end) = number(text, skip(text, word.next), 2)?;
    let rest = text.get(end..)?;
    let suffix = ["st", "nd", "rd", "th"].iter().any(|suffix| rest.starts_with(suffix));
    (1..=31).contains(&day).then(|| year(text, end + 2 * usize::from(suffix))).flatten()
}

/// The end of a year, with a word or marks before it.
fn year(text: &str, place: usize) -> Option<usize> {
    let mut place = skip(text, place);
    if text.get(place..)?.starts_with("de ") {
        place += 3;
    }
    let (year, end) = number(text, place, 4)?;
    matches!(year, 1880..=2099).then_some(end)
}

fn skip(text: &str, place: usize) -> usize {
    let rest = text.as_bytes().get(place..).unwrap_or_default();
    place + rest.iter().take(2).take_while(|byte| b" .,-/".contains(byte)).count()
}
