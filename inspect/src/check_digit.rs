//! Check digits that several detectors and the operator's own ones ask for. Each takes the values of
//! the characters, first to last.

/// Luhn's sum (ISO/IEC 7812-1, annex B), the last digit counted once. A right one is a multiple of
/// ten.
pub(crate) fn luhn_sum(digits: impl DoubleEndedIterator<Item = u32>) -> u32 {
    let doubled = |digit: u32| if digit > 4 { digit * 2 - 9 } else { digit * 2 };
    let digits = digits.rev().enumerate();
    digits.map(|(place, digit)| if place % 2 == 1 { doubled(digit) } else { digit }).sum()
}

/// A hybrid system of ISO 7064, moduli `base + 1` and `base`.
pub(crate) fn hybrid(mut values: impl DoubleEndedIterator<Item = u32>, base: u32) -> bool {
    let Some(last) = values.next_back() else { return false };
    let product = values.fold(base, |product, value| {
        let sum = match (product + value) % base {
            0 => base,
            sum => sum,
        };
        sum * 2 % (base + 1)
    });
    (product + last) % base == 1
}

/// Verhoeff's check (1969): each digit from the right is permuted as often as its place says.
pub(crate) fn verhoeff(digits: impl DoubleEndedIterator<Item = u32>) -> bool {
    const PERMUTATION: [u32; 10] = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4];
    let permuted = |(place, digit): (usize, u32)| {
        (0..place % 8).fold(digit, |digit, _| PERMUTATION[digit as usize % 10])
    };
    digits.rev().enumerate().map(permuted).fold(0, dihedral) == 0
}

/// The multiplication table of the dihedral group of ten elements: five rotations, five
/// reflections.
const fn dihedral(a: u32, b: u32) -> u32 {
    match (a < 5, b < 5) {
        (true, true) => (a + b) % 5,
        (true, false) => 5 + (a + b) % 5,
        (false, true) => 5 + (a - b) % 5,
        (false, false) => (5 + a - b) % 5,
    }
}
