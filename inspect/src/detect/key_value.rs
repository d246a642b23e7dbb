//! Secrets by the name before them: `password=…`, `"api_key": "…"`, `--token …`, `pwd is …`.

use super::bytes::{at, before, run, run_back};
use super::entropy::{has_sequence, is_masked, is_random, is_unusual, repeats_group, tells_time};
use super::placeholder::is_placeholder;
use super::token::PUBLIC_CALL;
use crate::matched::Match;
use crate::sensitive_key::{hints_at_secret, is_sensitive, names_password};

/// Words that may begin or end such a name; the whole name decides.
const WORDS: [&str; 46] = [
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
    "kennwort",
    "contraseña",
    "contrasena",
    "mot de passe",
    "account_key",
    "accountkey",
    "secret key",
    "api key",
    "access key",
    "connection_string",
    "senha",
    "wachtwoord",
    "lösenord",
    "salasana",
    "adgangskode",
    "пароль",
    "Пароль",
    "密码",
    "密碼",
    "パスワード",
    "비밀번호",
    "hasło",
    "parola",
    "şifre",
    "Şifre",
    "पासवर्ड",
    "كلمة المرور",
];

/// Words that name a password and much else: `parola` is any word in Italian. The value decides.
const AMBIGUOUS: [&str; 2] = ["hasło", "parola"];

/// Ends of names that only hint at a secret, with the sign that is behind a name.
const HINTS: [(&str, usize); 18] = [
    ("_key", 4),
    ("-key", 4),
    ("key\"", 3),
    ("key'", 3),
    ("key=", 3),
    ("key:", 3),
    ("key =", 3),
    ("auth\"", 4),
    ("auth=", 4),
    ("auth:", 4),
    ("auth =", 4),
    ("creds", 5),
    ("api\"", 3),
    ("api=", 3),
    ("api:", 3),
    ("access\"", 6),
    ("access=", 6),
    ("access:", 6),
];

/// What a name is found by, and how much of that belongs to it.
pub(super) fn words() -> impl Iterator<Item = (&'static str, usize)> {
    WORDS.into_iter().map(|word| (word, word.len())).chain(HINTS)
}

const LONGEST_NAME: usize = 64;
/// The shortest value that a mere hint is enough for.
const SHORTEST_HINTED: usize = 16;
/// The longest reference or call. A longer value is taken, and so looked at once: that keeps
/// texts of nothing but names and signs linear although a value goes on to its end.
pub(super) const LONGEST_REFERENCE: usize = 128;
/// How far an unquoted value goes on behind a bracket.
const LONGEST_REST: usize = 256;
/// Escapes before a quote: one level of JSON in a string doubles them.
const ESCAPES: usize = 16;

/// The value of the name around the word at `start..end`.
pub(super) fn find(text: &str, start: usize, end: usize) -> Option<Match> {
    let bytes = text.as_bytes();
    let is_ascii_name = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte);
    let is_name = |byte: u8| is_ascii_name(byte) || byte >= 0x80;
    // Words of other scripts are not parted by spaces; the sign behind may be one of theirs.
    let foreign = end.checked_sub(1).is_some_and(|last| at(bytes, last) >= 0x80);
    let begin = if foreign { start } else { run_back(bytes, start, LONGEST_NAME, is_name) };
    let begin = ceil(text, begin);
    let finish = if foreign { end } else { run(bytes, end, LONGEST_NAME, is_ascii_name) };
    let name = text.get(begin..finish)?;
    let joined = delimiter(bytes, finish, name.starts_with("--"));
    let other = || apart(bytes, finish).or_else(|| in_netrc(bytes, begin, finish));
    let (value, sure) = joined.or_else(|| Some((other()?, false)))?;
    let sure = sure && !AMBIGUOUS.iter().any(|word| name.eq_ignore_ascii_case(word));
    let sensitive = is_sensitive(name);
    if !sensitive && !hints_at_secret(name) {
        return None;
    }
    let (value, end, quoted) = value_at(bytes, value, opens_line(bytes, begin))?;
    let end = floor(text, end);
    let secret = text.get(value..end)?;
    if is_placeholder(secret)
        || bytes.get(..value)?.ends_with(PUBLIC_CALL.as_bytes())
        || !(sure || quoted && joined.is_some() || looks_secret(secret) || is_drawn(secret))
        || is_expression(bytes, secret, end, quoted)
    {
        return None;
    }
    let subtype = if names_password(name) { "password" } else { "generic-api-key" };
    if joined.is_none() && guards_form(name) {
        return None;
    }
    let shortened = bytes.get(end..).is_some_and(|rest| rest.starts_with(b".."));
    let fits = match (sensitive, subtype) {
        (_, "generic-api-key") if shortened => false,
        (_, "generic-api-key") if joined.is_none() => is_hinted(secret),
        (false, _) => is_hinted(secret),
        (true, "password") => !is_masked(secret.as_bytes()) || secret.len() > LONGEST_REFERENCE,
        (true, _) => secret.len() > LONGEST_REFERENCE || is_key_like(secret),
    };
    (secret.len() >= 4 && fits).then(|| Match::secret(subtype, value..end, 0.8))
}

