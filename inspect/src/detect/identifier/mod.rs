//! Numbers that states, tax offices, insurers and registers give: by their form, their check digits
//! and the words around them.
//!
//! ```text
//! a digit → the token around it, and up to six groups more → compact characters
//!         → formats of that length whose digits and letters stand so → check digits → words near
//! ```
//!
//! A form that many numbers have is taken only beside a word that says what it is. Nothing is
//! allocated.

mod checksum;
mod date;
mod format;

mod americas;
mod asia;
mod europe;
mod germany;
mod north;
mod oceania;

use std::ops::Range;
use std::sync::LazyLock;

use super::bytes::{before, is_word};
use super::label::{Labels, Names};
use crate::matched::Match;
use format::{Format, Shape};

/// The longest number without its separators.
const LONGEST: usize = 20;
/// Groups of characters that a number is written in, at most.
const GROUPS: usize = 7;
/// The longest word of letters that may stand before the first digit's group.
const PREFIX: usize = 4;
/// The digits of the shortest number.
const FEWEST: u32 = 2;
/// How far a word that says what a number is may stand before it, and behind it.
const REACH: (usize, usize) = (48, 32);

/// Every format.
fn formats() -> impl Iterator<Item = &'static Format> {
    let tables = [
        germany::FORMATS,
        europe::FORMATS,
        north::FORMATS,
        asia::FORMATS,
        americas::FORMATS,
        oceania::FORMATS,
    ];
    tables.into_iter().flatten()
}

/// The words that name a number.
pub(super) fn labels() -> impl Iterator<Item = &'static str> {
    formats().flat_map(|format| format.words.iter().copied())
}

/// A format in one of its shapes.
struct Shaped {
    shape: Shape,
    format: &'static Format,
    names: Names,
}

/// The formats by length, so that a token is compared with few.
static BY_LENGTH: LazyLock<Vec<Vec<Shaped>>> = LazyLock::new(|| {
    let mut lengths: Vec<Vec<_>> = (0..=LONGEST).map(|_| Vec::new()).collect();
    for format in formats() {
        for shape in format.shapes {
            let shape = Shape::read(shape);
            if let Some(list) = lengths.get_mut(shape.length) {
                list.push(Shaped { shape, format, names: Names::of(format.words) });
            }
        }
    }
    lengths
});

/// The number that the token around the digit at `digit` begins, or that a short word before it does.
pub(super) fn find(labels: Labels<'_>, digit: usize) -> Option<Match> {
    let bytes = labels.text;
    let token = start_of_token(bytes, digit)?;
    let before = start_of_prefix(bytes, token).and_then(|start| find_from(labels, start));
    before.or_else(|| is_edge(bytes, token).then(|| find_from(labels, token)).flatten())
}

/// Where the run of letters and digits around a digit begins; `None` inside a longer word.
fn start_of_token(bytes: &[u8], digit: usize) -> Option<usize> {
    let head = bytes.get(digit.saturating_sub(LONGEST)..digit)?;
    let length = head.iter().rev().take_while(|byte| byte.is_ascii_alphanumeric()).count();
    // A digit in the middle was looked at with the first one of its token.
    let first = head.get(head.len() - length..)?.iter().all(u8::is_ascii_alphabetic);
    let start = digit - length;
    (first && length < LONGEST).then_some(start)
}

/// Where a short word of capitals or small letters before a token begins: `AB 12 34 56 C`.
fn start_of_prefix(bytes: &[u8], token: usize) -> Option<usize> {
    let separator = token.checked_sub(1)?;
    if !is_separator(*bytes.get(separator)?) {
        return None;
    }
    let head = bytes.get(separator.saturating_sub(PREFIX + 1)..separator)?;
    let length = head.iter().rev().take_while(|byte| byte.is_ascii_alphabetic()).count();
    let start = separator - length;
    ((1..=PREFIX).contains(&length) && is_edge(bytes, start)).then_some(start)
}

/// Whether a number may begin here: not inside a word, nor behind a sign that joins it to one.
fn is_edge(bytes: &[u8], start: usize) -> bool {
    let last = before(bytes, start);
    let joined = matches!(last, b'-' | b'.' | b'/' | b'+' | b'\\' | b'$')
        && start.checked_sub(1).is_some_and(|sign| is_word(before(bytes, sign)) && sign > 0);
    !is_word(last) && !joined && last != b'#'
}

