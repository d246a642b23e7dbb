//! Looks for what a text says in other words: unfolds, decodes and puts together, and looks again.
//!
//! ```text
//! text → cheap looks → views → detectors → matches, back in the text
//!                        └─→ the same again, four times at most
//! ```
//!
//! The work for one text is bounded; beyond that bound the text counts as not inspected. Nothing is
//! allocated for a text without signs.

mod backslash;
mod base64;
mod escape;
mod hex;
mod html;
mod leet;
mod percent;
mod quoted_printable;
mod rot;
mod work;

use std::cell::LazyCell;
use std::ops::Range;

use crate::Incomplete;
use crate::detect::Detectors;
use crate::matched::Match;
use crate::needle::Occurrence;
use crate::redact::placeholders;
use crate::view::{View, fold, hidden, numbers, reversed, spaced, spoken};
use crate::vocabulary::{Spotted, Vocabulary};

pub(crate) use work::{Exceeded, Work};

/// Layers within layers that are looked into.
const MAX_DEPTH: u8 = 4;
/// Guesses within guesses: each is about a few characters, and is made of the text itself already.
const MAX_GUESSES: u8 = 2;

/// The words that make a text worth reading in another way, built once.
pub(crate) struct Layers {
    words: Vec<String>,
    signs: Vec<Sign>,
}

/// What a word is a sign of.
#[derive(Clone, Copy)]
enum Sign {
    /// A digit in letters.
    Spoken,
    /// A word rotated by thirteen places.
    Rotated,
    /// A word backwards.
    Reversed,
    /// A word in disguise.
    Leet(&'static str),
}

impl Sign {
    /// Whether it is one whatever stands behind it.
    const fn is_plain(self) -> bool {
        !matches!(self, Self::Spoken)
    }
}

/// How a view was made, which says how far to trust what is found in it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Layer {
    /// Each character stands for one of the original: what is found is as sure as there.
    Exact,
    /// An encoded word, which goes as a whole.
    Encoded,
    /// A reading that may be none: only what is sure by itself counts.
    Guessed,
}

/// Where in the nesting a text is.
#[derive(Clone, Copy)]
struct Level {
    depth: u8,
    /// Whether words of another reading are looked for; within such a reading they are not.
    words: bool,
    /// Whether it was turned around: what was turned twice was there before.
    turned: bool,
    /// How many of the layers were guessed.
    guesses: u8,
}

impl Default for Level {
    fn default() -> Self {
        Self { depth: 0, words: true, turned: false, guesses: 0 }
    }
}

/// What the words of a text are signs of.
#[derive(Default)]
struct Readings {
    spoken: Vec<usize>,
    rotated: Vec<usize>,
    reversed: Vec<usize>,
    leet: Vec<(Range<usize>, &'static str)>,
}

impl Layers {
    pub(crate) fn new() -> Self {
        let mut words: Vec<String> = Vec::new();
        let mut signs = Vec::new();
        let mut add = |word: String, sign| {
            words.push(word);
            signs.push(sign);
        };
        for (word, _) in spoken::DIGITS.iter().filter(|(word, _)| word.len() > 2) {
            add((*word).to_owned(), Sign::Spoken);
        }
        for word in rot::WORDS {
            add(rot::rotated(word), Sign::Rotated);
        }
        for word in reversed::WORDS {
            add(word.chars().rev().collect(), Sign::Reversed);
        }
        for word in leet::WORDS {
            for disguise in leet::disguises(word) {
                add(disguise, Sign::Leet(word));
            }
        }
        Self { words, signs }
    }

    /// The words that make a text worth reading in another way.
    pub(crate) fn words(&self) -> &[String] {
        &self.words
    }

    /// Adds what is hidden in a text.
    ///
    /// # Errors
    /// When there is more to look at than one text may cost, or a detector fails.
    pub(crate) fn find(
        &self,
        text: &str,
        spotted: &Spotted,
        finds: Finds<'_>,
        work: &mut Work,
        matches: &mut Vec<Match>,
    ) -> Result<(), Incomplete> {
        let mut looking = Looking { layers: self, finds, work, failed: None };
        looking.look(text, spotted, Level::default(), matches);
        looking.failed.map_or(Ok(()), Err)
    }

    fn readings(&self, text: &str, words: &[Occurrence]) -> Readings {
        let mut readings = Readings::default();
        // The letters of what stands for a value are chance, and say nothing in another reading.
        // Most texts have no word that says anything, and need not be asked for such values.
        let standing = LazyCell::new(|| Ranges::of_placeholders(text));
        for Occurrence { word, start, end } in words.iter().copied() {
            let is_spoken = || spoken::goes_on(text, end);
            let Some(sign) = self.signs.get(word).filter(|sign| sign.is_plain() || is_spoken())
            else {
                continue;
            };
            if standing.touch(start..end) {
                continue;
            }
            match sign {
                Sign::Spoken => readings.spoken.push(start),
                Sign::Rotated => readings.rotated.push(start),
                Sign::Reversed => readings.reversed.push(start),
                Sign::Leet(plain) => readings.leet.push((start..end, plain)),
            }
        }
        readings
    }
}

/// Where placeholders lie in a text, in order.
struct Ranges(Vec<Range<usize>>);

impl Ranges {
    fn of_placeholders(text: &str) -> Self {
        Self(placeholders(text).map(|(range, _)| range).collect())
    }

