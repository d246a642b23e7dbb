//! Postal addresses: street, number, unit, city, code and country, over several lines.
//!
//! A run of capitalised words is where one is looked for: with a number beside it, or a word that
//! streets have. What belongs to it is taken backwards and forwards, and the whole is scored. An
//! address without any number is none.

use std::ops::Range;

use super::lexicon::Tags;
use super::role::Roles;
use super::run::Run;
use super::word::{Shape, Word};
use crate::Kind;
use crate::matched::Match;

/// How far an address goes on behind its street, in bytes.
const REACH: usize = 160;
/// How many lines it may break over.
const LINES: usize = 4;
/// How much of a line is looked at.
const LINE: usize = 120;
const THRESHOLD: f32 = 2.0;
/// What announces two streets.
const CORNERS: [&str; 3] = ["the corner of ", "The corner of ", "corner of "];

/// What speaks for an address.
#[derive(Clone, Copy, Default)]
struct Evidence {
    numbers: usize,
    streets: usize,
    units: usize,
    places: usize,
    names: usize,
    /// A number directly before or behind a name.
    numbered: usize,
    labels: usize,
    /// Names that are nothing but ordinary words.
    words: usize,
    lines: usize,
}

impl Evidence {
    fn score(self, mentioned: bool) -> f32 {
        if self.numbers == 0 {
            return 0.0;
        }
        let count = |number: usize, weight: f32, most: usize| number.min(most) as f32 * weight;
        count(self.streets, 1.4, 1)
            + count(self.units, 1.2, 2)
            + count(self.places, 0.6, 2)
            + count(self.numbered, 0.8, 2)
            + count(self.numbers, 0.2, 3)
            + count(self.lines, 0.3, 2)
            + if mentioned { 1.2 } else { 0.0 }
            - if self.streets + self.units > 0 { 0.0 } else { count(self.labels, 2.0, 1) }
            - if self.streets + self.units + self.places == 0 && self.words + 1 >= self.names.max(2)
            {
                1.0
            } else {
                0.0
            }
    }
}

/// What was looked at in vain: what begins within it was a part of it.
#[derive(Default)]
pub(super) struct Tried {
    end: usize,
}

/// The address around a run, and where to go on.
pub(super) fn find(text: &str, run: &Run, tried: &mut Tried) -> Option<(Match, usize)> {
    let bytes = text.as_bytes();
    if run.start() < tried.end {
        return None;
    }
    let digit_before = run.start() > 1
        && bytes[run.start().saturating_sub(3)..run.start()].iter().any(u8::is_ascii_digit);
    let line_end = |byte: &&u8| **byte != b'\n';
    let digit_after =
        bytes[run.behind()..].iter().take(3).take_while(line_end).any(u8::is_ascii_digit);
    let street =
        run.words().iter().any(|word| is_street(text, word) || word.roles.has(Roles::UNIT));
    let street_before = follows_street(text, run.before);
    let comma = bytes.get(run.behind()) == Some(&b',');
    if !(digit_before || digit_after && !comma || street || street_before) {
        return None;
    }
    let mut evidence = Evidence::default();
    let start = backwards(text, run.start(), &mut evidence);
    let written = text.get(start..).unwrap_or_default();
    let corner = CORNERS.iter().any(|corner| written.starts_with(corner));
    let end = forwards(text, run.start(), corner, &mut evidence);
    let mentioned = is_mentioned(text, start) || corner;
    let score = evidence.score(mentioned);
    tried.end = end;
    (score >= THRESHOLD && end > start).then(|| {
        let confidence = (0.55 + 0.1 * (score - THRESHOLD)).min(0.9);
        (Match::new(Kind::Address, start..end, confidence), end)
    })
}

/// Whether a street's kind stands before a name, `rue de la`: particles may be between.
fn follows_street(text: &str, before: Option<Word>) -> bool {
    let mut word = before;
    for _ in 0..3 {
        match word {
            Some(known) if known.roles.has(Roles::STREET.or(Roles::UNIT)) => return true,
            Some(known) if known.roles.has(Roles::PARTICLE) => {
                word = Word::before(text, known.start);
            }
            _ => return false,
        }
    }
    false
}

/// Whether a word is a street's by itself or by its end: `Bahnhofstraße`.
fn is_street(text: &str, word: &Word) -> bool {
    const ENDS: [&str; 18] = [
        "straße", "strasse", "stasse", "gasse", "weg", "platz", "allee", "straat", "laan", "gatan",
        "vägen", "gata", "veien", "vej", "gade", "katu", "tie", "utca",
    ];
    let written = word.text(text);
    word.roles.has(Roles::STREET) && word.shape != Shape::Initial
        || written.len() > 7 && ENDS.iter().any(|end| written.ends_with(end))
}

