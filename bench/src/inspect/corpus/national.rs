//! Made numbers of people and companies, by country, each with a right check digit.
//!
//! The rules are public: the sources are named in `inspect`, where the detectors are.

use super::check::{luhn, mod_11_10, remainder, search, verhoeff, weighted, with_luhn};
use crate::random::Random;

/// How a number of one kind is made.
pub(crate) struct Number {
    /// The language of the texts it stands in.
    pub(crate) language: &'static str,
    /// Family and subtype.
    pub(crate) kind: &'static str,
    /// What stands before it.
    pub(crate) label: &'static str,
    pub(crate) make: fn(&mut Random) -> String,
}

const fn number(
    language: &'static str,
    kind: &'static str,
    label: &'static str,
    make: fn(&mut Random) -> String,
) -> Number {
    Number { language, kind, label, make }
}

/// Every kind of number.
pub(crate) const NUMBERS: [Number; 42] = [
    number("en", "US_SSN", "social security number", |r| {
        format!("{}-{:02}-{:04}", r.between(100, 660), r.between(1, 100), r.between(1, 10_000))
    }),
    number("en", "TAX_ID/us-itin", "ITIN", |r| {
        format!("9{:02}-{}-{:04}", r.below(100), r.between(70, 89), r.below(10_000))
    }),
    number("en", "NATIONAL_ID/uk-nino", "National Insurance number", |r| {
        let prefix = r.pick(&["AB", "CE", "JG", "PR", "SX", "WL"]);
        r.pattern(&format!("{prefix} ## ## ## C"))
    }),
    number("en", "HEALTH_ID/uk-nhs", "NHS number", uk_nhs),
    number("en", "NATIONAL_ID/ca-sin", "SIN", |r| {
        let body = format!("{}{}", r.between(1, 8), r.pattern("#######"));
        grouped(&with_luhn(&body), &[3, 3, 3], ' ')
    }),
    number("en", "TAX_ID/au-tfn", "TFN", |r| {
        let right =
            |d: &[usize]| d[0] != 0 && sum(d, &[1, 4, 3, 7, 5, 8, 6, 9, 10]).is_multiple_of(11);
        grouped(&search(r, 9, right), &[3, 3, 3], ' ')
    }),
    number("en", "COMPANY_ID/au-abn", "ABN", |r| {
        grouped(&search(r, 11, au_abn), &[2, 3, 3, 3], ' ')
    }),
    number("en", "NATIONAL_ID/za-id", "South African ID number", |r| {
        let body = format!("{}{}08", date(r), r.pattern("####"));
        with_luhn(&body)
    }),
    number("en", "PASSPORT/us", "passport number", |r| r.pattern("5########")),
    number("en", "HEALTH_ID/us-mbi", "Medicare beneficiary identifier", |r| {
        r.pattern("1EG#-TE#-MK##")
    }),
    number("de", "TAX_ID/de-steuer-id", "Steuer-ID", de_tax),
    number("de", "NATIONAL_ID/de-sozialversicherung", "Sozialversicherungsnummer", de_social),
    number("de", "PASSPORT/de", "Reisepassnummer", |r| {
        format!("C01X{}", r.text(b"CFGHJKLMNPRTVWXYZ0123456789", 5))
    }),
    number("de", "NATIONAL_ID/ch-ahv", "AHV-Nummer", |r| {
        let body = format!("756{}", r.pattern("#########"));
        let check = (10 - weighted(&body, &[1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3]) % 10) % 10;
        grouped(&format!("{body}{check}"), &[3, 4, 4, 2], '.')
    }),
    number("fr", "NATIONAL_ID/fr-nir", "numéro de sécurité sociale", fr_nir),
    number("fr", "NATIONAL_ID/be-national", "numéro national belge", |r| {
        let body = format!("{}{}", date(r), r.pattern("###"));
        format!("{body}{:02}", 97 - remainder(&body, 97))
    }),
    number("es", "TAX_ID/es-nif", "DNI", |r| {
        let body = r.pattern("########");
        format!("{body}{}", spanish_letter(&body))
    }),
    number("es", "NATIONAL_ID/es-nie", "NIE", |r| {
        let digits = r.pattern("#######");
        let lead = r.below(3);
        let letter = spanish_letter(&format!("{lead}{digits}"));
        format!("{}{digits}{letter}", ["X", "Y", "Z"][lead])
    }),
    number("es", "TAX_ID/cl-rut", "RUT", |r| {
        let body = r.pattern("1#######");
        let sum = weighted(&body, &[3, 2, 7, 6, 5, 4, 3, 2]);
        let check = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "K"][(11 - sum % 11) % 11];
        format!("{}-{check}", grouped(&body, &[2, 3, 3], '.'))
    }),
    number("es", "TAX_ID/ar-cuit", "CUIT", |r| {
        let right = |d: &[usize]| {
            d[..2] == [2, 0] && sum(d, &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1]).is_multiple_of(11)
        };
        grouped(&search(r, 11, right), &[2, 8, 1], '-')
    }),
    number("it", "TAX_ID/it-codice-fiscale", "codice fiscale", it_fiscal_code),
    number("it", "TAX_ID/it-partita-iva", "partita IVA", |r| with_luhn(&r.pattern("0#########"))),
    number("pt", "TAX_ID/pt-nif", "NIF", |r| {
        let body = r.pattern("2#######");
        let check = 11 - weighted(&body, &[9, 8, 7, 6, 5, 4, 3, 2]) % 11;
        format!("{body}{}", if check > 9 { 0 } else { check })
    }),
    number("pt", "TAX_ID/br-cpf", "CPF", |r| {
        let number = brazilian(&r.pattern("#########"), &[10, 9, 8, 7, 6, 5, 4, 3, 2]);
        let number = brazilian(&number, &[11, 10, 9, 8, 7, 6, 5, 4, 3, 2]);
        let (body, check) = number.split_at(9);
        format!("{}-{check}", grouped(body, &[3, 3, 3], '.'))
    }),
    number("nl", "NATIONAL_ID/nl-bsn", "BSN", |r| {
        search(r, 9, |d| {
            d[0] != 0 && (sum(d, &[9, 8, 7, 6, 5, 4, 3, 2]) + 10 * d[8]).is_multiple_of(11)
        })
    }),
    number("pl", "NATIONAL_ID/pl-pesel", "PESEL", |r| {
        let body = format!("{}{}", date(r), r.pattern("####"));
        let sum = weighted(&body, &[1, 3, 7, 9, 1, 3, 7, 9, 1, 3]);
        format!("{body}{}", (10 - sum % 10) % 10)
    }),
    number("pl", "TAX_ID/pl-nip", "NIP", |r| {
        let right = |d: &[usize]| d[0] != 0 && sum(d, &[6, 5, 7, 2, 3, 4, 5, 6, 7]) % 11 == d[9];
        grouped(&search(r, 10, right), &[3, 3, 2, 2], '-')
    }),
    number("sv", "NATIONAL_ID/se-personnummer", "personnummer", |r| {
        let (born, serial) = (date(r), r.pattern("###"));
        format!("{born}-{serial}{}", luhn(&format!("{born}{serial}")))
    }),
    number("sv", "NATIONAL_ID/fi-hetu", "henkilötunnus", |r| {
        let born =
            format!("{:02}{:02}{:02}", r.between(1, 29), r.between(1, 13), r.between(40, 99));
        let serial = format!("{:03}", r.between(2, 900));
        let place = remainder(&format!("{born}{serial}"), 31);
        format!("{born}-{serial}{}", letter(b"0123456789ABCDEFHJKLMNPRSTUVWXY", place))
    }),
    number("sv", "NATIONAL_ID/no-fodselsnummer", "fødselsnummer", norwegian),
    number("tr", "NATIONAL_ID/tr-kimlik", "TC kimlik no", turkish),
    number("ru", "NATIONAL_ID/ru-snils", "СНИЛС", |r| {
        let body = format!("{}{}", r.between(2, 10), r.pattern("########"));
        let check = weighted(&body, &[9, 8, 7, 6, 5, 4, 3, 2, 1]) % 101 % 100;
        format!("{} {check:02}", grouped(&body, &[3, 3, 3], '-'))
    }),
    number("ru", "TAX_ID/ru-inn", "ИНН", |r| {
        let body = r.pattern("77########");
        let first = weighted(&body, &[7, 2, 4, 10, 3, 5, 9, 4, 6, 8]) % 11 % 10;
        let body = format!("{body}{first}");
        format!("{body}{}", weighted(&body, &[3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8]) % 11 % 10)
    }),
    number("ja", "NATIONAL_ID/jp-my-number", "マイナンバー", |r| {
        let body = r.pattern("###########");
        let rest = weighted(&body, &[6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11;
        format!("{body}{}", if rest < 2 { 0 } else { 11 - rest })
    }),
    number("zh", "NATIONAL_ID/cn-resident", "身份证号", |r| {
        let place = r.pick(&["110101", "310104", "440103", "330106", "510104"]);
        let body = format!("{place}19{}{}", date(r), r.pattern("###"));
        let sum = weighted(&body, &[7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]);
        format!("{body}{}", letter(b"10X98765432", sum % 11))
    }),
    number("ko", "NATIONAL_ID/kr-rrn", "주민등록번호", |r| {
        let (born, serial) = (date(r), r.pattern("2#####"));
        let sum = weighted(&format!("{born}{serial}"), &[2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5]);
        format!("{born}-{serial}{}", (11 - sum % 11) % 10)
    }),
    number("ko", "COMPANY_ID/kr-brn", "사업자등록번호", |r| {
        let right = |d: &[usize]| {
            let sum = sum(d, &[1, 3, 7, 1, 3, 7, 1, 3, 5]) + d[8] * 5 / 10;
            d[0] != 0 && (10 - sum % 10) % 10 == d[9]
        };
        grouped(&search(r, 10, right), &[3, 2, 5], '-')
    }),
    number("ar", "NATIONAL_ID/sa-id", "رقم الهوية", |r| {
        with_luhn(&r.pattern("1########"))
    }),
    number("hi", "NATIONAL_ID/in-aadhaar", "आधार", |r| {
        let body = format!("{}{}", r.between(2, 10), r.pattern("##########"));
        grouped(&format!("{body}{}", verhoeff(&body)), &[4, 4, 4], ' ')
    }),
    number("hi", "TAX_ID/in-pan", "PAN", |r| r.pattern("@@@P@####@")),
    number("en", "NATIONAL_ID/th-tnin", "Thai national ID", |r| {
        let body = r.pattern("1###########");
        let sum = weighted(&body, &[13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2]);
        format!("{body}{}", (11 - sum % 11) % 10)
    }),
    number("en", "NATIONAL_ID/sg-nric", "NRIC", |r| {
        let body = r.pattern("8######");
        let place = weighted(&body, &[2, 7, 6, 5, 4, 3, 2]) % 11;
        format!("S{body}{}", letter(b"JZIHGFEDCBA", place))
    }),
];

/// `YYMMDD`.
fn date(random: &mut Random) -> String {
    format!("{:02}{:02}{:02}", random.between(40, 99), random.between(1, 13), random.between(1, 29))
}

/// A number in groups.
fn grouped(number: &str, groups: &[usize], mark: char) -> String {
    let mut text = String::new();
    let mut rest = number;
    for length in groups {
        let (group, after) = rest.split_at(*length);
        if !text.is_empty() {
            text.push(mark);
        }
        text.push_str(group);
        rest = after;
    }
    text
}

fn sum(digits: &[usize], weights: &[usize]) -> usize {
    digits.iter().zip(weights).map(|(digit, weight)| digit * weight).sum()
}

fn au_abn(digits: &[usize]) -> bool {
    digits[0] != 0
        && (sum(digits, &[10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19]) - 10).is_multiple_of(89)
}

fn uk_nhs(random: &mut Random) -> String {
    loop {
        let body = random.pattern("4########");
        let check = (11 - weighted(&body, &[10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11) % 11;
        if check < 10 {
            return grouped(&format!("{body}{check}"), &[3, 3, 4], ' ');
        }
    }
}

/// One digit of the first ten stands twice, and no other.
fn de_tax(random: &mut Random) -> String {
    loop {
        let body = random.text(crate::random::DIGITS, 10);
        let counts = crate::random::DIGITS
            .iter()
            .map(|digit| body.bytes().filter(|byte| byte == digit).count())
            .collect::<Vec<_>>();
        let twice = counts.iter().filter(|count| **count == 2).count();
        if !body.starts_with('0') && twice == 1 && counts.iter().all(|count| *count < 3) {
            return format!("{body}{}", mod_11_10(&body));
        }
    }
}

fn de_social(random: &mut Random) -> String {
    let letter = random.below(26);
    let born = format!(
        "{:02}{:02}{:02}",
        random.between(1, 29),
        random.between(1, 13),
        random.between(40, 99)
    );
    let (area, serial) = (random.between(10, 30), random.pattern("##"));
    let digits = format!("{area}{born}{:02}{serial}", letter + 1);
    let weights = [2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1];
    let sum: usize = super::check::digits(&digits)
        .iter()
        .zip(weights)
        .map(|(digit, weight)| (digit * weight) / 10 + (digit * weight) % 10)
        .sum();
    format!("{area}{born}{}{serial}{}", char::from(crate::random::UPPER[letter]), sum % 10)
}

fn fr_nir(random: &mut Random) -> String {
    let body = format!(
        "{}{:02}{:02}{:02}{:03}{:03}",
        random.between(1, 3),
        random.between(40, 99),
        random.between(1, 13),
        random.between(21, 90),
        random.between(1, 500),
        random.between(1, 999)
    );
    let key = 97 - remainder(&body, 97);
    grouped(&format!("{body}{key:02}"), &[1, 2, 2, 2, 3, 3, 2], ' ')
}

fn spanish_letter(digits: &str) -> char {
    letter(b"TRWAGMYFPDXBNJZSQVHLCKE", remainder(digits, 23))
}

fn letter(alphabet: &[u8], place: usize) -> char {
    char::from(alphabet[place])
}

fn brazilian(body: &str, weights: &[usize]) -> String {
    let rest = weighted(body, weights) % 11;
    format!("{body}{}", if rest < 2 { 0 } else { 11 - rest })
}

/// The sixteenth letter counts odd places by a table (decree of 23 December 1976).
fn it_fiscal_code(random: &mut Random) -> String {
    const ODD: [usize; 26] = [
        1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24,
        23,
    ];
    let body = format!(
        "{}{:02}{}{:02}{}",
        random.text(b"BCDFGLMNPRSTVZ", 6),
        random.between(40, 99),
        random.text(b"ABCDEHLMPRST", 1),
        random.between(1, 29),
        random.pick(&["H501", "F205", "L219", "A944", "D612", "G273"])
    );
    let value = |char: char| match char.to_digit(36).unwrap_or_default() as usize {
        value @ 0..=9 => value,
        value => value - 10,
    };
    let sum: usize = body
        .chars()
        .enumerate()
        .map(|(place, char)| if place % 2 == 0 { ODD[value(char)] } else { value(char) })
        .sum();
    format!("{body}{}", char::from(crate::random::UPPER[sum % 26]))
}

fn norwegian(random: &mut Random) -> String {
    loop {
        let body = format!(
            "{:02}{:02}{:02}{:03}",
            random.between(1, 29),
            random.between(1, 13),
            random.between(40, 99),
            random.between(100, 499)
        );
        let first = (11 - weighted(&body, &[3, 7, 6, 1, 8, 9, 4, 5, 2]) % 11) % 11;
        let body = format!("{body}{first}");
        let second = (11 - weighted(&body, &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11) % 11;
        if first < 10 && second < 10 {
            return format!("{body}{second}");
        }
    }
}

fn turkish(random: &mut Random) -> String {
    let body = format!("{}{}", random.between(1, 10), random.pattern("########"));
    let odd = weighted(&body, &[7, 0, 7, 0, 7, 0, 7, 0, 7]);
    let even = weighted(&body, &[0, 1, 0, 1, 0, 1, 0, 1, 0]);
    let tenth = (odd + 100 - even) % 10;
    let all = weighted(&body, &[1; 9]) + tenth;
    format!("{body}{tenth}{}", all % 10)
}
