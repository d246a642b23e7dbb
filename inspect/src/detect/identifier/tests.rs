use std::collections::BTreeSet;

use super::*;
use crate::vocabulary::{Vocabulary, Words};

/// Numbers that another implementation of the same rules calls valid (python-stdnum 2.2), made at
/// random: three of each.
const VALID: &[(&str, &str)] = &[
    ("cn-resident", "110101196510181337"),
    ("cn-resident", "110101197310166401"),
    ("cn-resident", "110101198702200132"),
    ("de-tax-id", "94725831567"),
    ("de-tax-id", "48065271002"),
    ("de-tax-id", "70321198657"),
    ("de-vat", "DE819476887"),
    ("de-vat", "DE518378784"),
    ("de-vat", "DE658989347"),
    ("at-vat", "ATU50571297"),
    ("at-vat", "ATU21988561"),
    ("at-vat", "ATU46676574"),
    ("ch-social-security", "7568902895627"),
    ("ch-social-security", "7568615390419"),
    ("ch-social-security", "7562315903917"),
    ("uk-nhs", "7632724680"),
    ("uk-nhs", "0027657159"),
    ("uk-nhs", "4400986071"),
    ("ie-pps", "5958451V"),
    ("ie-pps", "7149149E"),
    ("ie-pps", "2348427V"),
    ("es-nif", "09566138R"),
    ("es-nif", "20207471Q"),
    ("es-nif", "72494488Y"),
    ("es-nie", "X6606641Y"),
    ("es-nie", "X2910345V"),
    ("es-nie", "X5845882H"),
    ("es-cif", "G09105859"),
    ("es-cif", "Q03793114"),
    ("es-cif", "R78966025"),
    ("pt-nif", "816334803"),
    ("pt-nif", "188592563"),
    ("it-vat", "02959621208"),
    ("it-vat", "02363010683"),
    ("it-vat", "11373380580"),
    ("fr-siret", "51888434123143"),
    ("fr-siret", "15256465477637"),
    ("fr-siret", "48984159301828"),
    ("fr-siren", "422387118"),
    ("fr-siren", "205508120"),
    ("fr-siren", "873636963"),
    ("gr-amka", "07087526997"),
    ("gr-amka", "27036119470"),
    ("gr-amka", "04127232710"),
    ("gr-afm", "548222947"),
    ("gr-afm", "584901646"),
    ("gr-afm", "570890481"),
    ("nl-bsn", "239270472"),
    ("nl-bsn", "154790916"),
    ("nl-bsn", "731544456"),
    ("be-national", "76080795995"),
    ("be-national", "31112487803"),
    ("be-national", "70030675274"),
    ("se-personnummer", "5202061635"),
    ("se-personnummer", "8303027265"),
    ("se-personnummer", "5204080823"),
    ("se-organisationsnummer", "5568950942"),
    ("se-organisationsnummer", "5566176961"),
    ("se-organisationsnummer", "5561274928"),
    ("no-fodselsnummer", "20076243191"),
    ("no-fodselsnummer", "26096119029"),
    ("no-fodselsnummer", "23028305842"),
    ("dk-cpr", "0104055765"),
    ("dk-cpr", "2004849344"),
    ("dk-cpr", "2008561030"),
    ("is-kennitala", "2304521990"),
    ("is-kennitala", "2802641560"),
    ("is-kennitala", "0504737750"),
    ("pl-pesel", "83082432077"),
    ("pl-pesel", "64052317297"),
    ("pl-pesel", "81042175004"),
    ("pl-nip", "6650266094"),
    ("pl-nip", "6989836320"),
    ("pl-nip", "0082545271"),
    ("pl-regon", "165811845"),
    ("pl-regon", "469128745"),
    ("pl-regon", "607122354"),
    ("cz-sk-birth-number", "0703078398"),
    ("cz-sk-birth-number", "8105065144"),
    ("cz-sk-birth-number", "6812230722"),
    ("ro-cnp", "1610611422849"),
    ("ro-cnp", "1671114429550"),
    ("ro-cnp", "1850122425030"),
    ("bg-egn", "8407027445"),
    ("bg-egn", "6110010016"),
    ("bg-egn", "5305129710"),
    ("hr-oib", "14181101789"),
    ("hr-oib", "54904508700"),
    ("hr-oib", "60951212020"),
    ("jmbg", "1004681508715"),
    ("jmbg", "1701961507881"),
    ("ee-lt-personal-code", "36101017271"),
    ("ee-lt-personal-code", "35002068313"),
    ("ee-lt-personal-code", "37412182011"),
    ("lv-personal-code", "06066862031"),
    ("lv-personal-code", "21118302171"),
    ("lv-personal-code", "27026670564"),
    ("ua-tax", "8413078529"),
    ("ua-tax", "6225806164"),
    ("ua-tax", "5729712150"),
    ("ru-inn", "3343794178"),
    ("ru-inn", "4809428615"),
    ("ru-inn", "3004504879"),
    ("tr-national-id", "41143536940"),
    ("tr-national-id", "41477320840"),
    ("tr-national-id", "71031834254"),
    ("kr-rrn", "8407121380841"),
    ("kr-rrn", "5801261270772"),
    ("kr-rrn", "8108211441890"),
    ("th-national", "8513408233986"),
    ("th-national", "3654983917054"),
    ("th-national", "7728990018430"),
    ("sg-uen", "66101675K"),
    ("sg-uen", "72255826X"),
    ("sg-uen", "68899053C"),
    ("my-nric", "651001143469"),
    ("my-nric", "741117149470"),
    ("my-nric", "600714144833"),
    ("in-aadhaar", "481614513143"),
    ("in-aadhaar", "948254636270"),
    ("in-aadhaar", "432713550386"),
    ("in-pan", "EAVPU5506S"),
    ("in-pan", "SIOPQ0985S"),
    ("in-pan", "HXHPS4069J"),
    ("in-gstin", "27YXWPH3451R1ZV"),
    ("in-gstin", "27VWCPY4174N1Z5"),
    ("in-gstin", "27DLFPP7897I1Z5"),
    ("il-identity", "774805303"),
    ("il-identity", "386371686"),
    ("il-identity", "011377207"),
    ("za-identity", "6705145138085"),
    ("za-identity", "3308072502085"),
    ("za-identity", "8301129145086"),
    ("us-itin", "971703634"),
    ("us-itin", "992706562"),
    ("us-itin", "901708670"),
    ("us-aba", "650761812"),
    ("us-aba", "017179733"),
    ("ca-sin", "285622031"),
    ("ca-sin", "684997083"),
    ("ca-sin", "275524379"),
    ("mx-curp", "JBIB630613HDFYLS83"),
    ("mx-curp", "GSAX310614HDFGTW56"),
    ("mx-curp", "DJPU510401HDFLCY35"),
    ("mx-rfc", "UUCT761101WC6"),
    ("mx-rfc", "KSCX251016KR1"),
    ("mx-rfc", "RYSL510811UM2"),
    ("br-cpf", "59850122986"),
    ("br-cpf", "09227368124"),
    ("br-cpf", "64673490754"),
    ("br-cnpj", "76967664850904"),
    ("br-cnpj", "41824988140103"),
    ("br-cnpj", "43636443769951"),
    ("ar-cuit", "20877849733"),
    ("ar-cuit", "20843682546"),
    ("ar-cuit", "20033143525"),
    ("cl-rut", "437070679"),
    ("cl-rut", "75200143K"),
    ("cl-rut", "715837994"),
    ("co-nit", "9025748761"),
    ("co-nit", "2507900163"),
    ("co-nit", "4924977281"),
    ("pe-ruc", "20984551241"),
    ("pe-ruc", "20327206860"),
    ("pe-ruc", "20576627344"),
    ("ec-cedula", "1761572047"),
    ("ec-cedula", "1728778828"),
    ("ec-cedula", "1758993982"),
    ("au-abn", "94729954546"),
    ("au-abn", "14511622170"),
    ("au-abn", "23688446889"),
    ("au-acn", "620182845"),
    ("au-acn", "558940417"),
    ("au-acn", "080512992"),
    ("au-tfn", "095109723"),
    ("au-tfn", "991507894"),
    ("au-tfn", "842765826"),
    ("nz-ird", "129169761"),
    ("nz-ird", "100528231"),
    ("nz-ird", "149165100"),
];

