//! North and South America.

use super::checksum::{luhn, luhn_behind, number as as_number, uniform, value, weighted};
use super::date::{PLAIN, yymmdd};
use super::format::{Alone, Format, format};
use crate::Kind;

pub(super) static FORMATS: &[Format] = &[
    // United States
    format(
        "us-itin",
        Kind::TaxId,
        &["999999999"],
        &[&[3, 2, 4]],
        itin,
        &["itin", "taxpayer", "tax id"],
        Alone::Grouped,
    ),
    format(
        "us-ein",
        Kind::TaxId,
        &["999999999"],
        &[&[2, 7]],
        |_| true,
        &["ein", "employer identification"],
        Alone::No,
    ),
    format(
        "us-mbi",
        Kind::HealthId,
        &["9A*9A*9AA99"],
        &[&[4, 3, 4]],
        mbi,
        &["mbi", "medicare"],
        Alone::Yes,
    ),
    format(
        "us-npi",
        Kind::ProfessionalId,
        &["9999999999"],
        &[&[4, 3, 3]],
        |id| id[0] == b'1' && luhn_behind(24, id) && !uniform(&id[1..9]),
        &["npi", "provider"],
        Alone::Yes,
    ),
    format(
        "us-dea",
        Kind::ProfessionalId,
        &["AA9999999", "A99999999"],
        &[&[2, 7]],
        dea,
        &["dea", "certificate"],
        Alone::Yes,
    ),
    format(
        "us-aba",
        Kind::BankAccount,
        &["999999999"],
        &[&[4, 4, 1]],
        aba,
        &["routing", "aba", "rtn"],
        Alone::Grouped,
    ),
    format(
        "us-bank-account",
        Kind::BankAccount,
        &[
            "99999999",
            "999999999",
            "9999999999",
            "99999999999",
            "999999999999",
            "9999999999999",
            "99999999999999",
            "99999999999999999",
        ],
        &[],
        |_| true,
        &[
            "account number",
            "bank account",
            "account no",
            "acct",
            "account #",
            "kontonummer",
            "numéro de compte",
            "número de cuenta",
        ],
        Alone::No,
    ),
    format(
        "us-passport",
        Kind::Passport,
        &["999999999", "A99999999"],
        &[],
        |_| true,
        &["passport"],
        Alone::No,
    ),
    format(
        "us-driving-licence",
        Kind::DrivingLicence,
        &[
            "A9999999",
            "A99999999",
            "A999999999999",
            "A99999999999",
            "A9999999999999",
            "999999999",
            "99999999",
            "9999999",
            "AA999999",
            "AA999999A",
            "A999999",
        ],
        &[&[1, 7], &[1, 3, 3, 3, 3], &[4, 4, 5], &[3, 3, 3]],
        |_| true,
        &[
            "driver's license",
            "drivers license",
            "driver license",
            "driving license",
            "driver licence",
            "dl number",
            "dl#",
        ],
        Alone::No,
    ),
    // Canada
    format(
        "ca-sin",
        Kind::NationalId,
        &["999999999"],
        &[&[3, 3, 3]],
        |id| !b"08".contains(&id[0]) && luhn(id),
        &["sin", "nas", "social insurance", "assurance sociale"],
        Alone::Yes,
    ),
    format(
        "ca-passport",
        Kind::Passport,
        &["AA999999"],
        &[],
        |_| true,
        &["passport", "passeport"],
        Alone::No,
    ),
    format(
        "ca-health-on",
        Kind::HealthId,
        &["9999999999", "9999999999AA"],
        &[&[4, 3, 3], &[4, 3, 3, 2]],
        |id| luhn(&id[..10]),
        &["ohip", "health card"],
        Alone::No,
    ),
    // Mexico
    format(
        "mx-curp",
        Kind::NationalId,
        &["AAAA999999AAAAAA*9"],
        &[],
        |id| yymmdd(&id[4..], PLAIN) && b"HMX".contains(&id[10]),
        &["curp"],
        Alone::Yes,
    ),
    format(
        "mx-rfc",
        Kind::TaxId,
        &["AAAA999999***", "AAA999999***"],
        &[],
        |id| yymmdd(&id[id.len() - 9..], PLAIN),
        &["rfc"],
        Alone::Yes,
    ),
    format(
        "mx-clabe",
        Kind::BankAccount,
        &["999999999999999999"],
        &[],
        |id| {
            let weights = [3, 7, 1];
            let sum: u32 = id[..17]
                .iter()
                .zip(weights.iter().cycle())
                .map(|(digit, weight)| value(*digit) * weight % 10)
                .sum();
            (10 - sum % 10) % 10 == value(id[17])
        },
        &["clabe"],
        Alone::No,
    ),
    // South America
    format("br-cpf", Kind::TaxId, &["99999999999"], &[&[3, 3, 3, 2]], cpf, &["cpf"], Alone::Yes),
    format(
        "br-cnpj",
        Kind::CompanyId,
        &["99999999999999"],
        &[&[2, 3, 3, 4, 2]],
        cnpj,
        &["cnpj"],
        Alone::Yes,
    ),
    format(
        "ar-cuit",
        Kind::TaxId,
        &["99999999999"],
        &[&[2, 8, 1]],
        |id| {
            let rest = (11 - weighted(id, &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11) % 11;
            [20, 23, 24, 27, 30, 33, 34].contains(&as_number(&id[..2])) && rest == value(id[10])
        },
        &["cuit", "cuil"],
        Alone::Yes,
    ),
    format("ar-dni", Kind::NationalId, &["99999999"], &[&[2, 3, 3]], |_| true, &["dni"], Alone::No),
    format(
        "cl-rut",
        Kind::NationalId,
        &["99999999*", "9999999*"],
        &[&[2, 3, 3, 1], &[1, 3, 3, 1], &[8, 1], &[7, 1]],
        rut,
        &["rut", "run"],
        Alone::Grouped,
    ),
    format(
        "co-nit",
        Kind::TaxId,
        &["9999999999"],
        &[&[3, 3, 3, 1], &[9, 1]],
        |id| {
            let rest = weighted(id, &[41, 37, 29, 23, 19, 17, 13, 7, 3]) % 11;
            (if rest < 2 { rest } else { 11 - rest }) == value(id[9])
        },
        &["nit"],
        Alone::No,
    ),
    format(
        "pe-ruc",
        Kind::TaxId,
        &["99999999999"],
        &[],
        |id| {
            [10, 15, 17, 20].contains(&as_number(&id[..2]))
                && (11 - weighted(id, &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11) % 10 == value(id[10])
        },
        &["ruc"],
        Alone::No,
    ),
    format(
        "ec-cedula",
        Kind::NationalId,
        &["9999999999"],
        &[],
        |id| (1..=24).contains(&as_number(&id[..2])) && luhn(id),
        &["cédula", "cedula"],
        Alone::No,
    ),
];

/// `9NN-GG-NNNN`, with the groups that the IRS gives out.
fn itin(id: &[u8]) -> bool {
    let group = as_number(&id[3..5]);
    id[0] == b'9'
        && ((50..=65).contains(&group)
            || (70..=88).contains(&group)
            || (90..=92).contains(&group)
            || (94..=99).contains(&group))
}

/// Medicare beneficiary identifier (CMS): letters without S, L, O, I, B and Z.
fn mbi(id: &[u8]) -> bool {
    let letters = id.iter().filter(|byte| byte.is_ascii_uppercase());
    id[0] != b'0' && letters.clone().all(|letter| !b"SLOIBZ".contains(letter))
}

fn dea(id: &[u8]) -> bool {
    let digits = &id[id.len() - 7..];
    let odd: u32 = [0, 2, 4].map(|place| value(digits[place])).iter().sum();
    let even: u32 = [1, 3, 5].map(|place| value(digits[place])).iter().sum();
    id.len() == 9
        && id[1].is_ascii_uppercase()
        && b"ABCDEFGHJKLMPRSTUX".contains(&id[0])
        && (odd + 2 * even) % 10 == value(digits[6])
}

/// A Federal Reserve district and weights 3, 7, 1 (ABA).
fn aba(id: &[u8]) -> bool {
    let district = as_number(&id[..2]);
    let known = district <= 12
        || (21..=32).contains(&district)
        || (61..=72).contains(&district)
        || district == 80;
    known && weighted(id, &[3, 7, 1, 3, 7, 1, 3, 7, 1]).is_multiple_of(10) && !uniform(id)
}

fn eleven(digits: &[u8], weights: &[u32]) -> bool {
    let rest = weighted(digits, weights) % 11;
    let check = if rest < 2 { 0 } else { 11 - rest };
    digits.get(weights.len()).is_some_and(|digit| value(*digit) == check)
}

fn cpf(id: &[u8]) -> bool {
    eleven(id, &[10, 9, 8, 7, 6, 5, 4, 3, 2])
        && eleven(id, &[11, 10, 9, 8, 7, 6, 5, 4, 3, 2])
        && !uniform(id)
        // Its check digits are right, and yet everybody's number for a test.
        && !id.starts_with(b"987654321")
}

fn cnpj(id: &[u8]) -> bool {
    eleven(id, &[5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2])
        && eleven(id, &[6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2])
        && !uniform(id)
}

fn rut(id: &[u8]) -> bool {
    let Some((check, digits)) = id.split_last() else { return false };
    let weights = [2, 3, 4, 5, 6, 7];
    let sum: u32 = digits
        .iter()
        .rev()
        .zip(weights.iter().cycle())
        .map(|(digit, weight)| value(*digit) * weight)
        .sum();
    let expected = match 11 - sum % 11 {
        11 => b'0',
        10 => b'K',
        digit => b'0' + u8::try_from(digit).unwrap_or(0),
    };
    *check == expected && !uniform(digits)
}
