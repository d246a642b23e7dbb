//! Names under which secrets stand: in JSON, headers, environments, URLs, forms.

use std::sync::LazyLock;

use arrayvec::{ArrayString, ArrayVec};

use crate::needle::Needles;

/// The longest name, in bytes.
const LONGEST: usize = 128;

/// Words, or ends of words written together (`dbpassword`), that make a name sensitive.
const ENDS: [&str; 31] = [
    "password",
    "passwd",
    "passphrase",
    "passcode",
    "secret",
    "token",
    "apikey",
    "secretkey",
    "privatekey",
    "accesskey",
    "accountkey",
    "connectionstring",
    "credential",
    "credentials",
    "passwort",
    "kennwort",
    "contraseña",
    "contrasena",
    "motdepasse",
    "senha",
    "wachtwoord",
    "lösenord",
    "salasana",
    "adgangskode",
    "пароль",
    "密码",
    "密碼",
    "口令",
    "パスワード",
    "비밀번호",
    "şifre",
];
/// Words that make a name sensitive only when they stand alone: `compass` ends in one.
const WORDS: [&str; 14] = [
    "pwd",
    "pass",
    "sshpass",
    "secrets",
    "authorization",
    "cookie",
    "cookies",
    "ssn",
    "cvv",
    "cvc",
    "hasło",
    "parola",
    "heslo",
    "lösenordet",
];
/// Names of passwords that are no single word of letters.
const PHRASES: [&str; 2] = ["पासवर्ड", "كلمة المرور"];
/// What a name of a password has in it.
const PASSWORDS: [&str; 22] = [
    "pass",
    "pwd",
    "kennwort",
    "contrase",
    "contrasena",
    "senha",
    "wachtwoord",
    "lösenord",
    "salasana",
    "adgangskode",
    "hasło",
    "heslo",
    "parola",
    "пароль",
    "Пароль",
    "密码",
    "密碼",
    "口令",
    "パスワード",
    "비밀번호",
    "ifre",
    "पासवर्ड",
];
/// Words that make a name sensitive only before `key`.
const KEYS: [&str; 14] = [
    "api",
    "private",
    "access",
    "secret",
    "auth",
    "signing",
    "encryption",
    "master",
    "subscription",
    "account",
    "storage",
    "shared",
    "license",
    "webhook",
];
/// Words that make a name one of a count when they stand with `token`, on either side.
const COUNTS: [&str; 21] = [
    "count",
    "counts",
    "max",
    "min",
    "limit",
    "limits",
    "usage",
    "total",
    "budget",
    "per",
    "price",
    "cost",
    "rate",
    "index",
    "prompt",
    "completion",
    "input",
    "output",
    "pad",
    "eos",
    "bos",
];
/// Words that make a name one of a kind or a place when they stand behind the sensitive one. In
/// front of it they change nothing: `DATABASE_URL_PASSWORD` is a password.
const HARMLESS: [&str; 24] = [
    "type",
    "types",
    "name",
    "names",
    "url",
    "uri",
    "endpoint",
    "expires",
    "expiry",
    "expiration",
    "expired",
    "time",
    "at",
    "date",
    "age",
    "length",
    "policy",
    "details",
    "required",
    "enabled",
    "count",
    "rate",
    "index",
    "prompt",
];

/// Whether a value under this name is secret whatever it looks like. Case, separators and camel
/// case do not matter.
pub(crate) fn is_sensitive(name: &str) -> bool {
    if name.len() > LONGEST || !may_be(name) {
        return false;
    }
    if PHRASES.iter().any(|phrase| name.ends_with(phrase)) {
        return true;
    }
    let words = Words::of(name);
    let Some(last) = last_sensitive(&words) else {
        return false;
    };
    let has =
        |list: &[&str], first: usize| words.iter().skip(first).any(|word| list.contains(&word));
    let is_token = words.iter().nth(last) == Some("token");
    let is_harmless = has(&HARMLESS, last + 1) || is_token && has(&COUNTS, 0);
    !is_harmless
}

/// Whether the secret under this name is one that people choose, and need not look drawn by chance.
pub(crate) fn names_password(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    PASSWORDS.iter().chain(&PHRASES).any(|word| lower.contains(word))
}

/// Words before `key` that make it one of data.
const DATA_KEYS: [&str; 21] = [
    "public",
    "primary",
    "foreign",
    "cache",
    "partition",
    "sort",
    "object",
    "row",
    "group",
    "event",
    "idempotency",
    "lookup",
    "map",
    "hash",
    "translation",
    "message",
    "index",
    "host",
    "dedup",
    "routing",
    "publishable",
];

/// Whether a name of several words ends in one that a key or credentials may stand under, as in
/// `loki_key` and `user_auth`. It proves little: the value must look drawn by chance.
pub(crate) fn hints_at_secret(name: &str) -> bool {
    if name.len() > LONGEST {
        return false;
    }
    let words = Words::of(name);
    let mut last = words.iter().rev();
    let (last, before) = (last.next(), last.next());
    matches!(last, Some("key" | "auth" | "creds" | "api" | "access"))
        && before.is_some_and(|before| !DATA_KEYS.contains(&before))
}

