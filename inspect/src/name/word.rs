//! Words and numbers around a place in a text, with what is known of them.
//!
//! Each look is bounded. It knows nothing of sentences.

use std::cell::Cell;

use super::lexicon::{Hash, Tags};
use super::role::{self, Roles};

/// No name is longer, in bytes.
const LONGEST: usize = 40;

#[cfg(test)]
thread_local! {
    /// How many words were read, to see that the work is linear.
    pub(super) static READ: Cell<usize> = const { Cell::new(0) };
}

/// How a word is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// `word`
    Lower,
    /// `Word`, also `O'Word` and `Word-Word`
    Title,
    /// `WORD`
    Upper,
    /// `W` or `W.`
    Initial,
    /// In a script without case.
    Caseless,
    /// `wordWord`, `Word2`: an identifier.
    Mixed,
}

impl Shape {
    const fn is_capital(self) -> bool {
        matches!(self, Self::Title | Self::Upper | Self::Initial)
    }
}

/// A word.
#[derive(Clone, Copy, Debug)]
pub(super) struct Word {
    pub(super) start: usize,
    /// Behind the last letter, before a possessive `'s`.
    pub(super) end: usize,
    /// Behind all that belongs to it.
    pub(super) next: usize,
    pub(super) shape: Shape,
    pub(super) tags: Tags,
    pub(super) roles: Roles,
}

/// Where a word is and how it is written, before anything is looked up.
#[derive(Clone, Copy)]
pub(super) struct Outline<'a> {
    pub(super) start: usize,
    pub(super) next: usize,
    pub(super) shape: Shape,
    /// The word without a possessive.
    written: &'a str,
}

impl<'a> Outline<'a> {
    /// The outline of the word that begins at `start`, which lies on a character boundary.
    pub(super) fn at(text: &'a str, start: usize) -> Option<Self> {
        #[cfg(test)]
        READ.set(READ.get() + 1);
        let rest = text.get(start..)?;
        let (whole, written, mut shape) = written(rest)?;
        let mut next = start + whole.len();
        let mut behind = text.get(next..)?.bytes();
        match behind.next() {
            Some(b'_' | b'0'..=b'9' | b'@' | b'(') => shape = Shape::Mixed,
            Some(b'\\') if !behind.next().is_some_and(|byte| b"'\"nrt".contains(&byte)) => {
                shape = Shape::Mixed;
            }
            Some(b'.') if shape == Shape::Initial => next += 1,
            _ => {}
        }
        if matches!(shape, Shape::Mixed | Shape::Upper) && is_company_form(written) {
            shape = Shape::Title;
        }
        Some(Self { start, next, shape, written })
    }

    pub(super) const fn is_capital(&self) -> bool {
        self.shape.is_capital()
    }

    /// The word, with what is known of it.
    pub(super) fn word(self) -> Word {
        let Self { start, next, shape, written } = self;
        let (tags, roles) = known(Hash::of(written));
        let tags = if tags.is_unknown() { guessed(written) } else { tags };
        Word { start, end: start + written.len(), next, shape, tags, roles }
    }
}

/// Words that are remembered; most of a text are among its last few hundred.
const REMEMBERED: usize = 1 << 10;

thread_local! {
    /// What was looked up last, by hash: the tables are larger than a core's nearest caches.
    static LOOKED_UP: [Cell<(u64, Tags, Roles)>; REMEMBERED] =
        const { [const { Cell::new((0, Tags::NONE, Roles::NONE)) }; REMEMBERED] };
}

/// What is known of the word with this hash.
fn known(hash: Hash) -> (Tags, Roles) {
    let Hash(whole) = hash;
    let [first, second, ..] = whole.to_le_bytes();
    let slot = usize::from(u16::from_le_bytes([first, second])) % REMEMBERED;
    LOOKED_UP.with(|looked_up| {
        let (remembered, tags, roles) = looked_up[slot].get();
        if remembered == whole {
            return (tags, roles);
        }
        let (tags, roles) = (hash.tags(), role::of(hash));
        looked_up[slot].set((whole, tags, roles));
        (tags, roles)
    })
}

impl Word {
    /// The word that begins at `start`, which lies on a character boundary.
    pub(super) fn at(text: &str, start: usize) -> Option<Self> {
        Outline::at(text, start).map(Outline::word)
    }

    /// The word that ends right before `end`, at most two spaces or one mark away.
    pub(super) fn before(text: &str, end: usize) -> Option<Self> {
        let head = text.get(..end)?;
        let head = head.strip_suffix(' ').unwrap_or(head);
        let head = head.trim_end_matches([' ', ',', ':', '"', '\'', '(', '.', '“']);
        if head.len() + 3 < end || head.is_empty() {
            return None;
        }
        let is_part =
            |byte: &&u8| byte.is_ascii_alphabetic() || **byte >= 0x80 || b"'-".contains(byte);
        let length = head.bytes().rev().take(LONGEST).take_while(|byte| is_part(&byte)).count();
        let mut start = head.len() - length;
        while !text.is_char_boundary(start) {
            start += 1;
        }
        Self::at(text, start).filter(|word| word.next >= head.len())
    }

    pub(super) fn text<'a>(&self, text: &'a str) -> &'a str {
        text.get(self.start..self.end).unwrap_or_default()
    }

    pub(super) const fn is_capital(&self) -> bool {
        self.shape.is_capital()
    }

    /// Whether it may be (part of) a name by what is known of it: a name, or a word of no language.
    pub(super) const fn is_name_like(&self) -> bool {
        let name = self.tags.has(Tags::GIVEN.or(Tags::SURNAME));
        (!self.tags.has(Tags::THING) || self.tags.has(Tags::GIVEN))
            && (name || !self.tags.has(Tags::WORD.or(Tags::COUNTRY).or(Tags::ORGANISATION)))
    }
}

