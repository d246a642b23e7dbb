//! Finds every sensitive value of one text, in all its readings, and again in what is left.
//!
//! Of what two finders find at one place it makes one match. Takes nothing out.

use std::ops::Range;

use crate::Incomplete;
use crate::custom::Customs;
use crate::detect::{Detectors, labels};
use crate::layers::{Finds, Layers, Work};
use crate::matched::{Match, Rest, disjoint};
use crate::policy::AllowList;
use crate::redact::placeholders;
use crate::stream::Blocks;
use crate::view::grapheme;
use crate::vocabulary::{Spotted, Vocabulary, Words};

/// How often the rest of a text is looked at again. In texts of people and programs nothing was ever
/// found by more than two looks.
const MAX_PASSES: usize = 6;
/// How much around a value that was taken out is looked at again, up to the ends of words: twice
/// as far as any value was ever found that was hidden by another, so that what is around it is there
/// as well.
const AROUND: usize = 256;

/// The detectors and the layers, built once.
pub(crate) struct Finder {
    vocabulary: Vocabulary,
    detectors: Detectors,
    layers: Layers,
}

impl Finder {
    pub(crate) fn new(detectors: Detectors) -> Self {
        let layers = Layers::new();
        let vocabulary = Vocabulary::new(Words {
            anchors: detectors.anchors(),
            cues: &crate::name::phrases(),
            signs: layers.words(),
            labels: labels(),
            triggers: crate::attack::triggers(),
        });
        Self { vocabulary, detectors, layers }
    }

    /// What is not sensitive after all.
    pub(crate) const fn allow(&self) -> &AllowList {
        self.detectors.allow()
    }

    /// The operator's own detectors.
    pub(crate) const fn customs(&self) -> &Customs {
        self.detectors.customs()
    }

    /// Every sensitive value of a text, in order, without overlaps: so many that nothing is found
    /// in what is left between them. A long text is looked at block by block.
    ///
    /// # Errors
    /// When the text was not looked at as a whole.
    pub(crate) fn find(&self, text: &str) -> Result<Vec<Match>, Incomplete> {
        if text.len() <= Blocks::LENGTH { self.find_in(text) } else { Blocks::find(self, text) }
    }

    /// The same for a text that is not too long.
    pub(crate) fn find_in(&self, text: &str) -> Result<Vec<Match>, Incomplete> {
        self.find_at(text, &self.spot(text))
    }

    /// The words of a text that some part looks for.
    pub(crate) fn spot(&self, text: &str) -> Spotted {
        self.vocabulary.spot(text)
    }

    /// What is found in a text that is not too long, and whose words are known.
    pub(crate) fn find_at(&self, text: &str, words: &Spotted) -> Result<Vec<Match>, Incomplete> {
        let mut work = Work::new();
        let mut matches = self.find_once_at(text, words, &mut work)?;
        // What was known when the rest was looked at before: around it nothing else is.
        let mut before = Vec::new();
        for _ in 0..MAX_PASSES {
            if matches.is_empty() {
                return Ok(matches);
            }
            let rest = Rest::of(text, &matches, |found| !has(&before, found));
            let mut more = self.find_around(&rest, &mut work)?;
            for found in &mut more {
                *found = rest.in_original(found);
            }
            more.retain(|found| !has(&matches, found));
            if more.is_empty() {
                return Ok(matches);
            }
            before.clone_from(&matches);
            matches.extend(more);
            matches = whole(text, disjoint(matches));
        }
        Err(Incomplete::Hidden)
    }

    /// What is found in the rest of a text, which can differ from what was found only near a value
    /// that is no longer there.
    fn find_around(&self, rest: &Rest, work: &mut Work) -> Result<Vec<Match>, Incomplete> {
        let mut found = Vec::new();
        for window in rest.windows(AROUND) {
            let part = rest.text.get(window.clone()).unwrap_or_default();
            let inside = self.find_once(part, work)?;
            // A value that goes on behind the window is one of all the text.
            let goes_on = inside.last().is_some_and(|last| last.range.end == part.len());
            if goes_on && window.end < rest.text.len() {
                return self.find_once(&rest.text, work);
            }
            found.extend(inside.into_iter().map(|found| found.moved(window.start)));
        }
        Ok(found)
    }

    fn find_once(&self, text: &str, work: &mut Work) -> Result<Vec<Match>, Incomplete> {
        self.find_once_at(text, &self.spot(text), work)
    }

    fn find_once_at(
        &self,
        text: &str,
        spotted: &Spotted,
        work: &mut Work,
    ) -> Result<Vec<Match>, Incomplete> {
        work.grant(text.len());
        let mut matches = self.detectors.find(text, spotted)?;
        let plain = matches.len();
        let finds = Finds { vocabulary: &self.vocabulary, detectors: &self.detectors };
        self.layers.find(text, spotted, finds, work, &mut matches)?;
        if matches.len() > plain {
            drop_misread(text, &mut matches);
            matches = disjoint(matches);
        }
        Ok(whole(text, matches))
    }
}

/// Whether a match is among others, which are in order.
fn has(matches: &[Match], found: &Match) -> bool {
    let place = matches.binary_search_by_key(&found.range.start, |known| known.range.start);
    let known = place.ok().and_then(|place| matches.get(place));
    known.is_some_and(|known| known.kind == found.kind && known.range == found.range)
}

/// Drops what was read in another way together with what stands for a value: a placeholder says
/// nothing backwards or letter by letter.
fn drop_misread(text: &str, matches: &mut Vec<Match>) {
    let standing: Vec<Range<usize>> = placeholders(text).map(|(range, _)| range).collect();
    let touches = |range: &Range<usize>| {
        let next = standing.partition_point(|placeholder| placeholder.end <= range.start);
        standing.get(next).is_some_and(|placeholder| placeholder.start < range.end)
    };
    matches.retain(|found| found.value.is_none() || !touches(&found.range));
}

/// Widens matches to what a reader sees as whole characters.
pub(crate) fn whole(text: &str, mut matches: Vec<Match>) -> Vec<Match> {
    if matches.is_empty() || text.is_ascii() {
        return matches;
    }
    let mut widened = false;
    for found in &mut matches {
        let range: Range<usize> = grapheme::widen(text, found.range.clone());
        widened |= range != found.range;
        found.range = range;
    }
    if widened { disjoint(matches) } else { matches }
}
