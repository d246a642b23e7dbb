//! Asia and Africa.

use super::checksum::{
    is_letter_of, luhn, number as as_number, uniform, value, verhoeff, weighted,
};
use super::date::{PLAIN, Shifts, ddmmyy, yymmdd};
use super::format::{Alone, Format, format};
use crate::Kind;

pub(super) static FORMATS: &[Format] = &[
    // Korea
    format(
        "kr-rrn",
        Kind::NationalId,
        &["9999999999999"],
        &[&[6, 7]],
        |id| resident(id, b"123490"),
        &["주민등록번호", "rrn", "resident registration"],
        Alone::Yes,
    ),
    format(
        "kr-frn",
        Kind::NationalId,
        &["9999999999999"],
        &[&[6, 7]],
        |id| resident(id, b"5678"),
        &["외국인등록번호", "frn", "foreigner registration"],
        Alone::Grouped,
    ),
    format("kr-frn", Kind::NationalId, &["9999999999999"], &[], foreigner, &[], Alone::Yes),
    format(
        "kr-brn",
        Kind::CompanyId,
        &["9999999999"],
        &[&[3, 2, 5]],
        |id| {
            let sum = weighted(id, &[1, 3, 7, 1, 3, 7, 1, 3, 5]) + value(id[8]) * 5 / 10;
            (10 - sum % 10) % 10 == value(id[9]) && !uniform(id)
        },
        &["사업자등록번호", "brn", "business registration"],
        Alone::Grouped,
    ),
    format(
        "kr-driving-licence",
        Kind::DrivingLicence,
        &["999999999999"],
        &[&[2, 2, 6, 2]],
        |id| (11..=28).contains(&as_number(&id[..2])),
        &["운전면허", "driver", "license", "licence"],
        Alone::Grouped,
    ),
    format(
        "kr-passport",
        Kind::Passport,
        &["A99999999", "A999A9999"],
        &[],
        |id| b"MSRODG".contains(&id[0]),
        &["여권", "passport"],
        Alone::No,
    ),
    // China, Hong Kong, Taiwan, Japan
    format(
        "cn-resident",
        Kind::NationalId,
        &["99999999999999999*"],
        &[],
        chinese,
        &["身份证", "公民身份号码", "id card"],
        Alone::Yes,
    ),
    format(
        "hk-identity",
        Kind::NationalId,
        &["A999999*", "AA999999*"],
        &[&[7, 1], &[8, 1]],
        hong_kong,
        &["hkid", "身份證"],
        Alone::No,
    ),
    format(
        "tw-identity",
        Kind::NationalId,
        &["A999999999"],
        &[],
        taiwanese,
        &["身分證", "身份證", "national id"],
        Alone::No,
    ),
    format(
        "jp-my-number",
        Kind::NationalId,
        &["999999999999"],
        &[&[4, 4, 4]],
        |id| {
            let rest = weighted(id, &[6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11;
            (if rest <= 1 { 0 } else { 11 - rest }) == value(id[11]) && !uniform(id)
        },
        &["マイナンバー", "個人番号", "my number"],
        Alone::No,
    ),
    format(
        "jp-passport",
        Kind::Passport,
        &["AA9999999"],
        &[],
        |_| true,
        &["旅券", "パスポート", "passport"],
        Alone::No,
    ),
    // South-east
    format(
        "th-national",
        Kind::NationalId,
        &["9999999999999"],
        &[&[1, 4, 5, 2, 1]],
        |id| {
            let rest = weighted(id, &[13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11;
            (b'1'..=b'8').contains(&id[0]) && (11 - rest) % 10 == value(id[12])
        },
        &["บัตรประชาชน", "tnin", "thai id", "thai national id", "thai citizen"],
        Alone::Yes,
    ),
    format(
        "sg-nric",
        Kind::NationalId,
        &["A9999999A"],
        &[],
        singaporean,
        &["nric", "fin"],
        Alone::Yes,
    ),
    format(
        "sg-uen",
        Kind::CompanyId,
        &["99999999A", "999999999A", "A99AA9999A"],
        &[],
        uen,
        &["uen"],
        Alone::Yes,
    ),
    format(
        "my-nric",
        Kind::NationalId,
        &["999999999999"],
        &[&[6, 2, 4]],
        |id| yymmdd(id, PLAIN) && id[6..8] != *b"00",
        &["mykad", "nric", "kad pengenalan"],
        Alone::Grouped,
    ),
    format(
        "id-nik",
        Kind::NationalId,
        &["9999999999999999"],
        &[],
        |id| {
            ddmmyy(&id[6..], Shifts { month: &[], day: &[40] })
                && (11..=96).contains(&as_number(&id[..2]))
        },
        &["nik", "ktp", "induk kependudukan"],
        Alone::No,
    ),
    format(
        "ph-tin",
        Kind::TaxId,
        &["999999999", "999999999999"],
        &[&[3, 3, 3], &[3, 3, 3, 3]],
        |id| {
            let sum = weighted(id, &[1, 2, 3, 4, 5, 6, 7, 8]) % 11;
            sum % 10 == value(id[8]) && id[0] != b'0'
        },
        &["tin", "taxpayer"],
        Alone::No,
    ),
    format(
        "ph-umid",
        Kind::NationalId,
        &["999999999999"],
        &[&[4, 7, 1]],
        |_| true,
        &["umid", "crn"],
        Alone::No,
    ),
    // India
    format(
        "in-aadhaar",
        Kind::NationalId,
        &["999999999999"],
        &[&[4, 4, 4]],
        |id| id[0] >= b'2' && verhoeff(id) && !uniform(id),
        &["aadhaar", "आधार", "uidai"],
        Alone::Yes,
    ),
    format(
        "in-pan",
        Kind::TaxId,
        &["AAAAA9999A"],
        &[],
        |id| b"PCHFATBLJG".contains(&id[3]),
        &["pan", "permanent account"],
        Alone::Yes,
    ),
    format(
        "in-gstin",
        Kind::TaxId,
        &["99AAAAA9999A***"],
        &[],
        gstin,
        &["gstin", "gst"],
        Alone::Yes,
    ),
    format(
        "in-voter",
        Kind::NationalId,
        &["AAA9999999"],
        &[],
        |_| true,
        &["voter", "epic", "election"],
        Alone::Yes,
    ),
    format(
        "in-passport",
        Kind::Passport,
        &["A9999999"],
        &[],
        |id| id[1] != b'0',
        &["passport"],
        Alone::No,
    ),
    format(
        "in-vehicle",
        Kind::VehicleId,
        &["AA99A9999", "AA99AA9999", "AA9AA9999"],
        &[&[2, 2, 1, 4], &[2, 2, 2, 4], &[4, 2, 4], &[4, 1, 4]],
        |id| INDIAN_STATES.iter().any(|state| id.starts_with(*state)),
        &["vehicle", "registration"],
        Alone::Yes,
    ),
    // The Middle East and Africa
    format(
        "il-identity",
        Kind::NationalId,
        &["999999999"],
        &[],
        luhn,
        &["teudat zehut", "תעודת זהות", "מספר זהות"],
        Alone::No,
    ),
    format(
        "ae-identity",
        Kind::NationalId,
        &["784999999999999"],
        &[&[3, 4, 7, 1]],
        luhn,
        &["emirates id"],
        Alone::Yes,
    ),
    format(
        "sa-identity",
        Kind::NationalId,
        &["9999999999"],
        &[],
        |id| b"12".contains(&id[0]) && luhn(id),
        &["iqama", "saudi id", "الهوية", "رقم الهوية"],
        Alone::No,
    ),
    format(
        "za-identity",
        Kind::NationalId,
        &["9999999999999"],
        &[&[6, 4, 3], &[6, 4, 2, 1]],
        |id| yymmdd(id, PLAIN) && id[10] <= b'2' && luhn(id),
        &["rsa id", "sa id", "south african id", "id number"],
        Alone::Yes,
    ),
    format(
        "ng-vehicle",
        Kind::VehicleId,
        &["AAA999AA"],
        &[&[3, 5], &[3, 3, 2]],
        |_| true,
        &["plate", "registration"],
        Alone::Yes,
    ),
    format(
        "ng-nin",
        Kind::NationalId,
        &["99999999999"],
        &[],
        |_| true,
        &["nin", "national identification number"],
        Alone::No,
    ),
    format(
        "eg-national",
        Kind::NationalId,
        &["99999999999999"],
        &[],
        |id| b"23".contains(&id[0]) && yymmdd(&id[1..], PLAIN),
        &["الرقم القومي", "national id"],
        Alone::No,
    ),
    format(
        "pk-cnic",
        Kind::NationalId,
        &["9999999999999"],
        &[&[5, 7, 1]],
        |id| (b'1'..=b'7').contains(&id[0]),
        &["cnic", "nadra"],
        Alone::Grouped,
    ),
];

const INDIAN_STATES: [&[u8; 2]; 37] = [
    b"AN", b"AP", b"AR", b"AS", b"BR", b"CG", b"CH", b"DD", b"DL", b"DN", b"GA", b"GJ", b"HP",
    b"HR", b"JH", b"JK", b"KA", b"KL", b"LA", b"LD", b"MH", b"ML", b"MN", b"MP", b"MZ", b"NL",
    b"OD", b"OR", b"PB", b"PY", b"RJ", b"SK", b"TN", b"TR", b"TS", b"UK", b"UP",
];

/// Date of birth, sex and century, place of registration. Since October 2020 there is no check
/// digit for citizens.
fn resident(id: &[u8], sexes: &[u8]) -> bool {
    let young = !b"3478".contains(&id[6]) || as_number(&id[..2]) <= 40;
    yymmdd(id, PLAIN) && sexes.contains(&id[6]) && young && as_number(&id[7..9]) <= 95
}

fn foreigner(id: &[u8]) -> bool {
    let rest = weighted(id, &[2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5]) % 11;
    resident(id, b"5678") && (13 - rest) % 10 == value(id[12])
}

/// GB 11643: region, date, serial, ISO 7064 MOD 11-2.
fn chinese(id: &[u8]) -> bool {
    let sum = weighted(id, &[7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]) % 11;
    let year = as_number(&id[6..10]);
    (1900..2100).contains(&year)
        && yymmdd(&id[8..], PLAIN)
        && is_letter_of(b"10X98765432", u64::from(sum), id[17])
}

fn hong_kong(id: &[u8]) -> bool {
    let (letters, digits) = id.split_at(id.len() - 7);
    let head = match letters {
        [one] => 36 * 9 + value(*one) * 8,
        [first, second] => value(*first) * 9 + value(*second) * 8,
        _ => return false,
    };
    let sum = head + weighted(digits, &[7, 6, 5, 4, 3, 2]);
    let check = (11 - sum % 11) % 11;
    digits[6] == if check == 10 { b'A' } else { b'0' + u8::try_from(check).unwrap_or(0) }
}

fn taiwanese(id: &[u8]) -> bool {
    let place = b"ABCDEFGHJKLMNPQRSTUVXYWZIO".iter().position(|letter| *letter == id[0]);
    let region = u32::try_from(place.unwrap_or(0)).unwrap_or(0) + 10;
    let sum = region / 10 + region % 10 * 9 + weighted(&id[1..], &[8, 7, 6, 5, 4, 3, 2, 1, 1]);
    b"1289".contains(&id[1]) && sum.is_multiple_of(10)
}

fn singaporean(id: &[u8]) -> bool {
    let sum = weighted(&id[1..], &[2, 7, 6, 5, 4, 3, 2]);
    let (alphabet, shift): (&[u8], u32) = match id[0] {
        b'S' => (b"JZIHGFEDCBA", 0),
        b'T' => (b"JZIHGFEDCBA", 4),
        b'F' => (b"XWUTRQPNMLK", 0),
        b'G' => (b"XWUTRQPNMLK", 4),
        b'M' => (b"KLJNPQRTUWX", 3),
        _ => return false,
    };
    let place = (sum + shift) % 11;
    let place = if id[0] == b'M' { 10 - place } else { place };
    is_letter_of(alphabet, u64::from(place), id[8])
}

/// Businesses, local companies, and other entities (ACRA).
fn uen(id: &[u8]) -> bool {
    const OTHER: &[u8] = b"ABCDEFGHJKLMNPQRSTUVWX0123456789";
    match id.len() {
        9 => is_letter_of(
            b"XMKECAWLJDB",
            u64::from(weighted(id, &[10, 4, 9, 3, 8, 2, 7, 1]) % 11),
            id[8],
        ),
        _ if id[0].is_ascii_digit() => is_letter_of(
            b"ZKCMDNERGWH",
            u64::from(weighted(id, &[10, 8, 6, 4, 9, 7, 5, 3, 1]) % 11),
            id[9],
        ),
        _ => {
            let at = |byte: &u8| OTHER.iter().position(|other| other == byte).unwrap_or(0);
            let sum: usize = id
                .iter()
                .map(at)
                .zip([4, 3, 5, 3, 10, 2, 2, 5, 7])
                .map(|(value, weight)| value * weight)
                .sum();
            b"TSR".contains(&id[0]) && is_letter_of(OTHER, (sum as u64 + 6) % 11, id[9])
        }
    }
}

/// State, permanent account number, entity, `Z`, a check character in base 36.
fn gstin(id: &[u8]) -> bool {
    let sum: u32 = id[..14]
        .iter()
        .enumerate()
        .map(|(place, character)| value(*character) * if place % 2 == 0 { 1 } else { 2 })
        .map(|product| product / 36 + product % 36)
        .sum();
    id[13] == b'Z'
        && (1..=38).contains(&as_number(&id[..2]))
        && (36 - sum % 36) % 36 == value(id[14])
}
