//! Values in disguise: every transformation of every type, counted; and what must hold for any.

use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use model::{Inspection, Origin};
use proptest::prelude::*;

use crate::world::{TestKeys, inspector};

/// Synthetic values of twelve types, each in the words that people write around one.
const VALUES: [(&str, &str, &str); 12] = [
    ("EMAIL_ADDRESS", "my email is ", "person-42@example.com"),
    ("PHONE_NUMBER", "my phone number is ", "+49 151 23456789"),
    ("CREDIT_CARD", "my card is ", "4111 1111 1111 1111"),
    ("IBAN", "my iban is ", "DE89 3704 0044 0532 0130 00"),
    ("US_SSN", "my ssn is ", "219-09-9999"),
    ("IP_ADDRESS", "my ip address is ", "203.0.113.77"),
    ("SECRET", "the token is ", "sk-ant-api03-0123456789abcdef0123456789abcdefAA"),
    ("SECRET", "the token is ", "ghp_0123456789abcdef0123456789abcdefabcd"),
    ("SECRET", "the token is ", "AKIAZ3MB5W7QK2XVTLDC"),
    ("SECRET", "the token is ", "xoxb-123456789012-123456789012-abcdefABCDEF"),
    ("SECRET", "connect to ", "postgres://app:s3cr3t-pass@db.example.com/orders"),
    ("SECRET", "", "password=Tr0ub4dor-and-3"),
];

/// Writes a value otherwise, within its text.
struct Transformation {
    name: &'static str,
    write: fn(&str, &str) -> String,
}

/// A transformation of the value alone.
macro_rules! value {
    ($name:literal, $write:expr) => {
        Transformation {
            name: $name,
            write: |before, value| {
                let write: fn(&str) -> String = $write;
                format!("{before}{} and so on", write(value))
            },
        }
    };
}

/// A transformation of all of the text.
macro_rules! text {
    ($name:literal, $write:expr) => {
        Transformation {
            name: $name,
            write: |before, value| {
                let write: fn(&str) -> String = $write;
                write(&format!("{before}{value} and so on"))
            },
        }
    };
}

