//! The shape of a key: runs of characters of a class, and fixed text between them.
//!
//! Read from left to right without going back: a run takes what it can, so a text behind it
//! begins with a character that the run has not. It does not know whose key it is.

use super::super::bytes::run;

/// How far a run without a bound goes on within a key.
const LONGEST: usize = 1 << 10;
/// How far at its end, until the key was judged.
const PROBE: usize = 16;

/// A piece of a key.
pub(super) enum Part {
    /// So many characters of a class.
    Exactly(Class, usize),
    /// At least and at most so many.
    Between(Class, usize, usize),
    /// So many or more, to the end of the run.
    AtLeast(Class, usize),
    /// This text.
    Text(&'static str),
    /// One of these texts.
    OneOf(&'static [&'static str]),
    /// A UUID (RFC 9562), in either case.
    Uuid,
}

/// A class of characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    Digit,
    /// Hexadecimal digits, in either case.
    Hex,
    /// Hexadecimal digits, lower case.
    LowerHex,
    Letter,
    Upper,
    UpperAlphanumeric,
    LowerAlphanumeric,
    Alphanumeric,
    /// RFC 4648 base 32.
    Base32,
    /// Base 32 of bech32 (BIP 173), upper case.
    Bech32,
    /// With `-` and `_`.
    Url,
    /// With `-`, `_` and `=`.
    PaddedUrl,
    /// With `-`, `_`, `=` and `.`.
    Dotted,
    /// With `+`, `/` and `=`.
    Base64,
    /// With `-`, `_`, `.` and `~`.
    Unreserved,
    /// What a path of a URL has, with `@`.
    Path,
    /// With `%`, as in a URL's query.
    Escaped,
    /// Anything but white space and quotes.
    Printable,
}

impl Class {
    pub(super) const fn has(self, byte: u8) -> bool {
        match self {
            Self::Digit => byte.is_ascii_digit(),
            Self::Hex => byte.is_ascii_hexdigit(),
            Self::LowerHex => matches!(byte, b'0'..=b'9' | b'a'..=b'f'),
            Self::Letter => byte.is_ascii_alphabetic(),
            Self::Upper => byte.is_ascii_uppercase(),
            Self::UpperAlphanumeric => byte.is_ascii_uppercase() || byte.is_ascii_digit(),
            Self::LowerAlphanumeric => byte.is_ascii_lowercase() || byte.is_ascii_digit(),
            Self::Alphanumeric => byte.is_ascii_alphanumeric(),
            Self::Base32 => matches!(byte, b'A'..=b'Z' | b'2'..=b'7'),
            Self::Bech32 => {
                byte.is_ascii_uppercase() && !matches!(byte, b'B' | b'I' | b'O')
                    || matches!(byte, b'0' | b'2'..=b'9')
            }
            Self::Url => byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'),
            Self::PaddedUrl => byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'='),
            Self::Dotted => {
                byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'=' | b'.')
            }
            Self::Base64 => byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'='),
            Self::Unreserved => {
                byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~')
            }
            Self::Path => {
                byte.is_ascii_alphanumeric()
                    || matches!(byte, b'-' | b'_' | b'/' | b'+' | b'@' | b'.')
            }
            Self::Escaped => byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'%'),
            Self::Printable => {
                byte.is_ascii_graphic()
                    && !matches!(byte, b'"' | b'\'' | b'`' | b'<' | b'>' | b'\\')
            }
        }
    }
}

impl Part {
    /// Where this piece ends when it begins at `start`; one without a bound goes on for so many
    /// characters beyond its least.
    fn end(&self, text: &[u8], start: usize, beyond: usize) -> Option<usize> {
        let (class, least, most) = match *self {
            Self::Exactly(class, length) => (class, length, length),
            Self::Between(class, least, most) => (class, least, most),
            Self::AtLeast(class, least) => (class, least, least + beyond),
            Self::Text(fixed) => return after(text, start, fixed),
            Self::OneOf(texts) => {
                return texts.iter().find_map(|fixed| after(text, start, fixed));
            }
            Self::Uuid => return end_of_uuid(text, start),
        };
        let end = run(text, start, most, |byte| class.has(byte));
        (end - start >= least).then_some(end)
    }

    /// Whether a byte right behind this piece would belong to it, were it longer.
    fn goes_on(&self, byte: u8) -> bool {
        match *self {
            Self::Exactly(class, _) | Self::Between(class, ..) | Self::AtLeast(class, _) => {
                class.has(byte) && (byte.is_ascii_alphanumeric() || !b".=@/+".contains(&byte))
            }
            Self::Uuid => byte == b'-',
            Self::Text(_) | Self::OneOf(_) => false,
        }
    }

    const fn least(&self) -> usize {
        match *self {
            Self::Exactly(_, least) | Self::Between(_, least, _) | Self::AtLeast(_, least) => least,
            Self::Text(text) => text.len(),
            Self::OneOf(_) => 1,
            Self::Uuid => 36,
        }
    }
}

fn after(text: &[u8], start: usize, fixed: &str) -> Option<usize> {
    text.get(start..)?.starts_with(fixed.as_bytes()).then_some(start + fixed.len())
}

fn end_of_uuid(text: &[u8], start: usize) -> Option<usize> {
    let value = text.get(start..start + 36)?;
    let fits = value.iter().enumerate().all(|(place, byte)| match place {
        8 | 13 | 18 | 23 => *byte == b'-',
        _ => byte.is_ascii_hexdigit(),
    });
    fits.then_some(start + 36)
}

/// Where a key of this shape ends that begins at `start`: not in the middle of a word, and
/// without the full stop of the sentence. Of a run without a bound at its end only so much is
/// read that it can be judged; [`extended`] reads on.
pub(super) fn end_of(parts: &[Part], text: &[u8], start: usize) -> Option<usize> {
    let (last, others) = parts.split_last()?;
    let mut end = start;
    for part in others {
        end = part.end(text, end, LONGEST)?;
    }
    end = last.end(text, end, PROBE)?;
    if let Part::AtLeast(class, _) = last
        && text.get(end).is_some_and(|next| class.has(*next))
    {
        return Some(end);
    }
    let least: usize = parts.iter().map(Part::least).sum();
    closed(last, text, end, end - start > least)
}

/// The end of a key whose shape was found to end at `end`, with all of a run without a bound.
pub(super) fn extended(parts: &[Part], text: &[u8], end: usize) -> Option<usize> {
    match parts.last()? {
        Part::AtLeast(class, _) => {
            let whole = run(text, end, usize::MAX, |byte| class.has(byte));
            if whole == end { Some(end) } else { closed(parts.last()?, text, whole, true) }
        }
        _ => Some(end),
    }
}

/// The end of a key, if a word ends there too.
fn closed(last: &Part, text: &[u8], end: usize, spare: bool) -> Option<usize> {
    let next = text.get(end).copied().unwrap_or(b' ');
    if next.is_ascii_alphanumeric() || next == b'_' || last.goes_on(next) {
        return None;
    }
    let stops = matches!(last, Part::Between(..) | Part::AtLeast(..))
        && end.checked_sub(1).and_then(|place| text.get(place)) == Some(&b'.');
    Some(if spare && stops { end - 1 } else { end })
}