/// Whether more groups of digits stand on either side, so that these are a part of something longer.
fn is_among_groups(bytes: &[u8], start: usize, end: usize) -> bool {
    let before = bytes.get(..start).and_then(|head| head.split_last_chunk::<2>());
    let behind = bytes.get(end..).and_then(|tail| tail.first_chunk::<2>());
    before.is_some_and(|(_, [last, space])| *space == b' ' && last.is_ascii_digit())
        || behind.is_some_and(|[space, next]| *space == b' ' && next.is_ascii_digit())
}

/// Whether a number may end before `end`.
fn is_end(bytes: &[u8], end: usize) -> bool {
    let next = bytes.get(end).copied().unwrap_or(b' ');
    let behind = bytes.get(end + 1).copied().unwrap_or(b' ');
    let joined = match next {
        // A file's extension is no part of a number, nor is the next part of a path.
        b'.' | b'/' => behind.is_ascii_digit(),
        b'-' | b'+' | b':' => is_word(behind),
        _ => false,
    };
    !is_word(next) && !joined
}

const fn is_separator(byte: u8) -> bool {
    matches!(byte, b' ' | b'-' | b'.' | b'/')
}

/// A number as it stands, read group by group.
pub(super) struct Candidate {
    /// The letters and digits, letters as capitals.
    compact: [u8; LONGEST],
    length: usize,
    /// The places of the digits.
    digits: u32,
    /// How many characters each group has.
    groups: [u8; GROUPS],
    group: usize,
}

impl Candidate {
    fn characters(&self) -> &[u8] {
        &self.compact[..self.length]
    }

    fn groups(&self) -> &[u8] {
        &self.groups[..self.group]
    }

    /// Reads one more group; gives its end.
    fn read(&mut self, bytes: &[u8], start: usize) -> Option<usize> {
        let before = self.length;
        for byte in bytes.get(start..)?.iter().take_while(|byte| byte.is_ascii_alphanumeric()) {
            *self.compact.get_mut(self.length)? = byte.to_ascii_uppercase();
            self.digits |= u32::from(byte.is_ascii_digit()) << self.length;
            self.length += 1;
        }
        let read = self.length - before;
        // A word, and no part of a number.
        if read > PREFIX && self.digits >> before == 0 {
            return None;
        }
        *self.groups.get_mut(self.group)? = u8::try_from(read).ok()?;
        self.group += 1;
        (read > 0).then_some(start + read)
    }
}

/// The longest number that begins at `start`.
fn find_from(labels: Labels<'_>, start: usize) -> Option<Match> {
    let bytes = labels.text;
    let mut candidate =
        Candidate { compact: [0; LONGEST], length: 0, digits: 0, groups: [0; GROUPS], group: 0 };
    let mut found = None;
    let mut place = start;
    while let Some(end) = candidate.read(bytes, place) {
        if candidate.digits.count_ones() >= FEWEST
            && is_end(bytes, end)
            && (candidate.group == 1 || !is_among_groups(bytes, start, end))
            && let Some(one) = known(labels, start..end, &candidate)
        {
            found = Some(one);
        }
        let next_is_word = bytes.get(end + 1).is_some_and(u8::is_ascii_alphanumeric);
        // No number goes on behind a word of small letters.
        let word = place > start
            && bytes[place - 1] == b' '
            && bytes.get(end) == Some(&b' ')
            && bytes[place..end].iter().all(u8::is_ascii_lowercase);
        if !next_is_word || !is_separator(bytes[end]) || word {
            break;
        }
        place = end + 1;
    }
    found
}

/// The format that has this number: one that a word near it names before one that stands alone.
fn known(labels: Labels<'_>, range: Range<usize>, candidate: &Candidate) -> Option<Match> {
    let formats = BY_LENGTH.get(candidate.length)?;
    let mut alone = None;
    for Shaped { shape, format, names } in formats {
        let characters = candidate.characters();
        if !shape.has(candidate.digits, characters)
            || !format.is_grouped_as(candidate.groups())
            || !(format.check)(characters)
        {
            continue;
        }
        if labels.name(&range, REACH, names, true) {
            return Some(of(format, range, 0.9));
        }
        let sure = match format.alone {
            format::Alone::Yes => true,
            format::Alone::Grouped => candidate.group > 1,
            format::Alone::No => false,
        };
        if sure && alone.is_none() && !date::is_timestamp(characters) {
            alone = Some(of(format, range.clone(), 0.5));
        }
    }
    alone
}

fn of(format: &Format, range: Range<usize>, confidence: f32) -> Match {
    Match { kind: format.kind, subtype: Some(format.subtype), range, confidence, value: None }
}

#[cfg(test)]
mod tests;
