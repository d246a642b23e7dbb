//! Texts that work by their mass: many rehearsed turns, and one word over and over.
//!
//! Many answers that comply teach a model to comply (Anil and others, Many-shot Jailbreaking, 2024);
//! a word said without end makes it lose its thread, and tell what it was trained on (Nasr and
//! others, Scalable Extraction of Training Data, 2023).

use super::Sign;

/// Turns that are written into one text.
const TURNS: usize = 16;
/// How often a word follows itself.
const REPETITIONS: usize = 40;
/// So far at least do the first and the last but two of those words begin from each other: a word
/// has two letters, and something stands behind it. What begins between them has two more behind it.
const STEP: usize = 3 * (REPETITIONS - 3);
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
///
/// Two neighbours that are one word are met by looking once in every [`STEP`] bytes: of other texts
/// little is read.
fn repeats(text: &str) -> bool {
    let mut from = 0;
    loop {
        // What is left of a word that begins before the step is none.
        let rest = text[from..].trim_start_matches(char::is_alphanumeric);
        let Some((first, rest)) = next_word(rest) else { return false };
        let Some((second, rest)) = next_word(rest) else { return false };
        if first == second {
            return has_run(text);
        }
        let second = text.len() - rest.len() - second.len();
        from = text.ceil_char_boundary(second.max(from + STEP));
    }
}

/// The first word of a text, and what is behind it.
fn next_word(text: &str) -> Option<(&str, &str)> {
    let text = &text[text.find(char::is_alphanumeric)?..];
    let end = text.find(|char: char| !char.is_alphanumeric()).unwrap_or(text.len());
    Some(text.split_at(end))
}

/// The same, read word by word.
fn has_run(text: &str) -> bool {
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

fn is_word(word: &str) -> bool {
    let is_empty_value = ["null", "none", "nan", "na", "true", "false", "nil", "undefined"]
        .iter()
        .any(|value| value.eq_ignore_ascii_case(word));
    !is_empty_value && word.len() >= 2 && word.chars().all(char::is_alphabetic)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{has_run, repeats};

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
        fn a_run_is_seen_wherever_it_stands(
            before in "([a-c]{1,40}[ ,.-]{1,3}){0,40}",
            word in "[a-zé]{2,9}",
            between in "[ ,.-]{1,30}",
            count in 30_usize..50,
            after in "([ ,.-]{1,60}[a-c]{1,40}){0,9}",
        ) {
            let run = vec![word.as_str(); count].join(&between);
            let text = format!("{before}{run}{after}");
            prop_assert_eq!(repeats(&text), has_run(&text));
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