/// Whether a field of a form has a mark against forgery: every visitor gets one with the page, and
/// it opens nothing.
fn guards_form(name: &str) -> bool {
    ["authenticity_token", "csrfmiddlewaretoken"].contains(&name)
}

/// Whether a value of letters alone looks drawn by chance.
fn is_drawn(value: &str) -> bool {
    value.bytes().all(|byte| byte.is_ascii_alphanumeric()) && is_random(value.as_bytes())
}

/// Whether a value could be a key: it has digits among letters and is more than words, or its
/// letters alone look drawn by chance.
fn is_key_like(secret: &str) -> bool {
    // Shortened for the reader: `ops_eyJzaW5n...`, `abc..[redacted]`.
    let shortened = secret.contains("...") || secret.contains("..[") || secret.contains('…');
    let stands_for_one = shortened
        || tells_time(secret.as_bytes())
        || repeats_group(secret.as_bytes())
        || secret.ends_with("EXAMPLE")
        || secret.ends_with("EXAMPLEKEY")
        || is_masked(secret.as_bytes())
        || has_sequence(secret.as_bytes());
    !stands_for_one && secret.split_ascii_whitespace().any(is_key_like_word)
}

fn is_key_like_word(word: &str) -> bool {
    let bytes = word.as_bytes();
    let is_hex = bytes.iter().all(|byte| byte.is_ascii_hexdigit() || *byte == b'-');
    let is_colour = word.starts_with('#') && bytes.len() < SHORTEST_HINTED;
    is_random(bytes) || !is_colour && looks_secret(word) && (is_hex || is_unusual(bytes))
}

/// Whether a value is a key although its name says little: not a hash, not an identifier.
fn is_hinted(secret: &str) -> bool {
    let bytes = secret.as_bytes();
    let is_hash = bytes.iter().all(|byte| byte.is_ascii_hexdigit() || b"-:".contains(byte));
    let plain = bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || b"+/=_-.".contains(byte));
    let digits = bytes.iter().any(u8::is_ascii_digit);
    (SHORTEST_HINTED..=LONGEST_REFERENCE).contains(&secret.len())
        && plain
        && digits
        && !is_hash
        && is_random(bytes)
        && is_key_like(secret)
}

/// What stands between the word and the value in a sentence.
const VERBS: [&str; 11] =
    ["is ", "was ", "ist ", "lautet ", "es ", "est ", "é ", "è ", "to ", "jest ", "är "];

