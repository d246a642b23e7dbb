//! Europe's north and east, and Turkey.

use super::checksum::{
    completes, eleven, is_letter_of, luhn, mod_11_10, number as as_number, remains, uniform, value,
    weighted,
};
use super::date::{PLAIN, Shifts, ddmmyy, yymmdd};
use super::format::{Alone, Format, format};
use crate::Kind;

pub(super) static FORMATS: &[Format] = &[
    // The north
    format(
        "se-personnummer",
        Kind::NationalId,
        &["9999999999", "999999999999"],
        &[&[6, 4], &[8, 4]],
        personnummer,
        &["personnummer", "person nummer", "samordningsnummer"],
        Alone::Yes,
    ),
    format(
        "se-organisationsnummer",
        Kind::CompanyId,
        &["9999999999"],
        &[&[6, 4]],
        |id| id[2] >= b'2' && !b"0134".contains(&id[0]) && luhn(id),
        &["organisationsnummer", "org.nr", "orgnr", "company identity"],
        Alone::Yes,
    ),
    format(
        "no-fodselsnummer",
        Kind::NationalId,
        &["99999999999"],
        &[&[6, 5]],
        |id| {
            ddmmyy(id, Shifts { month: &[40, 80], day: &[40] })
                && eleven(id, &[3, 7, 6, 1, 8, 9, 4, 5, 2])
                && eleven(id, &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2])
        },
        &["fødselsnummer", "fodselsnummer", "personnummer"],
        Alone::Yes,
    ),
    format(
        "dk-cpr",
        Kind::NationalId,
        &["9999999999"],
        &[&[6, 4]],
        |id| ddmmyy(id, PLAIN),
        &["cpr", "personnummer", "cpr-nummer"],
        Alone::Grouped,
    ),
    format(
        "fi-hetu",
        Kind::NationalId,
        &["999999999*", "999999A999*"],
        &[&[6, 4]],
        |id| {
            let serial = if id.len() == 10 { &id[6..9] } else { &id[7..10] };
            let all = as_number(&id[..6]) * 1000 + as_number(serial);
            ddmmyy(id, PLAIN)
                && id.last().is_some_and(|letter| {
                    is_letter_of(b"0123456789ABCDEFHJKLMNPRSTUVWXY", all % 31, *letter)
                })
        },
        &["henkilötunnus", "hetu"],
        Alone::Grouped,
    ),
    format(
        "is-kennitala",
        Kind::NationalId,
        &["9999999999"],
        &[&[6, 4]],
        |id| {
            ddmmyy(id, Shifts { month: &[], day: &[40] })
                && eleven(&id[..9], &[3, 2, 7, 6, 5, 4, 3, 2])
        },
        &["kennitala"],
        Alone::Grouped,
    ),
    // The east
    format(
        "pl-pesel",
        Kind::NationalId,
        &["99999999999"],
        &[],
        |id| {
            yymmdd(id, Shifts { month: &[20, 40, 60, 80], day: &[] })
                && completes(id, &[1, 3, 7, 9, 1, 3, 7, 9, 1, 3], 10)
        },
        &["pesel"],
        Alone::Yes,
    ),
    format(
        "pl-nip",
        Kind::TaxId,
        &["9999999999"],
        &[&[3, 3, 2, 2], &[3, 2, 2, 3]],
        |id| weighted(id, &[6, 5, 7, 2, 3, 4, 5, 6, 7]) % 11 == value(id[9]) && !uniform(id),
        &["nip"],
        Alone::No,
    ),
    format(
        "pl-regon",
        Kind::CompanyId,
        &["999999999"],
        &[],
        |id| remains(id, &[8, 9, 2, 3, 4, 5, 6, 7], 11),
        &["regon"],
        Alone::No,
    ),
    format(
        "cz-sk-birth-number",
        Kind::NationalId,
        &["9999999999"],
        &[&[6, 4]],
        |id| {
            yymmdd(id, Shifts { month: &[20, 50, 70], day: &[] })
                && as_number(id).is_multiple_of(11)
        },
        &["rodné číslo", "rodne cislo", "r.č."],
        Alone::Grouped,
    ),
    format(
        "hu-tax",
        Kind::TaxId,
        &["8999999999"],
        &[],
        |id| remains(id, &[1, 2, 3, 4, 5, 6, 7, 8, 9], 11),
        &["adóazonosító", "adoazonosito"],
        Alone::No,
    ),
    format(
        "hu-taj",
        Kind::HealthId,
        &["999999999"],
        &[&[3, 3, 3]],
        |id| remains(id, &[3, 7, 3, 7, 3, 7, 3, 7], 10),
        &["taj", "taj-szám"],
        Alone::No,
    ),
    format(
        "ro-cnp",
        Kind::NationalId,
        &["9999999999999"],
        &[],
        |id| {
            let rest = weighted(id, &[2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9]) % 11;
            id[0] != b'0'
                && yymmdd(&id[1..], PLAIN)
                && (if rest == 10 { 1 } else { rest }) == value(id[12])
        },
        &["cnp", "cod numeric personal"],
        Alone::Yes,
    ),
    format(
        "bg-egn",
        Kind::NationalId,
        &["9999999999"],
        &[],
        |id| {
            yymmdd(id, Shifts { month: &[20, 40], day: &[] })
                && remains(id, &[2, 4, 8, 5, 10, 9, 7, 3, 6], 11)
        },
        &["егн", "ЕГН", "egn"],
        Alone::Yes,
    ),
    format("hr-oib", Kind::NationalId, &["99999999999"], &[], mod_11_10, &["oib"], Alone::No),
    format(
        "jmbg",
        Kind::NationalId,
        &["9999999999999"],
        &[],
        |id| {
            ddmmyy(&[&id[..4], &id[5..7]].concat(), PLAIN)
                && eleven(id, &[7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2])
        },
        &["jmbg", "emšo", "emso", "јмбг"],
        Alone::Yes,
    ),
    format(
        "ee-lt-personal-code",
        Kind::NationalId,
        &["99999999999"],
        &[],
        baltic,
        &["isikukood", "asmens kodas"],
        Alone::Yes,
    ),
    format(
        "lv-personal-code",
        Kind::NationalId,
        &["99999999999"],
        &[&[6, 5]],
        |id| {
            ddmmyy(id, PLAIN)
                && (1101 - weighted(id, &[1, 6, 3, 7, 9, 10, 5, 8, 4, 2])) % 11 == value(id[10])
        },
        &["personas kods"],
        Alone::Grouped,
    ),
    format(
        "ua-tax",
        Kind::TaxId,
        &["9999999999"],
        &[],
        |id| {
            let sum = weighted(id, &[1, 5, 7, 9, 4, 6, 10, 5, 7]) + 10 * 11 - 2 * value(id[0]);
            sum % 11 % 10 == value(id[9])
        },
        &["рнокпп", "іпн", "ідентифікаційний"],
        Alone::No,
    ),
    format(
        "ru-inn",
        Kind::TaxId,
        &["9999999999", "999999999999"],
        &[],
        inn,
        &["инн", "ИНН", "inn"],
        Alone::No,
    ),
    format(
        "ru-snils",
        Kind::NationalId,
        &["99999999999"],
        &[&[3, 3, 3, 2]],
        |id| {
            u64::from(weighted(id, &[9, 8, 7, 6, 5, 4, 3, 2, 1])) % 101 % 100 == as_number(&id[9..])
                && !uniform(&id[..9])
        },
        &["снилс", "СНИЛС", "snils"],
        Alone::Grouped,
    ),
    format(
        "tr-national-id",
        Kind::NationalId,
        &["99999999999"],
        &[],
        turkish,
        &["tckn", "kimlik", "t.c."],
        Alone::Yes,
    ),
    format(
        "tr-vehicle",
        Kind::VehicleId,
        &[
            "99A99",
            "99A999",
            "99A9999",
            "99A99999",
            "99AA99",
            "99AA999",
            "99AA9999",
            "99AAA99",
            "99AAA999",
            "99AAA9999",
        ],
        &[
            &[2, 1, 2],
            &[2, 1, 3],
            &[2, 1, 4],
            &[2, 1, 5],
            &[2, 2, 2],
            &[2, 2, 3],
            &[2, 2, 4],
            &[2, 3, 2],
            &[2, 3, 3],
            &[2, 3, 4],
        ],
        |id| {
            (1..=81).contains(&as_number(&id[..2])) && !matches!(id.get(2..4), Some(b"AM" | b"PM"))
        },
        &["plaka", "plate"],
        Alone::Yes,
    ),
];

