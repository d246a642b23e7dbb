//! Letters rotated by thirteen places.

use crate::view::View;
use crate::view::window::windows;

/// Words of which one, rotated, makes a text worth reading so.
pub(super) const WORDS: [&str; 44] = [
    "password",
    "passwd",
    "secret",
    "token",
    "api_key",
    "api-key",
    "apikey",
    "bearer ",
    "basic ",
    "https:",
    "http:",
    "postgres",
    "mysql:",
    "mongodb",
    "redis:",
    ".com",
    ".org",
    ".net",
    "example",
    "iban",
    "card",
    "phone",
    "email",
    "e-mail",
    "number",
    " the ",
    " and ",
    "sk-ant",
    "sk-proj",
    "ghp_",
    "gho_",
    "ghs_",
    "github_pat",
    "akia",
    "asia",
    "xoxb-",
    "xoxp-",
    "glpat-",
    "sk_live_",
    "aiza",
    "npm_",
    "eyj",
    "begin ",
    "pypi-",
];

/// A word rotated.
pub(super) fn rotated(word: &str) -> String {
    word.chars().map(rotate).collect()
}

/// A text rotated back, around signs.
pub(super) fn views(text: &str, signs: &[usize], tell: &mut dyn FnMut(View)) {
    for window in windows(text, signs.iter().copied()) {
        let mut view = View::default();
        for (offset, char) in text.get(window.clone()).unwrap_or_default().char_indices() {
            let place = window.start + offset..window.start + offset + char.len_utf8();
            if char.is_ascii_alphabetic() {
                view.put_char(place, rotate(char));
            } else {
                view.keep(text, place);
            }
        }
        tell(view);
    }
}

fn rotate(char: char) -> char {
    let first = match char {
        'a'..='z' => b'a',
        'A'..='Z' => b'A',
        _ => return char,
    };
    u8::try_from(char).map_or(char, |byte| char::from((byte - first + 13) % 26 + first))
}
