//! A run of capitalised words on one line, and the words before and behind it.

use super::lexicon::{Hash, Tags};
use super::role::Roles;
use super::word::{Shape, Word};

/// Words of the longest run.
const MOST: usize = 10;

/// Consecutive words with single spaces between them, the first and the last of which are
/// capitalised.
pub(super) struct Run {
    words: [Word; MOST],
    length: usize,
    pub(super) before: Option<Word>,
    pub(super) after: Option<Word>,
    /// Whether it begins a sentence, a line or a quotation.
    pub(super) begins: bool,
}

impl Run {
    /// The run that begins with `first`.
    pub(super) fn read(text: &str, first: Word) -> Self {
        let mut run = Self {
            words: [first; MOST],
            length: 1,
            before: Word::before(text, first.start),
            after: None,
            begins: begins_sentence(text, first.start),
        };
        let mut pending = 1;
        while let Some(word) =
            run.words.get(pending - 1).copied().and_then(|last| follows(text, &last))
        {
            let goes_on = word.is_capital();
            if !(goes_on || word.roles.has(Roles::PARTICLE.or(Roles::AND)) || joins(text, &word))
                || pending == MOST
            {
                break;
            }
            run.words[pending] = word;
            pending += 1;
            if goes_on {
                run.length = pending;
            }
        }
        run.after = follows(text, &run.last());
        run
    }

    pub(super) fn words(&self) -> &[Word] {
        self.words.get(..self.length).unwrap_or_default()
    }

    pub(super) const fn start(&self) -> usize {
        self.words[0].start
    }

    pub(super) fn behind(&self) -> usize {
        self.last().next
    }

    fn last(&self) -> Word {
        self.words[self.length - 1]
    }

    /// What the words `from..to` are together.
    pub(super) fn phrase(&self, text: &str, from: usize, to: usize) -> Tags {
        let part = self.words().get(from..to).unwrap_or_default();
        match part {
            [] => Tags::default(),
            [word] => word.tags,
            [first, .., last] => text
                .get(first.start..last.end)
                .map_or(Tags::default(), |words| Hash::of(words).tags()),
        }
    }
}

/// Forms of companies with dots in them.
const FORMS: [&str; 10] =
    ["S.A.", "S.p.A.", "S.r.l.", "S.L.", "S.A.S.", "B.V.", "N.V.", "A.Ş.", "Sp. z o.o.", "e.V."];

/// The form of a company with dots that a text begins with.
fn dotted_form(text: &str) -> Option<&'static str> {
    let has_dot = text.as_bytes().get(1..3).is_some_and(|marks| marks.contains(&b'.'));
    FORMS.into_iter().find(|form| has_dot && text.starts_with(form))
}

/// Words that join those of an organisation: `of`, `&`.
fn joins(text: &str, word: &Word) -> bool {
    matches!(word.text(text), "of" | "for" | "the")
}

/// The next word, one space further.
pub(super) fn follows(text: &str, word: &Word) -> Option<Word> {
    let rest = text.get(word.next..)?;
    let made = |length: usize, shape, roles| {
        let (start, end) = (word.next + 1, word.next + 1 + length);
        Some(Word { start, end, next: end, shape, tags: Tags::default(), roles })
    };
    if rest.starts_with(" & ") {
        return made(1, Shape::Lower, Roles::AND);
    }
    if let Some(form) = dotted_form(rest.get(1..).unwrap_or_default()) {
        return made(form.len(), Shape::Upper, Roles::COMPANY_FORM);
    }
    let space = word.next + rest.bytes().take_while(|byte| *byte == b' ').take(2).count();
    let dot = rest.starts_with(". ") && is_abbreviation(word);
    let start = if dot { word.next + 2 } else { space };
    if start == word.next || word.next > word.end + 1 {
        return None;
    }
    Word::at(text, start)
}

/// `Dr.`, `St.`: a dot that ends no sentence.
fn is_abbreviation(word: &Word) -> bool {
    word.end - word.start <= 4 && word.roles.has(Roles::TITLE.or(Roles::STREET).or(Roles::UNIT))
}

/// Whether a sentence, a line or a quotation begins at `start`.
fn begins_sentence(text: &str, start: usize) -> bool {
    let head = text.get(..start).unwrap_or_default();
    let head = head.trim_end_matches([' ', '"', '\'', '(', '“', '*', '-', '#', '>', '\\', '\t']);
    head.is_empty() || head.ends_with(['.', '!', '?', '\n', ':', '|', '”'])
}
