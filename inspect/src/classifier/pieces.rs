//! A text as the pieces of a model's vocabulary, each with its place in the text.
//!
//! The vocabulary is that of `tokenizer.json`, of the kinds WordPiece (BERT and its kin) and Unigram
//! (SentencePiece). Others are refused.

use std::ops::Range;

use serde_json::Value;

use super::unigram::Unigram;
use super::word_piece::WordPiece;

/// A piece of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    /// Its number in the vocabulary.
    pub(super) id: i32,
    /// Its bytes in the text.
    pub(super) range: Range<usize>,
    /// Whether it goes on with the word of the piece before it.
    pub(super) inside: bool,
}

/// A vocabulary, and what a model wants at the ends of its input.
pub(super) struct Pieces {
    vocabulary: Vocabulary,
    pub(super) begin: i32,
    pub(super) end: i32,
}

enum Vocabulary {
    WordPiece(WordPiece),
    Unigram(Unigram),
}

impl Pieces {
    /// Reads `tokenizer.json`; `None` when it is of another kind.
    pub(super) fn read(tokenizer: &str) -> Option<Self> {
        let json: Value = serde_json::from_str(tokenizer).ok()?;
        let model = json.get("model")?;
        let vocabulary = if model.get("vocab")?.is_array() {
            Vocabulary::Unigram(Unigram::read(model)?)
        } else {
            Vocabulary::WordPiece(WordPiece::read(&json)?)
        };
        let (begin, end) = match &vocabulary {
            Vocabulary::WordPiece(words) => (words.id("[CLS]")?, words.id("[SEP]")?),
            Vocabulary::Unigram(pieces) => (
                pieces.id("<s>").or_else(|| pieces.id("[CLS]"))?,
                pieces.id("</s>").or_else(|| pieces.id("[SEP]"))?,
            ),
        };
        Some(Self { vocabulary, begin, end })
    }

    /// The pieces of a text, in order.
    pub(super) fn of(&self, text: &str) -> Vec<Piece> {
        match &self.vocabulary {
            Vocabulary::WordPiece(words) => words.pieces(text),
            Vocabulary::Unigram(pieces) => pieces.pieces(text),
        }
    }
}
