//! A long text, block by block, so that the memory it takes is bounded.
//!
//! ```text
//! ───── overlap │ block │ overlap ─────     what begins in the block is told
//! ```
//!
//! Where the blocks lie depends on the text alone, never on the pieces it came in. What is found is
//! what is found in the whole text, for values shorter than the overlap; a longer one that reaches
//! the end of what was looked at makes it look further.

use std::ops::Range;

use crate::Incomplete;
use crate::finder::Finder;
use crate::matched::{Match, disjoint};
use crate::scan::Points;
use crate::view::window::floor;

/// A text that is looked at as it comes.
pub(crate) struct Blocks<'a> {
    finder: &'a Finder,
    lengths: Lengths,
    /// What is still needed.
    buffer: String,
    /// Where the buffer begins in the text.
    base: usize,
    /// Where the block begins, within the buffer.
    start: usize,
    /// How far behind the block is looked.
    reach: usize,
    /// The code points before the buffer.
    points: usize,
    /// What may still turn out to be longer.
    held: Vec<Match>,
    /// The beginnings and ends of what was found, in bytes and in code points.
    marks: Vec<(usize, usize)>,
}

/// A match, and where it is in code points.
pub(crate) type Placed = (Match, Range<usize>);

/// The lengths, in bytes.
#[derive(Clone, Copy)]
struct Lengths {
    block: usize,
    overlap: usize,
    /// The longest value that is followed to its end.
    longest: usize,
}

impl<'a> Blocks<'a> {
    /// The longest text that is looked at as a whole.
    pub(crate) const LENGTH: usize = 1 << 20;
    const LENGTHS: Lengths = Lengths { block: Self::LENGTH, overlap: 64 << 10, longest: 8 << 20 };

    pub(crate) const fn new(finder: &'a Finder) -> Self {
        Self::of(finder, Self::LENGTHS)
    }

    const fn of(finder: &'a Finder, lengths: Lengths) -> Self {
        Self {
            finder,
            lengths,
            buffer: String::new(),
            base: 0,
            points: 0,
            start: 0,
            reach: lengths.overlap,
            held: Vec::new(),
            marks: Vec::new(),
        }
    }

    /// All that is in a text, block by block.
    pub(crate) fn find(finder: &'a Finder, text: &str) -> Result<Vec<Match>, Incomplete> {
        let mut blocks = Self::new(finder);
        let mut matches = Vec::new();
        let mut place = 0;
        while place < text.len() {
            let end = floor(text, place + Self::LENGTH);
            blocks.push(text.get(place..end).unwrap_or_default(), &mut matches)?;
            place = end;
        }
        blocks.finish(&mut matches)?;
        Ok(matches.into_iter().map(|(found, _)| found).collect())
    }

    /// Takes the next piece, and tells what is certain by now. Places count from the beginning of
    /// the whole text.
    ///
    /// # Errors
    /// When a block could not be looked at, or a value is longer than it may be.
    pub(crate) fn push(&mut self, piece: &str, found: &mut Vec<Placed>) -> Result<(), Incomplete> {
        self.buffer.push_str(piece);
        // A character may begin at the very end of what is needed.
        while self.buffer.len() >= self.start + self.lengths.block + self.reach + 4 {
            let block = self.start..floor(&self.buffer, self.start + self.lengths.block);
            let end = floor(&self.buffer, block.end + self.reach);
            if !self.look(block, end, false, found)? && self.reach >= self.lengths.longest {
                return Err(Incomplete::Long);
            }
        }
        Ok(())
    }

    /// Tells the rest.
    ///
    /// # Errors
    /// As [`Self::push`].
    pub(crate) fn finish(mut self, found: &mut Vec<Placed>) -> Result<(), Incomplete> {
        let block = self.start..self.buffer.len();
        let end = self.buffer.len();
        self.look(block, end, true, found)?;
        self.tell(usize::MAX, found);
        Ok(())
    }

