//! Unigram pieces (Kudo, 2018), as SentencePiece uses them: the most probable way to put a word
//! together from the pieces of the vocabulary.
//!
//! Words are what lies between spaces; the space before a word is its first letter, `▁`. The text is
//! taken as it is written: no compatibility forms are unified.

use std::collections::HashMap;
use std::ops::Range;

use serde_json::Value;

use super::pieces::Piece;

/// Stands for the space before a word.
const SPACE: char = '▁';
/// Longer words are cut.
const LONGEST_WORD: usize = 200;
/// Letters of the longest piece that is looked for.
const LONGEST_PIECE: usize = 24;
/// What an unknown letter costs beyond the rarest piece, as in SentencePiece.
const UNKNOWN: f32 = 10.0;

/// A vocabulary of pieces with their log probabilities.
pub(super) struct Unigram {
    pieces: HashMap<String, (i32, f32)>,
    unknown: i32,
    rarest: f32,
}

impl Unigram {
    /// Reads the `model` of `tokenizer.json`; `None` when it is not of this kind.
    pub(super) fn read(model: &Value) -> Option<Self> {
        let vocabulary: Vec<(String, f32)> =
            serde_json::from_value(model.get("vocab")?.clone()).ok()?;
        let unknown =
            model.get("unk_id").and_then(Value::as_i64).and_then(|id| i32::try_from(id).ok())?;
        let rarest = vocabulary.iter().map(|(_, score)| *score).fold(0.0, f32::min);
        let pieces =
            vocabulary.into_iter().zip(0..).map(|((piece, score), id)| (piece, (id, score)));
        Some(Self { pieces: pieces.collect(), unknown, rarest })
    }

    pub(super) fn id(&self, piece: &str) -> Option<i32> {
        self.pieces.get(piece).map(|(id, _)| *id)
    }

    pub(super) fn pieces(&self, text: &str) -> Vec<Piece> {
        let mut pieces = Vec::new();
        let mut start = None;
        for (place, char) in text.char_indices().chain([(text.len(), ' ')]) {
            match (char.is_whitespace(), start) {
                (true, Some(begin)) => {
                    self.split(text, begin..place, &mut pieces);
                    start = None;
                }
                (false, None) => start = Some(place),
                (false, Some(begin)) if place - begin > LONGEST_WORD => {
                    self.split(text, begin..place, &mut pieces);
                    start = Some(place);
                }
                _ => {}
            }
        }
        pieces
    }

    /// Splits a word in the most probable way (Viterbi, 1967).
    fn split(&self, text: &str, word: Range<usize>, pieces: &mut Vec<Piece>) {
        let letters: Vec<(usize, char)> = std::iter::once((word.start, SPACE))
            .chain(
                text.get(word.clone())
                    .unwrap_or_default()
                    .char_indices()
                    .map(|(place, char)| (word.start + place, char)),
            )
            .collect();
        let steps = self.steps(&letters);
        let mut reversed = Vec::new();
        let mut to = letters.len();
        while to > 0 {
            let Step { from, id, .. } = steps[to];
            let end = letters.get(to).map_or(word.end, |(place, _)| *place);
            reversed.push(Piece { id, range: letters[from].0..end, inside: from > 0 });
            to = from;
        }
        pieces.extend(reversed.into_iter().rev());
    }

    /// For every end, the last piece of the best way to it.
    fn steps(&self, letters: &[(usize, char)]) -> Vec<Step> {
        let mut steps = vec![Step { from: 0, id: self.unknown, score: 0.0 }];
        for to in 1..=letters.len() {
            let alone = steps[to - 1].score + self.rarest - UNKNOWN;
            let mut best = Step { from: to - 1, id: self.unknown, score: alone };
            let mut piece = String::new();
            for from in (to.saturating_sub(LONGEST_PIECE)..to).rev() {
                piece.insert(0, letters[from].1);
                if let Some((id, score)) = self.pieces.get(&piece)
                    && steps[from].score + score > best.score
                {
                    best = Step { from, id: *id, score: steps[from].score + score };
                }
            }
            steps.push(best);
        }
        steps
    }
}

#[derive(Clone, Copy)]
struct Step {
    from: usize,
    id: i32,
    score: f32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_probable_pieces_win() {
        let model = serde_json::json!({
            "unk_id": 0,
            "vocab": [["<unk>", 0.0], ["▁an", -2.0], ["na", -2.0], ["▁anna", -3.0], ["▁", -4.0]],
        });
        let pieces = Unigram::read(&model).unwrap();
        let text = "anna  zna";
        let found: Vec<(i32, &str, bool)> = pieces
            .pieces(text)
            .into_iter()
            .map(|piece| (piece.id, text.get(piece.range).unwrap(), piece.inside))
            .collect();
        assert_eq!(found, [(3, "anna", false), (4, "", false), (0, "z", true), (2, "na", true)]);
    }
}