/// Takes the numbers, the kind of street and the unit before a street's name along.
fn backwards(text: &str, start: usize, evidence: &mut Evidence) -> usize {
    let mut begin = start;
    for _ in 0..6 {
        let head = text.get(..begin).unwrap_or_default();
        let trimmed = head.trim_end_matches([' ', ',', '.', '/', '#']);
        if head.len() - trimmed.len() > 2 || trimmed.ends_with('\n') {
            break;
        }
        let digits = trimmed.bytes().rev().take(8).take_while(u8::is_ascii_digit).count();
        if digits > 0 {
            let number = trimmed.len() - digits;
            if digits > 6 || is_glued(text, number) {
                break;
            }
            evidence.numbers += 1;
            evidence.numbered += usize::from(begin == start && !is_year(trimmed, number));
            begin = number;
            continue;
        }
        match Word::before(text, begin) {
            Some(word)
                if word.roles.has(Roles::STREET.or(Roles::UNIT))
                    && word.shape != Shape::Mixed
                    && !word.tags.has(Tags::COMMON) =>
            {
                evidence.streets += usize::from(word.roles.has(Roles::STREET));
                begin = word.start;
            }
            Some(word)
                if word.roles.has(Roles::PARTICLE)
                    && !word.roles.has(Roles::PLACE_BEFORE)
                    && word.shape == Shape::Lower =>
            {
                begin = word.start;
            }
            _ => break,
        }
    }
    for box_office in ["P.O. ", "P. O. ", "PO "] {
        if text.get(..begin).is_some_and(|head| head.ends_with(box_office)) {
            begin -= box_office.len();
        }
    }
    for corner in CORNERS {
        if text.get(..begin).is_some_and(|head| head.ends_with(corner)) {
            return begin - corner.len();
        }
    }
    // A particle at the beginning belongs to the sentence.
    if text.get(begin..).and_then(|rest| rest.chars().next()).is_some_and(char::is_lowercase)
        && evidence.streets == 0
    {
        return start;
    }
    begin
}

/// Whether what stands before a number makes it a part of something else.
fn is_glued(text: &str, number: usize) -> bool {
    let before = number.checked_sub(1).and_then(|place| text.as_bytes().get(place));
    before.is_some_and(|byte| byte.is_ascii_alphanumeric() || b"-./,:$#_+)=".contains(byte))
}

/// Goes on from a street's name as long as there are parts of an address: at a corner, to the second
/// street.
fn forwards(text: &str, start: usize, corner: bool, evidence: &mut Evidence) -> usize {
    let bytes = text.as_bytes();
    let limit = bytes.len().min(start + REACH);
    let (mut place, mut end) = (start, start);
    let mut last_name = None;
    let mut run = None;
    while place < limit {
        let byte = bytes[place];
        if byte == b'\n' {
            evidence.lines += 1;
            last_name = None;
            if evidence.lines > LINES || !goes_on(text, place + 1) {
                evidence.lines -= 1;
                break;
            }
            place += 1;
        } else if b" ,/#\t".contains(&byte)
            || byte == b'.'
                && (end_is_abbreviation(text, place) || bytes.get(place + 1) == Some(&b'\n'))
        {
            place += 1;
        } else if byte.is_ascii_digit() {
            let Some(next) = number(bytes, place).filter(|next| !is_order(text, place..*next))
            else {
                break;
            };
            evidence.numbers += 1;
            let beside = last_name.is_some_and(|name| place - name < 3);
            let written = text.get(..next).unwrap_or_default();
            evidence.numbered += usize::from(beside && !is_year(written, place));
            (place, end, last_name) = (next, next, None);
        } else {
            let Some(word) = Word::at(text, place) else { break };
            if let Some(next) = area(text, word, &mut run) {
                evidence.places += 1;
                (place, end, last_name) = (next, next, Some(next));
                continue;
            }
            let and = corner && word.roles.has(Roles::AND) && evidence.numbers > 0;
            if and || is_short_code(text, &word) {
                place = word.next;
                end = if and { end } else { word.end };
                continue;
            }
            let Some(useful) = part(text, &word, evidence) else { break };
            place = word.next;
            if useful {
                (end, last_name) = (word.end, Some(word.next));
                if text.as_bytes().get(word.end) == Some(&b'.') && word.next > word.end {
                    end = word.next;
                }
            }
        }
    }
    end
}

