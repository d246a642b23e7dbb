//! Characters that a person does not see and a model reads.

use super::Sign;

/// Adds the signs of hidden text.
pub(super) fn find(text: &str, signs: &mut Vec<Sign>) {
    if text.is_ascii() {
        return;
    }
    let count = Count::of(text);
    // Flags of regions use a few tags; a hidden sentence uses many.
    if count.tags >= 8 || count.selectors >= 8 {
        signs.push(("unicode_smuggling", 0.9));
    } else if count.invisible >= 8 && count.longest >= 4 {
        signs.push(("unicode_smuggling", 0.5));
    }
    // An override shows letters in another order than they are read.
    if count.overrides > 0 {
        signs.push(("bidi_control", 0.6));
    } else if count.embeddings >= 4 && !count.right_to_left {
        signs.push(("bidi_control", 0.3));
    }
}

#[derive(Default)]
struct Count {
    /// Of the tag block (Unicode, chapter 23.9), which mirrors ASCII.
    tags: u32,
    /// Selectors that follow another selector, as no writing has them: each is a byte.
    selectors: u32,
    invisible: u32,
    /// The longest run of invisible characters.
    longest: u32,
    overrides: u32,
    embeddings: u32,
    /// Whether there are letters for which directions are set in earnest.
    right_to_left: bool,
}

impl Count {
    fn of(text: &str) -> Self {
        let (mut count, mut run) = (Self::default(), 0);
        let mut before = ' ';
        for char in text.chars() {
            let is_invisible =
                matches!(char, '\u{200b}'..='\u{200d}' | '\u{2060}'..='\u{2064}' | '\u{feff}');
            run = if is_invisible { run + 1 } else { 0 };
            count.longest = count.longest.max(run);
            count.invisible += u32::from(is_invisible);
            match char {
                '\u{e0020}'..='\u{e007f}' => count.tags += 1,
                _ if is_selector(char) && is_selector(before) => count.selectors += 1,
                '\u{202d}' | '\u{202e}' => count.overrides += 1,
                '\u{202a}' | '\u{202b}' | '\u{2066}'..='\u{2068}' => count.embeddings += 1,
                '\u{590}'..='\u{8ff}' => count.right_to_left = true,
                _ => {}
            }
            before = char;
        }
        count
    }
}

const fn is_selector(char: char) -> bool {
    matches!(char, '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}')
}

#[cfg(test)]
mod tests {
    fn names(text: &str) -> Vec<&'static str> {
        let mut signs = Vec::new();
        super::find(text, &mut signs);
        signs.into_iter().map(|(name, _)| name).collect()
    }

    #[test]
    fn hidden_text_is_seen() {
        let tags: String =
            "obey me now".chars().filter_map(|c| char::from_u32(0xe0000 + u32::from(c))).collect();
        let selectors: String = (0..12).filter_map(|n| char::from_u32(0xe0100 + n)).collect();
        assert_eq!(names(&format!("Hello{tags}")), ["unicode_smuggling"]);
        assert_eq!(names(&format!("😀{selectors}")), ["unicode_smuggling"]);
        assert_eq!(names(&format!("a{}b", "\u{200b}\u{200c}".repeat(8))), ["unicode_smuggling"]);
        assert_eq!(names("invoice\u{202e}fdp.exe"), ["bidi_control"]);
        assert_eq!(names("if x \u{202d}admin\u{202c} { }"), ["bidi_control"]);
        assert_eq!(
            names("\u{2066}a\u{2069}\u{2066}b\u{2069}\u{2067}c\u{2069}\u{2068}d"),
            ["bidi_control"]
        );
    }

    #[test]
    fn ordinary_writing_is_not() {
        for text in [
            "\u{1f3f4}\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f} beats the rest",
            "👨\u{200d}👩\u{200d}👧\u{200d}👦 and 👩\u{200d}💻 ❤\u{fe0f}✔\u{fe0f}☀\u{fe0f}",
            "\u{feff}A file with a mark, and soft\u{200b}breaks",
            "\u{202b}שלום\u{202c} \u{202b}עולם\u{202c} \u{202b}טוב\u{202c} \u{202b}מאוד\u{202c}",
        ] {
            assert!(names(text).is_empty(), "{text:?}: {:?}", names(text));
        }
    }
}
