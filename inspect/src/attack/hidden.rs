//! Characters that a person does not see and a model reads, and links that carry data out.

/// Adds the signs of hidden text.
pub(super) fn find(text: &str, signals: &mut Vec<(&'static str, f32)>) {
    if text.is_ascii() {
        return;
    }
    let (mut tags, mut invisible, mut bidi) = (0_u32, 0_u32, 0_u32);
    for char in text.chars().filter(|char| !char.is_ascii()) {
        match char {
            // The tag block (Unicode, chapter 23.9) mirrors ASCII, invisibly.
            '\u{e0020}'..='\u{e007f}' => tags += 1,
            '\u{200b}' | '\u{2060}'..='\u{2064}' | '\u{feff}' => invisible += 1,
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => bidi += 1,
            _ => {}
        }
    }
    // Flags of regions use a few tags; a hidden sentence uses many.
    if tags >= 8 {
        signals.push(("hidden_unicode", 0.9));
    } else if invisible >= 8 || bidi >= 4 {
        signals.push(("hidden_unicode", 0.4));
    }
}
