//! Germany, Austria and Switzerland.

use super::checksum::{completes, digit_sums, mod_11_10, uniform, value, weighted};
use super::date::{Shifts, ddmmyy};
use super::format::{Alone, Format};
use crate::Kind;

pub(super) static FORMATS: &[Format] = &[
    Format {
        subtype: "de-tax-id",
        kind: Kind::TaxId,
        shapes: &["99999999999"],
        groups: &[&[2, 3, 3, 3]],
        check: |number| number[0] != b'0' && mod_11_10(number) && most(&number[..10]) <= 3,
        words: &[
            "steuer-id",
            "steueridentifikationsnummer",
            "idnr",
            "steuerid",
            "tin",
            "identifikationsnummer",
            "tax id",
        ],
        alone: Alone::Yes,
    },
    Format {
        subtype: "de-tax-number",
        kind: Kind::TaxId,
        shapes: &["9999999999", "99999999999", "9999999999999"],
        groups: &[&[2, 3, 5], &[3, 3, 5], &[3, 4, 4], &[2, 4, 4], &[5, 5]],
        check: |number| number.len() < 13 || number[4] == b'0',
        words: &["steuernummer", "st.-nr", "steuer-nr", "tax number"],
        alone: Alone::No,
    },
    Format {
        subtype: "de-social-security",
        kind: Kind::NationalId,
        shapes: &["99999999A999"],
        groups: &[&[2, 6, 1, 3], &[8, 1, 3]],
        check: social_security,
        words: &[
            "sozialversicherungsnummer",
            "rentenversicherungsnummer",
            "rvnr",
            "sv-nummer",
            "versicherungsnummer",
        ],
        alone: Alone::Yes,
    },
    Format {
        subtype: "de-health-insurance",
        kind: Kind::HealthId,
        shapes: &["A999999999"],
        groups: &[&[1, 3, 3, 3], &[1, 9], &[4, 6]],
        check: health_insurance,
        words: &[
            "krankenversichertennummer",
            "kvnr",
            "versichertennummer",
            "krankenkasse",
            "gesundheitskarte",
        ],
        alone: Alone::Yes,
    },
    Format {
        subtype: "de-passport",
        kind: Kind::Passport,
        shapes: &["A********", "A*********"],
        groups: &[&[9, 1]],
        check: |number| is_document(number, b"CFGHJK"),
        words: &["reisepass", "passnummer", "pass-nr", "passport", "pass"],
        alone: Alone::Yes,
    },
    // Many are written without their check digit.
    Format {
        subtype: "de-passport",
        kind: Kind::Passport,
        shapes: &["A********"],
        groups: &[],
        check: |number| number.iter().all(|byte| byte.is_ascii_digit() || DOCUMENT.contains(byte)),
        words: &["reisepass", "reisepassnummer", "passnummer", "pass-nr"],
        alone: Alone::No,
    },
    Format {
        subtype: "de-id-card",
        kind: Kind::NationalId,
        shapes: &["A********", "A*********"],
        groups: &[&[9, 1]],
        check: |number| is_document(number, b"LMNPRTVWXYZ"),
        words: &["personalausweis", "ausweisnummer", "ausweis", "id card", "identity card"],
        alone: Alone::Yes,
    },
    Format {
        subtype: "de-physician",
        kind: Kind::ProfessionalId,
        shapes: &["999999999"],
        groups: &[&[7, 2], &[6, 1, 2]],
        check: |number| {
            completes(number, &[4, 9, 4, 9, 4, 9], 10)
                && &number[7..] != b"00"
                && (!uniform(&number[..7]) || is_pseudo_physician(number))
        },
        words: &["arztnummer", "lanr", "lebenslange arztnummer"],
        alone: Alone::Yes,
    },
    Format {
        subtype: "de-vat",
        kind: Kind::TaxId,
        shapes: &["DE999999999"],
        groups: &[&[2, 9], &[2, 3, 3, 3]],
        check: |number| number[2] != b'0' && mod_11_10(&number[2..]),
        words: &["ust-idnr", "umsatzsteuer", "vat"],
        alone: Alone::Yes,
    },
    Format {
        subtype: "de-commercial-register",
        kind: Kind::CompanyId,
        shapes: &[
            "HRA999",
            "HRB999",
            "HRA9999",
            "HRB9999",
            "HRA99999",
            "HRB99999",
            "HRA999999",
            "HRB999999",
        ],
        groups: &[&[3, 3], &[3, 4], &[3, 5], &[3, 6]],
        check: |number| matches!(number[2], b'A' | b'B'),
        words: &["handelsregister", "amtsgericht"],
        alone: Alone::Yes,
    },
    Format {
        subtype: "de-driving-licence",
        kind: Kind::DrivingLicence,
        shapes: &["A**99999999", "A*********9", "A**********"],
        groups: &[],
        check: |number| number.iter().filter(|byte| byte.is_ascii_digit()).count() >= 5,
        words: &["führerschein", "fuehrerschein", "führerscheinnummer", "fahrerlaubnis"],
        alone: Alone::No,
    },
    Format {
        subtype: "de-vehicle",
        kind: Kind::VehicleId,
        shapes: &[
            "AA9", "AA99", "AA999", "AA9999", "AAA9", "AAA99", "AAA999", "AAA9999", "AAAA9",
            "AAAA99", "AAAA999", "AAAA9999", "AAAAA9", "AAAAA99", "AAAAA999",
        ],
        groups: &[
            &[1, 1, 1],
            &[1, 1, 2],
            &[1, 1, 3],
            &[1, 1, 4],
            &[1, 2, 1],
            &[1, 2, 2],
            &[1, 2, 3],
            &[1, 2, 4],
            &[2, 1, 1],
            &[2, 1, 2],
            &[2, 1, 3],
            &[2, 1, 4],
            &[2, 2, 1],
            &[2, 2, 2],
            &[2, 2, 3],
            &[2, 2, 4],
            &[3, 1, 1],
            &[3, 1, 2],
            &[3, 1, 3],
            &[3, 1, 4],
            &[3, 2, 1],
            &[3, 2, 2],
            &[3, 2, 3],
            &[3, 2, 4],
        ],
        check: |_| true,
        words: &["kennzeichen", "kfz-kennzeichen", "nummernschild"],
        alone: Alone::No,
    },
    Format {
        subtype: "at-social-security",
        kind: Kind::NationalId,
        shapes: &["9999999999"],
        groups: &[&[4, 6]],
        check: |number| {
            let sum = weighted(number, &[3, 7, 9, 0, 5, 8, 4, 2, 1, 6]) % 11;
            sum == value(number[3]) && ddmmyy(&number[4..], Shifts { month: &[12], day: &[] })
        },
        words: &["sozialversicherungsnummer", "svnr", "sv-nr", "versicherungsnummer"],
        alone: Alone::Grouped,
    },
    Format {
        subtype: "at-vat",
        kind: Kind::TaxId,
        shapes: &["ATU99999999"],
        groups: &[&[3, 8]],
        check: |number| {
            let products = number[3..10]
                .iter()
                .zip([1, 2, 1, 2, 1, 2, 1])
                .map(|(digit, weight)| value(*digit) * weight);
            let sum: u32 = products.map(|product| product / 10 + product % 10).sum();
            (96 - sum) % 10 == value(number[10])
        },
        words: &["uid", "umsatzsteuer", "vat"],
        alone: Alone::Yes,
    },
    Format {
        subtype: "ch-social-security",
        kind: Kind::NationalId,
        shapes: &["7569999999999"],
        groups: &[&[3, 4, 4, 2]],
        check: |number| {
            number.starts_with(b"756")
                && completes(number, &[1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3], 10)
        },
        words: &["ahv", "ahv-nummer", "avs", "sozialversicherungsnummer"],
        alone: Alone::Yes,
    },
];

