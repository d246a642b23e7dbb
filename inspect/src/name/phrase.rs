//! Phrases that announce a name, a date of birth, an age or a postal code: `my name is`, `born on`.
//!
//! What a strong phrase announces is taken even where nothing is known of it. It decides nothing by
//! a phrase alone: what follows must have the form.

use std::sync::LazyLock;

use super::birth;
use super::cue::{Cue, PHRASES};
use super::lexicon::Tags;
use super::occasion;
use super::role::Roles;
use super::run::follows;
use super::word::{Shape, Word};
use crate::Kind;
use crate::matched::Match;
use crate::needle::Occurrence;

/// What each phrase announces, in their order.
static CUES: LazyLock<Vec<Cue>> = LazyLock::new(|| {
    let cues = PHRASES.iter().flat_map(|(cue, phrases)| phrases.iter().map(move |_| *cue));
    cues.collect()
});

/// The phrases, in the order in which they are numbered.
pub(crate) fn phrases() -> Vec<&'static str> {
    PHRASES.iter().flat_map(|(_, phrases)| phrases.iter().copied()).collect()
}

/// Finds what phrases announce.
pub(super) fn find(text: &str, phrases: &[Occurrence], matches: &mut Vec<Match>) {
    for Occurrence { word, start, end } in phrases.iter().copied() {
        let inside = start
            .checked_sub(1)
            .and_then(|place| text.as_bytes().get(place))
            .is_some_and(u8::is_ascii_alphabetic);
        if let Some(cue) = CUES.get(word)
            && (!inside || matches!(cue, Cue::Old))
        {
            matches.extend(announced(text, *cue, start, end));
        }
    }
}

fn announced(text: &str, cue: Cue, start: usize, end: usize) -> Option<Match> {
    match cue {
        Cue::Name => name(text, skip(text, end, " \t:=\"'“„«*>-(?", 8), true),
        Cue::Field => name(text, skip(text, end, " \t:=\"'“„«*<", 4), false),
        Cue::Closing => {
            let place = skip(text, end, " \t,\r\n", 6);
            let line_ends = text.get(end..place).is_some_and(|between| between.contains('\n'));
            line_ends.then(|| name(text, place, true)).flatten()
        }
        Cue::Birth => {
            let place = near(text, end)?;
            let date = birth::date(text, place)?;
            Some(Match::new(Kind::DateOfBirth, place..date, 0.85))
        }
        Cue::Day => {
            let day = occasion::day(text, start, end)?;
            Some(Match::new(Kind::DateTime, end..day, 0.5))
        }
        Cue::Year => dated(text, start),
        Cue::Age => {
            let place = skip(text, end, " :\"", 3);
            let (years, end) = birth::number(text, place, 3)?;
            is_age(text, years, end).then(|| Match::new(Kind::Age, place..end, 0.8))
        }
        Cue::Old => {
            let (head, behind) = (text.get(..start)?, end);
            let digits = head.bytes().rev().take(4).take_while(u8::is_ascii_digit).count();
            let (years, end) = birth::number(text, start - digits, 3)?;
            let fits = is_age(text, years, end) && !is_of_thing(text, behind);
            fits.then(|| Match::new(Kind::Age, start - digits..end, 0.8))
        }
        Cue::Code => {
            let place = near(text, end).filter(|place| place - end < 12)?;
            Some(Match::new(Kind::Address, place..code(text, place)?, 0.8))
        }
        Cue::Honorific => honoured(text, start),
    }
}

/// A whole date of long ago, `30/12/1951`, is nearly always about a person.
fn dated(text: &str, mark: usize) -> Option<Match> {
    let head = text.get(..mark)?;
    let separator = *text.as_bytes().get(mark)?;
    let is_part = |byte: &u8| byte.is_ascii_digit() || *byte == separator;
    let start = mark - head.bytes().rev().take(6).take_while(is_part).count();
    let before = text.get(..start)?.bytes().next_back().unwrap_or(b' ');
    let end = birth::date(text, start)?;
    let after = text.as_bytes().get(end).copied().unwrap_or(b' ');
    let glued = |byte: u8| byte.is_ascii_alphanumeric() || b"/-_=.".contains(&byte);
    let ends = !glued(after) || after == b'.';
    (end == mark + 5 && !glued(before) && ends)
        .then(|| Match::new(Kind::DateOfBirth, start..end, 0.55))
}

/// Behind at most `most` bytes of these marks.
fn skip(text: &str, from: usize, marks: &str, most: usize) -> usize {
    let rest = text.get(from..).unwrap_or_default();
    let marks =
        rest.char_indices().take_while(|(place, char)| *place < most && marks.contains(*char));
    from + marks.map(|(_, char)| char.len_utf8()).sum::<usize>()
}

