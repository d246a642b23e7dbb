//! Every word that some part of inspection looks for, found in one pass over a text.

use crate::needle::{Needles, Occurrence};

/// The words of all parts, built once.
pub(crate) struct Vocabulary {
    needles: Needles,
    anchors: usize,
    cues: usize,
    signs: usize,
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
}

impl Vocabulary {
    pub(crate) fn new(
        anchors: &[String],
        cues: &[&str],
        signs: &[String],
        labels: &[&str],
    ) -> Self {
        let all = anchors.iter().map(String::as_str).chain(cues.iter().copied());
        let all = all.chain(signs.iter().map(String::as_str)).chain(labels.iter().copied());
        let all: Vec<&str> = all.collect();
        let ends = [anchors.len(), cues.len(), signs.len()];
        Self { needles: Needles::new(&all), anchors: ends[0], cues: ends[1], signs: ends[2] }
    }

    /// Finds the words of a text. Nothing is allocated for a text without any.
    pub(crate) fn spot(&self, text: &str) -> Spotted {
        let mut spotted = Spotted::default();
        self.needles.each(text.as_bytes(), |found| {
            let (cues, signs) = (self.anchors, self.anchors + self.cues);
            let labels = signs + self.signs;
            let (list, first) = match found.word {
                word if word < cues => (&mut spotted.anchors, 0),
                word if word < signs => (&mut spotted.cues, cues),
                word if word < labels => (&mut spotted.signs, signs),
                _ => (&mut spotted.labels, labels),
            };
            list.push(Occurrence { word: found.word - first, ..found });
        });
        spotted
    }
}