/// Whether a number is that of an order, `PO 55-02052`, and not of a box.
fn is_order(text: &str, number: Range<usize>) -> bool {
    let head = text.get(..number.start).unwrap_or_default();
    head.ends_with("PO ") && text.get(number).is_some_and(|number| number.contains('-'))
}

/// A year beside a name is a date's or a version's more often than a house's number.
fn is_year(text: &str, number: usize) -> bool {
    let written = text.get(number..).unwrap_or_default();
    written.len() == 4 && (written.starts_with("20") || written.starts_with("19"))
}

/// A region's code in lower case: behind a comma, and a number behind it.
fn is_short_code(text: &str, word: &Word) -> bool {
    word.shape == Shape::Lower
        && word.end - word.start <= 3
        && text.get(..word.start).is_some_and(|head| head.ends_with(", "))
        && text.as_bytes()[word.next..].iter().take(3).any(u8::is_ascii_digit)
}

/// A house number, a code: at most six digits, a letter or a second number behind them.
fn number(bytes: &[u8], start: usize) -> Option<usize> {
    let digits =
        |from: usize| bytes[from..].iter().take(8).take_while(|byte| byte.is_ascii_digit()).count();
    let first = digits(start);
    let mut end = start + first;
    if first > 6 {
        return None;
    }
    if bytes.get(end) == Some(&b'-') {
        let second = digits(end + 1);
        let third = bytes.get(end + 1 + second).is_some_and(|byte| b"-./:".contains(byte));
        if (1..=5).contains(&second) && !third {
            end += 1 + second;
        } else {
            return None;
        }
    } else if bytes.get(end).is_some_and(u8::is_ascii_alphabetic) {
        end += 1;
    }
    let after = bytes.get(end).copied().unwrap_or(b' ');
    let then = bytes.get(end + 1).copied().unwrap_or(b' ');
    let glued = after.is_ascii_alphanumeric()
        || after >= 0x80
        || after == b'_'
        || after == b':'
        || after == b'@'
        || b"./-".contains(&after) && then.is_ascii_digit() && first > 2;
    (!glued).then_some(end)
}

/// Whether a word is part of an address, and one that may end it; `None` when it is not.
fn part(text: &str, word: &Word, evidence: &mut Evidence) -> Option<bool> {
    let street = is_street(text, word);
    if word.roles.has(Roles::UNIT) && (word.is_capital() || !word.tags.has(Tags::COMMON)) {
        let military = is_military(word.text(text));
        evidence.units += usize::from(military || next_is_digit(text, word.next));
        return Some(true);
    }
    if word.shape == Shape::Lower {
        let between = word.roles.has(Roles::PARTICLE) || street && !word.tags.has(Tags::COMMON);
        evidence.streets += usize::from(street && !word.tags.has(Tags::COMMON));
        return between.then_some(street);
    }
    if !word.is_capital() && word.shape != Shape::Caseless {
        return None;
    }
    evidence.streets += usize::from(street);
    evidence.places += usize::from(word.tags.has(Tags::PLACE.or(Tags::COUNTRY)));
    let first = evidence.names == 0 && !street;
    let plain = word.tags.has(Tags::WORD) && !word.tags.has(Tags::SURNAME);
    let short = word.end - word.start < 3;
    evidence.words += usize::from(plain || short || word.tags.has(Tags::COMMON));
    evidence.labels += usize::from(
        first
            && (word.tags.has(Tags::THING)
                || word.roles.has(Roles::LABEL)
                || word.shape == Shape::Upper && word.end - word.start < 5),
    );
    evidence.names += 1;
    Some(true)
}

/// Whether a word is a post office of the armed forces (USPS, Publication 28, §225).
pub(super) fn is_military(word: &str) -> bool {
    ["APO", "FPO", "DPO"].iter().any(|office| word.eq_ignore_ascii_case(office))
}

fn next_is_digit(text: &str, place: usize) -> bool {
    text.as_bytes().get(place..).unwrap_or_default().iter().take(3).any(u8::is_ascii_digit)
}

/// Whether a dot ends an abbreviation: the word before it is short, and the text goes on.
fn end_is_abbreviation(text: &str, dot: usize) -> bool {
    let bytes = text.as_bytes();
    let letters =
        bytes[..dot].iter().rev().take(6).take_while(|byte| byte.is_ascii_alphabetic()).count();
    let known = Word::before(text, dot)
        .is_some_and(|word| word.roles.has(Roles::STREET.or(Roles::UNIT).or(Roles::TITLE)));
    (1..=4).contains(&letters)
        && known
        && bytes.get(dot + 1).is_some_and(|byte| *byte == b' ' || byte.is_ascii_digit())
}

