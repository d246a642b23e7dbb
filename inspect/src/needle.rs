//! Finds which of many short words occur in a text, without regard to the case of ASCII letters.
//!
//! ```text
//! text → every four bytes, hashed → a bit of a table → the words behind it → compared
//! ```
//!
//! Each word is known by its rarest four bytes, so that the table rules nearly every place of an
//! ordinary text out: one load, one multiplication and one look-up for a byte, where an automaton
//! waits for each state before it can find the next.

use std::ops::Range;

use crate::rarity::rarity;

/// The bytes that are hashed together.
const WINDOW: usize = 4;
/// Bits of a hash that choose a bit of the table: in a smaller one, which a core's first cache would
/// hold, more places of a text have a bit by chance. The last five choose one within a word of it.
const TABLE_BITS: u32 = 19;
/// 32-bit words of the table.
const TABLE: usize = 1 << (TABLE_BITS - 5);
/// Bits of a hash that choose a bucket.
const BUCKET_BITS: u32 = 13;
/// How much of a text is looked through before its occurrences are told.
const BLOCK: usize = 32 << 10;
/// Words of a text that there is room for from the first one on.
pub(crate) const EXPECTED: usize = 32;

/// The words, built once.
pub(crate) struct Needles {
    /// A bit for each hash that a word has.
    table: Box<[u32; TABLE]>,
    /// Where the windows of each bucket begin, and the end of the last.
    firsts: Box<[u16]>,
    /// What stands behind the bits, in the order of their hashes.
    windows: Vec<Window>,
    words: Vec<Box<[u8]>>,
    longest: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
struct Window {
    folded: u32,
    word: u16,
    /// Where in the word the window lies.
    offset: u16,
    /// Four more bytes of the word, which are compared before the word is fetched, and where they lie.
    more: u32,
    more_offset: u16,
}

/// A word in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Occurrence {
    pub(crate) word: usize,
    pub(crate) start: usize,
    pub(crate) end: usize,
}

impl Needles {
    /// The words are numbered in their order. Each has at least three bytes, and of their windows
    /// there are no more than [`u16::MAX`].
    pub(crate) fn new(words: &[impl AsRef<str>]) -> Self {
        let words: Vec<Box<[u8]>> =
            words.iter().map(|word| word.as_ref().as_bytes().into()).collect();
        let mut windows: Vec<Window> =
            (0..).zip(&words).flat_map(|(number, word)| windows_of(number, word)).collect();
        windows.sort_unstable_by_key(|window| (hash(window.folded), window.word, window.folded));
        windows.dedup();
        #[expect(clippy::large_stack_arrays, reason = "64 KB, once, and moved to the heap")]
        let mut table = Box::new([0_u32; TABLE]);
        for window in &windows {
            let hash = hash(window.folded);
            table[word_of(hash)] |= 1 << bit_of(hash);
        }
        let first = |bucket: usize| {
            windows.partition_point(|window| bucket_of(hash(window.folded)) < bucket)
        };
        let firsts =
            (0..=1 << BUCKET_BITS).map(|bucket| u16::try_from(first(bucket)).unwrap_or(u16::MAX));
        let firsts = firsts.collect();
        let longest = words.iter().map(|word| word.len()).max().unwrap_or(0);
        Self { table, firsts, windows, words, longest }
    }

    /// Whether any word occurs.
    pub(crate) fn occur_in(&self, text: &[u8]) -> bool {
        let mut any = false;
        self.each(text, |_| any = true);
        any
    }

    /// Tells every occurrence, in the order of their beginnings, and at one place the longest first.
    pub(crate) fn each(&self, text: &[u8], mut tell: impl FnMut(Occurrence)) {
        let mut found: Vec<Occurrence> = Vec::new();
        let mut start = 0;
        while start < text.len() {
            let block = start..text.len().min(start + BLOCK);
            self.find_in(text, block.clone(), &mut found);
            start = block.end;
            // A window of a later block may belong to a word that begins in this one.
            let settled =
                if start == text.len() { start } else { start.saturating_sub(self.longest) };
            let told = found.partition_point(|occurrence| occurrence.start < settled);
            found.drain(..told).for_each(&mut tell);
        }
    }

    /// Finds the words whose windows begin within `block`.
    fn find_in(&self, text: &[u8], block: Range<usize>, found: &mut Vec<Occurrence>) {
        let end = text.len().min(block.end + WINDOW - 1);
        for (place, window) in text[block.start..end].windows(WINDOW).enumerate() {
            let folded = fold([window[0], window[1], window[2], window[3]]);
            if is_set(&self.table, hash(folded)) {
                self.compare(text, block.start + place, folded, found);
            }
        }
        // The last three bytes have no window of their own.
        if end == text.len()
            && let [.., a, b, c] = text
            && block.contains(&(end - 3))
            && let folded = fold([*a, *b, *c, 0])
            && is_set(&self.table, hash(folded))
        {
            self.compare(text, end - 3, folded, found);
        }
    }

