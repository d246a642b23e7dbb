//! Text that is written backwards, also by an override of its direction.

use super::View;
use super::window::{ceil, floor, windows};

/// Words of which one, backwards, makes a text worth reading so. Whatever is read often forwards
/// is left out.
pub(crate) const WORDS: [&str; 31] = [
    "password", "secret", "token", "api_key", "api-key", "apikey", "phone", "telefon", "email",
    "e-mail", "iban", "ssn ", "number", "nummer", "card ", ".com", ".org", ".edu", "http", "the ",
    "my ip", "address", "sk-proj-", "sk-ant-", "ghp_", "github", "akia", "xoxb-", "_live_",
    "glpat-", "bearer ",
];
/// U+202E, from which on a text runs from right to left.
const OVERRIDE: char = '\u{202e}';
/// How far such an override is followed.
const LONGEST: usize = 4 << 10;

/// A text backwards, around signs.
pub(crate) fn views(text: &str, signs: &[usize], tell: &mut dyn FnMut(View)) {
    for window in windows(text, signs.iter().copied()) {
        let mut view = View::default();
        let written = text.get(window.clone()).unwrap_or_default();
        for (offset, char) in written.char_indices().rev() {
            let place = window.start + offset;
            view.put_char(place..place + char.len_utf8(), char);
        }
        tell(view);
    }
}

/// The parts of a text that an override turns around, as they are seen.
pub(crate) fn overridden(text: &str, tell: &mut dyn FnMut(View)) {
    let mut from = 0;
    while let Some(found) = text.get(from..).and_then(|rest| rest.find(OVERRIDE)) {
        let start = from + found + OVERRIDE.len_utf8();
        let limit = floor(text, start + LONGEST);
        let inside = text.get(start..limit).unwrap_or_default();
        let end = start + inside.find(['\u{202c}', '\n', OVERRIDE]).unwrap_or(inside.len());
        let mut view = View::default();
        view.keep(text, ceil(text, from.max(start.saturating_sub(96)))..start);
        for (offset, char) in text.get(start..end).unwrap_or_default().char_indices().rev() {
            view.put_char(start + offset..start + offset + char.len_utf8(), char);
        }
        tell(view);
        from = end.max(start);
    }
}
