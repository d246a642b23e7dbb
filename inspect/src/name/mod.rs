//! Names of people, organisations and places, postal addresses, dates of birth and ages.
//!
//! ```text
//! text → capitals → run of words → address? → segments, scored by their words and neighbours
//!      → phrases ("my name is", "born on") → what follows or precedes them
//! ```
//!
//! Linear: a walk over the capitals, each with a bounded look around, and one search for phrases.
//! Nothing is allocated for a text without a match. It understands no sentence: what a word is
//! known to be and what stands beside it add up to a score.

mod birth;
mod cue;
mod lexicon;
mod lower;
mod occasion;
mod phrase;
mod postal;
mod role;
mod run;
mod score;
mod statement;
mod word;

use crate::class::{self, Walk};
use crate::matched::Match;
use crate::needle::Occurrence;
use lexicon::Tags;
use run::Run;
use statement::Line;
use word::{Outline, Shape, Word};

pub(crate) use phrase::phrases;

/// Finds names and what is around them; `cues` are the phrases of the text.
pub(crate) fn find(text: &str, cues: &[Occurrence], matches: &mut Vec<Match>) {
    let mut capitals = capitals(text);
    let (mut seen, mut passed) = (Seen::default(), Passed::default());
    loop {
        let capital = capitals.next(passed.end);
        lower::find(text, &passed, capital, matches);
        let Some(start) = capital else { break };
        let line = seen.line.bare_code_at(start);
        let end = line.unwrap_or_else(|| look(text, start, &mut seen, matches));
        passed = Passed { start, end, is_line: line.is_some() };
    }
    phrase::find(text, cues, matches);
}

/// What was looked at last: the beginning of a text, what a capital begins, or the rest of a line.
#[derive(Default)]
struct Passed {
    start: usize,
    end: usize,
    is_line: bool,
}

impl Passed {
    /// Behind the last capital of it, or before.
    const fn behind_first_capital(&self) -> usize {
        if self.is_line { self.start + 1 } else { self.end }
    }

    /// Behind the last capital of it.
    fn behind_last_capital(&self, text: &str) -> usize {
        if !self.is_line {
            return self.end;
        }
        let bytes = text.as_bytes().get(self.start..self.end).unwrap_or_default();
        let last = bytes.iter().rposition(|byte| byte.is_ascii_uppercase() || !byte.is_ascii());
        self.start + last.unwrap_or(0) + 1
    }
}

/// Finds what capitals begin, and nothing else.
fn find_capitals(text: &str, matches: &mut Vec<Match>) {
    let mut capitals = capitals(text);
    let (mut seen, mut from) = (Seen::default(), 0);
    while let Some(start) = capitals.next(from) {
        from = look(text, start, &mut seen, matches);
    }
}

/// What is known of the text around the capital that is looked at.
#[derive(Default)]
struct Seen {
    line: Line,
    tried: postal::Tried,
}

/// What begins at a capital; tells where to go on.
fn look(text: &str, start: usize, seen: &mut Seen, matches: &mut Vec<Match>) -> usize {
    if let Some(next) = identifier(text.as_bytes(), start) {
        return next;
    }
    if seen.line.is_code_at(text.as_bytes(), start) {
        return start + 1;
    }
    let Some(outline) = Outline::at(text, start) else {
        return start
            + text.get(start..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8);
    };
    if !outline.is_capital() || outline.is_code(text) {
        return outline.next;
    }
    let word = outline.word();
    if is_ordinary(text, &word) {
        return word.next;
    }
    let run = Run::read(text, word);
    if let Some((found, next)) = postal::find(text, &run, &mut seen.tried) {
        matches.push(found);
        return next.max(run.behind());
    }
    score::find(text, &run, matches);
    run.behind()
}

/// Whether a word is nothing but an ordinary one at the beginning of a sentence: no capital or
/// number is beside it, and no `of` makes it the first word of a name.
fn is_ordinary(text: &str, word: &Word) -> bool {
    let name = Tags::GIVEN.or(Tags::SURNAME).or(Tags::PLACE).or(Tags::COUNTRY);
    let bytes = text.as_bytes();
    let marks = |byte: &u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte >= 0x80;
    // A number before one of the commonest words belongs to what was said before.
    let common = word.tags.has(Tags::COMMON);
    let before = |byte: &u8| marks(byte) && !(common && byte.is_ascii_digit());
    // An article or a pronoun, and no initial with its dot.
    let article = word.end == word.next && matches!(word.text(text), "A" | "I");
    (article || word.tags.has(Tags::WORD.or(Tags::THING)))
        && !word.tags.has(name.or(Tags::ORGANISATION))
        && bytes.get(word.next).is_none_or(|byte| b" ,:;!?\n".contains(byte))
        && !text.get(word.next..).is_some_and(|rest| rest.starts_with(" of "))
        && !bytes[word.next..bytes.len().min(word.next + 3)].iter().any(marks)
        && !bytes[word.start.saturating_sub(3)..word.start].iter().any(before)
}

