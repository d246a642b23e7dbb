//! Names in short texts without any capital, as people write to each other.
//!
//! Only what is a name and no ordinary word is taken, so less is found than in written prose. A
//! longer text without capitals is data, and not looked at.

use super::lexicon::{Hash, Tags};
use super::role::Roles;
use super::run::follows;
use super::word::{Shape, Word};
use crate::Kind;
use crate::matched::Match;

/// The longest message, in bytes.
const LONGEST: usize = 4 << 10;
/// A name of fewer letters is too often something else.
const SHORTEST: usize = 4;

/// Finds the names in a text that has no capital letter.
pub(super) fn find(text: &str, matches: &mut Vec<Match>) {
    if text.len() > LONGEST {
        return;
    }
    let mut place = 0;
    let mut before: Option<Word> = None;
    while let Some(start) = next_word(text, place) {
        let Some(word) = Word::at(text, start) else { break };
        place = word.next.max(start + 1);
        if word.shape == Shape::Lower && !super::is_code(text, &word) {
            if let Some(found) = named(text, &word, before) {
                place = place.max(found.range.end);
                matches.push(found);
            }
            before = Some(word);
        } else {
            before = None;
        }
    }
}

fn next_word(text: &str, from: usize) -> Option<usize> {
    let rest = text.get(from..)?;
    let mut chars = rest.char_indices();
    chars.find(|(_, char)| char.is_alphabetic()).map(|(place, _)| from + place)
}

/// The name that begins with a word.
fn named(text: &str, word: &Word, before: Option<Word>) -> Option<Match> {
    let plain = word.tags.has(Tags::WORD.or(Tags::THING));
    let next = follows(text, word)
        .filter(|next| next.shape == Shape::Lower && next.end - next.start >= SHORTEST);
    let surname = next.filter(|next| {
        !next.tags.has(Tags::WORD.or(Tags::THING))
            && (next.tags.has(Tags::SURNAME) || next.tags.is_unknown())
    });
    let given = word.tags.has(Tags::GIVEN) && word.end - word.start >= SHORTEST;
    let placed =
        before.is_some_and(|before| before.roles.has(Roles::PLACE_BEFORE.or(Roles::MOTION)));
    if let Some(next) = next
        && let Some(both) = text.get(word.start..next.end)
        && Hash::of(both).tags().has(Tags::COUNTRY)
    {
        return Some(Match::new(Kind::Location, word.start..next.end, 0.6));
    }
    let of = |kind, end, confidence| Some(Match::new(kind, word.start..end, confidence));
    match surname {
        Some(surname) if given && (!plain || surname.tags.has(Tags::SURNAME)) => {
            of(Kind::Person, surname.end, 0.6)
        }
        _ if plain || word.end - word.start < SHORTEST => None,
        _ if word.tags.has(Tags::COUNTRY) || placed && word.tags.has(Tags::PLACE) => {
            of(Kind::Location, word.end, 0.55)
        }
        _ if given && !word.tags.has(Tags::PLACE) => of(Kind::Person, word.end, 0.5),
        _ => None,
    }
}
