//! Every word that some part of inspection looks for, found in one pass over a text.

use crate::needle::{EXPECTED, Needles, Occurrence};

/// The words of all parts, built once.
pub(crate) struct Vocabulary {
    needles: Needles,
    /// Where the words of each part begin among all.
    firsts: [usize; PARTS],
}

/// Those that look for words.
const PARTS: usize = 5;

/// The words that each part looks for.
#[derive(Clone, Copy, Default)]
pub(crate) struct Words<'a> {
    pub(crate) anchors: &'a [String],
    pub(crate) cues: &'a [&'a str],
    pub(crate) signs: &'a [String],
    pub(crate) labels: &'a [&'a str],
    pub(crate) triggers: &'a [&'a str],
}

/// The words of a text, in their order, each with its number in its own list.
#[derive(Debug, Default)]
pub(crate) struct Spotted {
    /// What begins a sensitive value.
    pub(crate) anchors: Vec<Occurrence>,
    /// What announces a name, a date or an age.
    pub(crate) cues: Vec<Occurrence>,
    /// What makes a text worth reading in another way.
    pub(crate) signs: Vec<Occurrence>,
    /// What says what a number beside it is.
    pub(crate) labels: Vec<Occurrence>,
    /// What a phrase of an attack has.
    pub(crate) triggers: Vec<Occurrence>,
}

impl Vocabulary {
    pub(crate) fn new(words: Words<'_>) -> Self {
        let Words { anchors, cues, signs, labels, triggers } = words;
        let strings = |words: &'_ [String]| -> Vec<String> { words.to_vec() };
        let strs = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        let parts = [strings(anchors), strs(cues), strings(signs), strs(labels), strs(triggers)];
        let mut firsts = [0; PARTS];
        for part in 1..PARTS {
            firsts[part] = firsts[part - 1] + parts[part - 1].len();
        }
        Self { needles: Needles::new(&parts.concat()), firsts }
    }

    /// Finds the words of a text. Nothing is allocated for a text without any.
    pub(crate) fn spot(&self, text: &str) -> Spotted {
        let mut parts: [Vec<Occurrence>; PARTS] = Default::default();
        self.needles.each(text.as_bytes(), |found| {
            let part = self.firsts.partition_point(|first| *first <= found.word) - 1;
            if parts[part].capacity() == 0 {
                parts[part].reserve(EXPECTED);
            }
            parts[part].push(Occurrence { word: found.word - self.firsts[part], ..found });
        });
        let [anchors, cues, signs, labels, triggers] = parts;
        Spotted { anchors, cues, signs, labels, triggers }
    }
}
