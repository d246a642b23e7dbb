//! The text that stands for a value, and knowing one again.
//!
//! ```text
//! [US_SSN]  [SECRET:jwt]                       dropped
//! [CREDIT_CARD:…1111]  [SECRET:masked]         masked
//! [PERSON:kdpafgem]  [PHONE_NUMBER:kdpafgem:+44]  pseudonymized or sealed
//! ```

use model::{Action, Fingerprint};

use super::shape;
use crate::Kind;
use crate::custom::Customs;
use crate::detect::is_subtype;

/// How many of the last characters a mask shows.
const SHOWN: usize = 4;
/// Letters of a pseudonym.
const LETTERS: usize = 8;
/// The longest placeholder.
const LONGEST: usize = 120;

/// A value that was found.
pub(crate) struct Found<'a> {
    pub(crate) kind: Kind,
    pub(crate) subtype: Option<&'a str>,
    /// As it stands in the text.
    pub(crate) value: &'a str,
    /// In its canonical form, where the pseudonym may show its shape.
    pub(crate) canonical: Option<&'a str>,
    pub(crate) fingerprint: Fingerprint,
}

/// The text that stands for a value.
///
/// Nothing in it looks like a value, so that redacting twice changes nothing.
pub(crate) fn placeholder(found: &Found<'_>, action: Action) -> String {
    let kind = found.kind.as_str();
    match action {
        Action::Keep => found.value.to_owned(),
        Action::Drop => match found.subtype {
            Some(subtype) => format!("[{kind}:{subtype}]"),
            None => format!("[{kind}]"),
        },
        Action::Mask if found.kind != Kind::Secret => format!("[{kind}:…{}]", last(found.value)),
        Action::Mask => format!("[{kind}:{}]", found.subtype.unwrap_or("masked")),
        Action::Pseudonymize | Action::Seal => {
            let letters = letters(found.fingerprint);
            match found.canonical.and_then(|canonical| shape::of(found.kind, canonical)) {
                Some(shape) => format!("[{kind}:{letters}:{shape}]"),
                None => format!("[{kind}:{letters}]"),
            }
        }
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
    let nibbles = bytes.iter().take(LETTERS / 2).flat_map(|byte| [byte >> 4, byte & 15]);
    nibbles.map(|nibble| char::from(b'a' + nibble)).collect()
}

/// A placeholder that was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Placeholder<'a> {
    pub(crate) kind: Kind,
    pub(crate) hint: Hint<'a>,
}

/// What a placeholder says beside the type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hint<'a> {
    Nothing,
    Mask,
    /// With or without a shape.
    Pseudonym,
    /// Possibly a subtype: whoever asks knows whether it is one.
    Subtype(&'a str),
}

impl<'a> Placeholder<'a> {
    /// Reads a text that is one placeholder and nothing else.
    pub(crate) fn read(text: &'a str) -> Option<Self> {
        let inner = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'))?;
        let (kind, hint) = inner.split_once(':').unwrap_or((inner, ""));
        let kind = Kind::named(kind)?;
        Some(Self { kind, hint: read_hint(kind, hint)? })
    }

    /// Whether [`placeholder`] writes such a one with the subtypes that there are. Those of
    /// identifiers are many, and have too few digits to be a value.
    pub(crate) fn is_ours(&self, customs: &Customs) -> bool {
        match (self.kind, self.hint) {
            (kind, Hint::Subtype(subtype)) if customs.has(kind, subtype) => true,
            (Kind::Secret, Hint::Subtype(subtype)) => is_subtype(subtype),
            (Kind::Custom, Hint::Subtype(_)) => false,
            (_, Hint::Subtype(subtype)) => {
                subtype.bytes().filter(u8::is_ascii_digit).count() < SHOWN
            }
            _ => true,
        }
    }
}

fn read_hint(kind: Kind, hint: &str) -> Option<Hint<'_>> {
    let masked = hint.strip_prefix('…').is_some_and(|shown| {
        shown.chars().count() <= SHOWN && shown.chars().all(char::is_alphanumeric)
    });
    let (letters, shape) = hint.split_once(':').map_or((hint, None), |(a, b)| (a, Some(b)));
    let letters = letters.len() == LETTERS && letters.bytes().all(|b| (b'a'..=b'p').contains(&b));
    if hint.is_empty() {
        Some(Hint::Nothing)
    } else if masked {
        Some(Hint::Mask)
    } else if letters && shape.is_none_or(|shape| shape::is_one(kind, shape)) {
        Some(Hint::Pseudonym)
    } else {
        let sign = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
        hint.bytes().all(sign).then_some(Hint::Subtype(hint))
    }
}

/// Whether a text is one placeholder and nothing else, or stands for what was too large to look
/// at. Only forms that are written here are, so that brackets around a value do not save it.
pub(crate) fn is_redacted(text: &str) -> bool {
    text == "[not inspected]"
        || Placeholder::read(text).is_some_and(|found| match found.hint {
            Hint::Subtype(subtype) => found.kind == Kind::Secret && is_subtype(subtype),
            _ => true,
        })
}

/// Every placeholder in a text, with its place.
pub(crate) fn placeholders(
    text: &str,
) -> impl Iterator<Item = (std::ops::Range<usize>, Placeholder<'_>)> {
    memchr::memchr_iter(b'[', text.as_bytes()).filter_map(move |start| {
        let window = text.as_bytes().get(start..text.len().min(start + LONGEST))?;
        let range = start..start + memchr::memchr(b']', window)? + 1;
        Some((range.clone(), Placeholder::read(text.get(range)?)?))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_known_again() {
        let found = |kind, subtype, value, canonical| Found {
            kind,
            subtype,
            value,
            canonical: Some(canonical),
            fingerprint: Fingerprint([0x5a; 16]),
        };
        let card = "4111111111111111";
        let cases = [
            (found(Kind::CreditCard, None, card, card), Action::Mask, "[CREDIT_CARD:…1111]"),
            (found(Kind::CreditCard, None, card, card), Action::Seal, "[CREDIT_CARD:fkfkfkfk:16]"),
            (found(Kind::Secret, Some("jwt"), "x", "x"), Action::Drop, "[SECRET:jwt]"),
            (found(Kind::Secret, None, "x", "x"), Action::Mask, "[SECRET:masked]"),
            (found(Kind::Age, None, "x", "x"), Action::Mask, "[AGE:…]"),
            (found(Kind::Person, None, "x", "x"), Action::Pseudonymize, "[PERSON:fkfkfkfk]"),
        ];
        for (found, action, expected) in cases {
            let written = placeholder(&found, action);
            assert_eq!(written, expected);
            assert!(is_redacted(&written), "{written}");
        }
    }

    #[test]
    fn brackets_around_a_value_are_none() {
        for text in ["[SECRET:hunter22]", "[IBAN:…11112222]", "[PERSON:kdpafgem:x]", "[X]", "[]"]
        {
            assert!(!is_redacted(text), "{text}");
        }
        let text = "a [IBAN] b [[US_SSN:abcdefgh] c [x";
        assert_eq!(placeholders(text).map(|(range, _)| range).collect::<Vec<_>>(), [2..8, 12..29]);
    }
}
