//! Texts that work by their mass: many rehearsed turns, and one word over and over.
//!
//! Many answers that comply teach a model to comply (Anil and others, Many-shot Jailbreaking, 2024);
//! a word said without end makes it lose its thread, and tell what it was trained on (Nasr and
//! others, Scalable Extraction of Training Data, 2023).

use super::Sign;
use crate::view::window::ceil;

/// Turns that are written into one text.
const TURNS: usize = 16;
/// How often a word follows itself.
const REPETITIONS: usize = 40;
/// Bytes that so many words of two letters, with one sign between any two, go on for at least,
/// without the first and the last of them.
const SHORTEST_ROW: usize = (REPETITIONS - 2) * 3;
/// Who speaks, on the side of the person and of the model.
const ASKING: [&str; 6] = ["user:", "human:", "q:", "question:", "person:", "prompt:"];
const ANSWERING: [&str; 8] =
    ["assistant:", "ai:", "a:", "answer:", "model:", "bot:", "chatbot:", "response:"];

/// Adds the signs of repetition.
pub(super) fn find(text: &str, signs: &mut Vec<Sign>) {
    if turns(text) >= TURNS {
        signs.push(("many_shot", 0.5));
    }
    if repeats(text) {
        signs.push(("token_repetition", 0.5));
    }
}

/// How often the speaker changes from line to line.
fn turns(text: &str) -> usize {
    let (mut turns, mut asking) = (0, None);
    for line in text.lines() {
        let line = line.trim_start_matches(['#', '*', '>', '[', '<', '-', ' ', '\t']);
        let begins = |names: &[&str]| {
            names.iter().any(|name| {
                line.get(..name.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(name))
            })
        };
        let now = match line.as_bytes().first().map(u8::to_ascii_lowercase) {
            Some(b'u' | b'h' | b'q' | b'p') if begins(&ASKING) => true,
            Some(b'a' | b'm' | b'b' | b'c' | b'r') if begins(&ANSWERING) => false,
            _ => continue,
        };
        if asking != Some(now) {
            turns += 1;
            asking = Some(now);
        }
    }
    turns
}

/// Whether a word of letters follows itself very often. Empty values of data do.
fn repeats(text: &str) -> bool {
    if !may_repeat(text) {
        return false;
    }
    let (mut last, mut run) = ("", 0);
    for word in text.split(|char: char| !char.is_alphanumeric()).filter(|word| !word.is_empty()) {
        run = if word == last { run + 1 } else { 1 };
        last = word;
        if run >= REPETITIONS && is_word(word) {
            return true;
        }
    }
    false
}

/// Whether, at places of which one lies within every row of [`REPETITIONS`] words, a word follows
/// itself.
fn may_repeat(text: &str) -> bool {
    let mut place = 0;
    while let Some(start) = next_word(text, word_end(text, ceil(text, place))) {
        let end = word_end(text, start);
        let Some(next) = next_word(text, end) else { return false };
        let word = text.get(start..end).unwrap_or_default();
        if text.get(next..word_end(text, next)) == Some(word) && is_word(word) {
            return true;
        }
        place = start.max(place + SHORTEST_ROW);
    }
    false
}

/// Where the word ends that `place` lies in or before.
fn word_end(text: &str, place: usize) -> usize {
    let rest = text.get(place..).unwrap_or_default();
    place + rest.find(|char: char| !char.is_alphanumeric()).unwrap_or(rest.len())
}

/// Where the next word begins from `place` on.
fn next_word(text: &str, place: usize) -> Option<usize> {
    text.get(place..)?.find(char::is_alphanumeric).map(|gap| place + gap)
}

fn is_word(word: &str) -> bool {
    let is_empty_value = ["null", "none", "nan", "na", "true", "false", "nil", "undefined"]
        .iter()
        .any(|value| value.eq_ignore_ascii_case(word));
    !is_empty_value && word.len() >= 2 && word.chars().all(char::is_alphabetic)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    fn names(text: &str) -> Vec<&'static str> {
        let mut signs = Vec::new();
        super::find(text, &mut signs);
        signs.into_iter().map(|(name, _)| name).collect()
    }

    #[test]
    fn masses_are_seen() {
        let turn = |ask: &str, answer: &str| {
            format!("{ask} a question\n{answer} Sure, here.\n").repeat(10)
        };
        assert_eq!(names(&turn("User:", "Assistant:")), ["many_shot"]);
        assert_eq!(names(&turn("### Human:", "### AI:")), ["many_shot"]);
        assert_eq!(names(&turn("Q:", "A:")), ["many_shot"]);
        assert_eq!(names(&"poem ".repeat(60)), ["token_repetition"]);
        assert_eq!(names(&"Company, ".repeat(50)), ["token_repetition"]);
        assert_eq!(names(&format!("Say {}", "да ".repeat(45))), ["token_repetition"]);
    }

    proptest! {
        #[test]
        fn rows_are_those_of_a_plain_walk(
            text in "([a-b.é ]{0,60}|(ab[ -]){36,44}|(é, ?){38,42}|(ba—){38,42}){0,6}",
        ) {
            let words = text.split(|char: char| !char.is_alphanumeric());
            let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
            let rows = words.chunk_by(|one, next| one == next);
            let longest = rows.filter(|row| super::is_word(row[0])).map(<[&str]>::len).max();
            prop_assert_eq!(super::repeats(&text), longest.unwrap_or(0) >= super::REPETITIONS);
        }
    }

    #[test]
    fn ordinary_lists_are_not() {
        for text in [
            "Q: When?\nA: At nine.\nQ: Where?\nA: Here.".to_owned(),
            "A: first\nA: second\n".repeat(20),
            "null, ".repeat(100),
            "0 0 0 0 ".repeat(50),
            "ha ha ha ha ha ha, very funny".to_owned(),
            "------------ ".repeat(50),
        ] {
            assert!(names(&text).is_empty(), "{text}");
        }
    }
}
