//! Every word that some part of inspection looks for, found in one pass over a text.

use crate::needle::{Needles, Occurrence};

/// The words of all parts, built once.
pub(crate) struct Vocabulary {
    needles: Needles,
    anchors: usize,
    cues: usize,
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
}

impl Vocabulary {
    pub(crate) fn new(anchors: &[String], cues: &[&str], signs: &[String]) -> Self {
        let all = anchors.iter().map(String::as_str).chain(cues.iter().copied());
        let all: Vec<&str> = all.chain(signs.iter().map(String::as_str)).collect();
        Self { needles: Needles::new(&all), anchors: anchors.len(), cues: cues.len() }
    }

    /// Finds the words of a text. Nothing is allocated for a text without any.
    pub(crate) fn spot(&self, text: &str) -> Spotted {
        let mut spotted = Spotted::default();
        self.needles.each(text.as_bytes(), |found| {
            let (list, first) = match found.word {
                word if word < self.anchors => (&mut spotted.anchors, 0),
                word if word < self.anchors + self.cues => (&mut spotted.cues, self.anchors),
                _ => (&mut spotted.signs, self.anchors + self.cues),
            };
            list.push(Occurrence { word: found.word - first, ..found });
        });
        spotted
    }
}
