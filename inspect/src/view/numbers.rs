//! Numbers written so that they do not look like one: groups parted by odd signs, letters in the
//! place of digits, underscores at their ends.

use std::ops::Range;

use super::View;
use super::window::{ceil, floor};
use crate::class;

/// How much of the text around a number is taken along.
const AROUND: usize = 64;
/// The longest sign between two groups.
const LONGEST_GAP: usize = 4;
/// The digits of the shortest number that is worth it.
const SHORTEST: usize = 9;
/// The longest run of digits and letters that look like them.
const LONGEST: usize = 48;

/// Views of the numbers of a text that are written oddly.
pub(crate) fn views(text: &str, tell: &mut dyn FnMut(View)) {
    let bytes = text.as_bytes();
    let mut digits = class::places(bytes, |byte| byte.is_ascii_digit());
    let mut place = 0;
    while let Some(digit) = digits.next(place) {
        let end = digits_end(bytes, digit);
        place = end;
        if end - digit < SHORTEST && is_lone(bytes, digit, end) {
            continue;
        }
        if let Some(number) = grouped(bytes, digit, end) {
            place = number.range.end;
            tell(regrouped(text, &number));
        } else if let Some(run) = lookalikes(bytes, digit, end) {
            place = run.end.max(end);
            tell(with_digits(text, run));
        } else if end - digit >= SHORTEST && is_tied(bytes, digit, end) {
            tell(untied(text, digit..end));
        }
    }
}

fn digits_end(bytes: &[u8], from: usize) -> usize {
    let rest = bytes.get(from..).unwrap_or_default();
    from + rest.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(rest.len())
}

/// Whether neither another group of digits nor what looks like a digit is near the digits at
/// `start..end`, as with most of them.
fn is_lone(bytes: &[u8], start: usize, end: usize) -> bool {
    let behind = bytes.get(end..).unwrap_or_default();
    let behind = behind.get(..=LONGEST_GAP).unwrap_or(behind);
    let is_near = behind.iter().fold(false, |is_near, byte| is_near | byte.is_ascii_digit());
    let before = start.checked_sub(1).and_then(|place| bytes.get(place));
    let is_like = |byte: Option<&u8>| byte.is_some_and(|byte| lookalike(*byte).is_some());
    !is_near && !is_like(before) && !is_like(behind.first())
}

/// Groups of digits with the same odd sign between them.
struct Groups {
    range: Range<usize>,
    gap: Range<usize>,
}

/// The groups whose first is at `start..end`, if they are laid out as those of a card, an account,
/// a social security number or, behind a plus sign, a telephone number.
fn grouped(bytes: &[u8], start: usize, end: usize) -> Option<Groups> {
    if end - start > 6 {
        return None;
    }
    let gap = end..gap_end(bytes, end)?;
    let sign = bytes.get(gap.clone())?;
    let mut lengths = [0; 8];
    lengths[0] = end - start;
    let (mut count, mut last) = (1, end);
    while count < lengths.len() && bytes.get(last..)?.starts_with(sign) {
        let next = last + sign.len();
        let stop = digits_end(bytes, next);
        if stop == next {
            break;
        }
        lengths[count] = stop - next;
        (count, last) = (count + 1, stop);
    }
    let plus = start > 0 && bytes.get(start - 1) == Some(&b'+');
    let goes_on = bytes.get(last..)?.starts_with(sign)
        && bytes.get(last + sign.len()).is_some_and(u8::is_ascii_alphanumeric);
    (is_layout(&lengths[..count], plus) && !goes_on).then_some(Groups { range: start..last, gap })
}

/// The end of a sign that parts digits and that the detectors do not take for one by themselves.
fn gap_end(bytes: &[u8], start: usize) -> Option<usize> {
    let rest = bytes.get(start..)?;
    let length = rest.iter().take(LONGEST_GAP + 1).position(u8::is_ascii_digit)?;
    let gap = rest.get(..length)?;
    let plain = matches!(gap, b" " | b"-" | b".");
    // A list of numbers is not one number.
    let list = gap.ends_with(b", ") || gap.ends_with(b"; ");
    // These begin an escape, which is read elsewhere.
    let sign = |byte: &u8| byte.is_ascii_punctuation() && !b"%&#\\=".contains(byte);
    let signs = gap.iter().all(|byte| sign(byte) || byte.is_ascii_whitespace());
    (length > 0 && !plain && !list && signs).then_some(start + length)
}

fn is_layout(lengths: &[usize], plus: bool) -> bool {
    let fours = |groups: &[usize]| groups.iter().all(|length| *length == 4);
    match lengths {
        [1..=4, rest @ .., last] if rest.len() >= 2 && fours(rest) => *last <= 4,
        [1..=3, ..] if plus => (8..=15).contains(&lengths.iter().sum::<usize>()),
        [4, 6, 4 | 5] | [3, 2 | 3, 4] | [1, 3, 3, 4] => true,
        _ => false,
    }
}

/// The text around groups with plain signs between them.
fn regrouped(text: &str, number: &Groups) -> View {
    let sign = text.get(number.gap.clone()).unwrap_or_default();
    let window = around(text, &number.range);
    let plain = if number.range.len() - number.gap.len() * 2 == 9 { "-" } else { " " };
    let mut view = View::default();
    let mut place = window.start;
    // An account number begins with letters, which the same signs may part.
    let first = number.range.start.saturating_sub(12).max(window.start);
    let last = floor(text, window.end.min(number.range.end + 12));
    while let Some(found) = text.get(place..last).and_then(|rest| rest.find(sign)) {
        let gap = place + found..place + found + sign.len();
        let word = |place: Option<usize>| {
            place
                .and_then(|place| text.as_bytes().get(place))
                .is_some_and(u8::is_ascii_alphanumeric)
        };
        let parts = gap.start >= first && word(gap.start.checked_sub(1)) && word(Some(gap.end));
        view.keep(text, place..gap.start);
        if parts {
            view.put(gap.clone(), plain);
        } else {
            view.keep(text, gap.clone());
        }
        place = gap.end;
    }
    view.keep(text, place..window.end);
    view
}