/// Numbers whose last character checks nothing.
const WITHOUT_CHECK: [&str; 9] = [
    "is-kennitala",
    "dk-cpr",
    "kr-rrn",
    "my-nric",
    "mx-curp",
    "mx-rfc",
    "us-itin",
    "in-pan",
    "lv-personal-code",
];

fn formats_of(subtype: &str) -> impl Iterator<Item = &'static Shaped> {
    BY_LENGTH.iter().flatten().filter(move |shaped| shaped.format.subtype == subtype)
}

fn has(subtype: &str, characters: &[u8]) -> bool {
    formats_of(subtype).any(|Shaped { shape, format, .. }| {
        shape.length == characters.len()
            && shape.has(format::digits(characters), characters)
            && (format.check)(characters)
    })
}

fn found(text: &str) -> Option<Match> {
    let digit = text.find(|char: char| char.is_ascii_digit())?;
    let labels = crate::detect::labels();
    let spotted = Vocabulary::new(Words { labels, ..Words::default() }).spot(text);
    find(Labels { text: text.as_bytes(), found: &spotted.labels }, digit)
}

#[test]
fn valid_numbers_have_their_form_and_check_digits() {
    let wrong: Vec<_> =
        VALID.iter().filter(|(subtype, number)| !has(subtype, number.as_bytes())).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[test]
fn valid_numbers_are_found_beside_their_name() {
    let is_missed = |subtype: &str, number: &str| {
        let name = formats_of(subtype).flat_map(|shaped| shaped.format.words).next();
        let text = format!("{}: {number}.", name.expect("every number has a name"));
        found(&text).is_none_or(|found| text.get(found.range) != Some(number))
    };
    let missed: Vec<_> =
        VALID.iter().filter(|(subtype, number)| is_missed(subtype, number)).collect();
    assert!(missed.is_empty(), "{missed:?}");
}

#[test]
fn a_wrong_check_digit_is_seen() {
    let weak = |subtype: &str, number: &str| {
        let (head, last) = number.split_at(number.len() - 1);
        let letter = last.bytes().all(|byte| byte.is_ascii_alphabetic());
        let others = if letter { b'A'..=b'Z' } else { b'0'..=b'9' };
        let passes = |other: &u8| has(subtype, &[head.as_bytes(), &[*other]].concat());
        others.filter(passes).count() > 2
    };
    let weak: Vec<_> = VALID
        .iter()
        .filter(|(subtype, number)| !WITHOUT_CHECK.contains(subtype) && weak(subtype, number))
        .collect();
    assert!(weak.is_empty(), "{weak:?}");
}

#[test]
fn there_are_numbers_of_more_than_forty_countries() {
    let subtypes: BTreeSet<&str> =
        BY_LENGTH.iter().flatten().map(|shaped| shaped.format.subtype).collect();
    let countries: BTreeSet<&str> =
        subtypes.iter().filter_map(|subtype| subtype.split('-').next()).collect();
    assert!(countries.len() >= 42, "{countries:?}");
}

#[test]
fn what_stands_in_something_longer_is_nothing() {
    for text in [
        "x_10000000146",
        "550e8400-e29b-41d4-a716-446655440000",
        "2026-11-24T13:19:18Z",
        "1700000000",
        "1700000000000",
        "v1.11.5961",
        "978-3-16-148410-0",
        "67 of 328 cases",
        "#112233",
        "0x7ffe1234",
    ] {
        assert_eq!(found(text), None, "{text}");
    }
}

#[test]
fn numbers_are_named_in_the_language_of_those_who_write_them() {
    for (text, subtype) in [
        ("numéro national belge 76080795995", "be-national"),
        ("Nationaal nummer: 76080795995", "be-national"),
        ("Thai national ID: 8513408233986", "th-national"),
        ("NIF: 188592563", "pt-nif"),
        ("ACN 620 182 845", "au-acn"),
    ] {
        assert_eq!(found(text).and_then(|found| found.subtype), Some(subtype), "{text}");
    }
}

#[test]
fn a_portuguese_check_digit_of_ten_is_written_as_nought() {
    // Whatever the first eight digits, there is a ninth.
    let ends =
        |head: &str| (b'0'..=b'9').any(|last| has("pt-nif", &[head.as_bytes(), &[last]].concat()));
    assert!((21_000_000..21_000_040).all(|head: u32| ends(&head.to_string())));
}

#[test]
fn check_digits_that_one_in_ten_has_are_not_enough() {
    // Australian companies, but for the oldest; the number of everybody's tests.
    for text in ["620 182 845", "98765432100", "555555555"] {
        assert_eq!(found(text), None, "{text}");
    }
    assert_eq!(found("000 000 019").and_then(|found| found.subtype), Some("au-acn"));
    assert_eq!(found("555555501").and_then(|found| found.subtype), Some("de-physician"));
}
