//! Texts with escapes: each stands for one character, and the rest for itself.

use super::{backslash, html, percent, quoted_printable};
use crate::class;
use crate::view::View;
use crate::view::window::windows;

/// The fewest escapes of quoted-printable text: `a=20` stands in every program.
const FEWEST_QUOTED: usize = 3;

/// A character, and the length of the escapes that stand for it.
pub(super) struct Decoded {
    pub(super) char: char,
    pub(super) length: usize,
    /// Whether it is so common that alone it does not make a text worth a second look.
    pub(super) everyday: bool,
}

/// Views of a text without its percent escapes, character references and backslash escapes.
pub(super) fn views(text: &str, tell: &mut dyn FnMut(View)) {
    let bytes = text.as_bytes();
    let signs = class::each(bytes, begins_escape).filter(|place| {
        read(bytes, *place)
            .is_some_and(|decoded| !decoded.everyday || beside_digit(bytes, *place, decoded.length))
    });
    for window in windows(text, signs) {
        let part = bytes.get(window.clone()).unwrap_or_default();
        let places = class::each(part, begins_escape).map(|offset| window.start + offset);
        tell(rewritten(text, window.clone(), places, &read).0);
    }
}

/// Views of a text that is quoted-printable.
pub(super) fn quoted(text: &str, tell: &mut dyn FnMut(View)) {
    let bytes = text.as_bytes();
    let signs = class::each(bytes, begins_quoted)
        .filter(|place| quoted_printable::read(bytes, *place).is_some());
    for window in windows(text, signs) {
        let part = bytes.get(window.clone()).unwrap_or_default();
        let places = class::each(part, begins_quoted).map(|offset| window.start + offset);
        let (view, count) = rewritten(text, window.clone(), places, &quoted_printable::read);
        if count >= FEWEST_QUOTED {
            tell(view);
        }
    }
}

const fn begins_escape(byte: u8) -> bool {
    byte == b'%' || byte == b'&' || byte == b'\\'
}

const fn begins_quoted(byte: u8) -> bool {
    byte == b'='
}

/// Whether a digit stands before an escape, or soon in the word behind it.
fn beside_digit(bytes: &[u8], place: usize, length: usize) -> bool {
    let before = place.checked_sub(1).and_then(|place| bytes.get(place));
    let word =
        bytes.iter().skip(place + length).take(6).take_while(|byte| byte.is_ascii_alphanumeric());
    before.into_iter().chain(word).any(u8::is_ascii_digit)
}

fn read(bytes: &[u8], place: usize) -> Option<Decoded> {
    match bytes.get(place)? {
        b'%' => percent::read(bytes, place),
        b'&' => html::read(bytes, place),
        _ => backslash::read(bytes, place),
    }
}

/// A window with the escapes at `places` read, and how many there were.
fn rewritten(
    text: &str,
    window: std::ops::Range<usize>,
    places: impl Iterator<Item = usize>,
    read: &dyn Fn(&[u8], usize) -> Option<Decoded>,
) -> (View, usize) {
    let (mut view, mut done, mut count) = (View::default(), window.start, 0);
    for place in places {
        let decoded = read(text.as_bytes(), place).filter(|_| place >= done);
        let Some(decoded) = decoded.filter(|decoded| place + decoded.length <= window.end) else {
            continue;
        };
        view.keep(text, done..place);
        done = place + decoded.length;
        // An invisible character says nothing, and would only be taken out one view later.
        match decoded.char {
            '\u{200b}' | '\u{200c}' | '\u{200d}' | '\u{ad}' => view.put(place..done, ""),
            char => view.put_char(place..done, char),
        }
        count += 1;
    }
    view.keep(text, done..window.end);
    (view, count)
}

/// The character whose UTF-8 begins at `place`, with each byte in an escape of `width` signs. What
/// is no UTF-8 is the replacement character.
pub(super) fn utf_8(
    bytes: &[u8],
    place: usize,
    width: usize,
    byte: &dyn Fn(&[u8], usize) -> Option<u8>,
) -> Option<Decoded> {
    let first = byte(bytes, place)?;
    let count = match first {
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => 1,
    };
    let mut encoded = [first, 0, 0, 0];
    for (number, to) in encoded.iter_mut().enumerate().take(count).skip(1) {
        *to = byte(bytes, place + number * width).unwrap_or(0);
    }
    let char = std::str::from_utf8(encoded.get(..count)?).ok().and_then(|text| text.chars().next());
    Some(Decoded {
        char: char.unwrap_or(char::REPLACEMENT_CHARACTER),
        length: if char.is_some() { count * width } else { width },
        everyday: first == b' ',
    })
}