const TRANSFORMATIONS: [Transformation; 54] = [
    value!("fullwidth", |value| each(value, |char| shifted(char, 0xfee0))),
    value!("mathematical bold", |value| each(value, |char| {
        letter(char, 0x1d400, 0x1d41a, 0x1d7ce)
    })),
    value!("mathematical monospace", |value| each(value, |char| {
        letter(char, 0x1d670, 0x1d68a, 0x1d7f6)
    })),
    value!("double-struck digits", |value| each(value, |char| digit(char, 0x1d7d8))),
    value!("circled letters", |value| each(value, |char| match char {
        '0' => '⓪',
        '1'..='9' => digit(char, 0x245f),
        _ => letter(char, 0x24b6, 0x24d0, 0x30),
    })),
    value!("superscript digits", |value| each(value, |char| match char {
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        _ => digit(char, 0x2070),
    })),
    value!("arabic-indic digits", |value| each(value, |char| digit(char, 0x660))),
    value!("devanagari digits", |value| each(value, |char| digit(char, 0x966))),
    value!("keycaps", |value| after_each(value, char::is_numeric, "\u{fe0f}\u{20e3}")),
    value!("cyrillic lookalikes", |value| each(value, |char| like(
        char,
        "aceopxyABCEHKMOPTX",
        "асеорхуАВСЕНКМОРТХ"
    ))),
    value!("greek lookalikes", |value| each(value, |char| like(
        char,
        "ovABEHIKMNOPTXYZ",
        "ονΑΒΕΗΙΚΜΝΟΡΤΧΥΖ"
    ))),
    text!("cyrillic text", |text| each(text, |char| like(char, "aeop", "аеор"))),
    value!("zero-width spaces", |value| after_each(value, |_| true, "\u{200b}")),
    value!("zero-width joiners", |value| after_each(value, |_| true, "\u{200d}")),
    value!("word joiners", |value| after_each(value, |_| true, "\u{2060}")),
    value!("soft hyphens", |value| after_each(value, |_| true, "\u{ad}")),
    value!("byte order marks", |value| after_each(value, |_| true, "\u{feff}")),
    value!("tags between", |value| after_each(value, |_| true, "\u{e0041}")),
    value!("hidden in tags", |value| each(value, |char| shifted(char, 0xe0000))),
    text!("text in tags", |text| format!("hello {}", each(text, |char| shifted(char, 0xe0000)))),
    value!("variation selectors", |value| after_each(value, |_| true, "\u{fe0e}")),
    text!("bytes in variation selectors", |text| {
        let selector = |byte: u8| char::from_u32(0xe0100 + u32::from(byte) - 16).unwrap();
        format!("\u{1f600}{}", text.bytes().map(selector).collect::<String>())
    }),
    value!("bidi isolates", |value| format!(
        "\u{2066}{}\u{2069}",
        after_each(value, char::is_numeric, "\u{200e}")
    )),
    value!("right-to-left override", |value| format!(
        "\u{202e}{}\u{202c}",
        value.chars().rev().collect::<String>()
    )),
    value!("combining strokes", |value| after_each(value, char::is_alphanumeric, "\u{336}")),
    value!("combining accents", |value| after_each(value, char::is_alphanumeric, "\u{301}\u{323}")),
    value!("no-break spaces", |value| value.replace(' ', "\u{a0}").replace('-', "\u{2011}")),
    value!("thin spaces", |value| value.replace(' ', "\u{2009}").replace('-', "\u{2212}")),
    value!("invalid bytes", |value| after_each(value, |_| true, "\u{fffd}")),
    value!("spaced", |value| spelled(value, " ")),
    value!("dashed", |value| spelled(value, " - ")),
    value!("dotted", |value| spelled(value, "·")),
    value!("starred", |value| spelled(value, "*")),
    value!("underscored", |value| spelled(value, "_")),
    text!("spaced text", |text| spelled(text, " ")),
    value!("double separators", |value| value.replace([' ', '-'], "--")),
    value!("slashes", |value| value.replace(' ', " / ")),
    value!("lines", |value| value.replace(' ', "\n")),
    value!("base64", |value| STANDARD.encode(value)),
    text!("base64 text", |text| STANDARD.encode(text)),
    text!("base64url text", |text| URL_SAFE_NO_PAD.encode(text)),
    text!("base64 twice", |text| STANDARD.encode(STANDARD.encode(text))),
    text!("base64 of hex", |text| STANDARD.encode(hex(text, ""))),
    text!("base64 in lines", |text| {
        let encoded = STANDARD.encode(format!("{}{text}", "some words before it. ".repeat(8)));
        encoded.as_bytes().chunks(76).map(|line| String::from_utf8_lossy(line) + "\r\n").collect()
    }),
    value!("hex", |value| hex(value, "")),
    text!("hex with spaces", |text| hex(text, " ")),
    value!("hex escapes", |value| value
        .bytes()
        .fold(String::new(), |text, byte| text + &format!("\\x{byte:02x}"))),
    value!("percent", |value| value
        .bytes()
        .fold(String::new(), |text, byte| text + &format!("%{byte:02X}"))),
    value!("percent twice", |value| value
        .bytes()
        .fold(String::new(), |text, byte| text + &format!("%25{byte:02X}"))),
    value!("html decimal", |value| value
        .bytes()
        .fold(String::new(), |text, byte| text + &format!("&#{byte};"))),
    value!("html hexadecimal", |value| value
        .bytes()
        .fold(String::new(), |text, byte| text + &format!("&#x{byte:x};"))),
    value!("quoted-printable", |value| value
        .bytes()
        .fold(String::new(), |text, byte| text + &format!("={byte:02X}"))),
    value!("unicode escapes", |value| value
        .bytes()
        .fold(String::new(), |text, byte| text + &format!("\\u{byte:04x}"))),
    text!("json in json in json", |text| {
        let mut nested = serde_json::json!({ "note": text }).to_string();
        for _ in 0..3 {
            nested = serde_json::json!({ "inner": nested }).to_string();
        }
        nested
    }),
];

