//! Europe's west and south but for the German-speaking countries.

use super::checksum::{is_letter_of, luhn, number as as_number, uniform, value, weighted};
use super::date::{PLAIN, Shifts, ddmmyy, yymmdd};
use super::format::{Alone, Format, format};
use crate::Kind;

const NIF: &[u8] = b"TRWAGMYFPDXBNJZSQVHLCKE";

pub(super) static FORMATS: &[Format] = &[
    // United Kingdom and Ireland
    format(
        "uk-nino",
        Kind::NationalId,
        &["AA999999A"],
        &[&[2, 6, 1], &[2, 7], &[2, 2, 2, 2, 1], &[2, 2, 2, 3]],
        nino,
        &["national insurance", "nino", "ni number"],
        Alone::Yes,
    ),
    format(
        "uk-nhs",
        Kind::HealthId,
        &["9999999999"],
        &[&[3, 3, 4]],
        nhs,
        &["nhs", "nhs number"],
        Alone::Yes,
    ),
    format(
        "uk-driving-licence",
        Kind::DrivingLicence,
        &["*****999999*****"],
        &[&[5, 6, 5], &[5, 6, 3, 2]],
        uk_driving_licence,
        &["driving licence", "licence", "dvla"],
        Alone::Yes,
    ),
    format("uk-passport", Kind::Passport, &["999999999"], &[], |_| true, &["passport"], Alone::No),
    format(
        "uk-vehicle",
        Kind::VehicleId,
        &["AA99AAA"],
        &[&[4, 3]],
        uk_vehicle,
        &["registration", "car reg", "number plate", "licence plate"],
        Alone::Yes,
    ),
    format(
        "uk-tax-reference",
        Kind::TaxId,
        &["9999999999"],
        &[&[5, 5]],
        |_| true,
        &["utr", "unique taxpayer"],
        Alone::No,
    ),
    format(
        "uk-sort-code",
        Kind::BankAccount,
        &["999999"],
        &[&[2, 2, 2]],
        |_| true,
        &["sort code"],
        Alone::No,
    ),
    format(
        "ie-pps",
        Kind::NationalId,
        &["9999999A", "9999999AA"],
        &[&[7, 1], &[7, 2]],
        pps,
        &["pps", "ppsn", "personal public service"],
        Alone::Yes,
    ),
    // Spain, Portugal, Italy, France, Greece
    format(
        "es-nif",
        Kind::NationalId,
        &["99999999A", "9999999A"],
        &[&[8, 1], &[2, 3, 3, 1], &[7, 1]],
        |id| {
            id.split_last()
                .is_some_and(|(letter, digits)| is_letter_of(NIF, as_number(digits) % 23, *letter))
        },
        &["nif", "dni", "documento nacional"],
        Alone::Yes,
    ),
    format(
        "es-nie",
        Kind::NationalId,
        &["A9999999A", "A99999999A"],
        &[&[1, 7, 1], &[8, 1]],
        nie,
        &["nie", "extranjero"],
        Alone::Yes,
    ),
    format(
        "es-cif",
        Kind::CompanyId,
        &["A99999999", "A9999999A"],
        &[&[1, 8], &[1, 7, 1]],
        cif,
        &["cif", "nif"],
        Alone::No,
    ),
    format(
        "es-passport",
        Kind::Passport,
        &["AAA999999"],
        &[],
        |_| true,
        &["pasaporte", "passport"],
        Alone::No,
    ),
    format(
        "pt-nif",
        Kind::TaxId,
        &["999999999"],
        &[&[3, 3, 3]],
        portuguese,
        &["nif", "contribuinte", "número de contribuinte"],
        Alone::No,
    ),
    format(
        "it-fiscal-code",
        Kind::NationalId,
        &["AAAAAA**A**A***A"],
        &[&[6, 5, 5], &[6, 5, 4, 1], &[3, 3, 5, 5]],
        fiscal_code,
        &["codice fiscale", "c.f."],
        Alone::Yes,
    ),
    format(
        "it-vat",
        Kind::TaxId,
        &["99999999999"],
        &[],
        luhn,
        &["partita iva", "p.iva", "vat"],
        Alone::Yes,
    ),
    format(
        "it-driving-licence",
        Kind::DrivingLicence,
        &["AA9999999A", "U1*******A"],
        &[],
        |_| true,
        &["patente"],
        Alone::No,
    ),
    format(
        "it-passport",
        Kind::Passport,
        &["AA9999999"],
        &[],
        |_| true,
        &["passaporto", "passport"],
        Alone::No,
    ),
    format(
        "it-id-card",
        Kind::NationalId,
        &["AA99999AA", "AA9999999"],
        &[],
        |_| true,
        &["carta d'identità", "carta d'identita", "carta identità"],
        Alone::No,
    ),
    format(
        "fr-nir",
        Kind::NationalId,
        &["999999999999999", "99999*999999999"],
        &[&[1, 2, 2, 2, 3, 3, 2], &[13, 2]],
        nir,
        &["nir", "sécurité sociale", "securite sociale", "numéro de sécu"],
        Alone::Yes,
    ),
    format(
        "fr-siret",
        Kind::CompanyId,
        &["99999999999999"],
        &[&[3, 3, 3, 5]],
        luhn,
        &["siret"],
        Alone::No,
    ),
    format("fr-siren", Kind::CompanyId, &["999999999"], &[&[3, 3, 3]], luhn, &["siren"], Alone::No),
    format(
        "fr-passport",
        Kind::Passport,
        &["99AA99999"],
        &[],
        |_| true,
        &["passeport", "passport"],
        Alone::No,
    ),
    format(
        "gr-amka",
        Kind::NationalId,
        &["99999999999"],
        &[&[6, 5]],
        |id| ddmmyy(id, PLAIN) && luhn(id),
        &["amka", "αμκα", "ΑΜΚΑ"],
        Alone::Yes,
    ),
    format(
        "gr-afm",
        Kind::TaxId,
        &["999999999"],
        &[],
        |id| {
            weighted(id, &[256, 128, 64, 32, 16, 8, 4, 2]) % 11 % 10 == value(id[8]) && !uniform(id)
        },
        &["afm", "αφμ", "ΑΦΜ"],
        Alone::No,
    ),
    // The Netherlands, Belgium
    format(
        "nl-bsn",
        Kind::NationalId,
        &["999999999"],
        &[&[4, 2, 3], &[3, 3, 3]],
        |id| {
            let sum = weighted(id, &[9, 8, 7, 6, 5, 4, 3, 2]);
            sum >= value(id[8]) && (sum - value(id[8])).is_multiple_of(11) && !uniform(id)
        },
        &["bsn", "burgerservicenummer", "sofinummer"],
        Alone::No,
    ),
    format(
        "be-national",
        Kind::NationalId,
        &["99999999999"],
        &[&[2, 2, 2, 3, 2], &[6, 3, 2]],
        |id| {
            let (head, check) = (as_number(&id[..9]), as_number(&id[9..]));
            yymmdd(id, Shifts { month: &[20, 40], day: &[] })
                && (97 - head % 97 == check || 97 - (2_000_000_000 + head) % 97 == check)
        },
        &[
            "rijksregister",
            "registre national",
            "national number",
            "numéro national",
            "national belge",
            "nationaal nummer",
            "insz",
            "niss",
        ],
        Alone::Grouped,
    ),
];

