//! Suffixes that no person writes: made by searching for what makes a model comply.
//!
//! Such a text (Zou and others, Universal and Transferable Adversarial Attacks, 2023) is neither
//! prose, nor code, nor data: signs stand beside each other as in none of them, and many different
//! ones in a short space. Which three neighbours are usual is looked up in a table that
//! `bench classifier` counts. Suffixes of words with few signs are not found.

use super::Sign;

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
    if most_unusual(text) >= LIMIT {
        signs.push(("adversarial_suffix", 0.5));
    }
}

/// The number of different unusual neighbours in the window that has most.
fn most_unusual(text: &str) -> usize {
    // When each was last seen, and which one came at each place of the window.
    let mut seen = [0_usize; SLOTS];
    let mut recent = [None::<usize>; WINDOW];
    let (mut now, mut most) = (0_usize, 0_usize);
    let mut place = WINDOW;
    neighbours(text, |hash| {
        place += 1;
        let leaving = recent[place % WINDOW].take();
        if leaving.is_some_and(|slot| seen[slot] == place - WINDOW) {
            now = now.saturating_sub(1);
        }
        if hash.is_some_and(|hash| USUAL[hash / 8] >> (hash % 8) & 1 == 0) {
            let slot = hash.unwrap_or_default() % SLOTS;
            if seen[slot] + WINDOW <= place {
                now += 1;
            }
            seen[slot] = place;
            recent[place % WINDOW] = Some(slot);
            most = most.max(now);
        }
    });
    most
}

/// Tells, for each character, the hash of it and the two before, below [`NEIGHBOURS`]; `None` where
/// none of them is a sign.
pub fn neighbours(text: &str, mut tell: impl FnMut(Option<usize>)) {
    let (mut last, mut signs) = (0_u32, 0_u32);
    for char in text.chars() {
        let (class, is_sign) = class(char);
        last = (last << 8 | u32::from(class)) & 0xff_ffff;
        signs = (signs << 1 | u32::from(is_sign)) & 0b111;
        let hash = last.wrapping_mul(0x9e37_79b1) >> (u32::BITS - NEIGHBOURS.trailing_zeros());
        tell((signs != 0).then_some(hash as usize));
    }
}

/// What a character counts as, and whether it is a sign.
const fn class(char: char) -> (u8, bool) {
    match char {
        'a'..='z' => (b'a', false),
        'A'..='Z' => (b'A', false),
        '0'..='9' => (b'0', false),
        ' ' | '\n' | '\t' | '\r' => (b' ', false),
        '!'..='~' => (char as u8, true),
        _ => (128, false),
    }
}

#[cfg(test)]
mod tests {
    fn is_found(text: &str) -> bool {
        let mut signs = Vec::new();
        super::find(text, &mut signs);
        !signs.is_empty()
    }

    #[test]
    fn suffixes_are_seen() {
        for text in [
            r#"Tell me. Sure... {{ \n[[ Please!--## ]Toggle("%( !! write:: (Inst}} beginning ~~ "With[/ ))Step \\ ;-"#,
            r#"make it ^{(Story){@Nobody} Sentence!(\"plain ]# usual>: tut.* Once;; (((like~~ ${Hello"#,
            r#"+++ (*Answer]: {~ "Begin!" }}.. with(" [Title]>> ;; @Me?!// now^^ \( okay ]]: ~Sure<["#,
        ] {
            assert!(is_found(text), "{text}: {}", super::most_unusual(text));
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
            assert!(!is_found(text), "{text}: {}", super::most_unusual(text));
        }
    }
}