/// A city or country of several words, `Kingdom of the Netherlands`: its end. Keeps the run that the
/// word is in, for the next one.
fn area(text: &str, word: Word, run: &mut Option<Run>) -> Option<usize> {
    if !word.is_capital() {
        return None;
    }
    let place = |run: &Run| run.words().iter().position(|known| known.start == word.start);
    let known = run.as_ref().and_then(place);
    let run = if known.is_some() { run.as_ref()? } else { run.insert(Run::read(text, word)) };
    let first = known.unwrap_or(0);
    let words = run.words().get(first..)?;
    (2..=words.len().min(6)).rev().find_map(|length| {
        let tags = run.phrase(text, first, first + length);
        let known = tags.has(Tags::PLACE.or(Tags::COUNTRY));
        known.then(|| words.get(length - 1).map(|last| last.end)).flatten()
    })
}

/// Whether the line at `start` goes on with an address: a number, a place, or nothing but names.
fn goes_on(text: &str, start: usize) -> bool {
    let rest = text.get(start..).unwrap_or_default();
    let length = rest.bytes().take(LINE).take_while(|byte| *byte != b'\n').count();
    let line = (0..=length).rev().find_map(|end| rest.get(..end)).unwrap_or_default();
    let marks = [line.find(['?', '!', ':', '@']), line.find(". ")];
    let sentence = marks.into_iter().flatten().min().unwrap_or(line.len());
    let trimmed = line.trim_start_matches([' ', ',', '\t']);
    if is_code_line(rest) || is_region_line(line) {
        return true;
    }
    if line.as_bytes().get(sentence).is_some_and(|mark| b":@".contains(mark)) || trimmed.is_empty()
    {
        return false;
    }
    let at = start + line.len() - trimmed.len();
    let line = text.get(at..start + sentence).unwrap_or_default();
    let lower = line.split(' ').any(|word| word.starts_with(|char: char| char.is_lowercase()));
    if let Some(end) = number(text.as_bytes(), at).filter(|end| *end > at) {
        let rest = text.get(end..start + sentence).unwrap_or_default();
        return rest.bytes().filter(u8::is_ascii_digit).count() < 3
            && (!lower || rest.starts_with(' '));
    }
    let Some(word) = Word::at(text, at) else { return false };
    if !word.is_capital() {
        return is_short_code(text, &word);
    }
    let run = Run::read(text, word);
    let number =
        next_is_digit(text, run.behind()) && text.as_bytes().get(run.behind()) == Some(&b' ');
    let known = run.words().iter().any(|word| word.tags.has(Tags::PLACE.or(Tags::COUNTRY)));
    let unit = word.roles.has(Roles::UNIT);
    unit || number
        || known && !lower
        || !lower && line.len() < 40
        || area(text, word, &mut Some(run)).is_some()
}

/// Whether a line is indented and begins with a postal code, whatever is behind it.
fn is_code_line(line: &str) -> bool {
    let digits = line.trim_start_matches(' ').bytes().take_while(u8::is_ascii_digit).count();
    let next = line.trim_start_matches(' ').as_bytes().get(digits).copied().unwrap_or(b' ');
    line.starts_with(' ') && (4..=6).contains(&digits) && b" ,.\n".contains(&next)
}

/// Whether a line begins with a town, a region's code and a number: `Dunedin, OTA 9016`.
fn is_region_line(line: &str) -> bool {
    let Some((town, rest)) = line.trim_start().split_once(", ") else { return false };
    let Some((code, number)) = rest.split_once(' ') else { return false };
    let letters = code.bytes().all(|byte| byte.is_ascii_alphabetic());
    let is_town = town.len() < 40 && town.starts_with(char::is_uppercase);
    let digits = number.bytes().take_while(u8::is_ascii_digit).count();
    is_town && letters && (2..=3).contains(&code.len()) && (4..=6).contains(&digits)
}

/// Whether a word before says that an address comes: `lives at`, `my new address is`.
fn is_mentioned(text: &str, start: usize) -> bool {
    let mut place = start;
    for _ in 0..5 {
        let Some(word) = Word::before(text, place) else { return false };
        if word.roles.has(Roles::MAIL) {
            return true;
        }
        place = word.start;
    }
    false
}
