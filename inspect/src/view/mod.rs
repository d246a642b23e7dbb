//! A text as it is meant: written plainly, with the way back to how it was written.
//!
//! ```text
//! text → cheap look for signs → windows around them → views → (found there) → original
//! ```
//!
//! Nothing is made, and nothing allocated, for a text without signs. A view says nothing about
//! what is sensitive; the detectors look at it as at any text.

use std::ops::Range;

pub(crate) mod confusable;
pub(crate) mod fold;
pub(crate) mod grapheme;
pub(crate) mod hidden;
pub(crate) mod numbers;
pub(crate) mod reversed;
pub(crate) mod spaced;
pub(crate) mod spoken;
pub(crate) mod window;

/// How far before a value a change may lie that made it one: a name in front of it, say.
const REACH_BACK: usize = 48;
/// How far behind it.
const REACH_ON: usize = 16;

/// A text in another form, and where each of its parts was.
#[derive(Debug, Default)]
pub(crate) struct View {
    text: String,
    pieces: Vec<Piece>,
}

/// A part of a view. It goes on to the next one.
#[derive(Debug)]
struct Piece {
    /// Where it begins in the view.
    start: usize,
    /// Where it was.
    original: Range<usize>,
    /// Whether it is written as it was.
    kept: bool,
}

impl View {
    /// A view that stands for one range of the original as a whole.
    pub(crate) fn whole(range: Range<usize>, text: String) -> Self {
        Self { text, pieces: vec![Piece { start: 0, original: range, kept: false }] }
    }

    /// The text as it is meant.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Appends a part of the original as it is.
    pub(crate) fn keep(&mut self, source: &str, range: Range<usize>) {
        self.keep_at(source.get(range.clone()).unwrap_or_default(), range.start);
    }

    /// Appends a part of the original that lies at `place` as it is.
    pub(crate) fn keep_at(&mut self, part: &str, place: usize) {
        if part.is_empty() {
            return;
        }
        let range = place..place + part.len();
        match self.pieces.last_mut() {
            Some(last) if last.kept && last.original.end == range.start => {
                last.original.end = range.end;
            }
            _ => self.pieces.push(Piece { start: self.text.len(), original: range, kept: true }),
        }
        self.text.push_str(part);
    }

    /// Appends what a part of the original stands for; nothing, when it says nothing.
    pub(crate) fn put(&mut self, range: Range<usize>, meaning: &str) {
        self.pieces.push(Piece { start: self.text.len(), original: range, kept: false });
        self.text.push_str(meaning);
    }

    /// Appends the character that a part of the original stands for.
    pub(crate) fn put_char(&mut self, range: Range<usize>, meaning: char) {
        self.put(range, meaning.encode_utf8(&mut [0; 4]));
    }

    /// Whether anything is written otherwise than it was.
    pub(crate) fn is_changed(&self) -> bool {
        self.pieces.iter().any(|piece| !piece.kept)
    }

    /// Whether a change lies in a range of the view or so near that it may have made the
    /// difference. What no change is near was seen in the original already, with more around it.
    pub(crate) fn is_changed_near(&self, range: &Range<usize>) -> bool {
        let from = range.start.saturating_sub(REACH_BACK);
        let first = self.pieces.partition_point(|piece| piece.start < from).saturating_sub(1);
        let near = |piece: &&Piece| piece.start < range.end + REACH_ON;
        self.pieces.iter().skip(first).take_while(near).any(|piece| !piece.kept)
    }

    /// Where a range of the view, which is not empty, was in the original.
    pub(crate) fn original(&self, range: &Range<usize>) -> Range<usize> {
        let (Some(first), Some(last)) = (self.piece(range.start), self.piece(range.end - 1)) else {
            return 0..0;
        };
        let from = first.place(range.start).unwrap_or(first.original.start);
        let to = last.place(range.end).unwrap_or(last.original.end);
        if std::ptr::eq(first, last) {
            return from..to;
        }
        // A reversed view runs the other way, and keeps nothing.
        let start = if last.kept { from } else { from.min(last.original.start) };
        let end = if first.kept { to } else { to.max(first.original.end) };
        start..end
    }

    fn piece(&self, place: usize) -> Option<&Piece> {
        let next = self.pieces.partition_point(|piece| piece.start <= place);
        next.checked_sub(1).and_then(|position| self.pieces.get(position))
    }
}

impl Piece {
    /// Where a place of the view is in a part that is as it was.
    const fn place(&self, place: usize) -> Option<usize> {
        if self.kept { Some(self.original.start + (place - self.start)) } else { None }
    }
}
