//! Finds which of many short words occur in a text, without regard to the case of ASCII letters.
//!
//! ```text
//! text → every four bytes, hashed → one bit of a table → the words behind it → compared
//! ```
//!
//! Each word is known by its rarest four bytes, so that the table rules nearly every place of an
//! ordinary text out: one load, one multiplication and one look-up for a byte, where an automaton
//! waits for each state before it can find the next.

use std::ops::Range;

/// The bytes that are hashed together.
const WINDOW: usize = 4;
/// Bits of a hash.
const BITS: u32 = 16;
/// How much of a text is looked through before its occurrences are sorted and told.
const BLOCK: usize = 32 << 10;
/// Folds the case of four ASCII letters; other signs may coincide, and are compared afterwards.
const FOLD: u32 = 0x2020_2020;

/// The words, built once.
pub(crate) struct Needles {
    /// One bit for each hash that a word has.
    table: Box<[u64; 1 << (BITS - 6)]>,
    /// What stands behind a bit, sorted by hash.
    windows: Vec<Window>,
    words: Vec<Box<[u8]>>,
    longest: usize,
}

struct Window {
    hash: u32,
    word: usize,
    /// Where in the word the window lies.
    offset: usize,
}

/// A word in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Occurrence {
    pub(crate) word: usize,
    pub(crate) start: usize,
    pub(crate) end: usize,
}

impl Needles {
    /// The words are numbered in their order. Each has at least three bytes.
    pub(crate) fn new(words: &[impl AsRef<str>]) -> Self {
        let words: Vec<&str> = words.iter().map(AsRef::as_ref).collect();
        let mut needles = Self {
            table: Box::new([0; 1 << (BITS - 6)]),
            windows: Vec::new(),
            words: words.iter().map(|word| word.as_bytes().into()).collect(),
            longest: words.iter().map(|word| word.len()).max().unwrap_or(0),
        };
        for (number, word) in words.iter().enumerate() {
            needles.add(number, word.as_bytes());
        }
        needles.windows.sort_unstable_by_key(|window| window.hash);
        needles
    }

    fn add(&mut self, word: usize, bytes: &[u8]) {
        match rarest(bytes) {
            Some((offset, window)) => self.set(hash(window), word, offset),
            // A word of three bytes is known by every window that begins with it.
            None => {
                if let [a, b, c] = *bytes {
                    for last in 0..=u8::MAX {
                        self.set(hash([a, b, c, last]), word, 0);
                    }
                }
            }
        }
    }

    fn set(&mut self, hash: u32, word: usize, offset: usize) {
        self.table[(hash >> 6) as usize] |= 1 << (hash & 63);
        let known = |window: &Window| (window.hash, window.word) == (hash, word);
        if !self.windows.iter().rev().take(256).any(known) {
            self.windows.push(Window { hash, word, offset });
        }
    }

    /// Whether any word occurs.
    pub(crate) fn occur_in(&self, text: &[u8]) -> bool {
        let mut any = false;
        self.each(text, |_| any = true);
        any
    }

    /// Tells every occurrence, in the order of their beginnings, and at one place the longest first.
    pub(crate) fn each(&self, text: &[u8], mut tell: impl FnMut(Occurrence)) {
        let mut found = Vec::new();
        let mut start = 0;
        while start < text.len() {
            let block = start..text.len().min(start + BLOCK);
            self.find_in(text, block.clone(), &mut found);
            start = block.end;
            // A window of a later block may belong to a word that begins in this one.
            let settled =
                if start == text.len() { start } else { start.saturating_sub(self.longest) };
            found.sort_unstable_by_key(|occurrence: &Occurrence| {
                (occurrence.start, std::cmp::Reverse(occurrence.end), occurrence.word)
            });
            let told = found.partition_point(|occurrence| occurrence.start < settled);
            found.drain(..told).for_each(&mut tell);
        }
    }