/// Where the value begins, and whether the delimiter leaves no doubt.
fn delimiter(bytes: &[u8], name_end: usize, flag: bool) -> Option<(usize, bool)> {
    let place = run(bytes, name_end, ESCAPES, |byte| b"\"'`\\".contains(&byte));
    let spaces = run(bytes, place, 8, is_blank);
    let sign = run(bytes, spaces, 4, |byte| b"=:>?".contains(&byte));
    let value = |from| run(bytes, from, 8, is_blank);
    let signs = bytes.get(spaces..sign)?;
    if is_assignment(signs, at(bytes, sign), before(bytes, spaces)) {
        return Some((value(sign), true));
    }
    let rest = bytes.get(spaces..)?;
    if let Some(sign) = ["：", "＝"].iter().find(|sign| rest.starts_with(sign.as_bytes())) {
        return Some((value(spaces + sign.len()), true));
    }
    if flag && spaces > place {
        return Some((spaces, true));
    }
    let parted = VERBS.iter().filter(|_| spaces > place);
    let verb = parted.chain(&["是", "は"]).find(|verb| rest.starts_with(verb.as_bytes()));
    let end = verb.map_or_else(|| described(rest), |verb| Some(verb.len()))?;
    Some((value(spaces + end), false))
}

/// Where the value begins behind what a secret is for: `for the staging box is …`.
fn described(rest: &[u8]) -> Option<usize> {
    if !["for ", "of ", "on "].iter().any(|link| rest.starts_with(link.as_bytes())) {
        return None;
    }
    let words = rest.get(..rest.len().min(LONGEST_NAME))?;
    let end = memchr::memmem::find(words, b" is ")?;
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b" -_".contains(byte);
    words[..end].iter().all(plain).then_some(end + 4)
}

/// Where the value begins in a `.netrc`: `login NAME password VALUE`.
fn in_netrc(bytes: &[u8], begin: usize, name_end: usize) -> Option<usize> {
    let line = bytes.get(begin.saturating_sub(LONGEST_NAME)..begin)?;
    let value = run(bytes, name_end, 8, |byte| byte.is_ascii_whitespace());
    (value > name_end && memchr::memmem::find(line, b"login ").is_some()).then_some(value)
}

/// Whether signs behind a name give it a value: not `a::b`, `a->b`, `<a> b`, or a question.
fn is_assignment(signs: &[u8], next: u8, touches: u8) -> bool {
    match signs {
        [] | [.., b'?'] => false,
        b"::" => is_blank(next),
        b">" => touches != b'-' && !is_blank(next),
        _ => true,
    }
}

/// Where the value begins that stands apart from its name: `("NAME", "value")`,
/// `name: NAME`, newline, `value: …`, and `key="NAME" value="…"`.
fn apart(bytes: &[u8], name_end: usize) -> Option<usize> {
    let place = run(bytes, name_end, 2, |byte| byte == b'"' || byte == b'\'');
    let next = run(bytes, place, 40, |byte| byte.is_ascii_whitespace() || byte == b',');
    let word = run(bytes, next, 1, |byte| byte == b'"');
    let named = bytes.get(word..word + 5).is_some_and(|word| word.eq_ignore_ascii_case(b"value"));
    let quote = run(bytes, word + 5, 1, |byte| byte == b'"');
    let sign = run(bytes, quote, 8, |byte| is_blank(byte) || b"=:".contains(&byte));
    if named && next > place && sign > quote {
        return Some(sign);
    }
    let listed = place > name_end && at(bytes, place) == b',';
    (listed && matches!(at(bytes, next), b'"' | b'\'')).then_some(next)
}

const fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

/// Whether a name is the first of its line, as in an environment or a YAML file, where the value
/// goes on to the next white space whatever is in it.
fn opens_line(bytes: &[u8], name: usize) -> bool {
    let start = run_back(bytes, name, 32, |byte| byte != b'\n');
    let line = bytes.get(start..name).unwrap_or_default();
    let line = line.strip_prefix(b"export ").or(line.strip_prefix(b"set ")).unwrap_or(line);
    line.iter().all(|byte| is_blank(*byte)) && (start == 0 || at(bytes, start - 1) == b'\n')
}

