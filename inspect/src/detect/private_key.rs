//! Private keys in PEM (RFC 7468), also broken off.

use memchr::memmem;

use super::bytes::run;
use crate::matched::Match;

/// A label is short.
const LABEL: usize = 64;

/// The block that begins at `start`, if its label is that of a private key.
pub(super) fn find(text: &str, start: usize) -> Option<Match> {
    let bytes = text.as_bytes();
    let head = bytes.get(start..(start + LABEL).min(bytes.len()))?;
    let label = memmem::find(head, b"PRIVATE KEY")?;
    let body = start + label + b"PRIVATE KEY".len();
    // The text of a block has base 64, line ends (also escaped ones) and header lines; a lone
    // dash begins the end line.
    let inside = |byte: u8| byte.is_ascii_alphanumeric() || b"+/=\r\n\\ :,-_\t".contains(&byte);
    let limit = run(bytes, body, 1 << 16, inside);
    let rest = bytes.get(body..limit)?;
    let end = memmem::find(rest, b"-----END").map_or(limit, |found| {
        run(bytes, body + found + 8, LABEL, |byte| {
            byte.is_ascii_uppercase() || byte == b' ' || byte == b'-'
        })
    });
    Some(Match::secret("private-key", start..end, 0.99))
}