    /// Finds the words whose windows begin within `block`.
    fn find_in(&self, text: &[u8], block: Range<usize>, found: &mut Vec<Occurrence>) {
        let end = text.len().min(block.end + WINDOW - 1);
        for (place, window) in text[block.start..end].windows(WINDOW).enumerate() {
            let hash = hash([window[0], window[1], window[2], window[3]]);
            if self.has(hash) {
                self.compare(text, block.start + place, hash, found);
            }
        }
        // The last three bytes have no window of their own.
        if end == text.len()
            && let [.., a, b, c] = text
            && block.contains(&(end - 3))
        {
            self.compare(text, end - 3, hash([*a, *b, *c, 0]), found);
        }
    }

    const fn has(&self, hash: u32) -> bool {
        self.table[(hash >> 6) as usize & 1023] >> (hash & 63) & 1 == 1
    }

    #[cold]
    fn compare(&self, text: &[u8], place: usize, hash: u32, found: &mut Vec<Occurrence>) {
        let first = self.windows.partition_point(|window| window.hash < hash);
        for window in self.windows[first..].iter().take_while(|window| window.hash == hash) {
            let Some(start) = place.checked_sub(window.offset) else { continue };
            let word = &self.words[window.word];
            let end = start + word.len();
            if text.get(start..end).is_some_and(|part| part.eq_ignore_ascii_case(word)) {
                found.push(Occurrence { word: window.word, start, end });
            }
        }
    }
}

/// A multiplicative hash (Knuth, TAOCP 6.4) of four bytes without their case.
const fn hash(window: [u8; WINDOW]) -> u32 {
    (u32::from_le_bytes(window) | FOLD).wrapping_mul(0x9e37_79b1) >> (32 - BITS)
}

/// The four bytes of a word that are rarest in texts, and where they lie.
fn rarest(word: &[u8]) -> Option<(usize, [u8; WINDOW])> {
    let windows = word.windows(WINDOW).enumerate();
    let (offset, window) = windows.min_by_key(|(_, window)| {
        window.iter().map(|byte| commonness(*byte)).sum::<u32>()
    })?;
    Some((offset, window.try_into().ok()?))
}

/// How common a byte is in texts: the ranks of English letters, and a space before all of them.
fn commonness(byte: u8) -> u32 {
    const RANKS: &[u8] = b"zqxjkvbpygfwmucldrhsnioate ";
    let rank = RANKS.iter().position(|ranked| *ranked == byte.to_ascii_lowercase());
    rank.map_or(3, |rank| rank as u32 + 4)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn naive(words: &[&str], text: &[u8]) -> Vec<Occurrence> {
        let mut found = Vec::new();
        for start in 0..text.len() {
            for (word, bytes) in words.iter().enumerate() {
                let end = start + bytes.len();
                if text.get(start..end).is_some_and(|part| part.eq_ignore_ascii_case(bytes.as_bytes())) {
                    found.push(Occurrence { word, start, end });
                }
            }
        }
        found.sort_by_key(|found| (found.start, std::cmp::Reverse(found.end), found.word));
        found
    }

    fn found(words: &[&str], text: &[u8]) -> Vec<Occurrence> {
        let mut found = Vec::new();
        Needles::new(words).each(text, |occurrence| found.push(occurrence));
        found
    }

    const WORDS: [&str; 6] = ["eyJ", "abca", "bca", "cabcab", "a://", "://"];

    proptest! {
        #[test]
        fn finds_what_a_plain_search_finds(text in "[abceyjJA:/é]{0,60}") {
            prop_assert_eq!(found(&WORDS, text.as_bytes()), naive(&WORDS, text.as_bytes()));
        }

        #[test]
        fn blocks_do_not_show(before in BLOCK - 12..BLOCK + 4, text in "[abceyj]{0,24}") {
            let text = [vec![b'.'; before], text.into_bytes()].concat();
            prop_assert_eq!(found(&WORDS, &text), naive(&WORDS, &text));
        }
    }

    #[test]
    fn a_text_without_words_has_none() {
        assert!(!Needles::new(&WORDS).occur_in(b"nothing to see"));
    }
}
