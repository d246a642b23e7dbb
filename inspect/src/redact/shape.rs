//! What a pseudonym may show of its value because it helps the reader: the country of a telephone
//! number or an account, the length of a card's number, the domain of an e-mail address.
//!
//! Shows nothing that could be a value itself.

use crate::Kind;

/// The longest domain that is shown, and the longest of its labels.
const LONGEST: usize = 48;
const LONGEST_LABEL: usize = 20;
/// Digits in a domain; with more, it could hide a number.
const DIGITS: usize = 3;

/// What is shown of a value in its canonical form.
pub(super) fn of(kind: Kind, canonical: &str) -> Option<String> {
    let shape = match kind {
        Kind::PhoneNumber => country_code(canonical)?.to_owned(),
        Kind::CreditCard => canonical.len().to_string(),
        Kind::Iban => canonical.get(..2)?.to_owned(),
        Kind::EmailAddress => canonical.rsplit_once('@')?.1.to_owned(),
        _ => return None,
    };
    is_one(kind, &shape).then_some(shape)
}

/// Whether a text is what is shown of a type.
pub(super) fn is_one(kind: Kind, shape: &str) -> bool {
    let bytes = shape.as_bytes();
    match kind {
        Kind::PhoneNumber => country_code(shape) == Some(shape),
        Kind::CreditCard => shape.parse().is_ok_and(|length: usize| (12..=19).contains(&length)),
        Kind::Iban => bytes.len() == 2 && bytes.iter().all(u8::is_ascii_uppercase),
        Kind::EmailAddress => is_plain_domain(shape),
        _ => false,
    }
}

fn is_plain_domain(domain: &str) -> bool {
    let label = |label: &str| {
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        (1..=LONGEST_LABEL).contains(&label.len()) && label.bytes().all(plain)
    };
    domain.len() <= LONGEST
        && domain.contains('.')
        && domain.split('.').all(label)
        && domain.bytes().filter(u8::is_ascii_digit).count() <= DIGITS
}

/// The country code of `+…` (ITU-T E.164 assigned country codes: one digit in zones 1 and 7, two
/// for those below, three for all others).
fn country_code(number: &str) -> Option<&str> {
    const TWO: [&str; 44] = [
        "20", "27", "30", "31", "32", "33", "34", "36", "39", "40", "41", "43", "44", "45", "46",
        "47", "48", "49", "51", "52", "53", "54", "55", "56", "57", "58", "60", "61", "62", "63",
        "64", "65", "66", "81", "82", "84", "86", "90", "91", "92", "93", "94", "95", "98",
    ];
    let digits =
        number.strip_prefix('+').filter(|rest| rest.bytes().all(|b| b.is_ascii_digit()))?;
    let length = match digits.as_bytes() {
        [b'1' | b'7', ..] => 1,
        [b'2'..=b'9', _, ..] if digits.get(..2).is_some_and(|two| TWO.contains(&two)) => 2,
        [b'2'..=b'9', ..] => 3,
        _ => return None,
    };
    number.get(..=length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_helps_is_shown() {
        for (kind, value, shown) in [
            (Kind::PhoneNumber, "+442079460958", Some("+44")),
            (Kind::PhoneNumber, "+12025550143", Some("+1")),
            (Kind::PhoneNumber, "+35312345678", Some("+353")),
            (Kind::PhoneNumber, "02079460958", None),
            (Kind::CreditCard, "4111111111111111", Some("16")),
            (Kind::Iban, "DE89370400440532013000", Some("DE")),
            (Kind::EmailAddress, "user-42@example.com", Some("example.com")),
            (Kind::EmailAddress, "a@4111111111111111.com", None),
            (Kind::EmailAddress, "a@abcdefghijklmnopqrstuvwxyz.com", None),
            (Kind::Person, "someone", None),
        ] {
            assert_eq!(of(kind, value).as_deref(), shown, "{value}");
        }
    }
}
