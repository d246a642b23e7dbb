//! Folds characters into the ASCII ones they are read as: compatibility forms (NFKC, UAX 15),
//! lookalikes, digits of other scripts, spaces and dashes; takes marks and invisible ones out.
//!
//! Words that are wholly of another script stay: only a word that mixes in ASCII is a disguise.

use unicode_normalization::char::decompose_compatible;

use super::View;
use super::confusable;
use super::hidden::is_carrier;
use super::window::windows;

/// Views of a text around the places where characters stand for others.
pub(crate) fn views(text: &str, tell: &mut dyn FnMut(View)) {
    for window in windows(text, Signs { text, place: 0 }) {
        let mut view = View::default();
        let mut place = window.start;
        for word in text.get(window).unwrap_or_default().split_inclusive(char::is_whitespace) {
            let mixed = word.bytes().any(|byte| byte.is_ascii_alphanumeric());
            for char in word.chars() {
                let end = place + char.len_utf8();
                match fold(char, mixed) {
                    Folded::Same => view.keep(text, place..end),
                    Folded::Nothing => view.put(place..end, ""),
                    Folded::As(meant) => view.put_char(place..end, meant),
                    Folded::Compatible => view.put(place..end, &compatible(char)),
                }
                place = end;
            }
        }
        if view.is_changed() {
            tell(view);
        }
    }
}

/// A value without its disguise, if it wears one.
pub(crate) fn plain(value: &str) -> Option<String> {
    if value.is_ascii() {
        return None;
    }
    let mixed = value.bytes().any(|byte| byte.is_ascii_alphanumeric());
    let mut folded = String::with_capacity(value.len());
    for char in value.chars() {
        match fold(char, mixed) {
            Folded::Same => folded.push(char),
            Folded::Nothing => {}
            Folded::As(meant) => folded.push(meant),
            Folded::Compatible => folded.push_str(&compatible(char)),
        }
    }
    (folded != value).then_some(folded)
}

/// What a character is read as.
enum Folded {
    Same,
    Nothing,
    As(char),
    /// What its compatibility decomposition says.
    Compatible,
}

fn fold(char: char, mixed: bool) -> Folded {
    match char {
        '\0'..='\u{7f}' => Folded::Same,
        _ if is_invisible(char) || is_mark(char) => Folded::Nothing,
        _ => match digit(char).or_else(|| separator(char)).or_else(|| enclosed(char)) {
            Some(meant) => Folded::As(meant),
            None if mixed && confusable::ascii(char).is_some() => {
                confusable::ascii(char).map_or(Folded::Same, Folded::As)
            }
            None if is_compatible(char) => Folded::Compatible,
            None => Folded::Same,
        },
    }
}

/// Characters without any width, also what stands for bytes that were no text.
const fn is_invisible(char: char) -> bool {
    matches!(char,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}'
        | '\u{fff9}'..='\u{fffd}' | '\u{1d173}'..='\u{1d17a}')
        || is_carrier(char)
}

/// Marks over, under and around another character.
const fn is_mark(char: char) -> bool {
    matches!(char,
        '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}' | '\u{1ab0}'..='\u{1aff}'
        | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}')
}

/// The first digits of the scripts that have their own (Unicode, general category Nd).
const ZEROS: [u32; 37] = [
    0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xde6,
    0xe50, 0xed0, 0xf20, 0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90, 0x1b50,
    0x1bb0, 0x1c40, 0x1c50, 0xa620, 0xa8d0, 0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0, 0x104a0,
    0x10d30,
];

fn digit(char: char) -> Option<char> {
    let point = char as u32;
    let zero = ZEROS.get(ZEROS.partition_point(|zero| *zero <= point).checked_sub(1)?)?;
    char::from_digit(point - zero, 10)
}

/// Spaces, dashes and other signs that part or join.
const fn separator(char: char) -> Option<char> {
    Some(match char {
        '\u{85}'
        | '\u{a0}'
        | '\u{1680}'
        | '\u{2000}'..='\u{200a}'
        | '\u{2028}'
        | '\u{2029}'
        | '\u{202f}'
        | '\u{205f}'
        | '\u{3000}' => ' ',
        '\u{2010}'..='\u{2015}'
        | '\u{2212}'
        | '\u{207b}'
        | '\u{208b}'
        | '\u{fe58}'
        | '\u{fe63}'
        | '\u{ff0d}'
        | '\u{2043}'
        | '\u{30fc}' => '-',
        '\u{3002}' | '\u{ff61}' | '\u{2024}' | '\u{b7}' | '\u{2022}' | '\u{2219}' | '\u{22c5}'
        | '\u{30fb}' => '.',
        '\u{2044}' | '\u{2215}' => '/',
        '\u{2236}' | '\u{a789}' | '\u{2d0}' | '\u{5c3}' => ':',
        _ => return None,
    })
}

