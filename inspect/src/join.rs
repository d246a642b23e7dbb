//! Values that are cut at the border of two messages, or of the pieces in which one came.
//!
//! ```text
//! … 4111 1111 │ 1111 1111 …      looked at together; each part goes out of its own message
//! ```

use std::collections::BTreeMap;
use std::ops::Range;

use model::{Body, Direction, Place, Record, Role};

use crate::Incomplete;
use crate::finder::Finder;
use crate::matched::Match;

/// How much on each side of a border is looked at.
const REACH: usize = 256;
/// How sure a match across a border must be.
const SURE: f32 = 0.7;

/// The parts of such values, by the segment they are in.
#[derive(Default)]
pub(crate) struct Joins {
    parts: BTreeMap<usize, Vec<Match>>,
}

/// A text of a record, which may be a piece of a longer one.
#[derive(Clone, Copy)]
struct Piece<'a> {
    position: usize,
    direction: Direction,
    role: Role,
    text: &'a str,
}

impl Joins {
    /// What lies across the borders of a record's texts of the same direction: of neighbours, and
    /// of those of one role with others between them.
    pub(crate) fn of(record: &Record, finder: &Finder) -> Result<Self, Incomplete> {
        let mut joins = Self::default();
        if record.content.len() < 2 {
            return Ok(joins);
        }
        let pieces: Vec<Piece<'_>> = record
            .content
            .iter()
            .enumerate()
            .filter_map(|(position, segment)| {
                let text = text_of(&segment.body)?;
                let (direction, role) = (segment.direction, segment.role);
                Some(Piece { position, direction, role, text })
            })
            .collect();
        for direction in [Direction::Input, Direction::Output] {
            let of = |piece: &&Piece<'_>| piece.direction == direction;
            let all: Vec<Piece<'_>> = pieces.iter().filter(of).copied().collect();
            joins.read(&all, finder)?;
            for role in [Role::System, Role::User, Role::Assistant, Role::Tool, Role::Other] {
                let of: Vec<_> = all.iter().filter(|piece| piece.role == role).copied().collect();
                if of.len() < all.len() {
                    joins.read(&of, finder)?;
                }
            }
        }
        Ok(joins)
    }

    /// Takes the parts that are in the field at `place`.
    pub(crate) fn take(&mut self, place: &Place<'_>) -> Vec<Match> {
        if self.parts.is_empty() || place.top() != Some("content") {
            return Vec::new();
        }
        let written = place.to_string();
        let position = written.strip_prefix("content/").and_then(|rest| rest.parse().ok());
        position.and_then(|position: usize| self.parts.remove(&position)).unwrap_or_default()
    }

    /// Looks at each run of pieces that may go on into one another.
    fn read(&mut self, pieces: &[Piece<'_>], finder: &Finder) -> Result<(), Incomplete> {
        let mut start = 0;
        for end in 1..=pieces.len() {
            let goes_on =
                pieces.get(end).is_some_and(|next| may_continue(pieces[end - 1].text, next.text));
            if goes_on {
                // A long piece in the middle ends one run and begins the next.
                if end > start && pieces[end].text.len() <= 2 * REACH {
                    continue;
                }
                self.look(&pieces[start..=end], finder)?;
                start = end;
            } else {
                if end - start > 1 {
                    self.look(&pieces[start..end], finder)?;
                }
                start = end;
            }
        }
        Ok(())
    }

    fn look(&mut self, pieces: &[Piece<'_>], finder: &Finder) -> Result<(), Incomplete> {
        for between in ["", " "] {
            let joined = Joined::of(pieces, between);
            for found in finder.find_in(&joined.text)? {
                self.add(&joined, &found);
            }
        }
        Ok(())
    }

    /// Adds the parts of a match that lies in several pieces.
    fn add(&mut self, joined: &Joined, found: &Match) {
        let within: Vec<_> = joined.within(&found.range).collect();
        let is_name = found.kind.is_told_by_words();
        if within.len() < 2 || is_name || found.confidence < SURE {
            return;
        }
        let written = joined.text.get(found.range.clone()).map(Box::from);
        let value = found.value.clone().or(written);
        for (position, range) in within {
            let parts = self.parts.entry(position).or_default();
            parts.push(Match { range, value: value.clone(), ..found.clone() });
        }
    }
}

/// The ends of pieces, one behind the other.
struct Joined {
    text: String,
    /// Of each piece: its range here, its position, and where that range was in it.
    parts: Vec<(Range<usize>, usize, usize)>,
}

impl Joined {
    fn of(pieces: &[Piece<'_>], between: &str) -> Self {
        let mut joined = Self { text: String::new(), parts: Vec::new() };
        for (number, piece) in pieces.iter().enumerate() {
            let length = piece.text.len();
            let from = if number == 0 { length.saturating_sub(REACH) } else { 0 };
            let to = if number + 1 == pieces.len() { REACH } else { length };
            let from = crate::view::window::ceil(piece.text, from);
            let to = crate::view::window::floor(piece.text, to);
            if number > 0 {
                joined.text.push_str(between);
            }
            let start = joined.text.len();
            joined.text.push_str(piece.text.get(from..to).unwrap_or_default());
            joined.parts.push((start..joined.text.len(), piece.position, from));
        }
        joined
    }

    /// The positions of the pieces that a range touches, and where in them.
    fn within(&self, range: &Range<usize>) -> impl Iterator<Item = (usize, Range<usize>)> {
        let (start, end) = (range.start, range.end);
        self.parts.iter().filter_map(move |(here, position, from)| {
            let part = start.max(here.start)..end.min(here.end);
            let place = |place: usize| place - here.start + from;
            (part.start < part.end).then(|| (*position, place(part.start)..place(part.end)))
        })
    }
}

/// Whether a value may go on from one text into the next: it does not end there as a sentence does,
/// and the words at the border are not all letters.
fn may_continue(left: &str, right: &str) -> bool {
    let joins = |byte: &u8| byte.is_ascii_alphanumeric() || b"@._-+=:/%".contains(byte);
    let head = |text: &str| text.bytes().take(64).take_while(joins).collect::<Vec<_>>();
    let tail = |text: &str| text.bytes().rev().take(64).take_while(joins).collect::<Vec<_>>();
    let (left, right) = (tail(left.trim_end()), head(right.trim_start()));
    let is_sign = |byte: &u8| byte.is_ascii_digit() || b"@_-=:".contains(byte);
    !left.is_empty() && !right.is_empty() && left.iter().chain(&right).any(is_sign)
}

fn text_of(body: &Body) -> Option<&str> {
    match body {
        Body::Text { content }
        | Body::Reasoning { content }
        | Body::Refusal { content }
        | Body::Document { content, .. } => Some(content),
        _ => None,
    }
}
