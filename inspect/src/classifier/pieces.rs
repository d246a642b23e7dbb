//! A text as the pieces of a model's vocabulary, each with its place in the text.
//!
//! The vocabulary is that of `tokenizer.json`, of the kinds WordPiece (BERT and its kin) and Unigram
//! (SentencePiece). Others are refused.

use std::ops::Range;

use serde_json::Value;
use unicode_normalization::UnicodeNormalization;

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
    /// Whether it was made of texts whose compatibility forms are unified.
    unified: bool,
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
        let unified = json.get("normalizer").is_some_and(unifies);
        Some(Self { vocabulary, unified, begin, end })
    }

    /// The pieces of a text, in order.
    pub(super) fn of(&self, text: &str) -> Vec<Piece> {
        match &self.vocabulary {
            Vocabulary::WordPiece(words) => words.pieces(text),
            Vocabulary::Unigram(pieces) => pieces.pieces(text),
        }
    }
    /// The numbers of a text's pieces, in order, where their places do not matter: of the text as
    /// the vocabulary was made of, with compatibility forms unified.
    pub(super) fn ids(&self, text: &str) -> Vec<i32> {
        let ids = |text: &str| self.of(text).into_iter().map(|piece| piece.id).collect();
        if !self.unified {
            return ids(text);
        }
        ids(&text.nfkc().map(|char| if is_gap(char) { ' ' } else { char }).collect::<String>())
    }
}

/// Whether a normalizer of `tokenizer.json` unifies compatibility forms: SentencePiece's own table,
/// or NFKC.
fn unifies(normalizer: &Value) -> bool {
    match normalizer.get("type").and_then(Value::as_str) {
        Some("Precompiled" | "NFKC") => true,
        Some("Sequence") => {
            let parts = normalizer.get("normalizers").and_then(Value::as_array);
            parts.is_some_and(|parts| parts.iter().any(unifies))
        }
        _ => false,
    }
}

/// What SentencePiece takes for a space though NFKC does not: signs without a width.
const fn is_gap(char: char) -> bool {
    matches!(char, '\u{200b}'..='\u{200f}' | '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffd}')
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn numbers_are_of_the_text_as_the_vocabulary_writes_it() {
        let vocabulary = json!([["[CLS]", 0.0], ["[SEP]", 0.0], ["<unk>", 0.0], ["▁no", -1.0]]);
        let read = |normalizer: &Value| {
            let model = json!({"unk_id": 2, "vocab": vocabulary});
            let json = json!({"normalizer": normalizer, "model": model});
            Pieces::read(&json.to_string()).unwrap()
        };
        let table = json!({"type": "Precompiled", "precompiled_charsmap": ""});
        let inside = json!({"type": "Sequence", "normalizers": [{"type": "Strip"}, table]});
        for unified in [table, inside] {
            assert_eq!(read(&unified).ids("ｎｏ\u{200b}no"), [3, 3]);
        }
        assert!(read(&Value::Null).ids("ｎｏ").contains(&2));
    }
}