    /// Compares the words that have a window with those whose hash it has, which is in the table.
    fn compare(&self, text: &[u8], place: usize, folded: u32, found: &mut Vec<Occurrence>) {
        let bucket = bucket_of(hash(folded));
        let (first, end) = (self.firsts[bucket], self.firsts[bucket + 1]);
        for window in &self.windows[usize::from(first)..usize::from(end)] {
            if window.folded == folded
                && let Some(start) = place.checked_sub(usize::from(window.offset))
                && has_more(text, start, window)
                && let word = &self.words[usize::from(window.word)]
                && let end = start + word.len()
                && text.get(start..end).is_some_and(|part| part.eq_ignore_ascii_case(word))
            {
                insert(found, Occurrence { word: usize::from(window.word), start, end });
            }
        }
    }
}

/// Puts an occurrence in its place among others, which begin not far from it.
fn insert(found: &mut Vec<Occurrence>, occurrence: Occurrence) {
    let key = |one: &Occurrence| (one.start, std::cmp::Reverse(one.end), one.word);
    if found.capacity() == 0 {
        found.reserve(EXPECTED);
    }
    let behind = found.iter().rev().take_while(|other| key(other) > key(&occurrence)).count();
    found.insert(found.len() - behind, occurrence);
}

/// Whether the other four bytes of a word that would begin at `start` are there.
fn has_more(text: &[u8], start: usize, window: &Window) -> bool {
    let there = text.get(start + usize::from(window.more_offset)..);
    // The last word of a text may be of three bytes.
    there
        .and_then(|there| there.first_chunk())
        .is_none_or(|there| fold(*there) == window.more || window.more == 0)
}

const fn bucket_of(hash: u32) -> usize {
    (hash >> (u32::BITS - BUCKET_BITS)) as usize
}

const fn word_of(hash: u32) -> usize {
    (hash >> (u32::BITS - TABLE_BITS + 5)) as usize
}

const fn bit_of(hash: u32) -> u32 {
    hash >> (u32::BITS - TABLE_BITS) & 31
}

/// The windows by which a word is known: its rarest, or, of a word of three bytes, every one that
/// begins with it.
fn windows_of(word: u16, bytes: &[u8]) -> Vec<Window> {
    let (more, more_offset) = match rarest(bytes) {
        Some((offset, _)) => farthest(bytes, offset),
        None => (0, 0),
    };
    let window = |window, offset| Window { folded: fold(window), word, offset, more, more_offset };
    match (rarest(bytes), bytes) {
        (Some((offset, rarest)), _) => vec![window(rarest, offset)],
        (None, [a, b, c]) => followers().map(|last| window([*a, *b, *c, last], 0)).collect(),
        (None, _) => Vec::new(),
    }
}

/// The bytes that may follow on a character in UTF-8 (RFC 3629 §4): ASCII and those that begin one.
fn followers() -> impl Iterator<Item = u8> {
    (0..0x80).chain(0xc2..=0xf4)
}

/// The first or last four bytes of a word, whichever lie farther from its window.
fn farthest(word: &[u8], offset: u16) -> (u32, u16) {
    let last = word.len().saturating_sub(WINDOW);
    let place = if usize::from(offset) * 2 > last { 0 } else { last };
    let four = word.get(place..).and_then(|rest| rest.first_chunk()).copied().unwrap_or_default();
    (fold(four), u16::try_from(place).unwrap_or(0))
}

/// Whether a word may have this hash.
const fn is_set(table: &[u32; TABLE], hash: u32) -> bool {
    table[word_of(hash)] >> bit_of(hash) & 1 != 0
}

/// Four bytes without the case of their letters; other signs may coincide.
const fn fold(window: [u8; WINDOW]) -> u32 {
    u32::from_le_bytes(window) | 0x2020_2020
}

/// A multiplicative hash (Knuth, TAOCP 6.4).
const fn hash(folded: u32) -> u32 {
    folded.wrapping_mul(0x9e37_79b1)
}

/// The four bytes of a word that are rarest in texts, and where they lie.
fn rarest(word: &[u8]) -> Option<(u16, [u8; WINDOW])> {
    let windows = word.windows(WINDOW).filter_map(|window| window.try_into().ok());
    (0..).zip(windows).max_by_key(|(_, window)| rarity(*window))
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
                if text
                    .get(start..end)
                    .is_some_and(|part| part.eq_ignore_ascii_case(bytes.as_bytes()))
                {
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
