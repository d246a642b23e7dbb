//! Check digits. Each function takes the characters of a number and says whether they agree.

/// The value of a digit, or of a letter with `A` = 10 (ISO 7064).
pub(super) const fn value(character: u8) -> u32 {
    match character {
        b'0'..=b'9' => (character - b'0') as u32,
        b'A'..=b'Z' => (character - b'A') as u32 + 10,
        _ => 0,
    }
}

/// The sum of values times weights, as far as both go.
pub(super) fn weighted(characters: &[u8], weights: &[u32]) -> u32 {
    characters.iter().zip(weights).map(|(character, weight)| value(*character) * weight).sum()
}

/// The number that digits stand for.
pub(super) fn number(digits: &[u8]) -> u64 {
    digits.iter().fold(0, |number, digit| (number * 10).wrapping_add(u64::from(value(*digit))))
}

/// Luhn's sum (ISO/IEC 7812-1 annex B) of digits, the last one counted once.
fn luhn_sum(digits: &[u8]) -> u32 {
    let doubled = |digit: u32| if digit > 4 { digit * 2 - 9 } else { digit * 2 };
    let digits = digits.iter().rev().enumerate();
    digits
        .map(|(place, digit)| if place % 2 == 1 { doubled(value(*digit)) } else { value(*digit) })
        .sum()
}

/// Luhn. Zeros alone are no number.
pub(super) fn luhn(digits: &[u8]) -> bool {
    luhn_sum(digits).is_multiple_of(10) && !uniform(digits)
}

/// Luhn behind a prefix that is not written (US NPI: `80840`).
pub(super) fn luhn_behind(prefix: u32, digits: &[u8]) -> bool {
    (luhn_sum(digits) + prefix).is_multiple_of(10)
}

/// Whether all characters are the same.
pub(super) fn uniform(characters: &[u8]) -> bool {
    characters.windows(2).all(|pair| pair[0] == pair[1])
}

/// ISO 7064 MOD 11,10.
pub(super) fn mod_11_10(digits: &[u8]) -> bool {
    let Some((last, head)) = digits.split_last() else { return false };
    let product = head.iter().fold(10, |product, digit| {
        let sum = (product + value(*digit)) % 10;
        (if sum == 0 { 10 } else { sum }) * 2 % 11
    });
    (11 - product) % 10 == value(*last)
}

/// Verhoeff's dihedral check (1969).
pub(super) fn verhoeff(digits: &[u8]) -> bool {
    const D: [[u8; 10]; 10] = [
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
        [1, 2, 3, 4, 0, 6, 7, 8, 9, 5],
        [2, 3, 4, 0, 1, 7, 8, 9, 5, 6],
        [3, 4, 0, 1, 2, 8, 9, 5, 6, 7],
        [4, 0, 1, 2, 3, 9, 5, 6, 7, 8],
        [5, 9, 8, 7, 6, 0, 4, 3, 2, 1],
        [6, 5, 9, 8, 7, 1, 0, 4, 3, 2],
        [7, 6, 5, 9, 8, 2, 1, 0, 4, 3],
        [8, 7, 6, 5, 9, 3, 2, 1, 0, 4],
        [9, 8, 7, 6, 5, 4, 3, 2, 1, 0],
    ];
    const P: [[u8; 10]; 8] = [
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
        [1, 5, 7, 6, 2, 8, 3, 0, 9, 4],
        [5, 8, 0, 3, 7, 9, 6, 1, 4, 2],
        [8, 9, 1, 6, 0, 4, 3, 5, 2, 7],
        [9, 4, 5, 3, 1, 2, 6, 8, 7, 0],
        [4, 2, 8, 6, 5, 7, 3, 9, 0, 1],
        [2, 7, 9, 3, 8, 0, 6, 4, 1, 5],
        [7, 0, 4, 6, 9, 1, 3, 2, 5, 8],
    ];
    let state = digits.iter().rev().enumerate().fold(0_usize, |state, (place, digit)| {
        let permuted = P[place % 8][value(*digit) as usize % 10];
        usize::from(D[state][usize::from(permuted)])
    });
    state == 0
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