/// A word from the beginning on, with single marks between its letters; the same without a possessive;
/// and how that is written.
fn written(rest: &str) -> Option<(&str, &str, Shape)> {
    let bytes = rest.as_bytes();
    let first = bytes.first()?;
    let tail = bytes.get(1..LONGEST).unwrap_or(&bytes[1..]);
    let lower = 1 + tail.iter().take_while(|byte| byte.is_ascii_lowercase()).count();
    let ends = bytes
        .get(lower)
        .is_none_or(|byte| !byte.is_ascii_alphabetic() && !b"'-".contains(byte) && byte.is_ascii());
    // Most words are plain, and told apart in one walk.
    if first.is_ascii_alphabetic() && ends {
        let shape = match (first.is_ascii_uppercase(), lower == 1) {
            (false, _) => Shape::Lower,
            (true, true) => Shape::Initial,
            (true, false) => Shape::Title,
        };
        let word = rest.get(..lower)?;
        return Some((word, word, shape));
    }
    let whole = rest.get(..letters(rest))?;
    let written = without_possessive(whole);
    Some((whole, written, shape(written)?))
}

/// How many bytes the letters from the beginning on take, with single marks between them.
fn letters(rest: &str) -> usize {
    let plain = rest.bytes().take(LONGEST).take_while(u8::is_ascii_alphabetic).count();
    match rest.as_bytes().get(plain) {
        Some(b'\'' | b'-' | 0x80..) => letters_and_marks(rest),
        _ => plain,
    }
}

fn letters_and_marks(rest: &str) -> usize {
    let mut end = 0;
    let mut chars = rest.char_indices().peekable();
    while let Some((at, char)) = chars.next() {
        let joins = matches!(char, '\'' | '’' | '-')
            && at > 0
            && chars.peek().is_some_and(|(_, next)| next.is_alphabetic());
        if at >= LONGEST || !(char.is_alphabetic() || joins) {
            break;
        }
        end = at + char.len_utf8();
    }
    end
}

/// Forms of companies that are written in mixed case.
fn is_company_form(word: &str) -> bool {
    matches!(word, "GmbH" | "mbH" | "SpA" | "SARL" | "SpZoo" | "PLC" | "OyJ" | "LLC")
}

/// Endings of surnames in languages that build them so.
const SURNAMES: [&str; 29] = [
    "sson", "dóttir", "dottir", "ović", "vić", "ić", "ovic", "evich", "ovich", "ová", "ova", "eva",
    "enko", "ski", "ska", "cki", "cka", "czyk", "wicz", "escu", "oğlu", "oglu", "poulos", "qvist",
    "ström", "inen", "ov", "ev", "shvili",
];

/// What a word that is not known may be: a surname by its ending, or what its parts are.
fn guessed(word: &str) -> Tags {
    if word.len() > 5 && SURNAMES.iter().any(|end| word.ends_with(end)) {
        return Tags::SURNAME;
    }
    if !word.contains('-') {
        return Tags::default();
    }
    word.split('-').fold(Tags::default(), |tags, part| tags.or(Hash::of(part).tags()))
}

fn without_possessive(word: &str) -> &str {
    word.strip_suffix("'s").or_else(|| word.strip_suffix("’s")).unwrap_or(word)
}

/// How a word is written; `None` when there is none.
fn shape(word: &str) -> Option<Shape> {
    let (first, rest) = word.as_bytes().split_first()?;
    // Most others are plain as well, once a possessive is gone.
    if first.is_ascii_alphabetic() && rest.iter().all(u8::is_ascii_lowercase) {
        return Some(match (first.is_ascii_uppercase(), rest.is_empty()) {
            (false, _) => Shape::Lower,
            (true, true) => Shape::Initial,
            (true, false) => Shape::Title,
        });
    }
    marked_shape(word)
}

fn marked_shape(word: &str) -> Option<Shape> {
    let mut chars = word.chars();
    let first = chars.next()?;
    if !first.is_uppercase() {
        let lower = first.is_lowercase();
        let mixed = lower && word.bytes().any(|byte| byte.is_ascii_uppercase());
        return Some(match (lower, mixed) {
            (_, true) => Shape::Mixed,
            (true, _) => Shape::Lower,
            _ => Shape::Caseless,
        });
    }
    let (mut lower, mut inner, mut letters) = (0, 0, 1);
    let mut last = first;
    for char in chars {
        let begins = matches!(last, '\'' | '’' | '-');
        lower += usize::from(char.is_lowercase());
        inner += usize::from(char.is_uppercase() && !begins);
        letters += usize::from(char.is_alphabetic());
        last = char;
    }
    Some(match (lower, inner) {
        _ if letters == 1 => Shape::Initial,
        (0, _) => Shape::Upper,
        (_, 0) => Shape::Title,
        (_, 1) if has_prefix(word) => Shape::Title,
        _ => Shape::Mixed,
    })
}

/// Whether a name goes on with a capital: `McWord`, `DeWord`.
fn has_prefix(word: &str) -> bool {
    ["Mc", "Mac", "De", "Di", "Du", "La", "Le", "Van", "Fitz", "St"].iter().any(|prefix| {
        let next = word.strip_prefix(prefix).and_then(|rest| rest.chars().next());
        next.is_some_and(char::is_uppercase)
    })
}
