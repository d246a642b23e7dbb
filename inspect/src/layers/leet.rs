//! Words with digits and signs in the place of letters: `p4ssw0rd`, `$3cr37`, `example.c0m`.

use std::ops::Range;

use crate::view::View;
use crate::view::window::windows;

/// The words that are known in such disguise.
pub(super) const WORDS: [&str; 15] = [
    "password", "passwd", "secret", "token", "api_key", "api-key", "apikey", "iban", "phone",
    "email", "credit", "card", ".com", ".org", ".net",
];

/// Every disguise of a word, the word itself left out.
pub(super) fn disguises(word: &str) -> Vec<String> {
    let mut all = vec![String::new()];
    for letter in word.chars() {
        let written: &[char] = match letter {
            'a' => &['a', '4', '@'],
            'e' => &['e', '3'],
            'i' => &['i', '1', '!'],
            'o' => &['o', '0'],
            's' => &['s', '5', '$'],
            't' => &['t', '7'],
            _ => &[],
        };
        let extended = |begun: String| {
            let each = if written.is_empty() { vec![letter] } else { written.to_vec() };
            each.into_iter().map(move |sign| format!("{begun}{sign}")).collect::<Vec<_>>()
        };
        all = all.into_iter().flat_map(extended).collect();
    }
    all.retain(|disguise| disguise != word);
    all
}

/// A text with its disguised words plain, around them.
pub(super) fn views(text: &str, words: &[(Range<usize>, &str)], tell: &mut dyn FnMut(View)) {
    let signs = words.iter().map(|(range, _)| range.start);
    for window in windows(text, signs) {
        let (mut view, mut done) = (View::default(), window.start);
        for (range, plain) in words {
            if range.start >= done && range.end <= window.end {
                view.keep(text, done..range.start);
                view.put(range.clone(), plain);
                done = range.end;
            }
        }
        view.keep(text, done..window.end);
        tell(view);
    }
}