fn personnummer(id: &[u8]) -> bool {
    let century =
        id.len() == 10 || [b"18", b"19", b"20"].iter().any(|century| id.starts_with(*century));
    let short = &id[id.len() - 10..];
    century && yymmdd(short, Shifts { month: &[], day: &[60] }) && luhn(short)
}

/// Sex and century, date, serial, two-stage check digit.
fn baltic(id: &[u8]) -> bool {
    let first = weighted(id, &[1, 2, 3, 4, 5, 6, 7, 8, 9, 1]) % 11;
    let check =
        if first < 10 { first } else { weighted(id, &[3, 4, 5, 6, 7, 8, 9, 1, 2, 3]) % 11 % 10 };
    (b'1'..=b'8').contains(&id[0]) && yymmdd(&id[1..], PLAIN) && check == value(id[10])
}

fn inn(id: &[u8]) -> bool {
    const LONG: [u32; 11] = [3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8];
    match id.len() {
        10 => remains(id, &LONG[2..], 11),
        _ => remains(id, &LONG[1..], 11) && remains(id, &LONG, 11),
    }
}

fn turkish(id: &[u8]) -> bool {
    let digit = |place: usize| value(id[place]);
    let odd: u32 = [0, 2, 4, 6, 8].map(digit).iter().sum();
    let even: u32 = [1, 3, 5, 7].map(digit).iter().sum();
    let all: u32 = (0..10).map(digit).sum();
    id[0] != b'0' && (odd * 7 + 100 - even) % 10 == digit(9) && all % 10 == digit(10)
}
