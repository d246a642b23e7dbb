//! Secrets by the name before them: `password=…`, `"api_key": "…"`, `--token …`, `pwd is …`.

use super::bytes::{at, run, run_back};
use crate::matched::Match;
use crate::sensitive_key::is_sensitive;

/// Words that may begin or end such a name; the whole name decides.
pub(super) const WORDS: [&str; 20] = [
    "password",
    "passwd",
    "passphrase",
    "passcode",
    "pwd",
    "pass",
    "secret",
    "token",
    "apikey",
    "api_key",
    "api-key",
    "access_key",
    "accesskey",
    "private_key",
    "privatekey",
    "credential",
    "authorization",
    "cookie",
    "passwort",
    "contraseña",
];

const LONGEST_NAME: usize = 64;
const LONGEST_VALUE: usize = 512;

/// The value of the name around the word at `start..end`.
pub(super) fn find(text: &str, start: usize, end: usize) -> Option<Match> {
    let bytes = text.as_bytes();
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte) || byte >= 0x80;
    let begin = run_back(bytes, start, LONGEST_NAME, is_name);
    let finish = run(bytes, end, LONGEST_NAME, is_name);
    let name = text.get(begin..finish)?;
    if !is_sensitive(name) {
        return None;
    }
    let flag = name.starts_with("--");
    let (value, sure) = delimiter(bytes, finish, flag)?;
    let (value, end, quoted) = value_at(bytes, value)?;
    let end = floor(text, end);
    let secret = text.get(value..end)?;
    if is_placeholder(secret)
        || !(quoted || sure || looks_secret(secret))
        || is_expression(bytes, secret, end, quoted)
    {
        return None;
    }
    let subtype = if name.to_ascii_lowercase().contains("pass")
        || name.to_ascii_lowercase().contains("pwd")
    {
        "password"
    } else {
        "generic-api-key"
    };
    let weak = subtype != "password" && !looks_secret(secret);
    (secret.len() >= 4 && !weak).then(|| Match::secret(subtype, value..end, 0.8))
}

/// Where the value begins, and whether the delimiter leaves no doubt.
fn delimiter(bytes: &[u8], name_end: usize, flag: bool) -> Option<(usize, bool)> {
    let mut place = name_end;
    while place < name_end + 3 && b"\"'`\\".contains(&at(bytes, place)) && place < bytes.len() {
        place += 1;
    }
    let spaces = run(bytes, place, 8, |byte| byte == b' ' || byte == b'\t');
    let sign = run(bytes, spaces, 3, |byte| b"=:>".contains(&byte));
    let value = |from| run(bytes, from, 8, |byte| byte == b' ' || byte == b'\t');
    if sign > spaces {
        return Some((value(sign), true));
    }
    if flag && spaces > place {
        return Some((spaces, true));
    }
    let rest = bytes.get(spaces..)?;
    let verb = [b"is ".as_slice(), b"was ", b"ist ", b"es ", b"est "];
    let verb = verb.iter().find(|verb| rest.starts_with(verb) && spaces > place)?;
    Some((value(spaces + verb.len()), false))
}

/// The value at a place: a quoted string, or what goes on without white space.
fn value_at(bytes: &[u8], place: usize) -> Option<(usize, usize, bool)> {
    let escapes = run(bytes, place, 4, |byte| byte == b'\\');
    let quote = at(bytes, escapes);
    if b"\"'`".contains(&quote) && escapes < bytes.len() {
        let start = escapes + 1;
        let end = run(bytes, start, LONGEST_VALUE, |byte| {
            byte != quote && byte != b'\n' && byte != b'\\'
        });
        return (end > start).then_some((start, end, true));
    }
    let stop = |byte: u8| byte.is_ascii_whitespace() || b"\"'`,;&<>{}()[]|\\".contains(&byte);
    let mut end = run(bytes, place, LONGEST_VALUE, |byte| !stop(byte));
    while end > place && b".?!:".contains(&at(bytes, end - 1)) {
        end -= 1;
    }
    (end > place).then_some((place, end, false))
}

fn floor(text: &str, mut place: usize) -> usize {
    while !text.is_char_boundary(place) {
        place -= 1;
    }
    place
}

/// Whether a value stands for one that is elsewhere, or was taken out already.
pub(crate) fn is_placeholder(value: &str) -> bool {
    const NAMES: [&str; 22] = [
        "null",
        "none",
        "nil",
        "true",
        "false",
        "undefined",
        "string",
        "str",
        "text",
        "password",
        "required",
        "optional",
        "redacted",
        "changeme",
        "example",
        "your",
        "todo",
        "empty",
        "here",
        "bearer",
        "basic",
        "value",
    ];
    let lower = value.to_ascii_lowercase();
    let inner = lower.trim_matches(|char: char| !char.is_alphanumeric());
    let repeated =
        value.chars().all(|char| matches!(char, '*' | 'x' | 'X' | '.' | '-' | '_' | '…' | '•'));
    let variable =
        ["$", "{{", "<", "%(", "[", "os.", "env.", "process.", "your-", "your_", "__redacted"];
    repeated || NAMES.contains(&inner) || variable.iter().any(|begin| lower.starts_with(begin))
}

/// Whether a value is an expression of a program: a call, a field, a name.
fn is_expression(bytes: &[u8], value: &str, end: usize, quoted: bool) -> bool {
    if quoted {
        return false;
    }
    let goes_on = matches!(at(bytes, end), b'(' | b'[') && end < bytes.len();
    let is_path = value.contains('.')
        && value.split('.').all(|part| {
            part.starts_with(|first: char| first.is_ascii_alphabetic())
                && part.chars().all(|char| char.is_ascii_alphabetic() || char == '_')
        });
    goes_on || is_path
}

/// Whether a value has what ordinary words have not: digits, or signs among the letters.
fn looks_secret(value: &str) -> bool {
    let digits = value.bytes().any(|byte| byte.is_ascii_digit());
    let letters = value.bytes().any(|byte| byte.is_ascii_alphabetic());
    let signs = value
        .bytes()
        .any(|byte| byte.is_ascii_punctuation() && byte != b'-' && byte != b'_' && byte != b'.');
    value.len() >= 8 && letters && (digits || signs)
        || value.len() >= 6 && digits && letters && signs
}
