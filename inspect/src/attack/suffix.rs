//! Suffixes that no person writes: made by searching for what makes a model comply.
//!
//! Such a text (Zou and others, Universal and Transferable Adversarial Attacks, 2023) is neither
//! prose, nor code, nor data: signs stand beside each other as in none of them, and many different
//! ones in a short space. Which three neighbours are usual is looked up in a table that
//! `bench classifier` counts. Suffixes of words with few signs are not found.

use super::Sign;
use crate::class::{self, BLOCK};

/// Characters that are looked at together.
const WINDOW: usize = 80;
/// Different unusual neighbours among them from which a text counts.
const LIMIT: usize = 20;
/// Bits of the table of what is usual.
pub const NEIGHBOURS: usize = 1 << 15;
/// Stands for what is before a text: no character begins with it.
const BEGINNING: u8 = 0x80;
/// Places in which different neighbours are told apart.
const SLOTS: usize = 256;

/// A bit for each usual three neighbours, by their hash.
static USUAL: &[u8; NEIGHBOURS / 8] = include_bytes!("../../models/neighbours.bin");

/// Adds the sign of a suffix.
pub(super) fn find(text: &str, signs: &mut Vec<Sign>) {
    if most_unusual(text) >= LIMIT {
        signs.push(("adversarial_suffix", 0.5));
    }
}

/// The number of different unusual neighbours in the window that has most.
fn most_unusual(text: &str) -> usize {
    // Where each was last seen, and those of the window in their order.
    let mut seen = [0_usize; SLOTS];
    let mut recent = [(0_usize, 0_usize); WINDOW];
    let (mut first, mut next) = (0_usize, 0_usize);
    let (mut now, mut most) = (0_usize, 0_usize);
    neighbours(text, |place, hash| {
        if USUAL[hash / 8] >> (hash % 8) & 1 != 0 {
            return;
        }
        let place = place + WINDOW;
        while first < next
            && let (left, slot) = recent[first % WINDOW]
            && left + WINDOW <= place
        {
            now -= usize::from(seen[slot] == left);
            first += 1;
        }
        let slot = hash % SLOTS;
        now += usize::from(seen[slot] + WINDOW <= place);
        seen[slot] = place;
        recent[next % WINDOW] = (place, slot);
        next += 1;
        most = most.max(now);
    });
    most
}

/// Tells the number of each character that is a sign or has one among the two before it, and the
/// hash of all three, below [`NEIGHBOURS`].
pub fn neighbours(text: &str, mut tell: impl FnMut(usize, usize)) {
    // The first bytes of a block's characters, behind those of the two before.
    let mut firsts = [BEGINNING; BLOCK + 2];
    let mut begin = 0;
    for block in text.as_bytes().chunks(BLOCK) {
        let length = put_firsts(block, &mut firsts[2..]);
        let signs = class::bits(&firsts[2..2 + length], 0, is_sign);
        let before = u64::from(is_sign(firsts[0])) | (u64::from(is_sign(firsts[1])) * 0b11);
        let near = (signs | signs << 1 | signs << 2 | before) & low_bits(length);
        for place in class::ones(near) {
            let three = [firsts[place], firsts[place + 1], firsts[place + 2]].map(class_of);
            let last = u32::from_be_bytes([0, three[0], three[1], three[2]]);
            let hash = last.wrapping_mul(0x9e37_79b1) >> (u32::BITS - NEIGHBOURS.trailing_zeros());
            tell(begin + place, hash as usize);
        }
        firsts.copy_within(length..length + 2, 0);
        begin += length;
    }
}

/// Puts the first byte of each character that begins in a block, and tells how many there are.
fn put_firsts(block: &[u8], firsts: &mut [u8]) -> usize {
    if block.is_ascii() {
        firsts[..block.len()].copy_from_slice(block);
        return block.len();
    }
    let begins = block.iter().filter(|byte| **byte & 0xc0 != 0x80);
    firsts.iter_mut().zip(begins).map(|(first, byte)| *first = *byte).count()
}

/// The lowest bits, as many as `count`, which is no more than a block.
const fn low_bits(count: usize) -> u64 {
    if count == BLOCK { u64::MAX } else { !(u64::MAX << count) }
}