/// The value at a place: a quoted string, or what goes on without white space.
fn value_at(bytes: &[u8], place: usize, line: bool) -> Option<(usize, usize, bool)> {
    let escapes = run(bytes, place, ESCAPES, |byte| byte == b'\\');
    if matches!(bytes.get(escapes), Some(b'"' | b'\'' | b'`')) {
        let end = closing(bytes, escapes, escapes - place);
        return (end > escapes + 1).then_some((escapes + 1, end, true));
    }
    // From U+3000 on, words are not parted by spaces: the value ends where such a script begins.
    let quotes = |byte: u8| byte.is_ascii_whitespace() || b"\"'`".contains(&byte) || byte >= 0xe3;
    let signs = |byte: u8| quotes(byte) || b",;&<>{}()[]|\\".contains(&byte);
    let mut end = run(bytes, place, usize::MAX, |byte| !signs(byte));
    let opens = matches!(bytes.get(end), Some(b'(' | b'['));
    // Only one value opens a line, so only there may the look be long.
    let reach = if line { usize::MAX } else { LONGEST_REST };
    if line || opens && end > place {
        let whole = run(bytes, end, reach, |byte| !quotes(byte));
        let mut inside = bytes.get(end..whole).unwrap_or_default().iter();
        let is_code = opens && inside.any(|byte| b")]".contains(byte));
        end = if is_code { end } else { whole };
    }
    // An exclamation mark is a password's more often than the sentence's.
    while end > place && b".?:,;".contains(&at(bytes, end - 1)) {
        end -= 1;
    }
    (end > place).then_some((place, end, false))
}

/// The end of a string that is quoted at `quote` behind so many backslashes: the next such quote
/// with no more of them, or the end of the line.
fn closing(bytes: &[u8], quote: usize, escapes: usize) -> usize {
    let mark = at(bytes, quote);
    let mut backslashes = 0;
    let rest = bytes.get(quote + 1..).unwrap_or_default();
    for (offset, byte) in rest.iter().enumerate() {
        if *byte == b'\n' {
            return quote + 1 + offset;
        }
        // Without escapes around it, a pair of backslashes is one in the value.
        let closes = backslashes <= escapes || escapes == 0 && backslashes % 2 == 0;
        if *byte == mark && closes {
            return quote + 1 + offset - backslashes.min(escapes);
        }
        backslashes = if *byte == b'\\' { backslashes + 1 } else { 0 };
    }
    bytes.len()
}

fn ceil(text: &str, mut place: usize) -> usize {
    while !text.is_char_boundary(place) {
        place += 1;
    }
    place
}

fn floor(text: &str, mut place: usize) -> usize {
    while !text.is_char_boundary(place) {
        place -= 1;
    }
    place
}

/// Whether a value is an expression of a program: a call, a field, a name.
fn is_expression(bytes: &[u8], value: &str, end: usize, quoted: bool) -> bool {
    if quoted || value.len() > LONGEST_REFERENCE {
        return false;
    }
    let goes_on = matches!(bytes.get(end), Some(b'(' | b'['));
    let is_path = value.contains('.')
        && value.split('.').all(|part| {
            part.starts_with(|first: char| first.is_ascii_alphabetic())
                && part.chars().all(|char| char.is_ascii_alphabetic() || char == '_')
        });
    goes_on || is_path || reads_as_code(value)
}

/// Whether a value is cut out of code: `config.get(name`, `(self.name`, `a::b::C`, `$self->name`.
fn reads_as_code(value: &str) -> bool {
    let is_name =
        |text: &str| text.bytes().all(|byte| byte.is_ascii_alphabetic() || b"_.:".contains(&byte));
    let is_scoped = value.contains("::")
        && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_:".contains(&byte));
    let called = value.split_once(['(', '[']).is_some_and(|(head, tail)| {
        let joined = head.contains(['.', ':']) || tail.contains('.');
        is_name(head) && is_name(tail) && (head.is_empty() || tail.is_empty() || joined)
    });
    called || is_scoped || value.starts_with('$') && value.contains("->")
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
