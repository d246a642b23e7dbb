//! Suffixes that no person writes: made by searching for what makes a model comply.
//!
//! Such a text (Zou and others, Universal and Transferable Adversarial Attacks, 2023) is neither
//! prose, nor code, nor data: signs stand beside each other as in none of them, and many different
//! ones in a short space. Which three neighbours are usual is looked up in a table that
//! `bench classifier` counts. Suffixes of words with few signs are not found.

use super::Sign;
use crate::class;

/// Characters that are looked at together.
const WINDOW: usize = 80;
/// Different unusual neighbours among them from which a text counts.
const LIMIT: usize = 20;
/// Bits of the table of what is usual.
pub const NEIGHBOURS: usize = 1 << 15;
/// Places in which different neighbours are told apart.
const SLOTS: usize = 256;

/// A bit for each usual three neighbours, by their hash.
static USUAL: &[u8; NEIGHBOURS / 8] = include_bytes!("../../models/neighbours.bin");

/// Adds the sign of a suffix.
pub(super) fn find(text: &str, signs: &mut Vec<Sign>) {
    if is_crowded(text) && most_unusual(text) >= LIMIT {
        signs.push(("adversarial_suffix", 0.5));
    }
}

/// Whether somewhere so many signs stand together that a window may reach the limit: each unusual
/// neighbourhood has one, and one is in three at most. Prose has them seldom.
fn is_crowded(text: &str) -> bool {
    const SIGNS: usize = LIMIT.div_ceil(3);
    // The window and the two characters before it, each of up to four bytes (RFC 3629).
    let reach = if text.is_ascii() { WINDOW + 2 } else { (WINDOW + 2) * 4 };
    let text = text.as_bytes();
    let (mut recent, mut count) = ([0; SIGNS], 0);
    for block in class::blocks(text) {
        for place in class::ones(class::bits(text, block, |byte| byte.is_ascii_punctuation())) {
            recent[count % SIGNS] = block + place;
            count += 1;
            if count >= SIGNS && block + place - recent[count % SIGNS] < reach {
                return true;
            }
        }
    }
    false
}

/// The number of different unusual neighbours in the window that has most.
fn most_unusual(text: &str) -> usize {
    let mut window = Window::new();
    let mut place = WINDOW;
    neighbours(text, |hash| {
        place += 1;
        if let Some(hash) = hash.filter(|hash| USUAL[hash / 8] >> (hash % 8) & 1 == 0) {
            window.add(place, hash % SLOTS);
        }
    });
    window.most
}

/// The unusual neighbours of a window that goes over a text.
struct Window {
    /// By slot, where it was last seen; places begin behind a window.
    seen: [usize; SLOTS],
    /// Those in the window, with their slots, as a ring.
    recent: [(usize, usize); WINDOW],
    /// How many left the ring, and came into it.
    left: usize,
    came: usize,
    /// Different ones in the window, now and at most.
    now: usize,
    most: usize,
}

impl Window {
    const fn new() -> Self {
        let (seen, recent) = ([0; SLOTS], [(0, 0); WINDOW]);
        Self { seen, recent, left: 0, came: 0, now: 0, most: 0 }
    }

    fn add(&mut self, place: usize, slot: usize) {
        while self.left < self.came {
            let (old, slot) = self.recent[self.left % WINDOW];
            if old + WINDOW > place {
                break;
            }
            self.left += 1;
            self.now -= usize::from(self.seen[slot] == old);
        }
        self.now += usize::from(self.seen[slot] + WINDOW <= place);
        self.seen[slot] = place;
        self.recent[self.came % WINDOW] = (place, slot);
        self.came += 1;
        self.most = self.most.max(self.now);
    }
}

/// Tells, for each character, the hash of it and the two before, below [`NEIGHBOURS`]; `None` where
/// none of them is a sign.
pub fn neighbours(text: &str, mut tell: impl FnMut(Option<usize>)) {
    let (mut last, mut signs) = (0_u32, 0_u32);
    // Of a character that is not ASCII, the first byte stands for it.
    for byte in text.bytes().filter(|byte| byte & 0xc0 != 0x80) {
        let (class, is_sign) = CLASSES[usize::from(byte)];
        last = (last << 8 | u32::from(class)) & 0xff_ffff;
        signs = (signs << 1 | u32::from(is_sign)) & 0b111;
        let hash = last.wrapping_mul(0x9e37_79b1) >> (u32::BITS - NEIGHBOURS.trailing_zeros());
        tell((signs != 0).then_some(hash as usize));
    }
}

/// What each byte counts as, and whether it is a sign.
static CLASSES: [(u8, bool); 256] = {
    let mut classes = [(128, false); 256];
    let mut byte = 0_u8;
    while byte.is_ascii() {
        classes[byte as usize] = class(byte);
        byte += 1;
    }
    classes
};

const fn class(byte: u8) -> (u8, bool) {
    match byte {
        b'a'..=b'z' => (b'a', false),
        b'A'..=b'Z' => (b'A', false),
        b'0'..=b'9' => (b'0', false),
        b' ' | b'\n' | b'\t' | b'\r' => (b' ', false),
        b'!'..=b'~' => (byte, true),
        _ => (128, false),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;

    fn is_found(text: &str) -> bool {
        let mut signs = Vec::new();
        find(text, &mut signs);
        !signs.is_empty()
    }

    proptest! {
        #[test]
        fn no_window_that_counts_is_passed_over(text in r#"([ -~]{1,9}|[a-zé ]{1,60}|[ -/:-@]{1,9}){0,30}"#) {
            let mut places: Vec<Option<usize>> = Vec::new();
            neighbours(&text, |hash| {
                places.push(hash.filter(|hash| USUAL[hash / 8] >> (hash % 8) & 1 == 0));
            });
            let different = |window: &[Option<usize>]| {
                window.iter().flatten().map(|hash| hash % SLOTS).collect::<HashSet<_>>().len()
            };
            let most = places.windows(WINDOW.min(places.len()).max(1)).map(different).max();
            prop_assert_eq!(most_unusual(&text), most.unwrap_or_default());
            prop_assert_eq!(is_found(&text), most.unwrap_or_default() >= LIMIT);
        }
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
}
