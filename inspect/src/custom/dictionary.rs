//! Words and phrases of an operator, found as whole words without regard to case.
//!
//! ```text
//! text → words, hashed in lower case → one bit of a table → the phrases that begin so → compared
//! ```

use std::collections::HashMap;
use std::ops::Range;

use super::Beyond;

/// Phrases that there may be.
const MOST: usize = 200_000;
/// Bytes of one.
const LONGEST: usize = 200;
/// Bits of the table of first words.
const BITS: u32 = 18;
/// Signs between the words of a phrase.
const GAP: usize = 3;
/// How many phrases a text may be compared with, for each of its bytes and beyond that.
const COMPARED: (usize, usize) = (64, 1 << 20);

/// The phrases, by the hash of their first word.
pub(super) struct Dictionary {
    table: Box<[u64]>,
    phrases: HashMap<u64, Vec<Vec<String>>>,
}

impl Dictionary {
    /// Reads phrases; empty ones are passed over.
    ///
    /// # Errors
    /// Says what is wrong, without quoting a phrase.
    pub(super) fn new(phrases: &[String]) -> Result<Self, String> {
        if phrases.len() > MOST {
            return Err(format!("has more than {MOST} words"));
        }
        let mut dictionary =
            Self { table: vec![0; 1 << (BITS - 6)].into(), phrases: HashMap::new() };
        for (position, phrase) in phrases.iter().enumerate() {
            if phrase.len() > LONGEST {
                return Err(format!("{}: is longer than {LONGEST} bytes", position + 1));
            }
            dictionary.add(phrase);
        }
        if dictionary.phrases.is_empty() {
            return Err("has no words".to_owned());
        }
        dictionary
            .phrases
            .values_mut()
            .for_each(|same| same.sort_by_key(|words| usize::MAX - words.len()));
        Ok(dictionary)
    }

    fn add(&mut self, phrase: &str) {
        let words: Vec<String> = Words::of(phrase, 0)
            .filter_map(|word| Some(phrase.get(word)?.to_lowercase()))
            .collect();
        let Some(first) = words.first() else { return };
        let hash = hash(first);
        if let Some(bits) = self.table.get_mut(bit(hash) / 64) {
            *bits |= 1 << (bit(hash) % 64);
        }
        self.phrases.entry(hash).or_default().push(words);
    }

    /// Tells every phrase in a text, the longest at each place.
    ///
    /// # Errors
    /// When so many phrases begin alike, so often, that it would take too long, or as soon as `tell`
    /// fails.
    pub(super) fn each(
        &self,
        text: &str,
        mut tell: impl FnMut(Range<usize>) -> Result<(), Beyond>,
    ) -> Result<(), Beyond> {
        let mut end = 0;
        let mut left = text.len() * COMPARED.0 + COMPARED.1;
        for word in Words::of(text, 0) {
            if word.start < end {
                continue;
            }
            let hash = hash(text.get(word.clone()).unwrap_or_default());
            let known = self
                .table
                .get(bit(hash) / 64)
                .is_some_and(|bits| bits >> (bit(hash) % 64) & 1 == 1);
            if known && let Some(phrases) = self.phrases.get(&hash) {
                left = left.checked_sub(phrases.len()).ok_or(Beyond)?;
                if let Some(found) = compare(phrases, text, &word) {
                    end = found.end;
                    tell(found)?;
                }
            }
        }
        Ok(())
    }
}

/// The first of the phrases that stands where a word begins.
fn compare(phrases: &[Vec<String>], text: &str, first: &Range<usize>) -> Option<Range<usize>> {
    phrases.iter().find_map(|phrase| {
        let mut end = first.start;
        let mut words = Words::of(text, first.start);
        for (position, wanted) in phrase.iter().enumerate() {
            let word = words.next()?;
            let near = position == 0 || word.start - end <= GAP;
            let same = text.get(word.clone()).is_some_and(|word| is_same(word, wanted));
            if !(near && same) {
                return None;
            }
            end = word.end;
        }
        Some(first.start..end)
    })
}

fn is_same(word: &str, lower: &str) -> bool {
    if word.is_ascii() {
        return word.eq_ignore_ascii_case(lower);
    }
    word.to_lowercase() == lower
}

const fn bit(hash: u64) -> usize {
    (hash >> (64 - BITS)) as usize
}

/// FNV-1a of a word in lower case, without making one.
fn hash(word: &str) -> u64 {
    let fold = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    let begin = 0xcbf2_9ce4_8422_2325;
    let hash = if word.is_ascii() {
        word.bytes().map(|byte| byte.to_ascii_lowercase()).fold(begin, fold)
    } else {
        let mut buffer = [0; 4];
        word.to_lowercase()
            .chars()
            .fold(begin, |hash, char| char.encode_utf8(&mut buffer).bytes().fold(hash, fold))
    };
    // The high bits decide, and short words hardly reach them.
    hash.wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// The runs of letters and digits of a text.
struct Words<'a> {
    text: &'a str,
    place: usize,
}

impl<'a> Words<'a> {
    const fn of(text: &'a str, place: usize) -> Self {
        Self { text, place }
    }
}

impl Iterator for Words<'_> {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Range<usize>> {
        let rest = self.text.get(self.place..)?;
        let start = self.place + rest.find(char::is_alphanumeric)?;
        let rest = self.text.get(start..)?;
        let length = rest.find(|char: char| !char.is_alphanumeric()).unwrap_or(rest.len());
        self.place = start + length;
        Some(start..start + length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found<'a>(phrases: &[&str], text: &'a str) -> Vec<&'a str> {
        let phrases: Vec<String> = phrases.iter().map(ToString::to_string).collect();
        let mut found = Vec::new();
        let tell = |range| {
            found.push(text.get(range).unwrap());
            Ok(())
        };
        Dictionary::new(&phrases).unwrap().each(text, tell).unwrap();
        found
    }

    #[test]
    fn phrases_are_found_whole_and_the_longest_first() {
        let phrases = ["Project Falcon", "falcon", "ÜBUNG", "x-1", "  "];
        let text = "The PROJECT  falcon and falcons; Falcon, übung. x 1";
        assert_eq!(found(&phrases, text), ["PROJECT  falcon", "Falcon", "übung", "x 1"]);
    }

    #[test]
    fn phrases_that_begin_alike_are_compared_so_often_and_no_more() {
        let phrases: Vec<String> = (0..50_000).map(|number| format!("Anna x{number}")).collect();
        let dictionary = Dictionary::new(&phrases).unwrap();
        assert_eq!(dictionary.each(&"Anna says ".repeat(20), |_| Ok(())), Ok(()));
        assert_eq!(dictionary.each(&"Anna ".repeat(1000), |_| Ok(())), Err(Beyond));
    }

    #[test]
    fn what_cannot_be_one_is_told() {
        let told = |phrases: &[String]| Dictionary::new(phrases).err().unwrap();
        assert_eq!(told(&[]), "has no words");
        assert_eq!(told(&[String::new(), "…".to_owned()]), "has no words");
        assert_eq!(told(&["a".to_owned(), "b".repeat(300)]), "2: is longer than 200 bytes");
    }
}