/// Letters and digits in circles and squares that have no compatibility form.
fn enclosed(char: char) -> Option<char> {
    let point = char as u32;
    let letter = |first: u32| char::from_u32(u32::from(b'A') + point - first);
    match point {
        0x1f150..=0x1f169 => letter(0x1f150),
        0x1f170..=0x1f189 => letter(0x1f170),
        0x1f1e6..=0x1f1ff => letter(0x1f1e6),
        0x24ff | 0x1f10b | 0x1f10c => Some('0'),
        0x2776..=0x277e => char::from_digit(point - 0x2775, 10),
        0x2780..=0x2788 => char::from_digit(point - 0x277f, 10),
        0x278a..=0x2792 => char::from_digit(point - 0x2789, 10),
        0x24f5..=0x24fd => char::from_digit(point - 0x24f4, 10),
        _ => None,
    }
}

/// Whether a character is only another form of ASCII: fullwidth, mathematical, raised, circled.
fn is_compatible(char: char) -> bool {
    let block = matches!(char as u32,
        0xaa | 0xb2 | 0xb3 | 0xb9 | 0xba | 0x2b0..=0x2b8 | 0x1d2c..=0x1d6a | 0x2070..=0x209c
        | 0x2100..=0x214f | 0x2160..=0x217f | 0x2460..=0x24ea | 0x3371..=0x33df
        | 0xfb00..=0xfb06 | 0xfe50..=0xfe6b | 0xff01..=0xff5e | 0x1d400..=0x1d7ff
        | 0x1f100..=0x1f149 | 0x1fbf0..=0x1fbf9);
    let mut ascii = true;
    if block {
        decompose_compatible(char, |part| ascii &= part.is_ascii());
    }
    block && ascii
}

fn compatible(char: char) -> String {
    let mut meant = String::new();
    decompose_compatible(char, |part| meant.push(part));
    meant
}

/// The places of a text whose characters stand for others, most of them passed over by their
/// first byte alone.
struct Signs<'a> {
    text: &'a str,
    place: usize,
}

impl Iterator for Signs<'_> {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        let bytes = self.text.as_bytes();
        loop {
            let place = next_foreign(bytes, self.place)?;
            let char = self.text.get(place..)?.chars().next()?;
            self.place = place + char.len_utf8();
            let second = bytes.get(place + 1).copied().unwrap_or(0);
            if may_stand(bytes[place], second) && self.is_sign(char, place) {
                return Some(place);
            }
        }
    }
}

/// The next byte that is not ASCII.
fn next_foreign(bytes: &[u8], from: usize) -> Option<usize> {
    let rest = bytes.get(from..)?;
    let (blocks, _) = rest.as_chunks::<16>();
    let skip = 16 * blocks.iter().take_while(|block| block.is_ascii()).count();
    Some(from + skip + rest.get(skip..)?.iter().position(|byte| *byte >= 0x80)?)
}

/// Whether a raised or lowered digit may begin with this byte.
const fn raised(first: u8) -> bool {
    matches!(first, 0xc2 | 0xe2)
}

/// Whether a character that begins with these bytes can stand for another. Accented Latin letters,
/// kana, Han and Hangul, of which most foreign text is, cannot.
const fn may_stand(first: u8, second: u8) -> bool {
    match first {
        0xc3 | 0xe4..=0xe9 | 0xeb..=0xed => false,
        0xe3 => !matches!(second, 0x81..=0x83),
        _ => true,
    }
}

impl Signs<'_> {
    /// Whether a character makes a window: always when nobody writes so without intent, else when
    /// it stands in or beside ASCII.
    fn is_sign(&self, char: char, place: usize) -> bool {
        let bytes = self.text.as_bytes();
        let left = place.checked_sub(1).and_then(|left| bytes.get(left)).copied().unwrap_or(b' ');
        let right = bytes.get(place + char.len_utf8()).copied().unwrap_or(b' ');
        let joins = |byte: u8| byte.is_ascii_alphanumeric() || b"@._-+=:/".contains(&byte);
        let digits = left.is_ascii_digit() && right.is_ascii_digit();
        match char {
            // Letters, marks and digits of scripts with words of their own.
            '\u{100}'..='\u{65f}' if !joins(left) && !joins(right) => false,
            _ if is_invisible(char) || is_mark(char) => joins(left) || joins(right),
            _ if digit(char).is_some() || enclosed(char).is_some() => true,
            _ if separator(char) == Some(' ') => digits || b":=".contains(&left),
            _ if separator(char).is_some() => joins(left) && joins(right),
            _ if confusable::ascii(char).is_some() => {
                left.is_ascii_alphanumeric() || right.is_ascii_alphanumeric()
            }
            // Of the fullwidth forms, the punctuation is everyday.
            '\u{ff01}'..='\u{ff5e}' => {
                char.is_alphanumeric() || char == '\u{ff20}' || joins(left) && joins(right)
            }
            _ if !is_compatible(char) => false,
            // A raised digit alone is a footnote.
            _ => char as u32 >= 0x2460 || joins(left) && joins(right) || raised(right),
        }
    }
}