    /// Looks at a block with what is around it, as far as `end`. False when a value goes on there,
    /// so that more is needed.
    fn look(
        &mut self,
        block: Range<usize>,
        end: usize,
        last: bool,
        found: &mut Vec<Placed>,
    ) -> Result<bool, Incomplete> {
        let window = self.buffer.get(..end).unwrap_or_default();
        let mut matches = self.finder.find_in(window)?;
        matches.retain(|found| block.contains(&found.range.start));
        if !last && matches.last().is_some_and(|found| found.range.end == end) {
            self.reach *= 2;
            return Ok(false);
        }
        let mut points = Points::default();
        for found in &matches {
            for place in [found.range.start, found.range.end] {
                self.marks.push((self.base + place, self.points + points.before(window, place)));
            }
        }
        let base = self.base;
        self.held.extend(matches.into_iter().map(|found| found.moved(base)));
        self.held = disjoint(std::mem::take(&mut self.held));
        self.tell(base + block.end, found);
        self.advance(block.end);
        Ok(true)
    }

    /// Tells what ends before a border, which nothing that is still to be found can touch.
    fn tell(&mut self, border: usize, found: &mut Vec<Placed>) {
        let settled = self.held.partition_point(|found| found.range.end <= border);
        self.marks.sort_unstable();
        let marks = &self.marks;
        let points = |place: usize| {
            let position = marks.partition_point(|(bytes, _)| *bytes < place);
            marks.get(position).map_or(0, |(_, points)| *points)
        };
        found.extend(self.held.drain(..settled).map(|found| {
            let range = points(found.range.start)..points(found.range.end);
            (found, range)
        }));
        let still = self.held.first().map_or(border, |first| first.range.start);
        self.marks.retain(|(bytes, _)| *bytes >= still);
    }

    /// Goes on to the block that begins at `next`, and keeps the overlap before it.
    fn advance(&mut self, next: usize) {
        let keep = floor(&self.buffer, next.saturating_sub(self.lengths.overlap));
        self.points += self.buffer.get(..keep).map_or(0, |gone| gone.chars().count());
        self.buffer.drain(..keep);
        self.base += keep;
        self.start = next - keep;
        self.reach = self.lengths.overlap;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::custom::Customs;
    use crate::detect::Detectors;
    use crate::policy::AllowList;

    const SMALL: Lengths = Lengths { block: 160, overlap: 400, longest: 1 << 16 };

    fn finder() -> Finder {
        Finder::new(Detectors::new(Customs::default(), AllowList::default()))
    }

    fn in_pieces(finder: &Finder, text: &str, cuts: &[usize]) -> Vec<Match> {
        let (mut blocks, mut found, mut place) = (Blocks::of(finder, SMALL), Vec::new(), 0);
        for cut in cuts {
            let cut = floor(text, *cut).max(place);
            blocks.push(text.get(place..cut).unwrap(), &mut found).unwrap();
            place = cut;
        }
        blocks.push(text.get(place..).unwrap(), &mut found).unwrap();
        blocks.finish(&mut found).unwrap();
        for (found, points) in &found {
            let before = |place: usize| text.get(..place).unwrap().chars().count();
            assert_eq!(*points, before(found.range.start)..before(found.range.end));
        }
        found.into_iter().map(|(found, _)| found).collect()
    }

    fn piece() -> impl Strategy<Value = String> {
        prop_oneof![
            "[a-z]{2,8} ",
            Just("4111 1111 1111 1111 ".to_owned()),
            Just("person-1@example.com, ".to_owned()),
            Just("password=hunter22! ".to_owned()),
            Just("Grüße 漢字 🙂 ".to_owned()),
            Just("4111\u{200b}1111\u{200b}1111\u{200b}1111 ".to_owned()),
            Just("sk-ant-api03-0123456789abcdef0123456789abcdef ".to_owned()),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn blocks_do_not_show(pieces in prop::collection::vec(piece(), 0..120), cuts in prop::collection::vec(0_usize..1200, 0..9)) {
            static FINDER: std::sync::LazyLock<Finder> = std::sync::LazyLock::new(finder);
            let text = pieces.concat();
            let mut cuts = cuts;
            cuts.sort_unstable();
            let whole = FINDER.find_in(&text).unwrap();
            prop_assert_eq!(in_pieces(&FINDER, &text, &cuts), whole);
        }
    }

    #[test]
    fn a_value_longer_than_the_overlap_goes_to_its_end() {
        let finder = finder();
        let text = format!("{} password=\"{}\" and on", "x ".repeat(70), "Ab1 ".repeat(900));
        let found = in_pieces(&finder, &text, &[1000]);
        assert_eq!(found, finder.find_in(&text).unwrap());
    }
}
