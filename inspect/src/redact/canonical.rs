//! One writing for each value: what differs only in how it is written has one fingerprint, and so
//! one pseudonym within a tenant.
//!
//! Decides nothing about whether a value is one.

use std::borrow::Cow;
use std::net::IpAddr;

use unicode_normalization::UnicodeNormalization;

use crate::Kind;
use crate::view::fold;

/// The value as its type is best written: digits without separators, an address in lower case.
/// Credentials and the values of operators' detectors are exact as they stand.
pub(crate) fn canonical(kind: Kind, value: &str) -> Cow<'_, str> {
    match kind {
        Kind::Secret | Kind::Custom | Kind::CryptoAddress | Kind::Coordinates => {
            Cow::Borrowed(value)
        }
        Kind::EmailAddress => Cow::Owned(email(&plain(value))),
        Kind::PhoneNumber => Cow::Owned(phone(&plain(value))),
        Kind::IpAddress => Cow::Owned(address(&plain(value))),
        Kind::Person
        | Kind::Organization
        | Kind::Location
        | Kind::Address
        | Kind::DateOfBirth
        | Kind::DateTime
        | Kind::Age => Cow::Owned(words(&plain(value))),
        _ => Cow::Owned(number(&plain(value))),
    }
}

/// The value without its disguise, and accents in one form (NFC).
fn plain(value: &str) -> Cow<'_, str> {
    if value.is_ascii() {
        return Cow::Borrowed(value);
    }
    let composed: String = value.nfc().collect();
    Cow::Owned(fold::plain(&composed).unwrap_or(composed))
}

/// Lower case, and `name at example dot com` as `name@example.com`.
fn email(value: &str) -> String {
    let mut lower = value.to_lowercase();
    if !lower.contains('@') {
        for sign in ["[at]", "(at)", "{at}", " at "] {
            lower = lower.replace(sign, "@");
        }
    }
    for sign in ["[dot]", "(dot)", "{dot}", " dot "] {
        lower = lower.replace(sign, ".");
    }
    lower.retain(|char| !char.is_whitespace());
    lower
}

/// Digits, with a `+` where the country is said, by `00` too.
fn phone(value: &str) -> String {
    let digits: String = value.chars().filter(char::is_ascii_digit).collect();
    if value.trim_start_matches('(').starts_with('+') {
        return format!("+{digits}");
    }
    match digits.strip_prefix("00") {
        Some(rest) => format!("+{rest}"),
        None => digits,
    }
}

fn address(value: &str) -> String {
    let bare = value.trim_start_matches('[').trim_end_matches(']');
    bare.parse::<IpAddr>().map_or_else(|_| bare.to_lowercase(), |address| address.to_string())
}

/// Words in lower case with one space between them.
fn words(value: &str) -> String {
    let lower = value.to_lowercase();
    let words = lower.split(|char: char| char.is_whitespace() || char == ',' || char == ';');
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Letters in upper case, and digits.
fn number(value: &str) -> String {
    value.chars().filter(|char| char.is_alphanumeric()).flat_map(char::to_uppercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writings_of_one_value_are_one() {
        for (kind, writings) in [
            (
                Kind::CreditCard,
                ["4111 1111 1111 1111", "4111-1111-1111-1111", "４１１１111111111111"],
            ),
            (
                Kind::Iban,
                [
                    "DE89 3704 0044 0532 0130 00",
                    "de89370400440532013000",
                    "DE89-37040044 0532013000",
                ],
            ),
            (Kind::PhoneNumber, ["+1 (202) 555-0143", "0012025550143", "(+1) 202.555.0143"]),
            (
                Kind::EmailAddress,
                [
                    "User-42@Example.com",
                    "user-42 [at] example [dot] com",
                    "user-\u{200b}42@example.com",
                ],
            ),
            (Kind::IpAddress, ["2001:db8::1", "2001:0DB8:0:0:0:0:0:1", "[2001:db8::1]"]),
            (Kind::Location, ["New  York", "new york", "NEW YORK"]),
        ] {
            let first = canonical(kind, writings[0]);
            for writing in writings {
                assert_eq!(canonical(kind, writing), first, "{kind:?} {writing}");
            }
        }
        assert_ne!(canonical(Kind::Secret, "aB"), canonical(Kind::Secret, "ab"));
    }
}
