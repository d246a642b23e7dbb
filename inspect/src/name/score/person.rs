//! People: given names and surnames, titles and kin before them, verbs behind them.
//!
//! A single word needs more to be a name than two do.

use super::super::lexicon::Tags;
use super::super::role::Roles;
use super::super::run::Run;
use super::super::word::{Shape, Word};
use super::{Candidate, LONGEST, after, before, has, if_so, is_given, is_known};
use crate::Kind;

/// The person whose name begins at a word of the run.
pub(super) fn find(text: &str, run: &Run, from: usize) -> Option<Candidate> {
    let words = run.words().get(from..)?;
    let length = name_length(words);
    let words = words.get(..length).filter(|words| !words.is_empty())?;
    let to = from + length;
    let begins = run.begins && from == 0;
    if begins && words.first()?.tags.has(Tags::COMMON) {
        return None;
    }
    let sides = (before(run, from), after(run, to));
    let score = name(words, begins) + around_person(text, words, sides, begins);
    Some(Candidate { kind: Kind::Person, from, to, score })
}

/// What the words of a name and their shapes say.
fn name(words: &[Word], begins: bool) -> f32 {
    let [first, later @ ..] = words else { return 0.0 };
    let sure = is_given(first) && !first.tags.has(Tags::PLACE);
    let upper = words.iter().filter(|word| word.shape == Shape::Upper).count();
    first_word(first)
        + later.iter().map(later_word).sum::<f32>()
        + if_so(later.is_empty(), -0.6)
        + if_so(upper == words.len(), if words.iter().any(is_known) { -0.8 } else { -1.8 })
        + if_so(upper > 0 && upper < words.len(), -0.8)
        + if_so(begins, if sure { -0.2 } else { -0.4 })
}

/// What stands around a name.
fn around_person(
    text: &str,
    words: &[Word],
    sides: (Option<Word>, Option<Word>),
    begins: bool,
) -> f32 {
    let (before, after) = sides;
    let ([first, ..], Some(last)) = (words, words.last()) else { return 0.0 };
    let (single, known) = (words.len() == 1, words.iter().any(is_known));
    let unsure = single && !words.iter().any(is_given);
    let behind = text.get(last.end..).unwrap_or_default();
    let listed = before.is_some_and(|word| is_given(&word)) || is_listed(text, last);
    if_so(has(before, Roles::TITLE), 2.5)
        + if_so(has(before, Roles::GREETING), if first.tags.has(Tags::GIVEN) { 1.8 } else { 1.2 })
        + if_so(has(before, Roles::PERSON_BEFORE), 0.6)
        + if_so(has(before, Roles::KIN), 1.0)
        + if_so(has(before, Roles::SPEECH) || has(after, Roles::SPEECH), 1.5)
        + if_so(has(after, Roles::PERSON_AFTER), 0.6)
        + if_so(behind.starts_with("'s ") || behind.starts_with("’s "), 0.6)
        + if_so(behind.starts_with([',', ':']) && begins && known, 0.4)
        + if_so(single && listed, if is_given(first) { 0.5 } else { 1.3 })
        + if_so(unsure && has(after, Roles::PERSON_AFTER) && is_meant(behind), 1.0)
        + if_so(has(before, Roles::PLACE_BEFORE) && single && !is_given(first), -0.6)
        + if_so(!known && is_noun_country(text, first.start), -1.0)
}

/// Whether a comma and a given name follow.
fn is_listed(text: &str, word: &Word) -> bool {
    let comma = text.get(word.end..).is_some_and(|rest| rest.starts_with(", "));
    comma && Word::at(text, word.end + 2).is_some_and(|word| is_given(&word))
}

/// Whether the next few words speak of somebody: `her`, `his`.
fn is_meant(behind: &str) -> bool {
    const REACH: usize = 80;
    let near = behind.as_bytes().get(..REACH).unwrap_or(behind.as_bytes());
    near.split(|byte| !byte.is_ascii_alphabetic())
        .any(|word| matches!(word, b"he" | b"she" | b"his" | b"her" | b"him"))
}

/// How many of the words can be one person's name: particles stand between others.
fn name_length(words: &[Word]) -> usize {
    let mut length = 0;
    for (place, word) in words.iter().enumerate().take(LONGEST) {
        let suffix = length > 0 && word.roles.has(Roles::NAME_SUFFIX);
        let article = word.roles.has(Roles::ARTICLE)
            && !words[place.saturating_sub(1)].roles.has(Roles::PARTICLE);
        let particle =
            length > 0 && word.roles.has(Roles::PARTICLE) && word.shape == Shape::Lower && !article;
        let initial = word.shape == Shape::Initial;
        let label = word.roles.has(Roles::COMPANY_FORM.or(Roles::INSTITUTION).or(Roles::TITLE))
            && !word.tags.has(Tags::SURNAME);
        if particle {
            continue;
        }
        if !(suffix
            || initial && word.is_capital()
            || word.is_capital() && word.is_name_like() && !label)
        {
            break;
        }
        length = place + 1;
    }
    // An initial alone, or at the end, names nobody.
    while length > 0 && words[length - 1].shape == Shape::Initial {
        length -= 1;
    }
    length
}

fn first_word(word: &Word) -> f32 {
    let plain = word.tags.has(Tags::WORD);
    match (word.tags.has(Tags::GIVEN), word.tags.has(Tags::SURNAME)) {
        (true, _) if word.tags.has(Tags::COMMON.or(Tags::THING)) => 0.1,
        (true, _) if plain => 0.7,
        (true, _) if word.tags.has(Tags::PLACE.or(Tags::COUNTRY)) => 1.4,
        (true, _) => 2.0,
        (_, true) if plain => 0.1,
        (_, true) if word.tags.has(Tags::PLACE.or(Tags::COUNTRY)) => 0.5,
        (_, true) => 1.25,
        _ if word.shape == Shape::Initial => 0.3,
        _ if word.shape == Shape::Upper => -0.5,
        _ => 0.3,
    }
}

fn later_word(word: &Word) -> f32 {
    let plain = word.tags.has(Tags::WORD);
    match (word.tags.has(Tags::SURNAME), word.tags.has(Tags::GIVEN)) {
        _ if word.shape == Shape::Lower => 0.2,
        (true, _) if plain => 0.7,
        (true, _) => 1.3,
        (_, true) => 0.8,
        _ if word.shape == Shape::Initial => 0.5,
        _ => 0.9,
    }
}

/// Whether the text around is one whose nouns have capitals: German.
fn is_noun_country(text: &str, place: usize) -> bool {
    let bytes = text.as_bytes();
    let window = &bytes[place.saturating_sub(120)..bytes.len().min(place + 120)];
    let is_article =
        |word: &[u8]| matches!(word, b"der" | b"die" | b"das" | b"und" | b"ist" | b"den");
    window.split(|byte| *byte == b' ').filter(|word| is_article(word)).nth(1).is_some()
}
