//! The form of a number: which characters stand where, in which groups, and what proves it.

use crate::Kind;

/// A number that somebody gives out.
pub(super) struct Format {
    pub(super) subtype: &'static str,
    pub(super) kind: Kind,
    /// Its characters without separators: `9` a digit, `A` a letter, `*` either, any other itself.
    pub(super) shapes: &'static [&'static str],
    /// The lengths of its groups where it is written with separators.
    pub(super) groups: &'static [&'static [u8]],
    /// Whether the digits and letters are right: check digits, dates, ranges.
    pub(super) check: fn(&[u8]) -> bool,
    /// Words that name it, lower case, in the languages of those who write it.
    pub(super) words: &'static [&'static str],
    /// Whether it is taken where no such word is near.
    pub(super) alone: Alone,
}

/// Whether a number is known without a word.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Alone {
    /// Its form and check digits are enough.
    Yes,
    /// When it is written in its groups.
    Grouped,
    /// Too many other numbers look like it.
    No,
}

/// A format, for tables.
pub(super) const fn format(
    subtype: &'static str,
    kind: Kind,
    shapes: &'static [&'static str],
    groups: &'static [&'static [u8]],
    check: fn(&[u8]) -> bool,
    words: &'static [&'static str],
    alone: Alone,
) -> Format {
    Format { subtype, kind, shapes, groups, check, words, alone }
}

impl Format {
    /// Whether it may be written so.
    pub(super) fn is_grouped_as(&self, groups: &[u8]) -> bool {
        groups.len() == 1 || self.groups.contains(&groups)
    }
}

/// A shape as sets of places, for a comparison without a loop over formats' texts.
pub(super) struct Shape {
    pub(super) length: usize,
    digits: u32,
    letters: u32,
    literals: &'static str,
}

impl Shape {
    pub(super) fn read(shape: &'static str) -> Self {
        let places = |class: fn(u8) -> bool| {
            let set = |(place, byte): (usize, u8)| u32::from(class(byte)) << place;
            shape.bytes().enumerate().map(set).sum()
        };
        Self {
            length: shape.len(),
            digits: places(|byte| byte.is_ascii_digit()),
            letters: places(|byte| byte.is_ascii_uppercase()),
            literals: if shape.bytes().all(|byte| b"9A*".contains(&byte)) { "" } else { shape },
        }
    }

    /// Whether characters, as many as the shape has and with digits at these places, stand so.
    pub(super) fn has(&self, digits: u32, characters: &[u8]) -> bool {
        digits & self.digits == self.digits
            && digits & self.letters == 0
            && self
                .literals
                .bytes()
                .zip(characters)
                .all(|(literal, character)| b"9A*".contains(&literal) || literal == *character)
    }
}

/// The places of the digits among characters.
#[cfg(test)]
pub(super) fn digits(characters: &[u8]) -> u32 {
    let set = |(place, byte): (usize, &u8)| u32::from(byte.is_ascii_digit()) << place;
    characters.iter().enumerate().map(set).sum()
}