    fn touch(&self, range: Range<usize>) -> bool {
        let next = self.0.partition_point(|standing| standing.end <= range.start);
        self.0.get(next).is_some_and(|standing| standing.start < range.end)
    }
}

/// What finds values in a view as in any text.
#[derive(Clone, Copy)]
pub(crate) struct Finds<'a> {
    pub(crate) vocabulary: &'a Vocabulary,
    pub(crate) detectors: &'a Detectors,
}

/// One text being looked through.
struct Looking<'a> {
    layers: &'a Layers,
    finds: Finds<'a>,
    work: &'a mut Work,
    /// Why not all of it was looked at.
    failed: Option<Incomplete>,
}

impl Looking<'_> {
    fn look(&mut self, text: &str, spotted: &Spotted, level: Level, matches: &mut Vec<Match>) {
        self.encoded(text, level, matches);
        let mut exact = |view| self.within(&view, Layer::Exact, level, matches);
        escape::views(text, &mut exact);
        escape::quoted(text, &mut exact);
        if !text.is_ascii() {
            fold::views(text, &mut exact);
            self.unseen(text, level, matches);
        }
        if level.guesses < MAX_GUESSES {
            let mut guessed = |view| self.within(&view, Layer::Guessed, level, matches);
            spaced::views(text, &mut guessed);
            numbers::views(text, &mut guessed);
        }
        if level.words {
            self.readings(text, &spotted.signs, level, matches);
        }
    }

    fn encoded(&mut self, text: &str, level: Level, matches: &mut Vec<Match>) {
        let bytes = text.as_bytes();
        let mut runs = base64::runs(bytes);
        let mut from = 0;
        while let Some(start) = runs.next(from) {
            let run = start..base64::run_end(bytes, start + base64::SHORTEST);
            let end = base64::lines_end(bytes, &run);
            from = end + 1;
            let view = hex::view(text, run.clone()).or_else(|| base64::view(text, &run, end));
            // Lines of equal length need not be one text.
            let view = view.or_else(|| {
                from = run.end + 1;
                base64::view(text, &run, run.end).filter(|_| end > run.end)
            });
            if let Some(view) = view {
                self.within(&view, Layer::Encoded, level, matches);
            }
        }
        hex::parted(text, &mut |view| self.within(&view, Layer::Encoded, level, matches));
    }

    /// What nobody sees, or sees the other way around.
    fn unseen(&mut self, text: &str, level: Level, matches: &mut Vec<Match>) {
        // The first byte of every character from U+E0000 on, and of U+202E.
        if memchr::memchr(0xf3, text.as_bytes()).is_some() {
            hidden::views(text, &mut |view| self.within(&view, Layer::Exact, level, matches));
        }
        if !level.turned {
            let level = Level { turned: true, ..level };
            let mut exact = |view| self.within(&view, Layer::Exact, level, matches);
            reversed::overridden(text, &mut exact);
        }
    }

    fn readings(
        &mut self,
        text: &str,
        words: &[Occurrence],
        level: Level,
        matches: &mut Vec<Match>,
    ) {
        let readings = self.layers.readings(text, words);
        let level = Level { words: false, ..level };
        let mut done = 0;
        for place in readings.spoken {
            if place >= done
                && let Some((view, end)) = spoken::view(text, place)
            {
                done = end;
                self.within(&view, Layer::Guessed, level, matches);
            }
        }
        let mut guessed = |view| self.within(&view, Layer::Guessed, level, matches);
        rot::views(text, &readings.rotated, &mut guessed);
        reversed::views(text, &readings.reversed, &mut guessed);
        leet::views(text, &readings.leet, &mut guessed);
    }

    /// Looks at a view, and through its own layers.
    fn within(&mut self, view: &View, layer: Layer, level: Level, matches: &mut Vec<Match>) {
        if self.failed.is_some() {
            return;
        }
        if let Err(why) = self.work.spend(view.text().len()) {
            self.failed = Some(why.into());
            return;
        }
        let spotted = self.finds.vocabulary.spot(view.text());
        let mut inside = match self.finds.detectors.find(view.text(), &spotted) {
            Ok(inside) => inside,
            Err(why) => {
                self.failed = Some(why);
                return;
            }
        };
        if level.depth + 1 < MAX_DEPTH {
            let guesses = level.guesses + u8::from(layer == Layer::Guessed);
            let level = Level { depth: level.depth + 1, guesses, ..level };
            self.look(view.text(), &spotted, level, &mut inside);
        }
        let counts = |found: &Match| layer.trusts(found) && view.is_changed_near(&found.range);
        for found in inside.into_iter().filter(counts) {
            let value = view.text().get(found.range.clone()).map(Box::from);
            let range = view.original(&found.range);
            matches.push(Match { range, value: found.value.or(value), ..found });
        }
    }
}

impl Layer {
    /// Whether a match in such a view counts. Names and places are too weak a sign in a text that
    /// is only perhaps one.
    fn trusts(self, found: &Match) -> bool {
        let is_name = found.kind.is_told_by_words();
        match self {
            Self::Exact => true,
            Self::Encoded => !is_name,
            Self::Guessed => !is_name && found.confidence >= 0.6,
        }
    }
}

/// Whether decoded bytes are text, rather than an image or a key.
fn is_text(text: &str) -> bool {
    text.chars().all(is_text_char)
}

fn is_text_char(char: char) -> bool {
    !char.is_control() || char.is_whitespace()
}
