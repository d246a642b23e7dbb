//! What stands for a value that is elsewhere, or was taken out: `changeme`, `${NAME}`, `****`.
//!
//! A password may look like one, so brackets and signs alone do not make a placeholder.

use super::key_value::LONGEST_REFERENCE;
use crate::redact::is_redacted;

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
    repeated
        || NAMES.contains(&inner)
        || value.len() <= LONGEST_REFERENCE && is_reference(value, &lower)
}

/// Whether a value is a reference: `${NAME}`, `$NAME`, `{{ name }}`, `<name>`, `[name]`,
/// `os.environ`, `your-key`. A password may begin with the same sign, so the end must fit too.
fn is_reference(value: &str, lower: &str) -> bool {
    const AROUND: [(&str, &str); 4] = [("{{", "}}"), ("%(", ")s"), ("${", "}"), ("$(", ")")];
    const NAMED: [(&str, &str); 2] = [("<", ">"), ("[", "]")];
    let is_name = |name: &str| {
        let letters = name.trim_end_matches(|char: char| char.is_ascii_digit());
        let plain = letters.bytes().all(|byte| byte.is_ascii_alphabetic() || b"_.".contains(&byte));
        plain && name.len() - letters.len() < 3
    };
    let is_words = |inner: &str| {
        inner.bytes().all(|byte| byte.is_ascii_alphabetic() || b" _-:.".contains(&byte))
    };
    let named = |(open, close): &(&str, &str)| {
        let inner = lower.strip_prefix(open).and_then(|rest| rest.strip_suffix(close));
        inner.is_some_and(is_words)
    };
    AROUND.iter().any(|(open, close)| lower.starts_with(open) && lower.ends_with(close))
        || NAMED.iter().any(named)
        || is_redacted(value)
        || value.strip_prefix('$').is_some_and(is_name)
        // Unquoted, the value stops at the braces.
        || matches!(value, "$" | "%")
        || ["os.", "env.", "process.", "your-", "your_", "__redacted"]
            .iter()
            .any(|begin| lower.starts_with(begin) && !lower.bytes().any(|byte| byte.is_ascii_digit()))
}