/// The first digit or the first month within a few words.
fn near(text: &str, from: usize) -> Option<usize> {
    const REACH: usize = 40;
    let mut place = from;
    while place < from + REACH {
        let char = text.get(place..)?.chars().next()?;
        if char.is_ascii_digit() {
            return Some(place);
        }
        if char == '\n' && place > from + 2 {
            return None;
        }
        match Word::at(text, place) {
            Some(word) if word.tags.has(Tags::THING) && birth::date(text, place).is_some() => {
                return Some(place);
            }
            Some(word) => place = word.next,
            None => place += char.len_utf8(),
        }
    }
    None
}

/// Whether what is so old is a thing: `5 years old data`.
fn is_of_thing(text: &str, behind: usize) -> bool {
    const THINGS: [&str; 12] = [
        "data", "code", "software", "system", "version", "server", "bug", "house", "building",
        "car", "tree", "wine",
    ];
    let rest = text.get(behind..).unwrap_or_default();
    rest.starts_with(' ')
        && Word::at(text, behind + 1).is_some_and(|word| THINGS.contains(&word.text(text)))
}

const fn is_age(text: &str, years: u32, end: usize) -> bool {
    let next = if end < text.len() { text.as_bytes()[end] } else { b' ' };
    matches!(years, 1..=120) && !next.is_ascii_digit() && next != b'%'
}

/// The end of a postal code: digits in one or two groups, or the letters and digits of a British one.
fn code(text: &str, start: usize) -> Option<usize> {
    let rest = text.get(start..)?;
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let more = rest.get(digits + 1..).unwrap_or_default();
    let second = more.bytes().take_while(u8::is_ascii_digit).count();
    let joined = rest.as_bytes().get(digits).is_some_and(|byte| b"- ".contains(byte));
    let end = if joined && (2..=4).contains(&second) { digits + 1 + second } else { digits };
    (3..=7)
        .contains(&digits)
        .then_some(start + end)
        .or_else(|| (digits == 2 && second == 3).then_some(start + end))
}

/// The name that begins at `start`.
fn name(text: &str, start: usize, strong: bool) -> Option<Match> {
    let first = Word::at(text, start)?;
    let last = match first.shape {
        Shape::Caseless if strong => return caseless(text, &first),
        Shape::Lower if strong => lower(text, first)?,
        Shape::Lower | Shape::Caseless | Shape::Mixed => return None,
        _ => capitalised(text, first, strong)?,
    };
    let confidence = if strong { 0.88 } else { 0.75 };
    Some(Match::new(Kind::Person, start..last.end, confidence))
}

/// The last word of a name in capitals.
fn capitalised(text: &str, first: Word, strong: bool) -> Option<Word> {
    let fits =
        |word: &Word| word.is_capital() && (word.is_name_like() || word.shape == Shape::Initial);
    let mut last = if fits(&first) || strong && !first.tags.has(Tags::COMMON.or(Tags::THING)) {
        first
    } else {
        return None;
    };
    let known = |word: &Word| {
        word.tags.has(Tags::GIVEN.or(Tags::SURNAME)) && !word.tags.has(Tags::WORD.or(Tags::THING))
    };
    let (mut count, mut sure, mut word) = (1, known(&first), first);
    while let Some(next) = follows(text, &word).filter(|_| count < 5) {
        if fits(&next) {
            (last, count) = (next, count + 1);
            sure |= known(&next);
        } else if !next.roles.has(Roles::PARTICLE) {
            break;
        }
        word = next;
    }
    let code = last.is_code(text) || first.is_code(text);
    (!code && (strong || sure || count > 1)).then_some(last)
}

/// The last word of a name in lower case: not one of the commonest words.
fn lower(text: &str, first: Word) -> Option<Word> {
    let fits = |word: &Word| {
        word.shape == Shape::Lower
            && word.is_name_like()
            && (!word.tags.has(Tags::COMMON) || word.tags.has(Tags::GIVEN))
            && !word.is_code(text)
    };
    let known = first.tags.has(Tags::GIVEN.or(Tags::SURNAME));
    let mut last = Some(first).filter(fits).filter(|word| known && word.end - word.start > 2)?;
    while let Some(next) = follows(text, &last).filter(fits) {
        if next.start - first.start > 24 {
            break;
        }
        last = next;
    }
    Some(last)
}

/// A name in a script without case: its first two to four letters.
fn caseless(text: &str, first: &Word) -> Option<Match> {
    let written = first.text(text);
    let letters =
        written.chars().take_while(|char| !"是的在和，はでです입이가는".contains(*char)).take(4);
    let length: usize = letters.map(char::len_utf8).sum();
    (length >= 4).then(|| Match::new(Kind::Person, first.start..first.start + length, 0.8))
}

/// The name before an honorific: two to four letters that are no syllabary.
fn honoured(text: &str, end: usize) -> Option<Match> {
    let is_name = |char: &char| matches!(char, '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}');
    let letters = text.get(..end)?.chars().rev().take_while(is_name).take(4);
    let (count, length) =
        letters.fold((0, 0), |(count, length), char| (count + 1, length + char.len_utf8()));
    (2..=4).contains(&count).then(|| Match::new(Kind::Person, end - length..end, 0.6))
}
