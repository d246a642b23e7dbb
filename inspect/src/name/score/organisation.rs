//! Organisations: forms of companies, institutions, joined surnames, and places of work.
//!
//! A name that is known from nothing else is one only where somebody works or it is described.

use super::super::lexicon::{Hash, Tags};
use super::super::role::Roles;
use super::super::run::Run;
use super::super::word::{Shape, Word};
use super::{Candidate, LONGEST, after, before, has, if_so, is_known};
use crate::Kind;

/// The organisation whose name begins at a word of the run. After a person and `of`, a name is one
/// more easily.
pub(super) fn find(text: &str, run: &Run, from: usize, person_before: bool) -> Option<Candidate> {
    let words = run.words().get(from..)?;
    let first = words.first()?;
    if !first.is_capital() || first.tags.has(Tags::COMMON) && from == 0 && run.begins {
        return None;
    }
    let (length, kind) = named_so(text, run, from).unwrap_or((named_length(words), 0.0));
    let name = words.get(..length).filter(|name| !name.is_empty())?;
    let to = from + length;
    let sides = (before(run, from), after(run, to));
    let thing = first.tags.has(Tags::THING.or(Tags::COMMON).or(Tags::COUNTRY));
    let score = kind
        + if_so(kind == 0.0 && name.iter().all(is_known), -0.4)
        + if_so(kind == 0.0 && thing, -1.5)
        + if_so(kind > 0.0 && has(sides.1, Roles::PERSON_AFTER), 0.3)
        + around_organisation(text, name, sides, person_before);
    Some(Candidate { kind: Kind::Organization, from, to, score })
}

/// How many words are an organisation's name by what they are, and how much that says.
fn named_so(text: &str, run: &Run, from: usize) -> Option<(usize, f32)> {
    let words = run.words().get(from..)?;
    let last_of = |roles| words.iter().rposition(|word| word.is_capital() && word.roles.has(roles));
    let of = words.iter().position(|word| word.text(text) == "of");
    let is_form = |form: &usize| *form > 0 && of.is_none_or(|of| of > *form);
    if let Some(form) = last_of(Roles::COMPANY_FORM).filter(is_form) {
        return Some((form + 1, form_weight(text, words, form)));
    }
    let is_known = |length: &usize| run.phrase(text, from, from + length).has(Tags::ORGANISATION);
    if let Some(length) = (1..=words.len().min(LONGEST)).rev().find(is_known) {
        return Some((length, 1.4));
    }
    let institution = last_of(Roles::INSTITUTION).filter(|_| words.len() > 1);
    let weighed = institution.map(|last| institution_weight(text, words, last));
    weighed.or_else(|| surnames_joined(text, words))
}

/// `University of`, `Name Research`: up to where the name goes, and how much it says.
fn institution_weight(text: &str, words: &[Word], last: usize) -> (usize, f32) {
    let of = words.get(last + 1).is_some_and(|word| matches!(word.text(text), "of" | "for"));
    let end = if of { words.len() } else { last + 1 };
    let plain = words.iter().take(end).all(|word| word.tags.has(Tags::WORD));
    let weight = match (plain, of) {
        (true, _) => 0.6,
        (false, true) => 1.4,
        (false, false) if words.first().is_some_and(|word| word.tags.has(Tags::WORD)) => 0.9,
        (false, false) => 1.3,
    };
    (end.max(2), weight)
}

/// What stands around an organisation's name.
fn around_organisation(
    text: &str,
    name: &[Word],
    sides: (Option<Word>, Option<Word>),
    person_before: bool,
) -> f32 {
    let (before, after) = sides;
    let unknown = name.iter().any(|word| word.tags.is_unknown());
    let preposition = has(before, Roles::ORGANISATION_BEFORE);
    let behind = name.last().and_then(|word| text.get(word.end..)).unwrap_or_default();
    let company = has(after, Roles::COMPANY_AFTER) || has(owned(text, name), Roles::COMPANY_AFTER);
    if_so(preposition, 0.5)
        + if_so(preposition && is_employer(text, before), 1.2)
        + if_so(preposition && person_before, 1.0)
        + if_so(company, if unknown { 1.3 } else { 0.4 })
        + if_so(is_described(behind), 1.6)
        + if_so(has(after, Roles::SPEECH), -0.3)
        + if_so(has(before, Roles::TITLE.or(Roles::GREETING)), -2.0)
}

