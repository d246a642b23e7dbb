//! What an answer gives away: the application's own instructions, and tokens that are kept nowhere
//! else.
//!
//! Looks at what was said before anything is taken out of it.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hasher};

use memchr::memmem;
use model::{Body, Direction, Origin, Record, Segment};

use super::Sign;

/// Words in a row that nobody says again by chance.
const SHINGLE: usize = 14;
/// How many such rows of words an answer must repeat.
const REPEATED: usize = 3;
/// Bytes of a record's instructions, and of each answer, that are compared.
const LONGEST: usize = 256 << 10;

/// The signs of a leak, each with the number of its segment.
pub(crate) fn find(record: &Record, canaries: &[String]) -> Vec<(usize, Sign)> {
    let mut signs = system_prompt(record);
    if !canaries.is_empty() {
        let told = record.content.iter().enumerate().filter(|(_, segment)| is_told(segment));
        let leaks = told.filter(|(_, segment)| has_any(segment, canaries));
        signs.extend(leaks.map(|(place, _)| (place, ("canary_leak", 0.95))));
    }
    signs
}

/// Answers that repeat the instructions of their own call.
fn system_prompt(record: &Record) -> Vec<(usize, Sign)> {
    let instructions: Vec<&str> = record
        .content
        .iter()
        .filter(|segment| segment.origin == Origin::System)
        .filter_map(text_of)
        .collect();
    if instructions.iter().all(|text| text.len() < 4 * SHINGLE) {
        return Vec::new();
    }
    let answers: Vec<(usize, &str)> = record
        .content
        .iter()
        .enumerate()
        .filter(|(_, segment)| segment.direction == Direction::Output)
        .filter_map(|(place, segment)| Some((place, text_of(segment)?)))
        .filter(|(_, text)| text.len() >= 4 * SHINGLE)
        .collect();
    if answers.is_empty() {
        return Vec::new();
    }
    let mut known = HashSet::new();
    for text in instructions {
        shingles(text, |hash| {
            known.insert(hash);
        });
    }
    let repeats = |text: &str| {
        let mut repeated = HashSet::new();
        shingles(text, |hash| {
            if known.contains(&hash) {
                repeated.insert(hash);
            }
        });
        repeated.len() >= REPEATED
    };
    let leaks = answers.into_iter().filter(|(_, text)| repeats(text));
    leaks.map(|(place, _)| (place, ("system_prompt_leak", 0.8))).collect()
}

/// Tells a hash of every row of words, small and without signs.
fn shingles(text: &str, mut tell: impl FnMut(u64)) {
    let mut recent = [0_u64; SHINGLE];
    let end = (0..=LONGEST.min(text.len())).rev().find(|end| text.is_char_boundary(*end));
    let text = text.get(..end.unwrap_or(0)).unwrap_or_default();
    let words = text.split(|char: char| !char.is_alphanumeric()).filter(|word| !word.is_empty());
    for (count, word) in words.enumerate() {
        let mut hasher = DefaultHasher::new();
        word.chars().flat_map(char::to_lowercase).for_each(|char| hasher.write_u32(char.into()));
        recent[count % SHINGLE] = hasher.finish();
        if count + 1 >= SHINGLE {
            let row = (count + 1..=count + SHINGLE).map(|place| recent[place % SHINGLE]);
            tell(row.fold(0, |sum, word| {
                sum.rotate_left(9).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ word
            }));
        }
    }
}

/// Whether a segment is said or done by the model, or comes from where a canary was laid.
fn is_told(segment: &Segment) -> bool {
    segment.direction == Direction::Output
        || segment.origin == Origin::Assistant
        || matches!(segment.body, Body::ToolCall { .. })
}

fn has_any(segment: &Segment, canaries: &[String]) -> bool {
    let has = |text: &str| {
        canaries.iter().any(|canary| memmem::find(text.as_bytes(), canary.as_bytes()).is_some())
    };
    match &segment.body {
        Body::ToolCall { arguments, .. } => has(&arguments.to_string()),
        _ => text_of(segment).is_some_and(has),
    }
}

const fn text_of(segment: &Segment) -> Option<&str> {
    match &segment.body {
        Body::Text { content } | Body::Reasoning { content } | Body::Refusal { content } => {
            Some(content.as_str())
        }
        _ => None,
    }
}