/// The digit that a letter or sign looks like.
const fn lookalike(byte: u8) -> Option<u8> {
    match byte {
        b'O' | b'o' => Some(b'0'),
        b'I' | b'l' | b'i' | b'|' | b'!' => Some(b'1'),
        b'Z' | b'z' => Some(b'2'),
        b'E' => Some(b'3'),
        b'A' => Some(b'4'),
        b'S' | b's' | b'$' => Some(b'5'),
        b'G' | b'b' => Some(b'6'),
        b'T' => Some(b'7'),
        b'B' => Some(b'8'),
        b'g' | b'q' => Some(b'9'),
        _ => None,
    }
}

/// The run around the digits at `start..end` of digits and what looks like them, if letters are
/// among the digits and it is long enough for a number.
fn lookalikes(bytes: &[u8], start: usize, end: usize) -> Option<Range<usize>> {
    let beside = |place: Option<usize>| {
        place.and_then(|place| bytes.get(place)).is_some_and(|byte| lookalike(*byte).is_some())
    };
    let other = |place: Option<usize>| {
        let byte = place.and_then(|place| bytes.get(place));
        byte.is_some_and(|byte| byte.is_ascii_alphabetic() && lookalike(*byte).is_none())
    };
    let (before, behind) = (start.checked_sub(1), Some(end));
    // A letter that looks like no digit makes a word of it.
    if other(before) || other(behind) || !beside(before) && !beside(behind) {
        return None;
    }
    let is_part = |byte: &u8| byte.is_ascii_digit() || lookalike(*byte).is_some();
    // Behind a gap, a word such as `so` is none of it.
    let is_gap = |place: usize| {
        let rest = bytes.get(place + 1..).unwrap_or_default();
        let group = rest.iter().take(LONGEST).take_while(|byte| is_part(byte));
        let (length, digits) = group.fold((0, false), |(length, digits), byte| {
            (length + 1, digits || byte.is_ascii_digit())
        });
        let ends = !rest.get(length).is_some_and(u8::is_ascii_alphanumeric);
        bytes.get(place).is_some_and(|byte| b" -".contains(byte)) && ends && (digits || length == 4)
    };
    let from = start.saturating_sub(LONGEST);
    let head = bytes.get(from..start)?.iter().rposition(|byte| !is_part(byte));
    let begin = head.map_or(from, |gap| from + gap + 1);
    let mut finish = begin;
    while finish < begin + LONGEST && (bytes.get(finish).is_some_and(is_part) || is_gap(finish)) {
        finish += 1;
    }
    let run = bytes.get(begin..finish)?;
    let digits = run.iter().filter(|byte| byte.is_ascii_digit()).count();
    let all = run.iter().filter(|byte| is_part(byte)).count();
    let whole = !bytes.get(finish).is_some_and(u8::is_ascii_alphanumeric)
        && begin.checked_sub(1).is_none_or(|place| !bytes[place].is_ascii_alphanumeric());
    let odd = digits < all && digits * 2 >= all && !begins_account(run);
    (whole && all >= SHORTEST && odd).then_some(begin..finish)
}

/// Whether a run begins as an account number does (ISO 13616): a country's two capitals and two
/// digits, and no other letters. Those two are no digits in disguise.
fn begins_account(run: &[u8]) -> bool {
    let Some((head, rest)) = run.split_first_chunk::<4>() else { return false };
    head[..2].iter().all(u8::is_ascii_uppercase)
        && head[2..].iter().all(u8::is_ascii_digit)
        && !rest.iter().any(u8::is_ascii_alphabetic)
}

fn with_digits(text: &str, run: Range<usize>) -> View {
    let window = around(text, &run);
    let mut view = View::default();
    view.keep(text, window.start..run.start);
    for place in run.clone() {
        match text.as_bytes().get(place).and_then(|byte| lookalike(*byte)) {
            Some(digit) => view.put_char(place..place + 1, char::from(digit)),
            None => view.keep(text, place..place + 1),
        }
    }
    view.keep(text, run.end..window.end);
    view
}

/// Whether a number is tied to a word by an underscore, as in the name of a file.
fn is_tied(bytes: &[u8], start: usize, end: usize) -> bool {
    start.checked_sub(1).is_some_and(|before| bytes[before] == b'_')
        || bytes.get(end) == Some(&b'_')
}

fn untied(text: &str, number: Range<usize>) -> View {
    let window = around(text, &number);
    let tie = |place: Option<usize>| place.filter(|at| text.as_bytes().get(*at) == Some(&b'_'));
    let (head, tail) = (tie(number.start.checked_sub(1)), tie(Some(number.end)));
    let mut view = View::default();
    view.keep(text, window.start..head.unwrap_or(number.start));
    if let Some(place) = head {
        view.put(place..place + 1, " ");
    }
    view.keep(text, number.clone());
    if let Some(place) = tail {
        view.put(place..place + 1, " ");
    }
    view.keep(text, tail.map_or(number.end, |place| place + 1)..window.end);
    view
}

fn around(text: &str, range: &Range<usize>) -> Range<usize> {
    ceil(text, range.start.saturating_sub(AROUND))..floor(text, range.end + AROUND)
}
