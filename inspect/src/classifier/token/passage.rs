//! Which parts of a text are natural language: what a model of names was trained on.
//!
//! ```text
//! text → passages, with empty lines between them → words enough, letters enough, few marks
//! ```
//!
//! Code, tables and encoded bytes cost a model as much as prose, and it says nothing true of them.

use std::ops::Range;

/// Of the signs that are no spaces, at least one in so many is a letter: prose has numbers in it.
const LETTERS: usize = 3;
/// Of the signs, at most one in so many is a mark of code.
const MARKS: usize = 10;
/// Words that there must be, where words have spaces between them.
const WORDS: usize = 2;
/// Letters of a script that has none, which say as much.
const CHARACTERS: usize = 4;

/// The passages of a text that are natural language, in order.
pub(super) fn passages(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut rest = text;
    let mut place = 0;
    std::iter::from_fn(move || {
        while !rest.is_empty() {
            let length = passage(rest);
            let (passage, behind) = rest.split_at_checked(length)?;
            let range = place..place + length;
            (rest, place) = (behind, range.end);
            if is_natural(passage) {
                return Some(range);
            }
        }
        None
    })
}

/// How long the first passage is, with the empty line behind it.
fn passage(text: &str) -> usize {
    let mut end = 0;
    for line in text.split_inclusive('\n') {
        end += line.len();
        if line.bytes().all(|byte| byte.is_ascii_whitespace()) {
            break;
        }
    }
    end
}

fn is_natural(passage: &str) -> bool {
    let (mut signs, mut letters, mut marks, mut wide) = (0, 0, 0, 0);
    for char in passage.chars().filter(|char| !char.is_whitespace()) {
        signs += 1;
        letters += usize::from(char.is_alphabetic());
        marks += usize::from(is_mark(char));
        wide += usize::from(char.is_alphabetic() && char >= '\u{2e80}');
    }
    let word = |word: &&str| word.chars().filter(|char| char.is_alphabetic()).nth(1).is_some();
    let enough =
        wide >= CHARACTERS || passage.split_whitespace().filter(word).nth(WORDS - 1).is_some();
    enough && letters * LETTERS >= signs && marks * MARKS <= signs
}

/// Whether a character is one of code rather than of prose.
const fn is_mark(char: char) -> bool {
    matches!(
        char,
        '{' | '}'
            | '['
            | ']'
            | '<'
            | '>'
            | '='
            | '_'
            | '/'
            | '\\'
            | '|'
            | '$'
            | '#'
            | '~'
            | '^'
            | '`'
            | ';'
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn prose_is_told_from_the_rest() {
        for prose in [
            "Anna lives in Gdansk.",
            "Call Anna at +44 20 7946 0958.",
            "Анна живёт в Гданьске",
            "安娜住在格但斯克",
            "Anna Li",
        ] {
            assert!(is_natural(prose), "{prose}");
        }
        for other in [
            "",
            "anna",
            "{\"name\": \"x\", \"n\": [1, 2]}",
            "if (x[i] == y[j]) { return x[i] / y[j]; }",
            "4111 1111 1111 1111",
            "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0",
        ] {
            assert!(!is_natural(other), "{other}");
        }
    }

    #[test]
    fn code_between_prose_is_passed_over() {
        let text = "Dear Anna,\nhow are you?\n \nlet x = [y_1, y_2];\n\nYours, Li Wei";
        let found: Vec<_> = passages(text).filter_map(|range| text.get(range)).collect();
        assert_eq!(found, ["Dear Anna,\nhow are you?\n \n", "Yours, Li Wei"]);
    }

    proptest! {
        #[test]
        fn passages_are_in_order_and_in_the_text(text in "([a-z é漢{;]{0,9}\n?){0,20}") {
            let mut end = 0;
            for range in passages(&text) {
                prop_assert!(range.start >= end && text.get(range.clone()).is_some());
                end = range.end;
            }
        }
    }
}
