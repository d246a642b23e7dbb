//! Digits that are spelled out: `four one one one`, `vier-eins-eins`, `deux zéro`, `tres dos`.

use std::sync::LazyLock;

use super::View;
use super::window::{ceil, floor};

/// The words for digits, in English, German, French and Spanish. Those of two letters are read,
/// but begin nothing.
pub(crate) const DIGITS: [(&str, char); 48] = [
    ("zero", '0'),
    ("one", '1'),
    ("two", '2'),
    ("three", '3'),
    ("four", '4'),
    ("five", '5'),
    ("six", '6'),
    ("seven", '7'),
    ("eight", '8'),
    ("nine", '9'),
    ("oh", '0'),
    ("null", '0'),
    ("eins", '1'),
    ("zwei", '2'),
    ("zwo", '2'),
    ("drei", '3'),
    ("vier", '4'),
    ("fünf", '5'),
    ("fuenf", '5'),
    ("sechs", '6'),
    ("sieben", '7'),
    ("acht", '8'),
    ("neun", '9'),
    ("zéro", '0'),
    ("un", '1'),
    ("une", '1'),
    ("deux", '2'),
    ("trois", '3'),
    ("quatre", '4'),
    ("cinq", '5'),
    ("sept", '7'),
    ("huit", '8'),
    ("neuf", '9'),
    ("cero", '0'),
    ("uno", '1'),
    ("dos", '2'),
    ("tres", '3'),
    ("cuatro", '4'),
    ("cinco", '5'),
    ("seis", '6'),
    ("siete", '7'),
    ("ocho", '8'),
    ("nueve", '9'),
    ("nought", '0'),
    ("naught", '0'),
    ("niner", '9'),
    ("trés", '3'),
    ("séis", '6'),
];
/// Words for the signs between digits.
const SIGNS: [(&str, &str); 14] = [
    ("plus", "+"),
    ("dash", "-"),
    ("hyphen", "-"),
    ("minus", "-"),
    ("strich", "-"),
    ("tiret", "-"),
    ("guion", "-"),
    ("guión", "-"),
    ("dot", "."),
    ("point", "."),
    ("punkt", "."),
    ("punto", "."),
    ("space", " "),
    ("colon", ":"),
];
/// Words that say the next digit again.
const REPEATS: [(&str, usize); 3] = [("double", 2), ("triple", 3), ("doppel", 2)];
/// The fewest digits that are worth it.
const SHORTEST: usize = 7;
/// The most that are read.
const MOST: usize = 128;
const LONGEST_WORD: usize = 8;
const AROUND: usize = 64;

/// The text around the spelled digits that begin at `place`, with digits, and where they end.
pub(crate) fn view(text: &str, place: usize) -> Option<(View, usize)> {
    let start = preceding(text, place);
    let mut view = View::default();
    view.keep(text, ceil(text, start.saturating_sub(AROUND))..start);
    let (mut end, mut place, mut digits, mut again) = (start, start, 0, 1);
    while digits < MOST {
        let Some((length, meaning)) = word_at(text, place) else { break };
        let range = end..place + length;
        match meaning {
            Word::Digit(digit) => {
                digits += again;
                let between = between(text.get(end..place).unwrap_or_default());
                let written: String = std::iter::repeat_n(digit, again).collect();
                view.put(range, &format!("{between}{written}"));
                again = 1;
            }
            Word::Sign(sign) => view.put(range, sign),
            Word::Again(count) => {
                view.put(range, "");
                again = count;
            }
        }
        end = place + length;
        place = end + gap(text.get(end..).unwrap_or_default());
    }
    view.keep(text, end..floor(text, end + AROUND));
    (digits >= SHORTEST).then_some((view, end))
}

/// Whether behind the word of a digit, which ends at `end`, another one follows.
pub(crate) fn goes_on(text: &str, end: usize) -> bool {
    let rest = text.get(end..).unwrap_or_default();
    word_at(text, end + gap(rest)).is_some()
}

#[derive(Clone, Copy)]
enum Word {
    Digit(char),
    Sign(&'static str),
    Again(usize),
}

/// The words by their first letter, the longest first.
static BY_LETTER: LazyLock<[Vec<(&str, Word)>; 26]> = LazyLock::new(|| {
    let digits = DIGITS.iter().map(|(word, digit)| (*word, Word::Digit(*digit)));
    let signs = SIGNS.iter().map(|(word, sign)| (*word, Word::Sign(sign)));
    let repeats = REPEATS.iter().map(|(word, count)| (*word, Word::Again(*count)));
    let mut all: Vec<_> = digits.chain(signs).chain(repeats).collect();
    all.sort_by_key(|(word, _)| std::cmp::Reverse(word.len()));
    std::array::from_fn(|letter| {
        let begins = |word: &str| word.bytes().next().and_then(place_in_alphabet) == Some(letter);
        all.iter().filter(|(word, _)| begins(word)).copied().collect()
    })
});

fn place_in_alphabet(letter: u8) -> Option<usize> {
    letter.is_ascii_alphabetic().then(|| usize::from(letter.to_ascii_lowercase() - b'a'))
}

/// The word of a digit or sign that begins at a place, and its length: the longest.
fn word_at(text: &str, place: usize) -> Option<(usize, Word)> {
    let letter = place_in_alphabet(*text.as_bytes().get(place)?)?;
    let begins = |word: &str| {
        let part = text.get(place..place + word.len());
        part.is_some_and(|part| part.eq_ignore_ascii_case(word) || same(part, word))
    };
    let found = BY_LETTER.get(letter)?.iter().find(|(word, _)| begins(word));
    found.map(|(word, meaning)| (word.len(), *meaning))
}

/// Whether two words differ only in the case of letters that are not ASCII.
fn same(part: &str, word: &str) -> bool {
    !part.is_ascii() && part.to_lowercase() == word
}

/// The length of what parts two words.
fn gap(rest: &str) -> usize {
    let signs = |byte: &u8| byte.is_ascii_whitespace() || b",.-;:/_".contains(byte);
    rest.bytes().take(4).take_while(signs).count()
}

/// What a gap between two digits says: a comma or the end of a line parts groups.
fn between(gap: &str) -> &'static str {
    if gap.contains([',', ';', '\n']) { " " } else { "" }
}

/// Where the words begin that lead to the one at `place` and were too short to be seen.
fn preceding(text: &str, place: usize) -> usize {
    let mut start = place;
    for _ in 0..4 {
        let window = text.get(floor(text, start.saturating_sub(LONGEST_WORD + 2))..start);
        let before = window.unwrap_or_default().trim_end_matches([' ', '-', ',', '.']);
        let word = before.rsplit(|char: char| !char.is_alphabetic()).next().unwrap_or_default();
        let gap = window.map_or(0, str::len) - before.len();
        let first = start - gap - word.len();
        let known = !word.is_empty()
            && word_at(text, first).is_some_and(|(length, _)| length == word.len());
        if gap == 0 || !known {
            break;
        }
        start = first;
    }
    start
}
