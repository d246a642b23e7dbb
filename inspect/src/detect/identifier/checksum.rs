//! Check digits. Each function takes the characters of a number and says whether they agree.

use crate::check_digit;

/// The value of a digit, or of a letter with `A` = 10 (ISO 7064).
pub(super) const fn value(character: u8) -> u32 {
    match character {
        b'0'..=b'9' => (character - b'0') as u32,
        b'A'..=b'Z' => (character - b'A') as u32 + 10,
        _ => 0,
    }
}

fn values(characters: &[u8]) -> impl DoubleEndedIterator<Item = u32> {
    characters.iter().map(|character| value(*character))
}

/// The sum of values times weights, as far as both go.
pub(super) fn weighted(characters: &[u8], weights: &[u32]) -> u32 {
    characters.iter().zip(weights).map(|(character, weight)| value(*character) * weight).sum()
}

/// The number that digits stand for.
pub(super) fn number(digits: &[u8]) -> u64 {
    digits.iter().fold(0, |number, digit| (number * 10).wrapping_add(u64::from(value(*digit))))
}

/// Luhn. Zeros alone are no number.
pub(super) fn luhn(digits: &[u8]) -> bool {
    check_digit::luhn_sum(values(digits)).is_multiple_of(10) && !uniform(digits)
}

/// Luhn behind a prefix that is not written (US NPI: `80840`).
pub(super) fn luhn_behind(prefix: u32, digits: &[u8]) -> bool {
    (check_digit::luhn_sum(values(digits)) + prefix).is_multiple_of(10)
}

/// Whether all characters are the same.
pub(super) fn uniform(characters: &[u8]) -> bool {
    characters.windows(2).all(|pair| pair[0] == pair[1])
}

/// ISO 7064 MOD 11,10.
pub(super) fn mod_11_10(digits: &[u8]) -> bool {
    check_digit::hybrid(values(digits), 10)
}

/// Verhoeff's dihedral check.
pub(super) fn verhoeff(digits: &[u8]) -> bool {
    check_digit::verhoeff(values(digits))
}

/// A last digit that brings a weighted sum to a multiple of `modulus`; 10 stands for no digit, or 0.
pub(super) fn completes(digits: &[u8], weights: &[u32], modulus: u32) -> bool {
    let Some(last) = digits.get(weights.len()) else { return false };
    let rest = weighted(digits, weights) % modulus;
    (modulus - rest) % modulus == value(*last)
}

/// A last digit that is the rest of a weighted sum, 10 written as 0.
pub(super) fn remains(digits: &[u8], weights: &[u32], modulus: u32) -> bool {
    let Some(last) = digits.get(weights.len()) else { return false };
    weighted(digits, weights) % modulus % 10 == value(*last)
}

/// The sum of weighted digits where a product counts by its own digits, and a last digit that is
/// its rest (`false`) or completes it (`true`).
pub(super) fn digit_sums(digits: &[u8], weights: &[u32], completes: bool) -> bool {
    let Some(last) = digits.get(weights.len()) else { return false };
    let sum: u32 = digits
        .iter()
        .zip(weights)
        .map(|(digit, weight)| value(*digit) * weight)
        .map(|product| product / 10 + product % 10)
        .sum();
    let rest = sum % 10;
    (if completes { (10 - rest) % 10 } else { rest }) == value(*last)
}

/// The letter at a place of an alphabet.
pub(super) fn is_letter_of(alphabet: &[u8], place: u64, letter: u8) -> bool {
    usize::try_from(place).ok().and_then(|place| alphabet.get(place)) == Some(&letter)
}

/// A last digit that completes a weighted sum to a multiple of 11; 11 is written as 0.
pub(super) fn eleven(id: &[u8], weights: &[u32]) -> bool {
    let rest = weighted(id, weights) % 11;
    let check = (11 - rest) % 11;
    check < 10 && id.get(weights.len()).is_some_and(|digit| value(*digit) == check)
}
