//! Check digits, computed for made numbers. Written apart from the detectors', so that one error
//! does not hide another.
//!
//! It checks nothing.

use crate::random::{DIGITS, Random};

/// The digits of a text.
pub(crate) fn digits(text: &str) -> Vec<usize> {
    text.bytes().filter(u8::is_ascii_digit).map(|byte| usize::from(byte - b'0')).collect()
}

/// The sum of digits times weights.
pub(crate) fn weighted(number: &str, weights: &[usize]) -> usize {
    digits(number).iter().zip(weights).map(|(digit, weight)| digit * weight).sum()
}

/// The Luhn digit of a number without it (ISO/IEC 7812-1, annex B).
pub(crate) fn luhn(number: &str) -> usize {
    let doubled = |digit: usize| if digit > 4 { 2 * digit - 9 } else { 2 * digit };
    let sum: usize = digits(number)
        .iter()
        .rev()
        .enumerate()
        .map(|(place, digit)| if place % 2 == 0 { doubled(*digit) } else { *digit })
        .sum();
    (10 - sum % 10) % 10
}

/// A number with its Luhn digit.
pub(crate) fn with_luhn(number: &str) -> String {
    format!("{number}{}", luhn(number))
}

/// A number of `length` digits that holds a rule, which one in a few hundred may.
pub(crate) fn search(random: &mut Random, length: usize, holds: fn(&[usize]) -> bool) -> String {
    loop {
        let number = random.text(DIGITS, length);
        if holds(&digits(&number)) {
            return number;
        }
    }
}

/// The remainder of a decimal number, or of one with letters for 10 to 35 (ISO 7064).
pub(crate) fn remainder(number: &str, modulus: usize) -> usize {
    number.chars().filter_map(|char| char.to_digit(36)).fold(0, |rest, digit| {
        let digit = digit as usize;
        (rest * if digit > 9 { 100 } else { 10 } + digit) % modulus
    })
}

/// The check digit of ISO 7064, MOD 11,10.
pub(crate) fn mod_11_10(number: &str) -> usize {
    let product = digits(number).iter().fold(10, |product, digit| {
        let sum = (digit + product) % 10;
        (if sum == 0 { 10 } else { sum }) * 2 % 11
    });
    (11 - product) % 10
}

/// The check digit of Verhoeff's dihedral scheme.
pub(crate) fn verhoeff(number: &str) -> usize {
    const INVERSE: [usize; 10] = [0, 4, 3, 2, 1, 5, 6, 7, 8, 9];
    const ONCE: [usize; 10] = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4];
    let permuted = |digit: usize, times: usize| (0..times).fold(digit, |digit, _| ONCE[digit]);
    let sum = digits(number)
        .iter()
        .rev()
        .enumerate()
        .fold(0, |sum, (place, digit)| dihedral(sum, permuted(*digit, (place + 1) % 8)));
    INVERSE[sum]
}

/// The product in the dihedral group of order ten.
const fn dihedral(left: usize, right: usize) -> usize {
    match (left < 5, right < 5) {
        (true, true) => (left + right) % 5,
        (true, false) => 5 + (left + right) % 5,
        (false, true) => 5 + (left - right) % 5,
        (false, false) => (left + 5 - right) % 5,
    }
}
