//! Segments of a run of words, scored as a person, an organisation or a place.
//!
//! The weights were set on half of a labelled corpus and on texts of other languages. They are
//! additive: what is known of the words, how they are written, and what stands around them.

use super::lexicon::Tags;
use super::role::Roles;
use super::run::Run;
use super::word::{Shape, Word};
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
            organisation(text, run, place, person_before),
            location(text, run, place),
            person(text, run, place),
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
        if let Some(found) = best.matched(run) {
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
    fn matched(&self, run: &Run) -> Option<Match> {
        let words = run.words().get(self.from..self.to)?;
        let range = words.first()?.start..words.last()?.end;
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

/// The person whose name begins at a word of the run.
fn person(text: &str, run: &Run, from: usize) -> Option<Candidate> {
    let words = run.words().get(from..)?;
    let length = name_length(words);
    let words = words.get(..length).filter(|words| !words.is_empty())?;
    let to = from + length;
    let (first, single) = (words.first()?, length == 1);
    let (before, after) = (before(run, from), after(run, to));
    let begins = run.begins && from == 0;
    let behind = text.get(words.last()?.end..).unwrap_or_default();
    let known = words.iter().any(|word| word.tags.has(Tags::GIVEN.or(Tags::SURNAME)));
    let sure =
        first.tags.has(Tags::GIVEN) && !first.tags.has(Tags::WORD.or(Tags::THING).or(Tags::PLACE));
    if begins && first.tags.has(Tags::COMMON) {
        return None;
    }
    let upper = words.iter().filter(|word| word.shape == Shape::Upper).count();
    let score = first_word(first)
        + words.iter().skip(1).map(later_word).sum::<f32>()
        + if_so(single, -0.6)
        + if_so(has(before, Roles::TITLE), 2.5)
        + if_so(has(before, Roles::GREETING), 1.2)
        + if_so(has(before, Roles::PERSON_BEFORE), 0.6)
        + if_so(has(before, Roles::KIN), 1.0)
        + if_so(has(before, Roles::SPEECH) || has(after, Roles::SPEECH), 1.5)
        + if_so(has(after, Roles::PERSON_AFTER), 0.6)
        + if_so(behind.starts_with("'s ") || behind.starts_with("’s "), 0.6)
        + if_so(behind.starts_with([',', ':']) && begins && known, 0.4)
        + if_so(single && before.is_some_and(|word| is_given(&word)), 0.5)
        + if_so(has(before, Roles::PLACE_BEFORE) && single, -0.6)
        + if_so(upper == length, if known { -0.8 } else { -1.8 })
        + if_so(upper > 0 && upper < length, -0.8)
        + if_so(begins, if sure { -0.2 } else { -0.4 })
        + if_so(!known && is_noun_country(text, first.start), -1.0);
    Some(Candidate { kind: Kind::Person, from, to, score })
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

fn is_given(word: &Word) -> bool {
    word.is_capital() && word.tags.has(Tags::GIVEN) && !word.tags.has(Tags::WORD.or(Tags::THING))
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

/// The place whose name begins at a word of the run.
fn location(text: &str, run: &Run, from: usize) -> Option<Candidate> {
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

/// The organisation whose name begins at a word of the run.
fn organisation(text: &str, run: &Run, from: usize, person_before: bool) -> Option<Candidate> {
    let words = run.words().get(from..)?;
    let first = words.first()?;
    if !first.is_capital() || first.tags.has(Tags::COMMON) && from == 0 && run.begins {
        return None;
    }
    let known = (1..=words.len().min(LONGEST))
        .rev()
        .find(|length| run.phrase(text, from, from + length).has(Tags::ORGANISATION));
    let form =
        words.iter().rposition(|word| word.is_capital() && word.roles.has(Roles::COMPANY_FORM));
    let of = words.iter().position(|word| word.text(text) == "of");
    let form = form.filter(|form| of.is_none_or(|of| of > *form));
    let institution =
        words.iter().rposition(|word| word.is_capital() && word.roles.has(Roles::INSTITUTION));
    let pair = surnames_joined(text, words);
    let (length, kind) = if let Some(form) = form.filter(|form| *form > 0) {
        (form + 1, form_weight(text, words, form))
    } else if let Some(length) = known {
        (length, 1.4)
    } else if let Some(last) = institution.filter(|_| words.len() > 1) {
        let of = words.get(last + 1).is_some_and(|word| matches!(word.text(text), "of" | "for"));
        let end = if of { words.len() } else { last + 1 };
        let plain = words.iter().take(end).all(|word| word.tags.has(Tags::WORD));
        let weight = match (plain, of) {
            (true, _) => 0.6,
            (false, true) => 1.4,
            (false, false) if first.tags.has(Tags::WORD) => 0.9,
            (false, false) => 1.3,
        };
        (end.max(2), weight)
    } else if let Some(length) = pair {
        (length, 1.3)
    } else {
        (named_length(words), 0.0)
    };
    if length == 0 {
        return None;
    }
    let to = from + length;
    let (before, after) = (before(run, from), after(run, to));
    let names = words
        .iter()
        .take(length)
        .filter(|word| word.tags.has(Tags::GIVEN.or(Tags::SURNAME)))
        .count();
    let unknown = words.iter().take(length).any(|word| word.tags.is_unknown());
    let from_one = || {
        let earlier = before.and_then(|word| Word::before(text, word.start));
        before.is_some_and(|word| word.text(text) == "from")
            && earlier.is_some_and(|word| matches!(word.text(text), "is" | "am" | "are" | "was"))
    };
    let worked = || {
        let earlier = before.and_then(|word| Word::before(text, word.start));
        let day = earlier.is_some_and(|word| word.tags.has(Tags::THING) && word.is_capital());
        has(before, Roles::WORK) || has(earlier, Roles::WORK) || day || from_one()
    };
    let preposition = has(before, Roles::ORGANISATION_BEFORE);
    let score = kind
        + if_so(preposition, 0.5)
        + if_so(preposition && worked(), 1.2)
        + if_so(preposition && person_before, 1.0)
        + if_so(kind > 0.0 && has(after, Roles::PERSON_AFTER), 0.3)
        + if_so(has(after, Roles::COMPANY_AFTER), if unknown { 1.3 } else { 0.4 })
        + if_so(kind == 0.0 && names == length, -0.4)
        + if_so(
            kind == 0.0 && first.tags.has(Tags::THING.or(Tags::COMMON).or(Tags::COUNTRY)),
            -1.5,
        )
        + if_so(has(after, Roles::SPEECH), -0.3)
        + if_so(has(before, Roles::TITLE.or(Roles::GREETING)), -2.0);
    Some(Candidate { kind: Kind::Organization, from, to, score })
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
fn surnames_joined(text: &str, words: &[Word]) -> Option<usize> {
    let is_surname = |word: &Word| word.is_capital() && word.tags.has(Tags::SURNAME);
    let first = words.first()?;
    if let Some((one, other)) = first.text(text).split_once('-') {
        let known = |part: &str| super::lexicon::Hash::of(part).tags();
        let surname = |part: &str| {
            known(part).has(Tags::SURNAME)
                && (!known(part).has(Tags::WORD) || part.starts_with(char::is_uppercase))
        };
        let both = surname(one) && surname(other);
        let given = known(one).has(Tags::GIVEN) && known(other).has(Tags::GIVEN);
        return (both && !given && words.len() == 1).then_some(1);
    }
    match words {
        [one, and, other] if and.roles.has(Roles::AND) && is_surname(one) && is_surname(other) => {
            let given = one.tags.has(Tags::GIVEN) && other.tags.has(Tags::GIVEN);
            (!given).then_some(3)
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
