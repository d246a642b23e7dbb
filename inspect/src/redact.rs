//! Replaces matches by placeholders that say the type, and what the policy lets through.

use model::{Action, Fingerprint};

use crate::Kind;
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
        Action::Drop => match found.subtype {
            Some(subtype) => format!("[{kind}:{subtype}]"),
            None => format!("[{kind}]"),
        },
        Action::Mask if found.kind != Kind::Secret => format!("[{kind}:…{}]", last(value)),
        Action::Mask => format!("[{kind}:{}]", found.subtype.unwrap_or("masked")),
        Action::Pseudonymize | Action::Seal => format!("[{kind}:{}]", letters(fingerprint)),
    }
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
