//! Lines without any capital, as people write to each other: capitals are put where names and
//! addresses may be, and what they begin is looked at as in other texts.
//!
//! Nothing is copied before a word is a name and no ordinary word, or stands beside a number. A
//! longer line, or one with capitals near it, is data, and not looked at.

use super::Passed;
use super::lexicon::Tags;
use super::role::Roles;
use super::statement;
use super::word::{Outline, Shape, Word};
use crate::matched::Match;

/// The longest line, in bytes.
const LONGEST: usize = 272;
/// How near no capital may be.
const MARGIN: usize = 112;
/// A name of fewer letters is too often something else.
const SHORTEST: usize = 4;

/// Finds the names in the lines of a stretch without capitals: from what was passed before to the
/// next `capital`, if there is one.
pub(super) fn find(text: &str, before: &Passed, capital: Option<usize>, matches: &mut Vec<Match>) {
    let to = capital.map_or(text.len(), |capital| capital.saturating_sub(MARGIN));
    let from = |after: usize| if after == 0 { 0 } else { after + MARGIN };
    // To look for the last capital takes longer than to see that there is no room.
    if from(before.behind_first_capital()) < to {
        let from = from(before.behind_last_capital(text));
        find_in_lines(text, from, to, matches);
    }
}

/// Looks at the lines that lie within a stretch as a whole.
fn find_in_lines(text: &str, from: usize, to: usize, matches: &mut Vec<Match>) {
    let line_end = |start: usize| {
        let rest = text.as_bytes().get(start..).unwrap_or_default();
        start + memchr::memchr(b'\n', rest).unwrap_or(rest.len())
    };
    let mut start = if from == 0 { 0 } else { line_end(from - 1) + 1 };
    while start < to {
        let end = line_end(start);
        if end <= to
            && end - start <= LONGEST
            && let Some(line) = text.get(start..end)
        {
            find_in_line(line, start, matches);
        }
        start = end + 1;
    }
}

fn find_in_line(line: &str, start: usize, matches: &mut Vec<Match>) {
    if statement::is_bare(line.as_bytes()) {
        return;
    }
    let Some(capitalised) = capitalised(line) else { return };
    let first = matches.len();
    super::find_capitals(&capitalised, matches);
    for found in matches.iter_mut().skip(first) {
        found.range = found.range.start + start..found.range.end + start;
    }
}

/// The text with capitals where names may be; `None` when there are no such places.
fn capitalised(text: &str) -> Option<String> {
    let mut copy: Option<Vec<u8>> = None;
    let mut place = 0;
    let mut after_name = false;
    while let Some(start) = next_word(text, place) {
        let outline = Outline::at(text, start)?;
        place = outline.next.max(start + 1);
        if outline.shape != Shape::Lower || outline.is_code(text) {
            after_name = false;
            continue;
        }
        let word = outline.word();
        after_name = may_be_name(text, &word, after_name);
        if after_name {
            let bytes = copy.get_or_insert_with(|| text.as_bytes().to_vec());
            capitalise(text, start, bytes);
        }
    }
    String::from_utf8(copy?).ok()
}

/// Puts the capital of the letter at `start`, if it takes as many bytes.
fn capitalise(text: &str, start: usize, bytes: &mut [u8]) {
    let Some(letter) = text.get(start..).and_then(|rest| rest.chars().next()) else { return };
    let mut capitals = letter.to_uppercase();
    if let (Some(capital), None) = (capitals.next(), capitals.next())
        && let Some(place) = bytes.get_mut(start..start + letter.len_utf8())
        && capital.len_utf8() == place.len()
    {
        capital.encode_utf8(place);
    }
}

fn next_word(text: &str, from: usize) -> Option<usize> {
    let mut chars = text.get(from..)?.char_indices();
    chars.find(|(_, char)| char.is_alphabetic()).map(|(place, _)| from + place)
}

/// Whether a word may be (part of) a name: by what is known of it, by the name before it, or by the
/// number beside it.
fn may_be_name(text: &str, word: &Word, after_name: bool) -> bool {
    let plain = word.tags.has(Tags::WORD.or(Tags::THING));
    let given = word.tags.has(Tags::GIVEN);
    let named = word.tags.has(Tags::GIVEN.or(Tags::SURNAME).or(Tags::PLACE).or(Tags::COUNTRY));
    let long = word.end - word.start >= SHORTEST;
    let bytes = text.as_bytes();
    let numbered = bytes[word.next..].iter().take(2).any(u8::is_ascii_digit)
        || bytes[..word.start].iter().rev().take(2).any(u8::is_ascii_digit);
    // `row 23` is one of a table.
    let postal = word.roles.has(Roles::STREET.or(Roles::UNIT)) && !word.roles.has(Roles::LABEL);
    match () {
        () if postal && (numbered || after_name) => true,
        () if (postal || after_name) && is_military(text, word) => true,
        () if word.roles.has(Roles::COMPANY_FORM) && after_name => true,
        () if word.tags.has(Tags::COMMON) => given && long && surname_follows(text, word),
        () if plain => {
            after_name && word.tags.has(Tags::SURNAME) || given && surname_follows(text, word)
        }
        () if named => long || after_name || given && name_follows(text, word),
        () => after_name || numbered && long,
    }
}

/// Whether a word is of a military post's name, which its region and code tell: `fpo ae 09123`.
fn is_military(text: &str, word: &Word) -> bool {
    let is_region = |rest: &str| {
        let region = rest.as_bytes().first_chunk();
        region.is_some_and(|[a, region, space, digit]: &[u8; 4]| {
            *a == b'a' && b"aep".contains(region) && *space == b' ' && digit.is_ascii_digit()
        })
    };
    let office = Word::before(text, word.start);
    let follows_office = office.is_some_and(|office| super::postal::is_military(office.text(text)));
    let behind = text.get(word.next..).and_then(|behind| behind.strip_prefix(' '));
    super::postal::is_military(word.text(text)) && behind.is_some_and(is_region)
        || follows_office && text.get(word.start..).is_some_and(is_region)
}

/// Whether what comes next is no ordinary word.
fn name_follows(text: &str, word: &Word) -> bool {
    super::run::follows(text, word).is_some_and(|next| {
        next.end - next.start >= SHORTEST && !next.tags.has(Tags::WORD.or(Tags::THING))
    })
}

/// Whether a surname that is no ordinary word comes next.
fn surname_follows(text: &str, word: &Word) -> bool {
    super::run::follows(text, word).is_some_and(|next| {
        next.tags.has(Tags::SURNAME) && !next.tags.has(Tags::WORD.or(Tags::THING))
    })
}
