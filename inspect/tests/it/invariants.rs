//! What holds for every text.

use model::Origin;
use proptest::prelude::*;

use crate::world::{TestKeys, inspector};

/// Pieces of which many are values or nearly values.
fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z]{1,8} ",
        "[0-9]{1,20}[ .-]?",
        Just("4111 1111 1111 1111".to_owned()),
        Just("person-1@example.com".to_owned()),
        Just("password=hunter22!".to_owned()),
        Just("\"token\": \"abcdefgh12345678\"".to_owned()),
        Just("sk-ant-api03-0123456789abcdef0123456789abcdef".to_owned()),
        Just("postgres://a:b1@h/x".to_owned()),
        Just("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln".to_owned()),
        Just("-----BEGIN PRIVATE KEY-----".to_owned()),
        Just("phone ".to_owned()),
        Just("é漢🙂".to_owned()),
        "[@:/%=+\"'{}\\[\\]<>&;.-]{1,3}",
        any::<String>(),
    ]
}

fn text() -> impl Strategy<Value = String> {
    prop::collection::vec(piece(), 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn places_are_exact(text in text()) {
        let scan = inspector().scan(&text, Origin::User, &TestKeys);
        let points: Vec<char> = text.chars().collect();
        let mut last = 0;
        for found in &scan.sensitive {
            prop_assert!(last <= found.start && found.start < found.end && found.end <= points.len());
            last = found.end;
        }
        // What is between the findings is what is between the placeholders.
        let mut rest = scan.redacted.as_str();
        let mut from = 0;
        for found in &scan.sensitive {
            let between: String = points[from..found.start].iter().collect();
            prop_assert!(rest.starts_with(&between));
            rest = &rest[between.len()..];
            let value: String = points[found.start..found.end].iter().collect();
            // Names of what is not a person are told, and stay.
            if ["ORGANIZATION", "LOCATION", "AGE", "DATE_TIME"].contains(&found.kind) {
                prop_assert!(rest.starts_with(&value));
                rest = &rest[value.len()..];
            } else {
                let placeholder = String::from("[") + found.kind;
                prop_assert!(rest.starts_with(&placeholder));
                rest = &rest[rest.find(']').unwrap() + 1..];
            }
            from = found.end;
        }
        prop_assert_eq!(rest, points[from..].iter().collect::<String>());
    }

    #[test]
    fn redacting_twice_changes_nothing(text in text()) {
        let inspector = inspector();
        let once = inspector.scan(&text, Origin::User, &TestKeys).redacted;
        let twice = inspector.scan(&once, Origin::User, &TestKeys).redacted;
        prop_assert_eq!(once, twice);
    }

    #[test]
    fn equal_values_have_equal_pseudonyms(name in "[a-z]{3,12}") {
        let text = format!("{name}@example.com and again {name}@example.com");
        let redacted = inspector().scan(&text, Origin::User, &TestKeys).redacted;
        let (one, other) = redacted.split_once(" and again ").unwrap();
        prop_assert_eq!(one, other);
    }
}

/// Backwards, these letters begin a key of a cloud, and what is around them looks like a URL.
#[test]
fn the_letters_of_a_placeholder_say_nothing_backwards() {
    let bad = "\u{fffd}";
    let text = format!(
        "[EMAIL_ADDRESS:fmnjaika]@.z{bad}F@8D0A{bad}{bad}zçA//:{bad}{bad}{bad}\r[EMAIL_ADDRESS:fmnjaika]@.z{bad}F@8D0A{bad}{bad}zçA//:{bad}{bad}{bad}"
    );
    assert_eq!(inspector().scan(&text, Origin::Tool, &TestKeys).redacted, text);
}

/// Each name that is taken out shows the one before it.
#[test]
fn names_that_show_one_after_another_are_all_taken_out() {
    let bytes = b"Oi:Oi*\"\xb6D\x02\x000/%000\n-1$1\nS\x00\x00\"O\x00Y\xff\xff\xff\xfc0F \x009SS21l1922l\xf8Fe:Fe\xb1:Fe\xb1:\xf8Fe:Fe\xb1:\xb1Fe\xf1\xcd";
    let text = String::from_utf8_lossy(bytes);
    let once = inspector().scan(&text, Origin::Tool, &TestKeys).redacted;
    assert_eq!(inspector().scan(&once, Origin::Tool, &TestKeys).redacted, once);
}

#[test]
fn hostile_texts_take_time_in_proportion_to_their_length() {
    let inspector = inspector();
    let patterns = [
        "@",
        "a@",
        "a.",
        "1",
        "1-",
        "1 ",
        "1.",
        ":",
        "a:",
        "=",
        "\"",
        "password",
        "password=",
        "password='",
        "password=\\",
        "password=`x",
        "DB_PASSWORD=a(\n",
        "secret=(",
        "token=env.",
        "token=a",
        "token=a(",
        "/aGVsbG8",
        "=aGVsbG8gd29ybGQ",
        " -u a",
        "curl -u ",
        "密码：",
        "пароль:",
        "пароль：",
        "0917 ",
        "sk-proj-",
        "eyJ",
        "eyJhbGciOiJIUzI1NiJ9.",
        "-----BEGIN",
        "-----BEGIN PRIVATE KEY-----",
        "://",
        "a://b:",
        "%41",
        "%",
        "A",
        "DE89",
        "sk-",
        "4111 ",
        "ignore previous ",
        "{\"a\":",
        "[",
        "\u{200b}",
        "漢",
    ];
    for pattern in patterns {
        let measure = |length: usize| {
            let text = pattern.repeat(length / pattern.len());
            let begin = std::time::Instant::now();
            inspector.scan(&text, Origin::Tool, &TestKeys);
            begin.elapsed().as_secs_f64().max(0.001)
        };
        let (short, long) = (measure(1 << 14), measure(1 << 17));
        // Eight times the length; a quadratic detector would need sixty-four times the time.
        assert!(long / short < 40.0, "{pattern}: {short:.4} s, then {long:.4} s");
    }
}

/// What fuzzing found: a place that is kept became a part of a name beside one that was taken out.
#[test]
fn what_is_kept_is_there_when_the_rest_is_looked_at() {
    let r = char::REPLACEMENT_CHARACTER;
    let text = format!("0%0E{r}Wa-{r}k{r}a{r}{r}:Fe:{r}Fe{r}Fe:{r}Fee{r}-{r}{r}:ｽ9111{r}Fe{r}");
    let once = inspector().scan(&text, Origin::Tool, &TestKeys).redacted;
    let twice = inspector().scan(&once, Origin::Tool, &TestKeys).redacted;
    assert_eq!(once, twice);
}

/// What fuzzing found: credentials that were taken out stood where credentials stand.
#[test]
fn credentials_that_were_taken_out_are_none() {
    for text in [
        "f://[SECRET:basic-auth]@[SECRET:connection-string]<",
        "https://[EMAIL_ADDRESS:abcdefgh]:[SECRET:basic-auth]@host.example/",
    ] {
        let scan = inspector().scan(text, Origin::Tool, &TestKeys);
        assert_eq!(scan.redacted, text);
    }
}