/// The word behind a possessive: `Name's employees`.
fn owned(text: &str, name: &[Word]) -> Option<Word> {
    let last = name.last()?;
    let space = text.as_bytes().get(last.next) == Some(&b' ');
    (last.next > last.end + 1 && space).then(|| Word::at(text, last.next + 1)).flatten()
}

/// Whether the words before a name say that somebody works or meets there, or is `from` there.
fn is_employer(text: &str, before: Option<Word>) -> bool {
    let Some(before) = before else { return false };
    let Some(earlier) = Word::before(text, before.start) else {
        return before.roles.has(Roles::WORK);
    };
    let day = earlier.tags.has(Tags::THING) && earlier.is_capital();
    let is = matches!(earlier.text(text), "is" | "am" | "are" | "was");
    before.roles.has(Roles::WORK)
        || earlier.roles.has(Roles::WORK)
        || day
        || is && before.text(text) == "from"
}

/// Whether a sentence goes on by saying that it is a company: `is a Spanish bank`.
fn is_described(behind: &str) -> bool {
    const REACH: usize = 80;
    const NOUNS: [&str; 16] = [
        "company",
        "agency",
        "bank",
        "firm",
        "startup",
        "multinational",
        "corporation",
        "manufacturer",
        "retailer",
        "organization",
        "organisation",
        "unternehmen",
        "entreprise",
        "empresa",
        "azienda",
        "bedrijf",
    ];
    let is = [" is a", " ist ein", " est un", " es un", " è un", " is een"];
    let near = behind.as_bytes().get(..REACH).unwrap_or(behind.as_bytes());
    let is_noun = |word: &[u8]| NOUNS.iter().any(|noun| noun.as_bytes().eq_ignore_ascii_case(word));
    is.iter().any(|is| behind.starts_with(is))
        && near.split(|byte| !byte.is_ascii_alphabetic()).any(is_noun)
}

/// `Ltd` says more than `Group`, which also is an ordinary word.
fn form_weight(text: &str, words: &[Word], form: usize) -> f32 {
    let plain = words.get(form).is_none_or(|word| word.tags.has(Tags::WORD));
    let ordinary = words.iter().take(form).all(|word| word.tags.has(Tags::WORD));
    let short =
        words.get(form).is_some_and(|word| word.end - word.start < 3 && word.text(text) != "AG");
    match (plain, ordinary) {
        (true, true) => 0.6,
        (true, false) => 1.2,
        (false, _) if short => 1.3,
        (false, _) => 2.6,
    }
}

/// `Name-Name` and `Name and Name`: companies are called so.
fn surnames_joined(text: &str, words: &[Word]) -> Option<(usize, f32)> {
    let is_surname = |word: &Word| word.is_capital() && word.tags.has(Tags::SURNAME);
    let first = words.first()?;
    if let Some((one, other)) = first.text(text).split_once('-') {
        let known = |part: &str| Hash::of(part).tags();
        let surname = |part: &str| {
            known(part).has(Tags::SURNAME)
                && (!known(part).has(Tags::WORD) || part.starts_with(char::is_uppercase))
        };
        let both = surname(one) && surname(other);
        let given = known(one).has(Tags::GIVEN) && known(other).has(Tags::GIVEN);
        return (both && !given && words.len() == 1).then_some((1, 1.3));
    }
    match words {
        [one, and, other] if and.roles.has(Roles::AND) && is_surname(one) && is_surname(other) => {
            let given = one.tags.has(Tags::GIVEN) && other.tags.has(Tags::GIVEN);
            (!given).then_some((3, 1.3))
        }
        _ => None,
    }
}

/// How many capitalised words, known or not, go on from here.
fn named_length(words: &[Word]) -> usize {
    words
        .iter()
        .take(3)
        .take_while(|word| word.is_capital() && word.shape != Shape::Initial)
        .count()
}
