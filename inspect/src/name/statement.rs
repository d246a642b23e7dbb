//! Lines of programs, where capitals begin the names of types, and only quotations and comments
//! speak of people.
//!
//! Told by how a line ends: a sentence ends in no semicolon and no opening bracket.

use crate::class;

/// The longest line that is looked at, in bytes.
const LONGEST: usize = 512;

/// The line that was looked at last.
#[derive(Default)]
pub(super) struct Line {
    start: usize,
    end: usize,
    is_statement: bool,
    /// Whether a quotation or a comment may be in it.
    has_marks: bool,
    /// How far it was read for them.
    read: usize,
    /// The quotations that are open there, as bits, in the order of [`QUOTES`].
    open: u8,
    is_comment: bool,
}

const QUOTES: &[u8; 3] = b"\"'`";

impl Line {
    /// Where the line ends that was looked at last, if the place lies in it and it is one of a
    /// program without quotations and comments.
    pub(super) fn bare_code_at(&self, place: usize) -> Option<usize> {
        (place < self.end && self.is_statement && !self.has_marks).then_some(self.end)
    }

    /// Whether the place, which only grows from call to call, lies in a line of a program, and
    /// neither in a quotation nor in a comment.
    pub(super) fn is_code_at(&mut self, text: &[u8], place: usize) -> bool {
        if place >= self.end {
            *self = Self::around(text, place);
        }
        self.is_statement && !(self.has_marks && self.is_said_at(text, place))
    }

    fn around(text: &[u8], place: usize) -> Self {
        let from = place.saturating_sub(LONGEST);
        let head = text.get(from..place).unwrap_or_default();
        let start = memchr::memrchr(b'\n', head).map_or(from, |feed| from + feed + 1);
        let rest = text.get(place..).unwrap_or_default();
        let rest = rest.get(..LONGEST).unwrap_or(rest);
        let length = memchr::memchr(b'\n', rest);
        let end = place + length.unwrap_or(rest.len());
        let line = text.get(start..end).unwrap_or_default();
        let is_statement = length.is_some() && is_statement(line.trim_ascii_end());
        let has_marks = is_statement && has_marks(line);
        let is_comment = has_marks && line.trim_ascii_start().starts_with(b"*");
        let end = end.max(place + 1);
        Self { start, end, is_statement, has_marks, read: start, open: 0, is_comment }
    }

    /// Whether a quotation or a comment is open at a place.
    fn is_said_at(&mut self, text: &[u8], place: usize) -> bool {
        let last = self.read.checked_sub(1).filter(|last| *last >= self.start);
        let mut before = last.and_then(|last| text.get(last)).copied();
        for byte in text.get(self.read..place).unwrap_or_default().iter().copied() {
            if let Some(quote) = QUOTES.iter().position(|quote| *quote == byte) {
                self.open ^= 1 << quote;
            }
            self.is_comment |= matches!((before, byte), (Some(b'/'), b'/') | (Some(b'#'), b' '));
            before = Some(byte);
        }
        self.read = place;
        self.open != 0 || self.is_comment
    }
}

/// Whether a line without its end is one of a program, without any quotation or comment.
pub(super) fn is_bare(line: &[u8]) -> bool {
    is_statement(line.trim_ascii_end()) && !has_marks(line)
}

/// Whether a quotation or a comment may be in a line.
fn has_marks(line: &[u8]) -> bool {
    let is_mark = |byte: u8| matches!(byte, b'"' | b'\'' | b'`' | b'/' | b'#' | b'*');
    class::blocks(line).any(|block| class::bits(line, block, is_mark) != 0)
}

/// Whether a line without its end is one of a program: it ends in its only semicolon, behind a word or
/// a bracket, or in a bracket or operator that waits for more, or is an attribute. A row of a table may
/// end in a semicolon too, and then has more of them; or in one bar.
fn is_statement(line: &[u8]) -> bool {
    match line {
        [head @ .., last, b';'] => {
            (last.is_ascii_alphanumeric() || b")]}\"'_".contains(last))
                && memchr::memchr(b';', head).is_none()
        }
        [.., b' ' | b')', b'{'] | [.., b'(' | b'='] | [.., b'|', b'|'] | [.., b'&', b'&'] => true,
        [.., b')', b']'] => line.trim_ascii_start().starts_with(b"#["),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_code(text: &str, word: &str) -> bool {
        let place = text.find(word).unwrap_or(0);
        Line::default().is_code_at(text.as_bytes(), place)
    }

    #[test]
    fn statements_are_code_but_for_their_quotations_and_comments() {
        assert!(is_code("let word = Berlin;\n", "Berlin"));
        assert!(is_code("impl Anna for Bob {\n", "Anna"));
        assert!(is_code("#[derive(Anna, Bob)]\n", "Bob"));
        assert!(!is_code("let word = \"Berlin\";\n", "Berlin"));
        assert!(!is_code("call(); // Anna wrote this;\n", "Anna"));
        assert!(!is_code("Dear Anna,\n", "Anna"));
        assert!(!is_code("| Anna | Berlin |\n", "Berlin"));
        assert!(!is_code("Anna;Berlin;\n", "Berlin"));
        assert!(!is_code("I met Anna", "Anna"));
    }
}