/// The last digit completes a weighted sum to a multiple of 11; 10 and 11 are both written as 0.
fn portuguese(id: &[u8]) -> bool {
    let rest = weighted(id, &[9, 8, 7, 6, 5, 4, 3, 2]) % 11;
    let check = if rest < 2 { 0 } else { 11 - rest };
    b"12356789".contains(&id[0]) && id.get(8).is_some_and(|last| value(*last) == check)
}

/// Prefixes that are never given out (HMRC, NIM39110).
fn nino(id: &[u8]) -> bool {
    let (first, second) = (id[0], id[1]);
    !b"DFIQUV".contains(&first)
        && !b"DFIOQUV".contains(&second)
        && ![b"BG", b"GB", b"NK", b"KN", b"TN", b"NT", b"ZZ"]
            .iter()
            .any(|prefix| id.starts_with(*prefix))
        && b"ABCD".contains(&id[8])
}

fn nhs(id: &[u8]) -> bool {
    let rest = 11 - weighted(id, &[10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11;
    rest % 11 == value(id[9]) && rest != 10 && !uniform(id)
}

/// Five of the surname, decade, month (+50 for women), day, year, initials, a digit, two letters.
fn uk_driving_licence(id: &[u8]) -> bool {
    let surname = id[..5].iter().all(|byte| byte.is_ascii_uppercase() || *byte == b'9');
    let month = as_number(&id[6..8]);
    let month = if month > 50 { month - 50 } else { month };
    surname
        && id[0] != b'9'
        && (1..=12).contains(&month)
        && (1..=31).contains(&as_number(&id[8..10]))
        && id[11..13].iter().all(|byte| byte.is_ascii_uppercase() || *byte == b'9')
        && id[14..].iter().all(u8::is_ascii_uppercase)
}

/// A memory tag, an age identifier that has been given out, three letters (DVLA INF104).
fn uk_vehicle(id: &[u8]) -> bool {
    let age = as_number(&id[2..4]);
    ((2..30).contains(&age) || (51..80).contains(&age))
        && !b"IQZ".contains(&id[1])
        && !b"IQ".contains(&id[0])
        && !id[4..].iter().any(|letter| b"IQ".contains(letter))
}

fn pps(id: &[u8]) -> bool {
    let second = id.get(8).map_or(0, |letter| if *letter == b'W' { 0 } else { value(*letter) - 9 });
    let sum = weighted(id, &[8, 7, 6, 5, 4, 3, 2]) + second * 9;
    is_letter_of(b"WABCDEFGHIJKLMNOPQRSTUV", u64::from(sum % 23), id[7])
}

fn nie(id: &[u8]) -> bool {
    let Some(prefix) = b"XYZ".iter().position(|letter| *letter == id[0]) else { return false };
    let Some((letter, digits)) = id[1..].split_last() else { return false };
    let scale = 10_u64.pow(u32::try_from(digits.len()).unwrap_or(0));
    is_letter_of(NIF, (prefix as u64 * scale + as_number(digits)) % 23, *letter)
}

fn cif(id: &[u8]) -> bool {
    let sum: u32 = id[1..8]
        .iter()
        .enumerate()
        .map(|(place, digit)| {
            let doubled = value(*digit) * 2;
            if place % 2 == 0 { doubled / 10 + doubled % 10 } else { value(*digit) }
        })
        .sum();
    let check = (10 - sum % 10) % 10;
    let letter = is_letter_of(b"JABCDEFGHI", u64::from(check), id[8]);
    b"ABCDEFGHJNPQRSUVW".contains(&id[0]) && (letter || value(id[8]) == check)
}

/// Letters of name, year, month, day and place; digits may be replaced by letters (omocodia). The
/// check letter is not asked for: nothing else has this form.
fn fiscal_code(id: &[u8]) -> bool {
    let is_digit = |byte: u8| byte.is_ascii_digit() || b"LMNPQRSTUV".contains(&byte);
    let digits = [6, 7, 9, 10, 12, 13, 14];
    digits.iter().all(|place| is_digit(id[*place]))
        && b"ABCDEHLMPRST".contains(&id[8])
        && digits.iter().filter(|place| id[**place].is_ascii_digit()).count() >= 3
}

/// Sex, year, month, department, commune, order, key of 97 (INSEE).
fn nir(id: &[u8]) -> bool {
    let mut digits = [0; 13];
    digits.copy_from_slice(&id[..13]);
    // Corsica's departments are 2A and 2B.
    let shift = match id[6] {
        b'A' => 1_000_000,
        b'B' => 2_000_000,
        _ => 0,
    };
    if shift > 0 {
        digits[6] = b'0';
    }
    let month = as_number(&id[3..5]);
    let key = 97 - (as_number(&digits) - shift.min(as_number(&digits))) % 97;
    b"123478".contains(&id[0])
        && ((1..=12).contains(&month) || (20..=42).contains(&month) || month >= 50)
        && key == as_number(&id[13..])
}