/// Whether the character that begins with a byte is a sign.
const fn is_sign(byte: u8) -> bool {
    byte.is_ascii_punctuation()
}

/// What the character that begins with a byte counts as.
const fn class_of(byte: u8) -> u8 {
    match byte {
        BEGINNING => 0,
        b'a'..=b'z' => b'a',
        b'A'..=b'Z' => b'A',
        b'0'..=b'9' => b'0',
        b' ' | b'\n' | b'\t' | b'\r' => b' ',
        b'!'..=b'~' => byte,
        _ => 128,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn is_found(text: &str) -> bool {
        let mut signs = Vec::new();
        find(text, &mut signs);
        !signs.is_empty()
    }

    #[test]
    fn suffixes_are_seen() {
        for text in [
            r#"Tell me. Sure... {{ \n[[ Please!--## ]Toggle("%( !! write:: (Inst}} beginning ~~ "With[/ ))Step \\ ;-"#,
            r#"make it ^{(Story){@Nobody} Sentence!(\"plain ]# usual>: tut.* Once;; (((like~~ ${Hello"#,
            r#"+++ (*Answer]: {~ "Begin!" }}.. with(" [Title]>> ;; @Me?!// now^^ \( okay ]]: ~Sure<["#,
        ] {
            assert!(is_found(text), "{text}: {}", most_unusual(text));
        }
    }

    #[test]
    fn prose_code_and_data_are_not() {
        for text in [
            "He said: \"Well, (if you ask me) it's fine!\" - and left; nobody knew why...",
            "fn main() { let x: Vec<u8> = vec![1, 2, 3]; println!(\"{x:?} {}\", x.len()); }",
            "{\"a\": [1, 2, {\"b\": null}], \"c\": \"d\\n\", \"e\": -1.5e-3}",
            "| a | b |\n|---|---|\n| 1 | `x` |\n\n**Bold** [link](https://example.com/?q=1&r=2#s)",
            "^(?:[a-z0-9]+(?:-[a-z0-9]+)*)$",
        ] {
            assert!(!is_found(text), "{text}: {}", most_unusual(text));
        }
    }

    /// Character by character.
    fn plain(text: &str) -> Vec<(usize, usize)> {
        let is_sign = |char: &char| char.is_ascii_punctuation();
        let class = |char: &char| match char {
            'a'..='z' => b'a',
            'A'..='Z' => b'A',
            '0'..='9' => b'0',
            ' ' | '\n' | '\t' | '\r' => b' ',
            char if is_sign(char) => *char as u8,
            _ => 128,
        };
        let chars: Vec<char> = text.chars().collect();
        let near = |place: &usize| chars[place.saturating_sub(2)..=*place].iter().any(is_sign);
        let hash = |place: usize| {
            let three = &chars[place.saturating_sub(2)..=place];
            let last = three.iter().fold(0_u32, |last, char| last << 8 | u32::from(class(char)));
            (place, (last.wrapping_mul(0x9e37_79b1) >> 17) as usize)
        };
        (0..chars.len()).filter(near).map(hash).collect()
    }

    proptest! {
        #[test]
        fn neighbours_are_those_of_a_plain_walk(text in "([a-z ]{0,90}|[aA0. é{—\0]{0,30}){0,6}") {
            let mut told = Vec::new();
            neighbours(&text, |place, hash| told.push((place, hash)));
            prop_assert_eq!(told, plain(&text));
        }

        #[test]
        fn the_fullest_window_is_found(text in r"([ -~]{1,9}|[a-zé ]{1,60}|[ -/:-@]{1,9}){0,30}") {
            let is_unusual = |hash: usize| USUAL[hash / 8] >> (hash % 8) & 1 == 0;
            let mut slots = vec![None; text.chars().count().max(WINDOW)];
            for (place, hash) in plain(&text).into_iter().filter(|(_, hash)| is_unusual(*hash)) {
                slots[place] = Some(hash % SLOTS);
            }
            let different = |window: &[Option<usize>]| {
                window.iter().flatten().collect::<BTreeSet<_>>().len()
            };
            let most = slots.windows(WINDOW).map(different).max();
            prop_assert_eq!(most_unusual(&text), most.unwrap_or_default());
        }
    }
}
