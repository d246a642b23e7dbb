//! Places: countries, regions and cities, and unknown names that one goes to or lives in.
//!
//! Addresses are found before, and keep their cities.

use super::super::lexicon::Tags;
use super::super::role::Roles;
use super::super::run::Run;
use super::super::word::{Shape, Word};
use super::{Candidate, LONGEST, after, before, has, if_so};
use crate::Kind;

/// The place whose name begins at a word of the run.
pub(super) fn find(text: &str, run: &Run, from: usize) -> Option<Candidate> {
    let words = run.words().get(from..)?;
    let most = words.len().min(LONGEST);
    let area = Tags::PLACE.or(Tags::COUNTRY);
    let known = (1..=most).rev().find(|length| run.phrase(text, from, from + length).has(area));
    let unknown =
        words.iter().take_while(|word| word.tags.is_unknown() && word.is_capital()).count();
    let length = known.unwrap_or(unknown.min(LONGEST));
    let first = words.first()?;
    if length == 0 || first.tags.has(Tags::THING) && length == 1 {
        return None;
    }
    let to = from + length;
    let tags = run.phrase(text, from, to);
    let single = length == 1;
    let (before, after) = (before(run, from), after(run, to));
    let preposition = has(before, Roles::PLACE_BEFORE);
    let motion = preposition
        && before
            .and_then(|word| Word::before(text, word.start))
            .is_some_and(|word| word.roles.has(Roles::MOTION));
    let visited = has(before, Roles::MOTION) && !has(before, Roles::WORK);
    let upper = words.iter().take(length).all(|word| word.shape == Shape::Upper);
    let ambiguous = single && tags.has(Tags::GIVEN.or(Tags::SURNAME));
    let kind = match () {
        () if tags.has(Tags::COUNTRY) => 2.2,
        () if tags.has(Tags::PLACE) && single => 1.2,
        () if tags.has(Tags::PLACE)
            && words.iter().take(length).all(|word| word.tags.has(Tags::WORD)) =>
        {
            0.9
        }
        () if tags.has(Tags::PLACE) => 2.0,
        () => 0.0,
    };
    let score = kind
        + if_so(tags.has(Tags::WORD) && single, if tags.has(Tags::COUNTRY) { -0.6 } else { -1.6 })
        + if_so(tags.has(Tags::COMMON), -1.0)
        + if_so(
            ambiguous,
            if tags.has(Tags::GIVEN) && !tags.has(Tags::COUNTRY) { -0.8 } else { -0.2 },
        )
        + if_so(preposition, 0.7)
        + if_so(motion || visited, 0.8)
        + if_so(
            has(before, Roles::PLACE_FIELD)
                && text.get(..first.start).is_some_and(|head| head.ends_with(": ")),
            1.5,
        )
        + if_so(before_comma(text, run, from), 0.8)
        + if_so(has(after, Roles::PERSON_AFTER) && !tags.has(Tags::COUNTRY), -0.3)
        + if_so(has(after, Roles::SPEECH), -1.0)
        + if_so(has(before, Roles::TITLE.or(Roles::GREETING)), -2.0)
        + if_so(upper && first.end - first.start < 4 && !tags.has(Tags::COUNTRY), -1.0)
        + if_so(known.is_none() && upper && !motion, -0.6);
    Some(Candidate { kind: Kind::Location, from, to, score })
}

/// Whether a segment follows a name and a comma: `City, Country`.
fn before_comma(text: &str, run: &Run, from: usize) -> bool {
    let head = text.get(..run.start()).unwrap_or_default();
    from == 0
        && head.ends_with(", ")
        && run
            .before
            .is_some_and(|word| word.is_capital() && word.tags.has(Tags::PLACE.or(Tags::COUNTRY)))
}