/// The position of the last word, or pair of words, that makes a name sensitive.
fn last_sensitive(words: &Words) -> Option<usize> {
    (0..words.ends.len()).rev().find(|last| {
        let (word, before) = (words.at(*last), last.checked_sub(1).map(|before| words.at(before)));
        let follows = |first: &[&str]| before.is_some_and(|before| first.contains(&before));
        let pair = match word {
            "key" => follows(&KEYS),
            "string" => follows(&["connection"]),
            "number" => follows(&["security"]),
            "passe" => follows(&["de"]),
            _ => false,
        };
        pair || WORDS.contains(&word) || ENDS.iter().any(|end| ends_in(word, end))
    })
}

/// Whether a word has this end, which is not empty; nearly none has its last byte.
fn ends_in(word: &str, end: &str) -> bool {
    word.as_bytes().last() == end.as_bytes().last() && word.ends_with(end)
}

/// A cheap look, since nearly every name is not sensitive.
fn may_be(name: &str) -> bool {
    static PARTS: LazyLock<Needles> = LazyLock::new(|| {
        Needles::new(&[
            "pass",
            "pwd",
            "secret",
            "token",
            "key",
            "cred",
            "auth",
            "cookie",
            "ssn",
            "kennwort",
            "contras",
            "security",
            "string",
            "cvv",
            "cvc",
            "senha",
            "wachtwoord",
            "senord",
            "salasana",
            "adgangskode",
            "hasło",
            "parola",
            "heslo",
            "ifre",
            "пароль",
            "Пароль",
            "密",
            "口令",
            "パスワード",
            "비밀번호",
            "पासवर्ड",
            "كلمة المرور",
        ])
    });
    PARTS.occur_in(name.as_bytes())
}

/// The words of `api_key`, `API-Key`, `apiKey`, `DBPassword`, `password1` and `x.api.key`, lower
/// case.
struct Words {
    /// All of them, one behind the other. A small letter takes at most twice as many bytes.
    lower: ArrayString<{ 2 * LONGEST }>,
    ends: ArrayVec<usize, LONGEST>,
}

impl Words {
    /// Those of a name that is not longer than [`LONGEST`].
    fn of(name: &str) -> Self {
        let mut words = Self { lower: ArrayString::new(), ends: ArrayVec::new() };
        let mut before = ' ';
        let mut chars = name.chars().peekable();
        while let Some(char) = chars.next() {
            let next_is_lower = chars.peek().is_some_and(|next| next.is_lowercase());
            let humps = char.is_uppercase()
                && (before.is_lowercase() || before.is_uppercase() && next_is_lower);
            let numbers = char.is_numeric() != before.is_numeric();
            if humps || numbers || !char.is_alphanumeric() {
                words.end();
            }
            if char.is_alphanumeric() {
                char.to_lowercase().for_each(|lower| words.push(lower));
            }
            before = char;
        }
        words.end();
        words
    }

    fn push(&mut self, char: char) {
        // There is always room.
        let _ = self.lower.try_push(char);
    }

    /// Ends the last word, if there is one.
    fn end(&mut self) {
        if self.lower.len() > self.ends.last().copied().unwrap_or(0) {
            let _ = self.ends.try_push(self.lower.len());
        }
    }

    fn at(&self, position: usize) -> &str {
        let end = |position: usize| self.ends.get(position).copied().unwrap_or(0);
        let start = position.checked_sub(1).map_or(0, end);
        self.lower.get(start..end(position)).unwrap_or_default()
    }

    fn iter(&self) -> impl DoubleEndedIterator<Item = &str> {
        (0..self.ends.len()).map(|position| self.at(position))
    }
}

#[cfg(test)]
mod tests {
    use super::is_sensitive;

    #[test]
    fn knows_names_of_secrets() {
        let names = [
            "password",
            "db_password",
            "DB_PASSWORD",
            "userPassword",
            "api_key",
            "X-Api-Key",
            "apiKey",
            "apikey",
            "Authorization",
            "client_secret",
            "access_token",
            "refreshToken",
            "PRIVATE_KEY",
            "set-cookie",
            "ssn",
            "aws_secret_access_key",
            "credentials",
            "pwd",
            "Passwort",
            "PGPASSWORD",
            "dbpassword",
            "DBPassword",
            "password1",
            "clientsecret",
            "DATABASE_URL_PASSWORD",
            "COST_API_SECRET",
            "AccountKey",
            "db.connection_string",
            "senha",
            "Пароль",
            "我的密码",
            "cvv",
            "lösenordet",
            "पासवर्ड",
            "كلمة المرور",
        ];
        for name in names {
            assert!(is_sensitive(name), "{name}");
        }
    }

    #[test]
    fn knows_counts_and_kinds() {
        let names = [
            "max_tokens",
            "input_tokens",
            "total_token_count",
            "token_type",
            "tokens",
            "key",
            "keyboard",
            "compass",
            "passenger",
            "secretary",
            "prompt_tokens",
            "gen_ai.usage.input_tokens",
            "author",
            "monkey",
            "password_policy",
            "primary_key",
            "cache_read_tokens",
            "max_token",
            "cost_per_token",
            "pad_token",
            "secret_name",
            "token_url",
            "cookie_policy",
            "string",
        ];
        for name in names {
            assert!(!is_sensitive(name), "{name}");
        }
    }
}
