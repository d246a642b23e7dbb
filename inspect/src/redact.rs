//! Replaces matches by placeholders that say the type, and what the policy lets through.

use model::{Action, Fingerprint};

use crate::Kind;
use crate::detect::is_subtype;
use crate::matched::Match;

/// How many of the last characters a mask shows.
const SHOWN: usize = 4;

/// A placeholder: `[US_SSN]`, `[SECRET:jwt]`, `[CREDIT_CARD:…1111]`, `[EMAIL_ADDRESS:kdpafgem]`.
///
/// Nothing in it looks like a value, so that redacting twice changes nothing.
pub(crate) fn placeholder(
    found: &Match,
    value: &str,
    action: Action,
    fingerprint: Fingerprint,
) -> String {
    let kind = found.kind.as_str();
    match action {
        Action::Keep => value.to_owned(),
        Action::Drop => match found.subtype {
            Some(subtype) => format!("[{kind}:{subtype}]"),
            None => format!("[{kind}]"),
        },
        Action::Mask if found.kind != Kind::Secret => format!("[{kind}:…{}]", last(value)),
        Action::Mask => format!("[{kind}:{}]", found.subtype.unwrap_or("masked")),
        Action::Pseudonymize | Action::Seal => format!("[{kind}:{}]", letters(fingerprint)),
    }
}

/// Whether a text is one placeholder and nothing else. Only the forms of [`placeholder`] are, so
/// that brackets around a value do not save it.
pub(crate) fn is_redacted(text: &str) -> bool {
    if text == "[not inspected]" {
        return true;
    }
    let Some(inner) = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) else {
        return false;
    };
    let (kind, hint) = inner.split_once(':').unwrap_or((inner, ""));
    let masked = hint.strip_prefix('…').is_some_and(|shown| {
        shown.len() <= SHOWN && shown.bytes().all(|byte| byte.is_ascii_alphanumeric())
    });
    let pseudonym = hint.len() == 8 && hint.bytes().all(|byte| (b'a'..=b'p').contains(&byte));
    Kind::named(kind).is_some_and(|kind| {
        hint.is_empty() || masked || pseudonym || kind == Kind::Secret && is_subtype(hint)
    })
}

fn last(value: &str) -> String {
    let characters: Vec<char> = value.chars().filter(|char| char.is_alphanumeric()).collect();
    // A mask of a short value would show it.
    let shown = if characters.len() >= 3 * SHOWN { SHOWN } else { 0 };
    characters.iter().skip(characters.len() - shown).collect()
}

/// Eight letters of a fingerprint. Letters, since digits after a word such as `phone` would look
/// like a number again.
fn letters(Fingerprint(bytes): Fingerprint) -> String {
    let nibbles = bytes.iter().take(4).flat_map(|byte| [byte >> 4, byte & 15]);
    nibbles.map(|nibble| char::from(b'a' + nibble)).collect()
}
