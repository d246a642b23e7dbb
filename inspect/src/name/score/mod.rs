//! Segments of a run of words, scored as a person, an organisation or a place.
//!
//! The weights were set on half of a labelled corpus and on texts of other languages. They are
//! additive: what is known of the words, how they are written, and what stands around them.

mod location;
mod organisation;
mod person;

use super::lexicon::Tags;
use super::role::Roles;
use super::run::Run;
use super::word::Word;
use crate::Kind;
use crate::matched::Match;

/// What a segment must reach.
const THRESHOLD: f32 = 1.2;

/// Words of the longest name of a person or a place.
const LONGEST: usize = 5;

/// Finds the names in a run.
pub(super) fn find(text: &str, run: &Run, matches: &mut Vec<Match>) {
    let mut place = 0;
    let mut person_before = false;
    while place < run.words().len() {
        let best = [
            organisation::find(text, run, place, person_before),
            location::find(text, run, place),
            person::find(text, run, place),
        ]
        .into_iter()
        .flatten()
        .filter(|found| found.score >= THRESHOLD)
        .max_by(|one, other| one.score.total_cmp(&other.score));
        let Some(best) = best else {
            person_before &= run.words().get(place).is_some_and(|word| word.text(text) == "of");
            place += 1;
            continue;
        };
        if let Some(found) = best.matched(text, run) {
            matches.push(found);
        }
        person_before = best.kind == Kind::Person;
        place = best.to;
    }
}

/// A segment with its score.
struct Candidate {
    kind: Kind,
    from: usize,
    to: usize,
    score: f32,
}

impl Candidate {
    /// The match: with the title before a person, and the dot behind `Inc`.
    fn matched(&self, text: &str, run: &Run) -> Option<Match> {
        let words = run.words().get(self.from..self.to)?;
        let mut range = words.first()?.start..words.last()?.end;
        let title = before(run, self.from).filter(|word| word.roles.has(Roles::TITLE));
        if let Some(title) = title.filter(|_| self.kind == Kind::Person) {
            range.start = title.start;
        }
        let form = words.last().is_some_and(|word| word.roles.has(Roles::COMPANY_FORM));
        if form && text.as_bytes().get(range.end) == Some(&b'.') {
            range.end += 1;
        }
        Some(Match::new(self.kind, range, confidence(self.score)))
    }
}

/// A score as a confidence: one half at the threshold.
pub(super) fn confidence(score: f32) -> f32 {
    (0.5 + 0.12 * (score - THRESHOLD)).clamp(0.3, 0.92)
}

/// The word before a segment.
fn before(run: &Run, from: usize) -> Option<Word> {
    match from.checked_sub(1) {
        Some(last) => run.words().get(last).copied(),
        None => run.before,
    }
}

/// The word behind a segment.
fn after(run: &Run, to: usize) -> Option<Word> {
    run.words().get(to).copied().or(if to == run.words().len() { run.after } else { None })
}

fn has(word: Option<Word>, roles: Roles) -> bool {
    word.is_some_and(|word| word.roles.has(roles))
}

fn if_so(condition: bool, weight: f32) -> f32 {
    if condition { weight } else { 0.0 }
}

fn is_known(word: &Word) -> bool {
    word.tags.has(Tags::GIVEN.or(Tags::SURNAME))
}

fn is_given(word: &Word) -> bool {
    word.is_capital() && word.tags.has(Tags::GIVEN) && !word.tags.has(Tags::WORD.or(Tags::THING))
}