/// Those that change only some of the types.
const MORE: [Transformation; 6] = [
    text!("rot13", |text| each(text, rotated)),
    text!("reversed", |text| text.chars().rev().collect()),
    value!("digits in english", |value| spoken(
        value,
        &["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
    )),
    value!("digits in german", |value| spoken(
        value,
        &["null", "eins", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun"]
    )),
    value!("digits in french", |value| spoken(
        value,
        &["zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf"]
    )),
    value!("digits in spanish", |value| spoken(
        value,
        &["cero", "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve"]
    )),
];

fn each(text: &str, write: impl Fn(char) -> char) -> String {
    text.chars().map(write).collect()
}

/// A sign of ASCII, moved to a block that mirrors it.
fn shifted(char: char, by: u32) -> char {
    let is_sign = char.is_ascii_graphic();
    char::from_u32(u32::from(char) + by).filter(|_| is_sign).unwrap_or(char)
}

fn digit(char: char, zero: u32) -> char {
    char.to_digit(10).and_then(|digit| char::from_u32(zero + digit)).unwrap_or(char)
}

fn letter(char: char, upper: u32, lower: u32, zero: u32) -> char {
    let moved = match char {
        'A'..='Z' => upper + u32::from(char) - u32::from('A'),
        'a'..='z' => lower + u32::from(char) - u32::from('a'),
        _ => return digit(char, zero),
    };
    char::from_u32(moved).unwrap_or(char)
}

fn like(char: char, plain: &str, disguise: &str) -> char {
    let place = plain.chars().position(|known| known == char);
    place.and_then(|place| disguise.chars().nth(place)).unwrap_or(char)
}

fn after_each(text: &str, which: fn(char) -> bool, sign: &str) -> String {
    text.chars().fold(String::new(), |written, char| {
        written + char.encode_utf8(&mut [0; 4]) + if which(char) { sign } else { "" }
    })
}

fn spelled(text: &str, sign: &str) -> String {
    text.chars().map(String::from).collect::<Vec<_>>().join(sign)
}

fn hex(text: &str, sign: &str) -> String {
    text.bytes().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(sign)
}

fn rotated(char: char) -> char {
    let first = if char.is_ascii_lowercase() { b'a' } else { b'A' };
    match u8::try_from(char) {
        Ok(byte) if byte.is_ascii_alphabetic() => char::from((byte - first + 13) % 26 + first),
        _ => char,
    }
}

fn spoken(text: &str, words: &[&str; 10]) -> String {
    let mut written = String::new();
    for char in text.chars() {
        match char.to_digit(10) {
            Some(digit) => write!(written, "{} ", words[digit as usize]).unwrap(),
            None if char == ' ' => {}
            None => written.push(char),
        }
    }
    written
}

/// Whether a value of a type is found, and covered to its last character.
fn is_found(kind: &str, text: &str) -> bool {
    let scan = inspector().scan(text, Origin::User, &TestKeys);
    scan.sensitive.iter().any(|found| found.kind == kind)
}

#[test]
fn values_are_found_in_disguise() {
    let (mut found, mut all) = (0, 0);
    let mut missed = String::new();
    for transformation in TRANSFORMATIONS.iter().chain(&MORE) {
        for (number, (kind, before, value)) in VALUES.iter().enumerate() {
            let text = (transformation.write)(before, value);
            // Some leave a value as it is; spelled digits need digits.
            if text == format!("{before}{value} and so on") {
                continue;
            }
            let words = transformation.name.starts_with("digits");
            if words && !matches!(*kind, "PHONE_NUMBER" | "CREDIT_CARD" | "US_SSN") {
                continue;
            }
            all += 1;
            if is_found(kind, &text) {
                found += 1;
            } else {
                writeln!(missed, "missed: {} of {kind} {number}: {text}", transformation.name)
                    .unwrap();
            }
        }
    }
    println!("{found} of {all} found in disguise\n{missed}");
    assert!(all >= 40 * 12, "{all}");
    assert!(found * 100 >= all * 95, "{found} of {all}");
}

#[test]
fn letters_in_the_place_of_digits_and_words_are_seen_through() {
    for (kind, text) in [
        ("CREDIT_CARD", "card 4lll llll 1111 1111 ok"),
        ("CREDIT_CARD", "card 41I1-1I11-1l1l-1111"),
        ("CREDIT_CARD", "scan_4111111111111111_final.pdf"),
        ("US_SSN", "ssn 2I9-O9-9999 it is"),
        ("SECRET", "my p4ssw0rd=Tr0ub4dor-and-3"),
        ("SECRET", "the $3cr3t: 8f3kd92jf0s8dk2j"),
        ("EMAIL_ADDRESS", "person-42@example.c0m please"),
        ("EMAIL_ADDRESS", "https://example.com/?to=person-42%40example.com&x=1"),
        ("CREDIT_CARD", "<b>4111&nbsp;1111&nbsp;1111&nbsp;1111</b>"),
        ("EMAIL_ADDRESS", "person-42&commat;example&period;com"),
    ] {
        assert!(is_found(kind, text), "{kind} in {text}");
    }
}

#[test]
fn ordinary_texts_are_no_disguise() {
    for text in [
        "Die Größe des Grundstücks beträgt 1\u{a0}200\u{a0}m², für Käufer – auch später – „frei“.",
        "Le prix\u{a0}: 12\u{202f}500\u{a0}€\u{a0}; à l’été, c’était moins cher… «\u{a0}Ah\u{a0}!\u{a0}»",
        "Версия 10 вышла в 2024-м году, а iPhone-ы и COVID-19 обсуждали в чате.",
        "价格是１２００元，型号为ＡＢＣ－１２，请联系客服。「こんにちは」、テスト（２０２４年）",
        "ประเทศไทย ๒๕๖๗ السعر ١٢٠٠ ريال हिन्दी में १२३",
        "👨‍👩‍👧‍👦 family, 🇩🇪 flag, ❤️ heart, 1️⃣ one",
        "one two three, testing; seven of nine and six or eight people",
        "a b c d e f g h i j k l m n o p q r s t u v w x y z",
        "let a = b + c * d / e - f; x, y, z = 1, 2, 3",
        "[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12] and 1 2 3 4 5 6 7 8 9",
        "2024, 2025, 2026, 2027; 4100, 4200, 4300, 4400",
        "a=10&b=20&c=%20 100% of &amp; \\n \\t C:\\users\\x",
        "48 65 6c 6c 6f 20 77 6f 72 6c 64 21",
        "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk",
        "sha256 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "the ten. moc and gur are words; eht too",
    ] {
        let scan = inspector().scan(text, Origin::User, &TestKeys);
        let structured =
            |kind: &str| !["PERSON", "ORGANIZATION", "LOCATION", "AGE"].contains(&kind);
        let found: Vec<_> = scan.sensitive.iter().filter(|found| structured(found.kind)).collect();
        assert!(found.is_empty(), "{text}: {found:?}");
    }
}

#[test]
fn a_finding_points_at_what_was_written() {
    for (text, covered) in [
        (
            "card 4111\u{200b}1111\u{200b}1111\u{200b}1111 ok",
            "4111\u{200b}1111\u{200b}1111\u{200b}1111",
        ),
        ("to person-42%40example.com now", "person-42%40example.com"),
        ("card 4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 ok", "4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1"),
        ("card 4111 1111 1111 1111\u{301} ok", "4111 1111 1111 1111\u{301}"),
    ] {
        let scan = inspector().scan(text, Origin::User, &TestKeys);
        let places: Vec<&str> =
            scan.sensitive.iter().map(|found| &text[found.bytes.clone()]).collect();
        assert_eq!(places, [covered], "{text}");
    }
}

#[test]
fn broken_bytes_keep_their_places() {
    let bytes = b"\xff\xfe caf\xe9 card 4111 1111 1111 1111 \xf0\x9f and person-42@exam\xffple.com";
    let scan = inspector().scan_bytes(bytes, Origin::User, &TestKeys);
    let places: Vec<&[u8]> =
        scan.sensitive.iter().map(|found| &bytes[found.bytes.clone()]).collect();
    assert_eq!(places, [&b"4111 1111 1111 1111"[..], b"person-42@exam\xffple.com"]);
    assert_eq!(scan.sensitive[0].start, 13);
}

#[test]
fn a_value_has_one_fingerprint_in_every_disguise() {
    let plain = "person-42@example.com";
    let redacted = |text: &str| inspector().scan(text, Origin::User, &TestKeys).redacted;
    let expected = redacted(plain);
    for disguise in
        ["person-42%40example.com", "person-42@exam\u{200b}ple.com", "ｐｅｒｓｏｎ-42@example.com"]
    {
        assert_eq!(redacted(disguise), expected, "{disguise}");
    }
}

/// Pieces that are a value, a disguise of one, or a sign of one.
fn piece() -> impl Strategy<Value = String> {
    let disguised = (0..TRANSFORMATIONS.len(), 0..VALUES.len()).prop_map(|(which, value)| {
        let (_, before, value) = VALUES[value];
        (TRANSFORMATIONS[which].write)(before, value)
    });
    prop_oneof![
        2 => disguised,
        1 => "[a-z]{1,8} ",
        1 => "[0-9]{1,6}[ ./_-]{0,3}",
        1 => any::<String>(),
        1 => "[%=&#\\\\;xu0-9a-f]{1,8}",
        1 => Just("e\u{301}🇩🇪👨‍👩‍👧\u{200b}\u{202e}".to_owned()),
    ]
}

fn mixture() -> impl Strategy<Value = String> {
    prop::collection::vec(piece(), 0..8).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn redacting_disguises_twice_changes_nothing(text in mixture()) {
        let once = inspector().scan(&text, Origin::User, &TestKeys).redacted;
        let twice = inspector().scan(&once, Origin::User, &TestKeys).redacted;
        prop_assert_eq!(once, twice);
    }

    #[test]
    fn no_finding_cuts_what_is_seen_as_one_character(text in mixture()) {
        use unicode_segmentation::UnicodeSegmentation;
        let mut borders: Vec<usize> = text.grapheme_indices(true).map(|(place, _)| place).collect();
        borders.push(text.len());
        for found in inspector().scan(&text, Origin::User, &TestKeys).sensitive {
            prop_assert!(borders.binary_search(&found.bytes.start).is_ok());
            prop_assert!(borders.binary_search(&found.bytes.end).is_ok());
        }
    }
}

#[test]
fn layers_without_end_cost_no_more_than_their_length_allows() {
    let mut nested = "card 4111 1111 1111 1111".repeat(40);
    for _ in 0..12 {
        nested = STANDARD.encode(&nested);
    }
    let hostile = [
        nested,
        "%2525252525".repeat(20_000),
        "&#38;#38;#38;".repeat(20_000),
        "\\u005cu005cu0041".repeat(20_000),
        "eht drowssap cnffjbeq p4ssw0rd four one one ".repeat(5_000),
        "4 1 1 1 - ".repeat(20_000),
        "4_1_1_1_".repeat(20_000),
        "4l".repeat(100_000),
        "34 ".repeat(60_000),
        "\u{202e}abc".repeat(30_000),
        "a\u{301}".repeat(60_000),
        "\u{e0041}".repeat(40_000),
        "🇩".repeat(40_000),
        "=41=\n".repeat(40_000),
        "QUJD\n".repeat(40_000),
    ];
    for text in hostile {
        let begin = std::time::Instant::now();
        let scan = inspector().scan(&text, Origin::Tool, &TestKeys);
        let seconds = begin.elapsed().as_secs_f64();
        let start: String = text.chars().take(12).collect();
        println!("{start}: {seconds:.2} s, {:?}", scan.inspection);
        assert!(seconds < 20.0, "{start}: {seconds}");
        if scan.inspection == Inspection::Partial {
            assert_eq!(scan.redacted, "[not inspected]");
        }
    }
}