/// Where an identifier of code ends that begins at `start`: it is told by the marks around it and
/// by capitals within, before anything is looked up.
fn identifier(bytes: &[u8], start: usize) -> Option<usize> {
    let rest = bytes.get(start..)?;
    let (length, is_mixed) = run_of_identifier(rest);
    let [first, before] = *start
        .checked_sub(2)
        .and_then(|place| bytes.get(place..)?.first_chunk())
        .unwrap_or(&[b' ', start.checked_sub(1).map_or(b' ', |place| bytes[place])]);
    let after = rest.get(length).unwrap_or(&b' ');
    let then = rest.get(length + 1).unwrap_or(&b' ');
    let marked = is_mixed
        || matches!(
            before,
            b'_' | b'$' | b'#' | b'@' | b'/' | b'<' | b'&' | b'%' | b'~' | b'^' | b'+' | b'|'
        )
        || before == b':' && first == b':'
        || matches!(after, b'(' | b'<' | b'=' | b'{')
        || *after == b':' && *then == b':';
    (marked && length > 0).then_some(start + length)
}

/// How long the letters, digits and underscores are that a text begins with, and whether digits,
/// underscores, or capitals beyond those of `McWord` are among them.
fn run_of_identifier(text: &[u8]) -> (usize, bool) {
    const PREFIX: usize = 4;
    let (mut length, mut is_mixed, mut after_small) = (0, false, false);
    for byte in text {
        match byte {
            b'a'..=b'z' => after_small = length >= PREFIX,
            b'A'..=b'Z' => (is_mixed, after_small) = (is_mixed || after_small, false),
            b'0'..=b'9' | b'_' => (is_mixed, after_small) = (true, false),
            _ => break,
        }
        length += 1;
    }
    (length, is_mixed)
}

/// The capital letters at the beginnings of words.
struct Capitals<'a, F> {
    text: &'a str,
    places: Walk<F>,
}

/// A walk over the capitals of a text.
fn capitals(text: &str) -> Capitals<'_, impl FnMut(usize) -> u64> {
    // Scripts without case are passed over: kana, Han and Hangul.
    let is_caseless = |byte: u8| matches!(byte, 0xe3..=0xe9 | 0xeb..=0xed);
    let bytes = text.as_bytes();
    let is_ascii = text.is_ascii();
    let places = class::walk(bytes, move |block| {
        let mut capitals = class::bits(bytes, block, |byte| byte.is_ascii_uppercase());
        if !is_ascii {
            capitals |= class::bits(bytes, block, |byte| byte >= 0xc3 && !is_caseless(byte));
        }
        if capitals == 0 {
            return 0;
        }
        // Most capitals of code are within a word.
        let inside = class::bits(bytes, block, |byte| byte.is_ascii_alphanumeric()) << 1;
        let before = block.checked_sub(1).and_then(|before| bytes.get(before));
        capitals & !(inside | u64::from(before.is_some_and(u8::is_ascii_alphanumeric)))
    });
    Capitals { text, places }
}

impl<F: FnMut(usize) -> u64> Capitals<'_, F> {
    /// The next one from `from` on.
    fn next(&mut self, from: usize) -> Option<usize> {
        let mut place = from;
        loop {
            place = self.places.next(place)?;
            if self.text.as_bytes().get(place).is_some_and(u8::is_ascii) {
                return Some(place);
            }
            let char = self.text.get(place..)?.chars().next()?;
            if char.is_uppercase() {
                return Some(place);
            }
            place += char.len_utf8();
        }
    }
}

impl Outline<'_> {
    /// Whether the marks around a word are those of code, a path or a placeholder.
    fn is_code(&self, text: &str) -> bool {
        is_code(text, self.start, self.next, self.shape)
    }
}

impl Word {
    /// The same.
    fn is_code(&self, text: &str) -> bool {
        is_code(text, self.start, self.next, self.shape)
    }
}

fn is_code(text: &str, start: usize, next: usize, shape: Shape) -> bool {
    let bytes = text.as_bytes();
    let before = start.checked_sub(1).and_then(|place| bytes.get(place)).unwrap_or(&b' ');
    let after = bytes.get(next).unwrap_or(&b' ');
    let then = bytes.get(next + 1).unwrap_or(&b' ');
    let glued = matches!((after, then), (b'.' | b':' | b'/', b'a'..=b'z' | b'A'..=b'Z' | b':'));
    shape == Shape::Mixed
        || b"_$#@/\\.<=&%~^+|".contains(before)
        || *before == b'[' && shape == Shape::Upper
        || b"=<[{>".contains(after)
        || glued && !(*after == b'/' || *after == b':' && *then == b'"')
}

#[cfg(test)]
mod tests;
