//! Text in characters that nobody sees: tags that mirror ASCII, and variation selectors that
//! stand for bytes.

use super::View;
use super::window::windows;

/// The shortest text that is hidden rather than a flag or a stray mark.
const SHORTEST: usize = 6;

/// Whether a character is one of those that can carry text unseen.
pub(crate) const fn is_carrier(char: char) -> bool {
    matches!(char, '\u{e0000}'..='\u{e01ef}' | '\u{fe00}'..='\u{fe0f}')
}

/// The ASCII character that an invisible one stands for: a tag by its place in the block (The
/// Unicode Standard, 23.9), a variation selector by its number, as in text hidden behind an emoji.
const fn carried(char: char) -> Option<char> {
    let byte = match char as u32 {
        point @ 0xe0020..=0xe007e => point - 0xe0000,
        point @ 0xe0100..=0xe01ef => point - 0xe0100 + 16,
        point @ 0xfe00..=0xfe0f => point - 0xfe00,
        _ => return None,
    };
    match byte {
        0x20..=0x7e | 0x09 | 0x0a => char::from_u32(byte),
        _ => None,
    }
}

/// Views of what is hidden in a text.
pub(crate) fn views(text: &str, tell: &mut dyn FnMut(View)) {
    let carriers = text.char_indices().filter(|(_, char)| carried(*char).is_some());
    for window in windows(text, carriers.map(|(place, _)| place)) {
        let mut view = View::default();
        let mut hidden = 0;
        for (offset, char) in text.get(window.clone()).unwrap_or_default().char_indices() {
            let place = window.start + offset..window.start + offset + char.len_utf8();
            match carried(char) {
                Some(meant) => {
                    view.put_char(place, meant);
                    hidden += 1;
                }
                None if is_carrier(char) => view.put(place, ""),
                None => view.keep(text, place),
            }
        }
        if hidden >= SHORTEST {
            tell(view);
        }
    }
}
