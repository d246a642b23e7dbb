//! Check digits that an operator's detector may ask for.

use serde::{Deserialize, Serialize};

use super::Beyond;
use crate::check_digit::{hybrid, luhn_sum, verhoeff};

/// What the letters and digits of a value must satisfy. Separators between them do not count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Validator {
    /// Nothing.
    #[default]
    None,
    /// The Luhn formula (ISO/IEC 7812-1, annex B).
    Luhn,
    /// Verhoeff's dihedral check (Verhoeff 1969).
    Verhoeff,
    /// Damm's quasigroup check (Damm 2004).
    Damm,
    /// An account number's check: four signs to the end, then ISO 7064 MOD 97-10 (ISO 13616).
    Mod97,
    /// ISO 7064 MOD 97-10, letters as 10 to 35, two check digits at the end.
    #[serde(rename = "iso7064-mod97-10")]
    Iso7064Mod97_10,
    /// ISO 7064 MOD 11-2, the last sign a digit or `X`.
    #[serde(rename = "iso7064-mod11-2")]
    Iso7064Mod11_2,
    /// ISO 7064 MOD 37-2, the last sign a digit, a letter or `*`.
    #[serde(rename = "iso7064-mod37-2")]
    Iso7064Mod37_2,
    /// ISO 7064 MOD 11,10.
    #[serde(rename = "iso7064-mod11-10")]
    Iso7064Mod11_10,
    /// ISO 7064 MOD 37,36.
    #[serde(rename = "iso7064-mod37-36")]
    Iso7064Mod37_36,
}

/// Letters and digits of the longest value that is checked.
const LONGEST: usize = 128;

impl Validator {
    /// Whether a value satisfies it.
    ///
    /// # Errors
    /// When the value is longer than is checked, so that nobody knows.
    pub(super) fn holds(self, value: &str) -> Result<bool, Beyond> {
        if self == Self::None {
            return Ok(true);
        }
        let signs: Vec<u8> = value
            .bytes()
            .filter(|byte| byte.is_ascii_alphanumeric() || *byte == b'*')
            .map(|byte| byte.to_ascii_uppercase())
            .take(LONGEST + 1)
            .collect();
        if signs.len() > LONGEST {
            return Err(Beyond);
        }
        Ok(signs.len() >= 2 && self.check(&signs).unwrap_or(false))
    }

    /// `None` for a sign that this check has no value for.
    fn check(self, signs: &[u8]) -> Option<bool> {
        match self {
            Self::None => Some(true),
            Self::Luhn => Some(luhn_sum(digits(signs)?.into_iter()).is_multiple_of(10)),
            Self::Verhoeff => Some(verhoeff(digits(signs)?.into_iter())),
            Self::Damm => damm(&digits(signs)?),
            Self::Mod97 => {
                let (head, rest) = signs.split_at_checked(4)?;
                Some(mod_97(&values(rest, 36)?, &values(head, 36)?) == 1)
            }
            Self::Iso7064Mod97_10 => Some(mod_97(&values(signs, 36)?, &[]) == 1),
            Self::Iso7064Mod11_2 => pure(signs, 11, b'X'),
            Self::Iso7064Mod37_2 => pure(signs, 37, b'*'),
            Self::Iso7064Mod11_10 => Some(hybrid(digits(signs)?.into_iter(), 10)),
            Self::Iso7064Mod37_36 => Some(hybrid(values(signs, 36)?.into_iter(), 36)),
        }
    }
}

fn digits(signs: &[u8]) -> Option<Vec<u32>> {
    values(signs, 10)
}

/// The value of each sign: digits, then letters.
fn values(signs: &[u8], base: u32) -> Option<Vec<u32>> {
    signs.iter().map(|sign| char::from(*sign).to_digit(base)).collect()
}

/// The remainder of division by 97 of the decimal writing of two runs of values.
fn mod_97(first: &[u32], second: &[u32]) -> u32 {
    first.iter().chain(second).fold(0, |rest, value| {
        let shift = if *value > 9 { 100 } else { 10 };
        (rest * shift + value) % 97
    })
}

/// A pure system of ISO 7064, radix 2: the last sign may be one more than the others can.
fn pure(signs: &[u8], modulus: u32, extra: u8) -> Option<bool> {
    let (last, rest) = signs.split_last()?;
    let base = modulus - 1;
    let check = if *last == extra && (extra == b'*' || base == 10) {
        base
    } else {
        char::from(*last).to_digit(base)?
    };
    let sum = values(rest, base)?.iter().fold(0, |sum, value| (sum + value) * 2 % modulus);
    Some((sum + check) % modulus == 1)
}

/// Damm's check, by the quasigroup of his dissertation.
fn damm(digits: &[u32]) -> Option<bool> {
    const TABLE: [[u32; 10]; 10] = [
        [0, 3, 1, 7, 5, 9, 8, 6, 4, 2],
        [7, 0, 9, 2, 1, 5, 4, 8, 6, 3],
        [4, 2, 0, 6, 8, 7, 1, 3, 5, 9],
        [1, 7, 5, 0, 9, 8, 3, 4, 2, 6],
        [6, 1, 2, 3, 0, 4, 5, 9, 7, 8],
        [3, 6, 7, 4, 2, 0, 9, 5, 8, 1],
        [5, 8, 6, 9, 7, 2, 0, 1, 3, 4],
        [8, 9, 4, 5, 3, 6, 2, 0, 1, 7],
        [9, 4, 3, 8, 6, 1, 7, 2, 0, 5],
        [2, 5, 8, 1, 4, 3, 6, 7, 9, 0],
    ];
    let fold =
        |rest: Option<u32>, digit: &u32| TABLE.get(rest? as usize)?.get(*digit as usize).copied();
    digits.iter().fold(Some(0), fold).map(|rest| rest == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_examples_hold_and_their_neighbours_do_not() {
        use Validator::*;
        for (validator, value, wrong) in [
            (Luhn, "4111 1111 1111 1111", "4111 1111 1111 1112"),
            (Verhoeff, "2363", "2364"),
            (Damm, "5724", "5727"),
            (Mod97, "GB82 WEST 1234 5698 7654 32", "GB82 WEST 1234 5698 7654 33"),
            (Iso7064Mod97_10, "79444", "79445"),
            (Iso7064Mod11_2, "0000-0002-1825-0097", "0000-0002-1825-0098"),
            (Iso7064Mod11_2, "0000-0002-1694-233X", "0000-0002-1694-2330"),
            (Iso7064Mod11_10, "07945", "07946"),
            (Iso7064Mod37_36, "A12425GABC1234002M", "A12425GABC1234002N"),
            (Iso7064Mod37_2, "G123498654321H", "G123498654322H"),
        ] {
            assert_eq!(validator.holds(value), Ok(true), "{validator:?} {value}");
            assert_eq!(validator.holds(wrong), Ok(false), "{validator:?} {wrong}");
        }
        assert_eq!((None.holds(""), Luhn.holds("")), (Ok(true), Ok(false)));
        assert_eq!(Luhn.holds("a4111111111111111"), Ok(false));
        assert_eq!(
            (Luhn.holds(&"0".repeat(128)), Luhn.holds(&"0".repeat(129))),
            (Ok(true), Err(Beyond))
        );
    }
}
