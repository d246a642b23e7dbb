//! Names under which secrets stand: in JSON, headers, environments, URLs, forms.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind};

/// Words of which one makes a name sensitive.
const SENSITIVE: [&str; 24] = [
    "password",
    "passwd",
    "passphrase",
    "passcode",
    "pwd",
    "pass",
    "secret",
    "secrets",
    "token",
    "apikey",
    "credential",
    "credentials",
    "authorization",
    "cookie",
    "cookies",
    "ssn",
    "privatekey",
    "accesskey",
    "authtoken",
    "passwort",
    "kennwort",
    "contraseña",
    "contrasena",
    "motdepasse",
];
/// Words that make a name sensitive only before `key`.
const KEYS: [&str; 9] = [
    "api",
    "private",
    "access",
    "secret",
    "auth",
    "signing",
    "encryption",
    "master",
    "subscription",
];
/// Words that make a name one of a count, a kind or a place instead.
const HARMLESS: [&str; 34] = [
    "count",
    "counts",
    "max",
    "min",
    "limit",
    "limits",
    "usage",
    "total",
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
    "length",
    "budget",
    "per",
    "policy",
    "price",
    "cost",
    "rate",
    "index",
    "details",
    "required",
    "enabled",
    "prompt",
    "completion",
    "input",
    "output",
];

/// Whether a value under this name is secret whatever it looks like. Case, separators and camel
/// case do not matter.
pub(crate) fn is_sensitive(name: &str) -> bool {
    if name.len() > 128 || !may_be(name) {
        return false;
    }
    let words = words(name);
    let has = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
    if has(&HARMLESS) {
        return false;
    }
    let joined = words.concat();
    let key = words.windows(2).any(|pair| KEYS.contains(&pair[0].as_str()) && pair[1] == "key")
        || words.windows(3).any(|three| three == ["social", "security", "number"]);
    has(&SENSITIVE) || key || SENSITIVE.contains(&joined.as_str())
}

/// A cheap look, since nearly every name is not sensitive.
fn may_be(name: &str) -> bool {
    static PARTS: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
        const PARTS: [&str; 13] = [
            "pass", "pwd", "secret", "token", "key", "cred", "auth", "cookie", "ssn", "kennwort",
            "contras", "social", "mot",
        ];
        AhoCorasick::builder()
            .kind(Some(AhoCorasickKind::DFA))
            .ascii_case_insensitive(true)
            .build(PARTS)
            .ok()
    });
    PARTS.as_ref().is_none_or(|parts| parts.is_match(name))
}

/// The words of `api_key`, `API-Key`, `apiKey` and `x.api.key`, lower case.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    let mut lower_before = false;
    for char in name.chars() {
        let begins = char.is_uppercase() && lower_before;
        if (begins || !char.is_alphanumeric()) && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if char.is_alphanumeric() {
            word.extend(char.to_lowercase());
        }
        lower_before = char.is_lowercase();
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
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
        ];
        for name in names {
            assert!(!is_sensitive(name), "{name}");
        }
    }
}
