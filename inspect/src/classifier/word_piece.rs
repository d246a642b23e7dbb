//! WordPiece (Schuster and Nakajima, 2012), as BERT uses it: words and marks, then the longest
//! pieces of the vocabulary from left to right.
//!
//! Unlike most, it keeps the place of every piece in the text as it is written.

use std::collections::HashMap;
use std::ops::Range;

use serde_json::Value;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::pieces::Piece;

/// Longer words are unknown, as in BERT's own tokenizer.
const LONGEST_WORD: usize = 100;

/// A vocabulary of words and of pieces that go on.
pub(super) struct WordPiece {
    vocabulary: HashMap<String, i32>,
    unknown: i32,
    prefix: String,
    lowercase: bool,
    strip_accents: bool,
}

impl WordPiece {
    /// Reads the parts of `tokenizer.json` that matter; `None` when it is not of this kind.
    pub(super) fn read(json: &Value) -> Option<Self> {
        let model = json.get("model")?;
        if model.get("type").is_some_and(|kind| kind != "WordPiece") {
            return None;
        }
        let vocabulary: HashMap<String, i32> =
            serde_json::from_value(model.get("vocab")?.clone()).ok()?;
        let unknown = model.get("unk_token").and_then(Value::as_str).unwrap_or("[UNK]");
        let prefix = model.get("continuing_subword_prefix").and_then(Value::as_str).unwrap_or("##");
        let normalizer = json.get("normalizer");
        let flag = |name| normalizer.and_then(|of| of.get(name)).and_then(Value::as_bool);
        let lowercase = flag("lowercase").unwrap_or(false);
        Some(Self {
            unknown: *vocabulary.get(unknown)?,
            prefix: prefix.to_owned(),
            lowercase,
            strip_accents: flag("strip_accents").unwrap_or(lowercase),
            vocabulary,
        })
    }

    pub(super) fn id(&self, piece: &str) -> Option<i32> {
        self.vocabulary.get(piece).copied()
    }

    pub(super) fn pieces(&self, text: &str) -> Vec<Piece> {
        let mut pieces = Vec::new();
        for word in words(text) {
            self.split(text, word, &mut pieces);
        }
        pieces
    }

    /// Splits a word into the longest pieces there are, or takes it as unknown.
    fn split(&self, text: &str, word: Range<usize>, pieces: &mut Vec<Piece>) {
        let letters = self.normalized(text.get(word.clone()).unwrap_or_default(), word.start);
        if letters.is_empty() {
            return;
        }
        let first = pieces.len();
        let mut from = 0;
        while let Some((id, to)) = self.longest(&letters, from) {
            let start = letters[from].1;
            let end = letters.get(to).map_or(word.end, |(_, start)| *start);
            pieces.push(Piece { id, range: start..end, inside: from > 0 });
            from = to;
            if from == letters.len() {
                return;
            }
        }
        pieces.truncate(first);
        pieces.push(Piece { id: self.unknown, range: word, inside: false });
    }

    /// The longest piece that begins at a letter, and where it ends.
    fn longest(&self, letters: &[(char, usize)], from: usize) -> Option<(i32, usize)> {
        if letters.len() > LONGEST_WORD {
            return None;
        }
        (from + 1..=letters.len()).rev().find_map(|to| {
            let mut piece = if from > 0 { self.prefix.clone() } else { String::new() };
            piece.extend(letters[from..to].iter().map(|(letter, _)| letter));
            self.id(&piece).map(|id| (id, to))
        })
    }

    /// The letters as the vocabulary writes them, with their places.
    fn normalized(&self, word: &str, start: usize) -> Vec<(char, usize)> {
        let mut letters = Vec::with_capacity(word.len());
        for (place, char) in word.char_indices() {
            let mut add = |letter: char| letters.push((letter, start + place));
            if !self.lowercase && !self.strip_accents {
                add(char);
                continue;
            }
            let lower: Vec<char> =
                if self.lowercase { char.to_lowercase().collect() } else { vec![char] };
            if self.strip_accents {
                lower.into_iter().nfd().filter(|letter| !is_combining_mark(*letter)).for_each(add);
            } else {
                lower.into_iter().for_each(&mut add);
            }
        }
        letters
    }
}

/// The words of a text: runs between spaces, with every mark and every ideograph alone.
fn words(text: &str) -> Vec<Range<usize>> {
    let mut words = Vec::new();
    let mut start = None;
    for (place, char) in text.char_indices() {
        let alone = is_mark(char) || is_ideograph(char);
        let gap = char.is_whitespace() || char.is_control() || char == '\u{fffd}';
        if alone || gap {
            words.extend(start.take().map(|start| start..place));
        } else if start.is_none() {
            start = Some(place);
        }
        if alone {
            words.push(place..place + char.len_utf8());
        }
    }
    words.extend(start.map(|start| start..text.len()));
    words
}

/// Punctuation: all of ASCII's signs, and those of other scripts.
fn is_mark(char: char) -> bool {
    char.is_ascii_punctuation()
        || matches!(char, '¡' | '§' | '«' | '¶' | '·' | '»' | '¿' | '\u{2010}'..='\u{2027}'
            | '\u{2030}'..='\u{205e}' | '\u{3001}'..='\u{3003}' | '\u{3008}'..='\u{3011}'
            | '\u{3014}'..='\u{301f}' | '\u{ff01}'..='\u{ff0f}' | '\u{ff1a}'..='\u{ff20}'
            | '\u{ff3b}'..='\u{ff40}' | '\u{ff5b}'..='\u{ff65}')
}

fn is_ideograph(char: char) -> bool {
    matches!(char, '\u{4e00}'..='\u{9fff}' | '\u{3400}'..='\u{4dbf}' | '\u{f900}'..='\u{faff}'
        | '\u{20000}'..='\u{2ceaf}' | '\u{2f800}'..='\u{2fa1f}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn words_of(pieces: &[&str], lowercase: bool) -> WordPiece {
        let vocabulary = pieces.iter().zip(0..).map(|(piece, id)| ((*piece).to_owned(), id));
        WordPiece {
            vocabulary: vocabulary.collect(),
            unknown: 0,
            prefix: "##".to_owned(),
            lowercase,
            strip_accents: lowercase,
        }
    }

    #[test]
    fn pieces_have_their_places() {
        let words = words_of(&["[UNK]", "elo", "##die", ",", "你"], true);
        let text = "Élodie, 你 xyz";
        let places: Vec<(i32, &str)> = words
            .pieces(text)
            .into_iter()
            .map(|piece| (piece.id, text.get(piece.range).unwrap()))
            .collect();
        assert_eq!(places, [(1, "Élo"), (2, "die"), (3, ","), (4, "你"), (0, "xyz")]);
    }

    proptest! {
        #[test]
        fn places_are_in_order_and_on_characters(text in "\\PC{0,40}", lowercase: bool) {
            let words = words_of(&["[UNK]", "a", "##a", "b", ".", "ss", "##i"], lowercase);
            let mut end = 0;
            for piece in words.pieces(&text) {
                prop_assert!(piece.range.start >= end && piece.range.start <= piece.range.end);
                prop_assert!(text.get(piece.range.clone()).is_some());
                end = piece.range.end;
            }
        }
    }
}