/// The numbers that stand for doctors without one: seven equal digits and their field of work (KBV,
/// pseudo numbers of doctors in hospitals).
fn is_pseudo_physician(number: &[u8]) -> bool {
    b"3459".contains(&number[0]) && !uniform(number)
}

/// How often the most frequent character occurs.
fn most(characters: &[u8]) -> usize {
    let count = |wanted: &u8| characters.iter().map(|other| usize::from(other == wanted)).sum();
    characters.iter().map(count).max().unwrap_or(0)
}

/// Area, date of birth, first letter of the name, serial, check digit (VKVV §2).
fn social_security(number: &[u8]) -> bool {
    let letter = value(number[8]) - 9;
    let mut digits = [0; 12];
    digits[..8].copy_from_slice(&number[..8]);
    digits[8] = b'0' + u8::try_from(letter / 10).unwrap_or(0);
    digits[9] = b'0' + u8::try_from(letter % 10).unwrap_or(0);
    digits[10..].copy_from_slice(&number[9..11]);
    let sum: u32 = digits
        .iter()
        .zip([2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1])
        .map(|(digit, weight)| value(*digit) * weight)
        .map(|product| product / 10 + product % 10)
        .sum();
    sum % 10 == value(number[11]) && ddmmyy(&number[2..8], Shifts { month: &[], day: &[50] })
}

/// A letter as two digits, eight digits, a check digit (GKV-Spitzenverband, KVNR).
fn health_insurance(number: &[u8]) -> bool {
    let letter = value(number[0]) - 9;
    let mut digits = [0; 11];
    digits[0] = b'0' + u8::try_from(letter / 10).unwrap_or(0);
    digits[1] = b'0' + u8::try_from(letter % 10).unwrap_or(0);
    digits[2..].copy_from_slice(&number[1..]);
    digit_sums(&digits, &[1, 2, 1, 2, 1, 2, 1, 2, 1, 2], false)
}

/// The letters of a document's number, none of which makes a word.
const DOCUMENT: &[u8] = b"CFGHJKLMNPRTVWXYZ";

/// Serial number of a passport or card with its check digit of ICAO 9303: no vowels but in none,
/// and at least four digits, as the offices give them.
fn is_document(number: &[u8], first: &[u8]) -> bool {
    let Some((check, serial)) = number.split_last() else { return false };
    let alphabet = |byte: &u8| byte.is_ascii_digit() || DOCUMENT.contains(byte);
    let digits = serial.iter().filter(|byte| byte.is_ascii_digit()).count();
    first.contains(&serial[0])
        && serial.iter().all(alphabet)
        && digits >= 4
        && weighted(serial, &[7, 3, 1, 7, 3, 1, 7, 3, 1]) % 10 == value(*check)
        && check.is_ascii_digit()
}
