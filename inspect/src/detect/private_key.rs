//! Private keys: PEM (RFC 7468), also broken off; PuTTY's files; JSON web keys (RFC 7517).

use memchr::memmem;

use super::bytes::{at, run, run_back};
use crate::matched::Match;

/// What a PEM block begins with, and one of SSH (RFC 4716).
pub(super) const PEM: [&str; 2] = ["-----BEGIN", "---- BEGIN SSH2"];
/// The head of the private part in a file of PuTTY.
pub(super) const PUTTY: &str = "Private-Lines:";
/// What every JSON web key has.
pub(super) const JWK: &str = "\"kty\"";

/// A label is short.
const LABEL: usize = 64;
/// The shortest body that is one, and not an example of the form.
const BODY: usize = 16;
/// How far the members of a web key lie from its type.
const REACH: usize = 2 << 10;

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
    let close = memmem::find(rest, b"-- END").or_else(|| memmem::find(rest, b"--END"));
    let content = rest.get(..close.unwrap_or(rest.len()))?;
    let end = close.map_or(limit, |found| {
        run(bytes, body + found, LABEL, |byte| {
            byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b' ' || byte == b'-'
        })
    });
    let signs = content.iter().filter(|byte| byte.is_ascii_alphanumeric() || b"+/".contains(byte));
    (signs.count() >= BODY).then(|| Match::secret("private-key", start..end, 0.99))
}

/// The private part of a PuTTY file, whose head ends at `end`.
pub(super) fn putty(text: &str, end: usize) -> Option<Match> {
    let bytes = text.as_bytes();
    let head = run(bytes, end, 8, |byte| byte == b' ' || byte.is_ascii_digit());
    let body = run(bytes, head, 4, |byte| b"\\rn\r\n".contains(&byte));
    let stop = run(bytes, body, 1 << 16, |byte| {
        byte.is_ascii_alphanumeric() || b"+/=\r\n\\".contains(&byte)
    });
    let last = memmem::find(bytes.get(body..stop)?, b"Private-MAC").unwrap_or(stop - body);
    let last = body + run_back_white(bytes.get(body..body + last)?);
    (last >= body + BODY).then(|| Match::secret("private-key", body..last, 0.97))
}

fn run_back_white(body: &[u8]) -> usize {
    run_back(body, body.len(), 8, |byte| byte.is_ascii_whitespace())
}

/// The private members of the web key whose type stands at `start`.
pub(super) fn jwk(text: &str, start: usize, matches: &mut Vec<Match>) {
    const MEMBERS: [&[u8]; 7] =
        [b"\"d\"", b"\"p\"", b"\"q\"", b"\"dp\"", b"\"dq\"", b"\"qi\"", b"\"k\""];
    let bytes = text.as_bytes();
    let first = run_back(bytes, start, REACH, |byte| !b"{}".contains(&byte));
    let last = run(bytes, start, REACH, |byte| !b"{}".contains(&byte));
    let window = bytes.get(first..last).unwrap_or_default();
    for member in MEMBERS {
        let Some(place) = memmem::find(window, member) else { continue };
        let colon = first + place + member.len();
        let value =
            run(bytes, colon, 8, |byte| byte.is_ascii_whitespace() || b":\"".contains(&byte));
        let end =
            run(bytes, value, REACH, |byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
        if end >= value + BODY && at(bytes, end) == b'"' {
            matches.push(Match::secret("private-key", value..end, 0.95));
        }
    }
}
