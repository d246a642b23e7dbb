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
}

impl Line {
    /// Whether the place, which only grows from call to call, lies in a line of a program, and
    /// neither in a quotation nor in a comment.
    pub(super) fn is_code_at(&mut self, text: &[u8], place: usize) -> bool {
        if place >= self.end {
            *self = Self::around(text, place);
        }
        self.is_statement && !is_said(text.get(self.start..place).unwrap_or_default())
    }

    fn around(text: &[u8], place: usize) -> Self {
        let from = place.saturating_sub(LONGEST);
        let head = text.get(from..place).unwrap_or_default();
        let start = memchr::memrchr(b'\n', head).map_or(from, |feed| from + feed + 1);
        let rest = text.get(place..).unwrap_or_default();
        let rest = rest.get(..LONGEST).unwrap_or(rest);
        let length = memchr::memchr(b'\n', rest);
        let end = place + length.unwrap_or(rest.len());
        let line = text.get(start..end).unwrap_or_default().trim_ascii_end();
        let is_statement = length.is_some() && is_statement(line);
        Self { start, end: end.max(place + 1), is_statement }
    }
}

/// Whether a line without its end is one of a program: it ends in a semicolon behind a word or a
/// bracket, or in a bracket or operator that waits for more, or is an attribute.
fn is_statement(line: &[u8]) -> bool {
    match line {
        [.., last, b';'] => last.is_ascii_alphanumeric() || b")]}\"'_".contains(last),
        [.., b' ' | b')', b'{'] | [.., b'(' | b'=' | b'|' | b'&'] => true,
        [.., b')', b']'] => line.trim_ascii_start().starts_with(b"#["),
        _ => false,
    }
}

/// Whether a quotation is open behind the beginning of a line, or a comment.
fn is_said(head: &[u8]) -> bool {
    let is_mark = |byte: u8| matches!(byte, b'"' | b'\'' | b'`' | b'/' | b'#' | b'*');
    if class::blocks(head).all(|block| class::bits(head, block, is_mark) == 0) {
        return false;
    }
    let is_open = |quote: u8| memchr::memchr_iter(quote, head).count() % 2 == 1;
    let begins = |mark: &[u8; 2]| head.windows(2).any(|pair| pair == mark);
    b"\"'`".iter().any(|quote| is_open(*quote))
        || begins(b"//")
        || begins(b"# ")
        || head.trim_ascii_start().starts_with(b"*")
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
        assert!(!is_code("I met Anna", "Anna"));
    }
}
